internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// `FILE.keys`: the keys of cases, each wrapped by the master key, and the secrets of digests. It is a file of its own and
/// never attached to the database, so that a backup of the one does not hold the other.
///
/// A key that is destroyed is a row that is deleted: the page is overwritten, and the log of the file is emptied.
struct KeyFile: Sendable {
  /// "NTRK".
  static let applicationID = 0x4E54_524B
  private static let checked = Array("netral".utf8)

  static func path(of database: String) -> String { database + ".keys" }

  let path: String
  /// Drawn with the file; the database names it.
  let id: String
  private let master: SymmetricKey
  /// The one that writes; nil where the file is read alone. Whoever reads has a connection of its own.
  private let queue: DatabaseQueue?
  private let readers: DatabaseQueue

  /// Opens the file for reading alone.
  ///
  /// - Throws: `OpenFailure.keys`, also when there is none.
  init(reading path: String, _ master: SymmetricKey) throws {
    (self.path, self.master, queue) = (path, master, nil)
    do {
      readers = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
      id = try readers.read { database in
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == Self.applicationID else {
          throw OpenFailure.keys(path, reason: "is no file of keys")
        }
        return try Self.checkedID(database, path, master)
      }
    } catch let error as DatabaseError {
      throw OpenFailure.keys(path, reason: Connection.reason(error, path))
    }
  }

  /// Opens the file, and makes it where there is none.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - master: the key that wraps.
  /// - Throws: `OpenFailure.keys` when it is no file of keys, or its keys are wrapped by another master key.
  init(_ path: String, _ master: SymmetricKey) throws {
    (self.path, self.master) = (path, master)
    if access(path, F_OK) != 0 { try DurableFile.write([], to: path, replacing: false) }
    do {
      let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: false))
      self.queue = queue
      id = try queue.writeWithoutTransaction { database in
        let known = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard known == Self.applicationID || (known == 0 && tables == 0) else {
          throw OpenFailure.keys(path, reason: "is no file of keys")
        }
        // The pages of a key that is destroyed are overwritten.
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
        if tables == 0 { try Self.fill(database, master) }
        try database.execute(sql: Self.destroyedTable)
        return try Self.checkedID(database, path, master)
      }
      readers = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
    } catch let error as DatabaseError {
      throw OpenFailure.keys(path, reason: Connection.reason(error, path))
    }
  }

  /// Keys that were destroyed: by them a restoration knows of erasures that no list at hand names.
  private static let destroyedTable = "CREATE TABLE IF NOT EXISTS destroyed_key (number INTEGER PRIMARY KEY) STRICT"

  private static func fill(_ database: Database, _ master: SymmetricKey) throws {
    let id = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0).hexadecimal }
    let check = try ChaChaPoly.seal(checked, using: master, authenticating: Array(id.utf8)).combined
    try database.inTransaction(.immediate) {
      try database.execute(
        sql: """
          PRAGMA application_id = \(applicationID);
          CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE data_key (number INTEGER PRIMARY KEY, wrapped BLOB NOT NULL CHECK (length(wrapped) = 60)) STRICT;
          CREATE TABLE secret (name TEXT NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
          """)
      try database.execute(
        sql: "INSERT INTO setting (name, value) VALUES ('id', ?), ('check', ?)", arguments: [id, check])
      return .commit
    }
  }

  private static func checkedID(_ database: Database, _ path: String, _ master: SymmetricKey) throws -> String {
    guard let id = try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'id'"),
      let check = try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'check'")
    else { throw OpenFailure.keys(path, reason: "is no file of keys") }
    do {
      let box = try ChaChaPoly.SealedBox(combined: check)
      guard try Array(ChaChaPoly.open(box, using: master, authenticating: Array(id.utf8))) == checked else {
        throw CryptoKitError.authenticationFailure
      }
    } catch is CryptoKitError {
      throw OpenFailure.keys(path, reason: "its keys are wrapped by another master key")
    }
    return id
  }

  private func writer() throws -> DatabaseQueue {
    guard let queue else { throw DatabaseError(message: "the keys are open for reading alone") }
    return queue
  }

  /// Copies a file of keys that may be in use, without its log.
  ///
  /// - Throws: `OpenFailure.keys`, `BackupFailure`.
  static func copy(_ source: String, to target: String) throws {
    let descriptor = Glibc.open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure.keys(target, reason: String(cString: strerror(errno))) }
    Glibc.close(descriptor)
    do {
      let from = try DatabaseQueue(path: source, configuration: Connection.configuration(readonly: true))
      defer { try? from.close() }  // It was only read.
      guard try from.read({ try Int.fetchOne($0, sql: "PRAGMA application_id") }) == applicationID else {
        throw OpenFailure.keys(source, reason: "is no file of keys")
      }
      let copy = try DatabaseQueue(path: target)
      try from.backup(to: copy)
      try copy.close()
      try Connection.settle(target)
    } catch let error as DatabaseError {
      throw OpenFailure.keys(source, reason: Connection.reason(error, source))
    }
  }

  // MARK: Keys of cases

  /// The highest number of a key that was made.
  func last() throws -> Int64 {
    try readers.read { try Int64.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'last'") ?? 0 }
  }

  /// Makes the keys of these numbers, which nobody has yet.
  ///
  /// - Returns: them, and as they stand in the file, for a backup.
  func make(_ numbers: ClosedRange<Int64>) throws -> [(key: SymmetricKey, kept: KeptKey)] {
    // Drawn many at a time: a draw by itself costs as much as wrapping.
    var random = Salts()
    let keys = try numbers.map { number in
      let key = SymmetricKey(data: random.next(2))
      return (
        key: key,
        kept: KeptKey(number: number, wrapped: try wrap(key, as: Self.name(number), nonce: random.next().prefix(12)))
      )
    }
    try writer().write { database in
      let statement = try database.makeStatement(sql: "INSERT INTO data_key (number, wrapped) VALUES (?, ?)")
      for key in keys { try statement.execute(arguments: [key.kept.number, key.kept.wrapped]) }
      try database.execute(
        sql: "INSERT INTO setting (name, value) VALUES ('last', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
        arguments: [numbers.upperBound])
    }
    return keys
  }

  /// The keys of these numbers that are there, in their order.
  func keys(in numbers: ClosedRange<Int64>) throws -> [(key: SymmetricKey, kept: KeptKey)] {
    let rows = try readers.read { database in
      try Row.fetchAll(
        database, sql: "SELECT number, wrapped FROM data_key WHERE number BETWEEN ? AND ? ORDER BY number",
        arguments: [numbers.lowerBound, numbers.upperBound])
    }
    return try rows.map { row in
      let kept = KeptKey(number: row[0], wrapped: row[1])
      return (key: try unwrap(kept.wrapped, as: Self.name(kept.number)), kept: kept)
    }
  }

  /// Takes keys over that are wrapped already, as a backup has kept them.
  func take(_ keys: [KeptKey]) throws {
    guard let last = keys.map(\.number).max() else { return }
    try writer().write { database in
      for key in keys {
        try database.execute(
          sql: """
            INSERT OR IGNORE INTO data_key (number, wrapped)
            SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM destroyed_key WHERE number = ?1)
            """, arguments: [key.number, key.wrapped])
      }
      try database.execute(
        sql: """
          INSERT INTO setting (name, value) VALUES ('last', ?1) ON CONFLICT (name) DO UPDATE SET value = max(value, ?1)
          """, arguments: [last])
    }
  }

  /// The key of a number; nil when it was destroyed, or is in another copy of the file alone.
  func key(_ number: Int64) throws -> SymmetricKey? {
    let wrapped = try readers.read { database in
      try database.cachedStatement(sql: "SELECT wrapped FROM data_key WHERE number = ?").fetchData(number)
    }
    return try wrapped.map { try unwrap($0, as: Self.name(number)) }
  }

  /// Destroys keys. Their rows are overwritten, and the log that holds them is emptied.
  ///
  /// - Throws: `DatabaseError`, also when the log is in use: then they may still stand there.
  func destroy(_ numbers: some Collection<Int64>) throws {
    try writer().writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        for number in numbers {
          try database.execute(
            sql: "INSERT OR IGNORE INTO destroyed_key (number) VALUES (?)", arguments: [number])
          try database.execute(sql: "DELETE FROM data_key WHERE number = ?", arguments: [number])
        }
        return .commit
      }
      try Connection.emptyLog(database)
    }
  }

  /// The numbers of all keys that were destroyed.
  func destroyed() throws -> Set<Int64> {
    try readers.read { try Int64.fetchSet($0, sql: "SELECT number FROM destroyed_key") }
  }

  /// Whether the key of a number was destroyed.
  func isDestroyed(_ number: Int64) throws -> Bool {
    try readers.read { database in
      // A file of the release before erasure that is only read has no such table.
      guard try database.tableExists("destroyed_key") else { return false }
      return try Row.fetchOne(database, sql: "SELECT 1 FROM destroyed_key WHERE number = ?", arguments: [number]) != nil
    }
  }

  // MARK: Secrets

  /// A secret by its name, which is drawn when it is asked for first.
  func secret(_ name: String) throws -> SymmetricKey {
    if let known = try knownSecret(name) { return known }
    let wrapped = try wrap(SymmetricKey(size: .bits256), as: Self.name(name))
    // Whoever comes first has drawn it.
    let stored = try writer().write { database in
      try database.execute(
        sql: "INSERT INTO secret (name, wrapped) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        arguments: [name, wrapped])
      return try Data.fetchOne(database, sql: "SELECT wrapped FROM secret WHERE name = ?", arguments: [name])
    }
    return try unwrap(stored ?? wrapped, as: Self.name(name))
  }

  /// Nil when nobody has asked for it, or it was forgotten.
  func knownSecret(_ name: String) throws -> SymmetricKey? {
    let wrapped = try readers.read {
      try Data.fetchOne($0, sql: "SELECT wrapped FROM secret WHERE name = ?", arguments: [name])
    }
    return try wrapped.map { try unwrap($0, as: Self.name(name)) }
  }

  func put(_ secret: SymmetricKey, as name: String) throws {
    let wrapped = try wrap(secret, as: Self.name(name))
    try writer().write {
      try $0.execute(
        sql: "INSERT INTO secret (name, wrapped) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET wrapped = ?2",
        arguments: [name, wrapped])
    }
  }

  /// Forgets the secrets whose names begin with `prefix` and come before `name`.
  func forgetSecrets(_ prefix: String, before name: String) throws {
    try writer().writeWithoutTransaction { database in
      try database.execute(
        sql: "DELETE FROM secret WHERE name >= ? AND name < ?", arguments: [prefix, name])
      if database.changesCount > 0 { try Connection.emptyLog(database) }
    }
  }

  // MARK: Wrapping

  /// Whether the keys of a file are wrapped by this master key.
  static func isWrapped(_ path: String, by master: SymmetricKey) -> Bool {
    (try? KeyFile(reading: path, master)) != nil
  }

  /// Wraps every key by another master key, in one transaction.
  func rewrap(by other: SymmetricKey) throws {
    let next = KeyFile(self, other)
    try writer().writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        let numbers = try Int64.fetchAll(database, sql: "SELECT number FROM data_key")
        let update = try database.makeStatement(sql: "UPDATE data_key SET wrapped = ? WHERE number = ?")
        let read = try database.makeStatement(sql: "SELECT wrapped FROM data_key WHERE number = ?")
        for number in numbers {
          guard let wrapped = try read.fetchData(number) else { continue }
          let key = try unwrap(wrapped, as: Self.name(number))
          try update.execute(arguments: [try next.wrap(key, as: Self.name(number)), number])
        }
        for row in try Row.fetchAll(database, sql: "SELECT name, wrapped FROM secret") {
          let (name, wrapped): (String, Data) = (row[0], row[1])
          let secret = try unwrap(wrapped, as: Self.name(name))
          try database.execute(
            sql: "UPDATE secret SET wrapped = ? WHERE name = ?",
            arguments: [try next.wrap(secret, as: Self.name(name)), name])
        }
        let check = try ChaChaPoly.seal(Self.checked, using: other, authenticating: Array(id.utf8)).combined
        try database.execute(sql: "UPDATE setting SET value = ? WHERE name = 'check'", arguments: [check])
        return .commit
      }
      _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
  }

  /// The same file, as another master key wraps it.
  private init(_ file: KeyFile, _ master: SymmetricKey) {
    (path, id, queue, readers) = (file.path, file.id, file.queue, file.readers)
    self.master = master
  }

  private static func name(_ number: Int64) -> String { "data_key \(number)" }
  private static func name(_ secret: String) -> String { "secret \(secret)" }

  /// Bound to the file and to what it is the key of, so that no row passes for another one.
  ///
  /// - Parameter nonce: 12 random bytes; nil: they are drawn.
  private func wrap(_ key: SymmetricKey, as name: String, nonce: ArraySlice<UInt8>? = nil) throws -> Data {
    let bytes = key.withUnsafeBytes { Array($0) }
    return try ChaChaPoly.seal(
      bytes, using: master, nonce: nonce.map { try ChaChaPoly.Nonce(data: $0) },
      authenticating: Array(id.utf8) + [UInt8(ascii: " ")] + Array(name.utf8)
    ).combined
  }

  private func unwrap(_ wrapped: Data, as name: String) throws -> SymmetricKey {
    do {
      let box = try ChaChaPoly.SealedBox(combined: wrapped)
      return SymmetricKey(data: try ChaChaPoly.open(box, using: master, authenticating: Array("\(id) \(name)".utf8)))
    } catch is CryptoKitError {
      throw DatabaseError(message: "a key is not what was wrapped")
    }
  }

  /// Folds the log into the file.
  func close() throws {
    try readers.close()
    guard let queue else { return }
    try queue.writeWithoutTransaction { _ = try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    try queue.close()
  }
}

extension Statement {
  fileprivate func fetchData(_ argument: Int64) throws -> Data? {
    try Data.fetchOne(self, arguments: [argument])
  }
}
