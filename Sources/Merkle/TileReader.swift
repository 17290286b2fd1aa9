/// Answers for single nodes of a tree from its tiles, for the proofs of `MerkleProof`.
///
/// What tiles say is believed only so far as a proof or a root that is made of them is checked against a checkpoint.
public struct TileReader {
  /// A tile has not as many hashes as it is wide.
  public struct WidthError: Error, Equatable { public let tile: Tile }

  /// A tile has 8 KiB. A proof in a tree of 2^40 leaves needs at most ten of them.
  static let tilesMax = 64

  private let size: Int64
  private let fetch: (Tile) throws -> [Hash]
  private var tiles: [Tile: [Hash]] = [:]

  /// - Parameters:
  ///   - size: of the tree, in leaves: the tiles of this size are fetched.
  ///   - fetch: the hashes of a tile.
  public init(size: Int64, fetch: @escaping (Tile) throws -> [Hash]) {
    self.size = size
    self.fetch = fetch
  }

  /// The node `index` of a height: the root over the leaves `index << level ..< (index + 1) << level`.
  ///
  /// - Throws: `MerkleProof.RangeError` unless the tree has all these leaves; `WidthError`; what fetching throws.
  public mutating func node(level: Int, index: Int64) throws -> Hash {
    guard 0...62 ~= level, index >= 0, index < size >> level else { throw MerkleProof.RangeError() }
    // The rows of the tree between those that tiles hold are made of the hashes of one tile.
    let (tileLevel, rows) = (level / Tile.height, level % Tile.height)
    let first = Int(index << rows & Int64(Tile.widthMax - 1))
    let hashes = try hashes(level: tileLevel, index: index >> (Tile.height - rows))
    return MerkleTree.root(of: hashes[first..<(first + 1 << rows)])
  }

  private mutating func hashes(level: Int, index: Int64) throws -> [Hash] {
    let width = Tile.width(level: level, index: index, size: size)
    guard let tile = Tile(level: level, index: index, width: width) else { throw MerkleProof.RangeError() }
    if let known = tiles[tile] { return known }
    let hashes = try fetch(tile)
    guard hashes.count == width else { throw WidthError(tile: tile) }
    if tiles.count >= Self.tilesMax { tiles.removeAll() }
    tiles[tile] = hashes
    return hashes
  }
}
