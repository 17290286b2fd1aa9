/// Cases that have come past some point, wherever they stand by now.
///
/// As long as nothing is corrected such a count only grows: between two dates by the cases that came past the point.
/// What stands at a stage does not tell that by itself, as cases come and go; reported and rejected ones together do.
public struct CumulativeCount: Sendable, Equatable {
  /// The node of the tree that counts the cases on both sides of the point: the keys from a child of the root down.
  public let whole: [String]
  /// The node, `whole` or one below it, through which the point goes.
  public let node: [String]
  /// The parts of `node` that lie before the point.
  public let before: Set<String>

  /// Makes a count of the cases of `whole` that do not stand in these parts of `node`.
  public init(of whole: [String], besides before: Set<String>, in node: [String]) {
    self.whole = whole
    self.node = node
    self.before = before
  }

  /// All cases of a tree.
  static let all = CumulativeCount(of: [], besides: [], in: [])
}

extension PublishedNode {
  /// A count that follows from what this tree tells; nil when it does not follow.
  ///
  /// What a tree tells are sums over sets of its ends that do not overlap. A count follows if it is made of these.
  func count(of cumulative: CumulativeCount) -> Int? {
    guard let whole = count(at: cumulative.whole), let before = node(at: cumulative.node)?.sum(cumulative.before) else {
      return nil
    }
    return whole - before
  }

  private func sum(_ keys: Set<String>) -> Int? {
    guard count > 0, !keys.isEmpty else { return 0 }
    guard let children, !children.isEmpty || !suppressed.isEmpty else { return nil }
    let told = children.filter { keys.contains($0.key) }.map(\.count).reduce(0, +)
    if keys.isDisjoint(with: suppressed) { return told }
    return keys.isSuperset(of: suppressed) ? told + count - children.map(\.count).reduce(0, +) : nil
  }
}

extension ReleaseCounts {
  /// The tree as a release of `date` tells it, so that no cumulative count that follows from it differs by 1 to 4 from
  /// an `earlier` release; nil when nothing may be told.
  func tree(on date: LegalDate, against earlier: [PublicRelease]) -> PublishedNode? {
    let past = earlier.map { (date: $0.date, node: $0.tree) }
    var hiding: [[String]: Set<String>] = [:]
    while let told = tree.published(on: date, against: past, hiding: hiding) {
      let revealing = cumulative.first { count in
        earlier.contains { Self.isSmall(told.count(of: count), less: $0.tree.count(of: count)) }
      }
      guard let revealing else { return told }
      let (path, keys) = tree.cover(of: revealing, in: told)
      guard !keys.isSubset(of: hiding[path] ?? []) else { return nil }
      hiding[path, default: []].formUnion(keys)
    }
    return nil
  }

  /// The counts beside the tree that may be told with it: none gives a small difference together with the tree.
  func beside(_ tree: PublishedNode, on date: LegalDate, against earlier: [PublicRelease]) -> [PublishedNode] {
    let counts = [.all] + cumulative.filter(\.whole.isEmpty)
    return beside.compactMap { node in
      let past = earlier.compactMap { release in
        release.beside.first { $0.key == node.key }.map { (date: release.date, node: $0, tree: release.tree) }
      }
      let isRevealing = past.contains { release in
        counts.contains { count in
          Self.isSmall(
            tree.count(of: count).map { $0 + node.count },
            less: release.tree.count(of: count).map { $0 + release.node.count })
        }
      }
      return isRevealing ? nil : node.published(on: date, against: past.map { ($0.date, $0.node) })
    }
  }

  private static func isSmall(_ count: Int?, less other: Int?) -> Bool {
    guard let count, let other else { return false }
    return !Suppression.isTellable(count - other)
  }
}

extension CountNode {
  /// Parts which, when they are hidden together, make that a count no longer follows: the smallest on either side of the
  /// point, or all where there is no other side. Parts of the same count are hidden together, as in tables.
  fileprivate func cover(of cumulative: CumulativeCount, in told: PublishedNode) -> (path: [String], keys: Set<String>)
  {
    var path = cumulative.node
    // No part of a node of 0 can be hidden but with the node itself.
    while path.count > cumulative.whole.count, told.count(at: path) == 0 { path.removeLast() }
    let parts = node(at: path)?.children.filter { $0.count > 0 } ?? []
    let hidden = Set(told.node(at: path)?.suppressed ?? [])
    let sides = [true, false].map { isBefore in
      parts.filter { cumulative.before.contains($0.key) == isBefore }
    }
    guard path == cumulative.node, sides.allSatisfy({ !$0.isEmpty }) else { return (path, Set(parts.map(\.key))) }
    let keys = sides.filter { side in !side.contains { hidden.contains($0.key) } }.flatMap { side in
      let least = side.map(\.count).min()
      return side.filter { $0.count == least }.map(\.key)
    }
    return (path, Set(keys))
  }

  private func node(at path: some Sequence<String>) -> CountNode? {
    path.reduce(self as CountNode?) { node, key in node?.children.first { $0.key == key } }
  }
}
