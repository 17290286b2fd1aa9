internal import GRDB

/// The statements of one connection that run all the time; a look-up by kilobytes of SQL would cost as much as running
/// them.
final class KeptStatements {
  private var statements: [Statement?] = Array(repeating: nil, count: KeptStatement.allCases.count)
  /// Room for the texts of one run; the few longer ones are SQLite's to copy.
  let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 8_192, alignment: 16)

  deinit { room.deallocate() }

  func statement(_ kept: KeptStatement, _ database: Database) throws -> OpaquePointer {
    if let statement = statements[kept.rawValue] { return statement.sqliteStatement }
    let statement = try database.makeStatement(sql: kept.sql)
    statements[kept.rawValue] = statement
    return statement.sqliteStatement
  }

  /// Lets them go: a connection closes after its statements.
  func removeAll() { statements = statements.map { _ in nil } }
}

/// The statements that are kept: the questions about one case by its identity, and all that storing a case needs.
enum KeptStatement: Int, CaseIterable {
  case stub, current, behindStub
  case keys, personKey, reportID, reply, lastSequence, lastNumber
  case insertPerson, insertRecord, insertVersion, advanceRecord, correctRecord
  case insertSubject, insertNarrative, insertReporter
  case insertEvent, insertSalt, insertText, insertReply
  case setLastNumber, indexWords, unindexWords, setByteUse

  /// True when running it adds to what is stored.
  var stores: Bool {
    switch self {
    case .stub, .current, .behindStub, .keys, .personKey, .reportID, .reply, .lastSequence, .lastNumber: false
    default: true
    }
  }

  var sql: String {
    switch self {
    case .stub: "SELECT \(CaseListing.stubColumns) FROM case_record r WHERE r.id = ?"
    case .current: CaseRow.select(from: "r") + "\n" + CaseRow.joins(of: "r") + " WHERE r.id = ?"
    case .behindStub: CaseRow.select(from: "r") + "\n" + CaseRow.joins(of: "r") + " WHERE r.case_key = ?"
    case .keys: "SELECT case_key, version, facts_version, person_key FROM case_record WHERE id = ?"
    case .personKey: "SELECT person_key FROM person WHERE identifier = ?"
    case .reportID:
      """
      SELECT id FROM case_record INDEXED BY case_record_agency_ref
      WHERE agency_ref_folded = ? AND person_key = ? AND reported_by = ?
      """
    case .reply:
      """
      SELECT request_digest, status, case_id, version, resource FROM idempotency
      WHERE owner = ? AND idempotency_key = ?
      """
    case .lastSequence:
      """
      SELECT max((SELECT coalesce(max(seq), 0) FROM event), (SELECT coalesce(max(last), 0) FROM sequence_gap))
      """
    case .lastNumber: "SELECT last FROM case_counter WHERE year = ?"
    default: change
    }
  }

  private var change: String {
    switch self {
    case .insertPerson: insert("person", "identifier")
    case .insertRecord:
      insert(
        "case_record",
        """
        id, number, created_at, next_due_on, paused_due_on, appeal_due_on, recorded_late, paused_until, \
        imported_by, imported_versions, agency_ref_folded, \
        \(CaseColumns.list)
        """)
    case .insertVersion: insert("case_version", "case_key, \(CaseColumns.list)")
    case .advanceRecord: update(CaseColumns.moved.joined(separator: ", "))
    case .correctRecord: update(CaseColumns.list, also: "agency_ref_folded = ?8, ")
    case .insertSubject: insert("case_subject", "case_key, facts_version, name, nip, nik, position_title")
    case .insertNarrative: insert("case_narrative", "case_key, facts_version, place, narrative, urls, witnesses")
    case .insertReporter: insert("case_reporter", "case_key, facts_version, mode, name, contact")
    case .insertEvent:
      insert(
        "event",
        """
        seq, case_key, version, what, agency, on_behalf_of, imported_by, key_id, occurred_on, recorded_at, stage, \
        changed, details, digest
        """)
    case .insertSalt: insert("event_salt", "seq, salt")
    case .insertText: insert("event_text", "seq, name, field_group, content")
    case .insertReply:
      insert(
        "idempotency", "owner, idempotency_key, created_at, request_digest, status, case_id, version, resource")
    case .setLastNumber:
      insert("case_counter", "year, last") + " ON CONFLICT (year) DO UPDATE SET last = excluded.last"
    case .setByteUse:
      insert("byte_use", "budget, day, bytes, room_bytes")
        + " ON CONFLICT (budget) DO UPDATE SET (day, bytes, room_bytes) = (excluded.day, excluded.bytes, excluded.room_bytes)"
    case .indexWords: insert("case_words", "rowid, narrative, names")
    case .unindexWords: "INSERT INTO case_words (case_words, rowid, narrative, names) VALUES ('delete', ?, ?, ?)"
    default: preconditionFailure("questions are answered by sql")
    }
  }

  private func insert(_ table: String, _ columns: String) -> String {
    let placeholders = columns.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
    return "INSERT INTO \(table) (\(columns)) VALUES (\(placeholders))"
  }

  /// Takes columns of the current row from the version that was just stored.
  private func update(_ columns: String, also change: String = "") -> String {
    """
    UPDATE case_record SET next_due_on = ?1, paused_due_on = ?4, appeal_due_on = ?5, recorded_late = ?6, paused_until = ?7,
      \(change)(\(columns)) = (SELECT \(columns) FROM case_version WHERE case_key = ?2 AND version = ?3)
    WHERE case_key = ?2
    """
  }
}
