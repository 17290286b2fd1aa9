@testable import Merkle

/// The definitions of RFC 9162, 2.1, as they stand there, over leaves in memory.
struct NaiveTree {
  let leaves: [Hash]
  /// The roots of the perfect subtrees of each height.
  private let rows: [[Hash]]

  /// Leaves that all differ.
  init(size: Int, kind: String = "leaf") {
    leaves = (0..<size).map { MerkleTree.leaf(Array("\(kind) \($0)".utf8)) }
    var rows = [leaves]
    while let below = rows.last, below.count > 1 {
      rows.append((0..<(below.count / 2)).map { MerkleTree.node(below[2 * $0], below[2 * $0 + 1]) })
    }
    self.rows = rows
  }

  /// 2.1.1.
  func root(_ leaves: ArraySlice<Hash>) -> Hash {
    guard let first = leaves.first else { return MerkleTree.emptyRoot }
    if leaves.count == 1 { return first }
    let split = Self.split(leaves.count)
    return MerkleTree.node(root(leaves.prefix(split)), root(leaves.dropFirst(split)))
  }

  func root(size: Int) -> Hash { root(leaves.prefix(size)) }

  /// 2.1.3.1.
  func inclusion(_ index: Int, _ leaves: ArraySlice<Hash>) -> [Hash] {
    guard leaves.count > 1 else { return [] }
    let split = Self.split(leaves.count)
    let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
    return index < split
      ? inclusion(index, left) + [root(right)] : inclusion(index - split, right) + [root(left)]
  }

  /// 2.1.4.1.
  func consistency(_ size: Int, _ leaves: ArraySlice<Hash>, isWhole: Bool = true) -> [Hash] {
    if size == leaves.count { return isWhole ? [] : [root(leaves)] }
    let split = Self.split(leaves.count)
    let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
    return size <= split
      ? consistency(size, left, isWhole: isWhole) + [root(right)]
      : consistency(size - split, right, isWhole: false) + [root(left)]
  }

  /// A node, of the tree of the first `size` leaves only.
  func node(size: Int) -> (Int, Int64) throws -> Hash {
    { level, index in
      guard index >= 0, (Int(index) + 1) << level <= size else { throw MerkleProof.RangeError() }
      return rows[level][Int(index)]
    }
  }

  private static func split(_ count: Int) -> Int {
    var split = 1
    while split * 2 < count { split *= 2 }
    return split
  }
}
