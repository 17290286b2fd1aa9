/// Proofs that a tree holds a leaf, and that a tree extends a smaller one (RFC 9162, 2.1.3 and 2.1.4).
///
/// Proofs are made from single nodes. A reader is asked for the node `index` of a height `level`: the root over the
/// leaves `index << level ..< (index + 1) << level`, of which the tree has every one. Level 0 are the leaves themselves.
public enum MerkleProof {
  /// A leaf or a smaller tree is asked for that the tree does not have.
  public struct RangeError: Error, Equatable { public init() {} }

  /// The root of the tree of the first `size` leaves.
  ///
  /// - Throws: `RangeError` for a negative size; what the reader throws.
  public static func root(size: Int64, node: (_ level: Int, _ index: Int64) throws -> Hash) throws -> Hash {
    guard size >= 0 else { throw RangeError() }
    return size == 0 ? MerkleTree.emptyRoot : try root(over: 0..<size, node: node)
  }

  /// The hashes beside the way from a leaf to the root, from below (RFC 9162, 2.1.3.1).
  ///
  /// - Throws: `RangeError` unless `0 <= index < size`; what the reader throws.
  public static func inclusion(
    of index: Int64, size: Int64, node: (_ level: Int, _ index: Int64) throws -> Hash
  ) throws -> [Hash] {
    guard index >= 0, index < size else { throw RangeError() }
    var (beside, leaves): ([Range<Int64>], Range<Int64>) = ([], 0..<size)
    while leaves.count > 1 {
      let (left, right) = halves(leaves)
      let isLeft = left.contains(index)
      leaves = isLeft ? left : right
      beside.append(isLeft ? right : left)
    }
    return try beside.reversed().map { try root(over: $0, node: node) }
  }

  /// The hashes that show that the tree of the first `size` leaves extends that of `oldSize` (RFC 9162, 2.1.4.1).
  ///
  /// Nothing is to be shown when the sizes are the same, or when the smaller tree is empty.
  ///
  /// - Throws: `RangeError` unless `0 <= oldSize <= size`; what the reader throws.
  public static func consistency(
    from oldSize: Int64, to size: Int64, node: (_ level: Int, _ index: Int64) throws -> Hash
  ) throws -> [Hash] {
    guard oldSize >= 0, oldSize <= size else { throw RangeError() }
    guard oldSize > 0, oldSize < size else { return [] }
    var (beside, leaves): ([Range<Int64>], Range<Int64>) = ([], 0..<size)
    while leaves.upperBound != oldSize {
      let (left, right) = halves(leaves)
      let isLeft = oldSize <= left.upperBound
      leaves = isLeft ? left : right
      beside.append(isLeft ? right : left)
    }
    // Whoever verifies has the root of the smaller tree already.
    if leaves.lowerBound > 0 { beside.append(leaves) }
    return try beside.reversed().map { try root(over: $0, node: node) }
  }

  /// Whether a proof shows that the tree has a leaf at an index (RFC 9162, 2.1.3.2).
  ///
  /// - Parameters:
  ///   - leaf: its hash.
  ///   - index: of the leaf, from 0.
  ///   - size: of the tree, in leaves.
  ///   - root: of the tree.
  ///   - proof: the hashes beside the way from the leaf to the root, from below.
  public static func isIncluded(leaf: Hash, index: Int64, size: Int64, root: Hash, proof: [Hash]) -> Bool {
    guard index >= 0, index < size else { return false }
    var (fn, sn, hash) = (index, size - 1, leaf)
    for beside in proof {
      guard sn > 0 else { return false }
      if fn & 1 == 1 || fn == sn {
        hash = MerkleTree.node(beside, hash)
        shift(&fn, &sn) { $0 & 1 == 1 || $0 == 0 }
      } else {
        hash = MerkleTree.node(hash, beside)
      }
      (fn, sn) = (fn >> 1, sn >> 1)
    }
    return sn == 0 && hash == root
  }

  /// Whether a proof shows that a tree extends a smaller one (RFC 9162, 2.1.4.2).
  ///
  /// - Parameters:
  ///   - oldSize: of the smaller tree, in leaves. The empty tree has one root, and every tree extends it.
  ///   - oldRoot: of the smaller tree.
  ///   - size: of the tree, in leaves.
  ///   - root: of the tree.
  ///   - proof: empty when the sizes are the same, or when the smaller tree is empty.
  public static func isConsistent(
    from oldSize: Int64, root oldRoot: Hash, to size: Int64, root: Hash, proof: [Hash]
  ) -> Bool {
    guard oldSize >= 0, oldSize <= size else { return false }
    if oldSize == size { return proof.isEmpty && oldRoot == root && (size > 0 || root == MerkleTree.emptyRoot) }
    if oldSize == 0 { return proof.isEmpty && oldRoot == MerkleTree.emptyRoot }
    guard !proof.isEmpty else { return false }
    let hashes = oldSize & (oldSize - 1) == 0 ? [oldRoot] + proof : proof
    var (fn, sn) = (oldSize - 1, size - 1)
    shift(&fn, &sn) { $0 & 1 == 0 }
    var (old, new) = (hashes[0], hashes[0])
    for beside in hashes.dropFirst() {
      guard sn > 0 else { return false }
      if fn & 1 == 1 || fn == sn {
        old = MerkleTree.node(beside, old)
        new = MerkleTree.node(beside, new)
        shift(&fn, &sn) { $0 & 1 == 1 || $0 == 0 }
      } else {
        new = MerkleTree.node(new, beside)
      }
      (fn, sn) = (fn >> 1, sn >> 1)
    }
    return sn == 0 && old == oldRoot && new == root
  }

  /// Shifts both numbers right until the first one is as wanted.
  private static func shift(_ fn: inout Int64, _ sn: inout Int64, until isDone: (Int64) -> Bool) {
    while !isDone(fn) { (fn, sn) = (fn >> 1, sn >> 1) }
  }

  /// The two subtrees below the root over some leaves: the left one is the largest perfect one that leaves a right one.
  private static func halves(_ leaves: Range<Int64>) -> (left: Range<Int64>, right: Range<Int64>) {
    let split = leaves.lowerBound + 1 << (Int64.bitWidth - 1 - (Int64(leaves.count) - 1).leadingZeroBitCount)
    return (leaves.lowerBound..<split, split..<leaves.upperBound)
  }

  /// The root over leaves that begin where a subtree of their number may begin.
  private static func root(
    over leaves: Range<Int64>, node: (_ level: Int, _ index: Int64) throws -> Hash
  ) throws -> Hash {
    let count = Int64(leaves.count)
    if count & (count - 1) == 0 {
      let level = count.trailingZeroBitCount
      return try node(level, leaves.lowerBound >> level)
    }
    let (left, right) = halves(leaves)
    return MerkleTree.node(try root(over: left, node: node), try root(over: right, node: node))
  }
}
