internal import Crypto
internal import Domain
internal import Foundation

/// The public key by which reporters of an agency's cases are sealed.
public struct SealingPublicKey: Sendable {
  /// Why a text is no such key.
  public enum Fault: Error, Sendable {
    /// It is no base64 of 32 bytes.
    case format
    /// Its point is of low order, or not written in its one form: whatever is sealed by it would be open.
    case lowOrder
  }

  public let bytes: [UInt8]

  /// Reads a key.
  ///
  /// - Throws: `Fault`.
  public init(_ text: String) throws(Fault) {
    guard let data = Data(base64Encoded: text), data.count == 32, data.base64EncodedString() == text else {
      throw .format
    }
    try self.init([UInt8](data))
  }

  init(_ bytes: [UInt8]) throws(Fault) {
    guard Self.isCanonical(bytes), !Self.isOfLowOrder(bytes) else { throw .lowOrder }
    self.bytes = bytes
  }

  /// The key in base64.
  public var text: String { Data(bytes).base64EncodedString() }

  /// Its name: 80 bits of its SHA-256.
  public var id: String { Base32.encode(Array(SHA256.hash(data: bytes).prefix(10))) }

  /// Multiplied by any number that X25519 takes, such a point gives nothing but zeros: BoringSSL says so, and swift-crypto
  /// passes it on for some interfaces and not for others. So it is tried here.
  static func isOfLowOrder(_ bytes: [UInt8]) -> Bool {
    guard let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes) else { return true }
    guard let secret = try? Curve25519.KeyAgreement.PrivateKey().sharedSecretFromKeyAgreement(with: key) else {
      return true
    }
    return secret.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
  }

  /// Below the prime 2^255 - 19, and without the bit that X25519 ignores: else one point had several names.
  private static func isCanonical(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 32, bytes[31] & 0x80 == 0 else { return false }
    let isHigh = bytes[31] == 0x7F && bytes[1..<31].allSatisfy { $0 == 0xFF }
    return !isHigh || bytes[0] < 0xED
  }
}
