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

  public init(
    index: Int64, kind: LeafKind, agency: AgencyCode?, seq: Int64?, hash: Hash, content: [UInt8]?
  ) {
    (self.index, self.kind, self.agency, self.seq, self.hash) = (index, kind, agency, seq, hash)
    self.content = content
  }
}
