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
  /// How many took so many days, by days.
  private var counts: [Int] = []
  /// How many there are.
  public private(set) var count = 0

  mutating func add(_ days: Int) {
    if days >= counts.count { counts += Array(repeating: 0, count: days + 1 - counts.count) }
    counts[days] += 1
    count += 1
  }

  mutating func add(_ other: DaysDistribution) {
    if other.counts.count > counts.count {
      counts += Array(repeating: 0, count: other.counts.count - counts.count)
    }
    for (days, number) in other.counts.enumerated() { counts[days] += number }
    count += other.count
  }

  /// The nearest rank: the fewest days within which at least `percent` in a hundred were done; nil when there is none.
  public func percentile(_ percent: Int) -> Int? {
    guard count > 0 else { return nil }
    var seen = 0
    for (days, number) in counts.enumerated() {
      seen += number
      if seen * 100 >= count * percent { return days }
    }
    return counts.count - 1
  }
}

/// How long steps took, and how the statutory clocks stand.
public struct Timeliness: Sendable, Equatable {
  var days = Array(repeating: DaysDistribution(), count: TimelinessInterval.allCases.count)
  var standings = Array(repeating: 0, count: ClockKind.allCases.count * ClockStanding.allCases.count)

  /// The days one way took, of the cases that went it by the date.
  public subscript(interval: TimelinessInterval) -> DaysDistribution {
    days[TimelinessInterval.allCases.firstIndex(of: interval) ?? 0]
  }

  /// How many clocks of a kind are in a state at the date.
  public subscript(kind: ClockKind, standing: ClockStanding) -> Int { standings[Self.index(kind.index, standing)] }

  mutating func add(_ kind: Int, _ standing: ClockStanding) { standings[Self.index(kind, standing)] += 1 }

  mutating func add(_ other: Timeliness) {
    for index in days.indices { days[index].add(other.days[index]) }
    for index in standings.indices { standings[index] += other.standings[index] }
  }

  private static func index(_ kind: Int, _ standing: ClockStanding) -> Int {
    let position =
      switch standing {
      case .running: 0
      case .paused: 1
      case .met: 2
      case .late: 3
      case .overdue: 4
      }
    return kind * ClockStanding.allCases.count + position
  }
}

extension CaseStates {
  func timeliness(_ question: StatisticQuestion, _ view: StateView, _ selection: StateSelection?)
    -> Grouped<Timeliness>
  {
    let keys = groupKeys(question.groupBy)
    var groups = Array(repeating: Timeliness(), count: keys.count)
    let ways = TimelinessInterval.allCases.map { way in
      (from: way.milestones.from.index, to: way.milestones.to.index, or: way.milestones.or?.index)
    }
    if let selection {
      forEachCase(view, selection) { counted, entries in
        let number = Self.group(counted.facts, by: question.groupBy)
        let dates = Self.dates(of: counted, entries)
        for (index, way) in ways.enumerated() {
          let (from, to) = (dates[way.from], max(dates[way.to], way.or.map { dates[$0] } ?? 0))
          if from != 0 && to != 0 { groups[number].days[index].add(max(0, Int(to) - Int(from))) }
        }
        Self.addClocks(of: counted.entry, on: view.day, to: &groups[number])
      }
    }
    var total = Timeliness()
    for group in groups { total.add(group) }
    return Grouped(total, groups, keys: keys, empty: Timeliness(), isGrouped: question.groupBy != nil)
  }

  /// The days on which a case reached its milestones first, by the index of the milestone; 0 where it did not.
  static func dates(of counted: Counted, _ entries: UnsafeBufferPointer<Entry>) -> InlineArray<16, Day> {
    var dates = InlineArray<16, Day>(repeating: 0)
    var index = counted.index
    while index >= 0 {
      let entry = entries[index]
      let before = entry.previous < 0 ? 0 : entries[Int(entry.previous)].reached
      var fresh = entry.reached & ~before
      while fresh != 0 {
        dates[fresh.trailingZeroBitCount] = entry.acted
        fresh &= fresh &- 1
      }
      index = Int(entry.previous)
    }
    dates[Milestone.received.index] = counted.facts.received
    return dates
  }

  private static func addClocks(of entry: Entry, on day: Day, to group: inout Timeliness) {
    for kind in ClockKind.allCases.indices {
      if entry.clocks.contains(.met(kind)) { group.add(kind, .met) }
      if entry.clocks.contains(.late(kind)) { group.add(kind, .late) }
    }
    guard let kind = entry.flags.openClock else { return }
    if entry.flags.contains(.clockIsPaused) {
      group.add(kind, .paused)
    } else if entry.due >= day {
      group.add(kind, .running)
    } else {
      // Nobody is late who does not appeal: the period simply ends.
      group.add(kind, kind == ClockKind.appealFiling.index ? .met : .overdue)
    }
  }
}
