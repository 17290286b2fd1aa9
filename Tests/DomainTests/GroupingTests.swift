internal import Domain
internal import TestSupport
internal import Testing

/// Two tables of the same cases: what one hides, the other and the differences between dates do not tell.
@Suite struct GroupingTests {
  @Test func `elimination over two groupings tells no small count of a row, a column, or where they cross`() throws {
    var asked = 0
    for seed in UInt64(1)...300 {
      let world = try CrossedWorld(seed: seed)
      let elimination = Elimination(world.equations.map(\.sum))
      for (name, sum) in world.rectangles where (1...4).contains(abs(world.value(sum))) {
        asked += 1
        #expect(!elimination.tells(sum), "seed \(seed): \(name) is \(world.value(sum))")
      }
    }
    #expect(asked > 10_000)
  }

  @Test(.enabled(if: Shell.hasZ3, "z3 is not installed"))
  func `no solver finds a small count of a row, a column, or where they cross`() throws {
    var script = SolverScript()
    for seed in UInt64(1)...60 {
      let world = try CrossedWorld(seed: seed)
      script.tell(world.equations, cells: world.cellCount)
      for (name, sum) in world.lines where (1...4).contains(world.value(sum)) {
        script.ask("seed \(seed): \(name)", of: sum, isNot: world.value(sum))
      }
      script.forget()
    }
    try script.expectAllPossible(atLeast: 500)
  }
}

/// The true counts of an election by two groupings, crossed, on two dates, and the releases made of them.
struct CrossedWorld {
  private static let measures = [0..<3, 1..<3, 2..<3, 0..<1, 1..<2]
  private let rows: Int
  private let columns: Int
  /// By cell: date, row, column, part.
  private var truth: [Int] = []
  private(set) var equations: [(sum: CellSum, value: Int)] = []

  init(seed: UInt64) throws {
    let random = TestRandom(seed: seed)
    rows = random.within(2...4)
    columns = random.within(2...3)
    var now = (0..<rows * columns * 3).map { _ in random.below(3) * random.below(9) }
    truth = now
    now = now.map { $0 + random.below(2) * random.below(3) * random.below(9) }
    truth += now
    var made: [PublicRelease] = []
    for date in 0..<2 {
      guard let release = try counts(date).release(on: ReleaseWorld.date(date), against: made) else { continue }
      made.append(release)
      if let table = release.tables["rows"] { tell(table, rows, date) { ($0, nil) } }
      if let table = release.tables["columns"] { tell(table, columns, date) { (nil, $0) } }
    }
  }

  var cellCount: Int { truth.count }

  func value(_ sum: CellSum) -> Int { sum.reduce(0) { $0 + $1.value * truth[$1.key] } }

  /// The sums over sets of rows and of columns where they cross, on each date, and their differences.
  var rectangles: [(name: String, sum: CellSum)] {
    func subsets(_ count: Int) -> [[Int]] {
      (1..<(1 << count)).map { bits in (0..<count).filter { bits >> $0 & 1 == 1 } }
    }
    return subsets(rows).flatMap { rows in
      subsets(columns).flatMap { columns in
        Self.measures.flatMap { parts -> [(String, CellSum)] in
          let name = "rows \(rows), columns \(columns), parts \(parts)"
          let first = sum(rows, columns, parts, 0)
          let second = sum(rows, columns, parts, 1)
          // Only counts that grow count cases by their difference; see the other differences in ReleaseAttackTests.
          guard parts.upperBound == 3 else { return [("first \(name)", first), ("second \(name)", second)] }
          let difference = second.merging(first.mapValues { -$0 }) { $0 + $1 }
          return [("first \(name)", first), ("second \(name)", second), ("difference \(name)", difference)]
        }
      }
    }
  }

  /// The sums over a row, a column, and where they cross.
  var lines: [(name: String, sum: CellSum)] {
    let rows = (0..<rows).map { [$0] } + [Array(0..<rows)]
    let columns = (0..<columns).map { [$0] } + [Array(0..<columns)]
    return (0..<2).flatMap { date in
      rows.flatMap { rows in
        columns.flatMap { columns in
          Self.measures.map { parts in
            ("date \(date), rows \(rows), columns \(columns), parts \(parts)", sum(rows, columns, parts, date))
          }
        }
      }
    }
  }

  private func sum(_ rows: [Int], _ columns: [Int], _ parts: Range<Int>, _ date: Int) -> CellSum {
    var sum: CellSum = [:]
    for row in rows {
      for column in columns {
        for part in parts { sum[((date * self.rows + row) * self.columns + column) * 3 + part] = 1 }
      }
    }
    return sum
  }

  private func count(_ row: Int?, _ column: Int?, _ parts: Range<Int>, _ date: Int) -> Int {
    value(cells(row, column, parts, date))
  }

  private func cells(_ row: Int?, _ column: Int?, _ parts: Range<Int>, _ date: Int) -> CellSum {
    sum(row.map { [$0] } ?? Array(0..<rows), column.map { [$0] } ?? Array(0..<columns), parts, date)
  }

  private func counts(_ date: Int) throws -> ReleaseCounts {
    let parts = (0..<3).map { count(nil, nil, $0..<($0 + 1), date) }
    let tree = CountNode(
      "reported",
      [
        CountNode("not_recommended", parts[0]),
        CountNode("recommended", [CountNode("awaiting", parts[1]), CountNode("followed_up", parts[2])]),
      ])
    let byRow = (0..<rows).map { row in
      ("\(row)", (0..<3).map { count(row, nil, $0..<3, date) })
    }
    let byColumn = (0..<columns).map { column in
      ("\(column)", (0..<3).map { count(nil, column, $0..<3, date) })
    }
    return try ReleaseCounts(
      tree: tree, metricPath: ReleaseWorld.metricPath, beside: [],
      tables: [
        "rows": CountTable(metrics: 3, counts: Dictionary(uniqueKeysWithValues: byRow)),
        "columns": CountTable(metrics: 3, counts: Dictionary(uniqueKeysWithValues: byColumn)),
      ])
  }

  private mutating func tell(
    _ table: SuppressedTable, _ count: Int, _ date: Int, _ place: (Int) -> (row: Int?, column: Int?)
  ) {
    for metric in table.total.indices {
      equations.append((cells(nil, nil, metric..<3, date), table.total[metric]))
      for row in table.rows ?? [] {
        guard let index = Int(row.key) else { continue }
        let place = place(index)
        equations.append((cells(place.row, place.column, metric..<3, date), row.counts[metric]))
      }
    }
  }
}
