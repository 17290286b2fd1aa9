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
  public var mandate: MandateKind? {
    switch self {
    case .verifications: .verify
    case .studies: .study
    case .recommendations: .recommend
    case .decisions, .lapses: .decide
    case .blocks, .blockReleases: .block
    case .appeals, .rulings: .appeal
    case .closures: .close
    case .escalations: .escalate
    case .cancellations, .clockPauses, .clockResumptions, .notes: nil
    }
  }

  /// The stages from which the action is possible.
  public var stages: Set<Stage> {
    switch self {
    case .verifications: [.received]
    case .studies: [.verified]
    case .recommendations: [.studied]
    case .decisions, .escalations: [.recommended, .blocked]
    case .blocks: [.recommended]
    case .appeals, .closures: [.sanctioned]
    case .rulings: [.appealed]
    case .clockPauses, .clockResumptions: [.received, .verified, .recommended, .blocked, .sanctioned]
    case .cancellations, .lapses: Set(Stage.allCases.filter { !$0.isFinal })
    case .blockReleases, .notes: Set(Stage.allCases)
    }
  }
}

/// One act of an agency on a case: what is common to all, and what the kind carries.
public struct Action: Sendable, Equatable {
  /// The legal date of the act.
  public var occurredOn: LegalDate
  /// The predecessor in whose place the agency records it.
  public var onBehalfOf: AgencyCode?
  /// A remark for the acting agency alone.
  public var note: String?
  public var content: Content

  public init(occurredOn: LegalDate, onBehalfOf: AgencyCode?, note: String?, content: Content) {
    self.occurredOn = occurredOn
    self.onBehalfOf = onBehalfOf
    self.note = note
    self.content = content
  }

  /// What each kind of action carries.
  public enum Content: Sendable, Equatable {
    case verification(accepted: Bool, reason: String?)
    case study(violationFound: Bool, violation: String?, summary: String?)
    case recommendation(recommended: Bool, letterNumber: String, institution: String?, proposedSanction: String?)
    case decision(DecisionOutcome, decreeNumber: String, sanction: String?, deviationReason: String?)
    case block(letterNumber: String)
    case blockRelease(proof: String)
    case appeal(AppealRoute)
    case ruling(RulingOutcome, sanction: String?)
    case closure(idisReference: String)
    case cancellation(reason: String)
    case lapse(LapseReason)
    case escalation(letterNumber: String, addressee: String)
    /// `until`: the day on which the clock runs again by itself.
    case clockPause(ClockKind, until: LegalDate, ground: PauseGround, reason: String)
    case clockResumption(ClockKind, reason: String)
    case note(text: String)
  }

  /// The kind.
  public var kind: ActionKind {
    switch content {
    case .verification: .verifications
    case .study: .studies
    case .recommendation: .recommendations
    case .decision: .decisions
    case .block: .blocks
    case .blockRelease: .blockReleases
    case .appeal: .appeals
    case .ruling: .rulings
    case .closure: .closures
    case .cancellation: .cancellations
    case .lapse: .lapses
    case .escalation: .escalations
    case .clockPause: .clockPauses
    case .clockResumption: .clockResumptions
    case .note: .notes
    }
  }

  /// The clock that the act is about; nil when it is about the case.
  public var clock: ClockKind? {
    switch content {
    case .clockPause(let clock, _, _, _), .clockResumption(let clock, _): clock
    default: nil
    }
  }

  /// The coded values of the act, seen by everyone who sees the case; free text is in `texts`.
  public var details: [(name: String, value: String)] {
    let pairs: [(String, String?)] =
      switch content {
      case .verification(let accepted, _): [("outcome", accepted ? "accepted" : "rejected")]
      case .study(let found, let violation, _):
        [("outcome", found ? "violation" : "no_violation"), ("violation", violation)]
      case .recommendation(let recommended, let letterNumber, let institution, let sanction):
        [
          ("outcome", recommended ? "recommended" : "not_proven"), ("letter_number", letterNumber),
          ("institution", institution), ("proposed_sanction", sanction),
        ]
      case .decision(let outcome, let decree, let sanction, _):
        [("outcome", outcome.rawValue), ("decree_number", decree), ("sanction", sanction)]
      case .block(let letterNumber): [("letter_number", letterNumber)]
      case .blockRelease(let proof): [("proof", proof)]
      case .cancellation, .note: []
      case .appeal(let route): [("route", route.rawValue)]
      case .ruling(let outcome, let sanction): [("outcome", outcome.rawValue), ("sanction", sanction)]
      case .closure(let reference): [("idis_reference", reference)]
      case .lapse(let reason): [("reason", reason.rawValue)]
      case .escalation(let letterNumber, _): [("letter_number", letterNumber)]
      case .clockPause(let clock, let until, let ground, _):
        [("clock", clock.rawValue), ("until", until.description), ("ground", ground.rawValue)]
      case .clockResumption(let clock, _): [("clock", clock.rawValue)]
      }
    return pairs.compactMap { pair in pair.1.map { (pair.0, $0) } }
  }

  /// The free texts of the act: each may name a person and is withheld with its group.
  public var texts: [(name: String, text: String, group: FieldGroup)] {
    var found: [(String, String?, FieldGroup)] = [("note", note, .notes)]
    switch content {
    case .verification(_, let reason): found.append(("reason", reason, .narrative))
    case .study(_, _, let summary): found.append(("summary", summary, .narrative))
    case .decision(_, _, _, let reason): found.append(("deviation_reason", reason, .narrative))
    case .cancellation(let reason): found.append(("reason", reason, .narrative))
    case .escalation(_, let addressee): found.append(("addressee", addressee, .narrative))
    case .clockPause(_, _, _, let reason), .clockResumption(_, let reason):
      found.append(("reason", reason, .narrative))
    case .note(let text): found.append(("text", text, .notes))
    default: break
    }
    return found.compactMap { item in item.1.map { (item.0, $0, item.2) } }
  }
}
