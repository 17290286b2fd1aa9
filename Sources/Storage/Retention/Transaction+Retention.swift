internal import Domain
internal import GRDB
internal import Service

/// What of ended cases is kept until when.
extension Transaction {
  func retained(_ question: RetentionQuestion) throws -> [RetainedCase] {
    let reference = try currentReference()
    let owners = question.owners.map { owners in
      SQLCondition.any(owners.map { SQLCondition("r.reported_by = ?", [$0.rawValue]) })
    }
    // Nothing falls due earlier than by the shortest rule; by which one, its row says.
    let shortest = reference.retentionRules.map(\.years).min() ?? 0
    let lastEnd = question.dueUntil.map { $0.adding(days: -365 * shortest) }
    let arguments: [(any DatabaseValueConvertible)?] = (lastEnd.map { [$0.day] } ?? []) + (owners?.arguments ?? [])
    let stages = Stage.allCases.compactMap { stage in stage.ending.map { (stage, $0) } }
    let parts = stages.map { stage, ending in
      """
      SELECT r.case_key, r.id, r.number, r.reported_by, r.stage, r.\(ending.rawValue)_on, n.since
      FROM case_record r LEFT JOIN retention_notice n ON n.case_key = r.case_key
      WHERE r.stage = '\(stage.rawValue)' AND r.erased_on IS NULL AND r.\(ending.rawValue)_on IS NOT NULL
      \(lastEnd == nil ? "" : "AND r.\(ending.rawValue)_on <= ?") \(owners.map { "AND \($0.sql)" } ?? "")
      """
    }
    let cases = try fetch(parts.joined(separator: "\nUNION ALL\n"), parts.flatMap { _ in arguments }) {
      row -> RetainedCase? in
      let stage: Stage = try row.code(4)
      guard let endedOn = row.day(5), let retention = reference.retention(of: stage, endedOn: endedOn),
        question.dueUntil.map({ retention.dueOn <= $0 }) ?? true
      else { return nil }
      return RetainedCase(
        key: row[0], id: try row.identity(1), number: row[2], owner: AgencyCode(rawValue: row[3]), stage: stage,
        retention: retention, noticedOn: row.day(6))
    }.compactMap { $0 }
    return cases.sorted { ($0.retention.dueOn, $0.key) < ($1.retention.dueOn, $1.key) }
  }

  func retentionHolds(of id: CaseID) throws -> [RetentionHold] {
    let key = try key(of: id)
    let released = try fetch(
      """
      SELECT CAST(details ->> '$.\(RetentionHold.holdName)' AS INTEGER), recorded_at FROM event
      WHERE case_key = ? AND what = '\(EventKind.retentionRelease.rawValue)'
      """, [key]
    ) { ($0[0] as Int64, Timestamp(milliseconds: $0[1])) }
    let releases = Dictionary(released, uniquingKeysWith: { first, _ in first })
    return try fetch(
      """
      SELECT seq, agency, recorded_at, details ->> '$.\(RetentionHold.untilName)' FROM event
      WHERE case_key = ? AND what = '\(EventKind.retentionHold.rawValue)' ORDER BY seq
      """, [key]
    ) { row in
      RetentionHold(
        seq: row[0], agency: AgencyCode(rawValue: row[1]), heldAt: Timestamp(milliseconds: row[2]),
        until: (row[3] as String?).flatMap { LegalDate($0) }, releasedAt: releases[row[0]])
    }
  }

  func noteRetention(of cases: [RetainedCase], on day: LegalDate) throws {
    for item in cases {
      try execute("INSERT OR IGNORE INTO retention_notice (case_key, since) VALUES (?, ?)", [item.key, day.day])
    }
  }

  func retentionNotices() throws -> Set<Int64> {
    Set(try fetch("SELECT case_key FROM retention_notice", []) { $0[0] as Int64 })
  }

  func forgetRetention(except keys: Set<Int64>) throws {
    for key in try retentionNotices() where !keys.contains(key) {
      try execute("DELETE FROM retention_notice WHERE case_key = ?", [key])
    }
  }
}
