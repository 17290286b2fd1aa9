/// The answer to a question.
public enum StatisticResult: Sendable, Equatable {
  case funnel(Grouped<FunnelCounts>)
  case stages(Grouped<StageCounts>)
  case sanctions(Grouped<SanctionCounts>)
  case timeliness(Grouped<Timeliness>)
  case equalTreatment(EqualTreatment)
}

/// How many units each metric of the funnel counts.
public struct FunnelCounts: Sendable, Equatable {
  var counts: [Int]
  /// Of each count, how many rest on what another agency has recorded and nobody has confirmed; nil: not counted.
  var others: [Int]?

  init(_ question: StatisticQuestion) {
    counts = Array(repeating: 0, count: FunnelMetric.allCases.count)
    others = question.tellsOthers ? counts : nil
  }

  /// Of the count of a metric, what others have recorded; nil: not counted.
  public func ofOthers(_ metric: FunnelMetric) -> Int? { others?[metric.index] }

  /// The count of a metric.
  public subscript(metric: FunnelMetric) -> Int { counts[metric.index] }
}

/// How many units are at each stage.
public struct StageCounts: Sendable, Equatable {
  var counts: [Int]
  /// Of each count, how many rest on what another agency has recorded and nobody has confirmed; nil: not counted.
  var others: [Int]?

  init(_ question: StatisticQuestion) {
    counts = Array(repeating: 0, count: Stage.allCases.count)
    others = question.tellsOthers ? counts : nil
  }

  /// Of the count of a stage, what others have recorded; nil: not counted.
  public func ofOthers(_ stage: Stage) -> Int? { others?[stage.index] }
  /// Of the total, what others have recorded; nil: not counted.
  public var totalOfOthers: Int? { others.map { $0.reduce(0, +) - $0[Stage.rejected.index] } }

  /// The count of a stage.
  public subscript(stage: Stage) -> Int { counts[stage.index] }
  /// All but the rejected ones.
  public var total: Int { counts.reduce(0, +) - self[.rejected] }
}

/// How many units have each sanction.
public struct SanctionCounts: Sendable, Equatable {
  /// One sanction; `code` is nil for what ended without one.
  public struct Item: Sendable, Equatable {
    /// `moral`, `light`, `medium`, `heavy`, `dismissal`; `not_proven` and `annulled` for decisions without a sanction,
    /// `open` for recommendations that propose none.
    public var level: String
    public var code: String?
    public var count: Int
    /// Of the count, what rests on what another agency has recorded and nobody has confirmed; nil: not counted.
    public var ofOthers: Int?
  }
  /// In the order of severity, then code; no item counts nothing.
  public var items: [Item] = []
  public var total: Int { items.reduce(0) { $0 + $1.count } }
  /// Of the total, what others have recorded; nil: not counted.
  public var totalOfOthers: Int? { tellsOthers ? items.reduce(0) { $0 + ($1.ofOthers ?? 0) } : nil }
  /// Whether it is counted how much others have recorded.
  var tellsOthers: Bool
}
