internal import Testing

@testable import Merkle

@Suite("Tiles of a Merkle tree")
struct TileTests {
  @Test(
    "have one path each",
    arguments: [
      ("tile/0/000", 0, 0, 256), ("tile/0/000.p/1", 0, 0, 1), ("tile/63/999.p/255", 63, 999, 255),
      ("tile/0/x001/x234/067", 0, 1_234_067, 256), ("tile/2/x001/000.p/17", 2, 1_000, 17),
      ("tile/0/x009/x223/x372/x036/x854/x775/807.p/9", 0, Int64.max, 9),
    ] as [(String, Int, Int64, Int)])
  func paths(path: String, level: Int, index: Int64, width: Int) throws {
    let tile = try #require(Tile(path: path))
    #expect(tile.level == level && tile.index == index && tile.width == width)
    #expect(tile.path == path && Tile(level: level, index: index, width: width) == tile)
  }

  @Test(
    "refuse another spelling",
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile//000", "/tile/0/000", "tile/0/000/", "tile/00/000", "tile/64/000",
      "tile/-1/000", "tile/+1/000", "tile/0/0", "tile/0/0000", "tile/0/x000", "tile/0/x000/000", "tile/0/001/000",
      "tile/0/x1/000", "tile/0/-01", "tile/0/+01", "tile/0/x-01/000", "tile/0/000.p", "tile/0/000.p/",
      "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/-1", "tile/0/000.p/1/2", "tile/0/.p/1",
      "tile/0/000.P/1", "tile/0/000/1", "tile/entries/000", "tile/0/x009/x223/x372/x036/x854/x775/808",
      "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/../000", "tile/0/%30", "tile/0/000\n", "tile/0/٠٠٠",
      "tile/0/" + String(repeating: "x001/", count: 10_000) + "000",
    ])
  func otherPaths(path: String) { #expect(Tile(path: path) == nil) }

  @Test("refuse numbers out of range")
  func numbers() {
    #expect(Tile(level: 64, index: 0) == nil && Tile(level: -1, index: 0) == nil)
    #expect(Tile(level: 0, index: -1) == nil && Tile(level: 0, index: 0, width: 0) == nil)
    #expect(Tile(level: 0, index: 0, width: 257) == nil)
  }

  @Test("of 70,000 leaves are those that tlog-tiles counts")
  func example() {
    let tiles = Array(Tile.needed(to: 70_000))
    func widths(_ level: Int) -> [Int] { tiles.filter { $0.level == level }.map(\.width) }
    #expect(widths(0) == [Int](repeating: 256, count: 273) + [112])
    #expect(widths(1) == [256, 17] && widths(2) == [1] && tiles.count == 277)
    #expect(Array(Tile.needed(to: 256)).map(\.path) == ["tile/0/000", "tile/1/000.p/1"])
    #expect(Array(Tile.needed(to: 0)).isEmpty && Array(Tile.needed(from: 256, to: 256)).isEmpty)
  }

  @Test("that a tree needs beside those of a smaller one are those that the smaller one has not")
  func growth() {
    let sizes: [Int64] = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000]
    for size in sizes {
      let all = Array(Tile.needed(to: size))
      #expect(Set(all).count == all.count)
      #expect(all.allSatisfy { Tile.width(level: $0.level, index: $0.index, size: size) == $0.width })
      for old in sizes where old <= size {
        #expect(Array(Tile.needed(from: old, to: size)) == all.filter { !Set(Tile.needed(to: old)).contains($0) })
      }
    }
  }

  @Test("have no width where the tree does not reach them, and none of it overflows")
  func widths() {
    #expect(Tile.width(level: 0, index: 1, size: 256) == 0 && Tile.width(level: 1, index: 0, size: 255) == 0)
    #expect(Tile.width(level: 0, index: .max, size: .max) == 0 && Tile.width(level: 63, index: 0, size: .max) == 0)
    #expect(Tile.width(level: 0, index: .max >> 8, size: .max) == 255)
    #expect(Tile.width(level: 7, index: 0, size: .max) == 127 && Tile.width(level: 7, index: 1, size: .max) == 0)
    var last: [Int: Tile] = [:]
    for tile in Tile.needed(from: .max - 1, to: .max) { last[tile.level] = tile }
    #expect(last.count == 1 && last[0]?.index == .max >> 8)
  }

  @Test("read as many hashes as they are wide")
  func bytes() throws {
    let (tile, leaves) = (try #require(Tile(level: 0, index: 0, width: 3)), NaiveTree(size: 3).leaves)
    let bytes = leaves.flatMap(\.bytes)
    #expect(tile.hashes(bytes) == leaves)
    for wrong in [[], bytes.dropLast(), bytes + [0], Array(bytes.prefix(64)), bytes + bytes] as [[UInt8]] {
      #expect(tile.hashes(wrong) == nil)
    }
  }

  @Test("answer for every node of a tree, and each is fetched once")
  func reader() throws {
    let (tree, size) = (NaiveTree(size: 70_000), 70_000)
    let root = try MerkleProof.root(size: Int64(size), node: tree.node(size: size))
    var fetched: [Tile] = []
    var reader = TileReader(size: Int64(size)) { tile in
      fetched.append(tile)
      let first = tile.index * 256
      return try (first..<(first + Int64(tile.width))).map { try tree.node(size: size)(8 * tile.level, $0) }
    }
    for level in 0...16 {
      for index in [0, 1, 2, (size >> level) / 2, size >> level - 1] where 0..<(size >> level) ~= index {
        #expect(try reader.node(level: level, index: Int64(index)) == tree.node(size: size)(level, Int64(index)))
      }
    }
    #expect(Set(fetched).count == fetched.count)
    #expect(try MerkleProof.root(size: Int64(size)) { try reader.node(level: $0, index: $1) } == root)
    let proof = try MerkleProof.inclusion(of: 69_999, size: Int64(size)) { try reader.node(level: $0, index: $1) }
    #expect(
      MerkleProof.isIncluded(
        leaf: tree.leaves[69_999], index: 69_999, size: Int64(size), root: root, proof: proof))
    let old = try MerkleProof.root(size: 65_600, node: tree.node(size: 65_600))
    let growth = try MerkleProof.consistency(from: 65_600, to: Int64(size)) { try reader.node(level: $0, index: $1) }
    #expect(
      MerkleProof.isConsistent(
        from: 65_600, root: old, to: Int64(size), root: root, proof: growth))
  }

  @Test("are refused with more or fewer hashes, and nodes outside of the tree are not asked for")
  func hostileReader() throws {
    let leaves = NaiveTree(size: 300).leaves
    for count in [0, 255, 257] {
      var reader = TileReader(size: 300) { _ in Array(leaves.prefix(count)) }
      #expect(throws: TileReader.WidthError.self) { try reader.node(level: 0, index: 0) }
    }
    var reader = TileReader(size: 300) { _ in throw NoteError.tooLarge }
    for (level, index) in [(0, 300), (0, -1), (-1, 0), (8, 1), (9, 0), (63, 0), (64, 0), (3, Int64.max)]
      as [(Int, Int64)]
    {
      #expect(throws: MerkleProof.RangeError.self) { try reader.node(level: level, index: index) }
    }
  }
}
