public import Domain

/// What is asked about ties between cases.
public protocol LinkQuestions {
  /// The ties of a case, in the order in which they were made.
  func links(_ id: CaseID) throws -> [Link]
  /// The tie between two cases; nil when there is none.
  func link(_ relation: LinkRelation, from id: CaseID, to other: CaseID) throws -> Link?
  /// Cases of the rows of `agency` that share the report number, the act's day, region and violation, or, where the
  /// agency sees whom they are about, the person: those first recorded, at most 1,000 by each of the three.
  func related(to record: Case, for agency: AgencyCode) throws -> [RelatedCase]
}
