internal import Domain

extension Lifecycle.Context {
  /// True when whoever asks owns the case that `reporter` has reported.
  func owns(reportedBy reporter: AgencyCode) -> Bool { reference.owns(actor.agency, reportedBy: reporter, on: today) }
}

extension CaseReads {
  /// What of the past of a case is withheld from whoever asks, since somebody was named by mistake.
  func withdrawals(of id: CaseID, reportedBy reporter: AgencyCode, _ context: Lifecycle.Context) throws -> Withdrawals {
    let (agency, isOwner) = (context.actor.agency, context.owns(reportedBy: reporter))
    // Who is shown all of it causes no question.
    if Withdrawals.areShown(to: agency, isOwner: isOwner) { return .none }
    return Withdrawals(try withdrawals(of: id), from: agency, isOwner: isOwner)
  }

  /// An earlier version of a case as whoever asks may see it now. What is withheld by either state stays withheld, and what
  /// was withdrawn since is, too.
  func seen(_ then: Case, _ context: Lifecycle.Context) throws -> SeenCase {
    let agency = context.actor.agency
    let seen = try seen(then.id, by: agency)
    let withdrawals = try withdrawals(of: then.id, reportedBy: then.facts.source.agency, context)
    let projection = try SeenCase(then, for: agency).projection
    return seen.showing(then, within: withdrawals.facts(projection, at: then.seq))
  }
}
