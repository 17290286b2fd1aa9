/// What a key may be used for.
public enum Scope: String, Sendable, CaseIterable {
  case casesRead = "cases:read"
  case casesWrite = "cases:write"
  /// Brings in histories of the key's agency and of those it succeeded.
  case imports
  /// Brings in histories of any agency, for a short time and in sight of all.
  case migration
  case sync, statistics, admin

  /// True when a key of this owner may have the scope: `admin` is the operator's, everything about cases an agency's.
  public func suits(_ owner: KeyOwner) -> Bool {
    switch owner {
    case .operator: self == .admin
    case .agency: self != .admin
    }
  }

  /// Longest life of a key with the scope, in days; nil: as long as whoever makes the key writes down.
  ///
  /// A key that can make keys is replaced every quarter, so that one which was copied unnoticed ends.
  public var lifetimeDaysMax: Int? {
    switch self {
    case .admin: 90
    // Long enough for a history, and for every agency to see who may speak for it.
    case .migration: 30
    case .casesRead, .casesWrite, .imports, .sync, .statistics: nil
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
  /// Who made it: the identifier of an operator's key, or ``commandLine``; nil when that was not recorded.
  public var madeBy: String?
  /// The key whose place it took by rotation.
  public var rotatedFrom: String?
  /// Bytes that a key with scope `migration` may store in its life; nil for any other.
  public var bytesMax: Int64?

  /// Who makes a key on the machine itself.
  public static let commandLine = "command line"

  public init(
    id: String, owner: KeyOwner, label: String, scopes: Set<Scope>, createdAt: Timestamp, expiresAt: Timestamp?,
    revokedAt: Timestamp?, networks: [String], identities: [String] = [], secretDigest: [UInt8],
    madeBy: String? = nil, rotatedFrom: String? = nil, bytesMax: Int64? = nil
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
    self.madeBy = madeBy
    self.rotatedFrom = rotatedFrom
    self.bytesMax = bytesMax
  }

  /// What a key for migrations may store when nobody says otherwise: some five million cases.
  public static let migrationBytes: Int64 = 16 << 30
  /// What may be said.
  public static let migrationBytesRange = 1 << 20...1 << 40

  /// What the writes of this key are counted against; nil for the operator, whose disk it is.
  public var budget: ByteBudget? {
    scopes.contains(.migration) ? .key(id: id, bytesMax: bytesMax ?? Self.migrationBytes) : owner.budget
  }

  /// True when the key is neither revoked nor expired at `now`.
  public func isValid(at now: Timestamp) -> Bool {
    (revokedAt.map { now < $0 } ?? true) && (expiresAt.map { now < $0 } ?? true)
  }

  /// When the key ends, by expiry or revocation; nil: never.
  public var end: Timestamp? {
    guard let expiresAt, let revokedAt else { return expiresAt ?? revokedAt }
    return min(expiresAt, revokedAt)
  }

  /// How long before its end whoever uses the key is told: time to have its successor signed for and brought there.
  public static let warningSeconds: Int64 = 30 * 86_400

  /// When the key ends, once that is near.
  public func endToTell(at now: Timestamp) -> Timestamp? {
    end.flatMap { $0 <= now.adding(seconds: Self.warningSeconds) ? $0 : nil }
  }

  /// When a key that takes the place of this one ends: its life starts anew, and is as long, or the usual one for a key
  /// that has no end. What the scopes allow today bounds it.
  public func successorEnd(from now: Timestamp) -> Timestamp {
    let days = min(KeyEnd.standardDays, KeyEnd.daysMax(of: scopes) ?? KeyEnd.standardDays)
    guard let expiresAt else { return now.adding(seconds: Int64(days) * 86_400) }
    let anew = Timestamp(milliseconds: now.milliseconds + expiresAt.milliseconds - createdAt.milliseconds)
    return KeyEnd.daysMax(of: scopes).map { min(anew, now.adding(seconds: Int64($0) * 86_400)) } ?? anew
  }
}

/// When a new key is to end, as whoever makes it says.
public enum KeyEnd: Sendable, Equatable {
  /// Nothing was said.
  case standard
  /// It was written out.
  case never
  case at(Timestamp)

  /// Days that a key lives when nobody says otherwise: a key that nobody replaces is one that nobody watches.
  public static let standardDays = 365

  /// Why a key cannot end so.
  public enum Fault: Error, Equatable {
    /// The end does not lie ahead.
    case past
    /// A scope allows no life of more than so many days.
    case tooLong(daysMax: Int)
  }

  /// The longest life that every one of the scopes allows, in days; nil: any.
  public static func daysMax(of scopes: Set<Scope>) -> Int? { scopes.compactMap(\.lifetimeDaysMax).min() }

  /// When a key with these scopes that is made `now` ends; nil: never.
  ///
  /// - Throws: ``Fault``.
  public func instant(for scopes: Set<Scope>, from now: Timestamp) throws(Fault) -> Timestamp? {
    let daysMax = Self.daysMax(of: scopes)
    func after(_ days: Int) -> Timestamp { now.adding(seconds: Int64(days) * 86_400) }
    switch self {
    case .standard: return after(min(Self.standardDays, daysMax ?? Self.standardDays))
    case .never:
      if let daysMax { throw .tooLong(daysMax: daysMax) }
      return nil
    case .at(let end):
      guard end > now else { throw .past }
      if let daysMax, end > after(daysMax) { throw .tooLong(daysMax: daysMax) }
      return end
    }
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

/// A key, and how the agency that owns it stands on a day.
public struct KnownKey: Sendable {
  public let key: AccessKey
  /// Nil for the operator.
  public let standing: AgencyStanding?

  /// - Parameter reference: by which the agency is judged.
  public init(_ key: AccessKey, on day: LegalDate, _ reference: Reference) {
    self.key = key
    standing = if case .agency(let code) = key.owner { reference.standing(of: code, on: day) } else { nil }
  }
}
