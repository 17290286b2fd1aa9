internal import Domain

extension Transaction {
  /// The version that the acts up to a day have led to, with the clocks as later rules have moved them before the next
  /// act: the newest one before the first that a later act has made. Acts that are void have led to nothing.
  func effectiveVersion(_ id: CaseID, on date: LegalDate) throws -> Int? {
    let events = try fetch(
      """
      SELECT e.seq, e.version, e.what, e.occurred_on, e.progress IS NOT NULL, r.version,
        CASE e.what WHEN '\(EventKind.confirmation.rawValue)' THEN e.details ELSE '{}' END
      FROM case_record r JOIN event e ON e.case_key = r.case_key
      WHERE r.id = ? ORDER BY e.seq
      """, [id.data]
    ) { row in
      (
        seq: row[0] as Int64, version: row[1] as Int, isReport: row[2] as String == EventKind.created.rawValue,
        occurredOn: row.day(3), makesVersion: row[4] as Bool, newest: row[5] as Int,
        void: try EventDetails.read(row[6]).first { $0.name == "void" }?.value
      )
    }
    let void = Set(events.compactMap(\.void).flatMap(Confirmation.sequences))
    let acts = events.filter { $0.isReport || $0.occurredOn != nil && !void.contains($0.seq) }
    let reached = acts.filter { $0.isReport || $0.occurredOn.map { $0 <= date } ?? false }.map(\.version).max()
    guard let reached, let newest = events.first?.newest else { return nil }
    let next = acts.filter { $0.makesVersion && $0.version > reached }.map(\.version).min()
    return next.map { $0 - 1 } ?? newest
  }
}
