/// The statistics the service answers; the raw value is the path segment under `/v1/statistics/`.
public enum StatisticKind: String, Sendable, CaseIterable {
  /// How far cases have come: reported, verified, recommended, followed up, …
  case funnel
  /// Cases by the stage they are at.
  case stages
  /// Decided or proposed sanctions by level and code.
  case sanctions
  /// Days between milestones, and the states of the statutory clocks.
  case timeliness
  /// Whether like acts are sanctioned alike.
  case equalTreatment = "equal-treatment"

  /// Version of the definition behind new figures; a change of what is counted makes a new one. Figures of an older one
  /// are recounted by that.
  ///
  /// 2: of every count, how much of it others have recorded and nobody has confirmed; and clocks that were met and recorded
  /// late are counted apart.
  public var newestDefinition: Int { 2 }

  /// Name of the newest definition.
  public var definition: String { "\(rawValue)/\(newestDefinition)" }
}

/// Which truth a figure tells.
public enum StatisticBasis: String, Sendable, CaseIterable {
  /// What had happened by the date, as known now.
  case effective
  /// What this service had recorded by the date, with the facts as they stood then.
  case recorded
}

/// What is counted.
public enum StatisticUnit: String, Sendable, CaseIterable {
  case `case`
  /// A person, by NIP (NIK or name and institution where there is none).
  case person
  /// A report: agency and report number.
  case report
}

/// By what figures are split up.
public enum StatisticGrouping: String, Sendable, CaseIterable {
  case province, region, institution
  case institutionKind = "institution_kind"
  case positionLevel = "position_level"
  case reportingClass = "reporting_class"
  case violation, category
  case reportedBy = "reported_by"
  /// Year of the first appointment.
  case cohort
  case election
}

/// Which sanctions are counted.
public enum SanctionsCounted: String, Sendable, CaseIterable {
  /// Those decided, of cases that were followed up.
  case decided
  /// Those proposed, of cases that were recommended.
  case proposed

  /// The metric that counts the same cases.
  var base: FunnelMetric { self == .decided ? .followedUp : .recommended }
}

/// Which cases a figure is about; nil: no restriction. Core values alone: a figure is kept for ever with its question.
public struct StatisticFilter: Sendable, Equatable {
  public var election: String?
  /// A province takes in its regencies and cities.
  public var region: RegionCode?
  public var institution: String?
  public var institutionKind: InstitutionKind?
  public var violation: String?
  public var category: String?
  public var positionLevel: PositionLevel?
  public var reportingClass: String?
  public var reportedBy: AgencyCode?
  public var cohort: Int?
  /// Stages at the date; empty: all.
  public var stages: [Stage] = []
  public var occurredFrom: LegalDate?
  public var occurredUntil: LegalDate?

  /// No restriction.
  public init() {}
}

/// One statistical question. Together with a sequence it has one answer, whoever asks when.
public struct StatisticQuestion: Sendable, Equatable {
  public var kind: StatisticKind
  /// Version of the definition by which is counted; the newest one for new figures.
  public var definition: Int
  public var basis: StatisticBasis = .effective
  public var unit: StatisticUnit = .case
  public var asOf: LegalDate
  public var groupBy: StatisticGrouping?
  /// Only for ``StatisticKind/sanctions``.
  public var of: SanctionsCounted = .decided
  public var filter = StatisticFilter()

  /// Name of the definition.
  public var definitionName: String { "\(kind.rawValue)/\(definition)" }
  /// True when it is counted how much others have recorded.
  public var tellsOthers: Bool { definition >= 2 }

  /// A question about all cases, effective, by case.
  public init(_ kind: StatisticKind, asOf: LegalDate) {
    self.kind = kind
    definition = kind.newestDefinition
    self.asOf = asOf
  }
}

/// A figure for the whole and for each group; the groups add up to the whole.
public struct Grouped<Figures: Sendable & Equatable>: Sendable, Equatable {
  /// One group.
  public struct Group: Sendable, Equatable {
    /// Code of the group; nil where the cases have no such code.
    public var key: String?
    public var figures: Figures
  }
  public var total: Figures
  /// In ascending order of code, the one without code last; empty unless the question asks for groups.
  public var groups: [Group]
}

/// The answer to a question.
public enum StatisticResult: Sendable, Equatable {
  case funnel(Grouped<FunnelCounts>)
  case stages(Grouped<StageCounts>)
  case sanctions(Grouped<SanctionCounts>)
  case timeliness(Grouped<Timeliness>)
  case equalTreatment(EqualTreatment)
}

/// The metrics of the funnel; the raw value is the name in answers.
public enum FunnelMetric: String, Sendable, CaseIterable {
  /// Received, and not rejected.
  case reported
  case verified, recommended
  /// The PPK has decided.
  case followedUp = "followed_up"
  /// A block is open.
  case blocked
  /// Recommended, neither decided nor blocked, nor ended another way.
  case inProcess = "in_process"
  case exonerated
  /// Outside of `reported`.
  case rejected

  /// The metric a percentage of this one refers to.
  public var base: FunnelMetric? {
    switch self {
    case .verified, .recommended: .reported
    case .followedUp, .blocked, .inProcess: .recommended
    case .exonerated: .followedUp
    case .reported, .rejected: nil
    }
  }

  /// Position in `allCases`.
  var index: Int {
    switch self {
    case .reported: 0
    case .verified: 1
    case .recommended: 2
    case .followedUp: 3
    case .blocked: 4
    case .inProcess: 5
    case .exonerated: 6
    case .rejected: 7
    }
  }

  var bit: UInt8 { 1 << UInt8(index) }
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
