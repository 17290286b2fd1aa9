internal import Domain
internal import JSON

/// The body of an action; an import line's action has the same fields beside `action` and `agency`.
///
/// Each member is named once: what is read here is described by the schema and told by the event.
struct ActionBody {
  private let body: ObjectReader
  private var said: [Action.Said] = []

  /// Reads an action of a kind. Errors are collected in the reader; nil when the content could not be read.
  static func action(_ kind: ActionKind, _ body: ObjectReader) -> Action? {
    let date = body.date("occurred_on", required: true)
    let predecessor = body.text("on_behalf_of", max: 20).map { AgencyCode(rawValue: $0) }
    let note = kind == .notes ? nil : body.prose("note", max: 5_000)
    var members = ActionBody(body: body)
    let content = members.content(kind)
    body.finish()
    guard let date, let content else { return nil }
    return Action(occurredOn: date, onBehalfOf: predecessor, note: note, content: content, said: members.said)
  }

  private mutating func content(_ kind: ActionKind) -> Action.Content? {
    switch kind {
    case .verifications:
      let outcome = code("outcome", VerificationOutcome.self)
      let reason = prose("reason", required: outcome == .rejected)
      return outcome.map { .verification($0, reason: reason) }
    case .studies:
      let outcome = code("outcome", StudyOutcome.self)
      let (violation, summary) = (reference("violation"), prose("summary", max: 20_000, required: false))
      let ground = ground()
      return outcome.map { .study($0, violation: violation, summary: summary, ground: ground) }
    case .recommendations:
      let (outcome, letter) = (code("outcome", RecommendationOutcome.self), line("letter_number"))
      let (institution, sanction) = (reference("institution"), sanctionCode("proposed_sanction"))
      let ground = ground()
      guard let outcome, let letter else { return nil }
      return .recommendation(
        outcome, letterNumber: letter, institution: institution, proposedSanction: sanction, ground: ground)
    case .decisions:
      let (outcome, decree) = (code("outcome", DecisionOutcome.self), line("decree_number"))
      let (sanction, reason) = (sanctionCode("sanction"), prose("deviation_reason", required: false))
      let ground = ground()
      guard let outcome, let decree else { return nil }
      return .decision(outcome, decreeNumber: decree, sanction: sanction, deviationReason: reason, ground: ground)
    case .blocks:
      let (letter, extent) = (line("letter_number"), code("extent", assuming: BlockExtent.full))
      return letter.map { .block(letterNumber: $0, extent: extent) }
    case .blockReleases: return line("proof").map { .blockRelease(proof: $0) }
    case .appeals: return code("route", AppealRoute.self).map { .appeal($0) }
    case .rulings:
      let (outcome, sanction) = (code("outcome", RulingOutcome.self), sanctionCode("sanction"))
      return outcome.map { .ruling($0, sanction: sanction) }
    case .closures: return line("idis_reference").map { .closure(idisReference: $0) }
    case .cancellations: return prose("reason").map { .cancellation(reason: $0) }
    case .lapses: return code("reason", LapseReason.self).map { .lapse($0) }
    case .escalations:
      let (letter, addressee) = (line("letter_number"), line("addressee", max: 200, in: .narrative))
      guard let letter, let addressee else { return nil }
      return .escalation(letterNumber: letter, addressee: addressee)
    case .clockPauses:
      let (clock, until) = (code("clock", ClockKind.self), date("until"))
      let (ground, reason) = (code("ground", PauseGround.self), prose("reason"))
      guard let clock, let until, let ground, let reason else { return nil }
      return .clockPause(clock, until: until, ground: ground, reason: reason)
    case .clockResumptions:
      let (clock, reason) = (code("clock", ClockKind.self), prose("reason"))
      guard let clock, let reason else { return nil }
      return .clockResumption(clock, reason: reason)
    case .notes: return prose("text", in: .notes).map { .note(text: $0) }
    }
  }

  private mutating func code<Code: RawRepresentable & CaseIterable>(_ name: String, _ type: Code.Type) -> Code?
  where Code.RawValue == String { tell(name, body.code(name, type, required: true)) { $0.rawValue } }

  /// A code that means `value` where the body leaves it out.
  private mutating func code<Code: RawRepresentable & CaseIterable>(_ name: String, assuming value: Code) -> Code
  where Code.RawValue == String {
    if let given = tell(name, body.code(name, Code.self), { $0.rawValue }) { return given }
    said.append(Action.Said(name: name, text: value.rawValue, group: .core, isAssumed: true))
    return value
  }

  private mutating func ground() -> NotProvenGround? {
    tell("ground", body.code("ground", NotProvenGround.self)) { $0.rawValue }
  }

  private mutating func date(_ name: String) -> LegalDate? {
    tell(name, body.date(name, required: true)) { $0.description }
  }

  private mutating func reference(_ name: String) -> String? { tell(name, body.reference(name)) { $0 } }

  private mutating func sanctionCode(_ name: String) -> String? { tell(name, body.text(name, max: 32)) { $0 } }

  private mutating func line(_ name: String, max: Int = 120, in group: FieldGroup = .core) -> String? {
    tell(name, body.text(name, max: max, required: true), in: group) { $0 }
  }

  /// Free text, which may name a person.
  private mutating func prose(
    _ name: String, max: Int = 5_000, required: Bool = true, in group: FieldGroup = .narrative
  ) -> String? { tell(name, body.prose(name, max: max, required: required), in: group) { $0 } }

  private mutating func tell<Value>(
    _ name: String, _ value: Value?, in group: FieldGroup = .core, _ text: (Value) -> String
  ) -> Value? {
    if let value { said.append(Action.Said(name: name, text: text(value), group: group)) }
    return value
  }
}
