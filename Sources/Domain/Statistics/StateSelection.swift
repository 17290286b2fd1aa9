/// Which state of each case a question looks at.
struct StateView {
  let basis: StatisticBasis
  let day: CaseStates.Day
  /// The record as it was at this sequence.
  let seq: UInt32
}

/// Which cases a question counts, as numbers of codes.
struct StateSelection {
  /// The number each field must have; nil: any.
  private struct Wanted {
    var election, region, province, institution, violation, cohort: UInt16?
    var category, institutionKind, positionLevel, reportingClass, agency: UInt16?
  }

  /// What the caller may see, in the state that is counted and now.
  private let grant: Grant
  /// Where the caller may know who the person is.
  private let subjectGrant: Grant
  private let caller: UInt16?
  private let regional: UInt16?
  private let wanted: Wanted
  private let stages: UInt16
  private let actedFrom: CaseStates.Day
  private let actedUntil: CaseStates.Day

  /// - Parameter agency: whose view; nil: of everything, for public releases.
  /// - Returns: nil when a filter names a code that no case has.
  init?(_ filter: StatisticFilter, for agency: AgencyCode?, _ codes: CaseStates.Codes) {
    grant = agency.map { Visibility.row($0).rows } ?? [.always]
    subjectGrant = agency.map { Visibility.row($0).subject } ?? [.always]
    caller = agency.flatMap { codes.agencies.number(of: $0.rawValue) }
    regional = codes.institutionKinds.number(of: InstitutionKind.regional.rawValue)
    stages = filter.stages.isEmpty ? .max : filter.stages.reduce(0) { $0 | 1 << UInt16($1.index) }
    actedFrom = filter.occurredFrom.map(CaseStates.day) ?? 0
    actedUntil = filter.occurredUntil.map(CaseStates.day) ?? .max
    var wanted = Wanted()
    var isKnown = true
    func number(_ code: String?, _ table: CodeTable) -> UInt16? {
      guard let code else { return nil }
      let number = table.number(of: code)
      if number == nil { isKnown = false }
      return number
    }
    wanted.election = number(filter.election, codes.elections)
    if let region = filter.region {
      if region.isProvince {
        wanted.province = number(region.text, codes.provinces)
      } else {
        wanted.region = number(region.text, codes.regions)
      }
    }
    wanted.institution = number(filter.institution, codes.institutions)
    wanted.institutionKind = number(filter.institutionKind?.rawValue, codes.institutionKinds)
    wanted.violation = number(filter.violation, codes.violations)
    wanted.category = number(filter.category, codes.categories)
    wanted.positionLevel = number(filter.positionLevel?.rawValue, codes.positionLevels)
    wanted.reportingClass = number(filter.reportingClass, codes.reportingClasses)
    wanted.agency = number(filter.reportedBy?.rawValue, codes.agencies)
    wanted.cohort = filter.cohort.map { UInt16(clamping: $0) }
    self.wanted = wanted
    if !isKnown { return nil }
  }

  /// True when the state is counted.
  ///
  /// - Parameters:
  ///   - newest: the newest state of the case, with its facts: what is hidden now stays hidden.
  @inline(__always)
  func includes(
    _ entry: CaseStates.Entry, _ facts: CaseStates.Facts, newest: (CaseStates.Entry, CaseStates.Facts)
  ) -> Bool {
    stages & (1 << UInt16(entry.stage)) != 0 && facts.acted >= actedFrom && facts.acted <= actedUntil && agrees(facts)
      && (grant.contains(.always) || (meets(grant, entry, facts) && meets(grant, newest.0, newest.1)))
  }

  /// True when the caller sees who every person is.
  var seesAllPersons: Bool { subjectGrant.contains(.always) }

  /// True when the caller may know who the person is: that two cases are about one person tells it.
  func seesPerson(_ entry: CaseStates.Entry, _ facts: CaseStates.Facts) -> Bool { meets(subjectGrant, entry, facts) }

  @inline(__always)
  private func agrees(_ facts: CaseStates.Facts) -> Bool {
    agrees(wanted.election, facts.election) && agrees(wanted.province, facts.province)
      && agrees(wanted.region, facts.region) && agrees(wanted.institution, facts.institution)
      && agrees(wanted.institutionKind, facts.institutionKind) && agrees(wanted.violation, facts.violation)
      && agrees(wanted.category, facts.category) && agrees(wanted.positionLevel, facts.positionLevel)
      && agrees(wanted.reportingClass, facts.reportingClass) && agrees(wanted.agency, facts.agency)
      && agrees(wanted.cohort, facts.cohort)
  }

  @inline(__always)
  private func agrees(_ wanted: UInt16?, _ number: UInt16) -> Bool { wanted == nil || wanted == number }

  @inline(__always)
  private func meets(_ grant: Grant, _ entry: CaseStates.Entry, _ facts: CaseStates.Facts) -> Bool {
    grant.isMet(
      by: CaseRelation(
        isOwn: facts.agency == caller, wasVerified: entry.has(.verified), wasRecommended: entry.has(.recommended),
        isRegional: facts.institutionKind == regional))
  }
}

extension CaseStates.Entry {
  @inline(__always)
  func has(_ milestone: Milestone) -> Bool { reached & (1 << UInt16(milestone.index)) != 0 }

  /// The metrics of the funnel this state counts for, a bit each.
  @inline(__always)
  var funnelBits: UInt8 {
    if has(.rejected) { return FunnelMetric.rejected.bit }
    var bits = FunnelMetric.reported.bit
    if has(.verified) { bits |= FunnelMetric.verified.bit }
    if has(.exonerated) { bits |= FunnelMetric.exonerated.bit }
    let isBlocked = flags.contains(.blockIsOpen)
    if isBlocked { bits |= FunnelMetric.blocked.bit }
    if has(.decided) { bits |= FunnelMetric.followedUp.bit }
    if has(.recommended) {
      bits |= FunnelMetric.recommended.bit
      let isOpen = !has(.decided) && !isBlocked && Self.finalStages & (1 << UInt16(stage)) == 0
      if isOpen { bits |= FunnelMetric.inProcess.bit }
    }
    return bits
  }

  /// A bit for each stage.
  private static let finalStages: UInt16 = Stage.allCases.reduce(0) { $1.isFinal ? $0 | 1 << UInt16($1.index) : $0 }
}

/// How figures are split up.
extension CaseStates {
  /// The number of the group a case falls into; 0 for no code.
  @inline(__always)
  static func group(_ facts: Facts, by grouping: StatisticGrouping?) -> Int {
    switch grouping {
    case nil: 0
    case .province: Int(facts.province)
    case .region: Int(facts.region)
    case .institution: Int(facts.institution)
    case .institutionKind: Int(facts.institutionKind)
    case .positionLevel: Int(facts.positionLevel)
    case .reportingClass: Int(facts.reportingClass)
    case .violation: Int(facts.violation)
    case .category: Int(facts.category)
    case .reportedBy: Int(facts.agency)
    case .cohort: Int(facts.cohort)
    case .election: Int(facts.election)
    }
  }

  /// The codes of all groups, by number; nil for no code.
  func groupKeys(_ grouping: StatisticGrouping?) -> [String?] {
    let table: CodeTable? =
      switch grouping {
      case nil: CodeTable()
      case .province: codes.provinces
      case .region: codes.regions
      case .institution: codes.institutions
      case .institutionKind: codes.institutionKinds
      case .positionLevel: codes.positionLevels
      case .reportingClass: codes.reportingClasses
      case .violation: codes.violations
      case .category: codes.categories
      case .reportedBy: codes.agencies
      case .election: codes.elections
      case .cohort: nil
      }
    guard let table else { return [nil] + (1..<2_200).map { String($0) } }
    return table.texts.map { $0.isEmpty ? nil : $0 }
  }
}
