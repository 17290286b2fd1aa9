internal import CSQLite
internal import Crypto
internal import Domain
internal import Foundation
package import GRDB
internal import Migrations

/// How a file is opened, checked, migrated and filled.
package enum Opening {
  /// Written into the file's header (`PRAGMA application_id`), so that a foreign file is recognised: "NTRL".
  static let applicationID = 0x4E54_524C

  /// Pages of the log after which it is folded into the file: 32 MiB. An import touches a thousand pages of indexes with
  /// every commit, many of them with each: the more commits share a checkpoint, the fewer pages are written twice.
  private static let checkpointPages = 8_000

  static func openWriter(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
    let isNew = !FileManager.default.fileExists(atPath: path)
    do {
      if isNew { try makePrivateFile(path) }
      return try open(path, settings)
    } catch {
      // What could not be filled is no database: the next start should find nothing, as this one did.
      if isNew { for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) } }
      throw error
    }
  }

  private static func open(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
    try explaining(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration(readonly: false))
      try queue.inDatabase { database in
        try check(database, path)
        // GRDB sets NORMAL when it turns WAL on; an acknowledged write must survive a power cut.
        try database.execute(
          sql: """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            PRAGMA cache_size = -\(settings.writerCacheBytes / 1024); PRAGMA wal_autocheckpoint = \(checkpointPages);
            """)
      }
      try migrate(queue, path)
      return queue
    }
  }

  /// Opens a file of ours for reading alone: nothing is created, migrated or folded into it.
  static func openReader(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
    try explaining(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
      let application = try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA application_id") }
      guard application == applicationID else { throw OpenFailure.foreign(path) }
      return queue
    }
  }

  /// How the schema of a file stands to this program.
  static func schema(_ database: Database) throws -> FileSchema {
    if try migrator.hasBeenSuperseded(database) { return .newer }
    let pending = migrations.count - (try migrator.completedMigrations(database).count)
    return pending == 0 ? .current : .older(pending: pending)
  }

  /// The one absolute path of a file, whichever link leads to it: a lock beside a link would not keep out who comes by
  /// the file's own name. And SQLite takes an absolute path for nothing else; `:memory:` and `file:…` mean more to it.
  ///
  /// - Throws: `OpenFailure.unreadable` when the folder does not exist or the path is a link to nothing.
  package static func resolved(_ path: String) throws -> String {
    func real(_ path: String) -> String? {
      guard let resolved = realpath(path, nil) else { return nil }
      defer { free(resolved) }
      return String(cString: resolved)
    }
    if let resolved = real(path) { return resolved }
    let reason = String(cString: strerror(errno))
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    var status = stat()
    guard let name = parts.last, !name.isEmpty, lstat(path, &status) != 0,
      let folder = real(parts.count == 1 ? "." : parts.dropLast().joined(separator: "/") + "/")
    else { throw OpenFailure.unreadable(path, reason: reason) }
    return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
  }

  /// Turns an error of the database into what the operator is told.
  static func explaining<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      if error.resultCode == .SQLITE_NOTADB { throw OpenFailure.foreign(path) }
      throw OpenFailure.unreadable(path, reason: reason(error, path))
    }
  }

  /// SQLite calls a full disk an I/O error where the shared memory of the log cannot grow.
  package static func reason(_ error: DatabaseError, _ path: String) -> String {
    if error.resultCode == .SQLITE_IOERR, DiskSpace(of: path)?.freeBytes == 0 { return "the disk is full" }
    return error.message ?? "\(error.resultCode)"
  }

  /// Configures SQLite itself, once. A refusal means that a connection was open before: slower, and no harm.
  private static let libraryIsConfigured = csqlite_without_memory_statistics() == SQLITE_OK

  /// Page cache of each reader: 8 MiB hold the upper pages of all indexes of some million cases, and a reader more costs
  /// no more memory than that.
  private static let pageCacheKibibytes = 8_192

  package static func configuration(readonly: Bool) -> Configuration {
    _ = libraryIsConfigured
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      guard csqlite_enable_defensive(UnsafeMutableRawPointer(database.sqliteConnection)) == SQLITE_OK else {
        throw DatabaseError(message: "defensive mode is not available")
      }
      try database.execute(
        sql: """
          PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
          PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -\(pageCacheKibibytes); PRAGMA temp_store = MEMORY;
          """)
    }
    return configuration
  }

  static func loadState(_ database: Database) throws -> (
    reference: Reference, keys: [String: AccessKey], secret: [UInt8], head: Int64
  ) {
    let transaction = Transaction(database)
    guard let secret = try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'signing_secret'")
    else {
      throw DatabaseError(message: "the signing secret is missing")
    }
    return (try transaction.currentReference(), try transaction.loadKeys(), [UInt8](secret), try transaction.head())
  }

  /// Names and numbers of people stand in the file: only its owner may read it.
  private static func makePrivateFile(_ path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw OpenFailure.unreadable(path, reason: "the file cannot be created")
    }
  }

  private static func check(_ database: Database, _ path: String) throws {
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let isOurs = application == applicationID || (tables == 0 && application == 0)
    guard isOurs else { throw OpenFailure.foreign(path) }
    // Before the first table: a start that is cut off must leave a file that the next start knows as its own.
    if tables == 0 { try database.execute(sql: "PRAGMA application_id = \(applicationID)") }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      migrator.registerMigration(migration.name) { database in
        if migration.name == "m0016_documents" { return try DocumentUpgrade.run(migration.sql, on: database) }
        if migration.name == "m0018_record" { return try RecordUpgrade.run(migration.sql, on: database) }
        try database.execute(sql: migration.sql)
        if migration.name == migrations[0].name { try Seed.fill(database) }
        if migration.name == "m0013_folding" { try Folding.fill(database) }
        if migration.name == "m0015_former_reports" { try Folding.fillFormerReports(database) }
      }
    }
    return migrator
  }

  private static func migrate(_ queue: DatabaseQueue, _ path: String) throws {
    let migrator = migrator
    let (schema, isEmpty) = try queue.inDatabase { database in
      (try Self.schema(database), try migrator.appliedIdentifiers(database).isEmpty)
    }
    if schema == .newer { throw OpenFailure.newer(path) }
    guard schema != .current else { return }
    if !isEmpty { try copyAside(queue, path) }
    do {
      try migrator.migrate(queue)
    } catch let error as DatabaseError {
      // Its description would repeat the SQL.
      throw OpenFailure.migrationFailed(path, reason: reason(error, path))
    }
  }

  private static func copyAside(_ queue: DatabaseQueue, _ path: String) throws {
    let copy = path + ".before-migration"
    try? FileManager.default.removeItem(atPath: copy)  // An older copy may be absent; a failing copy is reported below.
    try makePrivateFile(copy)
    try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
  }
}
