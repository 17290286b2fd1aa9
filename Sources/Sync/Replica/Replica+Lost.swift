internal import GRDB

extension Replica {
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
