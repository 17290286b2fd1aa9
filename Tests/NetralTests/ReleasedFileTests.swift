internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// Files that programs of earlier releases have made (`released/keep`), each served by today's program.
  ///
  /// m0001 and m0002 were made by the programs of those releases. No program with the schema of m0003 and without the later
  /// ones was ever built: that file is the one of m0002, brought up by the sqlite3 shell with `m0003_clocks.sql`.
  @Suite("files of earlier releases")
  struct ReleasedFileTests {
    private static let folder = URL(filePath: projectFile("Tests/NetralTests/released"))
    private static let names = [
      "m0001", "m0002", "m0003", "m0004", "m0005", "m0012", "m0015", "m0017", "m0018", "m0019",
    ]
    /// Steps that no file ended with: they were released with a later one.
    private static let between = ["m0007", "m0008", "m0009", "m0010", "m0011", "m0013", "m0014", "m0016"]
    /// Steps that no release has yet.
    private static let unreleased = ["m0020", "m0021", "m0022"]

    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    @Test("are all kept: one for each step of the schema that was released")
    func complete() throws {
      let steps = try FileManager.default.contentsOfDirectory(atPath: projectFile("migrations/sql")).map {
        String($0.prefix(5))
      }.sorted()
      #expect(steps == (Self.names + Self.between + Self.unreleased).sorted())
      for name in Self.names {
        let attributes = try FileManager.default.attributesOfItem(
          atPath: Self.folder.appending(path: "\(name).sqlite.gz").path)
        #expect(attributes[.size] as? Int ?? .max < 200_000)
      }
    }

    @Test("are migrated, sealed, read, written to and followed, and nothing is left in clear", arguments: names)
    func migrates(name: String) throws {
      let packed = Self.folder.appending(path: "\(name).sqlite.gz").path
      let unpacked = try run(["sh", "-c", "gunzip -c '\(packed)' > '\(database)' && chmod 600 '\(database)'"])
      #expect(unpacked.ending == .exit(0))
      // The record goes on only with its key, and from the checkpoint that was signed last.
      for suffix in ["record-key", "checkpoint", "keys", "master"] {
        let kept = Self.folder.appending(path: "\(name).\(suffix)").path
        guard FileManager.default.fileExists(atPath: kept) else { continue }
        try FileManager.default.copyItem(atPath: kept, toPath: "\(database).\(suffix)")
        #expect(try run(["chmod", "600", "\(database).\(suffix)"]).ending == .exit(0))
      }
      let old = folder.file("old.sqlite")
      try FileManager.default.copyItem(atPath: database, toPath: old)
      // One that is sealed already is compared as it opens, and what was set aside of it holds nothing in clear.
      let isSealed = name >= "m0019"
      let before = isSealed ? folder.file("old-opened.sqlite") : old
      if isSealed {
        for suffix in ["keys", "master"] {
          try FileManager.default.copyItem(atPath: "\(database).\(suffix)", toPath: "\(old).\(suffix)")
        }
        try OpenedCopy.make(of: old, into: before)
      }

      let migrated = try netral("migrate", "--database", database)
      #expect(migrated.ending == .exit(0))
      #expect(migrated.errors.contains("netral.sqlite.before-migration, is deleted") != isSealed)
      #expect(try folder.names().contains("netral.sqlite.before-migration") == isSealed)
      let opened = folder.file("opened.sqlite")
      try OpenedCopy.make(of: database, into: opened, as: isSealed ? nil : old)
      try expectSameRows(before, opened)
      try expectNothingClear(before)
      try expectUnconfirmed()
      #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok")

      let keys = try ["BAWASLU", "BKN"].map {
        try makeKey(database, ["--agency", $0, "--scopes", "cases:read,cases:write,sync,statistics"])
      }
      let server = try RunningServer(database)
      try expectDerived(old)
      let cases = try Int(sqlite(old, "SELECT count(*) FROM case_record")) ?? 0
      #expect(cases == (name >= "m0005" ? 45 : 44))
      let ids = try expectReadable(server, keys[1], cases)
      try expectReproduced(try server.client(keys[1]))
      try expectWritable(try server.client(keys[0]), try server.client(keys[1]))
      try expectFollowed(server, keys[1], cases + 1, ids)
      for (agency, key) in zip(["BAWASLU", "BKN"], keys) { try expectWatched(server, agency, key) }
      try server.stop()
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tintegrity"))
    }

    /// Names, numbers and narratives of the file before stand nowhere any longer.
    private func expectNothingClear(_ old: String) throws {
      let values = try formerTables(
        old,
        """
        SELECT DISTINCT value FROM (
          SELECT name AS value FROM case_subject UNION SELECT nip FROM case_subject UNION SELECT narrative FROM case_narrative
          UNION SELECT name FROM case_reporter UNION SELECT agency_ref FROM case_version
          UNION SELECT content FROM event_text WHERE name <> 'case_id')
        WHERE length(value) > 8
        """
      ).split(separator: "\n").map(String.init)
      #expect(values.count > 100)
      for name in try folder.names() where name.hasPrefix("netral.sqlite") {
        let bytes = try String(decoding: Data(contentsOf: URL(filePath: folder.file(name))), as: UTF8.self)
        for value in values where bytes.contains(value) { Issue.record("\(value) in \(name)") }
      }
    }

    /// Every case is held against its leaf, and every leaf is accounted for.
    private func expectWatched(_ server: RunningServer, _ agency: String, _ key: String) throws {
      let (access, own, pins) = (folder.file("\(agency).key"), folder.file("\(agency).own"), folder.file("pins"))
      try writeKey(key, to: access)
      let published = try netral("witness", "key", "--key-file", own, "--name", "\(agency.lowercased()).go.id").output
      let log = try netral("record", "key", "--database", database).output
      try "log \(log)witness \(agency) \(published)".write(toFile: pins, atomically: true, encoding: .utf8)
      let replica = folder.file("\(agency).sqlite")
      let finished = try netral(
        "sync", "--server", "http://127.0.0.1:\(server.port)", "--key-file", access, "--into", replica, "--pins", pins,
        "--witness-key", own, "--quorum", "0", "--retries", "0", "--quiet")
      #expect(finished.ending == .exit(0), "\(finished.errors) \(finished.output)")
      #expect(try sqlite(replica, "SELECT accounted > 100 FROM sync_state") == "1")
    }

    /// What was imported in another agency's name waits for its answer, and nothing else does.
    private func expectUnconfirmed() throws {
      let counts = try formerTables(
        database,
        """
        SELECT (SELECT count(*) FROM case_record WHERE unconfirmed IS NOT NULL),
          (SELECT count(*) FROM case_version WHERE unconfirmed IS NOT NULL),
          (SELECT count(DISTINCT case_key) FROM event WHERE imported_by IS NOT NULL),
          (SELECT count(*) FROM case_record WHERE unconfirmed IS NOT NULL AND imported_by = 'BAWASLU'
             AND instr(unconfirmed, '2 BKN 2;') = 1 AND instr(unconfirmed, 'BAWASLU') = 0
             AND imported_versions >= version)
        """
      ).split(separator: "|").compactMap { Int($0) }
      #expect(counts.count == 4 && counts[0] > 10 && counts[0] == counts[2] && counts[0] == counts[3], "\(counts)")
      #expect(counts[1] > counts[0])
    }

    /// Every row as it was, as far as the old schema has columns for it.
    private func expectSameRows(_ old: String, _ new: String, _ location: SourceLocation = #_sourceLocation) throws {
      let tables = try sqlite(
        old,
        """
        SELECT m.name || '|' || (SELECT group_concat('"' || c.name || '"') FROM pragma_table_info(m.name) c)
          FROM sqlite_master m WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'
          AND m.name NOT LIKE 'case_words%' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'grdb_migrations'
        """
      ).split(separator: "\n")
      #expect(tables.count >= 16)
      for table in tables {
        let parts = table.split(separator: "|")
        let sql = "SELECT \(parts[1]) FROM \(Self.unchanged[String(parts[0])] ?? String(parts[0])) ORDER BY 1, 2"
        #expect(try formerTables(old, sql) == formerTables(new, sql), "\(parts[0])", sourceLocation: location)
      }
    }

    /// The rows of a table that no migration changes: one has given the clock of the PPK a new rule, every rule of a clock
    /// a length of pauses, and agencies a mandate, and says that open clocks are to be derived anew; one says up to which
    /// sequence the index of words knows; and the last one brings facts of the law in (`facts`).
    private static let unchanged = [
      // Salts of what was committed to when the log began.
      "case_part": "(SELECT * FROM case_part WHERE part_key % 16 NOT IN (7, 14))",
      "setting":
        "(SELECT * FROM setting WHERE name NOT IN ('clock_derivation', 'words_seq', 'keys') AND name NOT LIKE 'record_%')",
      // The rules of retention are a change of the reference data.
      "leaf": #"(SELECT * FROM leaf WHERE ifnull(content, '') NOT LIKE '{"kind":"retention-rules","by":"migration"%')"#,
      // Keys that seal are counted, too.
      "counter": "(SELECT * FROM counter WHERE name <> 'data_key')",
      "reference": """
      (SELECT kind, code, valid_from, valid_until, json_remove(json, '$.pause_days_max') AS json, position
      FROM reference WHERE code <> 'ppk_follow_up' AND json NOT LIKE '%"kind":"correct"%'
        AND kind NOT IN ('sanctions', 'elections', 'motives', 'source-channels', 'retention-rules')
        AND NOT (kind = 'mandates' AND code = '19'))
      """,
    ]

    /// Open clocks of the PPK follow the rule of 2024-02-06, each with its event; stopped ones stay.
    private func expectDerived(_ old: String) throws {
      try poll("the clocks to be derived") {
        try sqlite(database, "SELECT count(*) FROM setting WHERE name = 'clock_derivation'") == "0" ? true : nil
      }
      func open(_ unit: String) -> String { "clocks LIKE '%ppk_follow_up ____-__-__ ____-__-__ \(unit) -%'" }
      let count = try formerTables(old, "SELECT count(*) FROM case_record WHERE \(open("days"))")
      // A file in which the rule stands already has none that it would move.
      let isRuled = try sqlite(
        old, "SELECT count(*) FROM reference WHERE code = 'ppk_follow_up' AND json LIKE '%working_days%'")
      #expect((Int(count) ?? 0 > 0) == (isRuled == "0"))
      #expect(
        try formerTables(
          database,
          """
          SELECT count(*) FROM case_record r JOIN event e ON e.seq = r.seq
          WHERE r.\(open("working_days")) AND e.what = 'clock_derivation' AND e.agency = 'OPERATOR'
            AND e.key_id = 'migration' AND json_extract(e.details, '$.ppk_follow_up') LIKE '% days > % working_days'
          """) == count)
      let stopped = """
        SELECT id, clocks FROM case_record WHERE NOT \(open("days")) AND NOT \(open("working_days")) ORDER BY id
        """
      #expect(try formerTables(old, stopped) == formerTables(database, stopped))
    }

    @Test("keep a rule of the PPK's clock that was changed, and doctor names it")
    func changedRule() throws {
      let packed = Self.folder.appending(path: "m0005.sqlite.gz").path
      #expect(
        try run(["sh", "-c", "gunzip -c '\(packed)' > '\(database)' && chmod 600 '\(database)'"]).ending == .exit(0))
      try sqlite(
        database,
        "UPDATE reference SET json = replace(json, '\"length\":10', '\"length\":12') WHERE code = 'ppk_follow_up'",
        readonly: false)
      #expect(try netral("migrate", "--database", database).ending == .exit(0))
      let rows = "SELECT count(*), max(json_extract(json, '$.length')) FROM reference WHERE code = 'ppk_follow_up'"
      #expect(try sqlite(database, rows) == "1|12")
      #expect(try sqlite(database, "SELECT count(*) FROM setting WHERE name = 'clock_derivation'") == "0")
      let doctor = try netral("doctor", "--database", database).output
      #expect(doctor.contains("warning\trules\tthe clock of the PPK does not count the 14 working days"), "\(doctor)")
    }

    @Test(
      "have the facts of the law where a row is the shipped one; another stays, and doctor names it",
      arguments: names.filter { $0 < "m0017" })
    func lawFacts(name: String) throws {
      let packed = Self.folder.appending(path: "\(name).sqlite.gz").path
      #expect(
        try run(["sh", "-c", "gunzip -c '\(packed)' > '\(database)' && chmod 600 '\(database)'"]).ending == .exit(0))
      let plain = folder.file("plain.sqlite")
      try FileManager.default.copyItem(atPath: database, toPath: plain)
      try sqlite(
        database,
        """
        UPDATE reference SET json = replace(json, 'Teguran lisan', 'Teguran') WHERE code = 'RIN-1';
        UPDATE reference SET json = replace(json, '"block"', '"block","until":"2030-12-31"'), valid_until = '2030-12-31'
          WHERE kind = 'mandates' AND code = '19';
        INSERT INTO reference (kind, code, valid_from, valid_until, json, position) VALUES
          ('sanctions', 'PPPK-R1', '', NULL, '{"code":"PPPK-R1","level":"heavy","label_id":"x","label_en":"x",\
        "legal_basis":"x","regime":"all"}', 99999);
        """, readonly: false)
      let own = "SELECT json FROM reference WHERE code IN ('RIN-1', '19', 'PPPK-R1') ORDER BY code"
      let before = try sqlite(database, own)
      let fresh = folder.file("fresh.sqlite")
      for file in [database, plain, fresh] { #expect(try netral("migrate", "--database", file).ending == .exit(0)) }

      #expect(try sqlite(database, own) == before)
      let rest = """
        SELECT kind, code, valid_from, valid_until, json FROM reference
        WHERE kind IN ('sanctions', 'elections', 'motives', 'source-channels') AND code NOT IN ('RIN-1', 'PPPK-R1')
        ORDER BY kind, code
        """
      let shipped = try sqlite(fresh, rest)
      #expect(shipped.contains("PPPK-B3") && shipped.contains("psu-16.11") && shipped.contains("debt_of_gratitude"))
      #expect(try sqlite(database, rest) == shipped && sqlite(plain, rest) == shipped)
      #expect(try sqlite(plain, own) == sqlite(fresh, own))
      let named = "do not say what the shipped ones say: sanctions RIN-1, sanctions PPPK-R1, mandates 19;"
      #expect(try netral("doctor", "--database", database).output.contains(named))
      #expect(try netral("doctor", "--database", plain).output.contains("ok\tlaw\t"))
    }

    /// Lists, cases, histories and the search for words answer; returns the identities.
    private func expectReadable(_ server: RunningServer, _ key: String, _ count: Int) throws -> Set<String> {
      let client = try server.client(key)
      let list = try client.get("/v1/cases?limit=200&count=exact")
      #expect(list.status == 200)
      #expect(list.json["count"].int == count)
      let ids = list.json["items"].items.compactMap { $0["id"].string }
      #expect(ids.count == count)
      for id in ids {
        let (one, history) = (try client.get("/v1/cases/\(id)"), try client.get("/v1/cases/\(id)/history"))
        #expect(one.status == 200, "\(one.text)")
        #expect(history.status == 200, "\(history.text)")
        #expect(!history.json["items"].items.isEmpty)
      }
      #expect(try client.ask("POST", "/v1/case-searches", [:], #"{"q":"contoh","limit":1}"#).status == 200)
      #expect(try client.get("/v1/clocks?limit=200").status == 200)
      #expect(try client.get("/v1/statistics/funnel?election=pilkada-2024").status == 200)
      return Set(ids)
    }

    /// A figure that was issued by an earlier definition is recounted by that one.
    private func expectReproduced(_ client: Client) throws {
      let hasFigures = try sqlite(database, "SELECT count(*) FROM figure") != "0"
      for id in try sqlite(database, "SELECT id FROM figure WHERE definition LIKE '%/1'").split(separator: "\n") {
        let shown = try client.get("/v1/figures/\(id)").json
        #expect(shown["today"]["reproduced"].bool == true && shown["today"]["same"].bool == true, "\(shown)")
        #expect(shown["figure"]["definition"].string?.hasSuffix("/1") == true)
      }
      let statistic = try client.get("/v1/statistics/funnel?election=pilkada-2024").json
      #expect(statistic["definition"].string == "funnel/2")
      #expect(statistic["total"]["of_which_recorded_by_others"]["verified"].int ?? 0 > 0 || !hasFigures)
    }

    private func expectWritable(_ bawaslu: Client, _ bkn: Client) throws {
      let created = try bawaslu.create("new")
      #expect(created.status == 201, "\(created.text)")
      let list = try bkn.get("/v1/cases?agency_ref=KEPT-3&limit=1").json["items"].items
      let id = try #require(list.first?["id"].string)
      let etag = try #require(try bkn.get("/v1/cases/\(id)").fields["etag"])
      let verified = try bkn.ask(
        "POST", "/v1/cases/\(id)/verifications", ["If-Match": etag],
        #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
      #expect(verified.status == 200 || verified.status == 201, "\(verified.text)")
    }

    /// The feed from its beginning names every case with its newest version, and a replica comes into agreement.
    private func expectFollowed(_ server: RunningServer, _ key: String, _ count: Int, _ ids: Set<String>) throws {
      let client = try server.client(key)
      var (after, versions) = (0, [String: Int]())
      while true {
        let page = try client.get("/v1/changes?after=\(after)&limit=1000").json
        for change in page["changes"].items {
          if let id = change["case_id"].string, let version = change["version"].int { versions[id] = version }
        }
        guard let next = page["next_after"].int, next > after else { break }
        after = next
      }
      let head = try sqlite(database, "SELECT max(seq) FROM event")
      #expect("\(after)" == head)
      #expect(ids.isSubset(of: versions.keys))
      let stored = try sqlite(database, "SELECT sum(version), count(*) FROM case_record")
      #expect("\(versions.values.reduce(0, +))|\(versions.count)" == stored)
      let keyFile = folder.file("key")
      try key.write(toFile: keyFile, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile)
      let synced = try netral(
        "sync", "--server", "http://127.0.0.1:\(server.port)", "--key-file", keyFile, "--into",
        folder.file("replica.sqlite"))
      #expect(synced.ending == .exit(0), "\(synced.errors)")
      #expect(synced.output.contains("in agreement  yes"))
      #expect(try sqlite(folder.file("replica.sqlite"), "SELECT count(*) FROM cases") == "\(count)")
    }
  }
}
