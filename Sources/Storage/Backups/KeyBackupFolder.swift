internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Service

/// The folder of the backups of keys: another one than that of the record, so that nobody who has the one has the other.
///
/// It holds copies of the file of keys, named and summed like backups of the record, and blocks: the keys that were made
/// since the newest copy, each block on the disk here before its first key is used. Copies go after some days, so that a key
/// which was destroyed is gone everywhere by then; blocks go with the next copy, which holds what is left of them.
struct KeyBackupFolder {
  let folder: BackupFolder

  init(_ path: String) { folder = BackupFolder(path) }

  /// Writes a block.
  ///
  /// - Throws: `OpenFailure` when the folder is not at hand: then the keys are not used.
  func keep(_ block: [KeptKey], of id: String) throws {
    guard let first = block.first, let last = block.last else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(68 * block.count)
    for key in block {
      withUnsafeBytes(of: key.number.bigEndian) { bytes += $0 }
      bytes += key.wrapped
    }
    try DurableFile.write(bytes, to: folder.file("netral-keys-\(id)-\(first.number)-\(last.number).block"))
  }

  /// The blocks in a folder, in their order.
  func blocks() throws -> [(name: String, id: String, last: Int64)] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).compactMap { name in
      guard let match = name.wholeMatch(of: #/netral-keys-([0-9a-f]{32})-(\d{1,18})-(\d{1,18})\.block/#),
        let last = Int64(match.3)
      else { return nil }
      return (name, String(match.1), last)
    }.sorted { $0.last < $1.last }
  }

  private static func keys(_ bytes: [UInt8]) throws -> [KeptKey] {
    guard bytes.count % 68 == 0 else { throw BackupFailure.unsound("a block of keys is cut off") }
    return stride(from: 0, to: bytes.count, by: 68).map { start in
      let number = bytes[start..<start + 8].reduce(0 as Int64) { $0 << 8 | Int64($1) }
      return KeptKey(number: number, wrapped: Data(bytes[start + 8..<start + 68]))
    }
  }

  // MARK: Restoring

  /// The file that is meant: itself, or the newest copy in a folder.
  ///
  /// - Throws: `BackupFailure`.
  static func newest(in path: String) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { throw OpenFailure.keys(path, reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return path }
    let folder = BackupFolder(path)
    guard let newest = try folder.backups(at: StoreSettings().now()).last else {
      throw BackupFailure.folder(reason: "\(path): there is no backup of keys in it")
    }
    guard try FileSum.compute(folder.file(newest.name)) == newest.sha256 else {
      throw BackupFailure.unsound("the SHA-256 of the newest backup of keys is another one")
    }
    return folder.file(newest.name)
  }

  /// Adds the keys that were made after a copy.
  static func addBlocks(to target: String, from path: String, _ master: SymmetricKey) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
    let file = try KeyFile(target, master)
    try KeyBackupFolder(path).takeIn(file)
    try file.close()
    try Connection.settle(target)
  }

  /// Adds the keys of blocks that a file does not hold: it was brought back from a copy.
  func takeIn(_ file: KeyFile) throws {
    guard access(folder.path, F_OK) == 0 else { return }
    let last = try file.last()
    for block in try blocks() where block.id == file.id && block.last > last {
      try file.take(try Self.keys(try FilePieces.all(folder.file(block.name))))
    }
  }
}

extension FilePieces {
  /// All of a small file.
  static func all(_ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { bytes += $0 }
    return bytes
  }
}
