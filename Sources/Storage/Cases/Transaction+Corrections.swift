internal import Domain
internal import GRDB

/// Corrections that others ask for.
extension Transaction {
  func correctionRequests(_ id: CaseID, after number: Int, limit: Int) throws -> [CorrectionRequest] {
    try fetch(
      """
      SELECT number, requested_by, requested_at, patch, reason, state, decided_by, decided_at, decision_reason
      FROM correction_request WHERE case_key = ? AND number > ? ORDER BY number LIMIT ?
      """, [try key(of: id), number, limit]
    ) { row in
      CorrectionRequest(
        number: row[0], requestedBy: AgencyCode(rawValue: row[1]), requestedAt: Timestamp(milliseconds: row[2]),
        patch: row[3], reason: row[4], state: CorrectionRequest.State(rawValue: row[5]) ?? .open,
        decidedBy: (row[6] as String?).map { AgencyCode(rawValue: $0) },
        decidedAt: (row[7] as Int64?).map { Timestamp(milliseconds: $0) }, decisionReason: row[8])
    }
  }

  func requestCorrection(_ record: Case, by agency: AgencyCode, patch: String, reason: String, at now: Timestamp) throws
    -> Int
  {
    let key = try key(of: record.id)
    let number: Int =
      try fetchOne(
        """
        INSERT INTO correction_request (case_key, number, requested_by, requested_at, patch, reason, state)
        VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM correction_request WHERE case_key = ?1), ?2, ?3, ?4, ?5,
          'open')
        RETURNING number
        """, [key, agency.rawValue, now.milliseconds, patch, reason]
      ) { $0[0] } ?? 1
    return number
  }

  func decideCorrection(_ record: Case, _ request: CorrectionRequest) throws {
    try execute(
      """
      UPDATE correction_request SET state = ?, decided_by = ?, decided_at = ?, decision_reason = ?
      WHERE case_key = ? AND number = ?
      """,
      [
        request.state.rawValue, request.decidedBy?.rawValue, request.decidedAt?.milliseconds, request.decisionReason,
        try key(of: record.id), request.number,
      ])
  }
}
