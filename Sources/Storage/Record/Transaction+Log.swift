internal import Domain
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Asking about the record, and what agencies have cosigned.
extension Transaction {
  func root(at size: Int64) throws -> Hash? {
    let edge = try storedEdge(at: size)
    return edge.size == size ? edge.root : nil
  }

  func leaves(from index: Int64, limit: Int) throws -> [LoggedLeaf] {
    try fetch("\(Self.leafSQL) WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?", [index, limit], Self.leaf)
  }

  func otherLeaves(from index: Int64, limit: Int) throws -> [LoggedLeaf] {
    try fetch(
      "\(Self.leafSQL) WHERE kind <> 'event' AND leaf_index >= ? ORDER BY leaf_index LIMIT ?", [index, limit],
      Self.leaf)
  }

  private static let leafSQL = "SELECT leaf_index, kind, agency, seq, hash, content FROM leaf"

  private static func leaf(_ row: StoredRow) throws -> LoggedLeaf {
    guard let hash = Hash(row[4] as [UInt8]) else { throw DatabaseError(message: "a stored hash is malformed") }
    return LoggedLeaf(
      index: row[0], kind: try row.code(1), agency: (row[2] as String?).map { AgencyCode(rawValue: $0) }, seq: row[3],
      hash: hash, content: row.utf8(5).map { Array($0) })
  }

  func witnesses() throws -> [RecordWitness] {
    try fetch("SELECT agency, key, size, note, cosigned_at FROM witness ORDER BY agency", []) { row in
      let cosigned = (row[2] as Int64?).map {
        RecordWitness.Cosigned(size: $0, note: row[3], at: Timestamp(milliseconds: row[4]))
      }
      return RecordWitness(agency: AgencyCode(rawValue: row[0]), key: row[1], cosigned: cosigned)
    }
  }

  func register(_ witness: RecordWitness, by keyID: String) throws {
    try execute(
      """
      INSERT INTO witness (agency, key) VALUES (?1, ?2)
      ON CONFLICT (agency) DO UPDATE SET key = ?2, size = NULL, note = NULL, cosigned_at = NULL
      """, [witness.agency.rawValue, witness.key])
    try log(.witnessKey, of: witness.agency.rawValue) { writer in
      writer.member("agency", witness.agency.rawValue)
      writer.member("key", witness.key)
      writer.member("by", keyID)
      writer.member("at", now.description)
    }
  }

  func keep(_ cosigned: RecordWitness.Cosigned, of agency: AgencyCode) throws {
    try execute(
      "UPDATE witness SET size = ?, note = ?, cosigned_at = ? WHERE agency = ?",
      [cosigned.size, cosigned.note, cosigned.at.milliseconds, agency.rawValue])
  }
}
