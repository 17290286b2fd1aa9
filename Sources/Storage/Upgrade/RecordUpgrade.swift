internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Logs what a file holds in which no log was kept, in the transaction of `m0018_record`: the record of a new file begins
/// with it, too.
struct RecordUpgrade {
  /// What divides the statements of the migration into those before and those after it.
  private static let marker = "-- The program logs what is there here."
  /// Who has done it, in leaves.
  private static let by = "netral"

  private let transaction: Transaction

  static func run(_ sql: String, on database: Database) throws {
    let parts = sql.components(separatedBy: marker)
    precondition(parts.count == 2, "the migration names one place to log what is there")
    try database.execute(sql: parts[0])
    let upgrade = RecordUpgrade(transaction: Transaction(database, nil))
    try upgrade.logAll()
    upgrade.transaction.kept.removeAll()
    database.clearSchemaCache()
    try database.execute(sql: parts[1])
  }

  private func logAll() throws {
    transaction.now = try transaction.lastRecordedAt()
    let head = try transaction.head()
    try transaction.log(.origin) { writer in
      writer.member("begins_with", head == 0 ? "a new file" : "a file of an earlier release")
      writer.member("head", head)
      let gaps = try transaction.declaredGaps()
      if !gaps.isEmpty { DeclaredGap.write(gaps, to: &writer) }
    }
    try logReference()
    for key in try transaction.loadKeys().values.sorted(by: { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }) {
      try transaction.log(key, by: key.madeBy ?? Self.by)
      try transaction.logEnd(of: key, by: Self.by)
    }
    try logAudit()
    try logEvents()
    try logFigures()
  }

  private func logReference() throws {
    let rows = try transaction.fetch(
      "SELECT kind, code, valid_from, valid_until, json FROM reference ORDER BY kind, position", []
    ) { row -> ReferenceEntry? in
      ReferenceKind(rawValue: row[0]).map {
        ReferenceEntry(kind: $0, code: row[1], from: row[2], until: row[3], json: row[4])
      }
    }.compactMap { $0 }
    for kind in ReferenceKind.allCases {
      let entries = rows.filter { $0.kind == kind }
      if !entries.isEmpty { try transaction.log(entries.map { ($0, nil) }, of: kind, by: Self.by) }
    }
  }

  private func logAudit() throws {
    let rows = try transaction.fetch("SELECT at, key_id, what, detail FROM audit ORDER BY id", []) { row in
      (at: Timestamp(milliseconds: row[0]), by: row[1] as String, what: row[2] as String, detail: row[3] as String)
    }
    for row in rows {
      try transaction.log(.audit) { writer in
        writer.member("what", row.what)
        writer.member("detail", row.detail)
        writer.member("by", row.by)
        writer.member("at", row.at.description)
      }
    }
  }

  private func logFigures() throws {
    let ids = try transaction.fetch("SELECT id FROM figure ORDER BY figure_key", []) { $0[0] as String }
    for id in ids { if let figure = try transaction.figure(id) { try transaction.log(figure) } }
    let published = try transaction.fetch("SELECT number, key_id FROM published_figure ORDER BY number", []) {
      (number: $0[0] as Int64, keyID: $0[1] as String)
    }
    for row in published {
      if let figure = try transaction.publishedFigure(row.number) { try transaction.log(figure, by: row.keyID) }
    }
    let elections = try transaction.fetch("SELECT DISTINCT election FROM public_release ORDER BY 1", []) {
      $0[0] as String
    }
    for election in elections {
      for release in try transaction.publicReleases(of: election) { try transaction.log(release, by: nil) }
    }
    let keys = try transaction.fetch("SELECT key_id FROM certificate ORDER BY number", []) { $0[0] as String }
    let certificates = try transaction.certificates(of: nil, before: .max, limit: .max).reversed()
    for (certificate, keyID) in zip(certificates, keys) { try transaction.log(certificate, by: keyID) }
  }

  // MARK: Events

  private func logEvents() throws {
    let last = try transaction.fetchOne("SELECT coalesce(max(seq), 0) FROM event", []) { $0[0] as Int64 } ?? 0
    var (seq, earlier): (Int64, [Int64: Commitments]) = (0, [:])
    while seq < last {
      var events = try transaction.loggedEvents(after: seq, limit: 1_000, withParts: false)
      guard let first = events.first?.document.seq, let end = events.last?.document.seq else { break }
      let parts = try FormerRows.parts(first, end, transaction)
      for index in events.indices { events[index].parts = parts[events[index].document.seq] ?? [] }
      for event in events { earlier[event.key] = try log(event, after: earlier[event.key] ?? Commitments()) }
      seq = end
    }
  }

  /// Logs an event.
  ///
  /// - Returns: what the next version of the case begins with.
  private func log(_ event: LoggedEvent, after earlier: Commitments) throws -> Commitments {
    let document = event.document
    var commitments = document.state == nil ? Commitments() : earlier.lasting
    for part in event.parts where part.part != .digest { commitments[part.group] = part.digest }
    var salted: [StoredPart] = []
    for (part, value) in [(CasePart.letters, document.letters), (.correction, try wish(of: event))] {
      guard let value else { continue }
      let part = StoredPart(part: part, salt: transaction.salts.next(), content: nil)
      commitments[part.group] = part.digest(of: value)
      salted.append(part)
    }
    let leaf = try transaction.log(document, &commitments)
    try FormerRows.insert(salted, document.seq, transaction)
    try transaction.run(.commitEvent) {
      $0.add(leaf)
      $0.add(commitments.bytes)
      $0.add(document.seq)
    }
    return document.state == nil ? earlier : commitments
  }

  /// What a request for correction asks for; nil of other events.
  private func wish(of event: LoggedEvent) throws -> [UInt8]? {
    guard event.document.what == EventKind.correctionRequest.rawValue,
      let number = event.document.details.first(where: { $0.name == "request" })?.value
    else { return nil }
    return try FormerRows.wish(number, event.key, transaction)
  }
}
