internal import Testing

@testable import Merkle

@Suite("Proofs over a Merkle tree")
struct MerkleProofTests {
  private static let tree = NaiveTree(size: 300)
  private static let roots = (0...300).map(tree.root(size:))

  @Test("of inclusion are those of RFC 9162 for every size to 300, and verify for their leaf alone")
  func inclusion() throws {
    for size in 0...300 {
      let (root, node) = (Self.roots[size], Self.tree.node(size: size))
      #expect(try MerkleProof.root(size: Int64(size), node: node) == root)
      for index in 0..<size {
        let leaf = Self.tree.leaves[index]
        let proof = try MerkleProof.inclusion(of: Int64(index), size: Int64(size), node: node)
        func holds(_ leaf: Hash, _ index: Int, _ size: Int, _ root: Hash, _ proof: [Hash]) -> Bool {
          MerkleProof.isIncluded(leaf: leaf, index: Int64(index), size: Int64(size), root: root, proof: proof)
        }
        #expect(holds(leaf, index, size, root, proof))
        // The rest is slow: every leaf of small trees, some of each larger one.
        guard size < 70 || index % 23 == size % 23 || index == size - 1 else { continue }
        #expect(proof == Self.tree.inclusion(index, Self.tree.leaves.prefix(size)))
        #expect(!holds(root, index, size, leaf, proof) || size == 1)
        #expect(!holds(leaf, index, size, root, proof + [leaf]))
        #expect(proof.isEmpty || !holds(leaf, index, size, root, proof.dropLast()))
        #expect(!holds(leaf, index ^ 1, size, root, proof) && !holds(leaf, -1 - index, size, root, proof))
        #expect(!holds(leaf, index, size, Self.roots[size - 1], proof) && !holds(leaf, size, size, root, proof))
      }
    }
  }

  @Test("of consistency are those of RFC 9162 for every two sizes to 300, and verify for these alone")
  func consistency() throws {
    for size in 0...300 {
      let node = Self.tree.node(size: size)
      for old in 0...size {
        let proof = try MerkleProof.consistency(from: Int64(old), to: Int64(size), node: node)
        func holds(_ old: Int, _ oldRoot: Hash, _ size: Int, _ root: Hash, _ proof: [Hash]) -> Bool {
          MerkleProof.isConsistent(from: Int64(old), root: oldRoot, to: Int64(size), root: root, proof: proof)
        }
        let (oldRoot, root) = (Self.roots[old], Self.roots[size])
        #expect(holds(old, oldRoot, size, root, proof))
        guard size < 70 || old % 23 == size % 23 || old == size - 1 else { continue }
        #expect(old == 0 || proof == Self.tree.consistency(old, Self.tree.leaves.prefix(size)))
        #expect(!holds(old, oldRoot, size, root, proof + [root]))
        #expect(proof.isEmpty || !holds(old, oldRoot, size, root, proof.dropLast()))
        #expect(old == size || !holds(size, root, old, oldRoot, proof))
        guard old > 0, old < size else { continue }
        #expect(!holds(old, Self.roots[old - 1], size, root, proof))
        #expect(!holds(old, oldRoot, size, Self.roots[size - 1], proof))
      }
    }
  }

  @Test("fail for a log that has forked, and for one that was cut short")
  func forks() throws {
    let other = NaiveTree(size: 300, kind: "other")
    for (old, size) in [(1, 2), (5, 8), (128, 256), (199, 300), (300, 300)] {
      let proof = try MerkleProof.consistency(from: Int64(old), to: Int64(size), node: other.node(size: size))
      #expect(
        !MerkleProof.isConsistent(
          from: Int64(old), root: Self.roots[old], to: Int64(size), root: other.root(size: size), proof: proof))
    }
    #expect(!MerkleProof.isConsistent(from: 9, root: Self.roots[9], to: 8, root: Self.roots[8], proof: []))
    #expect(!MerkleProof.isConsistent(from: 8, root: Self.roots[8], to: 8, root: Self.roots[7], proof: []))
  }

  @Test("that are too short for a larger tree do not hold in it with the root of a smaller one")
  func otherSizes() throws {
    let proof = try MerkleProof.inclusion(of: 0, size: 8, node: Self.tree.node(size: 8))
    for size in [4, 9, 16, 300] as [Int64] {
      #expect(
        !MerkleProof.isIncluded(leaf: Self.tree.leaves[0], index: 0, size: size, root: Self.roots[8], proof: proof))
    }
    let growth = try MerkleProof.consistency(from: 4, to: 8, node: Self.tree.node(size: 8))
    for size in [4, 9, 16, 300] as [Int64] {
      #expect(
        !MerkleProof.isConsistent(from: 4, root: Self.roots[4], to: size, root: Self.roots[8], proof: growth))
    }
  }

  @Test("of the empty tree take its one root")
  func empty() {
    let (empty, one) = (MerkleTree.emptyRoot, Self.roots[1])
    #expect(MerkleProof.isConsistent(from: 0, root: empty, to: 7, root: Self.roots[7], proof: []))
    #expect(!MerkleProof.isConsistent(from: 0, root: one, to: 7, root: Self.roots[7], proof: []))
    #expect(!MerkleProof.isConsistent(from: 0, root: one, to: 0, root: one, proof: []))
    #expect(!MerkleProof.isIncluded(leaf: one, index: 0, size: 0, root: one, proof: []))
  }

  @Test("refuse what the tree does not have, and sizes that no tree has")
  func ranges() throws {
    let (root, node) = (Self.roots[8], Self.tree.node(size: 8))
    for (index, size) in [(8, 8), (-1, 8), (0, 0), (0, -1), (Int64.max, Int64.max)] as [(Int64, Int64)] {
      #expect(throws: MerkleProof.RangeError.self) { try MerkleProof.inclusion(of: index, size: size, node: node) }
      #expect(!MerkleProof.isIncluded(leaf: root, index: index, size: size, root: root, proof: []))
    }
    for (old, size) in [(9, 8), (-1, 8), (0, -1), (Int64.min, Int64.max)] as [(Int64, Int64)] {
      #expect(throws: MerkleProof.RangeError.self) { try MerkleProof.consistency(from: old, to: size, node: node) }
      #expect(!MerkleProof.isConsistent(from: old, root: root, to: size, root: root, proof: []))
    }
    #expect(throws: MerkleProof.RangeError.self) { try MerkleProof.root(size: -1, node: node) }
  }

  @Test("end for the largest sizes, and with more hashes than any tree is high")
  func largest() throws {
    let hash = Self.roots[1]
    let long = [Hash](repeating: hash, count: 10_000)
    for size in [Int64.max, Int64.max - 1, 1 << 62] {
      let proof = try MerkleProof.inclusion(of: size - 1, size: size) { _, _ in hash }
      #expect(proof.count <= 63)
      #expect(try MerkleProof.consistency(from: size / 3, to: size) { _, _ in hash }.count <= 64)
      #expect(!MerkleProof.isIncluded(leaf: hash, index: size - 1, size: size, root: hash, proof: long))
      #expect(!MerkleProof.isConsistent(from: size / 3, root: hash, to: size, root: hash, proof: long))
    }
  }
}
