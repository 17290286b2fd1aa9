internal import GRDB
internal import JSON

extension Replica {
  /// The cases that the newest reconciliation has found here alone, or there in an earlier version, in their order.
  ///
  /// - Throws: `ReplicaFailure`.
  func lostCases() throws -> [GiveBack.LostCase] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT c.json, d.version FROM differences d JOIN cases c ON c.id = d.case_id
          WHERE d.kind = 'unknown' OR d.kind = 'outdated' AND d.version < c.version ORDER BY c.seq
          """
      ).compactMap { row in
        let json: String = row[0]
        guard case .object(let record)? = try? JSONValue.parse(Array(json.utf8)) else { return nil }
        return GiveBack.LostCase(record: record, known: row[1])
      }
    }
  }

  /// What the replica holds of what a restoration has lost: a line for each case that a lost event had changed.
  ///
  /// - Throws: `ReplicaFailure`.
  public func lines(of lost: WitnessJob.Lost) throws -> [String] {
    let reached = try state().seq ?? 0
    guard reached > lost.lastSequence else { return ["lost events   none that this replica has taken in"] }
    let cases = try read { database in
      try Row.fetchAll(
        database, sql: "SELECT id, number, version, seq FROM cases WHERE seq > ? ORDER BY seq",
        arguments: [lost.lastSequence]
      ).map { row -> String in
        let (id, number): (String, String?) = (row["id"], row["number"])
        let (version, seq): (Int, Int64) = (row["version"], row["seq"])
        return "lost          case \(id) (\(number ?? "-")), version \(version), sequence \(seq)"
      }
    }
    return ["lost events   sequences \(lost.lastSequence + 1) to \(reached)"] + cases
  }
}
