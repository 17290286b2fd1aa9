/// What a count rests on: the milestones that must have been recorded for a case to be counted. A case of which one of
/// them was recorded by another agency than the one named, and is not confirmed, is one recorded by others.
enum Foundation {
  static let report = bits(.received)
  static let verification = report | bits(.verified)
  static let recommendation = verification | bits(.studied, .recommended)
  static let decision = recommendation | bits(.decided, .notProven)
  static let ruling = decision | bits(.appealed, .ruled, .exonerated)

  static func bits(_ milestones: Milestone...) -> UInt16 {
    milestones.reduce(0) { $0 | 1 << UInt16($1.index) }
  }
}

extension FunnelMetric {
  /// The milestones that a case counts for the metric by.
  var milestones: UInt16 {
    switch self {
    case .reported: Foundation.report
    case .verified: Foundation.verification
    case .recommended: Foundation.recommendation
    case .followedUp: Foundation.decision
    case .blocked: Foundation.recommendation | Foundation.bits(.blocked)
    case .inProcess: Foundation.recommendation | Foundation.bits(.released)
    case .exonerated: Foundation.ruling
    case .rejected: Foundation.report | Foundation.bits(.rejected)
    }
  }
}

extension SanctionsCounted {
  /// The milestones that a sanction is counted by.
  var milestones: UInt16 { self == .decided ? Foundation.ruling : Foundation.recommendation }
}

extension TimelinessInterval {
  /// The milestones that a way is counted by.
  var foundation: UInt16 {
    let (from, to, or) = milestones
    return Foundation.report | Foundation.bits(from, to) | (or.map { Foundation.bits($0) } ?? 0)
  }
}

extension CaseStates.Counted {
  /// The metrics of the funnel that the case would not count for but for what others have recorded.
  @inline(__always)
  var othersBits: UInt8 { unconfirmed == 0 ? 0 : Self.metrics(restingOn: unconfirmed) }

  private static func metrics(restingOn milestones: UInt16) -> UInt8 {
    FunnelMetric.allCases.reduce(0) { $1.milestones & milestones == 0 ? $0 : $0 | $1.bit }
  }
}
