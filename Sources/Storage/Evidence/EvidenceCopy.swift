internal import Domain
internal import Foundation

/// Copies the sealed files that a copy of the record names, to backups and back. What is there already, with its length, is
/// not copied again: a file never changes.
struct EvidenceCopy {
  let source: EvidenceFolder
  let target: EvidenceFolder
  /// Called now and then; throws to end it.
  var pause: (_ copiedBytes: Int) throws -> Void = { _ in }

  /// What has become of files.
  struct Outcome {
    var copied: [NamedFile] = []
    /// Those that are missing where they should be, or have another length.
    var lacking: [NamedFile] = []
  }

  /// Goes on where a file is missing.
  ///
  /// - Parameters:
  ///   - files: those that are named.
  ///   - isGood: whether a file that is there in the target may stay.
  /// - Throws: `BackupFailure` where the disk refuses; what `pause` and `isGood` throw.
  func copy(_ files: [NamedFile], keeping isGood: (NamedFile) throws -> Bool) throws -> Outcome {
    var (outcome, bytes) = (Outcome(), 0)
    for file in files {
      try pause(bytes)
      let (from, to) = (source.path(of: file.name), target.path(of: file.name))
      let sealedBytes = FileCipher.sealedBytes(file.byteCount)
      if Self.bytes(of: to) == sealedBytes, try isGood(file) { continue }
      guard Self.bytes(of: from) == sealedBytes else {
        outcome.lacking.append(file)
        continue
      }
      try copy(from, to)
      bytes += sealedBytes
      outcome.copied.append(file)
    }
    return outcome
  }

  /// Bytes that are to be copied.
  func neededBytes(for files: [NamedFile]) -> Int64 {
    files.reduce(0) { sum, file in
      let sealedBytes = FileCipher.sealedBytes(file.byteCount)
      return Self.bytes(of: target.path(of: file.name)) == sealedBytes ? sum : sum + Int64(sealedBytes)
    }
  }

  private func copy(_ from: String, _ to: String) throws {
    let folder = URL(filePath: to).deletingLastPathComponent().path
    for folder in [target.path, folder] where mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw BackupFailure.disk(reason: String(cString: strerror(errno)))
    }
    let partial = to + ".partial"
    unlink(partial)
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
    do {
      defer { close(descriptor) }
      try FilePieces.read(from) { piece in
        var rest = piece[...]
        while !rest.isEmpty {
          let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
          rest = rest.dropFirst(count)
        }
      }
      guard fsync(descriptor) == 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
    } catch {
      unlink(partial)
      throw error
    }
    guard rename(partial, to) == 0 else { throw BackupFailure.disk(reason: String(cString: strerror(errno))) }
    try FilePieces.sync(folder)
    try FilePieces.sync(target.path)
  }

  static func bytes(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }
}
