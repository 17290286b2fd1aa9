internal import Foundation
internal import GRDB

/// The leaves of the cases of a replica, and how far all leaves of the record were accounted for.
extension Replica {
  /// A case that came without its leaf; nil when every one came with it.
  ///
  /// - Throws: `ReplicaFailure`.
  func unproven() throws -> String? {
    try read { database in
      let sql = "SELECT id FROM cases WHERE id NOT IN (SELECT case_id FROM case_leaves) LIMIT 1"
      return try String.fetchOne(database, sql: sql)
    }
  }

  /// How many leaves of an epoch were accounted for, and how many an earlier run has seen signed. Another epoch begins anew.
  ///
  /// - Throws: `ReplicaFailure`.
  func accounted(ofEpoch epoch: Int) throws -> (reached: Int64, signed: Int64) {
    let known = try read { database in
      try Row.fetchOne(
        database, sql: "SELECT accounted, signed FROM sync_state WHERE accounted_epoch = ?", arguments: [epoch])
    }
    if let known { return (known[0], known[1]) }
    try write { database in
      try database.execute(
        sql: """
          UPDATE sync_state SET accounted = 0, signed = 0, accounted_epoch = ?; DELETE FROM withheld_leaves
          """, arguments: [epoch])
    }
    return (0, 0)
  }

  /// The version of a case and its leaf; nil where the replica has none.
  ///
  /// - Throws: `ReplicaFailure`.
  func standing(of id: String) throws -> (version: Int, leaf: ReceivedLeaf)? {
    try read { database in
      let statement = try database.cachedStatement(
        sql: """
          SELECT c.version, l.leaf_index, l.hash FROM cases c JOIN case_leaves l ON l.case_id = c.id WHERE c.id = ?
          """)
      return try Row.fetchOne(statement, arguments: [id]).map { row in
        let hash: Data = row[2]
        return (row[0], ReceivedLeaf(index: row[1], hash: [UInt8](hash)))
      }
    }
  }

  /// Remembers how far leaves were accounted for, and which of them are withheld.
  ///
  /// - Returns: those that were not known to be.
  /// - Throws: `ReplicaFailure`.
  func keep(accounted size: Int64, withheld: [WithheldLeaf]) throws -> [WithheldLeaf] {
    var new: [WithheldLeaf] = []
    try write { database in
      for leaf in withheld {
        try database.execute(
          sql: "INSERT OR IGNORE INTO withheld_leaves VALUES (?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
          arguments: [leaf.index, leaf.seq, leaf.agency, leaf.caseID])
        if database.changesCount == 1 { new.append(leaf) }
      }
      try database.execute(sql: "UPDATE sync_state SET accounted = ?", arguments: [size])
    }
    return new
  }

  /// Remembers how many leaves were signed when the last account was over.
  ///
  /// - Throws: `ReplicaFailure`.
  func keep(accepted size: Int64) throws {
    try write { try $0.execute(sql: "UPDATE sync_state SET signed = ?", arguments: [size]) }
  }

  /// Indexes of leaves of versions that are withheld, in their order.
  ///
  /// - Throws: `ReplicaFailure`.
  func withheldLeaves(limit: Int) throws -> [Int64] {
    try read { database in
      try Int64.fetchAll(
        database, sql: "SELECT leaf_index FROM withheld_leaves ORDER BY leaf_index LIMIT ?", arguments: [limit])
    }
  }

  /// What was withheld is shown.
  ///
  /// - Throws: `ReplicaFailure`.
  func forgetWithheld(_ index: Int64) throws {
    try write { try $0.execute(sql: "DELETE FROM withheld_leaves WHERE leaf_index = ?", arguments: [index]) }
  }

  /// How many leaves of versions are withheld.
  ///
  /// - Throws: `ReplicaFailure`.
  func withheldCount() throws -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM withheld_leaves") ?? 0 }
  }
}
