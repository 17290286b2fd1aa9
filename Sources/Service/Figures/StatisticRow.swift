public import Domain

/// One number of an answer: of the whole or of a group. CSV, comparisons and the names of figures are made of these.
public struct StatisticRow: Sendable, Equatable {
  /// What a number tells.
  public enum Value: Sendable, Equatable {
    case count(Int)
    /// With its base and what the base is called.
    case part(Int, of: Int, base: String)
    /// Days or tests.
    case number(Double)

    /// As in CSV: a whole number without a point.
    public var text: String {
      switch self {
      case .count(let count), .part(let count, _, _): "\(count)"
      case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
      }
    }
  }

  /// Nil for the whole; a group without code is the empty text.
  public var group: String?
  /// As `followed_up`, `levels.heavy`, `study.overdue`.
  public var metric: String
  public var value: Value
}

extension StatisticResult {
  /// Every number, of the whole first, then group by group.
  public var rows: [StatisticRow] {
    switch self {
    case .funnel(let figures): figures.rows { Self.rows($0) }
    case .stages(let figures): figures.rows { Self.rows($0) }
    case .sanctions(let figures): figures.rows { Self.rows($0) }
    case .timeliness(let figures): figures.rows { Self.rows($0) }
    case .equalTreatment(let answer): Self.rows(answer)
    }
  }

  private typealias Pairs = [(String, StatisticRow.Value)]

  /// What the row is called that tells how much of a count others have recorded.
  public static let ofOthers = "of_which_recorded_by_others"

  private static func ofOthers(_ others: Int?, of count: Int, _ metric: String) -> Pairs {
    others.map { [("\(metric).\(ofOthers)", .part($0, of: count, base: metric))] } ?? []
  }

  private static func rows(_ counts: FunnelCounts) -> [(String, StatisticRow.Value)] {
    FunnelMetric.allCases.flatMap { metric -> Pairs in
      let count = counts[metric]
      let value: StatisticRow.Value =
        metric.base.map { .part(count, of: counts[$0], base: $0.rawValue) } ?? .count(count)
      return [(metric.rawValue, value)] + ofOthers(counts.ofOthers(metric), of: count, metric.rawValue)
    }
  }

  private static func rows(_ counts: StageCounts) -> [(String, StatisticRow.Value)] {
    let stages = Stage.allCases.filter { $0 != .rejected }
    func others(_ stage: Stage) -> Pairs { ofOthers(counts.ofOthers(stage), of: counts[stage], stage.rawValue) }
    return [("total", .count(counts.total))] + ofOthers(counts.totalOfOthers, of: counts.total, "total")
      + stages.flatMap { stage in
        [(stage.rawValue, .part(counts[stage], of: counts.total, base: "total"))] + others(stage)
      } + [(Stage.rejected.rawValue, .count(counts[.rejected]))] + others(.rejected)
  }

  private static func rows(_ counts: SanctionCounts) -> [(String, StatisticRow.Value)] {
    func pair(_ metric: String, _ count: Int, _ others: Int?) -> Pairs {
      [(metric, .part(count, of: counts.total, base: "total"))] + ofOthers(others, of: count, metric)
    }
    return [("total", .count(counts.total))] + ofOthers(counts.totalOfOthers, of: counts.total, "total")
      + counts.levels.flatMap { pair("levels.\($0.level)", $0.count, $0.ofOthers) }
      + counts.items.flatMap { item in
        item.code.map { pair("codes.\($0)", item.count, item.ofOthers) } ?? []
      }
  }

  private static func rows(_ timeliness: Timeliness) -> [(String, StatisticRow.Value)] {
    var rows: Pairs = []
    for interval in TimelinessInterval.allCases {
      let days = timeliness[interval]
      let cases = "\(interval.rawValue).cases"
      rows.append((cases, .count(days.count)))
      rows += ofOthers(timeliness.ofOthers(interval), of: days.count, cases)
      if let median = days.percentile(50) { rows.append(("\(interval.rawValue).median_days", .number(Double(median)))) }
      if let late = days.percentile(90) { rows.append(("\(interval.rawValue).p90_days", .number(Double(late)))) }
    }
    for kind in ClockKind.allCases {
      for counted in ClockCount.counted(by: timeliness.definition) {
        let (metric, count) = ("\(kind.rawValue).\(counted.rawValue)", timeliness[kind, counted])
        rows.append((metric, .count(count)))
        rows += ofOthers(timeliness.ofOthers(kind, counted), of: count, metric)
      }
    }
    return rows
  }

  private static func rows(_ answer: EqualTreatment) -> [StatisticRow] {
    func rows(_ stratum: EqualTreatment.Stratum, _ group: String?) -> [StatisticRow] {
      var pairs: Pairs = [("decided", .count(stratum.count))]
      pairs += ofOthers(stratum.ofOthers, of: stratum.count, "decided")
      for (index, (level, share)) in stratum.levels.enumerated() {
        pairs.append(("levels.\(level)", .part(share.count, of: share.of, base: "decided")))
        pairs += ofOthers(stratum.levelsOfOthers?[index], of: share.count, "levels.\(level)")
      }
      pairs.append(("outside_band", .part(stratum.outsideBand.count, of: stratum.count, base: "decided")))
      pairs.append(
        ("outside_band_explained", .part(stratum.explained, of: stratum.outsideBand.count, base: "outside_band")))
      if let median = stratum.days.percentile(50) { pairs.append(("median_days_to_decision", .number(Double(median)))) }
      return pairs.map { StatisticRow(group: group, metric: $0.0, value: $0.1) }
    }
    var all = rows(answer.total, nil) + answer.strata.flatMap { rows($0, $0.key ?? "") }
    if let test = answer.test {
      all.append(StatisticRow(group: nil, metric: "test.statistic", value: .number(Percentage.share(test.statistic))))
      all.append(StatisticRow(group: nil, metric: "test.permutations", value: .count(test.permutations)))
      all.append(StatisticRow(group: nil, metric: "test.p", value: .number(test.p)))
    }
    return all
  }
}

extension Grouped {
  fileprivate func rows(_ pairs: (Figures) -> [(String, StatisticRow.Value)]) -> [StatisticRow] {
    pairs(total).map { StatisticRow(group: nil, metric: $0.0, value: $0.1) }
      + groups.flatMap { group in
        pairs(group.figures).map { StatisticRow(group: group.key ?? "", metric: $0.0, value: $0.1) }
      }
  }
}

extension SanctionCounts {
  /// The counts by level, in the order of severity.
  public var levels: [(level: String, count: Int, ofOthers: Int?)] {
    var levels: [(level: String, count: Int, ofOthers: Int?)] = []
    for item in items {
      if levels.last?.level == item.level {
        levels[levels.count - 1].count += item.count
        if let others = item.ofOthers { levels[levels.count - 1].ofOthers? += others }
      } else {
        levels.append((item.level, item.count, item.ofOthers))
      }
    }
    return levels
  }
}

/// Shares as they are written.
public enum Percentage {
  /// In a hundred, to one decimal, halves up; nil of nothing.
  public static func tenths(_ count: Int, of base: Int) -> Double? {
    base == 0 ? nil : Double((count * 2_000 / base + 1) / 2) / 10
  }

  /// 0...1 to four decimals.
  public static func share(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
