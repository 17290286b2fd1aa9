internal import Crypto
public import Domain
internal import Foundation

/// The proof that whoever registers a key can open what it seals: a nonce, sealed to the key, that is to be sent back.
///
/// The nonce follows from a secret of the service, the agency, the key and the time, so that nothing is kept of a challenge.
/// `info` is `netral possession 1`, the agency and the key's name, with blanks between them; there is no `aad`.
public struct Possession: Sendable {
  /// How long a nonce is good, at least; at most twice as long.
  public static let seconds: Int64 = 600

  private let secret: SymmetricKey
  private let agency: AgencyCode
  private let key: SealingPublicKey

  public init(_ secret: [UInt8], _ agency: AgencyCode, _ key: SealingPublicKey) {
    (self.secret, self.agency, self.key) = (SymmetricKey(data: secret), agency, key)
  }

  static func info(_ agency: AgencyCode, _ keyID: String) -> Data {
    Data("netral possession 1 \(agency) \(keyID)".utf8)
  }

  private func nonce(_ slot: Int64) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(
      for: Data("netral possession 1 \(agency) \(key.text) \(slot)".utf8), using: secret)
  }

  private static func slot(at now: Timestamp) -> Int64 { now.milliseconds / 1_000 / seconds }

  /// The nonce as only the key opens it, in base64.
  public func challenge(at now: Timestamp) throws -> (enc: String, ciphertext: String) {
    let nonce = nonce(Self.slot(at: now)).withUnsafeBytes { Array($0) }
    let (enc, ciphertext) = try ReporterSeal.seal(nonce, to: key, info: Self.info(agency, key.id), aad: Data())
    return (enc.base64EncodedString(), ciphertext.base64EncodedString())
  }

  /// Whether a nonce that was sent back is one of this moment.
  public func isProved(by text: String, at now: Timestamp) -> Bool {
    guard let given = Data(base64Encoded: text) else { return false }
    let slot = Self.slot(at: now)
    // Both are compared, each in constant time.
    return [slot, slot - 1].reduce(false) { nonce($1) == given || $0 }
  }
}

extension SealingPrivateKey {
  /// Opens a challenge.
  ///
  /// - Returns: the nonce in base64; nil when it is none of this key and agency.
  public func nonce(enc: String, ciphertext: String, of agency: AgencyCode, keyID: String) -> String? {
    guard let enc = Data(base64Encoded: enc), let ciphertext = Data(base64Encoded: ciphertext),
      (try? SealingPublicKey([UInt8](enc))) != nil
    else { return nil }
    return open(enc, ciphertext, info: Possession.info(agency, keyID), aad: Data()).map {
      Data($0).base64EncodedString()
    }
  }
}
