public import Domain

/// What is asked about requests for corrections.
public protocol CorrectionQuestions {
  /// The correction requests of a case after a number, in order; at most `limit`.
  func correctionRequests(_ id: CaseID, after number: Int, limit: Int) throws -> [CorrectionRequest]
  /// What the events of these requests tell, by number.
  func requestMarks(of id: CaseID) throws -> [Int: RequestMark]
  /// The corrections that say that the case was on record about the wrong person, oldest first.
  func withdrawals(of id: CaseID) throws -> [Withdrawal]
}

/// What the event of a request for a correction tells of it.
public struct RequestMark: Sendable, Equatable {
  /// The sequence of the event.
  public let seq: Int64
  /// Whether it says that the case is on record about the wrong person.
  public let isOfWrongPerson: Bool

  public init(seq: Int64, isOfWrongPerson: Bool) { (self.seq, self.isOfWrongPerson) = (seq, isOfWrongPerson) }
}

extension CorrectionQuestions {
  /// Every correction request of a case, in order.
  public func correctionRequests(_ id: CaseID) throws -> [CorrectionRequest] {
    try correctionRequests(id, after: 0, limit: .max)
  }
}
