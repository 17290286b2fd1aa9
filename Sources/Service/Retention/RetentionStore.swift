public import Domain

/// What of ended cases is kept until when, and what was erased.
public protocol RetentionQuestions {
  /// The cases that have ended, are not erased, and fall under a rule, by the day on which they fall due.
  func retained(_ question: RetentionQuestion) throws -> [RetainedCase]
  /// Which cases stand on the list of what falls due, by their keys.
  func retentionNotices() throws -> Set<Int64>
  /// Every hold of a case, oldest first.
  func retentionHolds(of id: CaseID) throws -> [RetentionHold]
}

/// Changes of what is kept.
public protocol RetentionRecording {
  /// Stores an erasure: no personal value of the case is left in the file then. The rest follows by
  /// ``ErasureStore/finishErasures()``.
  func erase(_ record: Case, _ event: EventDraft) throws -> Case
  /// Notes since when cases stand on the list of what falls due; a day that is noted stays.
  func noteRetention(of cases: [RetainedCase], on day: LegalDate) throws
  /// Forgets that of all but these, by their keys.
  func forgetRetention(except keys: Set<Int64>) throws
}

/// What follows an erasure outside the record.
public protocol ErasureStore: Sendable {
  /// Destroys keys, and indexes words anew, of every erasure that was committed and is not done.
  ///
  /// - Throws: what keeps it from being done; a later call goes on.
  @discardableResult func finishErasures() async throws -> ErasureProgress
  /// Cases that were erased before the file was brought back from an older copy.
  func missingErasures() async throws -> [CaseID]
  /// The first day on which no backup of the keys is left that were destroyed on a day.
  func keysGone(afterErasureOn day: LegalDate) -> LegalDate
}

/// How far erasures have come.
public enum ErasureProgress: Sendable {
  /// There was nothing to do.
  case nothing
  case done
  /// Keys are destroyed; words are indexed anew by a later call.
  case wordsLeft
}

/// Which cases are asked for.
public struct RetentionQuestion: Sendable {
  /// Reported by these; nil: by any.
  public var owners: [AgencyCode]?
  /// Due up to this day; nil: on any.
  public var dueUntil: LegalDate?

  public init(owners: [AgencyCode]? = nil, dueUntil: LegalDate? = nil) {
    (self.owners, self.dueUntil) = (owners, dueUntil)
  }
}

/// A case that has ended, and until when it is kept.
public struct RetainedCase: Sendable {
  /// The key of the store.
  public let key: Int64
  public let id: CaseID
  public let number: String
  public let owner: AgencyCode
  public let stage: Stage
  public let retention: Retention
  /// Since when it stands on the list of what falls due.
  public let noticedOn: LegalDate?

  public init(
    key: Int64, id: CaseID, number: String, owner: AgencyCode, stage: Stage, retention: Retention,
    noticedOn: LegalDate?
  ) {
    (self.key, self.id, self.number, self.owner) = (key, id, number, owner)
    (self.stage, self.retention, self.noticedOn) = (stage, retention, noticedOn)
  }
}
