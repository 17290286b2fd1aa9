/// What lies where on a day, of the cases that an agency sees: a view of the moment and no figure to be cited.
public struct CaseOverview: Sendable, Equatable {
  /// Cases of one stage that wait for the next act.
  public struct Waiting: Sendable, Equatable {
    public var stage: Stage
    public var institutionKind: InstitutionKind
    public var count: Int
    /// Day of the latest act of the case that has waited longest.
    public var since: LegalDate
  }

  /// Clocks of one kind that are over, in one province.
  public struct Overdue: Sendable, Equatable {
    public var clock: ClockKind
    public var institutionKind: InstitutionKind
    /// Code of the province.
    public var province: String
    public var count: Int
    public var oldestDue: LegalDate
  }

  /// One week.
  public struct Week: Sendable, Equatable {
    public var monday: LegalDate
    /// Reports received and decisions made in it.
    public var arrivals = 0
    public var decisions = 0
  }

  public var waiting: [Waiting] = []
  public var overdue: [Overdue] = []
  /// The latest ones, in order.
  public var weeks: [Week] = []
  /// Cases with something that another agency has recorded and nobody has confirmed.
  public var unconfirmed = 0
  /// Cases in all.
  public var total = 0
}

extension CaseStates {
  /// Weeks that an overview shows: half a year.
  private static let weekCount = 26

  /// What lies where today, of the cases that an agency sees. It is in one pass over all cases.
  public func overview(for agency: AgencyCode, on today: LegalDate) -> CaseOverview {
    var overview = CaseOverview()
    let monday = today.day - ((today.day + 3) % 7 + 7) % 7
    let first = monday - 7 * (Self.weekCount - 1)
    overview.weeks = (0..<Self.weekCount).map { CaseOverview.Week(monday: LegalDate(day: first + 7 * $0)) }
    guard let selection = StateSelection(StatisticFilter(), for: agency, codes) else { return overview }
    let kinds = codes.institutionKinds.texts.map { InstitutionKind(rawValue: $0) ?? .regional }
    var waiting: [[(count: Int, since: Day)]] = Array(
      repeating: Array(repeating: (0, Day.max), count: kinds.count), count: Stage.allCases.count)
    var overdue: [OverduePlace: (count: Int, due: Day)] = [:]
    let view = StateView(basis: .effective, day: Self.day(today), seq: .max)
    func count(_ day: Day, _ add: (Int) -> Void) {
      let week = (Int(day) - first) / 7
      if Int(day) >= first, week < Self.weekCount { add(week) }
    }
    forEachCase(view, selection) { counted, entries in
      let (entry, kind) = (counted.entry, Int(counted.facts.institutionKind))
      overview.total += 1
      if counted.unconfirmed != 0 { overview.unconfirmed += 1 }
      let place = (waiting[Int(entry.stage)][kind].count, waiting[Int(entry.stage)][kind].since)
      let since = entry.acted == 0 ? counted.facts.received : entry.acted
      waiting[Int(entry.stage)][kind] = (place.0 + 1, min(place.1, since))
      if let clock = entry.flags.openClock {
        let due = clock == ClockKind.verification.index ? entries[counted.factsState].verificationDue : entry.due
        if entry.openClock(clock, due: due, on: view.day) == .overdue {
          let place = OverduePlace(clock: clock, kind: kind, province: counted.facts.province)
          let known = overdue[place] ?? (0, .max)
          overdue[place] = (known.0 + 1, min(known.1, due))
        }
      }
      count(counted.facts.received) { overview.weeks[$0].arrivals += 1 }
      if entry.has(.decided) {
        count(Self.dates(of: counted, entries)[Milestone.decided.index]) { overview.weeks[$0].decisions += 1 }
      }
    }
    for stage in Stage.allCases where !stage.isFinal {
      for (kind, place) in zip(kinds, waiting[stage.index]) where place.count > 0 {
        overview.waiting.append(
          .init(stage: stage, institutionKind: kind, count: place.count, since: LegalDate(day: Int(place.since))))
      }
    }
    overview.overdue = overdue.map { place, found in
      CaseOverview.Overdue(
        clock: ClockKind.allCases[place.clock], institutionKind: kinds[place.kind],
        province: codes.provinces.texts[Int(place.province)], count: found.count,
        oldestDue: LegalDate(day: Int(found.due)))
    }
    .sorted {
      ($0.province, $0.clock.rawValue, $0.institutionKind.rawValue) < (
        $1.province, $1.clock.rawValue, $1.institutionKind.rawValue
      )
    }
    return overview
  }

  private struct OverduePlace: Hashable {
    let clock: Int
    let kind: Int
    let province: UInt16
  }
}

extension Reference {
  /// Who moves a case of a stage on: those who hold the mandate for it on a day.
  public func waitedFor(_ stage: Stage, _ kind: InstitutionKind, on date: LegalDate) -> [String] {
    let mandate: MandateKind? =
      switch stage {
      case .received: .verify
      case .verified: .study
      case .studied: .recommend
      case .recommended, .blocked: .decide
      case .sanctioned: .close
      case .appealed: .appeal
      default: nil
      }
    return holders(of: mandate, kind, on: date)
  }

  /// Who has to act before a clock runs out.
  public func waitedFor(_ clock: ClockKind, _ kind: InstitutionKind, on date: LegalDate) -> [String] {
    let mandate: MandateKind? =
      switch clock {
      case .verification: .verify
      case .study: .study
      case .ppkFollowUp: .decide
      case .appealFiling: nil
      }
    return holders(of: mandate, kind, on: date)
  }

  private func holders(of mandate: MandateKind?, _ kind: InstitutionKind, on date: LegalDate) -> [String] {
    let found = mandates.filter { $0.kind == mandate && $0.scope.covers(kind) && $0.isInForce(on: date) }.map(\.agency)
    return Array(Set(found)).sorted()
  }
}
