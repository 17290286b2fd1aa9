public import Domain
public import Merkle

/// A leaf of the record, as far as it is told of.
public struct LoggedLeaf: Sendable {
  /// From 0.
  public let index: Int64
  public let kind: LeafKind
  /// The agency that has acted or is meant; nil for the operator and the service itself.
  public let agency: AgencyCode?
  /// The sequence of an event.
  public let seq: Int64?
  public let hash: Hash
  /// The core of what is no event: a JSON object.
  public let content: [UInt8]?
  /// What the leaf commits to; nil where nobody has asked.
  public var proof: Proof?

  /// The bytes of a leaf follow from its kind, agency and sequence, and from this.
  public struct Proof: Sendable {
    /// The digest of each group, in the order in which the leaf has them.
    public let groups: [(name: String, digest: Hash)]
    /// The disclosure of the core (RFC 9901); nil where it is not open.
    public internal(set) var core: [UInt8]?
    /// Whether a version of a case was made: it has the digests of all facts.
    var isOfVersion: Bool { groups.contains { $0.name == "facts" } }

    /// What has happened to which case.
    let event: (what: EventKind, case: CaseID)?

    public init(
      groups: [(name: String, digest: Hash)], core: [UInt8], event: (what: EventKind, case: CaseID)?
    ) {
      (self.groups, self.core, self.event) = (groups, core, event)
    }
  }

  /// The same for somebody who does not see what it is about.
  var withoutContent: LoggedLeaf {
    LoggedLeaf(index: index, kind: kind, agency: agency, seq: seq, hash: hash, content: nil)
  }

  public init(
    index: Int64, kind: LeafKind, agency: AgencyCode?, seq: Int64?, hash: Hash, content: [UInt8]?
  ) {
    (self.index, self.kind, self.agency, self.seq, self.hash) = (index, kind, agency, seq, hash)
    self.content = content
    proof = nil
  }
}
