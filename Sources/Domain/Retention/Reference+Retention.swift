extension Reference {
  /// When the values of a case that stands at a final stage since a day are no longer kept; nil where no rule says so.
  public func retention(of stage: Stage, endedOn: LegalDate) -> Retention? {
    guard stage.isFinal,
      let rule = retentionRules.first(where: {
        $0.outcome == stage.rawValue && dateIsWithin(endedOn, from: $0.from, until: $0.until)
      })
    else { return nil }
    let sameDay = endedOn.adding(years: rule.years)
    // What ended on 29 February is kept through 28 February, where the year has no other day.
    let isShort = sameDay.description.suffix(2) != endedOn.description.suffix(2)
    return Retention(rule: rule, endedOn: endedOn, dueOn: isShort ? sameDay.adding(days: 1) : sameDay)
  }
}

extension Stage {
  /// The milestone with which a case ends at this stage; nil at one that is not final.
  public var ending: Milestone? { isFinal ? Milestone(rawValue: rawValue) : nil }
}

extension Case {
  /// The legal date on which the case has ended; nil while it goes on.
  public var endedOn: LegalDate? { progress.stage.ending.flatMap { progress.milestones[$0] } }
}
