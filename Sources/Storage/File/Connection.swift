internal import CSQLite
internal import Foundation
package import GRDB

/// How every connection to a file of ours is set up, and what its errors say.
package enum Connection {
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

  /// Folds the log of a file into it, and empties it.
  ///
  /// - Throws: `DatabaseError` when somebody reads an older state.
  static func emptyLog(_ database: Database) throws {
    let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    if row?[0] as Int? != 0 { throw DatabaseError(resultCode: .SQLITE_BUSY, message: "the log of the file is in use") }
  }

  /// Opens a file that nobody else uses, lets it stand without a log beside it, and closes it.
  static func settle(_ path: String) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      // Without the shared memory that other processes would need.
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try queue.close()
  }
}
