public import Domain

/// What is asked about requests for corrections.
public protocol CorrectionQuestions {
  /// The correction requests of a case after a number, in order; at most `limit`.
  func correctionRequests(_ id: CaseID, after number: Int, limit: Int) throws -> [CorrectionRequest]
}

extension CorrectionQuestions {
  /// Every correction request of a case, in order.
  public func correctionRequests(_ id: CaseID) throws -> [CorrectionRequest] {
    try correctionRequests(id, after: 0, limit: .max)
  }
}
