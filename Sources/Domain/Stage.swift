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
public struct Milestones: Sendable, Equatable {
  private var dates: [LegalDate?]

  /// No milestone reached.
  public init() { dates = Array(repeating: nil, count: Milestone.allCases.count) }

  /// The legal date of a milestone; nil when it was not reached.
  public subscript(milestone: Milestone) -> LegalDate? {
    get { dates[milestone.index] }
    set { dates[milestone.index] = newValue }
  }

  /// The latest date of all; nil when none is reached.
  public var latest: LegalDate? { dates.compactMap { $0 }.max() }
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
