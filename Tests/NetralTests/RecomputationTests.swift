internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// Every number of the statistics against a program that shares no code with ours.
  @Suite("recomputation")
  struct RecomputationTests {
    @Test("what another program counts from an export, and from the file by SQL, is what the service answers")
    func recompute() throws {
      let folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      let made = try netral("demo", "--database", database)
      #expect(made.ending == .exit(0))
      try made.output.write(toFile: folder.file("keys"), atomically: true, encoding: .utf8)
      let pairs = made.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
      let keys = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })

      let migration = try makeKey(database, ["--agency", "BAWASLU", "--scopes", "migration"])
      var server = try RunningServer(database)
      try vary(server, migration, keys)
      try server.stop()
      // As if all of it had been recorded evenly from 2020 on: else there is no recorded past.
      try changeFile(
        database,
        """
        UPDATE event SET recorded_at = 1577836800000 + seq * 24000000;
        .read '\(projectFile("Tests/TestSupport/former-tables.sql"))'
        \(["case_record", "case_version"].map(Self.materialize).joined())
        UPDATE case_version SET clocks_recorded = ''; UPDATE case_record SET recorded_late = 0;
        \(try recordingSQL())
        UPDATE main.event AS e SET progress = iif(v.clocks_recorded = '', json_remove(e.progress, '$.clocks_recorded'),
          json_set(e.progress, '$.clocks_recorded', v.clocks_recorded))
        FROM temp.case_version v WHERE v.seq = e.seq;
        UPDATE main.case_record AS r SET recorded_late = t.recorded_late FROM temp.case_record t WHERE t.id = r.id;
        """)
      server = try RunningServer(database)
      let script = projectFile("Tests/NetralTests/recompute.py")
      let child = try Child(["python3", script, "http://127.0.0.1:\(server.port)", database, folder.file("keys")])
      let ending = try child.wait(seconds: 600)
      #expect(ending == .exit(0), "\(child.output.suffix(4_000)) \(child.errors.suffix(1_000))")
      let words = child.output.split(separator: "\n").last?.split(separator: " ") ?? []
      #expect(words.first.flatMap { Int($0) } ?? 0 > 150_000, "\(words)")
      try server.stop()
    }

    /// A view as a table of the same name, which can be changed.
    private static func materialize(_ view: String) -> String {
      """
      CREATE TEMP TABLE kept AS SELECT * FROM \(view); DROP VIEW temp.\(view);
      ALTER TABLE temp.kept RENAME TO \(view); CREATE INDEX temp.\(view)_key ON \(view) (case_key, version);

      """
    }

    private func changeFile(_ database: String, _ script: String) throws {
      let file = database + ".script"
      try script.write(toFile: file, atomically: true, encoding: .utf8)
      let finished = try run(["sqlite3", "-batch", "-bail", database, ".read '\(file)'"])
      guard finished.ending == .exit(0) else { throw TestFailure("sqlite3: \(finished.errors)") }
    }

    /// What derives the days on which stops were recorded from the times of the versions.
    private func recordingSQL() throws -> Substring {
      let sql = try String(contentsOfFile: projectFile("migrations/sql/m0007_recording.sql"), encoding: .utf8)
      let start = try #require(sql.range(of: "UPDATE case_version AS v")?.lowerBound)
      let end = try #require(sql.range(of: "CREATE INDEX")?.lowerBound)
      return sql[start..<end]
    }

    /// Imports the varied cases, corrects some of them, and lets BKN confirm some and dispute others.
    private func vary(_ server: RunningServer, _ migration: String, _ keys: [String: String]) throws {
      let client = try server.client(migration)
      let answer = try client.ask(
        "POST", "/v1/imports", ["Content-Type": "application/x-ndjson"], VariedCases.lines.joined(separator: "\n"))
      let results = answer.text.split(separator: "\n").compactMap { try? JSONValue.parse(Array($0.utf8)) }
      let ids = results.compactMap { $0["status"].string == "created" ? $0["id"].string : nil }
      #expect(ids.count == VariedCases.lines.count, "\(answer.text.suffix(600))")
      let corrector = try server.client(keys["BKN"])
      let decider = try server.client(keys["BAWASLU"])
      for (index, id) in ids.enumerated() where index % 3 == 1 {
        let etag = try corrector.get("/v1/cases/\(id)").fields["etag"] ?? ""
        let correction = VariedCases.correction(index)
        let body = "{\(correction),\"reason\":\"Koreksi contoh.\"}"
        if correction.contains("received_on") {
          // Settled by then: another agency decides than the one that asks.
          let asked = try corrector.ask(
            "POST", "/v1/cases/\(id)/correction-requests", ["Idempotency-Key": "r-\(index)"],
            "{\"patch\":{\(correction)},\"reason\":\"Koreksi contoh.\"}")
          #expect(asked.status == 201, "\(asked.text)")
          let seen = try decider.get("/v1/cases/\(id)").fields["etag"] ?? ""
          let decided = try decider.ask(
            "POST", "/v1/cases/\(id)/correction-requests/1/acceptance", ["If-Match": seen], #"{"reason":"Benar."}"#)
          #expect(decided.status == 201, "\(decided.text)")
          continue
        }
        let reply = try corrector.ask("PATCH", "/v1/cases/\(id)", ["If-Match": etag], body)
        #expect(reply.status == 200, "\(reply.text)")
      }
      for (index, id) in ids.enumerated() where index % 4 < 2 {
        let etag = try corrector.get("/v1/cases/\(id)").fields["etag"] ?? ""
        let body = index % 4 == 0 ? #"{"outcome":"confirmed"}"# : #"{"outcome":"disputed","reason":"Bukan kami."}"#
        let reply = try corrector.ask("POST", "/v1/cases/\(id)/confirmations", ["If-Match": etag], body)
        #expect([201, 403].contains(reply.status), "\(reply.text)")
      }
    }
  }
}
