/// Where a case stands on its legal road.
public enum Stage: String, Sendable, CaseIterable {
  case received, verified, studied, recommended, sanctioned, closed
  case rejected
  case notProven = "not_proven"
  case blocked, appealed, exonerated, cancelled, lapsed

  /// True when no action can move the case any more (corrections of facts stay possible).
  public var isFinal: Bool {
    switch self {
    case .rejected, .notProven, .exonerated, .cancelled, .lapsed, .closed: true
    case .received, .verified, .studied, .recommended, .sanctioned, .blocked, .appealed: false
    }
  }
}

/// A dated point on the road; each holds the legal date of the act that reached it last.
public enum Milestone: String, Sendable, CaseIterable {
  case received, verified, rejected, studied, recommended
  case notProven = "not_proven"
  case decided, blocked, released, appealed, ruled, exonerated, escalated, closed, cancelled, lapsed
}

/// The milestones a case has reached.
public struct Milestones: Sendable {
  /// Days since 1970-01-01, in place: a case is read too often for an array. The smallest number is no date.
  private var days = InlineArray<16, Int32>(repeating: .min)

  /// No milestone reached.
  public init() {}

  /// The legal date of a milestone; nil when it was not reached.
  public subscript(milestone: Milestone) -> LegalDate? {
    get { date(milestone.index) }
    set { days[milestone.index] = newValue.map { Int32(clamping: $0.day) } ?? .min }
  }

  /// The latest date of all; nil when none is reached.
  public var latest: LegalDate? { latest(from: 0) }

  /// The latest date of an act, which leaves out the receipt; nil when there was none.
  var latestAct: LegalDate? { latest(from: Milestone.received.index + 1) }

  /// A bit for each milestone that is reached, by its index.
  var bits: UInt16 {
    var bits: UInt16 = 0
    for index in days.indices where days[index] != .min { bits |= 1 << UInt16(index) }
    return bits
  }

  /// A bit for each milestone whose date differs, by its index.
  func changes(since before: Milestones) -> UInt16 {
    var bits: UInt16 = 0
    for index in days.indices where days[index] != before.days[index] { bits |= 1 << UInt16(index) }
    return bits
  }

  private func latest(from first: Int) -> LegalDate? {
    var latest = Int32.min
    for index in first..<days.count { latest = max(latest, days[index]) }
    return latest == .min ? nil : LegalDate(day: Int(latest))
  }

  private func date(_ index: Int) -> LegalDate? { days[index] == .min ? nil : LegalDate(day: Int(days[index])) }
}

extension Milestones: Equatable {
  public static func == (left: Milestones, right: Milestones) -> Bool {
    left.days.indices.allSatisfy { left.days[$0] == right.days[$0] }
  }
}

extension Milestone {
  /// Position in `allCases`: the order in which milestones are written everywhere.
  var index: Int {
    switch self {
    case .received: 0
    case .verified: 1
    case .rejected: 2
    case .studied: 3
    case .recommended: 4
    case .notProven: 5
    case .decided: 6
    case .blocked: 7
    case .released: 8
    case .appealed: 9
    case .ruled: 10
    case .exonerated: 11
    case .escalated: 12
    case .closed: 13
    case .cancelled: 14
    case .lapsed: 15
    }
  }
}
