public import Domain
internal import Synchronization

/// The files that go with cases: bringing them, giving them out, withdrawing them, and who had them.
///
/// Who does not see evidence of a case is told that there is no such resource, whatever the case has.
public final class EvidenceService: RecordService {
  public let records: Records
  public let limits: EvidenceLimits
  private let scans: ScanRun
  private let views = RecentViews()
  private let room: UploadRoom
  private let deliveries: Deliveries

  /// - Parameters:
  ///   - scans: has the files scanned that come.
  ///   - room: for the bytes that are on their way, of whatever service.
  ///   - deliveries: parts that hold some of that room, for an hour.
  public init(
    _ records: Records, _ limits: EvidenceLimits, scans: ScanRun, room: UploadRoom, deliveries: Deliveries
  ) {
    (self.records, self.limits, self.scans, self.room, self.deliveries) = (records, limits, scans, room, deliveries)
  }

  // MARK: Bringing

  /// A file as it is brought.
  public struct Upload: Sendable {
    public var facts: EvidenceFacts
    /// As it was declared.
    public var type: FileType
    /// As it was declared; nil: not at all.
    public var byteCount: Int?

    public init(facts: EvidenceFacts, type: FileType, byteCount: Int?) {
      (self.facts, self.type, self.byteCount) = (facts, type, byteCount)
    }
  }

  /// Judges an upload before the first byte of it is taken. All of it is judged again when the file is there.
  ///
  /// - Parameter key: the idempotency key: a request that was answered before is answered again, whatever the case has
  ///   become.
  /// - Throws: as ``add(_:_:to:matching:by:_:)``.
  /// - Returns: whether it is one that was answered before.
  public func require(_ upload: Upload, on visible: VisibleCase, matching tag: String?, by asker: Asker, key: String?)
    throws -> Bool
  {
    let (owner, context) = (try asker.owner(), try asker.context(reference))
    return try records.read(by: asker) { reads in
      let seen = try reads.seen(visible.id, by: visible.agency)
      try Self.requireSight(seen.projection)
      if let key, try reads.reply(owner, key) != nil { return true }
      try EntityTag.requireMatch(tag, version: seen.record.version, seen.projection, seen.record.commitments)
      try Lifecycle.requireRoom(for: upload.byteCount ?? 0, in: seen.record, limits, context)
      return false
    }
  }

  /// Begins to take a file in. Until it is given back its bytes count among those the agency may store.
  ///
  /// - Parameter isReplay: whether it was recorded before: then nothing more is stored.
  /// - Throws: `too_many_requests` where they are more than is left today; `storage_unavailable`.
  public func begin(_ upload: Upload, by asker: Asker, isReplay: Bool) async throws -> (
    file: any IncomingFile, room: UploadRoom.Share?
  ) {
    deliveries.sweep(at: asker.now)
    let share =
      isReplay ? nil : try room.reserve(upload.byteCount ?? limits.fileBytesMax, by: asker, in: records.store)
    return (try await records.store.takeFile(), share)
  }

  /// Judges the first bytes of a file, before the others are taken.
  ///
  /// - Throws: `unsupported_media_type`.
  public func require(_ head: [UInt8], isOf declared: FileType) throws(Failure) {
    switch FileSignature(head) {
    case .refused(let refused): throw .refusedFile(refused)
    case .archive, .perhapsText: return
    case .type(let found): if !found.mayBeCalled(declared) { throw .otherType(found) }
    }
  }

  /// Adds a file to a case.
  ///
  /// - Throws: `not_found` for who does not see evidence of the case; `agency_ended`; `case_erased`, `version_mismatch`,
  ///   `evidence_exists`; `content_too_large` beyond the limits; `unsupported_media_type`, `invalid` for what is not of the
  ///   type that was declared, or not to be trusted.
  public func add(
    _ file: any IncomingFile, _ upload: Upload, to visible: VisibleCase, matching tag: String?, by asker: Asker,
    _ intent: (BroughtFile) -> Intent
  ) async throws -> Done<SeenCase> {
    let (now, limits, scan) = (asker.now, limits, scans.initialState)
    do {
      let brought = try await file.finish()
      try Self.require(brought, isOf: upload.type)
      try await records.store.compare(file)
      let done = try await records.change(visible, matching: tag, by: asker, intent(brought)) { change in
        try Self.requireSight(change.seen.projection)
      } _: { change in
        let item = EvidenceItem(
          sha256: brought.sha256, type: upload.type, byteCount: brought.byteCount, facts: upload.facts,
          receivedBy: change.context.actor.agency, receivedAt: now, scan: scan)
        if change.record.standingEvidence(brought.sha256) != nil, try change.transaction.isLost(file) {
          // What the case has already was lost, and is mended.
          try change.context.reference.requireOffice(of: change.context.actor.agency, on: change.context.today)
          try change.transaction.keep(file, for: change.record, isCounted: true)
          return change.record
        }
        let (record, event) = try Lifecycle.add(item, to: change.record, limits, change.context)
        try change.transaction.keep(file, for: change.record, isCounted: true)
        try change.transaction.noteBrought(brought.sha256, for: change.record, by: item.receivedBy)
        return try change.transaction.update(change.record, to: record, event)
      }
      await file.settle(nil)
      scans.call()
      return done
    } catch let failure as Failure {
      await file.settle(failure)
      throw failure
    } catch {
      // Whatever it was, the write was undone.
      await file.settle(.evidenceDamaged)
      throw error
    }
  }

  /// - Throws: `unsupported_media_type`, `invalid` for what is not of the type that was declared, or not to be trusted.
  static func require(_ file: BroughtFile, isOf declared: FileType) throws(Failure) {
    let found = try requireSound(file)
    if !found.mayBeCalled(declared) { throw .otherType(found) }
  }

  /// What a file is of those types that are taken.
  ///
  /// - Throws: as above.
  @discardableResult
  static func requireSound(_ file: BroughtFile) throws(Failure) -> FileType {
    switch file.finding {
    case .type(let found): return found
    case .refused(let refused): throw .refusedFile(refused)
    case .swells: throw .file(.range, Self.swells)
    case .damaged: throw .file(.format, Self.damaged)
    }
  }

  private static let swells = LocalizedText(
    en: "Once opened the file would take far more room than it has.",
    inIndonesian: "Setelah dibuka, berkas ini memerlukan ruang jauh lebih besar daripada ukurannya.")
  private static let damaged = LocalizedText(
    en: "The file breaks off, or contradicts itself.", inIndonesian: "Berkas ini terpotong atau tidak utuh.")

  // MARK: Giving out

  /// The files of a case.
  public func list(of visible: VisibleCase, by asker: Asker) throws -> [EvidenceItem] {
    try records.read(by: asker) { reads in
      let seen = try reads.seen(visible.id, by: visible.agency)
      try Self.requireSight(seen.projection)
      return seen.record.evidence
    }
  }

  /// A file that stands, and where it is.
  ///
  /// - Throws: `not_found` for who does not see evidence of the case, and for a file that is not there, was withdrawn or
  ///   erased, or is harmful.
  public func find(_ sha256: String, of visible: VisibleCase, by asker: Asker) throws -> (EvidenceItem, any FilePlace) {
    try records.read(by: asker) { reads in
      let seen = try reads.seen(visible.id, by: visible.agency)
      try Self.requireSight(seen.projection)
      guard let item = seen.record.standingEvidence(sha256), Self.isGiven(item, to: visible.agency),
        let place = try reads.filePlace(sha256, of: visible.id)
      else { throw Failure.notFound }
      return (item, place)
    }
  }

  /// Opens a file for who has asked for it. That it is given to somebody else than whoever brought it is on record before the
  /// first byte goes out: once an hour for each key.
  ///
  /// - Throws: as ``find(_:of:by:)``; `evidence_damaged`; `storage_unavailable` when that cannot be recorded.
  public func open(_ item: EvidenceItem, at place: any FilePlace, of visible: VisibleCase, by asker: Asker) async throws
    -> any KeptFile
  {
    let file = try await records.store.open(place)
    let context = try asker.context(reference)
    guard item.receivedBy != visible.agency else { return file }
    let view = RecentViews.View(keyID: asker.keyID, id: visible.id, sha256: item.sha256)
    try await views.once(view, at: asker.now) {
      try await records.store.write(by: asker.owner(), dryRun: false, noting: asker.receipts) { transaction in
        let seen = try transaction.seen(visible.id, by: visible.agency)
        try Self.requireSight(seen.projection)
        guard let item = seen.record.standingEvidence(item.sha256), Self.isGiven(item, to: visible.agency) else {
          throw Failure.notFound
        }
        try transaction.append(Lifecycle.view(of: item, by: context.actor), to: seen.record)
      }
    }
    return file
  }

  private static func isGiven(_ item: EvidenceItem, to agency: AgencyCode) -> Bool {
    switch item.scan {
    case .clean, .notScanned: true
    case .pending: item.receivedBy == agency
    case .infected: false
    }
  }

  static func requireSight(_ projection: Projection) throws(Failure) {
    guard projection.contains(.evidence) else { throw .notFound }
  }

  // MARK: Withdrawing, custody

  /// Hides a file for good. Its trace stays.
  ///
  /// - Throws: as ``Domain/Lifecycle/withdraw(_:of:because:at:_:)``, and `not_found` for who does not see evidence.
  public func withdraw(
    _ sha256: String, of visible: VisibleCase, because reason: String, matching tag: String?, by asker: Asker,
    _ intent: Intent
  ) async throws -> Done<SeenCase> {
    let now = asker.now
    return try await records.change(visible, matching: tag, by: asker, intent) { change in
      try Self.requireSight(change.seen.projection)
    } _: { change in
      let (record, event) = try Lifecycle.withdraw(
        sha256, of: change.record, because: reason, at: now, change.context)
      return try change.transaction.update(change.record, to: record, event)
    }
  }

  /// What has happened to a file, oldest first.
  ///
  /// - Throws: `not_found` for who does not see evidence of the case, and for a file that the case never had.
  public func custody(of sha256: String, in visible: VisibleCase, by asker: Asker) async throws -> [Event] {
    let context = try asker.context(reference)
    return try await records.readLong(by: asker) { reads in
      let seen = try reads.seen(visible.id, by: visible.agency)
      try Self.requireSight(seen.projection)
      let withdrawals = try reads.withdrawals(
        of: visible.id, reportedBy: seen.record.facts.source.agency, context)
      let events = try reads.history(visible.id).filter { event in
        event.texts.contains { $0.name == "sha256" && $0.text == sha256 && $0.group == .evidence }
      }
      guard !events.isEmpty else { throw Failure.notFound }
      // Who has had the file stays told whatever was corrected since; what was written of it may name whom it is not about.
      return events.map { event in
        var event = event
        if withdrawals.withholdsTexts(at: event.seq) { event.texts = [] }
        return event
      }
    }
  }
}

extension Failure {
  fileprivate static func file(_ code: FieldErrorCode, _ detail: LocalizedText) -> Failure {
    Failure(
      .invalid, en: "The file is not taken.", inIndonesian: "Berkas tidak diterima.",
      errors: [FieldError(pointer: "", code, detail)])
  }

  fileprivate static func otherType(_ found: FileType) -> Failure {
    Failure(
      .unsupportedMediaType, en: "The file is not of the type that was declared: it is \(found.rawValue).",
      inIndonesian: "Berkas bukan jenis yang dinyatakan: jenisnya \(found.rawValue).")
  }

  fileprivate static func refusedFile(_ refused: RefusedFile) -> Failure {
    Failure(
      .unsupportedMediaType, en: "The file is not taken: it is \(refused.label.en).",
      inIndonesian: "Berkas tidak diterima: \(refused.label.inIndonesian).")
  }
}
