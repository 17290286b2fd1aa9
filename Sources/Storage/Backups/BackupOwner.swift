internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Service

/// Which database a folder of backups belongs to: two that shared one would delete each other's backups.
///
/// The folder says it in a small file from its first backup on. A file that was restored, moved or copied is the same
/// database as before.
enum BackupOwner {
  static let fileName = "netral-database-id"

  /// A digest of the signing secret, which a database gets when it is made and keeps; nothing can be told from it.
  ///
  /// - Throws: `DatabaseError`, also when there is no secret.
  static func identity(_ database: Database) throws -> String {
    guard let secret = try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'signing_secret'")
    else { throw DatabaseError(message: "the signing secret is missing") }
    var hash = SHA256()
    hash.update(data: Data("netral database identity\n".utf8))
    hash.update(data: secret)
    return hash.finalize().hexadecimal
  }

  /// - Throws: `BackupFailure.folder` when the folder holds another database's backups.
  static func require(_ identity: String, in folder: BackupFolder, _ settings: StoreSettings) throws {
    guard let owner = try owner(of: folder, settings), owner != identity else { return }
    throw BackupFailure.folder(reason: "it holds backups of another database; give each a folder of its own")
  }

  /// Writes down whose the folder is, once.
  ///
  /// - Throws: `BackupFailure`.
  static func note(_ identity: String, in folder: BackupFolder) throws(BackupFailure) {
    let path = folder.file(fileName)
    if access(path, F_OK) == 0 { return }
    unlink(path + ".partial")  // Of a backup that was killed at this point.
    try PrivateFile.write(identity + "\n", to: path + ".partial")
    guard rename(path + ".partial", path) == 0 else { throw .disk(reason: String(cString: strerror(errno))) }
  }

  /// What the file says; where there is none, as in a folder of an earlier release, what the newest backup says that can be
  /// read; nil when nothing does.
  private static func owner(of folder: BackupFolder, _ settings: StoreSettings) throws -> String? {
    let path = folder.file(fileName)
    if access(path, F_OK) == 0 {
      guard let text = FileSum.text(of: path), let match = text.wholeMatch(of: #/([0-9a-f]{64})\n?/#) else {
        throw BackupFailure.folder(reason: "\(fileName) in it is malformed; bring it back, or use another folder")
      }
      return String(match.1)
    }
    for backup in try folder.backups(at: settings.now()).reversed() {
      // One that cannot be read says nothing; the drill is there to find it.
      if let queue = try? Opening.openReader(folder.file(backup.name), settings) {
        let identity = try? queue.inDatabase(identity)
        try? queue.close()  // It was only read.
        if let identity { return identity }
      }
    }
    return nil
  }
}
