internal import Crypto
internal import Domain
internal import Merkle

/// The text of a key: `ntk_<key id>_<secret>`.
public struct Token: Sendable {
  /// 12 lower-case letters and digits.
  public let keyID: String
  /// 43 characters of base64url: 256 random bits.
  public let secret: String

  public init(random: () -> UInt64) {
    var bits = random()
    var identifier: [UInt8] = []
    for _ in 0..<12 {
      identifier.append(Base32.alphabet[Int(bits & 31)])
      bits >>= 5
    }
    keyID = String(decoding: identifier, as: UTF8.self)
    var bytes: [UInt8] = []
    for _ in 0..<4 { withUnsafeBytes(of: random()) { bytes.append(contentsOf: $0) } }
    secret = Base64URL.encode(bytes)
  }

  /// Reads an `Authorization` field: the scheme in any case, then exactly the text of a key.
  init?(authorization: String) {
    var authorization = authorization
    guard let (keyID, secret) = authorization.withUTF8({ Self.parts(of: $0) }) else { return nil }
    (self.keyID, self.secret) = (keyID, secret)
  }

  /// Blanks between the scheme and the key may be several (RFC 9110, 11.4).
  private static func parts(of field: UnsafeBufferPointer<UInt8>) -> (keyID: String, secret: String)? {
    let scheme = "bearer ".utf8
    guard field.count > scheme.count, zip(field, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
    let text = field.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
    guard text.count == textBytes, text.starts(with: "ntk_".utf8) else { return nil }
    let (keyID, rest) = (text.dropFirst(4).prefix(12), text.dropFirst(16))
    // An identifier stands in logs: what cannot be one is no key, and a client's free text.
    guard keyID.allSatisfy(Base32.isDigit), rest.first == UInt8(ascii: "_") else { return nil }
    return (String(decoding: keyID, as: UTF8.self), String(decoding: rest.dropFirst(), as: UTF8.self))
  }

  /// `ntk_`, 12 characters, `_`, 43 characters.
  private static let textBytes = 4 + 12 + 1 + 43

  /// What the client sends.
  public var text: String { "ntk_\(keyID)_\(secret)" }

  /// What is stored.
  public var digest: [UInt8] { Array(hash) }

  private var hash: SHA256.Digest {
    var secret = secret
    return secret.withUTF8 { bytes in
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      return hash.finalize()
    }
  }

  /// What the secret of an unknown key is compared with.
  static let noDigest = [UInt8](repeating: 0, count: SHA256.byteCount)

  /// Compares every byte of the digest, so that time does not tell where the first difference is.
  func matches(_ stored: [UInt8]) -> Bool {
    let own = hash
    guard SHA256.byteCount == stored.count else { return false }
    return own.withUnsafeBytes { own in
      var difference: UInt8 = 0
      for index in own.indices { difference |= own[index] ^ stored[index] }
      return difference == 0
    }
  }
}
