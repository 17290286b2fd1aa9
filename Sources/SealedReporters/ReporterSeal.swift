internal import Crypto
public import Domain
internal import Foundation
internal import JSON

/// Reporters under HPKE (RFC 9180), base mode, suite DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305.
///
/// `info` is `netral reporter 1`, the agency and the key's name, with blanks between them; `aad` the agency's number of the
/// report. What is sealed is `{"name":…,"contact":…}`, and blanks up to a multiple of 256 bytes: so its length tells next to
/// nothing.
public enum ReporterSeal {
  /// Sealed copies are as long as what they hold, rounded up to so many bytes.
  public static let padding = 256
  /// Rounds of padding that a copy has at most.
  public static let roundsMax = 16
  private static let tagBytes = 16
  private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly

  static func info(_ agency: AgencyCode, _ keyID: String) -> Data { Data("netral reporter 1 \(agency) \(keyID)".utf8) }

  /// Seals a reporter, once for each key.
  ///
  /// - Throws: `SealingPublicKey.Fault`, `CryptoKitError`.
  public static func seal(
    name: String?, contact: String?, to keys: [SealingKey], of agency: AgencyCode, report: String
  ) throws -> [SealedCopy] {
    var text = JSONWriter.object { writer in
      writer.member("name", name)
      writer.member("contact", contact)
    }
    text += Array(repeating: UInt8(ascii: " "), count: (padding - text.count % padding) % padding)
    return try keys.map { key in
      let (enc, ciphertext) = try seal(
        text, to: SealingPublicKey(key.publicKey), info: info(agency, key.id), aad: Data(report.utf8))
      return SealedCopy(
        keyID: key.id, enc: enc.base64EncodedString(), ciphertext: ciphertext.base64EncodedString())
    }
  }

  static func seal(_ text: [UInt8], to key: SealingPublicKey, info: Data, aad: Data) throws -> (enc: Data, Data) {
    let publicKey = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: key.bytes)
    var sender = try HPKE.Sender(recipientKey: publicKey, ciphersuite: suite, info: info)
    return (sender.encapsulatedKey, try sender.seal(text, authenticating: aad))
  }

  /// Whether a copy that a client has sealed has the form of one: nobody here can see more of it.
  public static func isWellFormed(_ copy: SealedCopy) -> Bool {
    guard (try? SealingPublicKey(copy.enc)) != nil, let ciphertext = Data(base64Encoded: copy.ciphertext),
      ciphertext.base64EncodedString() == copy.ciphertext
    else { return false }
    let rounds = (ciphertext.count - tagBytes) / padding
    return ciphertext.count == rounds * padding + tagBytes && (1...roundsMax).contains(rounds)
  }
}

/// The private half, which the service never has.
public struct SealingPrivateKey {
  private let key: Curve25519.KeyAgreement.PrivateKey

  /// Draws one.
  public init() { key = Curve25519.KeyAgreement.PrivateKey() }

  /// Reads 32 bytes in base64; nil for anything else.
  public init?(_ text: String) {
    guard let data = Data(base64Encoded: text), data.count == 32,
      let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: data)
    else { return nil }
    self.key = key
  }

  /// The key in base64: whoever has it reads every reporter that was sealed to it.
  public var text: String { key.rawRepresentation.base64EncodedString() }

  public var publicKey: SealingPublicKey {
    get throws(SealingPublicKey.Fault) { try SealingPublicKey([UInt8](key.publicKey.rawRepresentation)) }
  }

  /// Opens a copy.
  ///
  /// - Returns: name and contact; nil when it was sealed to another key, for another report or agency, changed since, or
  ///   holds no name.
  public func open(_ copy: SealedCopy, of agency: AgencyCode, report: String) -> (name: String, contact: String?)? {
    guard ReporterSeal.isWellFormed(copy), let enc = Data(base64Encoded: copy.enc),
      let ciphertext = Data(base64Encoded: copy.ciphertext),
      let text = open(
        enc, ciphertext, info: ReporterSeal.info(agency, copy.keyID), aad: Data(report.utf8)),
      case .object(let members)? = try? JSONValue.parse(text), case .string(let name)? = members["name"]
    else { return nil }
    switch members["contact"] {
    case .string(let contact)?: return (name, contact)
    case .null?, nil: return (name, nil)
    default: return nil
    }
  }

  func open(_ enc: Data, _ ciphertext: Data, info: Data, aad: Data) -> [UInt8]? {
    guard
      var recipient = try? HPKE.Recipient(
        privateKey: key, ciphersuite: .Curve25519_SHA256_ChachaPoly, info: info, encapsulatedKey: enc)
    else { return nil }
    return (try? recipient.open(ciphertext, authenticating: aad)).map { Array($0) }
  }
}
