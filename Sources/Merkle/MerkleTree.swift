internal import Crypto
public import Foundation

/// How the hashes of a Merkle tree are made (RFC 9162, 2.1.1).
public enum MerkleTree {
  /// The root of a tree without leaves: the hash of nothing.
  public static let emptyRoot = Hash(of: [UInt8]())

  /// The hash of a leaf: SHA-256 of a zero byte and the leaf.
  public static func leaf(_ bytes: some DataProtocol) -> Hash {
    var function = SHA256()
    function.update(data: [0 as UInt8])
    function.update(data: bytes)
    return Hash(function.finalize())
  }

  /// The same of an array.
  public static func leaf(array bytes: [UInt8]) -> Hash {
    var function = SHA256()
    withUnsafeBytes(of: 0 as UInt8) { function.update(bufferPointer: $0) }
    bytes.withUnsafeBytes { function.update(bufferPointer: $0) }
    return Hash(function.finalize())
  }

  /// The hash of a node: SHA-256 of a one byte and the hashes below it.
  public static func node(_ left: Hash, _ right: Hash) -> Hash {
    var function = SHA256()
    withUnsafeBytes(of: 1 as UInt8) { function.update(bufferPointer: $0) }
    left.withUnsafeBytes { function.update(bufferPointer: $0) }
    right.withUnsafeBytes { function.update(bufferPointer: $0) }
    return Hash(function.finalize())
  }

  /// The root over some leaves in their order.
  public static func root(of leaves: some Sequence<Hash>) -> Hash {
    var edge = TreeEdge()
    for leaf in leaves { edge.append(leaf) }
    return edge.root
  }
}
