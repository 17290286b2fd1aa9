public import Domain
public import Merkle

/// What shows that an event, and the case as it has left it, stands in the record: the leaf as far as it is open to somebody.
public struct LeafProof: Sendable {
  /// A value with its salt, for those to whom its group is open (RFC 9901).
  public struct Opening: Sendable {
    public let group: FieldGroup
    /// Whether it says how the case stands, and not what has happened.
    public let isState: Bool
    /// The disclosure.
    public let text: [UInt8]

    public init(group: FieldGroup, isState: Bool, text: [UInt8]) {
      (self.group, self.isState, self.text) = (group, isState, text)
    }
  }

  /// The index of the leaf, from 0.
  public let index: Int64
  public let agency: AgencyCode
  public let seq: Int64
  /// The digest of each group, in the order in which the leaf has them.
  public let groups: [(name: String, digest: Hash)]
  public private(set) var openings: [Opening]

  public init(
    index: Int64, agency: AgencyCode, seq: Int64, groups: [(name: String, digest: Hash)], openings: [Opening]
  ) {
    (self.index, self.agency, self.seq, self.groups, self.openings) = (index, agency, seq, groups, openings)
  }

  /// The same with what is open to somebody alone.
  func opening(_ isOpen: (Opening) -> Bool) -> LeafProof {
    var proof = self
    proof.openings = openings.filter(isOpen)
    return proof
  }

  /// The same for a case as it is shown: who sees it is shown what proves it.
  func opening(of projection: Projection) -> LeafProof {
    opening { opening in (opening.isState || opening.group == .core) && projection.shows(opening.group) }
  }
}
