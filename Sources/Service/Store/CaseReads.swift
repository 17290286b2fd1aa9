public import Domain

/// Questions about one snapshot.
public protocol CaseReads: CaseQuestions, LinkQuestions, CorrectionQuestions, FeedQuestions, SnapshotQuestions,
  ClockQuestions, FigureQuestions, LogQuestions
{
  /// An answer given earlier for an idempotency key.
  func reply(_ owner: KeyOwner, _ key: String) throws -> StoredReply?
}

/// What an idempotency key has led to. It names the result and does not hold it, so that no personal value is kept twice
/// and a retry never shows more than the caller may see now.
public struct StoredReply: Sendable, Equatable {
  /// SHA-256 of method, path and body.
  public var requestDigest: [UInt8]
  /// Status of the first answer.
  public var status: Int
  /// The case, when the result is one.
  public var caseID: CaseID?
  /// Its version as first answered.
  public var version: Int?
  /// Identifier of another result (a key, a request number).
  public var resource: String?

  public init(requestDigest: [UInt8], status: Int, caseID: CaseID?, version: Int?, resource: String?) {
    self.requestDigest = requestDigest
    self.status = status
    self.caseID = caseID
    self.version = version
    self.resource = resource
  }
}
