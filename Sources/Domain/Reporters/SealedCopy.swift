/// A reporter as one key of the agency that received the report opens it, and nobody else (HPKE, RFC 9180).
public struct SealedCopy: Sendable, Equatable {
  /// Which key opens it.
  public var keyID: String
  /// The encapsulated key: 32 bytes in base64.
  public var enc: String
  /// What is sealed, padded, in base64.
  public var ciphertext: String

  public init(keyID: String, enc: String, ciphertext: String) {
    (self.keyID, self.enc, self.ciphertext) = (keyID, enc, ciphertext)
  }

  /// Active keys that an agency has at most: today's, and those that it is about to change to.
  public static let keysMax = 4
}

/// A public key that seals the reporters of an agency's cases.
public struct SealingKey: Sendable, Equatable {
  /// Follows from the key.
  public var id: String
  public var agency: AgencyCode
  /// An X25519 key (RFC 7748): 32 bytes in base64.
  public var publicKey: String
  public var registeredAt: Timestamp
  /// From when on nothing is sealed to it; nil while it is active.
  public var endedAt: Timestamp?

  public init(
    id: String, agency: AgencyCode, publicKey: String, registeredAt: Timestamp, endedAt: Timestamp? = nil
  ) {
    (self.id, self.agency, self.publicKey) = (id, agency, publicKey)
    (self.registeredAt, self.endedAt) = (registeredAt, endedAt)
  }
}
