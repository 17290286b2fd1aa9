internal import Domain
internal import GRDB
internal import JSON
internal import Service

/// What events have left in other tables: ties, requests for correction and what was decided on them, former reports.
struct TraceCheck {
  private let transaction: Transaction
  private var linkCount: Int64 = 0
  private var requestCount: Int64 = 0
  private var decisionCount: Int64 = 0
  /// Former reports that events explain; corrections that change the report are few.
  private var formerReports: Set<FormerReport> = []
  /// Cases whose corrections nobody can read any more.
  private var unread: Set<Int64> = []

  private struct FormerReport: Hashable {
    var number: String
    var person: Int64
    var agency: String
    var key: Int64
  }

  init(_ transaction: Transaction) { self.transaction = transaction }

  /// Looks for what an event has left.
  ///
  /// - Parameter isLogged: whether the log had begun; before that, events did not tell as much.
  mutating func take(_ event: LoggedEvent, isLogged: Bool, _ leaf: StoredLeaf) throws {
    switch EventKind(rawValue: event.document.what) {
    case .link: try takeLink(event, isLogged: isLogged, leaf)
    case .correctionRequest: try takeRequest(event, leaf)
    case .correctionAcceptance, .correctionRefusal: try takeDecision(event, isLogged: isLogged, leaf)
    default: break
    }
    guard event.factsSeq == event.document.seq, event.document.version > 1, transaction.vault != nil else { return }
    try RecordFault.blaming("event", event.document.seq, leaf: leaf.index) {
      try takeCorrection(event, isLogged: isLogged, leaf)
    }
  }

  // MARK: Ties

  private mutating func takeLink(_ event: LoggedEvent, isLogged: Bool, _ leaf: StoredLeaf) throws {
    // Nobody who has not the keys can tell of which ties they are.
    if event.parts.contains(where: { $0.absence == .sealed }) {
      linkCount += 1
      return
    }
    let texts = try texts(of: event, leaf)
    guard let other = texts["case_id"].flatMap({ CaseID($0) }), let relation = texts["relation"] else { return }
    let row = try transaction.fetchOne(
      """
      SELECT linked_by, linked_at FROM case_link WHERE case_key = ? AND relation = ?
        AND other_key = (SELECT case_key FROM case_record WHERE id = ?)
      """, [event.key, relation, other.data]
    ) { (by: $0[0] as String, at: Timestamp(milliseconds: $0[1])) }
    let name = "of event \(event.document.seq)"
    guard let row else {
      // An erasure takes the ties of its case away, on both sides.
      let isErased = try transaction.fetchOne(
        "SELECT 1 FROM case_record WHERE id = ? AND erased_on IS NOT NULL", [other.data]
      ) { _ in true }
      if isErased == true { return }
      throw leaf.fault("case_link", name, "it is missing")
    }
    guard row.by == event.document.agency else {
      throw leaf.fault("case_link", name, "linked_by is not what was recorded")
    }
    guard !isLogged || row.at == event.document.recordedAt else {
      throw leaf.fault("case_link", name, "linked_at is not what was recorded")
    }
    linkCount += 1
  }

  /// A tie between cases of which none has an event of one, or the newest of those that have too few.
  private static let strangeLink = """
    SELECT l.case_key || ' ' || l.other_key FROM case_link l
    ORDER BY (SELECT count(*) FROM event e WHERE e.case_key = l.case_key AND e.what = '\(EventKind.link.rawValue)')
      >= (SELECT count(*) FROM case_link o WHERE o.case_key = l.case_key), l.linked_at DESC
    LIMIT 1
    """

  // MARK: Requests

  private mutating func takeRequest(_ event: LoggedEvent, _ leaf: StoredLeaf) throws {
    let seq = event.document.seq
    let request = try transaction.fetchOne(
      """
      SELECT number, requested_by, requested_at FROM correction_request
      WHERE case_key = ? AND seq = ? AND number = CAST(? AS INTEGER)
      """, [event.key, seq, event.document.details.first { $0.name == "request" }?.value]
    ) { (by: $0[1] as String, at: Timestamp(milliseconds: $0[2])) }
    guard let request else { throw leaf.fault("correction_request", "of event \(seq)", "it is missing") }
    requestCount += 1
    guard let wish = event.parts.first(where: { $0.part == .correction }), wish.absence == nil else { return }
    let texts = try wish.texts
    for (column, value) in [("requested_by", request.by), ("requested_at", request.at.description)]
    where texts.first(where: { $0.name == column })?.value != value {
      throw leaf.fault("correction_request", "of event \(seq)", "\(column) is not what was recorded")
    }
  }

  private mutating func takeDecision(_ event: LoggedEvent, isLogged: Bool, _ leaf: StoredLeaf) throws {
    decisionCount += 1
    let document = event.document
    // Acceptances of earlier releases name no request.
    guard let number = document.details.first(where: { $0.name == "request" }).flatMap({ Int64($0.value) }) else {
      return
    }
    let row = try transaction.fetchOne(
      """
      SELECT state, decided_by, decided_at, decided_seq FROM correction_request WHERE case_key = ? AND number = ?
      """, [event.key, number]
    ) { (state: $0[0] as String, by: $0[1] as String?, at: $0[2] as Int64?, seq: $0[3] as Int64?) }
    let name = "\(event.key)/\(number)"
    guard let row else { throw leaf.fault("correction_request", name, "it is missing") }
    let state: CorrectionRequest.State =
      document.what == EventKind.correctionAcceptance.rawValue ? .accepted : .refused
    let comparisons = [
      ("state", row.state == state.rawValue), ("decided_by", row.by == document.agency),
      ("decided_at", !isLogged || row.at == document.recordedAt.milliseconds),
      ("decided_seq", row.seq == document.seq),
    ]
    if let other = comparisons.first(where: { !$0.1 }) {
      throw leaf.fault("correction_request", name, "\(other.0) is not what was recorded")
    }
  }

  private static let strangeRequest = """
    SELECT c.case_key || '/' || c.number FROM correction_request c
    WHERE NOT EXISTS (
      SELECT 1 FROM event e WHERE e.case_key = c.case_key AND e.what = '\(EventKind.correctionRequest.rawValue)'
        AND CAST(e.details ->> '$.request' AS INTEGER) = c.number)
    LIMIT 1
    """

  private static let strangeDecision = """
    SELECT c.case_key || '/' || c.number FROM correction_request c
    WHERE c.state <> 'open' AND NOT EXISTS (
      SELECT 1 FROM event e WHERE e.case_key = c.case_key
        AND e.what IN ('\(EventKind.correctionAcceptance.rawValue)', '\(EventKind.correctionRefusal.rawValue)')
        AND CAST(e.details ->> '$.request' AS INTEGER) = c.number)
      OR c.state = 'open' AND (c.decided_by IS NOT NULL OR c.decided_at IS NOT NULL OR c.decided_seq IS NOT NULL)
    LIMIT 1
    """

  // MARK: Former reports

  private mutating func takeCorrection(_ event: LoggedEvent, isLogged: Bool, _ leaf: StoredLeaf) throws {
    let seq = event.document.seq
    let earlier =
      try transaction.fetchOne(
        "SELECT max(seq) FROM event WHERE case_key = ? AND seq < ? AND progress IS NOT NULL", [event.key, seq]
      ) { $0[0] as Int64? } ?? nil
    guard let earlier, let old = try transaction.versionMade(at: earlier), old.erasedOn == nil,
      let new = try transaction.versionMade(at: seq)
    else { return }
    if event.parts.contains(where: { $0.absence == .sealed }) { unread.insert(event.key) }
    if new.facts.isSameReport(as: old.facts) { return }
    let person = try transaction.fetchOne("SELECT person_key FROM event WHERE seq = ?", [earlier]) { $0[0] as Int64 }
    let report = FormerReport(
      number: try transaction.digest(ofReport: old.facts), person: person ?? 0,
      agency: old.facts.source.agency.rawValue, key: event.key)
    let isThere = try transaction.fetchOne(
      """
      SELECT 1 FROM former_report WHERE agency_ref_digest = ? AND person_key = ? AND reported_by = ? AND case_key = ?
      """, [report.number, report.person, report.agency, report.key]
    ) { _ in true }
    if isThere == true { formerReports.insert(report) }
    // What came with the report itself was never known by anything else.
    let isOwn = event.document.version > max(1, old.provenance.importedVersions)
    if isThere == nil, isLogged, isOwn { throw leaf.fault("former_report", "of event \(seq)", "it is missing") }
  }

  // MARK: After the last event

  /// No row is there that no event explains.
  func finish() throws {
    let counts: [(table: String, condition: String, count: Int64, strange: String)] = [
      ("case_link", "TRUE", linkCount, Self.strangeLink),
      ("correction_request", "TRUE", requestCount, Self.strangeRequest),
      ("correction_request", "state <> 'open'", decisionCount, Self.strangeDecision),
    ]
    for (table, condition, count, strange) in counts {
      let stored = try transaction.fetchOne("SELECT count(*) FROM \(table) WHERE \(condition)", []) { $0[0] as Int64 }
      guard stored != count else { continue }
      // Nobody who has not the keys can tell which ties an erasure has taken away.
      if table == "case_link", transaction.vault == nil, stored ?? 0 < count, try hasErasures() { continue }
      let row = try transaction.fetchOne(strange, []) { $0[0] as String }
      throw RecordFault(table, row ?? "", "no event tells of it")
    }
    let undecided = try transaction.fetchOne(
      """
      SELECT case_key || '/' || number FROM correction_request WHERE state = 'open'
        AND (decided_by IS NOT NULL OR decided_at IS NOT NULL OR decided_seq IS NOT NULL) LIMIT 1
      """, []
    ) { $0[0] as String }
    if let undecided { throw RecordFault("correction_request", undecided, "no event tells of its decision") }
    if transaction.vault == nil { return }
    let reports = try transaction.fetch(
      "SELECT agency_ref_digest, person_key, reported_by, case_key FROM former_report", []
    ) { FormerReport(number: $0[0], person: $0[1], agency: $0[2], key: $0[3]) }
    if let strange = reports.first(where: { !formerReports.contains($0) && !unread.contains($0.key) }) {
      throw RecordFault("former_report", "of case \(strange.key)", "no event tells of it")
    }
  }

  private func hasErasures() throws -> Bool {
    try transaction.fetchOne("SELECT EXISTS (SELECT 1 FROM erasure)", []) { $0[0] as Bool } ?? false
  }

  private func texts(of event: LoggedEvent, _ leaf: StoredLeaf) throws -> [String: String] {
    let seq = event.document.seq
    return try RecordFault.blaming("case_part", "of event \(seq)", leaf: leaf.index) {
      let texts = try event.parts.filter { $0.part.textGroup != nil }.compactMap(\.content).flatMap {
        try EventDetails.read(String(decoding: $0, as: UTF8.self))
      }
      return Dictionary(texts.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
  }
}
