/// The ways between milestones that are measured.
public enum TimelinessInterval: String, Sendable, CaseIterable {
  case receivedToVerification = "received_to_verification"
  case verificationToStudy = "verification_to_study"
  case studyToRecommendation = "study_to_recommendation"
  case recommendationToDecision = "recommendation_to_decision"
  case decisionToClosure = "decision_to_closure"
  case receivedToDecision = "received_to_decision"

  /// From the day of the first to the day of one of the others, of which a case reaches one at most.
  var milestones: (from: Milestone, to: Milestone, or: Milestone?) {
    switch self {
    case .receivedToVerification: (.received, .verified, .rejected)
    case .verificationToStudy: (.verified, .studied, nil)
    case .studyToRecommendation: (.studied, .recommended, nil)
    case .recommendationToDecision: (.recommended, .decided, nil)
    case .decisionToClosure: (.decided, .closed, nil)
    case .receivedToDecision: (.received, .decided, nil)
    }
  }
}

/// Days, counted.
public struct DaysDistribution: Sendable, Equatable {
  /// Up to so many days are counted in place; the few that took longer must not cost the memory of all days between.
  private static let inPlace = 512

  /// How many took so many days, by days.
  private var counts: [Int] = []
  private var longer: [Int: Int] = [:]
  /// How many there are.
  public private(set) var count = 0

  mutating func add(_ days: Int) { add(days, 1) }

  mutating func add(_ other: DaysDistribution) {
    for (days, number) in other.counts.enumerated() where number > 0 { add(days, number) }
    for (days, number) in other.longer { add(days, number) }
  }

  private mutating func add(_ days: Int, _ number: Int) {
    count += number
    guard days < Self.inPlace else {
      longer[days, default: 0] += number
      return
    }
    if days >= counts.count { counts += Array(repeating: 0, count: days + 1 - counts.count) }
    counts[days] += number
  }

  /// The nearest rank: the fewest days within which at least `percent` in a hundred were done; nil when there is none.
  public func percentile(_ percent: Int) -> Int? {
    guard count > 0 else { return nil }
    var seen = 0
    for (days, number) in counts.enumerated() {
      seen += number
      if seen * 100 >= count * percent { return days }
    }
    for (days, number) in longer.sorted(by: { $0.key < $1.key }) {
      seen += number
      if seen * 100 >= count * percent { return days }
    }
    return nil
  }
}

/// How long steps took, and how the statutory clocks stand.
public struct Timeliness: Sendable, Equatable {
  var days = Array(repeating: DaysDistribution(), count: TimelinessInterval.allCases.count)
  var standings = Array(repeating: 0, count: ClockKind.allCases.count * ClockStanding.allCases.count)
  /// Of each, how many rest on what another agency has recorded and nobody has confirmed; nil: not counted.
  var daysOfOthers: [Int]?
  var standingsOfOthers: [Int]?

  init(_ question: StatisticQuestion) {
    guard question.tellsOthers else { return }
    (daysOfOthers, standingsOfOthers) = (Array(repeating: 0, count: days.count), standings)
  }

  /// Of the cases that went a way, what others have recorded; nil: not counted.
  public func ofOthers(_ interval: TimelinessInterval) -> Int? {
    daysOfOthers?[TimelinessInterval.allCases.firstIndex(of: interval) ?? 0]
  }

  /// Of the clocks of a kind in a state, what others have recorded; nil: not counted.
  public func ofOthers(_ kind: ClockKind, _ standing: ClockStanding) -> Int? {
    standingsOfOthers?[Self.index(kind.index, standing)]
  }

  /// The days one way took, of the cases that went it by the date.
  public subscript(interval: TimelinessInterval) -> DaysDistribution {
    days[TimelinessInterval.allCases.firstIndex(of: interval) ?? 0]
  }

  /// How many clocks of a kind are in a state at the date.
  public subscript(kind: ClockKind, standing: ClockStanding) -> Int { standings[Self.index(kind.index, standing)] }

  mutating func add(_ way: Int, days: Int, isOfOthers: Bool) {
    self.days[way].add(days)
    if isOfOthers { daysOfOthers?[way] += 1 }
  }

  mutating func add(_ kind: Int, _ standing: ClockStanding, isOfOthers: Bool) {
    standings[Self.index(kind, standing)] += 1
    if isOfOthers { standingsOfOthers?[Self.index(kind, standing)] += 1 }
  }

  mutating func add(_ other: Timeliness) {
    for index in days.indices { days[index].add(other.days[index]) }
    for index in standings.indices { standings[index] += other.standings[index] }
    for (index, count) in (other.daysOfOthers ?? []).enumerated() { daysOfOthers?[index] += count }
    for (index, count) in (other.standingsOfOthers ?? []).enumerated() { standingsOfOthers?[index] += count }
  }

  private static func index(_ kind: Int, _ standing: ClockStanding) -> Int {
    kind * ClockStanding.allCases.count + standing.index
  }
}

extension CaseStates {
  func timeliness(_ question: StatisticQuestion, _ view: StateView, _ selection: StateSelection?)
    -> Grouped<Timeliness>
  {
    let keys = groupKeys(question.groupBy)
    let empty = Timeliness(question)
    var groups = Array(repeating: empty, count: keys.count)
    if let selection {
      forEachCase(view, selection) { counted, entries in
        let number = Self.group(counted.facts, by: question.groupBy)
        Self.forEachTime(of: counted, on: view.day, entries) { way, days in
          groups[number].add(way, days: days, isOfOthers: counted.unconfirmed & Self.foundations[way] != 0)
        } clock: { kind, standing in
          // A clock starts and stops with acts of any kind before it.
          groups[number].add(kind, standing, isOfOthers: counted.unconfirmed != 0)
        }
      }
    }
    var total = empty
    for group in groups { total.add(group) }
    return Grouped(total, groups, keys: keys, empty: empty, isGrouped: question.groupBy != nil)
  }

  private static let foundations = TimelinessInterval.allCases.map(\.foundation)
  private static let ways = TimelinessInterval.allCases.map { way in
    (from: way.milestones.from.index, to: way.milestones.to.index, or: way.milestones.or?.index)
  }

  /// Calls `interval` with every way a case has gone and its days, and `clock` with every clock and how it stands.
  @inline(__always)
  static func forEachTime(
    of counted: Counted, on day: Day, _ entries: UnsafeBufferPointer<Entry>, interval: (Int, Int) -> Void,
    clock: (Int, ClockStanding) -> Void
  ) {
    let dates = dates(of: counted, entries)
    for (index, way) in ways.enumerated() {
      let (from, to) = (dates[way.from], max(dates[way.to], way.or.map { dates[$0] } ?? 0))
      if from != 0 && to != 0 { interval(index, max(0, Int(to) - Int(from))) }
    }
    let entry = counted.entry
    let verification = ClockKind.verification.index
    for kind in ClockKind.allCases.indices where kind != verification {
      if entry.clocks.contains(.met(kind)) { clock(kind, .met) }
      if entry.clocks.contains(.late(kind)) { clock(kind, .late) }
    }
    if let kind = entry.flags.openClock, kind != verification {
      clock(kind, entry.standing(kind, due: entry.due, on: day))
    }
    // The day of receipt is a fact, and known now: the clock that starts with it follows a correction.
    let due = entries[counted.factsState].verificationDue
    if due != 0 { clock(verification, standingOfVerification(entry, dates, due: due, on: day)) }
  }

  private static func standingOfVerification(
    _ entry: Entry, _ dates: InlineArray<16, Day>, due: Day, on day: Day
  ) -> ClockStanding {
    let verification = ClockKind.verification.index
    if entry.flags.openClock == verification { return entry.standing(verification, due: due, on: day) }
    var stopped = Day.max
    for end in verificationEnds where dates[end] != 0 { stopped = min(stopped, dates[end]) }
    return stopped <= due ? .met : .late
  }

  /// What stops the clock of verification comes before everything else that can be on record.
  private static let verificationEnds = [Milestone.verified, .rejected, .cancelled, .lapsed].map(\.index)

  /// The days on which a case reached its milestones, by the index of the milestone; 0 where it did not. One that was
  /// reached again after its act was void counts from then, and one that was not reached again does not count.
  static func dates(of counted: Counted, _ entries: UnsafeBufferPointer<Entry>) -> InlineArray<16, Day> {
    var dates = InlineArray<16, Day>(repeating: 0)
    var index = counted.index
    var missing = counted.entry.reached
    while index >= 0 {
      let entry = entries[index]
      let before = entry.previous < 0 ? 0 : entries[Int(entry.previous)].reached
      var fresh = entry.reached & ~before & missing
      missing &= ~fresh
      while fresh != 0 {
        dates[fresh.trailingZeroBitCount] = entry.acted
        fresh &= fresh &- 1
      }
      index = Int(entry.previous)
    }
    dates[Milestone.received.index] = counted.facts.received
    return dates
  }
}

extension CaseStates.Entry {
  /// How the open clock stands on a day. Nobody is late who does not appeal: that period simply ends.
  fileprivate func standing(_ kind: Int, due: CaseStates.Day, on day: CaseStates.Day) -> ClockStanding {
    if flags.contains(.clockIsPaused) { return .paused }
    if due >= day { return .running }
    return kind == ClockKind.appealFiling.index ? .met : .overdue
  }
}
