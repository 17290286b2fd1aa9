internal import GRDB
internal import Merkle
internal import Service

/// A row of `leaf`.
struct StoredLeaf {
  var index: Int64
  var kind: String
  var agency: String?
  var seq: Int64?
  var salts: LeafSalts
  /// The core of what is no event.
  var content: [UInt8]?
  var hash: [UInt8]

  /// A leaf that commits to something, with the hash that it has then.
  func hash(of kind: LeafKind, _ commitments: Commitments) -> Hash {
    Leaf(kind: kind, agency: agency, seq: seq, commitments: commitments).hash
  }

  func fault(_ table: String, _ row: some CustomStringConvertible, _ what: String) -> RecordFault {
    RecordFault(table, row, what, leaf: index)
  }
}

extension Transaction {
  /// The next leaves after an index, in their order.
  func leaves(after index: Int64, limit: Int) throws -> [StoredLeaf] {
    try fetch(
      """
      SELECT leaf_index, kind, agency, seq, salts, content, hash FROM leaf WHERE leaf_index > ?
      ORDER BY leaf_index LIMIT ?
      """, [index, limit]
    ) { row in
      StoredLeaf(
        index: row[0], kind: row[1], agency: row[2], seq: row[3], salts: LeafSalts(row[4]),
        content: row.utf8(5).map { Array($0) }, hash: row[6])
    }
  }
}
