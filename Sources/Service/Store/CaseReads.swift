public import Domain

/// Questions about one snapshot.
public protocol CaseReads: CaseQuestions, LinkQuestions, CorrectionQuestions, FeedQuestions, SnapshotQuestions,
  ClockQuestions, FigureQuestions, LogQuestions, RetentionQuestions, EvidenceQuestions
{
  /// An answer given earlier for an idempotency key.
  func reply(_ owner: KeyOwner, _ key: String) throws -> StoredReply?
  /// True when one of these digests is that of the request which the answer was given to.
  func isReply(_ reply: StoredReply, to digests: [[UInt8]]) throws -> Bool
}

/// What an idempotency key has led to. It names the result and does not hold it, so that no personal value is kept twice
/// and a retry never shows more than the caller may see now.
public struct StoredReply: Sendable, Equatable {
  /// SHA-256 of method, path and body; of a stored answer what the store keeps of it, see ``CaseReads/isReply(_:to:)``.
  public var requestDigest: [UInt8]
  /// Status of the first answer.
  public var status: Int
  /// The case, when the result is one.
  public var caseID: CaseID?
  /// Its version as first answered.
  public var version: Int?
  /// Identifier of another result (a key, a request number).
  public var resource: String?
  /// When it was stored.
  public var recordedAt: Timestamp

  public init(
    requestDigest: [UInt8], status: Int, caseID: CaseID?, version: Int?, resource: String?,
    recordedAt: Timestamp = Timestamp(milliseconds: 0)
  ) {
    self.requestDigest = requestDigest
    self.status = status
    self.caseID = caseID
    self.version = version
    self.resource = resource
    self.recordedAt = recordedAt
  }
}
