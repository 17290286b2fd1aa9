/// The right edge of a growing tree: the roots of the perfect subtrees that it is made of, the largest first. All that an
/// append needs, and as many hashes as the size has ones in binary.
public struct TreeEdge: Sendable, Equatable {
  /// How many leaves the tree has.
  public private(set) var size: Int64 = 0
  private var peaks: [Hash] = []

  public init() {}

  /// Adds a leaf.
  public mutating func append(_ leaf: Hash) { append(leaf, height: 0) }

  /// Adds a perfect subtree.
  ///
  /// - Parameters:
  ///   - root: its root.
  ///   - height: it has `1 << height` leaves; the size so far is a multiple of that.
  ///   - formed: is told of every perfect subtree that this one completes: its height and its root.
  public mutating func append(_ root: Hash, height: Int, _ formed: (Int, Hash) -> Void = { _, _ in }) {
    precondition(size & (1 << height - 1) == 0, "a subtree begins where one of its size may begin")
    var (node, level) = (root, height)
    while size >> level & 1 == 1 {
      node = MerkleTree.node(peaks.removeLast(), node)
      level += 1
      formed(level, node)
    }
    peaks.append(node)
    size += 1 << height
  }

  /// The root of the whole.
  public var root: Hash {
    guard var node = peaks.last else { return MerkleTree.emptyRoot }
    for peak in peaks.dropLast().reversed() { node = MerkleTree.node(peak, node) }
    return node
  }
}
