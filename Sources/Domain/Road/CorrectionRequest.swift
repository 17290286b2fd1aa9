/// A correction that somebody other than the owner asks for.
public struct CorrectionRequest: Sendable {
  /// How a request ended.
  public enum State: String, Sendable {
    case open, accepted, refused
  }

  /// Counts the requests of a case from 1.
  public var number: Int
  public var requestedBy: AgencyCode
  public var requestedAt: Timestamp
  /// The merge patch asked for (RFC 7396), as compact JSON. It holds personal values: shown to requester and owner alone.
  public var patch: String
  public var reason: String
  public var state: State
  public var decidedBy: AgencyCode?
  public var decidedAt: Timestamp?
  public var decisionReason: String?
  /// Whether it says that the case is on record about the wrong person. False by default.
  public var isOfWrongPerson = false

  public init(
    number: Int, requestedBy: AgencyCode, requestedAt: Timestamp, patch: String, reason: String, state: State,
    decidedBy: AgencyCode?, decidedAt: Timestamp?, decisionReason: String?
  ) {
    self.number = number
    self.requestedBy = requestedBy
    self.requestedAt = requestedAt
    self.patch = patch
    self.reason = reason
    self.state = state
    self.decidedBy = decidedBy
    self.decidedAt = decidedAt
    self.decisionReason = decisionReason
  }
}
