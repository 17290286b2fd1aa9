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
  case stub, current, behindStub, parts, compareRecord
  case keys, personKey, reportID, reportKey, hasErasedReports, reply, replies, lastSequence, lastNumber
  case insertPerson, insertRecord, insertFormerRecord, advanceRecord, correctRecord
  case insertEvent, insertFormerEvent, insertPart, insertFormerPart, insertLeaf, insertTreeNode, commitEvent, insertNIK,
    insertFormerNIK, deleteNIK,
    insertReply, deleteReply
  case setLastNumber, setByteUse

  /// True when running it adds to what is stored.
  var stores: Bool { Self.storing[rawValue] }

  private static let storing = texts.map { !$0.hasPrefix("SELECT") }

  var sql: String { Self.texts[rawValue] }

  private static let texts = allCases.map { $0.text }

  private var text: String {
    switch self {
    case .stub: "SELECT \(CaseListing.stubColumns) FROM case_record r WHERE r.id = ?"
    case .current: "SELECT \(StoredCase.columns) FROM case_record r JOIN event e ON e.seq = r.seq WHERE r.id = ?"
    case .behindStub:
      "SELECT \(StoredCase.columns) FROM case_record r JOIN event e ON e.seq = r.seq WHERE r.case_key = ?"
    case .parts: "SELECT \(Transaction.partColumns) FROM case_part WHERE part_key BETWEEN ? AND ?"
    case .compareRecord: CaseCheck.comparison
    case .keys:
      """
      SELECT r.case_key, r.version, e.facts_seq, e.references_seq, r.person_key, r.report_key, r.twin,
        e.commitments, r.data_key, r.reporter_key, r.erased_on
      FROM case_record r JOIN event e ON e.seq = r.seq WHERE r.id = ?
      """
    case .personKey: "SELECT person_key FROM person WHERE digest = ?"
    case .hasErasedReports: "SELECT EXISTS (SELECT 1 FROM erased_report)"
    case .reportID:
      "SELECT id FROM case_record WHERE agency_ref_digest = ? AND reported_by = ? AND person_key = ? ORDER BY twin LIMIT 1"
    case .reportKey: "SELECT report_key FROM case_record WHERE agency_ref_digest = ? AND reported_by = ? LIMIT 1"
    case .reply:
      """
      SELECT request_digest, status, case_id, version, resource, i.leaf_index, l.hash, created_at
      FROM idempotency i LEFT JOIN leaf l ON l.leaf_index = i.leaf_index
      WHERE owner = ? AND key_digest = ? AND created_at >= ?
      """
    case .replies:
      """
      SELECT owner, key_digest, created_at FROM idempotency WHERE (owner, key_digest) > (?, ?)
      ORDER BY owner, key_digest LIMIT ?
      """
    case .lastSequence:
      "SELECT max((SELECT coalesce(max(seq), 0) FROM event), (SELECT coalesce(max(last), 0) FROM sequence_gap))"
    case .lastNumber: "SELECT last FROM counter WHERE name = ?"
    default: change
    }
  }

  private var change: String {
    switch self {
    case .insertPerson: Self.insert("person", ["digest", "person_key"])
    case .insertRecord:
      Self.insert("case_record", RecordColumns.lasting + RecordColumns.facts + RecordColumns.progress)
    case .insertFormerRecord:
      Self.insert("case_record", RecordColumns.lasting + RecordColumns.formerFacts + RecordColumns.progress)
    case .advanceRecord: Self.update("case_record", RecordColumns.progress)
    case .correctRecord: Self.update("case_record", RecordColumns.progress + RecordColumns.facts)
    case .insertEvent: Self.insert("event", EventColumns.names)
    case .insertFormerEvent: Self.insert("event", EventColumns.former)
    case .insertLeaf:
      Self.insert("leaf", ["leaf_index", "kind", "agency", "seq", "salts", "content", "hash"])
    case .commitEvent: "UPDATE event SET leaf_index = ?, commitments = ? WHERE seq = ?"
    case .insertTreeNode: Self.insert("tree_node", ["level", "position", "hash"])
    case .insertPart: Self.insert("case_part", ["part_key", "data_key", "version", "salt", "content"])
    case .insertFormerPart: Self.insert("case_part", ["part_key", "salt", "content"])
    case .insertNIK: Self.insert("case_nik", ["nik_digest", "case_key"])
    case .insertFormerNIK: Self.insert("case_nik", ["nik", "case_key"])
    case .deleteNIK: "DELETE FROM case_nik WHERE nik_digest = ? AND case_key = ?"
    case .insertReply:
      // Replaced is a reply that is forgotten and not yet deleted.
      Self.insert(
        "idempotency",
        [
          "owner", "key_digest", "created_at", "request_digest", "status", "case_id", "version", "resource",
          "leaf_index",
        ],
        or: "OR REPLACE ")
    case .deleteReply: "DELETE FROM idempotency WHERE owner = ? AND key_digest = ?"
    case .setLastNumber:
      Self.insert("counter", ["name", "last"]) + " ON CONFLICT (name) DO UPDATE SET last = excluded.last"
    case .setByteUse:
      Self.insert("counter", ["name", "last", "day", "room_bytes"])
        + " ON CONFLICT (name) DO UPDATE SET (last, day, room_bytes) = (excluded.last, excluded.day, excluded.room_bytes)"
    default: preconditionFailure("questions are answered by text")
    }
  }

  private static func insert(_ table: String, _ columns: [String], or conflict: String = "") -> String {
    let placeholders = columns.map { _ in "?" }.joined(separator: ", ")
    return "INSERT \(conflict)INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(placeholders))"
  }

  /// The last argument is the key of the case.
  private static func update(_ table: String, _ columns: [String]) -> String {
    "UPDATE \(table) SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE case_key = ?"
  }
}
