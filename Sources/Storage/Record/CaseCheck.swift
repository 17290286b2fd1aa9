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
  /// Whether the file is of a release that takes files.
  private let hasEvidence: Bool

  /// A case, and what its events say of it.
  private struct Entry {
    var stored: StoredCase
    var newest: Int64?
    var first: Int64?
    var firstRecordedAt: Int64?
    /// The day of the event that has erased it, and the sequence of that.
    var erasedAt: Int64?
    var erasedSeq: Int64?
    /// What `erasure` says.
    var erasureSeq: Int64?
  }

  init(_ transaction: Transaction, _ firstHead: Int64) throws {
    (self.transaction, self.firstHead) = (transaction, firstHead)
    hasEvidence = try transaction.database.tableExists("case_evidence")
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
    guard stored != count else {
      try proveErasures()
      return try persons.finish()
    }
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
    try require(
      record.erasedOn == entry.erasedAt.map { LegalDate(inJakarta: Timestamp(milliseconds: $0)) }, "erased_on")
    guard entry.erasureSeq == entry.erasedSeq else {
      throw RecordFault("erasure", stored.key, "seq is not that of the event that has erased the case")
    }
    let isErased = record.erasedOn != nil
    let isKeyless = !isErased && !stored.isOpen
    let number =
      isErased
      ? Transaction.erasedReference(stored.key) : isKeyless ? "" : try transaction.digest(ofReport: record.facts)
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
    guard stored.isOpen else { return }
    try proveNIK(record.facts.subject.nik, of: stored.key)
    try proveEvidence(of: stored)
    try persons.prove(stored)
  }

  /// Every event that erases has left its marks, and nothing else has.
  private func proveErasures() throws {
    let unmarked = try transaction.fetchOne(
      """
      SELECT e.seq FROM event e JOIN case_record r ON r.case_key = e.case_key
      WHERE e.what = '\(EventKind.erasure.rawValue)' AND r.erased_on IS NULL LIMIT 1
      """, []
    ) { $0[0] as Int64 }
    if let unmarked { throw RecordFault("event", unmarked, "it has erased a case that is not marked as erased") }
    let strange = try transaction.fetchOne(
      """
      SELECT e.case_key FROM erased_report e LEFT JOIN case_record r ON r.case_key = e.case_key
      WHERE e.case_key IS NOT NULL AND r.erased_on IS NULL LIMIT 1
      """, []
    ) { $0[0] as Int64 }
    if let strange { throw RecordFault("erased_report", "of case \(strange)", "the case was not erased") }
    for table in ["case_nik", "former_report", "case_link"] + (hasEvidence ? ["case_evidence"] : []) {
      let left = try transaction.fetchOne(
        """
        SELECT t.case_key FROM \(table) t JOIN case_record r ON r.case_key = t.case_key
        WHERE r.erased_on IS NOT NULL LIMIT 1
        """, []
      ) { $0[0] as Int64 }
      if let left { throw RecordFault(table, "of case \(left)", "it is still there, and was erased") }
    }
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

  /// Each file that the case has is named, and no other.
  private func proveEvidence(of stored: StoredCase) throws {
    let items = stored.record.evidence
    if (stored.record.progress.evidenceSeq == nil) != items.isEmpty {
      throw RecordFault("case_part", "of case \(stored.key)", "files of the case are missing")
    }
    guard hasEvidence else { return }
    let named = try transaction.fetch(
      """
      SELECT f.digest, f.bytes, c.stands, c.awaits_scan FROM case_evidence c JOIN evidence_file f ON f.file_key = c.file_key
      WHERE c.case_key = ?
      """, [stored.key]
    ) { ($0[0] as String, (bytes: $0[1] as Int, stands: $0[2] as Bool, awaitsScan: $0[3] as Bool)) }
    let known = Dictionary(named, uniquingKeysWith: { first, _ in first })
    var left = Set(known.keys)
    for item in items {
      let digest = try transaction.digest(.file, item.sha256)
      guard let row = known[digest], row.bytes == item.byteCount else {
        throw RecordFault("case_evidence", "of case \(stored.key)", "it is missing, or is of another length")
      }
      guard row.stands == stored.record.isStanding(item.sha256) else {
        throw RecordFault("case_evidence", "of case \(stored.key)", "stands is not what was recorded")
      }
      guard row.awaitsScan == stored.record.awaitsScan(item.sha256) else {
        throw RecordFault("case_evidence", "of case \(stored.key)", "awaits_scan is not what was recorded")
      }
      left.remove(digest)
    }
    if !left.isEmpty { throw RecordFault("case_evidence", "of case \(stored.key)", "the case has no such file") }
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
    let width = StoredCase.width
    return try transaction.fetch(
      """
      SELECT \(StoredCase.columns),
        (SELECT max(seq) FROM event WHERE case_key = r.case_key AND progress IS NOT NULL), f.seq, f.recorded_at,
        x.recorded_at, x.seq, y.seq
      FROM case_record r JOIN event e ON e.seq = r.seq
      LEFT JOIN event x ON r.erased_on IS NOT NULL AND x.case_key = r.case_key
        AND x.what = '\(EventKind.erasure.rawValue)'
      LEFT JOIN erasure y ON y.case_key = r.case_key
      LEFT JOIN event f ON f.seq = (SELECT min(seq) FROM event WHERE case_key = r.case_key)
      WHERE r.case_key > ? ORDER BY r.case_key LIMIT ?
      """, [key, limit]
    ) { row in
      Entry(
        stored: try transaction.storedCase(row), newest: row[width], first: row[width + 1],
        firstRecordedAt: row[width + 2], erasedAt: row[width + 3], erasedSeq: row[width + 4], erasureSeq: row[width + 5]
      )
    }
  }
}
