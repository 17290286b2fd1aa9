public import Domain
internal import Synchronization

/// Files that import lines have named, as they follow: whole, or in parts, each of which goes on where the last one has ended.
///
/// Every byte has to come, also where the service has the file of others: else a digest would tell what they hold.
public final class DeliveryService: RecordService {
  public let records: Records
  public let limits: EvidenceLimits
  private let scans: ScanRun
  private let room: UploadRoom
  private let deliveries: Deliveries
  private let now: @Sendable () -> Timestamp
  private let watch = Mutex<Task<Void, Never>?>(nil)

  /// - Parameters: as of ``EvidenceService``.
  ///   - now: a part may come for hours.
  public init(
    _ records: Records, _ limits: EvidenceLimits, scans: ScanRun, room: UploadRoom, deliveries: Deliveries,
    now: @escaping @Sendable () -> Timestamp
  ) {
    (self.records, self.limits, self.scans, self.room) = (records, limits, scans, room)
    (self.deliveries, self.now) = (deliveries, now)
  }

  // MARK: Parts that nobody goes on with

  /// Lets parts go that have lain for an hour, or that no case awaits any more: looks each minute, from now on.
  public func resume() {
    watch.withLock { watch in
      guard watch == nil else { return }
      watch = Task {
        while !Task.isCancelled {
          try? await Task.sleep(for: .seconds(60))
          await self.sweep()
        }
      }
    }
  }

  public func stop() async {
    let watch = self.watch.withLock { $0 }
    watch?.cancel()
    await watch?.value
  }

  /// Lets those parts go now.
  func sweep() async {
    deliveries.sweep(at: now())
    for place in deliveries.places where !Task.isCancelled {
      let isAwaited = try? await records.store.readLong(for: .operator) { reads in
        try !reads.awaitedFiles(place.sha256, of: place.agency, after: 0, limit: 1).isEmpty
      }
      if isAwaited == false { deliveries.end(place) }
    }
  }

  // MARK: What is to come

  /// How a file stands, as the agency knows it that is to bring it, or has brought it.
  public struct Standing: Sendable {
    public enum Place: Sendable {
      /// The file is to come.
      case awaited
      /// The case has it.
      case kept
      /// The file has come, and was not taken into this case; it is awaited still.
      case refused(Failure)
    }

    /// Bytes that have come, in a row from the first one.
    public var receivedBytes: Int
    /// Cases that a line has named it for.
    public var cases: [(id: CaseID, place: Place)]

    /// Whether the agency is to bring it.
    var isAwaited: Bool { cases.contains { if case .awaited = $0.place { true } else { false } } }
    /// Whether all of it has come, and was looked at.
    public var isOver: Bool { !isAwaited }
    fileprivate var isKept: Bool { cases.contains { if case .kept = $0.place { true } else { false } } }
  }

  /// Cases that are told of at most.
  private static let casesMax = 100

  /// - Throws: `not_found` for what the agency is not to bring, and has not brought.
  public func standing(of sha256: String, by asker: Asker) throws -> Standing {
    let agency = try asker.agency()
    return try records.read(by: asker) { reads in
      // Rows of the agency alone: by the time of an answer nobody is to tell what others have.
      let awaited = try reads.awaitedFiles(sha256, of: agency, after: 0, limit: Self.casesMax).map(\.caseID)
      let kept = try reads.broughtFile(sha256, by: agency, limit: Self.casesMax)
      if awaited.isEmpty, kept.cases.isEmpty { throw Failure.notFound }
      let place = Delivery.Place(agency: agency, sha256: sha256)
      return Standing(
        receivedBytes: awaited.isEmpty ? kept.byteCount : deliveries.receivedBytes(place),
        cases: kept.cases.map { ($0, .kept) } + awaited.map { ($0, .awaited) })
    }
  }

  /// What the agency is to bring, newest first, and how many bytes of each have come.
  public func list(before number: Int64, limit: Int, by asker: Asker) throws -> [(AwaitedFile, receivedBytes: Int)] {
    let agency = try asker.agency()
    return try records.read(by: asker) { reads in
      try reads.awaitedFiles(of: agency, before: number, limit: limit).map { awaited in
        (awaited, deliveries.receivedBytes(Delivery.Place(agency: agency, sha256: awaited.file.sha256)))
      }
    }
  }

  // MARK: Bringing

  /// A part of a file as a request brings it.
  public struct Part: Sendable {
    /// Where it begins; 0 for a whole file.
    public var start: Int
    /// Of the whole file; nil where nobody has said.
    public var totalBytes: Int?

    public init(start: Int, totalBytes: Int?) { (self.start, self.totalBytes) = (start, totalBytes) }
  }

  /// A part that is being brought.
  public struct Bringing: Sendable {
    let delivery: Delivery
    let turn: Int
    /// Of the whole file, as far as anybody has said.
    let totalBytes: Int?
  }

  /// Begins to take a part in. What begins at 0 takes the place of whatever has come before.
  ///
  /// - Returns: nil for a file that the agency has brought, and is to bring nowhere any more.
  /// - Throws: `not_found`; `upload_conflict` unless the part goes on from the last one; `content_too_large`;
  ///   `too_many_requests`; `storage_unavailable`.
  public func begin(_ sha256: String, _ part: Part, by asker: Asker) async throws -> Bringing? {
    guard try standing(of: sha256, by: asker).isAwaited else { return nil }
    let (place, now) = (Delivery.Place(agency: try asker.agency(), sha256: sha256), asker.now)
    deliveries.sweep(at: now)
    let budget = asker.caller?.budget
    if part.start > 0 {
      guard let delivery = deliveries.delivery(place) else { throw Failure.uploadConflict(received: 0) }
      guard delivery.receivedBytes == part.start, (delivery.totalBytes ?? part.totalBytes) == part.totalBytes else {
        throw Failure.uploadConflict(received: delivery.receivedBytes)
      }
      try delivery.count(among: budget) { () throws(Failure) in try reserve(part, by: asker) }
      let (turn, received) = try await delivery.takeTurn(at: now)
      guard received == part.start else {
        _ = delivery.pause(turn: turn, at: now)
        throw Failure.uploadConflict(received: received)
      }
      return Bringing(delivery: delivery, turn: turn, totalBytes: part.totalBytes)
    }
    // What has come before gives its room back first.
    deliveries.end(place)
    let share = try reserve(part, by: asker)
    let delivery = Delivery(
      place, totalBytes: part.totalBytes, try await records.store.takeFile(), budget, share, at: now)
    try deliveries.begin(delivery)
    return Bringing(delivery: delivery, turn: try await delivery.takeTurn(at: now).turn, totalBytes: part.totalBytes)
  }

  private func reserve(_ part: Part, by asker: Asker) throws(Failure) -> UploadRoom.Share? {
    try room.reserve(part.totalBytes ?? limits.fileBytesMax, by: asker, in: records.store)
  }

  /// - Throws: `upload_conflict` when another request has begun to bring the file; `storage_unavailable`.
  public func append(_ bytes: [UInt8], to bringing: Bringing) async throws {
    do {
      try await bringing.delivery.append(bytes, turn: bringing.turn, at: now())
    } catch let failure as Failure where failure.code == .uploadConflict {
      throw failure
    } catch {
      deliveries.end(bringing.delivery)
      throw error
    }
  }

  /// Says that a part was cut off: what has come of it is held, and where that is all of the file, it is taken.
  ///
  /// - Parameters:
  ///   - isWrong: whether it is no part of the file: then nothing is.
  ///   - mayTake: whether whoever brings it may still do so.
  public func pause(_ bringing: Bringing, isWrong: Bool, mayTake: Bool, by asker: Asker) async {
    let delivery = bringing.delivery
    if mayTake, !isWrong, delivery.receivedBytes > 0, bringing.totalBytes == delivery.receivedBytes {
      // Nobody is there to be told.
      _ = try? await finish(bringing, by: asker)
      return
    }
    guard delivery.pause(turn: bringing.turn, at: now()) else { return }
    if isWrong || delivery.receivedBytes == 0 { deliveries.end(delivery) }
  }

  /// Says that a part has come whole.
  ///
  /// - Throws: `invalid` when its bytes are others than were named; when no case takes it, what the first one says: see
  ///   ``EvidenceService/add(_:_:to:matching:by:_:)``; `not_found` when no case awaits it any more.
  public func finish(_ bringing: Bringing, by asker: Asker) async throws -> Standing {
    let (delivery, sha256) = (bringing.delivery, bringing.delivery.place.sha256)
    guard delivery.mayFinish(turn: bringing.turn, bringing.totalBytes) else {
      _ = delivery.pause(turn: bringing.turn, at: now())
      return try standing(of: sha256, by: asker)
    }
    defer { deliveries.end(delivery) }
    let brought = try await delivery.file.finish()
    guard brought.sha256 == sha256 else {
      await delivery.file.settle(.otherBytes)
      throw Failure.otherBytes
    }
    let cases = try await keep(delivery.file, brought, by: asker)
    if cases.isEmpty { return try standing(of: sha256, by: asker) }
    let standing = Standing(receivedBytes: brought.byteCount, cases: cases)
    if !standing.isKept, case .refused(let failure)? = cases.first?.place { throw failure }
    return standing
  }

  /// Cases that take a file in one write.
  private static let casesPerWrite = 20

  /// Takes a file into every case that it was named for.
  private func keep(_ file: any IncomingFile, _ brought: BroughtFile, by asker: Asker) async throws -> [(
    id: CaseID, place: Standing.Place
  )] {
    let (context, limits, scan) = (try asker.context(reference), limits, scans.initialState)
    let adding = Adding(file: file, brought: brought, context: context, limits: limits, now: asker.now, scan: scan)
    var (places, last, isKept, isWritten): ([(CaseID, Standing.Place)], Int64, Bool, Bool) = ([], 0, false, false)
    do {
      try EvidenceService.requireSound(brought)
      try await records.store.compare(file)
      while true {
        let (start, isFirst) = (last, !isKept)
        let part = try await records.store.write(
          by: asker.owner(), spending: asker.caller?.budget, dryRun: false, noting: asker.receipts
        ) { try adding.run(after: start, limit: Self.casesPerWrite, isCounted: isFirst, $0) }
        isWritten = true
        guard let end = part.last?.number else { break }
        last = end
        places += part.map { ($0.id, $0.place) }
        isKept = isKept || part.contains { if case .kept = $0.place { true } else { false } }
      }
    } catch {
      // Where a write before has named it, it stays.
      await file.settle(isWritten ? nil : error as? Failure ?? .evidenceDamaged)
      throw error
    }
    await file.settle(nil)
    if isKept { scans.call() }
    return places
  }

  /// Adds a file to cases, within a write.
  private struct Adding: Sendable {
    let file: any IncomingFile
    let brought: BroughtFile
    let context: Lifecycle.Context
    let limits: EvidenceLimits
    let now: Timestamp
    let scan: EvidenceScan

    func run(after number: Int64, limit: Int, isCounted: Bool, _ transaction: any CaseWrites) throws -> [(
      number: Int64, id: CaseID, place: Standing.Place
    )] {
      let context = try context.renewed(by: transaction)
      var isCounted = isCounted
      return try transaction.awaitedFiles(
        brought.sha256, of: context.actor.agency, after: number, limit: limit
      ).map { awaited in
        do {
          try add(awaited, context, isCounted: isCounted, transaction)
          isCounted = false
          return (awaited.number, awaited.caseID, .kept)
        } catch let failure as Failure {
          return (awaited.number, awaited.caseID, .refused(failure))
        }
      }
    }

    /// Whatever it refuses it refuses before it writes.
    private func add(
      _ awaited: AwaitedFile, _ context: Lifecycle.Context, isCounted: Bool, _ transaction: any CaseWrites
    ) throws {
      let agency = context.actor.agency
      let seen = try transaction.seen(awaited.caseID, by: agency)
      try EvidenceService.requireSight(seen.projection)
      try EvidenceService.require(brought, isOf: awaited.file.type)
      if let standing = seen.record.standingEvidence(brought.sha256) {
        // It has come another way meanwhile. What others have said of it stands, and is not mixed with this.
        try context.reference.requireOffice(of: agency, on: context.today)
        if try transaction.isLost(file) { try transaction.keep(file, for: seen.record, isCounted: isCounted) }
        try transaction.noteBrought(brought.sha256, for: seen.record, by: agency)
        if standing.receivedBy != agency { throw Failure.evidenceExists }
        return
      }
      let item = EvidenceItem(
        sha256: brought.sha256, type: awaited.file.type, byteCount: brought.byteCount, facts: awaited.file.facts,
        receivedBy: agency, receivedAt: now, scan: scan)
      let (record, event) = try Lifecycle.add(item, to: seen.record, limits, context)
      try transaction.keep(file, for: seen.record, isCounted: isCounted)
      let kept = try transaction.update(seen.record, to: record, event)
      try transaction.noteBrought(brought.sha256, for: kept, by: agency)
    }
  }
}

extension Failure {
  fileprivate static let otherBytes = Failure(
    .invalid, en: "The file is not taken: its SHA-256 is not the one in the address.",
    inIndonesian: "Berkas tidak diterima: SHA-256-nya bukan yang ada di alamat.",
    errors: [FieldError(pointer: "", .inconsistent)])
}
