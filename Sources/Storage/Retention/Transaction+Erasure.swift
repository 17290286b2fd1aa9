internal import Domain
internal import GRDB
internal import Service

/// Erasing the personal values of a case.
extension Transaction {
  /// Stores the event, and takes away all that leads to the person: the values of every version, identifiers that no other
  /// case needs, ties. What is still to be done outside the file is marked.
  func erase(_ record: Case, _ event: EventDraft) throws -> Case {
    let key = try key(of: record.id)
    // Whoever disputed a report may give the true one under its number.
    let reports = record.provenance.isDisputed ? [] : try reports(of: key)
    var erased = record
    // Nobody's word is awaited on what nobody can read.
    erased.provenance.unconfirmed = []
    erased = try update(record, to: erased, event)
    // What is given up in a page is overwritten; what a page holds that is given up, too.
    try run("PRAGMA secure_delete = ON")
    defer { try? run("PRAGMA secure_delete = OFF") }  // It costs what it protects, and nothing else.
    let sequences = try fetch("SELECT seq FROM event WHERE case_key = ?", [key]) { $0[0] as Int64 }
    for seq in sequences {
      try execute(
        "UPDATE case_part SET content = NULL WHERE part_key BETWEEN ? AND ? AND data_key IS NOT NULL",
        [seq * 16, seq * 16 + 15])
    }
    try execute(
      "UPDATE case_record SET erased_on = ?, agency_ref_digest = ?, twin = 0 WHERE case_key = ?",
      [LegalDate(inJakarta: now).day, Self.erasedReference(key), key])
    for digest in reports {
      try execute(
        """
        INSERT INTO erased_report (digest, case_key) VALUES (?1, ?2)
        ON CONFLICT (digest) DO UPDATE SET case_key = ifnull(case_key, ?2)
        """, [digest, key])
    }
    for sql in Self.clearings { try execute(sql, [key]) }
    try forgetEvidence(ofKey: key)
    try execute("INSERT INTO erasure (case_key, seq, is_done) VALUES (?, ?, 0)", [key, erased.seq])
    guard let record = try caseRecord(record.id) else { throw Failure.notFound }
    return record
  }

  /// What stands in the place of the digest of the report's number.
  static func erasedReference(_ key: Int64) -> String { "erased \(key)" }

  private static let clearings = [
    "DELETE FROM case_nik WHERE case_key = ?",
    // A person's identifier stays as long as a case that is not erased is, or was, about that one.
    """
    DELETE FROM person WHERE person_key IN (SELECT person_key FROM event WHERE case_key = ?)
      AND person_key NOT IN (SELECT person_key FROM case_record WHERE erased_on IS NULL)
      AND person_key NOT IN (
        SELECT f.person_key FROM former_report f JOIN case_record r ON r.case_key = f.case_key WHERE r.erased_on IS NULL)
    """,
    "DELETE FROM former_report WHERE case_key = ?",
    "DELETE FROM case_link WHERE ?1 IN (case_key, other_key)",
    "DELETE FROM retention_notice WHERE case_key = ?",
  ]

  /// How each report that the case is, or was, known by is known again. The values themselves may be gone already.
  private func reports(of key: Int64) throws -> [String] {
    try fetch(
      """
      SELECT k.reported_by, k.agency_ref_digest, p.digest FROM (
        SELECT reported_by, agency_ref_digest, person_key FROM case_record WHERE case_key = ?1
        UNION SELECT reported_by, agency_ref_digest, person_key FROM former_report WHERE case_key = ?1) k
      JOIN person p ON p.person_key = k.person_key
      """, [key]
    ) { row in try erasedReport(AgencyCode(rawValue: row[0]), report: row[1], person: row[2]) }
  }

  private func erasedReport(_ agency: AgencyCode, report: String, person: String) throws -> String {
    try digest(.erasedReport, "\(agency) \(report) \(person)")
  }

  /// A dry run leaves no trace: it does not tell which reports were erased, and so about whom.
  ///
  /// - Throws: `report_erased`, before anything is written, when this report about this person was erased, and no case of it
  ///   goes on.
  func requireUnerased(_ facts: Facts, _ names: ReportNames) throws {
    guard !isDryRun, try run(.hasErasedReports, { _ in }, { $0[0] as Bool }) ?? false else { return }
    let digest = try erasedReport(facts.source.agency, report: names.report, person: names.person)
    let isErased = try fetchOne("SELECT 1 FROM erased_report WHERE digest = ?", [digest]) { _ in true }
    if isErased == true, try existingReport(facts) == nil { throw Failure.reportErased }
  }

  // MARK: What is still to be done

  /// An erasure that is committed.
  struct CommittedErasure {
    var key: Int64
    /// What has sealed its values.
    var dataKeys: Set<Int64>
  }

  /// Those of which a condition holds.
  func erasures(_ condition: String) throws -> [CommittedErasure] {
    try fetch("SELECT case_key FROM erasure WHERE \(condition) ORDER BY case_key", []) { $0[0] as Int64 }.map { key in
      CommittedErasure(key: key, dataKeys: try dataKeys(ofKey: key))
    }
  }

  /// What has sealed values of a case; nothing of one that is not there.
  func dataKeys(of id: CaseID) throws -> Set<Int64> {
    let key = try fetchOne("SELECT case_key FROM case_record WHERE id = ?", [id.data]) { $0[0] as Int64 }
    return try key.map { try dataKeys(ofKey: $0) } ?? []
  }

  private func dataKeys(ofKey key: Int64) throws -> Set<Int64> {
    let keys = try fetch(
      """
      SELECT DISTINCT p.data_key FROM event e JOIN case_part p ON p.part_key BETWEEN e.seq * 16 AND e.seq * 16 + 15
      WHERE e.case_key = ? AND p.data_key IS NOT NULL
      """, [key]
    ) { $0[0] as Int64 }
    return Set(keys)
  }

  /// The cases that hold a value which one of these keys has sealed.
  func casesWithValues(sealedBy keys: Set<Int64>) throws -> [CaseID] {
    if keys.isEmpty { return [] }
    var ids = Set<CaseID>()
    _ = try fetch(
      """
      SELECT p.data_key, r.id FROM case_part p JOIN event e ON e.seq = p.part_key / 16
      JOIN case_record r ON r.case_key = e.case_key WHERE p.data_key IS NOT NULL AND p.content IS NOT NULL
      """, []
    ) { row in if keys.contains(row[0]) { ids.insert(try row.identity(1)) } }
    return Array(ids)
  }

  /// The cases that hold values whose keys were destroyed for an erasure of which the file knows nothing.
  func casesErasedElsewhere(by keys: KeyFile) throws -> [CaseID] {
    try casesWithValues(sealedBy: keys.destroyed().subtracting(erasures("TRUE").flatMap(\.dataKeys)))
  }

  /// What was erased, for the list beside the file.
  func erasureList() throws -> ErasureList {
    // A file of the release before erasure has none.
    guard try database.tableExists("erasure") else { return ErasureList() }
    var list = ErasureList()
    try forEachRow("SELECT id, erased_on FROM case_record WHERE erased_on IS NOT NULL") { row in
      if let day = row.day(1) { list.add(try row.identity(0), on: day) }
    }
    try forEachRow("SELECT r.id, e.digest FROM erased_report e JOIN case_record r ON r.case_key = e.case_key") { row in
      list.add(report: row[1], of: try row.identity(0))
    }
    return list
  }

  /// The cases of a list that the file has, and has not erased since it was restored. One that was never restored misses
  /// nothing: what its list names else was not erased here.
  func unerased(of list: ErasureList) throws -> [CaseID] {
    let restored = try fetchOne("SELECT max(declared_at) FROM sequence_gap", []) { $0[0] as Int64? } ?? nil
    guard let restored else { return [] }
    let lastDay = LegalDate(inJakarta: Timestamp(milliseconds: restored))
    return try strangers(of: list).filter { list.days[$0].map { $0 <= lastDay } ?? false }
  }

  /// The cases of a list that the file has, and does not hold as erased.
  func strangers(of list: ErasureList) throws -> [CaseID] {
    try list.ids.filter { id in
      try fetchOne("SELECT erased_on IS NULL FROM case_record WHERE id = ?", [id.data]) { $0[0] as Bool } ?? false
    }
  }

  /// Reports of a list that came and were erased after the copy was made that the file was brought back from.
  func noteReports(of list: ErasureList) throws {
    for digest in list.reports.values.joined() {
      try execute("INSERT OR IGNORE INTO erased_report (digest) VALUES (?)", [digest])
    }
  }

  private func forEachRow(_ sql: String, _ body: (StoredRow) throws -> Void) throws { _ = try fetch(sql, [], body) }
}
