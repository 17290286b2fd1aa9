internal import Crypto
internal import Domain
internal import Foundation

/// The key that wraps all others, in a file of its own: 64 hexadecimal digits. Whoever has it and the file of the keys can
/// read what is sealed.
struct MasterKey: Sendable {
  let path: String

  /// - Parameters:
  ///   - database: whose keys it wraps.
  ///   - file: where it stands; nil: beside the database.
  init(of database: String, at file: String?) { path = file ?? database + ".master" }

  /// The key; nil when there is no file.
  ///
  /// - Throws: `OpenFailure.keys` when others may read the file, or it holds no key.
  func load() throws -> SymmetricKey? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw failure(String(cString: strerror(errno)))
    }
    // A group that may read is what a service manager hands over keys with.
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o027 == 0 else {
      throw failure("the master key is for its owner alone: chmod 600")
    }
    let text = FileSum.text(of: path)?.trimmingCharacters(in: .newlines) ?? ""
    guard let bytes = Self.bytes(text) else { throw failure("it holds no master key, which is 64 hexadecimal digits") }
    return SymmetricKey(data: bytes)
  }

  /// Draws a key and writes it.
  ///
  /// - Throws: `OpenFailure`, also when there is a file.
  func create() throws -> SymmetricKey {
    let key = SymmetricKey(size: .bits256)
    try DurableFile.write(Array("\(Self.text(key))\n".utf8), to: path, replacing: false)
    return key
  }

  /// As it stands in a file.
  static func text(_ key: SymmetricKey) -> String { key.withUnsafeBytes { Array($0).hexadecimal } }

  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    let bytes = stride(from: 0, to: 64, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
    return bytes.count == 32 && !text.contains("+") ? bytes : nil
  }

  private func failure(_ reason: String) -> OpenFailure { .keys(path, reason: reason) }
}
