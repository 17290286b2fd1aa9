internal import Crypto
internal import Foundation

/// A value with a salt, as RFC 9901 (SD-JWT), 4.2.1, discloses one: who is given it can check that it is what was
/// committed to, and who has the digest alone learns nothing.
public struct Disclosure: Sendable, Equatable {
  /// `base64url([salt, name, value])`: the bytes that are disclosed, which are the bytes that are hashed.
  public let text: [UInt8]

  /// - Parameters:
  ///   - salt: 16 bytes that nobody can guess.
  ///   - name: of the group of values.
  ///   - value: as JSON.
  public init(salt: [UInt8], name: StaticString, value: [UInt8]) {
    var text: [UInt8] = []
    text.reserveCapacity(Base64Alphabet.count(of: 48 + value.count))
    Self.spell(salt[...], name, value) { text.append(contentsOf: $0) }
    self.text = text
  }

  /// What a record commits to: SHA-256 of the text (RFC 9901, 4.2.3).
  public var digest: Hash { Hash(ofArray: text) }

  /// The digest of a disclosure whose text nobody asks for.
  public static func digest(salt: ArraySlice<UInt8>, name: StaticString, value: [UInt8]) -> Hash {
    var function = SHA256()
    spell(salt, name, value) { function.update(bufferPointer: $0) }
    return Hash(function.finalize())
  }

  /// Hands over the text piece by piece, so that one that nobody keeps takes no room.
  private static func spell(
    _ salt: ArraySlice<UInt8>, _ name: StaticString, _ value: [UInt8], _ take: (UnsafeRawBufferPointer) -> Void
  ) {
    var beginning: [UInt8] = []
    beginning.reserveCapacity(64)
    beginning.append("[\"")
    salt.withUnsafeBytes { Base64URL.append($0, to: &beginning) }
    beginning.append("\",\"")
    beginning.append(name)
    beginning.append("\",")
    // Three bytes are four letters: the pieces but the last one are as long as that asks for.
    let first = min((3 - beginning.count % 3) % 3, value.count)
    beginning.append(contentsOf: value[..<first])
    withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 8) { room in
      func spell(_ bytes: UnsafeRawBufferPointer) {
        guard let start = room.baseAddress else { return }
        Base64Alphabet.url.write(bytes, to: start)
        take(UnsafeRawBufferPointer(rebasing: room[..<Base64Alphabet.count(of: bytes.count)]))
      }
      guard beginning.count % 3 == 0 else {
        beginning.append(UInt8(ascii: "]"))
        return beginning.withUnsafeBytes { spell($0) }
      }
      beginning.withUnsafeBytes { spell($0) }
      let end = value.count - (value.count - first) % 3
      value.withUnsafeBytes { value in
        for start in stride(from: first, to: end, by: pieceBytes) {
          spell(UnsafeRawBufferPointer(rebasing: value[start..<min(start + pieceBytes, end)]))
        }
      }
      (value[end...] + [UInt8(ascii: "]")]).withUnsafeBytes { spell($0) }
    }
  }

  /// Of the JSON: what becomes 1,024 letters.
  private static let pieceBytes = 768
}

/// Base64 for addresses, without padding (RFC 4648, 5).
public enum Base64URL {
  /// Adds bytes in their spelling to others.
  public static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
    bytes.withUnsafeBytes { append($0, to: &text) }
  }

  /// Adds a hash in its spelling to other bytes.
  public static func append(_ hash: Hash, to text: inout [UInt8]) {
    hash.withUnsafeBytes { append($0, to: &text) }
  }

  static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    let count = Base64Alphabet.count(of: bytes.count)
    text.append(addingCapacity: count) { span in
      span.withUnsafeMutableBufferPointer { room, written in
        guard let start = room.baseAddress else { return }
        Base64Alphabet.url.write(bytes, to: start)
        written = count
      }
    }
  }

  /// The spelling of bytes.
  public static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    append(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: nil for what is not the one spelling of some bytes.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: plain), encode([UInt8](data)) == text else { return nil }
    return [UInt8](data)
  }
}

extension [UInt8] {
  /// Adds a text that is written in the program.
  package mutating func append(_ text: StaticString) { text.withUTF8Buffer { append(contentsOf: $0) } }
}
