extension Lifecycle {
  /// Derives the clocks of a case by the rules and holidays of now: what an operator's change of them does to a clock
  /// that is open. Nil when no due date, unit or clock changes.
  ///
  /// The event tells each changed clock with its due date before and after, `-` where there is none, and with the units
  /// where they differ: `2024-10-14 > 2024-10-15`.
  public static func deriveClocks(of record: Case, _ reference: Reference, by keyID: String) -> (
    changed: Case, event: EventDraft
  )? {
    // A disputed case has no clocks, whatever its stage.
    if record.provenance.isDisputed { return nil }
    var changed = record
    changed.progress.clocks = record.progress.derivingClocks(reference)
    let details = ClockKind.allCases.compactMap { kind -> (name: String, value: String)? in
      let (old, new) = (record.progress.clock(kind), changed.progress.clock(kind))
      guard old?.dueOn != new?.dueOn || old?.unit != new?.unit else { return nil }
      let tellsUnit = old != nil && new != nil && old?.unit != new?.unit
      func text(_ clock: Clock?) -> String {
        guard let clock else { return "-" }
        return tellsUnit ? "\(clock.dueOn) \(clock.unit.rawValue)" : "\(clock.dueOn)"
      }
      return (kind.rawValue, "\(text(old)) > \(text(new))")
    }
    if details.isEmpty { return nil }
    let actor = Actor(agency: .operator, importedBy: nil, keyID: keyID)
    return (changed, EventDraft(what: .clockDerivation, actor: actor, details: details))
  }
}

extension CaseProgress {
  /// The clock of a kind; nil when the case has not come to it.
  public func clock(_ kind: ClockKind) -> Clock? { clocks.first { $0.kind == kind } }
}

/// How far one step of deriving clocks anew has come.
public struct ClockDerivationStep: Sendable, Equatable {
  /// Cases that have got another version.
  public var changedCases: Int
  /// True when no open clock is left that was derived by older rules.
  public var isLast: Bool

  public init(changedCases: Int, isLast: Bool) {
    self.changedCases = changedCases
    self.isLast = isLast
  }
}
