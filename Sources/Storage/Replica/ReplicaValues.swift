/// Whose copy a replica is.
public struct ReplicaOrigin: Sendable, Equatable {
  /// The address of the service, without a slash at its end.
  public var server: String
  /// The code of the agency whose view is held.
  public var agency: String

  /// An origin.
  public init(server: String, agency: String) {
    self.server = server
    self.agency = agency
  }
}

/// How far a replica has come.
public struct ReplicaState: Sendable, Equatable {
  /// A snapshot and how much of it there is.
  public struct Snapshot: Sendable, Equatable {
    /// The sequence at which it was taken.
    public var seq: Int64
    /// How many cases it was announced with.
    public var cases: Int
    /// The form of cases under which it was begun. What came later under another one is fetched again with the rest.
    public var representation: Int
    /// The last case that is in the replica; nil before the first, and after the last.
    public var lastCaseID: String?

    /// A snapshot.
    public init(seq: Int64, cases: Int, representation: Int, lastCaseID: String?) {
      self.seq = seq
      self.cases = cases
      self.representation = representation
      self.lastCaseID = lastCaseID
    }
  }

  public var origin: ReplicaOrigin
  /// The sequence the replica stands at; nil until its snapshot is whole.
  public var seq: Int64?
  /// Nil before the first part of one.
  public var snapshot: Snapshot?
}

/// A case as it came.
public struct ReceivedCase: Sendable {
  public var id: String
  public var etag: String
  /// The bytes of the case, unchanged.
  public var json: String

  /// A case.
  public init(id: String, etag: String, json: String) {
    self.id = id
    self.etag = etag
    self.json = json
  }
}

/// What a change does to a replica.
public enum ReceivedChange: Sendable {
  /// The case takes the place of what there is.
  case put(ReceivedCase)
  /// The case is no longer visible.
  case drop(id: String)
}

/// A line of the manifest.
public struct ReplicaEntry: Sendable {
  public var id: String
  public var version: Int
  public var etag: String
}

/// A difference between the replica and the service.
public struct ReplicaDifference: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The service has it, the replica not.
    case missing
    /// The replica has another version or projection.
    case outdated
    /// The replica has it, and the agency sees no such case.
    case unknown
  }
  public var kind: Kind
  public var id: String
  /// The service's version; nil for an unknown case.
  public var version: Int?
  /// The service's tag; nil for an unknown case.
  public var etag: String?

  /// A difference.
  public init(kind: Kind, id: String, version: Int?, etag: String?) {
    self.kind = kind
    self.id = id
    self.version = version
    self.etag = etag
  }
}

/// What the service certified, beside the digest that the replica itself gives.
public struct ReplicaCertificate: Sendable {
  public var id: String
  public var agency: String
  public var seq: Int64
  public var cases: Int
  public var inAgreement: Bool
  public var digest: String
  public var issuedAt: String
  /// The digest computed from the replica.
  public var replicaDigest: String
  /// The certificate as it came.
  public var json: String

  /// A certificate.
  public init(
    id: String, agency: String, seq: Int64, cases: Int, inAgreement: Bool, digest: String, issuedAt: String,
    replicaDigest: String, json: String
  ) {
    self.id = id
    self.agency = agency
    self.seq = seq
    self.cases = cases
    self.inAgreement = inAgreement
    self.digest = digest
    self.issuedAt = issuedAt
    self.replicaDigest = replicaDigest
    self.json = json
  }
}
