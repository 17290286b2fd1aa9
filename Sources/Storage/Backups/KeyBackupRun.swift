internal import Domain
internal import Foundation
internal import GRDB
internal import Service

extension KeyBackupFolder {
  /// Makes a copy, and takes away what is too old.
  ///
  /// - Parameters:
  ///   - database: whose keys are meant.
  ///   - identity: of the database, which the folder belongs to.
  ///   - days: how long copies are kept; the newest one always is.
  func backUp(_ database: String, _ identity: String, days: Int, _ settings: StoreSettings) throws -> Backup {
    try folder.make()
    try folder.requireClosed()
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    try BackupOwner.require(identity, in: folder, settings)
    try folder.clear()
    let now = settings.now()
    let source = KeyFile.path(of: database)
    let (last, id) = try Self.state(of: source)
    let (name, madeAt) = try folder.freeName(at: now, last)
    let partial = folder.file(name + ".partial")
    do {
      try KeyFile.copy(source, to: partial)
      let sum = try FileSum.compute(partial)
      try BackupOwner.note(identity, in: folder)
      try folder.publish(name, sum)
      for old in try folder.backups(at: now)
      where old.name != name && old.madeAt < now.adding(seconds: -Int64(days) * 86_400) {
        unlink(folder.file(old.name))
        unlink(folder.file(old.name + ".sha256"))
      }
      for block in try blocks() where block.id == id && block.last <= last {
        // One that is none of the copy's was made for a newer file.
        if try Self.holds(block.last, partialOf: folder.file(name)) { unlink(folder.file(block.name)) }
      }
      var status = stat()
      stat(folder.file(name), &status)
      return Backup(name: name, madeAt: madeAt, seq: last, bytes: Int64(status.st_size), sha256: sum)
    } catch {
      try? folder.clear()  // The next run deletes what cannot be deleted now.
      throw error is OpenFailure ? error : BackupFailure(error)
    }
  }

  /// Whether a copy has the key of a number, or knows that it was destroyed.
  private static func holds(_ number: Int64, partialOf path: String) throws -> Bool {
    let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
    defer { try? queue.close() }  // It was only read.
    return try queue.read { database in
      for table in ["data_key", "destroyed_key"] where try database.tableExists(table) {
        let sql = "SELECT 1 FROM \(table) WHERE number = ?"
        if try Row.fetchOne(database, sql: sql, arguments: [number]) != nil { return true }
      }
      return false
    }
  }

  private static func state(of path: String) throws -> (last: Int64, id: String) {
    do {
      let queue = try DatabaseQueue(path: path, configuration: Connection.configuration(readonly: true))
      defer { try? queue.close() }  // It was only read.
      return try queue.read { database in
        (
          try Int64.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'last'") ?? 0,
          try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'id'") ?? ""
        )
      }
    } catch let error as DatabaseError {
      throw OpenFailure.keys(path, reason: Connection.reason(error, path))
    }
  }
}

/// The first backup of keys: blocks alone are no use without the secrets that stand in a copy.
enum KeyBackups {
  /// Makes one where there is a folder for them, and none in it.
  static func makeFirst(of path: String, _ queue: DatabaseQueue, _ settings: StoreSettings) throws {
    guard let name = settings.backup.keysFolder else { return }
    if access(name, F_OK) == 0, try !BackupFolder(name).backups(at: settings.now()).isEmpty { return }
    try make(of: path, try queue.inDatabase(BackupOwner.identity), settings)
  }

  /// Makes one where there is a folder for them.
  static func make(of path: String, _ identity: String, _ settings: StoreSettings) throws {
    guard let name = settings.backup.keysFolder else { return }
    _ = try KeyBackupFolder(name).backUp(path, identity, days: settings.backup.keysDays, settings)
  }
}
