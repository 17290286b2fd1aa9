internal import Domain
internal import GRDB
internal import Service

/// Corrections that say that a case was on record about the wrong person. The details of their events tell.
extension Transaction {
  func withdrawals(of id: CaseID) throws -> [Withdrawal] { try withdrawals(ofKey: try key(of: id), after: 0) }

  /// Those of a case after a sequence.
  func withdrawals(ofKey key: Int64, after seq: Int64) throws -> [Withdrawal] {
    try fetch(Self.withdrawalsSQL, [key, seq]) { row in
      Withdrawal(seq: row[0], recordedAt: Timestamp(milliseconds: row[1]), groups: Projection(names: row[2]))
    }
  }

  func requestMarks(of id: CaseID) throws -> [Int: RequestMark] {
    let marks = try fetch(Self.marksSQL, [try key(of: id)]) { row in
      (number: row[0] as Int, mark: RequestMark(seq: row[1], isOfWrongPerson: row[2]))
    }
    return Dictionary(marks.map { ($0.number, $0.mark) }) { first, _ in first }
  }

  private static let withdrawalsSQL = """
    SELECT seq, recorded_at, details ->> '$.\(Withdrawals.detail)' FROM event
    WHERE case_key = ? AND seq > ?
      AND what IN ('\(EventKind.correction.rawValue)', '\(EventKind.correctionAcceptance.rawValue)')
      AND details ->> '$.\(Withdrawals.detail)' IS NOT NULL
    ORDER BY seq
    """

  private static let marksSQL = """
    SELECT CAST(details ->> '$.request' AS INTEGER), seq, details ->> '$.\(Withdrawals.detail)' IS NOT NULL FROM event
    WHERE case_key = ? AND what = '\(EventKind.correctionRequest.rawValue)' AND details ->> '$.request' IS NOT NULL
    ORDER BY seq
    """
}
