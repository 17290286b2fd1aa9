/// Cells nested in each other: a node has the cases of its children together.
public struct CellNode: Sendable, Equatable {
  public let key: String
  public let cell: Cell
  public let children: [CellNode]

  public init(_ key: String, _ cell: Cell) {
    self.key = key
    self.cell = cell
    children = []
  }

  public init(_ key: String, _ children: [CellNode]) {
    self.key = key
    cell = children.map(\.cell).reduce(Cell(), +)
    self.children = children
  }
}

/// A row of a table of cells.
public struct CellRow: Sendable, Equatable {
  public let key: String
  /// The cases that have come so far, each cell within the one before: reported, recommended, followed up.
  public let cells: [Cell]

  public init(key: String, cells: [Cell]) {
    self.key = key
    self.cells = cells
  }
}

/// The true cells of one election on one date, from which a release is made. They leave the service by no door.
public struct ReleaseCells: Sendable, Equatable {
  /// All cases of the election, divided.
  public let tree: CellNode
  /// Cases counted beside the tree, such as those rejected.
  public let beside: [CellNode]
  /// By name of the grouping. Every code of the grouping has a row, whether or not any case has it.
  public let tables: [String: [CellRow]]
  /// The totals of the whole country, which the agencies publish.
  public let totals: [Cell]

  /// Gathers the cells.
  public init(tree: CellNode, beside: [CellNode], tables: [String: [CellRow]], totals: [Cell]) {
    self.tree = tree
    self.beside = beside
    self.tables = tables
    self.totals = totals
  }

  /// The release of a date: each cell perturbed by itself.
  ///
  /// - Parameter earlier: what other releases of the election have shown as it is. It stays so, wherever it stands.
  public func release(on date: LegalDate, exact earlier: Set<Cell> = []) -> PublicRelease {
    let exact = earlier.union(totals.filter { $0.count >= Perturbation.exactFrom })
    return PublicRelease(
      date: date, definition: PublicRelease.currentDefinition, tree: tree.published(exact),
      beside: beside.map { $0.published(exact) },
      tables: tables.mapValues { rows in
        PublishedTable(
          rows: rows.map { row in
            CountRow(key: row.key, counts: row.cells.map { Perturbation.shown($0, exact: exact) })
          })
      }, exact: exact)
  }
}

extension CellNode {
  fileprivate func published(_ exact: Set<Cell>) -> PublishedNode {
    PublishedNode(
      key: key, count: Perturbation.shown(cell, exact: exact), children: children.map { $0.published(exact) })
  }
}

/// What is published of one election on one date: frozen when it is made, and made only once.
public struct PublicRelease: Sendable, Equatable {
  /// Version of the method by which releases are made now: 1 withheld cells, 2 perturbs them.
  public static let currentDefinition = 2

  public let date: LegalDate
  /// Version of the method by which it was made.
  public let definition: Int
  public let tree: PublishedNode
  /// Counts beside the tree.
  public let beside: [PublishedNode]
  /// By name of the grouping.
  public let tables: [String: PublishedTable]
  /// The cells that were shown as they are. Kept for later releases, and never told.
  public let exact: Set<Cell>

  public init(
    date: LegalDate, definition: Int, tree: PublishedNode, beside: [PublishedNode], tables: [String: PublishedTable],
    exact: Set<Cell> = []
  ) {
    self.date = date
    self.definition = definition
    self.tree = tree
    self.beside = beside
    self.tables = tables
    self.exact = exact
  }
}

/// A count that a release tells, and what it tells of its parts.
public struct PublishedNode: Sendable, Equatable {
  public let key: String
  public let count: Int
  /// The parts; none for a node that is not divided. By definition 1 those that are told, nil when none is.
  public let children: [PublishedNode]?
  /// By definition 1 the keys of the parts that are not told, sorted.
  public let suppressed: [String]

  public init(key: String, count: Int, children: [PublishedNode]?, suppressed: [String] = []) {
    self.key = key
    self.count = count
    self.children = children
    self.suppressed = suppressed
  }

  /// The node at the end of a path of keys below this one; nil when it is not told.
  public func node(at path: some Sequence<String>) -> PublishedNode? {
    path.reduce(self as PublishedNode?) { node, key in node?.children?.first { $0.key == key } }
  }
}

/// A row of a table as it was published.
public struct CountRow: Sendable, Hashable {
  public let key: String
  public let counts: [Int]

  public init(key: String, counts: [Int]) {
    self.key = key
    self.counts = counts
  }
}

/// A table as it was published.
public struct PublishedTable: Sendable, Equatable {
  /// The rows, in the order in which they are shown. By definition 1 those that are told, nil when the total alone is.
  public let rows: [CountRow]?
  /// By definition 1 the keys of the rows that are not told, sorted.
  public let suppressed: [String]

  public init(rows: [CountRow]?, suppressed: [String] = []) {
    self.rows = rows
    self.suppressed = suppressed
  }
}
