internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// `netral sync` against a real server.
  @Suite("synchronisation")
  struct SynchronisationTests {
    private let agencies: Agencies

    init() throws { agencies = try Agencies() }

    @Test("each agency's replica equals what it is answered, byte for byte, at first and after changes")
    func equality() throws {
      for agency in Agencies.all {
        let first = try agencies.sync(agency, "--csv", agencies.folder.file("csv"))
        #expect(first.ending == .exit(0), "\(first.errors)")
        #expect(first.output.contains("in agreement  yes\n"))
        #expect(first.errors.contains("netral sync: snapshot: 100 %"))
        try agencies.expectEqual(agency)
      }
      let received = try sqlite(
        agencies.replica("BKN"),
        "SELECT id FROM cases WHERE stage = 'received' AND institution_kind = 'regional' AND reported_by = 'BAWASLU' LIMIT 2"
      ).split(separator: "\n").map(String.init)
      #expect(
        try sqlite(agencies.replica("KEMENDAGRI"), "SELECT count(*) FROM cases WHERE id = '\(received[0])'") == "1")
      try agencies.change("BAWASLU", "PATCH", "", to: received[0], #"{"institution":"kemenag","reason":"Koreksi."}"#)
      try agencies.change(
        "BKN", "POST", "/verifications", to: received[1], #"{"occurred_on":"2024-12-10","outcome":"accepted"}"#)
      #expect(try agencies.client("BAWASLU").create("baru").status == 201)
      for agency in Agencies.all {
        let later = try agencies.sync(agency, "--quiet")
        #expect(later.ending == .exit(0), "\(later.errors)")
        #expect(later.output.isEmpty && later.errors.isEmpty, "\(later.output) \(later.errors)")
        try agencies.expectEqual(agency)
      }
      // The one that is no longer regional is withdrawn from the agency that sees regional ones.
      #expect(
        try sqlite(agencies.replica("KEMENDAGRI"), "SELECT count(*) FROM cases WHERE id = '\(received[0])'") == "0")
      #expect(try sqlite(agencies.replica("PANRB"), "SELECT count(*) FROM cases WHERE id = '\(received[0])'") == "1")
      let nothing = try agencies.sync("BKN")
      #expect(nothing.ending == .exit(0))
      #expect(nothing.output.hasPrefix("cases         2046\nsequence "))
      try agencies.server.stop()
    }

    @Test(
      "the file is private, says that it is complete, and keeps each certificate; the spreadsheets are those of the lists"
    )
    func files() throws {
      let csv = agencies.folder.file("csv")
      for _ in 1...2 {
        #expect(try agencies.sync("BKN", "--csv", csv).ending == .exit(0))
        // What a run with --fresh that was given up leaves behind.
        try Data("left".utf8).write(to: URL(filePath: agencies.replica("BKN") + ".partial"))
      }
      #expect(try agencies.sync("BKN", "--csv", csv).ending == .exit(0))
      let file = agencies.replica("BKN")
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
      #expect(
        try sqlite(file, "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA application_id") == "ok\n1314148946")
      #expect(try sqlite(file, "SELECT agency, complete, seq > 2045 FROM sync_state") == "BKN|1|1")
      #expect(
        try sqlite(file, "SELECT count(*), sum(in_agreement), sum(digest = replica_digest) FROM certificates")
          == "3|3|3")
      let names = try agencies.folder.names().filter { $0.hasPrefix("BKN") }
      #expect(names == ["BKN", "BKN.sqlite", "BKN.sqlite.lock"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: csv).sorted() == [
          "cases.csv", "clocks.csv", "evidence.csv", "motives.csv", "urls.csv", "witnesses.csv",
        ])

      // Every column of the service's own spreadsheet is there under the same name, with the same values.
      let theirs = try rows(agencies.client("BKN").ask("GET", "/v1/exports/cases", ["Accept": "text/csv"]).body)
      let ours = try rows([UInt8](Data(contentsOf: URL(filePath: csv + "/cases.csv"))))
      #expect(ours.count == 2_046 && theirs.count == 2_046)
      // Names beside codes are in the reader's language: a replica has them in its tables of reference data.
      let labels: Set = ["stage_label", "region_name", "violation_label"]
      let columns = theirs[0].indices.filter { !labels.contains(theirs[0][$0]) }
      let places = try columns.map { try #require(ours[0].firstIndex(of: theirs[0][$0]), "\(theirs[0][$0])") }
      let same = ours.map { row in places.map { row[$0] } }
      #expect(Set(same) == Set(theirs.map { row in columns.map { row[$0] } }))
      try agencies.server.stop()
    }

    private func rows(_ bytes: [UInt8]) throws -> [[String]] {
      let finished = Data(bytes)
      try finished.write(to: URL(filePath: agencies.folder.file("sheet.csv")))
      // Another reader than ours.
      let script = "import csv,json,sys; [print(json.dumps(r)) for r in csv.reader(open(sys.argv[1], newline=''))]"
      let read = try run(["python3", "-c", script, agencies.folder.file("sheet.csv")])
      guard read.ending == .exit(0) else { throw TestFailure("python3: \(read.errors)") }
      return try read.output.split(separator: "\n").map { line in
        try JSONValue.parse(Array(line.utf8)).items.compactMap(\.text)
      }
    }

    @Test("every difference is told, with status 3, and the replica can be made anew")
    func differences() throws {
      #expect(try agencies.sync("BKN").ending == .exit(0))
      let file = agencies.replica("BKN")
      let ids = try sqlite(file, "SELECT id FROM cases ORDER BY id LIMIT 3").split(separator: "\n").map(String.init)
      let unknown = "00000000-0000-7000-8000-000000000000"
      try sqlite(
        file,
        """
        DELETE FROM cases WHERE id = '\(ids[0])'; UPDATE cases SET etag = '"99-7"' WHERE id = '\(ids[1])';
        INSERT INTO cases (id, version, etag, json) VALUES ('\(unknown)', 1, '"1-7"', '{}');
        """, readonly: false)
      let found = try agencies.sync("BKN", "--csv", agencies.folder.file("csv"), "--quiet")
      #expect(found.ending == .exit(3), "\(found.errors)")
      let lines = found.output.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("missing \(ids[0]): the service has version ") })
      #expect(lines.contains { $0.hasPrefix("outdated \(ids[1]): the service has version ") })
      #expect(lines.contains("unknown \(unknown)"))
      #expect(lines.last == "in agreement  no")
      #expect(try sqlite(file, "SELECT kind FROM differences ORDER BY kind") == "missing\noutdated\nunknown")
      #expect(try FileManager.default.contentsOfDirectory(atPath: agencies.folder.file("csv")).isEmpty)

      let fresh = try agencies.sync("BKN", "--fresh")
      #expect(fresh.ending == .exit(0), "\(fresh.errors)")
      try agencies.expectEqual("BKN")
      #expect(try agencies.folder.names().filter { $0.hasPrefix("BKN.") } == ["BKN.sqlite", "BKN.sqlite.lock"])
      try agencies.server.stop()
    }

    /// What turns a replica into one that an older program made: its cases came in another form, and its tags tell it.
    private static let older: [(name: String, sql: String)] = [
      (
        "with the tables of today",
        """
        UPDATE sync_state SET representation = 1;
        UPDATE cases SET etag = '"' || substr(etag, 4), json = replace(json, '"final":', '"was":');
        """
      ),
      (
        "with the tables of the first release",
        """
        ALTER TABLE sync_state DROP COLUMN representation; PRAGMA user_version = 1;
        UPDATE cases SET etag = '"' || substr(etag, 4), json = replace(json, '"final":', '"was":');
        """
      ),
    ]

    @Test("what is held in an older form is fetched again by itself, once, and the certificates stay")
    func olderRepresentation() throws {
      let file = agencies.replica("BKN")
      for (name, sql) in Self.older {
        #expect(try agencies.sync("BKN", "--quiet").ending == .exit(0), "\(name)")
        let certificates = try sqlite(file, "SELECT id, digest FROM certificates ORDER BY number")
        try sqlite(file, sql, readonly: false)
        let again = try agencies.sync("BKN")
        #expect(again.ending == .exit(0), "\(name): \(again.errors)")
        #expect(again.errors.contains("fetched again") && again.errors.contains("snapshot: 100 %"), "\(name)")
        try agencies.expectEqual("BKN")
        let kept = try sqlite(file, "SELECT id, digest FROM certificates ORDER BY number")
        #expect(
          kept.hasPrefix(certificates) && kept.split(separator: "\n").count > certificates.split(separator: "\n").count)
        let quiet = try agencies.sync("BKN")
        #expect(quiet.ending == .exit(0) && !quiet.errors.contains("snapshot"), "\(name): \(quiet.errors)")
      }
      // One that an older program has begun and not finished.
      for (name, sql) in Self.older {
        #expect(try agencies.sync("BKN", "--fresh", "--quiet").ending == .exit(0), "\(name)")
        try sqlite(
          file,
          """
          PRAGMA foreign_keys = ON;
          UPDATE sync_state SET complete = 0, seq = NULL, last_case_id = (SELECT id FROM cases ORDER BY id LIMIT 1 OFFSET 99);
          DELETE FROM cases WHERE id > (SELECT last_case_id FROM sync_state); DELETE FROM certificates;
          """ + sql, readonly: false)
        try FileManager.default.moveItem(atPath: file, toPath: file + ".partial")
        let whole = try agencies.sync("BKN")
        #expect(whole.ending == .exit(0), "\(name): \(whole.errors)")
        try agencies.expectEqual("BKN")
      }
      try sqlite(file, "PRAGMA user_version = 99", readonly: false)
      expectRefused(try agencies.sync("BKN", "--quiet"), saying: "newer version")
      try agencies.server.stop()
    }

    @Test("a server that was set back is told plainly, and another server's or agency's replica is refused")
    func otherOrigins() throws {
      #expect(try agencies.sync("BKN").ending == .exit(0))
      let file = agencies.replica("BKN")
      let reached = try sqlite(file, "SELECT seq FROM sync_state")
      try sqlite(file, "UPDATE sync_state SET seq = seq + 1000000", readonly: false)
      let ahead = try agencies.sync("BKN", "--quiet")
      expectRefused(ahead, saying: "400", "--fresh")
      #expect(ahead.ending == .exit(1))
      try sqlite(file, "UPDATE sync_state SET seq = \(reached)", readonly: false)

      var words = agencies.arguments("BKN", ["--quiet"])
      words[5] = agencies.folder.file("KASN")
      expectRefused(try run(words), saying: "replica of BKN", "KASN")
      expectRefused(try run(words + ["--fresh"]), saying: "replica of BKN", "KASN")
      words = agencies.arguments("BKN", ["--quiet"])
      words[3] = "http://localhost:\(agencies.server.port)"
      expectRefused(try run(words), saying: "replica of http://127.0.0.1", "--fresh")
      words[7] = agencies.folder.file("netral.sqlite")
      expectRefused(try run(words), saying: "not a replica")
      #expect(try agencies.sync("BKN", "--quiet").ending == .exit(0))
      try agencies.server.stop()
    }

    @Test("a key that is not good for it is refused with the server's words, and never shown")
    func keys() throws {
      expectRefused(try agencies.sync("OPERATOR", "--quiet"), saying: "operator")
      let unknown = "ntk_0123456789ab_" + String(repeating: "A", count: 43)
      let file = agencies.folder.file("unknown")
      for (text, mode, words) in [
        (unknown, 0o600, "401"), ("not a key", 0o600, "holds no key"), (unknown, 0o644, "chmod 600"),
      ] {
        try writeKey(text, to: file, mode: mode)
        let refused = try agencies.sync("unknown", "--quiet")
        expectRefused(refused, saying: words)
        #expect(!refused.errors.contains(text))
        #expect(refused.ending == .exit(1))
      }
      #expect(try !agencies.folder.names().contains("unknown.sqlite"))
      try agencies.server.stop()
    }

    @Test("the key stands in no command line and in no environment, and a second run at once is refused")
    func secrecy() throws {
      // The server stands still, so that curl waits for its answer.
      agencies.server.child.send(SIGSTOP)
      let job = try Child(agencies.arguments("BKN"))
      let curl = try poll("the curl of the job") {
        try children(of: job.pid).first { text("\($0)/cmdline").hasPrefix("curl") }
      }
      let key = try #require(agencies.keys["BKN"]?.suffix(43))
      for process in [curl, job.pid] {
        #expect(!text("\(process)/cmdline").isEmpty)
        for file in ["cmdline", "environ"] { #expect(!text("\(process)/\(file)").contains(key)) }
      }
      expectRefused(try agencies.sync("BKN", "--quiet"), saying: "another run")
      agencies.server.child.send(SIGCONT)
      #expect(try job.wait() == .exit(0), "\(job.errors)")
      #expect(!(job.output + job.errors).contains(key))
      try agencies.server.stop()
    }

    private func text(_ path: String) -> String {
      // A process may end meanwhile.
      String(decoding: FileManager.default.contents(atPath: "/proc/\(path)") ?? Data(), as: UTF8.self)
    }

    private func children(of parent: pid_t) throws -> [pid_t] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
        text("\(process)/status").contains("\nPPid:\t\(parent)\n")
      }
    }
  }
}
