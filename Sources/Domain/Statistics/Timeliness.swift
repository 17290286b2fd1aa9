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

/// How clocks are counted: by how they stand, and those apart that were met and recorded late.
public enum ClockCount: String, Sendable, CaseIterable {
  case running, paused
  /// Stopped in time, and recorded in time.
  case met
  /// Dated in time, and recorded after the due date.
  case recordedLate = "recorded_late"
  case late, overdue

  /// Position in `allCases`.
  var index: Int {
    switch self {
    case .running: 0
    case .paused: 1
    case .met: 2
    case .recordedLate: 3
    case .late: 4
    case .overdue: 5
    }
  }

  /// What a definition counts.
  public static func counted(by definition: Int) -> [ClockCount] {
    definition < 2 ? allCases.filter { $0 != .recordedLate } : allCases
  }

  /// The same as a definition counts it: the first one saw no difference.
  func counted(by definition: Int) -> ClockCount { definition < 2 && self == .recordedLate ? .met : self }
}

/// How long steps took, and how the statutory clocks stand.
public struct Timeliness: Sendable, Equatable {
  var days = Array(repeating: DaysDistribution(), count: TimelinessInterval.allCases.count)
  var clocks = Array(repeating: 0, count: ClockKind.allCases.count * ClockCount.allCases.count)
  /// Of each, how many rest on what another agency has recorded and nobody has confirmed; nil: not counted.
  var daysOfOthers: [Int]?
  var clocksOfOthers: [Int]?
  /// Version of the definition by which was counted.
  public let definition: Int

  init(_ question: StatisticQuestion) {
    definition = question.definition
    guard question.tellsOthers else { return }
    (daysOfOthers, clocksOfOthers) = (Array(repeating: 0, count: days.count), clocks)
  }

  /// Of the cases that went a way, what others have recorded; nil: not counted.
  public func ofOthers(_ interval: TimelinessInterval) -> Int? {
    daysOfOthers?[TimelinessInterval.allCases.firstIndex(of: interval) ?? 0]
  }

  /// Of the clocks of a kind that are counted so, what others have recorded; nil: not counted.
  public func ofOthers(_ kind: ClockKind, _ count: ClockCount) -> Int? {
    clocksOfOthers?[Self.index(kind.index, count)]
  }

  /// The days one way took, of the cases that went it by the date.
  public subscript(interval: TimelinessInterval) -> DaysDistribution {
    days[TimelinessInterval.allCases.firstIndex(of: interval) ?? 0]
  }

  /// How many clocks of a kind are in a state at the date.
  public subscript(kind: ClockKind, count: ClockCount) -> Int { clocks[Self.index(kind.index, count)] }

  mutating func add(_ way: Int, days: Int, isOfOthers: Bool) {
    self.days[way].add(days)
    if isOfOthers { daysOfOthers?[way] += 1 }
  }

  mutating func add(_ kind: Int, _ count: ClockCount, isOfOthers: Bool) {
    let index = Self.index(kind, count.counted(by: definition))
    clocks[index] += 1
    if isOfOthers { clocksOfOthers?[index] += 1 }
  }

  mutating func add(_ other: Timeliness) {
    for index in days.indices { days[index].add(other.days[index]) }
    for index in clocks.indices { clocks[index] += other.clocks[index] }
    for (index, count) in (other.daysOfOthers ?? []).enumerated() { daysOfOthers?[index] += count }
    for (index, count) in (other.clocksOfOthers ?? []).enumerated() { clocksOfOthers?[index] += count }
  }

  private static func index(_ kind: Int, _ count: ClockCount) -> Int {
    kind * ClockCount.allCases.count + count.index
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
        } clock: { kind, count in
          // A clock starts and stops with acts of any kind before it.
          groups[number].add(kind, count, isOfOthers: counted.unconfirmed != 0)
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
    clock: (Int, ClockCount) -> Void
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
      if entry.clocks.contains(.recordedLate(kind)) { clock(kind, .recordedLate) }
      if entry.clocks.contains(.late(kind)) { clock(kind, .late) }
    }
    if let kind = entry.flags.openClock, kind != verification {
      clock(kind, entry.openClock(kind, due: entry.due, on: day))
    }
    // The day of receipt is a fact, and known now: the clock that starts with it follows a correction.
    let due = entries[counted.factsState].verificationDue
    if due == 0 { return }
    if entry.flags.openClock == verification {
      clock(verification, entry.openClock(verification, due: due, on: day))
    } else {
      clock(verification, stoppedVerification(of: counted, dates, due: due, entries))
    }
  }

  private static func stoppedVerification(
    of counted: Counted, _ dates: InlineArray<16, Day>, due: Day, _ entries: UnsafeBufferPointer<Entry>
  ) -> ClockCount {
    var stopped = Day.max
    for end in verificationEnds where dates[end] != 0 { stopped = min(stopped, dates[end]) }
    if stopped > due { return .late }
    // The first state with one of the ends was recorded on the day of the stop's record.
    var (index, recorded) = (counted.index, Day(0))
    while index >= 0 && entries[index].reached & verificationEndBits != 0 {
      recorded = entries[index].recorded
      index = Int(entries[index].previous)
    }
    return recorded > due ? .recordedLate : .met
  }

  /// What stops the clock of verification comes before everything else that can be on record.
  private static let verificationEnds = [Milestone.verified, .rejected, .cancelled, .lapsed].map(\.index)
  private static let verificationEndBits = verificationEnds.reduce(UInt16(0)) { $0 | 1 << UInt16($1) }

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
  func openClock(_ kind: Int, due: CaseStates.Day, on day: CaseStates.Day) -> ClockCount {
    if flags.contains(.clockIsPaused) { return .paused }
    if due >= day { return pausedUntil > day ? .paused : .running }
    return kind == ClockKind.appealFiling.index ? .met : .overdue
  }
}
