internal import Foundation
internal import GRDB

/// Where the cases of a replica stand in the record, and how far all leaves were accounted for.
extension Replica {
  /// Whether every case came with its leaf.
  ///
  /// - Throws: `ReplicaFailure`.
  func isProven() throws -> Bool {
    try read { database in
      let sql = "SELECT 1 FROM cases WHERE id NOT IN (SELECT case_id FROM case_leaves) LIMIT 1"
      return try Int.fetchOne(database, sql: sql) == nil
    }
  }

  /// Leaves of cases that were not found in their place yet, below an index, in their order.
  ///
  /// - Throws: `ReplicaFailure`.
  func leavesOutOfPlace(below size: Int64, limit: Int) throws -> [(caseID: String, leaf: ReceivedLeaf)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT case_id, leaf_index, hash FROM case_leaves WHERE in_place = 0 AND leaf_index < ?
          ORDER BY leaf_index LIMIT ?
          """, arguments: [size, limit]
      ).map { row in
        let hash: Data = row[2]
        return (row[0], ReceivedLeaf(index: row[1], hash: [UInt8](hash)))
      }
    }
  }

  /// Remembers that leaves were found in their place.
  ///
  /// - Throws: `ReplicaFailure`.
  func putInPlace(_ leaves: [(caseID: String, leaf: ReceivedLeaf)]) throws {
    try write { database in
      let update = try database.cachedStatement(
        sql: "UPDATE case_leaves SET in_place = 1 WHERE case_id = ? AND leaf_index = ?")
      for (id, leaf) in leaves { try update.execute(arguments: [id, leaf.index]) }
    }
  }

  /// How many leaves of an epoch were accounted for. Another epoch begins anew.
  ///
  /// - Throws: `ReplicaFailure`.
  func accounted(ofEpoch epoch: Int) throws -> Int64 {
    let known = try read { database in
      try Int64.fetchOne(
        database, sql: "SELECT accounted FROM sync_state WHERE accounted_epoch = ?", arguments: [epoch])
    }
    if let known { return known }
    try write { database in
      try database.execute(
        sql: """
          UPDATE sync_state SET accounted = 0, accounted_epoch = ?; UPDATE case_leaves SET in_place = 0;
          DELETE FROM withheld_leaves
          """, arguments: [epoch])
    }
    return 0
  }

  /// The version of a case; nil where the replica has none.
  ///
  /// - Throws: `ReplicaFailure`.
  func version(of id: String) throws -> Int? {
    try read { database in
      try Int.fetchOne(
        try database.cachedStatement(sql: "SELECT version FROM cases WHERE id = ?"), arguments: [id])
    }
  }

  /// Remembers how far leaves were accounted for, and which of them are withheld.
  ///
  /// - Throws: `ReplicaFailure`.
  func keep(accounted size: Int64, withheld: [WithheldLeaf]) throws {
    try write { database in
      for leaf in withheld {
        try database.execute(
          sql: "INSERT OR REPLACE INTO withheld_leaves VALUES (?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
          arguments: [leaf.index, leaf.seq, leaf.agency, leaf.caseID])
      }
      try database.execute(sql: "UPDATE sync_state SET accounted = ?", arguments: [size])
    }
  }

  /// How many leaves of versions are withheld.
  ///
  /// - Throws: `ReplicaFailure`.
  func withheldCount() throws -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM withheld_leaves") ?? 0 }
  }
}
