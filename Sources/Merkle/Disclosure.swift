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
    var json: [UInt8] = []
    json.reserveCapacity(48 + value.count)
    json.append("[\"")
    Base64URL.append(salt, to: &json)
    json.append("\",\"")
    json.append(name)
    json.append("\",")
    json.append(contentsOf: value)
    json.append(UInt8(ascii: "]"))
    var text: [UInt8] = []
    text.reserveCapacity(Base64URL.count(of: json.count))
    Base64URL.append(json, to: &text)
    self.text = text
  }

  /// What a record commits to: SHA-256 of the text (RFC 9901, 4.2.3).
  public var digest: Hash { Hash(ofArray: text) }
}

/// Base64 for addresses, without padding (RFC 4648, 5).
public enum Base64URL {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// How many letters so many bytes have.
  static func count(of bytes: Int) -> Int { (bytes * 4 + 2) / 3 }

  /// Adds bytes in their spelling to others.
  public static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
    let start = text.count
    text.append(contentsOf: repeatElement(0, count: count(of: bytes.count)))
    text.withUnsafeMutableBufferPointer { text in
      bytes.withUnsafeBufferPointer { bytes in
        letters.withUnsafeBufferPointer { letters in
          var (index, place) = (0, start)
          while index + 2 < bytes.count {
            let word = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            text[place] = letters[Int(word >> 18)]
            text[place + 1] = letters[Int(word >> 12 & 63)]
            text[place + 2] = letters[Int(word >> 6 & 63)]
            text[place + 3] = letters[Int(word & 63)]
            (index, place) = (index + 3, place + 4)
          }
          let rest = bytes.count - index
          guard rest > 0 else { return }
          let word = UInt32(bytes[index]) << 16 | (rest == 2 ? UInt32(bytes[index + 1]) << 8 : 0)
          text[place] = letters[Int(word >> 18)]
          text[place + 1] = letters[Int(word >> 12 & 63)]
          if rest == 2 { text[place + 2] = letters[Int(word >> 6 & 63)] }
        }
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
