/// How a clock stands on a day.
public enum ClockStanding: String, Sendable, CaseIterable {
  case running, paused, met, late, overdue
}

extension Clock {
  /// How the clock stands on `date`. Nobody is late who does not appeal: that period simply ends.
  public func standing(on date: LegalDate) -> ClockStanding {
    switch state {
    case .met: .met
    case .late: .late
    case .paused: .paused
    case .running:
      dueOn < date ? (kind == .appealFiling ? .met : .overdue) : isPaused(on: date) ? .paused : .running
    }
  }
}

/// Which clocks a caller asks for. Visibility is part of the question: a store never answers without it.
public struct ClockQuery: Sendable {
  /// The agency that asks.
  public var caller: AgencyCode
  /// The date in Jakarta on which clocks are judged.
  public var today: LegalDate
  /// Nil: those that are open by default and all when the question goes over cases.
  public var kind: ClockKind?
  public var standings: Set<ClockStanding> = [.running, .paused, .overdue]
  /// True: those that were met, and recorded after their due date; false: all others.
  public var recordedLate: Bool?
  public var institution: String?
  /// A province takes in its regencies and cities.
  public var region: RegionCode?
  public var election: String?
  public var dueFrom: LegalDate?
  /// The first day that is no longer asked for.
  public var dueBefore: LegalDate?
  public var after: CaseQuery.Position?
  /// 1...200.
  public var limit = 50
  /// Cases that are gone over for one page, where that is done: some tens of milliseconds.
  public var casesMax: Int64 = 20_000

  /// A question with no filter.
  public init(caller: AgencyCode, today: LegalDate) {
    self.caller = caller
    self.today = today
  }

  /// True when the answer stands in the order of due dates: what is asked for is open, and of such a case has at most one
  /// clock. Else cases are gone over in the order in which they came.
  public var isInOrderOfDueDates: Bool { standings.isSubset(of: [.running, .paused, .overdue]) }

  /// True when the clock is one that is asked for, whatever its case.
  public func takes(_ clock: Clock) -> Bool {
    (kind == nil || clock.kind == kind) && standings.contains(clock.standing(on: today))
      && recordedLate.map { clock.isRecordedLate == $0 } ?? true
      && dueFrom.map { clock.dueOn >= $0 } ?? true && dueBefore.map { clock.dueOn < $0 } ?? true
  }
}

/// A clock with what everyone is told of its case who sees it: no personal value.
public struct ListedClock: Sendable {
  public var caseID: CaseID
  /// The version of the case that is told of.
  public var version: Int
  public var number: String
  public var stage: Stage
  public var election: String
  public var region: RegionCode
  public var institution: InstitutionRef
  /// The institution whose PPK was asked; nil before the recommendation.
  public var recommendedTo: String?
  public var blockIsOpen: Bool
  public var clock: Clock
  /// Who sees the case.
  public var basis: VisibilityBasis

  public init(
    caseID: CaseID, version: Int, number: String, stage: Stage, election: String, region: RegionCode,
    institution: InstitutionRef,
    recommendedTo: String?, blockIsOpen: Bool, clock: Clock, basis: VisibilityBasis
  ) {
    self.caseID = caseID
    self.version = version
    self.number = number
    self.stage = stage
    self.election = election
    self.region = region
    self.institution = institution
    self.recommendedTo = recommendedTo
    self.blockIsOpen = blockIsOpen
    self.clock = clock
    self.basis = basis
  }
}

/// One page of clocks.
public struct ClockPage: Sendable {
  public var items: [ListedClock]
  /// Where a page goes on that ends with the item of the same index.
  public var places: [CaseQuery.Position]
  /// Where the next page begins; nil on the last one. A page of cases gone over may be short, or empty, before it.
  public var next: CaseQuery.Position?

  public init(items: [ListedClock], places: [CaseQuery.Position], next: CaseQuery.Position?) {
    self.items = items
    self.places = places
    self.next = next
  }
}

/// To whom the silence of a PPK is reported.
public struct Escalation: Sendable, Equatable {
  /// The agency that holds the mandate; nil when nobody does.
  public var agency: String?
  /// The superior of the PPK.
  public var superior: LocalizedText
}

extension Reference {
  /// Who escalates on `date` that the PPK of an institution does not act, and to whom: the governor for a regency or
  /// city, the Minister of Home Affairs for a province, the President for an institution of the centre. Both follow from
  /// the institution whose PPK was asked.
  public func escalation(of item: ListedClock, on date: LegalDate) -> Escalation {
    let (code, kind) = asked(item.recommendedTo, item.institution, on: date)
    let mandate = mandates.first { $0.kind == .escalate && $0.scope.covers(kind) && $0.isInForce(on: date) }
    return Escalation(agency: mandate?.agency, superior: superior(code, kind, item.region, on: date))
  }

  /// The institution whose PPK is asked to act: that of the recommendation, before one the person's own.
  func asked(_ recommendedTo: String?, _ own: InstitutionRef, on date: LegalDate) -> (
    code: String, kind: InstitutionKind
  ) {
    let code = recommendedTo ?? own.code
    return (code, code == own.code ? own.kind : institution(code, on: date)?.kind ?? institutionKind(code) ?? own.kind)
  }

  private func superior(_ code: String, _ kind: InstitutionKind, _ place: RegionCode, on date: LegalDate)
    -> LocalizedText
  {
    guard kind == .regional else { return LocalizedText(en: "President", inIndonesian: "Presiden") }
    // The government of a region has the region's code; of another one the place of the case tells.
    let region = knowsRegion(code) ? RegionCode(stored: code) : place
    if region.isProvince { return LocalizedText(en: "Minister of Home Affairs", inIndonesian: "Menteri Dalam Negeri") }
    let government = institution(region.province, on: date)?.name ?? region.province
    return LocalizedText(en: "Governor (\(government))", inIndonesian: "Gubernur (\(government))")
  }
}
