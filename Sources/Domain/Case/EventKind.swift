/// What can happen to a case; the raw value is the `what` of its history.
public enum EventKind: Hashable, Sendable {
  /// A report was recorded.
  case created
  case act(ActionKind)
  case correction, correctionRequest, correctionAcceptance, correctionRefusal
  case link
  /// An agency has answered what another one recorded in its name.
  case confirmation
  /// A change of rules or holidays has moved a clock.
  case clockDerivation
  /// Personal values were erased.
  case erasure
  /// Personal values are kept beyond their time, and no longer so.
  case retentionHold, retentionRelease
  /// A file was brought, was withdrawn, or a scanner has looked at it.
  case evidence, evidenceWithdrawal, evidenceScan
  /// An agency that does not own the case was given a file.
  case evidenceView

  /// True when the event makes a version of the case, unless what it accepts has changed nothing.
  public var makesVersion: Bool {
    switch self {
    case .act(.notes), .correctionRequest, .correctionRefusal, .link, .retentionHold, .retentionRelease, .evidenceView:
      false
    case .created, .act, .correction, .correctionAcceptance, .confirmation, .clockDerivation, .erasure, .evidence,
      .evidenceWithdrawal, .evidenceScan:
      true
    }
  }
}

extension EventKind: RawRepresentable, CaseIterable {
  public static let allCases: [EventKind] =
    [
      .created, .correction, .correctionRequest, .correctionAcceptance, .correctionRefusal, .link, .confirmation,
      .clockDerivation, .erasure, .retentionHold, .retentionRelease, .evidence, .evidenceWithdrawal, .evidenceScan,
      .evidenceView,
    ] + ActionKind.allCases.map(act)

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  public init?(rawValue: String) {
    guard let kind = Self.byName[rawValue] else { return nil }
    self = kind
  }

  public var rawValue: String {
    switch self {
    case .created: "created"
    case .act(let kind): kind.rawValue
    case .correction: "correction"
    case .correctionRequest: "correction_request"
    case .correctionAcceptance: "correction_acceptance"
    case .correctionRefusal: "correction_refusal"
    case .link: "link"
    case .confirmation: "confirmation"
    case .clockDerivation: "clock_derivation"
    case .erasure: "erasure"
    case .retentionHold: "retention_hold"
    case .retentionRelease: "retention_release"
    case .evidence: "evidence"
    case .evidenceWithdrawal: "evidence_withdrawal"
    case .evidenceScan: "evidence_scan"
    case .evidenceView: "evidence_view"
    }
  }
}
