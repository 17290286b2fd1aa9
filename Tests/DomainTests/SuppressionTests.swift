internal import Domain
internal import TestSupport
internal import Testing

@Suite struct SuppressionTests {
  /// A table and what a release, the first of its election, hides of it; nil: all but the total.
  struct Line: Sendable, CustomTestStringConvertible {
    var why: String
    var rows: [String: [Int]]
    var hidden: [String]?
    var testDescription: String { why }
  }

  static let lines: [Line] = [
    Line(why: "nothing small: nothing hidden", rows: ["a": [5], "b": [40], "c": [7]], hidden: []),
    Line(why: "0 is told", rows: ["a": [0], "b": [40], "c": [0]], hidden: []),
    Line(why: "no case at all", rows: ["a": [0], "b": [0]], hidden: []),
    Line(why: "no row", rows: [:], hidden: []),
    Line(
      why: "one small row takes the next smallest with it", rows: ["a": [3], "b": [40], "c": [9], "d": [50]],
      hidden: ["a", "c"]),
    Line(why: "a row of 0 covers nothing", rows: ["a": [3], "b": [0], "c": [9], "d": [50]], hidden: ["a", "c"]),
    Line(why: "two small rows of 5 cover each other", rows: ["a": [1], "b": [4], "c": [9]], hidden: ["a", "b"]),
    Line(
      why: "two small rows of less than 5 need a third", rows: ["a": [1], "b": [3], "c": [9], "d": [10]],
      hidden: ["a", "b", "c"]),
    Line(
      why: "rows that are all alike need one that is not", rows: ["a": [3], "b": [3], "c": [3], "d": [10], "e": [11]],
      hidden: ["a", "b", "c", "d"]),
    Line(
      why: "rows of the same count are hidden together", rows: ["a": [3], "b": [9], "c": [9], "d": [50]],
      hidden: ["a", "b", "c"]),
    Line(why: "all small: the total alone", rows: ["a": [2], "b": [3], "c": [4]], hidden: nil),
    Line(why: "two rows, one small: the total alone", rows: ["a": [2], "b": [30]], hidden: nil),
    Line(why: "the only row is the total", rows: ["a": [12], "b": [0]], hidden: []),
    Line(
      why: "a part between two counts is small", rows: ["a": [20, 18], "b": [60, 10], "c": [70, 10]],
      hidden: ["a", "b"]),
    Line(
      why: "the last count is small", rows: ["a": [20, 3], "b": [60, 10], "c": [70, 10]], hidden: ["a", "b"]),
    Line(
      why: "a part of the sum is small, so that one more is hidden",
      rows: ["a": [12, 2, 2], "b": [30, 0, 0], "c": [50, 20, 10], "d": [60, 20, 10]], hidden: ["a", "b", "c"]),
    Line(
      why: "counts that are not small, nor what lies between", rows: ["a": [20, 10, 5], "b": [10, 5, 0]], hidden: []),
  ]

  @Test(arguments: lines) func `a first release hides small rows and what would reveal them`(line: Line) throws {
    let table = try Self.table(line.rows)
    let told = table.suppressed(on: date("2024-10-31"), against: [])
    #expect(told.total == table.total)
    #expect(told.rows.map { _ in told.suppressed } == line.hidden)
    #expect(
      told.rows?.map(\.key) == line.hidden.map { hidden in line.rows.keys.filter { !hidden.contains($0) }.sorted() })
    #expect(told.rows?.allSatisfy { line.rows[$0.key] == $0.counts } != false)
  }

  /// Tables of one count on three dates in the order they are released, and what each hides.
  struct Chain: Sendable, CustomTestStringConvertible {
    var why: String
    var releases: [(date: String, rows: [String: Int], hidden: [String]?)]
    var testDescription: String { why }
  }

  static let chains: [Chain] = [
    Chain(
      why: "a row that grew by 2 is hidden with one that mends the difference",
      releases: [
        ("2024-10-31", ["a": 10, "b": 20, "c": 30], []),
        ("2024-11-30", ["a": 12, "b": 20, "c": 33], ["a", "c"]),
        ("2024-12-31", ["a": 17, "b": 25, "c": 38], []),
      ]),
    Chain(
      why: "told, hidden, told",
      releases: [
        ("2024-10-31", ["a": 10, "b": 20, "c": 30], []),
        ("2024-11-30", ["a": 12, "b": 24, "c": 30], ["a", "b"]),
        ("2024-12-31", ["a": 15, "b": 26, "c": 30], []),
      ]),
    Chain(
      why: "a row told again may not be 2 more than it was when it was told last",
      releases: [
        ("2024-10-31", ["a": 10, "b": 20, "c": 50, "d": 60], []),
        ("2024-11-30", ["a": 12, "b": 24, "c": 50, "d": 60], ["a", "b"]),
        ("2024-12-31", ["a": 12, "b": 30, "c": 50, "d": 60], ["a", "b"]),
      ]),
    Chain(
      why: "releases made later for a date before and a date between are held against all",
      releases: [
        ("2024-12-31", ["a": 30, "b": 40, "c": 50], []),
        ("2024-10-31", ["a": 10, "b": 38, "c": 44], ["a", "b"]),
        ("2024-11-30", ["a": 29, "b": 39, "c": 45], nil),
      ]),
    Chain(
      why: "a new row, small by itself, is not hidden behind rows that did not move",
      releases: [
        ("2024-10-31", ["a": 10, "b": 20, "c": 30], []),
        ("2024-11-30", ["a": 10, "b": 20, "c": 36, "new": 3], ["c", "new"]),
      ]),
    Chain(
      why: "a row that is gone counts 0",
      releases: [
        ("2024-10-31", ["a": 10, "b": 20, "gone": 30], []),
        ("2024-11-30", ["a": 10, "b": 20], []),
      ]),
    Chain(
      why: "nothing moved: the same rows are hidden",
      releases: [
        ("2024-10-31", ["a": 3, "b": 6, "c": 30], ["a", "b"]), ("2024-11-30", ["a": 3, "b": 6, "c": 30], ["a", "b"]),
      ]),
  ]

  @Test(arguments: chains) func `a later release hides what it would reveal beside earlier ones`(chain: Chain) throws {
    var earlier: [DatedTable] = []
    for (day, rows, hidden) in chain.releases {
      let told = try Self.table(rows.mapValues { [$0] }).suppressed(on: date(day), against: earlier)
      #expect(told.rows.map { _ in told.suppressed } == hidden, "\(day)")
      earlier.append(DatedTable(date: date(day), table: told))
    }
  }

  @Test func `counts that never fall do not betray a row hidden between two releases that tell its cover`() throws {
    // r is 10 before and after, hence between: 13 less 10 would be s.
    let before = Self.released("2024-10-31", total: 38, ["r": 10], hidden: ["s", "w"])
    let after = Self.released("2024-12-31", total: 68, ["r": 10, "s": 8, "w": 50], hidden: [])
    let between = try Self.table(["r": [10], "s": [3], "w": [40], "x": [45]])
    let told = between.suppressed(on: date("2024-11-30"), against: [before, after])
    #expect(told.suppressed != ["r", "s"])
    #expect(!told.suppressed.contains("r") || told.suppressed.count > 2)
  }

  @Test func `nor does a release made last betray what one of a date before it hides`() throws {
    // r was 10 in October. Told as 10 in December it was 10 in November, and s 13 less 10.
    let before = Self.released("2024-10-31", total: 38, ["r": 10], hidden: ["s", "w"])
    let between = Self.released("2024-11-30", total: 53, ["w": 40], hidden: ["r", "s"])
    let rows = ["r": [10], "s": [8], "w": [50]]
    #expect(try Self.table(rows).suppressed(on: date("2024-12-31"), against: [before]).suppressed == [])
    let told = try Self.table(rows).suppressed(on: date("2024-12-31"), against: [before, between])
    #expect(told.rows?.contains { $0.key == "r" } != true)
  }

  @Test func `blocks that overlap are made one where nothing moved`() throws {
    let before = Self.released("2024-10-31", total: 60, ["a": 30, "d": 12], hidden: ["b", "c"])
    // b is small still; a would be the next smallest but for what was hidden before.
    let told = try Self.table(["a": [6], "b": [3], "c": [15], "d": [36]]).suppressed(
      on: date("2024-11-30"), against: [before])
    #expect(told.suppressed.isEmpty || Set(told.suppressed).isSuperset(of: ["b", "c"]))
  }

  @Test func `the order of the rows and of the earlier releases changes nothing`() throws {
    for seed in UInt64(1)...100 {
      let world = try ReleaseWorld(seed: seed, dates: 3...4)
      let random = TestRandom(seed: seed)
      let made = world.releases.compactMap { $0 }
      guard let last = made.last, let index = world.releases.lastIndex(of: last) else { continue }
      let earlier = made.dropLast().compactMap { release in
        release.tables["rows"].map { DatedTable(date: release.date, table: $0) }
      }
      guard let table = try world.counts(index).tables["rows"] else { continue }
      let mixed = try CountTable(
        metrics: 3, counts: Dictionary(uniqueKeysWithValues: random.shuffled(table.rows).map { ($0.key, $0.counts) }))
      #expect(
        mixed.suppressed(on: last.date, against: random.shuffled(earlier))
          == table.suppressed(on: last.date, against: earlier), "seed \(seed)")
    }
  }

  /// One who knows the rules can run them on every table that has the told total, and keep those that give the release.
  @Test func `nor does one learn a small count who knows the rules and tries every table`() throws {
    for total in 5...20 {
      let tables = Self.tables(4, total)
      let same = try Dictionary(grouping: tables) { table in
        let told = try Self.table(table).suppressed(on: date("2024-10-31"), against: [])
        return "\(told.rows.map { $0.map { "\($0.key) \($0.counts)" } } ?? ["the total alone"])"
      }
      for group in same.values {
        for key in ["r1", "r2", "r3", "r4"] {
          let counts = Set(group.compactMap { $0[key]?[0] })
          #expect(counts.count > 1 || counts.isDisjoint(with: 1...4), "\(group): \(key)")
        }
      }
    }
  }

  private static func table(_ rows: [String: [Int]]) throws -> CountTable {
    try CountTable(metrics: rows.values.first?.count ?? 1, counts: rows)
  }

  private static func released(_ day: String, total: Int, _ rows: [String: Int], hidden: [String]) -> DatedTable {
    let told = rows.map { CountRow(key: $0.key, counts: [$0.value]) }.sorted { $0.key < $1.key }
    return DatedTable(date: date(day), table: SuppressedTable(total: [total], rows: told, suppressed: hidden))
  }

  /// Every table of `count` rows and this total.
  private static func tables(_ count: Int, _ total: Int) -> [[String: [Int]]] {
    guard count > 1 else { return [["r1": [total]]] }
    return (0...total).flatMap { first in
      tables(count - 1, total - first).map { $0.merging(["r\(count)": [first]]) { $1 } }
    }
  }
}
