internal import Domain
internal import Foundation
internal import GRDB

/// Carries the cases of an earlier release over into the tables of `m0016_documents`, in the order of their events.
struct DocumentUpgrade {
  /// What divides the statements of the migration into those before and those after it.
  static let marker = "-- The program fills the tables here."

  private let transaction: Transaction
  private var reports: [ReportName: Int64] = [:]

  /// A report as it was told apart from others: by the spelling of its number.
  private struct ReportName: Hashable {
    let agency: AgencyCode
    let number: String
  }

  static func run(_ sql: String, on database: Database) throws {
    let parts = sql.components(separatedBy: marker)
    precondition(parts.count == 2, "the migration names one place to fill the tables")
    try database.execute(sql: parts[0])
    var upgrade = DocumentUpgrade(transaction: Transaction(database, nil))
    try upgrade.fill()
    upgrade.transaction.kept.removeAll()
    database.clearSchemaCache()
    try database.execute(sql: parts[1])
  }

  private init(transaction: Transaction) { self.transaction = transaction }

  private mutating func fill() throws {
    try copyEvents()
    try copyRecords()
    try transaction.run(
      "INSERT INTO person (identifier, person_key) SELECT identifier, person_key FROM old_person WHERE identifier IS NOT NULL"
    )
    try transaction.run("INSERT INTO former_report SELECT * FROM old_former_report")
    try transaction.run("INSERT INTO counter (name, last) SELECT CAST(year AS TEXT), last FROM case_counter")
    try transaction.run(
      "INSERT INTO counter (name, last) SELECT 'person', coalesce(max(person_key), 0) FROM old_person")
    try transaction.execute("INSERT INTO counter (name, last) VALUES ('report', ?)", [Int64(reports.count)])
    try transaction.execute(
      "INSERT INTO counter (name, last, day, room_bytes) SELECT ? || budget, bytes, day, room_bytes FROM byte_use",
      [Counter.bytePrefix])
    // Earlier releases indexed words with every commit.
    try transaction.execute(
      "INSERT OR REPLACE INTO setting (name, value) VALUES ('words_seq', ?)",
      [Data("\(try transaction.head())".utf8)])
  }

  // MARK: Events

  private mutating func copyEvents() throws {
    var reports = reports
    _ = try transaction.fetch(Self.eventsSQL, []) { row in
      let seq: Int64 = row[0]
      guard !row.isNull(Self.versionColumn) else { return try copy(row, nil, nil) }
      let (record, person) = try FormerCaseRow.decode(row, from: Self.versionColumn)
      let name = ReportName(agency: record.facts.source.agency, number: record.facts.source.agencyRef)
      let report = reports[name] ?? Int64(reports.count + 1)
      reports[name] = report
      let place = VersionPlace(
        seq: seq, versionSeq: seq, factsSeq: row[14],
        referencesSeq: row[15] as Bool ? try referencesSeq(of: row[1], before: seq) : seq,
        keys: ReportKeys(person: person, report: report))
      try copy(row, record, place)
    }
    self.reports = reports
  }

  /// An event with the version it has made, if any.
  private func copy(_ row: StoredRow, _ record: Case?, _ place: VersionPlace?) throws {
    let seq: Int64 = row[0]
    try transaction.run(.insertFormerEvent) { arguments in
      arguments.add(seq)
      arguments.add(row[1] as Int64)
      arguments.add(row[2] as Int64)
      for column in 3...7 { arguments.add(row[column] as String?) }
      arguments.add(day: row.date(8))
      arguments.add(row[9] as Int64)
      for column in 10...12 { arguments.add(row[column] as String?) }
      arguments.add(row.isNull(13) ? nil : row[13] as [UInt8])
      let state = record.flatMap { record in place.map { EventDocument.State(record, $0.keys) } }
      EventColumns.addVersion(state, place, to: &arguments)
    }
    if !row.isNull(16) {
      try FormerRows.insert([StoredPart(part: .digest, salt: row[16], content: nil)], seq, transaction)
    }
    try FormerRows.insert(StoredPart.all(of: try texts(of: seq), &transaction.salts), seq, transaction)
    guard let record, let place else { return }
    try FormerRows.insert(
      StoredPart.all(
        of: record, facts: place.factsSeq == seq, references: place.referencesSeq == seq, evidence: false,
        &transaction.salts), seq, transaction)
  }

  private func texts(of seq: Int64) throws -> [StoredPart.Text] {
    try transaction.fetch(
      "SELECT name, content, field_group FROM event_text WHERE seq = ? AND content IS NOT NULL ORDER BY name", [seq]
    ) { (name: $0[0], text: $0[1], group: FieldGroup(rawValue: $0[2]) ?? .notes) }
  }

  private func referencesSeq(of key: Int64, before seq: Int64) throws -> Int64 {
    try transaction.fetchOne(
      """
      SELECT references_seq FROM event WHERE case_key = ? AND seq < ? AND progress IS NOT NULL ORDER BY seq DESC LIMIT 1
      """, [key, seq]
    ) { $0[0] } ?? seq
  }

  private static let versionColumn = 17

  /// Events, the sequence of the one that brought the facts, whether the references are those of the version before, the
  /// salt, and the version.
  private static let eventsSQL: String = {
    let references = [
      "agency_ref", "recommendation_letter", "decree_number", "block_letter", "block_proof", "idis_reference",
    ]
    let isSame = references.map { "v.\($0) IS b.\($0)" }.joined(separator: " AND ")
    return """
      SELECT e.seq, e.case_key, e.version, e.what, e.agency, e.on_behalf_of, e.imported_by, e.key_id, e.occurred_on,
        e.recorded_at, e.stage, e.changed, e.details, e.digest, f.seq, b.case_key IS NOT NULL AND \(isSame), t.salt,
        \(FormerCaseRow.columns(of: "v").replacing("r.case_key", with: "v.case_key"))
      FROM old_event e JOIN old_case_record r ON r.case_key = e.case_key
      LEFT JOIN case_version v ON v.case_key = e.case_key AND v.version = e.version AND v.seq = e.seq
      LEFT JOIN case_version b ON b.case_key = v.case_key AND b.version = v.version - 1
      LEFT JOIN case_version f ON f.case_key = v.case_key AND f.version = v.facts_version
      \(FormerCaseRow.joins(of: "v").replacing("JOIN", with: "LEFT JOIN"))
      LEFT JOIN event_salt t ON t.seq = e.seq
      ORDER BY e.seq
      """
  }()

  // MARK: Cases

  private func copyRecords() throws {
    _ = try transaction.fetch(
      """
      SELECT \(FormerCaseRow.columns(of: "r")) FROM old_case_record r \(FormerCaseRow.joins(of: "r")) ORDER BY r.case_key
      """, []
    ) { row in
      let (record, person) = try FormerCaseRow.decode(row, from: 0)
      let key: Int64 = row[0]
      let facts = record.facts
      guard let report = reports[ReportName(agency: facts.source.agency, number: facts.source.agencyRef)] else {
        throw DatabaseError(message: "a case has no event that tells of its report")
      }
      let keys = ReportKeys(person: person, report: report, twin: try twins(of: facts, person))
      try transaction.run(.insertFormerRecord) {
        RecordColumns.addLasting(record, to: &$0)
        RecordColumns.addFacts(record, keys, number: PlainText.folded(facts.source.agencyRef), nil, to: &$0)
        RecordColumns.addProgress(record, to: &$0)
      }
      // Keys are kept: links, requests and the index of words name them.
      if transaction.database.lastInsertedRowID != key {
        try transaction.execute("UPDATE case_record SET case_key = ? WHERE id = ?", [key, record.id.data])
      }
      if let nik = facts.subject.nik {
        try transaction.run(.insertFormerNIK) {
          $0.add(nik.text)
          $0.add(key)
        }
      }
    }
  }

  /// How many reports were stored before that are the same by the way in which they are compared now.
  private func twins(of facts: Facts, _ person: Int64) throws -> Int {
    try transaction.fetchOne(
      "SELECT count(*) FROM case_record WHERE agency_ref_folded = ? AND reported_by = ? AND person_key = ?",
      [PlainText.folded(facts.source.agencyRef), facts.source.agency.rawValue, person]
    ) { $0[0] } ?? 0
  }
}
