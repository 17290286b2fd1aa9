internal import Foundation

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
