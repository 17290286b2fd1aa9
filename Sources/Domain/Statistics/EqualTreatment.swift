internal import Foundation

/// A share of a number with its 95 % interval by Wilson's score method.
public struct Share: Sendable, Equatable {
  public var count: Int
  public var of: Int
  /// 0...1; 0 of nothing.
  public var value: Double { of == 0 ? 0 : Double(count) / Double(of) }
  /// Bounds of the interval, 0...1.
  public var interval: (low: Double, high: Double) { Self.wilson(count, of) }

  public init(_ count: Int, of: Int) {
    self.count = count
    self.of = of
  }

  /// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
  private static func wilson(_ count: Int, _ of: Int) -> (Double, Double) {
    guard of > 0 else { return (0, 1) }
    // The 97.5th percentile of the normal distribution.
    let z = 1.959_963_984_540_054
    let (n, p) = (Double(of), Double(count) / Double(of))
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return (max(0, middle - half), min(1, middle + half))
  }
}

/// How the decided cases of one violation form or category were sanctioned, stratum by stratum. Never a score, never a list
/// of persons.
public struct EqualTreatment: Sendable, Equatable {
  /// Strata of fewer decided units than this are marked: whatever one more decision would change by a tenth and more says
  /// little about treatment.
  public static let smallestStratum = 10

  /// The decided cases of one group.
  public struct Stratum: Sendable, Equatable {
    /// Code of the group; nil where the cases have none.
    public var key: String?
    /// Decided units.
    public var count: Int
    /// Of those, what rests on what another agency has recorded and nobody has confirmed; nil: not counted.
    public var ofOthers: Int?
    /// By level, in the order of severity; every level that occurs anywhere, and `not_proven` and `annulled`.
    public var levels: [(level: String, share: Share)]
    /// Of each level, what others have recorded; nil: not counted.
    public var levelsOfOthers: [Int]?
    public var outsideBand: Share
    /// Of those outside the band, with a reason.
    public var explained: Int
    /// From the recommendation to the decision.
    public var days: DaysDistribution
    public var isTooSmall: Bool { count < EqualTreatment.smallestStratum }

    public static func == (left: Stratum, right: Stratum) -> Bool {
      left.key == right.key && left.count == right.count && left.ofOthers == right.ofOthers
        && left.levelsOfOthers == right.levelsOfOthers && left.outsideBand == right.outsideBand
        && left.explained == right.explained && left.days == right.days
        && left.levels.elementsEqual(right.levels) { $0.level == $1.level && $0.share == $1.share }
    }
  }

  public var total: Stratum
  public var strata: [Stratum]
  /// Nil when there are not two strata with decided cases, or only one level.
  public var test: IndependenceTest?
}

extension CaseStates {
  func equalTreatment(
    _ question: StatisticQuestion, _ view: StateView, _ selection: StateSelection?, _ reference: Reference
  ) -> EqualTreatment {
    let keys = groupKeys(question.groupBy)
    let outcomes = SanctionOutcome.all(codes.sanctions, reference)
    let levels = Set(outcomes.map(\.level)).sorted { (SanctionOutcome.rank($0), $0) < (SanctionOutcome.rank($1), $1) }
    let levelOf = outcomes.map { levels.firstIndex(of: $0.level) ?? 0 }
    var tallies = Array(repeating: StratumTally(levels: levels.count), count: keys.count)
    var table = CountTable3(forms: codes.violations.texts.count, strata: keys.count, levels: levels.count)
    if let selection {
      forEachUnit(of: question.unit, view, selection, base: FunnelMetric.followedUp.bit) { _, _, counted, entries in
        let stratum = Self.group(counted.facts, by: question.groupBy)
        let level = levelOf[SanctionOutcome.number(of: counted.entry, .decided, codes.sanctions.texts.count)]
        tallies[stratum].add(
          level, deviation(of: counted, reference), Self.daysToDecision(of: counted, entries),
          isOfOthers: counted.unconfirmed & Foundation.ruling != 0)
        table.add(form: Int(counted.facts.violation), stratum: stratum, level: level)
      }
    }
    var total = StratumTally(levels: levels.count)
    for tally in tallies { total.add(tally) }
    let occurring = levels.indices.filter { total.levels[$0] > 0 }
    let strata = Grouped(total, tallies, keys: keys, empty: StratumTally(levels: levels.count), isGrouped: true).groups
    return EqualTreatment(
      total: total.stratum(nil, occurring, levels, question.tellsOthers),
      strata: strata.map { $0.figures.stratum($0.key, occurring, levels, question.tellsOthers) },
      test: table.test(forms: Self.order(codes.violations.texts), strata: Self.order(keys.map { $0 ?? "" })))
  }

  /// Whether the sanction lies outside the band of the violation form, and with a reason.
  func deviation(of counted: Counted, _ reference: Reference) -> (isOutside: Bool, isExplained: Bool) {
    let entry = counted.entry
    var isOutside = entry.flags.contains(.outsideBand)
    // The form may be known now as another one than the sanction was judged by.
    if facts[Int(entry.facts)].violation != counted.facts.violation,
      let sanction = codes.sanction(entry.sanction).flatMap({ reference.sanctions[$0] })
    {
      isOutside = !reference.isInBand(sanction, of: codes.violations.texts[Int(counted.facts.violation)])
    }
    return (isOutside, isOutside && entry.flags.contains(.deviationExplained))
  }

  /// Days from the recommendation to the decision; nil when one of them is missing.
  static func daysToDecision(of counted: Counted, _ entries: UnsafeBufferPointer<Entry>) -> Int? {
    let dates = dates(of: counted, entries)
    let (recommended, decided) = (dates[Milestone.recommended.index], dates[Milestone.decided.index])
    return recommended == 0 || decided == 0 ? nil : max(0, Int(decided) - Int(recommended))
  }

  /// Numbers in the order of their codes. The numbers themselves follow the order in which a file was read, on which no
  /// answer may depend.
  private static func order(_ codes: [String]) -> [Int] { codes.indices.sorted { codes[$0] < codes[$1] } }
}

/// What is counted of a stratum.
private struct StratumTally: Sendable, Equatable {
  var levels: [Int]
  var levelsOfOthers: [Int]
  var count = 0
  var outsideBand = 0
  var explained = 0
  var days = DaysDistribution()

  init(levels: Int) {
    self.levels = Array(repeating: 0, count: levels)
    levelsOfOthers = self.levels
  }

  mutating func add(
    _ level: Int, _ deviation: (isOutside: Bool, isExplained: Bool), _ daysToDecision: Int?, isOfOthers: Bool
  ) {
    levels[level] += 1
    if isOfOthers { levelsOfOthers[level] += 1 }
    count += 1
    if deviation.isOutside { outsideBand += 1 }
    if deviation.isExplained { explained += 1 }
    if let daysToDecision { days.add(daysToDecision) }
  }

  mutating func add(_ other: StratumTally) {
    for level in levels.indices {
      levels[level] += other.levels[level]
      levelsOfOthers[level] += other.levelsOfOthers[level]
    }
    count += other.count
    outsideBand += other.outsideBand
    explained += other.explained
    days.add(other.days)
  }

  func stratum(_ key: String?, _ occurring: [Int], _ names: [String], _ tellsOthers: Bool) -> EqualTreatment.Stratum {
    EqualTreatment.Stratum(
      key: key, count: count, ofOthers: tellsOthers ? levelsOfOthers.reduce(0, +) : nil,
      levels: occurring.map { (names[$0], Share(levels[$0], of: count)) },
      levelsOfOthers: tellsOthers ? occurring.map { levelsOfOthers[$0] } : nil,
      outsideBand: Share(outsideBand, of: count), explained: explained, days: days)
  }
}
