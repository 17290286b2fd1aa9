/// Which counts a public release may tell, so that no small group of cases can be told apart.
public enum Suppression {
  /// The smallest count beside 0 that a public release tells or lets be derived: domain handbook, "Public releases
  /// suppress cells under 5 and what would reveal them".
  public static let smallestCount = 5

  /// True for a count, or a difference between counts, that may be derivable.
  static func isTellable(_ count: Int) -> Bool { count == 0 || abs(count) >= smallestCount }
}

/// One row of a table of counts.
public struct CountRow: Sendable, Hashable {
  public let key: String
  /// How many cases of the row have come so far, each count within the one before (reported, recommended, followed
  /// up): never negative, never rising.
  public let counts: [Int]

  /// Makes a row.
  public init(key: String, counts: [Int]) {
    self.key = key
    self.counts = counts
  }
}

/// True counts by one grouping.
///
/// The rows share out every case once. Groupings whose tables are published together are not to follow from one another
/// (kind of institution and institution, say): what one table hides, the other would tell.
public struct CountTable: Sendable, Equatable {
  /// How many counts a row has.
  public let metrics: Int
  public let rows: [CountRow]

  /// Makes a table of rows by key; a key that has no row counts 0.
  ///
  /// - Throws: `internal_error` unless every row has `metrics` counts, each within the one before.
  public init(metrics: Int, counts: [String: [Int]]) throws(Failure) {
    for counts in counts.values {
      let isNested = zip(counts, counts.dropFirst() + [0]).allSatisfy { $0 >= $1 }
      guard metrics > 0, counts.count == metrics, isNested else { throw .countsDisagree }
    }
    self.init(metrics: metrics, rows: counts.map { CountRow(key: $0.key, counts: $0.value) })
  }

  /// Makes a table whose rows are sound.
  init(metrics: Int, rows: [CountRow]) {
    self.metrics = metrics
    self.rows = rows
  }

  /// The sums of the rows.
  public var total: [Int] { rows.map(\.counts).reduce(Array(repeating: 0, count: metrics), Counts.adding) }

  /// The same rows with their first `count` counts.
  public func limited(to count: Int) -> CountTable {
    CountTable(metrics: count, rows: rows.map { CountRow(key: $0.key, counts: Array($0.counts.prefix(count))) })
  }
}

/// What a release tells of a table. A release keeps nothing else of it: whatever a later release could be subtracted
/// from stands here.
public struct SuppressedTable: Sendable, Equatable {
  public let total: [Int]
  /// The rows that are told, by key, those of 0 among them; nil when the total alone is told.
  public let rows: [CountRow]?
  /// The keys of the rows that are not told, sorted; what they count together follows from the total.
  public let suppressed: [String]

  /// Makes a table as it was published.
  public init(total: [Int], rows: [CountRow]?, suppressed: [String]) {
    self.total = total
    self.rows = rows
    self.suppressed = suppressed
  }
}

/// A table of a release that has been made.
public struct DatedTable: Sendable, Equatable {
  public let date: LegalDate
  public let table: SuppressedTable

  /// Makes a dated table.
  public init(date: LegalDate, table: SuppressedTable) {
    self.date = date
    self.table = table
  }
}

extension CountTable {
  /// The table as a release of `date` tells it.
  ///
  /// No set of rows whose count follows from it counts 1 to 4, nor does a part of one; and no finest set whose count
  /// follows from it and from one of the `earlier` releases, of dates before or after, differs by 1 to 4. Beyond what
  /// follows by addition and subtraction, it reckons with readers who know that counts grow, as far as what is told of
  /// rows before and after a date bounds what is hidden on it.
  ///
  /// The total is told as it is: whether it may be is for the caller to have judged. The same rows give the same table,
  /// in whatever order they come.
  ///
  /// - Parameter hiding: rows not to be told in any case, if they are not 0.
  public func suppressed(on date: LegalDate, against earlier: [DatedTable], hiding: Set<String> = [])
    -> SuppressedTable
  {
    let past = earlier.sorted { $0.date < $1.date }.map(ReleaseReading.init)
    var draft = SuppressionDraft(self, hiding: hiding)
    while !draft.isWholeHidden {
      let current = ReleaseReading(DatedTable(date: date, table: draft.published))
      let shown = draft.shown
      let keys =
        current.smallMoves(since: past, shown) ?? draft.lackingCover { current.isMended(by: $0, beside: past) }
        ?? current.revealing(past, shown)
      guard let keys else { break }
      draft.hidden.formUnion(keys)
    }
    return draft.published
  }
}

/// A table of which more and more is hidden.
struct SuppressionDraft {
  private let table: CountTable
  /// The rows that are not 0, smallest first.
  private let rows: [CountRow]
  var hidden: Set<String>

  /// Hides the rows of which a part is small: those that came to the first count and not to the second, and so on.
  ///
  /// - Parameter hiding: rows to hide beside them.
  init(_ table: CountTable, hiding: Set<String>) {
    self.table = table
    rows = table.rows.filter { $0.counts[0] > 0 }.sorted {
      $0.counts == $1.counts ? $0.key < $1.key : $0.counts.lexicographicallyPrecedes($1.counts)
    }
    hidden = Set(rows.filter { hiding.contains($0.key) || !Counts.areTellable($0.counts) }.map(\.key))
  }

  /// True when every row that is not 0 is hidden.
  var isWholeHidden: Bool { !rows.isEmpty && hidden.count == rows.count }

  /// The rows that are told and not 0, smallest first.
  var shown: [CountRow] { rows.filter { !hidden.contains($0.key) } }

  /// The table with what is hidden left out.
  var published: SuppressedTable {
    guard !isWholeHidden else { return SuppressedTable(total: table.total, rows: nil, suppressed: []) }
    let told = table.rows.filter { !hidden.contains($0.key) }.sorted { $0.key < $1.key }
    return SuppressedTable(total: table.total, rows: told, suppressed: hidden.sorted())
  }

  /// The rows to hide next because those hidden do not cover each other; nil when they do. The smallest row covers, or
  /// the smallest of those that are fit, if any is.
  ///
  /// Rows of equal counts are hidden together, so that the choice depends on counts alone: whoever exchanges the counts
  /// of two hidden rows gets the same release. That is why one who knows these rules learns no more than one who does
  /// not, unless all hidden rows are alike.
  func lackingCover(_ isFit: (CountRow) -> Bool) -> Set<String>? {
    let block = rows.filter { hidden.contains($0.key) }.map { Counts.measures($0.counts) }
    guard let first = block.first else { return nil }
    let sums = block.dropFirst().reduce(first, Counts.adding)
    let covers = sums.indices.allSatisfy { index in
      guard Suppression.isTellable(sums[index]) else { return false }
      return Suppression.isTellable(first[index]) || block.contains { $0[index] != first[index] }
    }
    if block.count > 1 && covers { return nil }
    guard let next = shown.first(where: isFit) ?? shown.first else { return nil }
    return Set(rows.filter { $0.counts == next.counts }.map(\.key))
  }
}

/// Arithmetic on nested counts.
enum Counts {
  static func adding(_ left: [Int], _ right: [Int]) -> [Int] { zip(left, right).map(+) }
  static func subtracting(_ left: [Int], _ right: [Int]) -> [Int] { zip(left, right).map(-) }

  /// All that the counts of a row say of a group of cases: each count, then each count less the one after it.
  static func measures(_ counts: [Int]) -> [Int] { counts + subtracting(counts, Array(counts.dropFirst())) }

  /// True when nothing that the counts, or differences between such counts, say is small.
  static func areTellable(_ counts: [Int]) -> Bool { measures(counts).allSatisfy(Suppression.isTellable) }
}
