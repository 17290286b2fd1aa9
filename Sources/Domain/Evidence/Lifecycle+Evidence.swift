/// What may become of the files of a case.
extension Lifecycle {
  /// The case with one more file.
  ///
  /// - Parameters:
  ///   - item: the file, as it came.
  ///   - limits: of a case.
  /// - Throws: `agency_ended`; `case_erased`, `evidence_exists`; `content_too_large` beyond the limits of a case.
  public static func add(
    _ item: EvidenceItem, to record: Case, _ limits: EvidenceLimits, _ context: Context
  ) throws(Failure) -> (record: Case, event: EventDraft) {
    try requireRoom(for: item.byteCount, in: record, limits, context)
    guard record.standingEvidence(item.sha256) == nil else { throw .evidenceExists }
    var (record, item) = (record, item)
    // What a scanner has found once in these bytes stays found.
    if record.evidence.contains(where: { $0.sha256 == item.sha256 && $0.scan == .infected }) { item.scan = .infected }
    record.evidence.append(item)
    return (record, event(.evidence, of: item, context.actor, []))
  }

  /// What must hold before anything of a file is taken.
  ///
  /// - Parameter byteCount: of the file, as far as it is known.
  /// - Throws: as above.
  public static func requireRoom(
    for byteCount: Int, in record: Case, _ limits: EvidenceLimits, _ context: Context
  ) throws(Failure) {
    try context.requireOffice()
    if record.erasedOn != nil { throw .caseErased }
    guard record.evidence.count < limits.filesPerCaseMax else { throw .tooManyFiles(limits.filesPerCaseMax) }
    let kept = record.evidence.reduce(0) { $0 + $1.byteCount }
    guard kept + byteCount <= limits.caseBytesMax else { throw .caseTooLarge(limits.caseBytesMax) }
  }

  /// The case with a file withdrawn, by whoever brought it or the agency that owns the case.
  ///
  /// - Throws: `not_found` where there is no such file; `not_owner`, `agency_ended`; `already_decided`.
  public static func withdraw(
    _ sha256: String, of record: Case, because reason: String, at now: Timestamp, _ context: Context
  ) throws(Failure) -> (record: Case, event: EventDraft) {
    try context.requireOffice()
    if record.erasedOn != nil { throw .caseErased }
    guard let index = record.evidence.lastIndex(where: { $0.sha256 == sha256 }) else { throw .notFound }
    let item = record.evidence[index]
    let agency = context.actor.agency
    guard item.receivedBy == agency || context.reference.owns(agency, record.facts, on: context.today) else {
      throw .notWithdrawer
    }
    guard item.withdrawal == nil else { throw .evidenceWithdrawn }
    var record = record
    record.evidence[index].withdrawal = EvidenceWithdrawal(agency: agency, at: now, reason: reason)
    return (record, event(.evidenceWithdrawal, of: item, context.actor, [("reason", reason)]))
  }

  /// The case after a scanner has looked at one of its files; nil where the file waits for none.
  public static func scanned(_ sha256: String, of record: Case, isHarmful: Bool) -> (record: Case, event: EventDraft)? {
    let places = record.evidence.indices.filter {
      record.evidence[$0].sha256 == sha256 && record.evidence[$0].scan == .pending
    }
    guard let first = places.first else { return nil }
    var changed = record
    let scan: EvidenceScan = isHarmful ? .infected : .clean
    for place in places { changed.evidence[place].scan = scan }
    return (changed, event(.evidenceScan, of: record.evidence[first], scanner, [("scan", scan.rawValue)]))
  }

  private static let scanner = Actor(agency: .operator, importedBy: nil, keyID: "scanner")

  /// That an agency was given a file that it has not brought.
  public static func view(of item: EvidenceItem, by actor: Actor) -> EventDraft {
    event(.evidenceView, of: item, actor, [])
  }

  private static func event(
    _ what: EventKind, of item: EvidenceItem, _ actor: Actor, _ texts: [(name: String, text: String)]
  ) -> EventDraft {
    EventDraft(
      what: what, actor: actor,
      texts: ([("sha256", item.sha256)] + texts).map { (name: $0.0, text: $0.1, group: .evidence) })
  }
}

extension Case {
  /// A file that stands; nil where there is none, or it was withdrawn.
  public func standingEvidence(_ sha256: String) -> EvidenceItem? {
    evidence.last { $0.sha256 == sha256 && $0.withdrawal == nil }
  }

  /// Whether a file waits for a scanner.
  public func awaitsScan(_ sha256: String) -> Bool { evidence.contains { $0.sha256 == sha256 && $0.scan == .pending } }

  /// Whether a file stands, and is not harmful.
  public func isStanding(_ sha256: String) -> Bool {
    standingEvidence(sha256).map { $0.scan != .infected } ?? false
  }
}

extension Failure {
  public static let evidenceDamaged = Failure(
    .evidenceDamaged, en: "The file is missing or damaged on the disk of the service.",
    inIndonesian: "Berkas hilang atau rusak di penyimpanan layanan.")

  public static let evidenceExists = Failure(
    .evidenceExists, en: "The case has this very file already.", inIndonesian: "Kasus sudah memiliki berkas ini.")

  static func tooManyFiles(_ max: Int) -> Failure {
    Failure(
      .contentTooLarge, en: "A case has at most \(max) files, withdrawn ones too.",
      inIndonesian: "Satu kasus memuat paling banyak \(max) berkas, termasuk yang ditarik.")
  }

  static func caseTooLarge(_ bytesMax: Int) -> Failure {
    Failure(
      .contentTooLarge, en: "The files of a case have at most \(bytesMax) bytes in all.",
      inIndonesian: "Seluruh berkas satu kasus paling banyak \(bytesMax) byte.")
  }

  fileprivate static let notWithdrawer = Failure(
    .notOwner, en: "The agency that brought the file, and the one that reported the case, may withdraw it.",
    inIndonesian: "Berkas ditarik oleh lembaga yang membawanya atau lembaga pelapor kasus.")

  fileprivate static let evidenceWithdrawn = Failure(
    .alreadyDecided, en: "This file was withdrawn before.", inIndonesian: "Berkas ini sudah ditarik.")
}
