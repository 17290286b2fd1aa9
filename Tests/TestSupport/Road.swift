public import Domain

/// The legal road of a sample case: who takes which step how many days after the receipt.
public struct Road: Sendable {
  /// One step.
  public struct Step: Sendable {
    public var agency: AgencyCode
    public var action: Action
  }

  /// Days after the receipt. The PPK clock of the initial rules is due 14 working days after day 14, and
  /// that is before day 37.
  public enum Day {
    public static let verified = 3
    public static let studied = 8
    public static let recommended = 14
    public static let blocked = 37
    public static let decided = 40
    public static let appealed = 45
    public static let ruled = 50
    public static let ended = 55
  }

  public var received: LegalDate
  public var owner: AgencyCode

  /// The road of a case that `owner` reported.
  public init(received: LegalDate, owner: AgencyCode = .bawaslu) {
    self.received = received
    self.owner = owner
  }

  /// The date `days` after the receipt.
  public func date(_ days: Int) -> LegalDate { received.adding(days: days) }

  /// The steps to `stage`, by the shortest way, or by the one that leaves a block open behind.
  public func steps(to stage: Stage, blocked: Bool = false) -> [Step] {
    let recommended = [verification(), study(), recommendation()]
    let open = blocked ? recommended + [block()] : recommended
    switch stage {
    case .received: return []
    case .verified: return [verification()]
    case .rejected: return [step(.bkn, Day.verified, .verification(.rejected, reason: "Bukan ASN"))]
    case .studied: return [verification(), study()]
    case .recommended: return recommended
    case .blocked: return recommended + [block()]
    case .notProven:
      guard blocked else {
        let content = Action.Content.study(.noViolation, violation: nil, summary: nil)
        return [verification(), step(.bawaslu, Day.studied, content)]
      }
      let content = Action.Content.decision(.notProven, decreeNumber: "SK-0", sanction: nil, deviationReason: nil)
      return open + [step(.bkn, Day.decided, content)]
    case .sanctioned: return open + [decision()]
    case .appealed: return open + [decision(), appeal()]
    case .exonerated:
      return open + [decision(), appeal(), step(.bkn, Day.ruled, .ruling(.annulled, sanction: nil))]
    case .closed: return open + [decision(), step(.bkn, Day.ended, .closure(idisReference: "IDIS-1"))]
    case .cancelled: return open + [step(owner, Day.ended, .cancellation(reason: "Laporan ganda"))]
    case .lapsed: return open + [step(.bkn, Day.ended, .lapse(.retired))]
    }
  }

  /// One step, `days` after the receipt.
  public func step(_ agency: AgencyCode, _ days: Int, _ content: Action.Content, said: [Action.Said] = []) -> Step {
    Step(
      agency: agency,
      action: Action(occurredOn: date(days), onBehalfOf: nil, note: nil, content: content, said: said))
  }

  private func verification() -> Step { step(.bkn, Day.verified, .verification(.accepted, reason: nil)) }

  private func study() -> Step {
    let summary = "Ringkasan kajian"
    return step(
      .bawaslu, Day.studied, .study(.violation, violation: nil, summary: summary),
      said: [
        Action.Said(name: "outcome", text: "violation", group: .core),
        Action.Said(name: "summary", text: summary, group: .narrative),
      ])
  }

  private func recommendation() -> Step {
    let agency: AgencyCode = date(Day.recommended) <= Sample.date("2024-08-31") ? .kasn : .bkn
    let content = Action.Content.recommendation(
      .recommended, letterNumber: "R-1", institution: nil, proposedSanction: "BER-1")
    let said = [("outcome", "recommended"), ("letter_number", "R-1"), ("proposed_sanction", "BER-1")]
    return step(
      agency, Day.recommended, content, said: said.map { Action.Said(name: $0.0, text: $0.1, group: .core) })
  }

  private func block() -> Step { step(.bkn, Day.blocked, .block(letterNumber: "B-1")) }

  private func decision() -> Step {
    let content = Action.Content.decision(.sanctioned, decreeNumber: "SK-1", sanction: "BER-1", deviationReason: nil)
    return step(.bkn, Day.decided, content)
  }

  private func appeal() -> Step { step(.panrb, Day.appealed, .appeal(.objection)) }
}
