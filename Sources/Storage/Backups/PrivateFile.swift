internal import Foundation

/// Small files that only their owner may read.
enum PrivateFile {
  /// Writes it and brings it to the disk.
  ///
  /// - Throws: `BackupFailure.disk`.
  static func write(_ text: String, to path: String) throws(BackupFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .disk(reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw .disk(reason: errno == 0 ? "the disk is full" : String(cString: strerror(errno)))
    }
  }
}
