internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// A backup, brought back as a new file.
public struct Restoration: Sendable {
  /// The backup it was made of.
  public let source: String
  /// What it holds.
  public let content: FileContent
  /// Whether the first start migrates it.
  public let schema: FileSchema
  /// False when no sum lay beside the backup.
  public let sumWasChecked: Bool

  /// Copies a backup into a new file and proves it: its sum when one lies beside it, every page, index and reference, that
  /// it is ours, and no newer than this program. Nothing that exists is changed, least of all a database in use.
  ///
  /// - Parameters:
  ///   - source: a backup, or a folder of backups, of which the newest is meant.
  ///   - target: a new file.
  /// - Throws: `OpenFailure` when a file is foreign, newer or there already; `BackupFailure` for everything else.
  public init(from source: String, into target: String) throws {
    let source = try Self.backup(at: source)
    try Self.requireAtRest(source)
    try Self.requireAbsent(target)
    let partial = target + ".partial"
    do {
      let sum = try Self.copy(source, to: partial)
      let recorded = FileSum.recorded(beside: source, of: URL(filePath: source).lastPathComponent)
      if recorded == nil, access(source + ".sha256", F_OK) == 0 {
        throw BackupFailure.unsound("the file of its SHA-256 is malformed or of another backup")
      }
      if let recorded, recorded != sum { throw BackupFailure.unsound("its SHA-256 is another one") }
      (content, schema) = try Opening.explaining(source) { try Self.prove(partial, of: source) }
      try Self.publish(partial, as: target)
      (self.source, sumWasChecked) = (source, recorded != nil)
    } catch {
      for suffix in ["", "-wal", "-shm", "-journal"] { unlink(partial + suffix) }
      throw error is OpenFailure ? error : BackupFailure(error)
    }
  }

  /// Opens the restored file as a server would, which migrates an older one, and closes it.
  ///
  /// - Throws: `OpenFailure`; `BackupFailure.unsound` when the store does not find the sequence.
  public func prove(_ target: String, _ settings: StoreSettings) throws {
    let store = try SQLiteStore(path: target, readerCount: 1, settings: settings)
    let head = store.revision.seq
    try store.close()
    guard head == content.head else { throw BackupFailure.unsound("the store finds another sequence") }
  }

  // MARK: Before

  private static func backup(at path: String) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { throw OpenFailure.unreadable(path, reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw OpenFailure.unreadable(path, reason: "it is no regular file")
      }
      return path
    }
    let folder = BackupFolder(path)
    guard let newest = try folder.backups(at: StoreSettings().now()).last else {
      throw BackupFailure.folder(reason: "there is no backup in it with its SHA-256 beside it")
    }
    return folder.file(newest.name)
  }

  /// A file with a log beside it is in use, or was when its process died: without the log it is not whole.
  private static func requireAtRest(_ path: String) throws {
    for suffix in ["-wal", "-journal"] {
      var status = stat()
      guard stat(path + suffix, &status) == 0, status.st_size > 0 else { continue }
      throw OpenFailure.unreadable(path, reason: "it is a database in use and no backup; use netral backup")
    }
  }

  private static func requireAbsent(_ target: String) throws {
    // A log that lies there from an earlier file would be taken for one of the new file.
    for path in [target, target + "-wal", target + "-shm", target + "-journal"] {
      var status = stat()
      if lstat(path, &status) == 0 { throw OpenFailure.exists(path) }
    }
  }

  // MARK: Copy and proof

  /// Copies the file and returns its sum.
  private static func copy(_ source: String, to partial: String) throws -> String {
    unlink(partial)  // Of an earlier try; a failure is met by the next line.
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw OpenFailure.unreadable(partial, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var hash = SHA256()
    try FilePieces.read(source) { piece in
      hash.update(bufferPointer: piece)
      var rest = piece[...]
      while !rest.isEmpty {
        let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
        rest = rest.dropFirst(count)
      }
    }
    return FileSum.hexadecimal(Array(hash.finalize()))
  }

  private static func prove(_ partial: String, of source: String) throws -> (FileContent, FileSchema) {
    try FileCheck.settle(partial)
    let queue = try DatabaseQueue(
      path: partial, configuration: Opening.configuration(StoreSettings(), readonly: true))
    defer { try? queue.close() }  // It was only read.
    return try queue.inDatabase { database in
      guard try Int.fetchOne(database, sql: "PRAGMA application_id") == Opening.applicationID else {
        throw OpenFailure.foreign(source)
      }
      let schema = try Opening.schema(database)
      if schema == .newer { throw OpenFailure.newer(source) }
      try FileCheck.prove(database)
      return (try FileCheck.content(database), schema)
    }
  }

  /// A link and no renaming: it never takes the place of a file that has come meanwhile.
  private static func publish(_ partial: String, as target: String) throws {
    try FilePieces.sync(partial)
    guard link(partial, target) == 0 else {
      throw errno == EEXIST
        ? OpenFailure.exists(target) : BackupFailure.disk(reason: String(cString: strerror(errno)))
    }
    unlink(partial)
    try FilePieces.sync(URL(filePath: target).deletingLastPathComponent().path)
  }
}
