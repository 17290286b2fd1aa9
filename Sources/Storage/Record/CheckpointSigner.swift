internal import Merkle

/// Signs.
final class CheckpointSigner: Sendable {
  func advance(to edge: TreeEdge) {}
}
