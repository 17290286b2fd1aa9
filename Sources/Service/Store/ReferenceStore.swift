public import Domain

/// The reference data as they were committed last.
public protocol ReferenceStore: Sendable {
  /// The reference data as last committed.
  var reference: Reference { get }
  /// What the newest answers are made of.
  var revision: Revision { get }
}

/// What answers depend on: as long as it is the same, so are they.
public struct Revision: Sendable, Hashable {
  /// The newest sequence.
  public var seq: Int64
  /// Changes of reference data and keys since the store was opened.
  public var reference: Int

  public init(seq: Int64, reference: Int) {
    self.seq = seq
    self.reference = reference
  }
}
