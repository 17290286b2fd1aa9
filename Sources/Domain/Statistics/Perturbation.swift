/// A set of cases as the cell key method counts it: how many they are, and the sum of their record keys.
///
/// One set of cases is one value, in whatever table and month it stands. Two sets of equal size are the same value with a
/// probability of one in 2³².
public struct Cell: Sendable, Hashable {
  /// How many cases there are.
  public private(set) var count: Int
  /// The cell's key: the record keys of its cases, added modulo 2³².
  public private(set) var key: UInt32

  /// Without arguments, that of no case.
  public init(count: Int = 0, key: UInt32 = 0) {
    self.count = count
    self.key = key
  }

  /// Adds a case by its record key.
  public mutating func add(_ recordKey: UInt32) {
    count += 1
    key &+= recordKey
  }

  /// The cell of the cases of both; they have none in common.
  public static func + (left: Cell, right: Cell) -> Cell {
    Cell(count: left.count + right.count, key: left.key &+ right.key)
  }
}

/// The cell key method of public releases: what is added to the number of a cell's cases before it is shown.
///
/// The number and the cell's key decide it, by a table that anybody may know; the record keys nobody does. So one set of
/// cases is one number wherever it stands, and two sets that differ by one case have noise that has nothing in common.
///
/// Sources: Thompson, Broadfoot, Elazar, "Methodology for the Automatic Confidentialisation of Statistical Outputs from
/// Remote Servers at the Australian Bureau of Statistics" (UNECE 2013); Giessing, Tent, "Concepts for generalising tools
/// implementing the cell key method to the case of continuous variables" (UNECE 2019).
public enum Perturbation {
  /// What is added is at most this, up or down.
  public static let noiseMax = 3
  /// The variance of what is added to a number that is not 0; its mean is 0.
  public static let variance = 2.5
  /// What no cell is shown as.
  public static let notShown = 1...2
  /// From this number on a total of the whole country is shown as it is: the agencies publish it themselves.
  public static let exactFrom = 100
  /// A row's weights add up to this.
  public static let weightSum: UInt64 = 1 << 32

  /// How often −3 to 3 is added, in 2³² equal parts: row n is that of the number n, the last one that of every larger
  /// number too.
  ///
  /// Each row is the distribution of maximum entropy among those with mean 0 and the variance that show neither 1 or 2
  /// nor less than 0. A test derives them anew.
  public static let weights: [[UInt64]] = [
    [0, 0, 0, weightSum, 0, 0, 0],
    [0, 0, 3_042_268_501, 0, 0, 715_827_883, 536_870_912],
    [0, 1_604_339_806, 0, 0, 2_210_212_952, 442_776_956, 37_637_582],
    [767_405_327, 0, 0, 1_878_578_849, 1_106_794_553, 431_144_272, 111_044_295],
    [0, 0, 2_845_087_165, 347_955_271, 139_222_207, 182_243_002, 780_459_651],
    [0, 944_193_775, 932_304_897, 841_324_649, 693_869_944, 522_999_596, 360_274_435],
    [259_880_510, 544_981_514, 849_858_472, 985_526_304, 849_858_472, 544_981_514, 259_880_510],
  ]

  /// What is added to a cell's number: the weights laid side by side, the one that the cell's key falls into.
  public static func noise(of cell: Cell) -> Int {
    var rest = UInt64(cell.key)
    for (index, weight) in weights[min(cell.count, weights.count - 1)].enumerated() {
      if rest < weight { return index - noiseMax }
      rest -= weight
    }
    return 0
  }

  /// The number that is shown.
  ///
  /// - Parameter exact: the cells that are shown as they are: totals of the whole country.
  public static func shown(_ cell: Cell, exact: Set<Cell>) -> Int {
    exact.contains(cell) ? cell.count : cell.count + noise(of: cell)
  }
}
