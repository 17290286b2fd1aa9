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
