/// Whose copy a replica is.
struct ReplicaOrigin: Sendable, Equatable {
  /// The address of the service, without a slash at its end.
  var server: String
  /// The code of the agency whose view is held.
  var agency: String
}

/// How far a replica has come.
struct ReplicaState: Sendable, Equatable {
  /// A snapshot and how much of it there is.
  struct Snapshot: Sendable, Equatable {
    /// The sequence at which it was taken.
    var seq: Int64
    /// How many cases it was announced with.
    var cases: Int
    /// The form of cases under which it was begun. What came later under another one is fetched again with the rest.
    var representation: Int
    /// The last case that is in the replica; nil before the first, and after the last.
    var lastCaseID: String?
  }

  var origin: ReplicaOrigin
  /// The sequence the replica stands at; nil until its snapshot is whole.
  var seq: Int64?
  /// Nil before the first part of one.
  var snapshot: Snapshot?
}

/// A case as it came.
struct ReceivedCase: Sendable {
  var id: String
  var etag: String
  /// The bytes of the case, unchanged.
  var json: String
  /// The leaf that it was held against; nil where no proof was asked for, and with a reduction.
  var leaf: ReceivedLeaf?
  /// The names of the keys to which its reporter is sealed, where it is the agency's own and somebody watches.
  var sealedTo: Set<String> = []
  /// That less of it is shown than the policy shows, as of one that a later correction has withdrawn.
  var reduction: AccountFailure?
}

/// The leaf of the version of a case that came.
struct ReceivedLeaf: Sendable, Equatable {
  var index: Int64
  var hash: [UInt8]
}

/// A leaf of a version of a case that this agency is not shown.
struct WithheldLeaf: Sendable, Equatable {
  var index: Int64
  var seq: Int64
  /// Who has acted; nil is what no event has.
  var agency: String?
  /// The case, where the leaf discloses it.
  var caseID: String?
}

/// What a change does to a replica.
enum ReceivedChange: Sendable {
  /// The case takes the place of what there is.
  case put(ReceivedCase)
  /// The case is no longer visible.
  case drop(id: String)

  /// The case that comes.
  var record: ReceivedCase? { if case .put(let record) = self { record } else { nil } }
}

/// A line of the manifest.
struct ReplicaEntry: Sendable {
  var id: String
  var version: Int
  var etag: String
}

/// A difference between the replica and the service.
struct ReplicaDifference: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    /// The service has it, the replica not.
    case missing
    /// The replica has another version or projection.
    case outdated
    /// The replica has it, and the agency sees no such case.
    case unknown
  }
  var kind: Kind
  var id: String
  /// The service's version; nil for an unknown case.
  var version: Int?
  /// The service's tag; nil for an unknown case.
  var etag: String?
}

/// What the service certified, beside the digest that the replica itself gives.
struct ReplicaCertificate: Sendable {
  var id: String
  var agency: String
  var seq: Int64
  var cases: Int
  var inAgreement: Bool
  var digest: String
  var issuedAt: String
  /// The digest computed from the replica.
  var replicaDigest: String
  /// The certificate as it came.
  var json: String
}
