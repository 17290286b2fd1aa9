internal import Crypto
public import Domain
internal import Foundation

/// The folder that backups lie in, and the names they have there.
///
/// A backup is `netral-YYYYMMDDTHHMMSSZ-SEQ.sqlite`, with the SHA-256 of it in a file beside, as `sha256sum -c` reads it.
/// While it is made it is called `….partial`, which no rule here takes for a backup.
public struct BackupFolder: Sendable {
  let path: String

  /// - Parameter path: an existing folder.
  public init(_ path: String) { self.path = path }

  /// Makes the folder, for its owner alone, when it is not there.
  ///
  /// - Throws: `BackupFailure.folder`.
  func make() throws(BackupFailure) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .folder(reason: String(cString: strerror(errno))) }
  }

  /// Keeps every other process out of the folder until it is let go; the kernel does so when the process dies.
  ///
  /// - Throws: `BackupFailure.running`, `.folder`.
  func lock() throws(BackupFailure) -> FolderLock { try FolderLock(path) }

  /// The backups, oldest first.
  ///
  /// - Throws: `BackupFailure.folder` when it cannot be read.
  public func backups() throws(BackupFailure) -> [Backup] {
    try names().filter { $0.hasSuffix(".sqlite") }.compactMap { name in
      guard let (madeAt, seq) = Self.parts(of: name) else { return nil }
      var status = stat()
      // One that somebody has taken away meanwhile is no backup.
      guard stat(file(name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Backup(name: name, madeAt: madeAt, seq: seq, bytes: Int64(status.st_size), sha256: sum(of: name))
    }.sorted { ($0.madeAt, $0.seq) < ($1.madeAt, $1.seq) }
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Deletes what a backup that was broken off has left: nothing of it was ever called a backup.
  func clear() throws(BackupFailure) {
    let names = Set(try names())
    for name in names {
      let parts = name.split(separator: ".", maxSplits: 2)
      guard parts.count == 3, Self.parts(of: "\(parts[0]).\(parts[1])") != nil else { continue }
      let isSumAlone = parts[2] == "sqlite.sha256" || (parts[2] == "sha256" && !names.contains("\(parts[0]).sqlite"))
      if parts[2].contains("partial") || isSumAlone { unlink(file(name)) }
    }
  }

  /// Deletes the oldest backups, so that `count` are left; never the one that was just made, whatever the clock said.
  func keep(_ count: Int, _ newest: String) throws(BackupFailure) {
    let others = try backups().filter { $0.name != newest }
    for backup in others.dropLast(max(0, count - 1)) {
      unlink(file(backup.name))
      unlink(file(backup.name + ".sha256"))
    }
  }

  /// A name nobody has yet.
  func freeName(at now: Timestamp, _ seq: Int64) -> (name: String, madeAt: Timestamp) {
    var madeAt = Timestamp(milliseconds: now.milliseconds / 1_000 * 1_000)
    while access(file(Self.name(madeAt, seq)), F_OK) == 0 { madeAt = madeAt.adding(seconds: 1) }
    return (Self.name(madeAt, seq), madeAt)
  }

  // MARK: Names

  static func name(_ madeAt: Timestamp, _ seq: Int64) -> String {
    let digits = madeAt.description.prefix(19).filter { $0 != "-" && $0 != ":" }
    return "netral-\(digits)Z-\(seq).sqlite"
  }

  /// When, and up to which sequence; nil for any other name.
  static func parts(of name: String) -> (madeAt: Timestamp, seq: Int64)? {
    guard let match = name.wholeMatch(of: #/netral-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{1,18})\.sqlite/#),
      let madeAt = Timestamp("\(match.1)-\(match.2)-\(match.3)T\(match.4):\(match.5):\(match.6)Z"),
      let seq = Int64(match.7)
    else { return nil }
    return (madeAt, seq)
  }

  private func names() throws(BackupFailure) -> [String] {
    guard let folder = opendir(path) else { throw .folder(reason: String(cString: strerror(errno))) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  /// What the file of the sum says; nil when there is none, or another thing is in it.
  private func sum(of name: String) -> String? { FileSum.recorded(beside: file(name), of: name) }
}

/// SHA-256 of files.
enum FileSum {
  /// - Throws: `BackupFailure.disk`.
  static func compute(_ path: String, _ stop: BackupStop = BackupStop()) throws -> String {
    var hash = SHA256()
    try FilePieces.read(path) { piece in
      try stop.check()
      hash.update(bufferPointer: piece)
    }
    return hexadecimal(Array(hash.finalize()))
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// The sum in `path.sha256`, in the form of `sha256sum`; nil unless it is one of a file with this name.
  static func recorded(beside path: String, of name: String) -> String? {
    guard let text = text(of: path + ".sha256"),
      let match = text.wholeMatch(of: #/([0-9a-f]{64})  ([^\n]+)\n?/#), match.2 == name
    else { return nil }
    return String(match.1)
  }

  /// What stands in a small regular file; nil for any other thing, such as a pipe that nobody writes to.
  static func text(of path: String) -> String? {
    guard let descriptor = try? FilePieces.open(path) else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: smallBytesMax + 1)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return (0...smallBytesMax).contains(count) ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }

  /// A sum, two spaces and the longest name a file may have take less.
  private static let smallBytesMax = 1_024
}

/// A file, read in pieces, so that a large one costs no memory.
enum FilePieces {
  /// - Throws: `BackupFailure.disk`, and what `body` throws.
  static func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let descriptor = try open(path)
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count == 0 { return }
      if count < 0 {
        guard errno == EINTR else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
        continue
      }
      try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    }
  }

  /// Opens a regular file for reading. It waits for nobody at the other end of a pipe.
  ///
  /// - Throws: `BackupFailure.disk`, also when it is something else.
  static func open(_ path: String) throws(BackupFailure) -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .disk(reason: String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .disk(reason: "it is no regular file")
    }
    return descriptor
  }

  /// Brings a file, or the entries of a folder, to the disk.
  ///
  /// - Throws: `BackupFailure.disk`.
  static func sync(_ path: String) throws(BackupFailure) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .disk(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .disk(reason: String(cString: strerror(errno))) }
  }
}

/// An advisory lock on a folder.
final class FolderLock {
  private let descriptor: Int32

  fileprivate init(_ path: String) throws(BackupFailure) {
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .folder(reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      Glibc.close(descriptor)
      throw reason == EWOULDBLOCK ? .running : .folder(reason: String(cString: strerror(reason)))
    }
  }

  deinit {
    flock(descriptor, LOCK_UN)
    Glibc.close(descriptor)
  }
}
