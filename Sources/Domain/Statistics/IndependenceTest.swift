internal import Foundation

/// Whether strata differ in their sanction levels by more than chance: a permutation test of Pearson's statistic.
///
/// Sanctions are dealt anew among the cases of the same violation form, many times, each stratum keeping its size; the
/// p-value is the share of deals that differ at least as much as what happened (the latter counted as one of them: B. Phipson
/// and G. Smyth, "Permutation p-values should never be zero", 2010).
public struct IndependenceTest: Sendable, Equatable {
  /// Fixed, so that the same cases have the same p-value for ever.
  public static let seed: UInt64 = 2_024_11_27
  /// So many deals, unless that would take too long: a p-value of 0.05 is good to ±0.006 (two standard errors).
  public static let permutationsMax = 4_999
  /// At the least: 0.05 is good to ±0.03.
  public static let permutationsMin = 199
  /// Cells that are dealt for one answer: well under a second.
  static let cellsMax = 4_000_000

  /// Pearson's chi-squared, summed over forms.
  public var statistic: Double
  /// How many deals were made: fewer for tables of many cells.
  public var permutations: Int
  /// 0.0002...1.
  public var p: Double
}

/// Decided cases by violation form, stratum and level.
struct CountTable3 {
  private let strata, levels: Int
  private var counts: [Int]

  init(forms: Int, strata: Int, levels: Int) {
    (self.strata, self.levels) = (strata, levels)
    counts = Array(repeating: 0, count: forms * strata * levels)
  }

  mutating func add(form: Int, stratum: Int, level: Int) { counts[(form * strata + stratum) * levels + level] += 1 }

  /// Nil when no form has both two strata and two levels: there is nothing to compare then.
  ///
  /// - Parameters:
  ///   - forms: the numbers of the forms, in the order in which they are dealt.
  ///   - strata: the numbers of the strata, likewise.
  func test(forms: [Int], strata order: [Int]) -> IndependenceTest? {
    let tables = forms.compactMap { form in
      ContingencyTable(
        order.map { stratum in
          let start = (form * strata + stratum) * levels
          return Array(counts[start..<start + levels])
        })
    }
    guard !tables.isEmpty else { return nil }
    let observed = tables.reduce(0) { $0 + $1.statistic }
    var generator = SplitMix64(state: IndependenceTest.seed)
    let logFactorials = LogFactorials(upTo: tables.map(\.total).max() ?? 0)
    var asExtreme = 0
    let cells = tables.reduce(0) { $0 + $1.cellCount }
    let permutations = min(
      IndependenceTest.permutationsMax, max(IndependenceTest.permutationsMin, IndependenceTest.cellsMax / cells))
    for _ in 0..<permutations {
      var statistic = 0.0
      for table in tables { statistic += table.dealtStatistic(&generator, logFactorials) }
      // Deals that are the same up to the order of additions must not be told apart by the last bit.
      if statistic >= observed * (1 - 1e-9) { asExtreme += 1 }
    }
    return IndependenceTest(
      statistic: observed, permutations: permutations, p: Double(asExtreme + 1) / Double(permutations + 1))
  }
}

/// Strata by levels, without those that are empty.
private struct ContingencyTable {
  private let rows: [Int]
  private let columns: [Int]
  let total: Int
  let statistic: Double
  var cellCount: Int { rows.count * columns.count }

  init?(_ table: [[Int]]) {
    let filled = table.filter { $0.contains { $0 > 0 } }
    let sums = (filled.first ?? []).indices.map { column in filled.reduce(0) { $0 + $1[column] } }
    let kept = sums.indices.filter { sums[$0] > 0 }
    guard filled.count > 1, kept.count > 1 else { return nil }
    rows = filled.map { $0.reduce(0, +) }
    columns = kept.map { sums[$0] }
    total = rows.reduce(0, +)
    statistic = Self.statistic(filled.flatMap { row in kept.map { row[$0] } }, rows, columns, total)
  }

  private static func statistic(_ cells: [Int], _ rows: [Int], _ columns: [Int], _ total: Int) -> Double {
    var sum = 0.0
    for row in rows.indices {
      for column in columns.indices {
        let expected = Double(rows[row]) * Double(columns[column]) / Double(total)
        let difference = Double(cells[row * columns.count + column]) - expected
        sum += difference * difference / expected
      }
    }
    return sum
  }

  /// Deals the levels anew among the strata and returns the statistic of the table that comes out.
  ///
  /// Row by row and column by column each cell is drawn from what is left (hypergeometric), which is the same as
  /// shuffling all cases, at the cost of the cells and not of the cases.
  func dealtStatistic(_ generator: inout SplitMix64, _ logFactorials: LogFactorials) -> Double {
    var cells = [Int](repeating: 0, count: rows.count * columns.count)
    var left = columns
    var leftTotal = total
    for row in rows.indices {
      var toDeal = rows[row]
      var pool = leftTotal
      for column in columns.indices {
        let drawn = logFactorials.hypergeometric(
          draws: toDeal, marked: left[column], population: pool, generator.nextUnit())
        cells[row * columns.count + column] = drawn
        pool -= left[column]
        left[column] -= drawn
        toDeal -= drawn
      }
      leftTotal -= rows[row]
    }
    return Self.statistic(cells, rows, columns, total)
  }
}

/// Logarithms of factorials, made once.
struct LogFactorials {
  private let values: [Double]

  init(upTo bound: Int) {
    var values = [0.0]
    values.reserveCapacity(bound + 1)
    for number in 1..<max(2, bound + 1) { values.append(values[number - 1] + log(Double(number))) }
    self.values = values
  }

  /// How many marked ones are among `draws` from a population, for a uniform `unit` in 0..<1: inversion that begins at the
  /// most likely number and goes outwards, so that its cost is that of the spread.
  func hypergeometric(draws: Int, marked: Int, population: Int, _ unit: Double) -> Int {
    let low = max(0, draws + marked - population)
    let high = min(draws, marked)
    if low == high { return low }
    let mode = min(max(Int(Double((draws + 1) * (marked + 1)) / Double(population + 2)), low), high)
    let logMode =
      choose(marked, mode) + choose(population - marked, draws - mode) - choose(population, draws)
    var (down, up) = (mode, mode)
    let atMode = exp(logMode)
    var (below, above) = (atMode, atMode)
    var rest = unit - atMode
    if rest < 0 { return mode }
    while true {
      if up < high {
        above *= Double((marked - up) * (draws - up)) / Double((up + 1) * (population - marked - draws + up + 1))
        up += 1
        rest -= above
        if rest < 0 { return up }
      }
      if down > low {
        below *=
          Double(down * (population - marked - draws + down)) / Double((marked - down + 1) * (draws - down + 1))
        down -= 1
        rest -= below
        if rest < 0 { return down }
      }
      // What rounding has left over belongs to an end that is as good as impossible.
      if up == high && down == low { return mode }
    }
  }

  private func choose(_ from: Int, _ count: Int) -> Double { values[from] - values[count] - values[from - count] }
}

/// A small generator whose sequence is the same everywhere and for ever (G. Steele, D. Lea and C. Flood, 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Uniform in 0..<1.
  mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
