/// What the leaf of a version commits to: the digest of each group of values that says how the case stands.
public struct CaseCommitments: Sendable, Equatable {
  /// Digests of 32 bytes, one after the other: core, facts, references, subject, narrative, reporter; evidence where there is
  /// any.
  public let bytes: [UInt8]

  /// - Parameter bytes: six digests or seven, in their order.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The digests of what everybody sees who sees the case, and of the groups that a projection opens.
  public func visible(to projection: Projection) -> [UInt8] {
    var visible = Array(bytes.prefix(96))
    for (index, group) in [Projection.subject, .narrative, .reporter, .evidence].enumerated()
    where projection.contains(group) {
      visible += bytes.dropFirst(96 + 32 * index).prefix(32)
    }
    return visible
  }
}
