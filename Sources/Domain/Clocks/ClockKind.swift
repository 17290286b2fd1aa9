/// The statutory clocks of a case.
public enum ClockKind: String, Sendable, CaseIterable, Codable {
  case verification, study
  case ppkFollowUp = "ppk_follow_up"
  case appealFiling = "appeal_filing"

  /// The milestone at which the clock starts.
  public var startsAt: Milestone {
    switch self {
    case .verification: .received
    case .study: .verified
    case .ppkFollowUp: .recommended
    case .appealFiling: .decided
    }
  }

  /// What stops the clock beside the end of the case.
  public var stopsAt: Set<Milestone> {
    switch self {
    case .verification: [.verified, .rejected]
    case .study: [.studied, .notProven]
    case .ppkFollowUp: [.decided]
    case .appealFiling: [.appealed]
    }
  }

  /// The mandate an agency needs to pause and resume the clock.
  public var mandate: MandateKind {
    switch self {
    case .verification: .verify
    case .study: .study
    case .ppkFollowUp: .recommend
    case .appealFiling: .appeal
    }
  }
}
