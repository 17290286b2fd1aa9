internal import Crypto
internal import Domain
internal import Foundation

/// SHA-256 of files.
enum FileSum {
  /// - Throws: `BackupFailure.disk`.
  static func compute(_ path: String, _ stop: BackupStop = BackupStop()) throws -> String {
    var hash = SHA256()
    try FilePieces.read(path) { piece in
      try stop.check()
      hash.update(bufferPointer: piece)
    }
    return hash.finalize().hexadecimal
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
