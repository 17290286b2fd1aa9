internal import Foundation
internal import GRDB

/// The keys that a restored file is opened with: a copy of a file of keys, or of the newest backup of one.
public struct KeySource: Sendable {
  let keys: String
  let master: String

  /// - Parameters:
  ///   - keys: a file of keys, which may be in use, or a folder of their backups, of which the newest is meant.
  ///   - master: the file of the master key; nil: beside the file of keys.
  public init(_ keys: String, master: String? = nil) {
    self.keys = keys
    self.master = master ?? (keys.hasSuffix(".keys") ? String(keys.dropLast(5)) : keys) + ".master"
  }

  /// Copies keys and master key beside a file that nobody else uses.
  ///
  /// - Throws: `OpenFailure.keys`, `BackupFailure`.
  func copy(beside path: String) throws {
    let source = try KeyBackupFolder.newest(in: keys)
    let target = KeyFile.path(of: path)
    guard let key = try MasterKey(of: path, at: master).load() else {
      throw OpenFailure.keys(master, reason: "the master key is missing")
    }
    try KeyFile.copy(source, to: target)
    try KeyBackupFolder.addBlocks(to: target, from: keys, key)
    try DurableFile.write(
      Array("\(MasterKey.text(key))\n".utf8), to: MasterKey(of: path, at: nil).path, replacing: false)
    try KeyFile(reading: target, key).close()
  }
}
