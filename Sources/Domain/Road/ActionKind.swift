/// The actions that move a case; the raw value is the path segment under `/v1/cases/{id}/`.
public enum ActionKind: String, Sendable, CaseIterable {
  case verifications, studies, recommendations, decisions, blocks
  case blockReleases = "block-releases"
  case appeals, rulings, closures, cancellations, lapses, escalations
  case clockPauses = "clock-pauses"
  case clockResumptions = "clock-resumptions"
  case notes

  /// The mandate the acting agency needs on the day of the act; nil where ownership or the clock decides, or anyone may
  /// act.
  public var mandate: MandateKind? { terms.mandate }

  /// The stages from which the action is possible.
  public var stages: Set<Stage> { terms.stages }

  private var terms: (mandate: MandateKind?, stages: Set<Stage>) {
    switch self {
    case .verifications: (.verify, [.received])
    case .studies: (.study, [.verified])
    case .recommendations: (.recommend, [.studied])
    case .decisions: (.decide, [.recommended, .blocked])
    case .blocks: (.block, [.recommended])
    case .blockReleases: (.block, Self.anyStage)
    case .appeals: (.appeal, [.sanctioned])
    case .rulings: (.appeal, [.appealed])
    case .closures: (.close, [.sanctioned])
    case .cancellations: (nil, Self.openStages)
    case .lapses: (.decide, Self.openStages)
    case .escalations: (.escalate, [.recommended, .blocked])
    case .clockPauses, .clockResumptions: (nil, [.received, .verified, .recommended, .blocked, .sanctioned])
    case .notes: (nil, Self.anyStage)
    }
  }

  private static let anyStage = Set(Stage.allCases)
  private static let openStages = anyStage.filter { !$0.isFinal }
}
