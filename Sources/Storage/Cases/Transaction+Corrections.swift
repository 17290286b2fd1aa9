internal import Domain
internal import GRDB
internal import JSON

/// Corrections that others ask for. What one asks for stands among the parts of the event that asked, and why somebody has
/// decided so among those of the event that decided.
extension Transaction {
  func correctionRequests(_ id: CaseID, after number: Int, limit: Int) throws -> [CorrectionRequest] {
    let rows = try fetch(
      """
      SELECT number, requested_by, requested_at, state, decided_by, decided_at, seq, decided_seq
      FROM correction_request WHERE case_key = ? AND number > ? ORDER BY number LIMIT ?
      """, [try key(of: id), number, limit]
    ) { row in
      let request = CorrectionRequest(
        number: row[0], requestedBy: AgencyCode(rawValue: row[1]), requestedAt: Timestamp(milliseconds: row[2]),
        patch: "{}", reason: "", state: CorrectionRequest.State(rawValue: row[3]) ?? .open,
        decidedBy: (row[4] as String?).map { AgencyCode(rawValue: $0) },
        decidedAt: (row[5] as Int64?).map { Timestamp(milliseconds: $0) }, decisionReason: nil)
      return (request: request, seq: row[6] as Int64?, decidedSeq: row[7] as Int64?)
    }
    return try rows.map { row in
      var request = row.request
      if let seq = row.seq, let wish = try parts(.correction, .correction, at: seq, of: id).first {
        let texts = try wish.texts
        request.patch = texts.first { $0.name == "patch" }?.value ?? request.patch
        request.reason = texts.first { $0.name == "reason" }?.value ?? ""
      }
      if let seq = row.decidedSeq { request.decisionReason = try decisionReason(at: seq, of: id) }
      return request
    }
  }

  /// The reason that an event gives; nil for none.
  func decisionReason(at seq: Int64, of id: CaseID) throws -> String? {
    let texts = try parts(.coreTexts, .notesTexts, at: seq, of: id).flatMap { try $0.texts }
    return texts.first { $0.name == "reason" && !$0.value.isEmpty }?.value
  }

  func requestCorrection(_ record: Case, by agency: AgencyCode, patch: String, reason: String, at now: Timestamp) throws
    -> Int
  {
    let key = try key(of: record.id)
    let number: Int =
      try fetchOne(
        """
        INSERT INTO correction_request (case_key, number, requested_by, requested_at, state)
        VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM correction_request WHERE case_key = ?1), ?2, ?3, 'open')
        RETURNING number
        """, [key, agency.rawValue, now.milliseconds]
      ) { $0[0] } ?? 1
    wishes[CorrectionName(key: key, number: number)] = CorrectionName.wish(
      by: agency.rawValue, at: now, patch: patch, reason: reason)
    return number
  }

  /// What a request for correction asks for, as its event commits to it; nil of other events.
  ///
  /// - Parameter seq: of the event.
  func takeWish(of event: EventDraft, _ key: Int64, at seq: Int64) throws -> [UInt8]? {
    guard let number = event.details.first(where: { $0.name == "request" }).flatMap({ Int($0.value) }) else {
      return nil
    }
    let column = event.what == .correctionRequest ? "seq" : "decided_seq"
    try execute(
      "UPDATE correction_request SET \(column) = ? WHERE case_key = ? AND number = ?", [seq, key, number])
    return wishes.removeValue(forKey: CorrectionName(key: key, number: number))
  }

  /// Stores a decision with the time of the commit, which its event has, too.
  func decideCorrection(_ record: Case, _ request: CorrectionRequest) throws {
    try execute(
      "UPDATE correction_request SET state = ?, decided_by = ?, decided_at = ? WHERE case_key = ? AND number = ?",
      [
        request.state.rawValue, request.decidedBy?.rawValue, now.milliseconds, try key(of: record.id), request.number,
      ])
  }
}

/// A request for correction by its case and its number there.
struct CorrectionName: Hashable {
  var key: Int64
  var number: Int

  /// What a request asks for, as a leaf commits to it.
  static func wish(by agency: String, at instant: Timestamp, patch: String, reason: String) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("requested_by", agency)
      writer.member("requested_at", instant.description)
      writer.member("patch", patch)
      writer.member("reason", reason)
    }
  }
}
