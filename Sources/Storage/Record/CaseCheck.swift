internal import Domain
internal import GRDB
internal import Service

/// What stands in `case_record` follows from the newest version of each case.
struct CaseCheck {
  private static let pageCases = 500
  /// A column that nobody can tell of without keys.
  private static let keyed = "agency_ref_digest"
  private static let columns = RecordColumns.lasting + RecordColumns.facts + RecordColumns.progress
  /// What of a row is compared in one statement.
  static let comparison =
    "SELECT \(columns.map { "\($0) IS ?" }.joined(separator: ", ")) FROM case_record WHERE case_key = ?"

  private let transaction: Transaction
  private let persons: PersonCheck
  /// The newest sequence when the log began.
  private let firstHead: Int64

  /// A case, and what its events say of it.
  private struct Entry {
    var stored: StoredCase
    var newest: Int64?
    var first: Int64?
    var firstRecordedAt: Int64?
  }

  init(_ transaction: Transaction, _ firstHead: Int64) {
    (self.transaction, self.firstHead) = (transaction, firstHead)
    persons = PersonCheck(transaction)
  }

  func prove() throws {
    var (last, count): (Int64, Int64) = (.min, 0)
    while true {
      let page = try entries(after: last)
      guard let end = page.last?.stored.key else { break }
      for entry in page { try prove(entry) }
      count += Int64(page.count)
      last = end
    }
    let stored = try transaction.fetchOne("SELECT count(*) FROM case_record", []) { $0[0] as Int64 } ?? 0
    guard stored != count else { return try persons.finish() }
    let key = try transaction.fetchOne(
      "SELECT case_key FROM case_record WHERE seq NOT IN (SELECT seq FROM event) LIMIT 1", []
    ) { $0[0] as Int64 }
    throw RecordFault("case_record", key ?? 0, "no event has made its version")
  }

  private func prove(_ entry: Entry) throws {
    let (stored, record) = (entry.stored, entry.stored.record)
    func require(_ isRight: Bool, _ column: String) throws {
      guard isRight else { throw RecordFault("case_record", stored.key, "\(column) is not what was recorded") }
    }
    try require(record.seq == entry.newest, "seq")
    try require(record.createdAt.milliseconds == entry.firstRecordedAt, "created_at")
    // Only an earlier release has taken one report for two.
    try require(stored.keys.twin == 0 || (entry.first ?? 0) <= firstHead, "twin")
    let isKeyless = transaction.vault == nil
    let number = isKeyless ? "" : try transaction.digest(ofReport: record.facts)
    let dataKeys = try dataKeys(of: stored)
    let differing = try transaction.run(
      .compareRecord,
      {
        RecordColumns.addLasting(record, to: &$0)
        RecordColumns.addFacts(record, stored.keys, number: number, dataKeys, to: &$0)
        RecordColumns.addProgress(record, to: &$0)
        $0.add(stored.key)
      },
      { row in
        Self.columns.indices.first { !(row[$0] as Bool) && !(isKeyless && Self.columns[$0] == Self.keyed) }
      })
    if let index = differing ?? nil { try require(false, Self.columns[index]) }
    guard transaction.vault != nil else { return }
    try proveNIK(record.facts.subject.nik, of: stored.key)
    try persons.prove(stored)
  }

  /// The keys that have sealed what is said of the case now.
  private func dataKeys(of stored: StoredCase) throws -> DataKeys {
    func number(_ part: CasePart) throws -> Int64 {
      try transaction.fetchOne("SELECT data_key FROM case_part WHERE part_key = ?", [part.key(at: stored.factsSeq)]) {
        $0[0] as Int64
      } ?? 0
    }
    return DataKeys(person: try number(.subject), reporter: try number(.reporter))
  }

  private func proveNIK(_ nik: NIK?, of key: Int64) throws {
    guard let nik else { return }
    let isThere = try transaction.fetchOne(
      "SELECT 1 FROM case_nik WHERE nik_digest = ? AND case_key = ?", [try transaction.digest(.nik, nik.text), key]
    ) { _ in true }
    if isThere == nil { throw RecordFault("case_nik", "of case \(key)", "it is missing") }
  }

  // MARK: Reading

  private func entries(after key: Int64) throws -> [Entry] {
    do {
      return try entries(after: key, limit: Self.pageCases)
    } catch let error as DatabaseError where error.resultCode != .SQLITE_ERROR {
      throw error
    } catch {
      // One of them cannot be read: those before it come one by one.
      let next = try transaction.fetchOne("SELECT min(case_key) FROM case_record WHERE case_key > ?", [key]) {
        $0[0] as Int64?
      }
      return try RecordFault.blaming("case_record", (next ?? nil) ?? 0) { try entries(after: key, limit: 1) }
    }
  }

  private func entries(after key: Int64, limit: Int) throws -> [Entry] {
    let width = 18
    return try transaction.fetch(
      """
      SELECT \(StoredCase.columns),
        (SELECT max(seq) FROM event WHERE case_key = r.case_key AND progress IS NOT NULL), f.seq, f.recorded_at
      FROM case_record r JOIN event e ON e.seq = r.seq
      LEFT JOIN event f ON f.seq = (SELECT min(seq) FROM event WHERE case_key = r.case_key)
      WHERE r.case_key > ? ORDER BY r.case_key LIMIT ?
      """, [key, limit]
    ) { row in
      Entry(
        stored: try transaction.storedCase(row), newest: row[width], first: row[width + 1],
        firstRecordedAt: row[width + 2])
    }
  }
}
