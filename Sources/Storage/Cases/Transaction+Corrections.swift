internal import Domain
internal import GRDB
internal import JSON

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

  /// What a request for correction asks for, as its event commits to it; nil of other events.
  func wish(of event: EventDraft, _ key: Int64) throws -> [UInt8]? {
    guard event.what == .correctionRequest, let number = event.details.first(where: { $0.name == "request" })?.value
    else { return nil }
    return try wish(number, key)
  }

  func wish(_ number: String, _ key: Int64) throws -> [UInt8]? {
    try fetchOne(
      "SELECT requested_by, requested_at, patch, reason FROM correction_request WHERE case_key = ? AND number = ?",
      [key, Int64(number)]
    ) { row in
      JSONWriter.object { writer in
        writer.member("requested_by", row[0] as String)
        writer.member("requested_at", Timestamp(milliseconds: row[1]).description)
        writer.member("patch", row[2] as String)
        writer.member("reason", row[3] as String)
      }
    }
  }

  /// Stores a decision with the time of the commit, which its event has, too.
  func decideCorrection(_ record: Case, _ request: CorrectionRequest) throws {
    try execute(
      """
      UPDATE correction_request SET state = ?, decided_by = ?, decided_at = ?, decision_reason = ?
      WHERE case_key = ? AND number = ?
      """,
      [
        request.state.rawValue, request.decidedBy?.rawValue, now.milliseconds, request.decisionReason,
        try key(of: record.id), request.number,
      ])
  }
}
