internal import Crypto
internal import Foundation
internal import GRDB

/// How the master key is changed: every key is wrapped anew, in one transaction, and the file of the master key follows.
///
/// The new master key is on the disk before the first key is wrapped by it. A run that is cut off leaves a database that
/// starts, by the old key or by the new one; the next run ends what it has begun.
package enum KeyRewrap {
  /// Wraps the keys of a database that nobody uses by a new master key.
  ///
  /// - Parameter file: where the new master key is to stand; nil: in the place of the old one.
  /// - Returns: where it stands.
  /// - Throws: `OpenFailure` when the database is in use, or its keys cannot be opened.
  package static func run(on database: String, _ settings: StoreSettings, into file: String? = nil) throws -> String {
    let path = try Opening.resolved(database)
    let keys = KeyFile.path(of: path)
    guard access(keys, F_OK) == 0 else {
      throw OpenFailure.keys(keys, reason: "there are none: start the server once")
    }
    let lock = try LockFile(for: path)
    return try withExtendedLifetime(lock) {
      let old = MasterKey(of: path, at: settings.masterKeyFile)
      let next = file.map { MasterKey(of: path, at: $0) } ?? old.next
      guard next.path != old.path else { throw OpenFailure.keys(next.path, reason: "the old master key stands there") }
      let new = try next.load() ?? next.create()
      // Wrapped by the new key already: a run that was cut off.
      if !KeyFile.isWrapped(keys, by: new) {
        guard let known = try old.load() else {
          throw OpenFailure.keys(old.path, reason: "the master key is missing")
        }
        let opened = try KeyFile(keys, known)
        try opened.rewrap(by: new)
        try opened.close()
      }
      if file == nil { try old.takeNext() }
      var settings = settings
      settings.masterKeyFile = file ?? settings.masterKeyFile
      let reader = try Opening.openReader(path, settings)
      defer { try? reader.close() }  // It was only read.
      try KeyBackups.make(of: path, try reader.inDatabase(BackupOwner.identity), settings)
      return file ?? old.path
    }
  }
}

extension MasterKey {
  /// The one that is to take its place.
  var next: MasterKey { MasterKey(of: path, at: path + ".next") }

  /// Puts the next key in the place of this one, which goes on in `….former`: earlier backups of keys need it.
  func takeNext() throws {
    try DurableFile.write(FilePieces.all(path), to: path + ".former")
    try DurableFile.rename(next.path, to: path)
  }
}
