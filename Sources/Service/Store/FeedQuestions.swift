public import Domain

/// What is asked about the sequence of all that has happened.
public protocol FeedQuestions {
  /// The newest sequence; 0 when nothing has happened.
  func head() throws -> Int64
  /// When the newest event was stored; the beginning of 1970 when nothing has happened.
  func lastRecordedAt() throws -> Timestamp
  /// The oldest sequence the feed can begin with.
  func oldest() throws -> Int64
  /// At most `limit` changes after a sequence, in the order of their commits. Visibility is the caller's to judge.
  func changes(after seq: Int64, limit: Int) throws -> ChangePage
  /// What has happened to cases after a sequence, without what leaves the record as it is. Visibility is the caller's to
  /// judge.
  func caseChanges(_ keys: [Int64], after seq: Int64) throws -> [CaseChanges]
  /// True for a sequence that was given out before a restoration and is lost with it.
  func isLost(_ seq: Int64) throws -> Bool
}
