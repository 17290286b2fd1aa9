internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// Public releases of the real program.
  @Suite("public releases")
  struct ReleaseTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    /// A demo whose cases were recorded half a year ago and whose releases nobody has made: some are due now.
    private func makeDue() throws {
      #expect(try netral("demo", "--database", database).ending == .exit(0))
      let halfYear = "recorded_at - 15552000000"
      _ = try sqlite(
        database,
        """
        DELETE FROM public_release;
        UPDATE case_record SET recorded_at = \(halfYear), created_at = created_at - 15552000000;
        UPDATE event SET recorded_at = \(halfYear)
        """, readonly: false)
      // Voting lies so that months of this year are in the calendar, whatever year it is.
      let year = Calendar(identifier: .gregorian).component(.year, from: Date())
      _ = try sqlite(
        database,
        """
        UPDATE reference SET json = json_set(json, '$.voting_on', '\(year)-06-30')
        WHERE kind = 'elections' AND code = 'pilkada-2024'
        """, readonly: false)
    }

    @Test("are made after the start, without a question, whole and once, however often the program is killed")
    func killed() throws {
      try makeDue()
      var seen: [Set<String>] = []
      for _ in 0..<8 {
        let server = try RunningServer(database)
        try server.kill()
        seen.append(try releases())
      }
      let server = try RunningServer(database)
      let client = try server.client()
      let made = try poll("the releases that are due", seconds: 60) { () -> Set<String>? in
        let made = try releases()
        return made.count >= 3 ? made : nil
      }
      // What was there before a kill is there after it, and the same.
      for (earlier, later) in zip(seen, seen.dropFirst() + [made]) { #expect(earlier.isSubset(of: later)) }
      let page = try poll("the newest release", seconds: 60) { () -> Reply? in
        let reply = try client.get("/v1/public/statistics/funnel?election=pilkada-2024&group_by=province")
        return reply.status == 200 ? reply : nil
      }
      #expect(page.json["total"]["reported"].int == 1_158 && page.json["groups"].items.count == 39)
      try server.stop()
      #expect(try sqlite(database, "PRAGMA integrity_check") == "ok")
      let twice = "SELECT count(*) FROM (SELECT 1 FROM public_release GROUP BY election, as_of HAVING count(*) > 1)"
      #expect(try sqlite(database, twice) == "0")
    }

    private func releases() throws -> Set<String> {
      let rows = try sqlite(database, "SELECT election || as_of || released_at || document FROM public_release")
      return Set(rows.split(separator: "\n").map(String.init))
    }

    @Test("are attacked in a simulation, which says how much one who reads all months learns")
    func simulation() throws {
      let finished = try run(["bash", projectFile("scripts/attack-releases"), "2", "1", "10"])
      #expect(finished.ending == .exit(0), "\(finished.errors.suffix(2_000))")
      let rows = finished.output.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { row in
        row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      for method in ["cell key", "rounding to 5"] {
        let row = try #require(rows.first { $0[0] == method && $0[1] == "all four" })
        #expect(try #require(Int(row[2])) > 100 && row[3].hasSuffix("%") && row[4].hasSuffix("%"))
      }
    }
  }
}
