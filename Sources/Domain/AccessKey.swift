/// What a key may be used for.
public enum Scope: String, Sendable, CaseIterable {
  case casesRead = "cases:read"
  case casesWrite = "cases:write"
  /// Brings in histories of the key's agency and of those it succeeded.
  case imports
  /// Brings in histories of any agency, for a short time and in sight of all.
  case migration
  case sync, statistics, admin

  /// Days after which a key with the scope ends at the latest; nil: it may stay open.
  public var lifetimeDaysMax: Int? { self == .migration ? 30 : nil }

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
  /// Identities of client certificates, of which the client must show one; empty: any, and none.
  public var identities: [String]
  /// SHA-256 of the secret. The secret is 256 random bits, so that a slow hash would add nothing.
  public var secretDigest: [UInt8]

  /// Makes a key.
  public init(
    id: String, owner: KeyOwner, label: String, scopes: Set<Scope>, createdAt: Timestamp, expiresAt: Timestamp?,
    revokedAt: Timestamp?, networks: [String], identities: [String] = [], secretDigest: [UInt8]
  ) {
    self.id = id
    self.owner = owner
    self.label = label
    self.scopes = scopes
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.revokedAt = revokedAt
    self.networks = networks
    self.identities = identities
    self.secretDigest = secretDigest
  }

  /// When a key with these scopes ends that was made at `now`: as it was asked for, or as late as it may.
  ///
  /// - Returns: nil for a key that stays open.
  /// - Throws: `invalid` at `/expires_at` when the end that was asked for is later than the scopes allow.
  public static func end(_ wanted: Timestamp?, of scopes: Set<Scope>, madeAt now: Timestamp) throws(Failure)
    -> Timestamp?
  {
    guard let days = scopes.compactMap(\.lifetimeDaysMax).min() else { return wanted }
    let latest = now.adding(seconds: Int64(days) * 86_400)
    guard wanted.map({ $0 <= latest }) ?? true else {
      throw .invalid(
        "/expires_at", .range,
        LocalizedText(
          en: "A key with these scopes ends within \(days) days.",
          id: "Kunci dengan lingkup ini berakhir dalam \(days) hari."))
    }
    return wanted ?? latest
  }

  /// True when the key is neither revoked nor expired at `now`.
  public func isValid(at now: Timestamp) -> Bool {
    (revokedAt.map { now < $0 } ?? true) && (expiresAt.map { now < $0 } ?? true)
  }
}

/// What a front server says about the client certificate it has verified; keys are bound to it.
public enum CertificateIdentity {
  /// Most identities of one key: one for each of an agency's machines, and the next one of each while they change.
  public static let countMax = 10
  /// Longest identity in bytes: a distinguished name with every usual part, and room.
  public static let bytesMax = 256

  /// True for 1 to 256 printable ASCII characters without a blank at either end; RFC 4514 escapes everything else.
  public static func isValid(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...bytesMax).contains(bytes.count) && bytes.allSatisfy { (0x20...0x7E).contains($0) }
      && bytes.first != 0x20 && bytes.last != 0x20
  }
}
