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
    private static let names = ["m0001", "m0002", "m0003", "m0004", "m0005"]

    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    @Test("are all kept: one for each step of the schema that was released")
    func complete() throws {
      let steps = try FileManager.default.contentsOfDirectory(atPath: projectFile("migrations/sql")).map {
        String($0.prefix(5))
      }.sorted()
      #expect(steps.prefix(Self.names.count) == Self.names[...])
      for name in Self.names {
        let attributes = try FileManager.default.attributesOfItem(
          atPath: Self.folder.appending(path: "\(name).sqlite.gz").path)
        #expect(attributes[.size] as? Int ?? .max < 100_000)
      }
    }

    @Test("are migrated, read, written to and followed, and a copy of what they were stays", arguments: names)
    func migrates(name: String) throws {
      let packed = Self.folder.appending(path: "\(name).sqlite.gz").path
      let unpacked = try run(["sh", "-c", "gunzip -c '\(packed)' > '\(database)' && chmod 600 '\(database)'"])
      #expect(unpacked.ending == .exit(0))
      let old = folder.file("old.sqlite")
      try FileManager.default.copyItem(atPath: database, toPath: old)

      try RunningServer(database).stop()
      try expectSameRows(old, database)
      let newest = try FileManager.default.contentsOfDirectory(atPath: projectFile("migrations/sql")).max() ?? ""
      let isOlder = !newest.hasPrefix(name)
      #expect(try folder.names().contains("netral.sqlite.before-migration") == isOlder)
      if isOlder { try expectSameRows(old, database + ".before-migration") }
      #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok")

      let keys = try ["BAWASLU", "BKN"].map {
        try makeKey(database, ["--agency", $0, "--scopes", "cases:read,cases:write,sync,statistics"])
      }
      let server = try RunningServer(database)
      let cases = try Int(sqlite(old, "SELECT count(*) FROM case_record")) ?? 0
      #expect(cases == 44)
      let ids = try expectReadable(server, keys[1], cases)
      try expectWritable(try server.client(keys[0]), try server.client(keys[1]))
      try expectFollowed(server, keys[1], cases + 1, ids)
      try server.stop()
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tintegrity"))
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
        let sql = "SELECT \(parts[1]) FROM \(parts[0]) ORDER BY 1, 2"
        #expect(try sqlite(old, sql) == sqlite(new, sql), "\(parts[0])", sourceLocation: location)
      }
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
