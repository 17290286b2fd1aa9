internal import Domain
public import Merkle

/// The record as it was signed last.
public protocol LogStore: Sendable {
  /// The newest checkpoint that was signed; nil where nothing is signed.
  var checkpoint: SignedNote? { get }
  /// The public key of the record, with the origin of its epoch as its name.
  var logKey: NoteVerifier? { get }
}

/// What is asked about the record.
public protocol LogQuestions {
  /// The hashes of a level of the tree, from a position up to before another one: leaves at level 0, roots of perfect
  /// subtrees of `256^level` leaves above.
  func nodes(_ level: Int, from first: Int64, upTo end: Int64) throws -> [Hash]
  /// The root over the first `size` leaves; nil when there are fewer.
  func root(at size: Int64) throws -> Hash?
  /// Leaves from an index on, in their order.
  func leaves(from index: Int64, limit: Int) throws -> [LoggedLeaf]
  /// The same with what they commit to, open to all.
  func provenLeaves(from index: Int64, limit: Int) throws -> [LoggedLeaf]
  /// Leaves that are no events, from an index on, in their order.
  func otherLeaves(from index: Int64, limit: Int) throws -> [LoggedLeaf]
  /// What shows that an event stands in the record, open to all; nil when there is none.
  func proof(ofEvent seq: Int64) throws -> LeafProof?
  /// The notes by which keys of the record have handed over to the next ones, in their order.
  func handovers() throws -> [String]
  /// The agencies that cosign, by code.
  func witnesses() throws -> [RecordWitness]
}
