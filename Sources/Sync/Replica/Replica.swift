internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Storage

/// An agency's own copy of the cases it may see, in one SQLite file that its other programs query.
public final class Replica {
  /// The file.
  let path: String
  private let queue: DatabaseQueue

  /// Opens a file that has been recognised as a replica.
  init(path: String) throws {
    self.path = path
    var configuration = Connection.configuration(readonly: false)
    // Whoever reads the file holds up a commit; a report may take a while.
    configuration.busyMode = .timeout(60)
    configuration.prepareDatabase { database in
      // What was withdrawn or erased must not linger in free pages. And a batch must fit into the cache: what is spilled
      // into the file locks readers out before the commit.
      try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA cache_size = -65536;")
    }
    queue = try ReplicaFailure.explaining(path) { try DatabaseQueue(path: path, configuration: configuration) }
  }

  /// Makes the tables.
  func create(for origin: ReplicaOrigin) throws {
    try write { database in
      try database.execute(sql: ReplicaSchema.sql)
      try database.execute(
        sql: """
          INSERT INTO sync_state (only, server, agency, began_at, changed_at)
          VALUES (1, ?, ?, \(Self.now), \(Self.now))
          """, arguments: [origin.server, origin.agency])
    }
  }

  private static let now = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"

  // MARK: State

  /// How far the replica has come.
  ///
  /// - Throws: `ReplicaFailure`.
  func state() throws -> ReplicaState {
    try read { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT * FROM sync_state") else {
        throw DatabaseError(message: "sync_state is empty")
      }
      let snapshotSeq: Int64? = row["snapshot_seq"]
      return ReplicaState(
        origin: ReplicaOrigin(server: row["server"], agency: row["agency"]), seq: row["seq"],
        snapshot: snapshotSeq.map {
          // A file of the first version knows no forms, and holds cases in the first one.
          let representation: Int? = row.hasColumn("representation") ? row["representation"] : 1
          return ReplicaState.Snapshot(
            seq: $0, cases: row["snapshot_cases"], representation: representation ?? 1, lastCaseID: row["last_case_id"])
        })
    }
  }

  /// Whether its tables are those of this release; those of an older one can only be read.
  ///
  /// - Throws: `ReplicaFailure`.
  func isCurrent() throws -> Bool {
    try read { try Int.fetchOne($0, sql: "PRAGMA user_version") == Int(ReplicaSchema.version) }
  }

  /// The number of cases.
  ///
  /// - Throws: `ReplicaFailure`.
  func caseCount() throws -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM cases") ?? 0 }
  }

  // MARK: Changes

  /// Applies a part of a snapshot, and remembers it as far as this, in one transaction.
  ///
  /// - Throws: `ReplicaFailure`.
  func apply(_ cases: [ReceivedCase], of snapshot: ReplicaState.Snapshot) throws {
    try write { database in
      let filling = try ReplicaFilling(database)
      for record in cases { try filling.put(record) }
      try database.execute(
        sql: """
          UPDATE sync_state
          SET snapshot_seq = ?, snapshot_cases = ?, representation = ?, last_case_id = ?, changed_at = \(Self.now)
          """, arguments: [snapshot.seq, snapshot.cases, snapshot.representation, snapshot.lastCaseID])
    }
  }

  /// Declares the snapshot whole: the replica is complete from now on, and stands at its sequence.
  ///
  /// - Throws: `ReplicaFailure`.
  func finishSnapshot() throws {
    try write { database in
      try database.execute(
        sql: "UPDATE sync_state SET complete = 1, seq = snapshot_seq, last_case_id = NULL, changed_at = \(Self.now)")
    }
  }

  /// Applies a page of the feed with its cursor, in one transaction.
  ///
  /// - Throws: `ReplicaFailure`.
  func apply(_ changes: [ReceivedChange], upTo seq: Int64) throws {
    try write { database in
      let filling = try ReplicaFilling(database)
      for change in changes {
        switch change {
        case .put(let record): try filling.put(record)
        case .drop(let id):
          // Whether it is rightly withdrawn, its leaves tell: they are gone through again.
          try database.execute(
            sql: """
              UPDATE sync_state SET accounted = min(accounted, leaf_index)
              FROM (SELECT leaf_index FROM case_leaves WHERE case_id = ?)
              """, arguments: [id])
          try filling.drop(id)
        }
      }
      try database.execute(sql: "UPDATE sync_state SET seq = ?, changed_at = \(Self.now)", arguments: [seq])
    }
  }

  /// Replaces the rows of a kind of reference data, in one transaction.
  ///
  /// - Parameter rows: each the JSON of a row.
  /// - Throws: `ReplicaFailure`.
  func replaceReference(_ table: ReplicaTable, with rows: [String]) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM \(table.name)")
      let insertion = try database.cachedStatement(sql: table.insertion)
      for row in rows { try insertion.execute(arguments: ["json": row]) }
    }
  }

  // MARK: Reconciliation

  /// What the replica holds, in ascending order of the identifiers, from behind `id` on.
  ///
  /// - Throws: `ReplicaFailure`.
  func entries(after id: String, limit: Int) throws -> [ReplicaEntry] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT id, version, etag FROM cases WHERE id > ? ORDER BY id LIMIT ?", arguments: [id, limit]
      ).map { ReplicaEntry(id: $0["id"], version: $0["version"], etag: $0["etag"]) }
    }
  }

  /// Lower-case hex SHA-256 over the lines `ID SP ETAG LF` of all cases in ascending order of id.
  ///
  /// - Throws: `ReplicaFailure`.
  func digest() throws -> String {
    try read { database in
      var hash = SHA256()
      let rows = try Row.fetchCursor(database, sql: "SELECT id, etag FROM cases ORDER BY id")
      while let row = try rows.next() {
        let (id, etag): (String, String) = (row[0], row[1])
        hash.update(data: Data("\(id) \(etag)\n".utf8))
      }
      return hash.finalize().hexadecimal
    }
  }

  /// Forgets the differences of the reconciliation before.
  ///
  /// - Throws: `ReplicaFailure`.
  func forgetDifferences() throws {
    try write { try $0.execute(sql: "DELETE FROM differences") }
  }

  /// Keeps differences that the service has found.
  ///
  /// - Throws: `ReplicaFailure`.
  func keep(_ differences: [ReplicaDifference]) throws {
    try write { database in
      for difference in differences {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO differences VALUES (?, ?, ?, ?)").execute(
          arguments: [difference.kind.rawValue, difference.id, difference.version, difference.etag])
      }
    }
  }

  /// The differences kept, in order, from behind this one on.
  ///
  /// - Throws: `ReplicaFailure`.
  func differences(after last: ReplicaDifference?, limit: Int) throws -> [ReplicaDifference] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT kind, case_id, version, etag FROM differences WHERE (kind, case_id) > (?, ?)
          ORDER BY kind, case_id LIMIT ?
          """, arguments: [last?.kind.rawValue ?? "", last?.id ?? "", limit]
      ).compactMap { row in
        ReplicaDifference.Kind(rawValue: row["kind"]).map {
          ReplicaDifference(kind: $0, id: row["case_id"], version: row["version"], etag: row["etag"])
        }
      }
    }
  }

  /// Keeps the certificate of a reconciliation.
  ///
  /// - Throws: `ReplicaFailure`.
  func keep(_ certificate: ReplicaCertificate) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO certificates
            (id, agency, seq, cases, in_agreement, digest, replica_digest, issued_at, json)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          certificate.id, certificate.agency, certificate.seq, certificate.cases, certificate.inAgreement,
          certificate.digest, certificate.replicaDigest, certificate.issuedAt, certificate.json,
        ])
    }
  }

  /// Takes over the certificates of the replica in another file, as older ones than its own.
  func adoptCertificates(of path: String) throws {
    let columns = "id, agency, seq, cases, in_agreement, digest, replica_digest, issued_at, json"
    try ReplicaFailure.explaining(self.path) {
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH DATABASE ? AS other", arguments: [path])
        try database.execute(
          sql: """
            INSERT OR IGNORE INTO certificates (number, \(columns))
            SELECT number - (SELECT max(number) FROM other.certificates), \(columns) FROM other.certificates
            """)
        try database.execute(sql: "DETACH DATABASE other")
      }
    }
  }

  /// Whether the newest reconciliation found the replica in agreement; nil when there was none.
  ///
  /// - Throws: `ReplicaFailure`.
  func wasInAgreement() throws -> Bool? {
    try read { database in
      try Bool.fetchOne(
        database,
        sql: "SELECT in_agreement AND digest = replica_digest FROM certificates ORDER BY number DESC LIMIT 1")
    }
  }

  // MARK: Access

  /// Closes the file. Nothing may be asked afterwards.
  ///
  /// - Throws: `ReplicaFailure`.
  public func close() throws { try ReplicaFailure.explaining(path) { try queue.close() } }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try ReplicaFailure.explaining(path) { try queue.read(body) }
  }

  func write(_ body: (Database) throws -> Void) throws {
    try ReplicaFailure.explaining(path) { try queue.write(body) }
  }
}

/// The statements that put a case into the tables, prepared once for a transaction.
private struct ReplicaFilling {
  private let deletion: Statement
  private let insertions: [Statement]
  private let leafInsertion: Statement
  private let formerLeaf: Statement

  init(_ database: Database) throws {
    // Takes the rows of the lists with it.
    deletion = try database.cachedStatement(sql: "DELETE FROM cases WHERE id = ?")
    let tables = [ReplicaSchema.cases] + ReplicaSchema.lists
    insertions = try tables.map { try database.cachedStatement(sql: $0.insertion) }
    leafInsertion = try database.cachedStatement(
      sql: "INSERT INTO case_leaves (case_id, leaf_index, hash) VALUES (?, ?, ?)")
    formerLeaf = try database.cachedStatement(sql: "SELECT leaf_index FROM case_leaves WHERE case_id = ?")
  }

  /// - Throws: `AccountFailure` when the case is older than the one that is held.
  func put(_ record: ReceivedCase) throws {
    if let leaf = record.leaf, let held = try Int64.fetchOne(formerLeaf, arguments: [record.id]), held > leaf.index {
      throw AccountFailure("case \(record.id) is shown with leaf \(leaf.index), and was shown with leaf \(held)")
    }
    try drop(record.id)
    for (index, insertion) in insertions.enumerated() {
      if index == 0 {
        try insertion.execute(arguments: ["json": record.json, "etag": record.etag])
      } else {
        try insertion.execute(arguments: ["json": record.json])
      }
    }
    if let leaf = record.leaf {
      try leafInsertion.execute(arguments: [record.id, leaf.index, Data(leaf.hash)])
    }
  }

  func drop(_ id: String) throws { try deletion.execute(arguments: [id]) }
}
