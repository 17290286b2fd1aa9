/// The metrics of the funnel; the raw value is the name in answers.
public enum FunnelMetric: String, Sendable, CaseIterable {
  /// Received, and not rejected.
  case reported
  case verified, recommended
  /// The PPK has decided.
  case followedUp = "followed_up"
  /// A block is open.
  case blocked
  /// Recommended, neither decided nor blocked, nor ended another way.
  case inProcess = "in_process"
  case exonerated
  /// Outside of `reported`.
  case rejected

  /// The metric a percentage of this one refers to.
  public var base: FunnelMetric? {
    switch self {
    case .verified, .recommended: .reported
    case .followedUp, .blocked, .inProcess: .recommended
    case .exonerated: .followedUp
    case .reported, .rejected: nil
    }
  }

  /// Position in `allCases`.
  var index: Int {
    switch self {
    case .reported: 0
    case .verified: 1
    case .recommended: 2
    case .followedUp: 3
    case .blocked: 4
    case .inProcess: 5
    case .exonerated: 6
    case .rejected: 7
    }
  }

  var bit: UInt8 { 1 << UInt8(index) }
}
