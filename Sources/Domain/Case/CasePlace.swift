/// A case at a version: what a list that was found remembers of each item until it is written.
public struct CasePlace: Sendable, Equatable {
  public var id: CaseID
  public var version: Int32

  public init(id: CaseID, version: Int) { (self.id, self.version) = (id, Int32(version)) }
}

/// A clock of a case at a version.
public struct ClockPlace: Sendable, Equatable {
  public var of: CasePlace
  public var kind: ClockKind

  public init(of place: CasePlace, kind: ClockKind) { (of, self.kind) = (place, kind) }
}

extension ListedClock {
  /// A clock of a case; nil when the case has none of this kind.
  public init?(_ record: Case, _ kind: ClockKind) {
    guard let clock = record.progress.clock(kind) else { return nil }
    self.init(
      caseID: record.id, version: record.version, number: record.number, stage: record.progress.stage,
      election: record.facts.election, region: record.facts.region, institution: record.facts.institution,
      recommendedTo: record.progress.recommendation?.institution, blockIsOpen: record.progress.blockIsOpen,
      clock: clock, basis: VisibilityBasis(record))
  }
}
