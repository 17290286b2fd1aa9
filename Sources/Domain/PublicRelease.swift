/// True counts nested in each other: a node counts what its children count together.
public struct CountNode: Sendable, Equatable {
  public let key: String
  public let count: Int
  public let children: [CountNode]

  /// Makes a node that is not divided.
  public init(_ key: String, _ count: Int) {
    self.key = key
    self.count = count
    children = []
  }

  /// Makes a node that its children divide.
  public init(_ key: String, _ children: [CountNode]) {
    self.key = key
    count = children.map(\.count).reduce(0, +)
    self.children = children
  }
}

/// A count that a release tells, and what it tells of its parts.
public struct PublishedNode: Sendable, Equatable {
  public let key: String
  public let count: Int
  /// The parts that are told, by key, those of 0 among them; none for a node that is not divided, nil when nothing is
  /// told of the parts.
  public let children: [PublishedNode]?
  /// The keys of the parts that are not told, sorted; nothing below them is told.
  public let suppressed: [String]

  /// Makes a node as it was published.
  public init(key: String, count: Int, children: [PublishedNode]?, suppressed: [String]) {
    self.key = key
    self.count = count
    self.children = children
    self.suppressed = suppressed
  }

  /// The count at the end of a path of keys below this node; nil when it is not told.
  public func count(at path: some Sequence<String>) -> Int? { node(at: path)?.count }

  /// The node at the end of a path of keys below this one; nil when it is not told.
  public func node(at path: some Sequence<String>) -> PublishedNode? {
    path.reduce(self as PublishedNode?) { node, key in node?.children?.first { $0.key == key } }
  }
}

extension CountNode {
  /// The node as a release of `date` tells it; nil when its own count, or the difference of it to an earlier release,
  /// is small, so that nothing of it may be told.
  ///
  /// - Parameter hiding: parts not to be told in any case, by the path of the node they divide.
  public func published(
    on date: LegalDate, against earlier: [(date: LegalDate, node: PublishedNode)],
    hiding: [[String]: Set<String>] = [:]
  ) -> PublishedNode? {
    guard Suppression.isTellable(count), earlier.allSatisfy({ Suppression.isTellable(count - $0.node.count) }) else {
      return nil
    }
    return dividing([], date, earlier, hiding)
  }

  /// The node with what may be told of its parts. Its own count may be.
  private func dividing(
    _ path: [String], _ date: LegalDate, _ earlier: [(date: LegalDate, node: PublishedNode)],
    _ hiding: [[String]: Set<String>]
  ) -> PublishedNode {
    guard !children.isEmpty else { return PublishedNode(key: key, count: count, children: [], suppressed: []) }
    let parts = CountTable(metrics: 1, rows: children.map { CountRow(key: $0.key, counts: [$0.count]) })
    let told = parts.suppressed(
      on: date, against: earlier.map { DatedTable(date: $0.date, table: $0.node.parts) }, hiding: hiding[path] ?? [])
    let keys = told.rows.map { Set($0.map(\.key)) }
    let nodes = keys.map { keys in
      children.filter { keys.contains($0.key) }.sorted { $0.key < $1.key }.map { child in
        child.dividing(
          path + [child.key], date,
          earlier.compactMap { date, node in
            node.children?.first { $0.key == child.key }.map { (date: date, node: $0) }
          }, hiding)
      }
    }
    return PublishedNode(key: key, count: count, children: nodes, suppressed: told.suppressed)
  }
}

extension PublishedNode {
  /// The parts as a table; of a node that was not divided then, its count alone is known.
  fileprivate var parts: SuppressedTable {
    let isLeaf = children?.isEmpty == true && suppressed.isEmpty && count > 0
    let rows = isLeaf ? nil : children?.map { CountRow(key: $0.key, counts: [$0.count]) }
    return SuppressedTable(total: [count], rows: rows, suppressed: suppressed)
  }
}

/// The true counts of one election on one date, from which a release is made.
public struct ReleaseCounts: Sendable {
  /// All cases of the election, divided.
  public let tree: CountNode
  /// Where in the tree the counts of the tables stand: the keys from a child of the root down, each one child of the
  /// one before. The root is the first count of every table.
  public let metricPath: [String]
  /// What beside the nodes of the tree must not differ by a few cases between dates.
  public let cumulative: [CumulativeCount]
  /// Cases counted beside the tree, such as those rejected.
  public let beside: [CountNode]
  /// By name of the grouping; the total of each is the counts of the tree.
  public let tables: [String: CountTable]

  /// Gathers the counts.
  ///
  /// - Throws: `internal_error` when a count is negative, a node has two parts of one key, or a table does not add up to
  ///   the counts of the tree.
  public init(
    tree: CountNode, metricPath: [String], cumulative: [CumulativeCount] = [], beside: [CountNode],
    tables: [String: CountTable]
  ) throws(Failure) {
    self.tree = tree
    self.metricPath = metricPath
    self.cumulative = cumulative
    self.beside = beside
    self.tables = tables
    guard ([tree] + beside).allSatisfy(\.isSound) else { throw .countsDisagree }
    var node = tree
    var counts = [tree.count]
    for key in metricPath {
      guard let child = node.children.first(where: { $0.key == key }) else { throw .countsDisagree }
      node = child
      counts.append(child.count)
    }
    guard tables.values.allSatisfy({ $0.total == counts }) else { throw .countsDisagree }
  }
}

extension CountNode {
  /// True when nothing below is negative or has two parts of one key.
  fileprivate var isSound: Bool {
    count >= 0 && Set(children.map(\.key)).count == children.count && children.allSatisfy(\.isSound)
  }
}

extension Failure {
  static let countsDisagree = Failure(
    .internalError, en: "The counts of a release do not agree with each other.",
    id: "Hitungan rilis tidak saling cocok.")
}

/// What is published of one election on one date: frozen when it is made, and made only once.
public struct PublicRelease: Sendable, Equatable {
  public let date: LegalDate
  public let tree: PublishedNode
  /// The counts beside the tree that may be told.
  public let beside: [PublishedNode]
  /// By name of the grouping. Each has as many counts as the tree tells along its metric path.
  public let tables: [String: SuppressedTable]

  /// Makes a release as it was published.
  public init(date: LegalDate, tree: PublishedNode, beside: [PublishedNode], tables: [String: SuppressedTable]) {
    self.date = date
    self.tree = tree
    self.beside = beside
    self.tables = tables
  }
}

extension ReleaseCounts {
  /// The release of `date`; nil when it is withheld, since even the number of all cases would tell of a small group,
  /// by itself or beside an `earlier` release.
  ///
  /// - Parameter earlier: every release of the election that was made before, of whatever date. Leaving one out undoes
  ///   what is hidden.
  /// - Throws: `internal_error` when there is one of the date already.
  public func release(on date: LegalDate, against earlier: [PublicRelease]) throws(Failure) -> PublicRelease? {
    guard !earlier.contains(where: { $0.date == date }) else {
      throw Failure(.internalError, en: "A release is made once.", id: "Rilis dibuat satu kali.")
    }
    guard let tree = tree(on: date, against: earlier) else { return nil }
    let beside = beside(tree, on: date, against: earlier)
    let metrics = 1 + metricPath.indices.prefix(while: { tree.count(at: metricPath[...$0]) != nil }).count
    let tables = tables.map { name, table in
      let before = earlier.compactMap { release in
        release.tables[name].map { DatedTable(date: release.date, table: $0) }
      }
      return (name, table.limited(to: metrics).suppressed(on: date, against: before))
    }
    return PublicRelease(
      date: date, tree: tree, beside: beside, tables: Dictionary(uniqueKeysWithValues: tables))
  }
}
