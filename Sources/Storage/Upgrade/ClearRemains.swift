internal import Foundation
internal import GRDB

/// What is left in clear of a file that was sealed: pages that nobody uses any longer, and the copy that was set aside before.
/// It is taken away before the file is served; a start that is cut off does so again.
struct ClearRemains {
  let path: String

  /// Where a file is copied to before it is migrated.
  static func copy(of path: String) -> String { path + ".before-migration" }

  /// Whether names in clear may still stand in pages that nobody uses.
  static func areLeft(in database: Database) throws -> Bool {
    guard try database.tableExists("setting") else { return false }
    return try Row.fetchOne(database, sql: "SELECT 1 FROM setting WHERE name = ?", arguments: [KeySetting.remains])
      != nil
  }

  /// - Returns: true when there was something.
  func remove(_ queue: DatabaseQueue) throws -> Bool {
    guard try queue.inDatabase(Self.areLeft) else { return false }
    do {
      try queue.inDatabase { database in
        // Every page is written anew, and the log, which holds the old ones, is emptied.
        // It builds the whole file beside: not in memory, and all of it is sealed.
        try database.execute(sql: "PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY")
        try Connection.emptyLog(database)
      }
    } catch let error as DatabaseError {
      throw OpenFailure.migrationFailed(path, reason: Connection.reason(error, path))
    }
    let copy = Self.copy(of: path)
    for suffix in ["", "-wal", "-shm", "-journal"] where unlink(copy + suffix) != 0 && errno != ENOENT {
      throw OpenFailure.migrationFailed(path, reason: "\(copy) cannot be deleted, and holds names in clear")
    }
    try queue.inDatabase { database in
      try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [KeySetting.remains])
    }
    return true
  }
}
