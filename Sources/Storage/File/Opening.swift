internal import CSQLite
internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Migrations

/// A file that is open for writing.
struct OpenedFile {
  var queue: DatabaseQueue
  var vault: Vault
}

/// How a file is opened, checked, migrated and filled.
package enum Opening {
  /// Written into the file's header (`PRAGMA application_id`), so that a foreign file is recognised: "NTRL".
  static let applicationID = 0x4E54_524C

  /// Pages of the log after which it is folded into the file: 32 MiB. An import touches a thousand pages of indexes with
  /// every commit, many of them with each: the more commits share a checkpoint, the fewer pages are written twice.
  private static let checkpointPages = 8_000

  /// Opens a file for writing, with its keys, creates it or brings it up to date.
  static func openWriter(_ path: String, _ settings: StoreSettings) throws -> OpenedFile {
    let isNew = !FileManager.default.fileExists(atPath: path)
    let others =
      [MasterKey(of: path, at: settings.masterKeyFile).path] + ["", "-wal", "-shm"].map { KeyFile.path(of: path) + $0 }
    let made = others.filter { !FileManager.default.fileExists(atPath: $0) }
    do {
      if isNew { try makePrivateFile(path) }
      return try open(path, settings)
    } catch {
      // What could not be filled is no database: the next start should find nothing, as this one did.
      if isNew {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
        for file in made { unlink(file) }
      }
      throw error
    }
  }

  private static func open(_ path: String, _ settings: StoreSettings) throws -> OpenedFile {
    try explaining(path) {
      let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: false))
      try queue.inDatabase { database in
        try check(database, path)
        // GRDB sets NORMAL when it turns WAL on; an acknowledged write must survive a power cut.
        try database.execute(
          sql: """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            PRAGMA cache_size = -\(settings.writerCacheBytes / 1024); PRAGMA wal_autocheckpoint = \(checkpointPages);
            """)
      }
      let vault = try queue.inDatabase { try VaultOpening(path: path, settings: settings).open($0) }
      try migrate(queue, path, vault)
      return OpenedFile(queue: queue, vault: vault)
    }
  }

  /// Opens a file of ours for reading alone: nothing is created, migrated or folded into it.
  static func openReader(_ path: String, _ settings: StoreSettings) throws -> DatabaseQueue {
    try explaining(path) {
      let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
      let application = try queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA application_id") }
      guard application == applicationID else { throw OpenFailure.foreign(path) }
      return queue
    }
  }

  /// How the schema of a file stands to this program.
  static func schema(_ database: Database) throws -> FileSchema {
    if try migrator(nil).hasBeenSuperseded(database) { return .newer }
    let migrator = migrator(nil)
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
      throw OpenFailure.unreadable(path, reason: Connection.reason(error, path))
    }
  }

  static func loadState(_ database: Database) throws -> (
    reference: Reference, keys: [String: AccessKey], secret: [UInt8], head: Int64
  ) {
    let transaction = Transaction(database, nil)
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

  /// - Parameter vault: nil where nothing is migrated.
  private static func migrator(_ vault: Vault?) -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      migrator.registerMigration(migration.name) { database in
        if migration.name == "m0016_documents" { return try DocumentUpgrade.run(migration.sql, on: database) }
        if migration.name == "m0018_record" { return try RecordUpgrade.run(migration.sql, on: database) }
        if migration.name == "m0019_sealing", let vault {
          return try SealUpgrade.run(migration.sql, on: database, vault)
        }
        try database.execute(sql: migration.sql)
        if migration.name == "m0020_erasure" { try RetentionUpgrade.addRules(database, vault) }
        if migration.name == migrations[0].name { try Seed.fill(database) }
        if migration.name == "m0013_folding" { try Folding.fill(database) }
        if migration.name == "m0015_former_reports" { try Folding.fillFormerReports(database) }
      }
    }
    return migrator
  }

  private static func migrate(_ queue: DatabaseQueue, _ path: String, _ vault: Vault) throws {
    let migrator = migrator(vault)
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
      throw OpenFailure.migrationFailed(path, reason: Connection.reason(error, path))
    }
  }

  private static func copyAside(_ queue: DatabaseQueue, _ path: String) throws {
    let copy = ClearRemains.copy(of: path)
    try? FileManager.default.removeItem(atPath: copy)  // An older copy may be absent; a failing copy is reported below.
    try makePrivateFile(copy)
    try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
  }
}
