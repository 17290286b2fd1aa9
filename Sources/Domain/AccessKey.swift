/// What a key may be used for.
public enum Scope: String, Sendable, CaseIterable {
  case casesRead = "cases:read"
  case casesWrite = "cases:write"
  case imports, sync, statistics, admin

  /// True when a key of this owner may have the scope: `admin` is the operator's, everything about cases an agency's.
  public func suits(_ owner: KeyOwner) -> Bool {
    switch owner {
    case .operator: self == .admin
    case .agency: self != .admin
    }
  }
}

/// To whom a key belongs.
public enum KeyOwner: Hashable, Sendable {
  case agency(AgencyCode)
  /// The administrator of the service, who sees no case.
  case `operator`
}

/// A key as it is stored: never the secret, only its digest.
public struct AccessKey: Sendable, Equatable {
  /// 12 characters, public: it stands in logs.
  public var id: String
  public var owner: KeyOwner
  public var label: String
  public var scopes: Set<Scope>
  public var createdAt: Timestamp
  public var expiresAt: Timestamp?
  public var revokedAt: Timestamp?
  /// Networks the key may be used from, as CIDR; empty: any.
  public var networks: [String]
  /// SHA-256 of the secret. The secret is 256 random bits, so that a slow hash would add nothing.
  public var secretDigest: [UInt8]

  /// Makes a key.
  public init(
    id: String, owner: KeyOwner, label: String, scopes: Set<Scope>, createdAt: Timestamp, expiresAt: Timestamp?,
    revokedAt: Timestamp?, networks: [String], secretDigest: [UInt8]
  ) {
    self.id = id
    self.owner = owner
    self.label = label
    self.scopes = scopes
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.revokedAt = revokedAt
    self.networks = networks
    self.secretDigest = secretDigest
  }

  /// True when the key is neither revoked nor expired at `now`.
  public func isValid(at now: Timestamp) -> Bool {
    (revokedAt.map { now < $0 } ?? true) && (expiresAt.map { now < $0 } ?? true)
  }
}
