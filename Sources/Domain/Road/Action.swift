/// One act of an agency on a case: what is common to all, and what the kind carries.
public struct Action: Sendable, Equatable {
  /// The legal date of the act.
  public var occurredOn: LegalDate
  /// The predecessor in whose place the agency records it.
  public var onBehalfOf: AgencyCode?
  /// A remark for the acting agency alone.
  public var note: String?
  public var content: Content
  /// The content as its event tells it, member by member of its body.
  public var said: [Said]

  public init(occurredOn: LegalDate, onBehalfOf: AgencyCode?, note: String?, content: Content, said: [Said]) {
    self.occurredOn = occurredOn
    self.onBehalfOf = onBehalfOf
    self.note = note
    self.content = content
    self.said = said
  }

  /// One member of the body of an act.
  public struct Said: Sendable, Equatable {
    public var name: String
    public var text: String
    /// Core: a coded value, seen by everyone who sees the case. Another group: free text, which may name a person.
    public var group: FieldGroup
    /// True when the body left it out, and this is what that means.
    public var isAssumed: Bool

    public init(name: String, text: String, group: FieldGroup, isAssumed: Bool = false) {
      self.name = name
      self.text = text
      self.group = group
      self.isAssumed = isAssumed
    }
  }

  /// What each kind of action carries.
  public enum Content: Sendable, Equatable {
    case verification(VerificationOutcome, reason: String?)
    case study(StudyOutcome, violation: String?, summary: String?, ground: NotProvenGround? = nil)
    case recommendation(
      RecommendationOutcome, letterNumber: String, institution: String?, proposedSanction: String?,
      ground: NotProvenGround? = nil)
    case decision(
      DecisionOutcome, decreeNumber: String, sanction: String?, deviationReason: String?,
      ground: NotProvenGround? = nil)
    case block(letterNumber: String, extent: BlockExtent = .full)
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
    said.filter { $0.group == .core }.map { ($0.name, $0.text) }
  }

  /// The free texts of the act: each may name a person and is withheld with its group.
  public var texts: [(name: String, text: String, group: FieldGroup)] {
    (note.map { [(name: "note", text: $0, group: .notes)] } ?? [])
      + said.filter { $0.group != .core }.map { ($0.name, $0.text, $0.group) }
  }
}

public enum VerificationOutcome: String, Sendable, CaseIterable { case accepted, rejected }

public enum StudyOutcome: String, Sendable, CaseIterable {
  case violation
  case noViolation = "no_violation"
}

public enum RecommendationOutcome: String, Sendable, CaseIterable {
  case recommended
  case notProven = "not_proven"
}
