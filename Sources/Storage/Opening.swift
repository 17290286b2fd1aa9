internal import CSQLite
internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Migrations

/// How a file is opened, checked, migrated and filled.
enum Opening {
  /// Written into the file's header (`PRAGMA application_id`), so that a foreign file is recognised: "NTRL".
  static let applicationID = 0x4E54_524C

  static func openWriter(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
    let isNew = !FileManager.default.fileExists(atPath: path)
    do {
      if isNew { try makePrivateFile(path) }
      let queue = try DatabaseQueue(path: path, configuration: configuration(settings, readonly: false))
      try queue.inDatabase { database in
        try check(database, path)
        // GRDB sets NORMAL when it turns WAL on; an acknowledged write must survive a power cut.
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
      }
      try migrate(queue, path)
      return queue
    } catch let failure as OpenFailure {
      throw failure
    } catch let error as DatabaseError {
      if error.resultCode == .SQLITE_NOTADB { throw OpenFailure.foreign(path) }
      throw OpenFailure.unreadable(path, reason: error.message ?? "\(error.resultCode)")
    }
  }

  static func configuration(_ settings: StoreSettings, readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    let cacheKibibytes = settings.pageCacheBytes / 1024
    configuration.prepareDatabase { database in
      guard csqlite_enable_defensive(UnsafeMutableRawPointer(database.sqliteConnection)) == SQLITE_OK else {
        throw DatabaseError(message: "defensive mode is not available")
      }
      try database.execute(
        sql: """
          PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;
          PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -\(cacheKibibytes); PRAGMA temp_store = MEMORY;
          """)
    }
    return configuration
  }

  static func loadState(_ database: Database) throws -> (
    reference: Reference, keys: [String: AccessKey], secret: [UInt8]
  ) {
    let transaction = Transaction(database)
    guard let secret = try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'signing_secret'")
    else {
      throw DatabaseError(message: "the signing secret is missing")
    }
    return (try transaction.loadReference(), try transaction.loadKeys(), [UInt8](secret))
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
    if tables > 0 && application != applicationID { throw OpenFailure.foreign(path) }
  }

  private static func migrate(_ queue: DatabaseQueue, _ path: String) throws {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      migrator.registerMigration(migration.name) { database in
        try database.execute(sql: migration.sql)
        if migration.name == migrations[0].name { try Seed.fill(database) }
      }
    }
    let (superseded, pending, isEmpty) = try queue.inDatabase { database in
      (
        try migrator.hasBeenSuperseded(database), try !migrator.hasCompletedMigrations(database),
        try migrator.appliedIdentifiers(database).isEmpty
      )
    }
    if superseded { throw OpenFailure.newer(path) }
    guard pending else { return }
    if !isEmpty { try copyAside(queue, path) }
    do {
      try migrator.migrate(queue)
    } catch {
      throw OpenFailure.migrationFailed(path, reason: "\(error)")
    }
  }

  private static func copyAside(_ queue: DatabaseQueue, _ path: String) throws {
    let copy = path + ".before-migration"
    try? FileManager.default.removeItem(atPath: copy)  // An older copy may be absent; a failing copy is reported below.
    try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
  }
}
