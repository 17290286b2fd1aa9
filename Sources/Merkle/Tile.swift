/// A row of up to 256 neighbouring hashes of a tree, as a log is read (C2SP tlog-tiles).
///
/// The tiles of level 0 hold the hashes of leaves. A tile of level `l` holds the roots of subtrees of `256^l` leaves.
public struct Tile: Sendable, Hashable {
  /// How many hashes a full tile has.
  public static let widthMax = 256
  /// How many rows of the tree a tile stands for: eight.
  static let height = 8

  /// 0...63.
  public let level: Int
  /// Which tile of its level it is, from 0.
  public let index: Int64
  /// How many hashes it has, 1...256. Less than 256 makes it partial.
  public let width: Int

  /// - Returns: nil when a number is out of its range.
  public init?(level: Int, index: Int64, width: Int = widthMax) {
    guard 0...63 ~= level, index >= 0, 1...Self.widthMax ~= width else { return nil }
    self.level = level
    self.index = index
    self.width = width
  }

  /// Reads a path such as `tile/0/x001/234` or `tile/1/000.p/17`.
  ///
  /// - Returns: nil for what is not the one spelling of a tile, and for an index that is 2^63 or more.
  public init?(path: String) {
    // The longest path has an index of seven groups and a partial width.
    guard path.utf8.count <= 64 else { return nil }
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, parts.removeFirst() == "tile", let level = Int(parts.removeFirst()) else { return nil }
    var width = Self.widthMax
    if parts.count > 1, parts[parts.count - 2].hasSuffix(".p"), let partial = Int(parts.removeLast()) {
      guard partial < Self.widthMax else { return nil }
      width = partial
      parts[parts.count - 1].removeLast(2)
    }
    var index: Int64 = 0
    for (position, part) in parts.enumerated() {
      guard let group = Int64(position < parts.count - 1 ? part.dropFirst() : part[...]), 0...999 ~= group else {
        return nil
      }
      let (more, isTooMuch) = index.multipliedReportingOverflow(by: 1_000)
      let (sum, isTooLarge) = more.addingReportingOverflow(group)
      guard !isTooMuch, !isTooLarge else { return nil }
      index = sum
    }
    self.init(level: level, index: index, width: width)
    guard self.path.utf8.elementsEqual(path.utf8) else { return nil }
  }

  /// The path below the address of the log.
  public var path: String {
    var groups = [Self.threeDigits(index % 1_000)]
    var rest = index / 1_000
    while rest > 0 {
      groups.insert("x" + Self.threeDigits(rest % 1_000), at: 0)
      rest /= 1_000
    }
    return "tile/\(level)/\(groups.joined(separator: "/"))" + (width < Self.widthMax ? ".p/\(width)" : "")
  }

  /// How many hashes a tile has in a tree of a size: 0 when the tree does not reach it.
  ///
  /// - Parameters:
  ///   - level: 0 or more.
  ///   - index: 0 or more.
  ///   - size: of the tree, in leaves, 0 or more.
  public static func width(level: Int, index: Int64, size: Int64) -> Int {
    // A shift by more than the width of the number leaves nothing, which is right for the high levels.
    let hashes = size >> (height * level)
    guard index <= hashes >> height else { return 0 }
    return Int(min(hashes - index << height, Int64(widthMax)))
  }

  /// The tiles that a tree has and a smaller one does not, level by level. A partial tile that grows is another tile.
  ///
  /// They are made one by one, as a tree of 2^40 leaves has 2^32 of them.
  ///
  /// - Parameters:
  ///   - oldSize: of the smaller tree, in leaves; 0 for all tiles.
  ///   - size: of the tree, in leaves.
  public static func needed(from oldSize: Int64 = 0, to size: Int64) -> some Sequence<Tile> {
    precondition(0 <= oldSize && oldSize <= size, "a tree grows")
    return sequence(state: (level: 0, index: oldSize >> height)) { next in
      while next.level < 8, size >> (height * next.level) > 0 {
        let width = width(level: next.level, index: next.index, size: size)
        let isNew = width > Self.width(level: next.level, index: next.index, size: oldSize)
        if width > 0, isNew, let tile = Tile(level: next.level, index: next.index, width: width) {
          next.index += 1
          return tile
        }
        let level = next.level + 1
        next = (level, oldSize >> (height * (level + 1)))
      }
      return nil
    }
  }

  /// Reads the bytes of a tile.
  ///
  /// - Returns: nil unless there are as many hashes as the tile is wide.
  public func hashes(_ bytes: some Collection<UInt8>) -> [Hash]? {
    guard bytes.count == 32 * width else { return nil }
    let bytes = Array(bytes)
    return (0..<width).compactMap { Hash(bytes[(32 * $0)..<(32 * $0 + 32)]) }
  }

  private static func threeDigits(_ number: Int64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
