internal import Domain
internal import JSON

/// The body of an action; an import line's action has the same fields beside `action` and `agency`.
enum ActionBody {
  /// Reads an action of a kind. Errors are collected in the reader; nil when the content could not be read.
  static func action(_ kind: ActionKind, _ body: ObjectReader) -> Action? {
    let date = body.date("occurred_on", required: true)
    let predecessor = body.text("on_behalf_of", max: 20).map { AgencyCode(rawValue: $0) }
    let note = kind == .notes ? nil : body.prose("note", max: 5_000)
    let content = content(kind, body)
    body.finish()
    guard let date, let content else { return nil }
    return Action(occurredOn: date, onBehalfOf: predecessor, note: note, content: content)
  }

  private enum Verification: String, CaseIterable { case accepted, rejected }
  private enum Study: String, CaseIterable {
    case violation
    case noViolation = "no_violation"
  }
  private enum Recommendation: String, CaseIterable {
    case recommended
    case notProven = "not_proven"
  }

  private static func content(_ kind: ActionKind, _ body: ObjectReader) -> Action.Content? {
    switch kind {
    case .verifications:
      let outcome = body.code("outcome", Verification.self, required: true)
      let reason = body.prose("reason", max: 5_000, required: outcome == .rejected)
      return outcome.map { .verification(accepted: $0 == .accepted, reason: reason) }
    case .studies:
      let outcome = body.code("outcome", Study.self, required: true)
      let violation = body.reference("violation")
      let summary = body.prose("summary", max: 20_000)
      return outcome.map { .study(violationFound: $0 == .violation, violation: violation, summary: summary) }
    case .recommendations:
      let outcome = body.code("outcome", Recommendation.self, required: true)
      let letter = body.text("letter_number", max: 120, required: true)
      let institution = body.reference("institution")
      let sanction = body.text("proposed_sanction", max: 32)
      guard let outcome, let letter else { return nil }
      return .recommendation(
        recommended: outcome == .recommended, letterNumber: letter, institution: institution, proposedSanction: sanction
      )
    case .decisions:
      let outcome = body.code("outcome", DecisionOutcome.self, required: true)
      let decree = body.text("decree_number", max: 120, required: true)
      let sanction = body.text("sanction", max: 32)
      let reason = body.prose("deviation_reason", max: 5_000)
      guard let outcome, let decree else { return nil }
      return .decision(outcome, decreeNumber: decree, sanction: sanction, deviationReason: reason)
    case .blocks: return body.text("letter_number", max: 120, required: true).map { .block(letterNumber: $0) }
    case .blockReleases: return body.text("proof", max: 120, required: true).map { .blockRelease(proof: $0) }
    default: return laterContent(kind, body)
    }
  }

  private static func laterContent(_ kind: ActionKind, _ body: ObjectReader) -> Action.Content? {
    switch kind {
    case .appeals: return body.code("route", AppealRoute.self, required: true).map { .appeal($0) }
    case .rulings:
      let outcome = body.code("outcome", RulingOutcome.self, required: true)
      let sanction = body.text("sanction", max: 32)
      return outcome.map { .ruling($0, sanction: sanction) }
    case .closures: return body.text("idis_reference", max: 120, required: true).map { .closure(idisReference: $0) }
    case .cancellations: return body.prose("reason", max: 5_000, required: true).map { .cancellation(reason: $0) }
    case .lapses: return body.code("reason", LapseReason.self, required: true).map { .lapse($0) }
    case .escalations:
      let letter = body.text("letter_number", max: 120, required: true)
      let addressee = body.text("addressee", max: 200, required: true)
      guard let letter, let addressee else { return nil }
      return .escalation(letterNumber: letter, addressee: addressee)
    case .clockPauses:
      let clock = body.code("clock", ClockKind.self, required: true)
      let until = body.date("until", required: true)
      let ground = body.code("ground", PauseGround.self, required: true)
      let reason = body.prose("reason", max: 5_000, required: true)
      guard let clock, let until, let ground, let reason else { return nil }
      return .clockPause(clock, until: until, ground: ground, reason: reason)
    case .clockResumptions:
      let clock = body.code("clock", ClockKind.self, required: true)
      let reason = body.prose("reason", max: 5_000, required: true)
      guard let clock, let reason else { return nil }
      return .clockResumption(clock, reason: reason)
    case .notes: return body.prose("text", max: 5_000, required: true).map { .note(text: $0) }
    default: preconditionFailure("the first half of the actions is read by content(_:_:)")
    }
  }
}
