internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// What was erased is gone: from the files of the service, and from every copy once its keys are.
  @Suite("erased values")
  struct ErasedTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }
    private let environment: [String: String]
    private let keys: [String: String]
    private let operatorKey: String

    init() throws {
      folder = try TemporaryFolder()
      environment = [
        "NETRAL_BACKUP_FOLDER": folder.file("b"), "NETRAL_KEYS_BACKUP_FOLDER": folder.file("k"),
        "NETRAL_RETENTION_NOTICE_DAYS": "0",
      ]
      let database = folder.file("netral.sqlite")
      keys = try Dictionary(
        uniqueKeysWithValues: ["BAWASLU", "BKN", "PANRB"].map {
          ($0, try makeKey(database, ["--agency", $0, "--scopes", "cases:read,cases:write,imports,sync"]))
        })
      operatorKey = try makeKey(database, ["--operator", "--scopes", "admin"])
    }

    private static func line(_ ref: String, endedOn day: String? = nil, name: String) -> String {
      let end = day.map { #"{"action":"cancellations","agency":"BAWASLU","occurred_on":"\#($0)","reason":"Murai"}"# }
      return """
        {"case":{"election":"pilkada-2024","region":"16.71","institution":"16.71","violation":"DS-06",\
        "subject":{"name":"\(name)","identifier_missing":true,"position_level":"pelaksana"},\
        "act":{"occurred_on":"2024-10-02","narrative":"Uraian \(name)."},\
        "source":{"kind":"laporan","agency":"BAWASLU","agency_ref":"\(ref)","received_on":"2024-10-06"},\
        "reporter":{"mode":"named","name":"Pelapor \(name)"}},"actions":[\(end ?? "")]}
        """
    }

    private func bring(_ lines: [String], _ server: RunningServer, _ member: String = "id") throws -> [String] {
      let answer = try server.client(keys["BAWASLU"]).ask(
        "POST", "/v1/imports", ["Content-Type": "application/x-ndjson"], lines.joined(separator: "\n"))
      return answer.text.split(separator: "\n").compactMap { line in
        (try? JSONValue.parse(Array(line.utf8)))?[member].text
      }
    }

    private func change(_ id: String, _ method: String, _ path: String, _ body: String, _ server: RunningServer) throws
    {
      let client = try server.client(keys["BAWASLU"])
      let tag = try client.get("/v1/cases/\(id)").fields["etag"] ?? ""
      let answer = try client.ask(method, "/v1/cases/\(id)\(path)", ["If-Match": tag], body)
      #expect([200, 201].contains(answer.status), "\(answer.text)")
    }

    private func erase(_ id: String, _ server: RunningServer) throws {
      try change(id, "POST", "/erasures", #"{"ground":"subject_request"}"#, server)
    }

    private func backUp(_ server: RunningServer) throws -> String {
      let answer = try server.client(operatorKey).ask("POST", "/v1/admin/backups", [:], "")
      #expect(answer.status == 201, "\(answer.text)")
      return folder.file("b/\(answer.json["name"].text ?? "")")
    }

    /// The numbers of the keys of a case, and those keys as they stand in the file.
    private func dataKeys(_ id: String, _ file: String? = nil) throws -> (numbers: String, wrapped: [Data]) {
      let hex = id.replacing("-", with: "")
      let numbers = try sqlite(
        file ?? database,
        """
        SELECT group_concat(DISTINCT p.data_key) FROM case_part p JOIN event e ON e.seq = p.part_key / 16
        JOIN case_record r ON r.case_key = e.case_key WHERE hex(r.id) = upper('\(hex)') AND p.data_key IS NOT NULL
        """)
      let wrapped = try sqlite(
        database + ".keys", "SELECT hex(wrapped) FROM data_key WHERE number IN (\(numbers))"
      ).split(separator: "\n").map { Self.data(String($0)) }
      return (numbers, wrapped)
    }

    /// What some keys have sealed.
    private func sealedValues(_ numbers: String) throws -> [Data] {
      try sqlite(database, "SELECT hex(content) FROM case_part WHERE data_key IN (\(numbers))").split(separator: "\n")
        .map {
          Self.data(String($0))
        }
    }

    private static func data(_ hex: String) -> Data {
      let digits = Array(hex.utf8)
      func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 55 }
      return Data(stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) })
    }

    /// Whether one of some keys stands in a file, in whatever page of it.
    private func holds(_ path: String, _ keys: [Data]) -> Bool {
      let bytes = FileManager.default.contents(atPath: path) ?? Data()
      return keys.contains { bytes.range(of: $0) != nil }
    }

    private func files(_ part: String) throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.contains(part) }
        .map(folder.file)
    }

    @Test("open from no copy of the record, once no backup of the keys is left")
    func keysAreGone() throws {
      var server = try RunningServer(database, environment: environment)
      let ids = try bring(
        [
          Self.line("E-1", endedOn: "2024-10-10", name: "Murai Satu"),
          Self.line("E-2", endedOn: "2024-10-10", name: "Jalak"), Self.line("E-3", name: "Kutilang"),
        ], server)
      #expect(ids.count == 3)
      let backup = try backUp(server)
      let (numbers, wrapped) = try dataKeys(ids[0])
      let values = try sealedValues(numbers)
      #expect(values.count > 4 && holds(backup, values))
      #expect(wrapped.count >= 2 && holds(database + ".keys", wrapped))
      let oldKeys = folder.file("old.keys")
      try sqlite(database + ".keys", "VACUUM INTO '\(oldKeys)'")
      #expect(
        try server.client(keys["BKN"]).ask("POST", "/v1/case-searches", [:], #"{"name":"murai"}"#).text.contains(ids[0])
      )
      try erase(ids[0], server)
      // In the running service's files nothing is left of the keys, in no page and no log.
      #expect(try sqlite(database + ".keys", "SELECT count(*) FROM data_key WHERE number IN (\(numbers))") == "0")
      for path in try files("netral.sqlite") { #expect(!holds(path, wrapped) && !holds(path, values), "\(path)") }
      #expect(try sqlite(database, "SELECT count(*) FROM erasure WHERE is_done = 1") == "1")
      for question in [#"{"name":"murai"}"#, #"{"q":"murai"}"#] {
        let found = try server.client(keys["BKN"]).ask("POST", "/v1/case-searches", [:], question)
        #expect(found.status == 200 && found.json["items"].items.isEmpty, "\(found.text)")
      }
      let others = try server.client(keys["BKN"]).ask("POST", "/v1/case-searches", [:], #"{"name":"jalak"}"#)
      #expect(others.json["items"].items.count == 1)
      // Copies of the keys of before go when they are too old, and blocks with the copy that has what is left of them.
      #expect(try files("k/").contains { holds($0, wrapped) })
      for path in try files("k/netral-2") {
        let age = path.replacing(/\d{8}T/, with: "20200101T")
        try FileManager.default.moveItem(atPath: path, toPath: age)
        guard age.hasSuffix(".sha256") else { continue }
        let text = try String(contentsOfFile: age, encoding: .utf8).replacing(/\d{8}T/, with: "20200101T")
        try text.write(toFile: age, atomically: true, encoding: .utf8)
      }
      _ = try backUp(server)
      for path in try files("k/") { #expect(!holds(path, wrapped), "\(path)") }
      #expect(try String(contentsOfFile: folder.file("b/netral.erasures"), encoding: .utf8).contains(ids[0]))
      try server.stop()
      #expect(
        try netral("doctor", "--full", "--database", database).output.contains("ok\terasures\t1 cases were erased"))
      // The record of before still has the values, sealed; the keys of today open all of it but these.
      let hex = ids[0].replacing("-", with: "").uppercased()
      let sealed = try sqlite(
        backup,
        """
        SELECT count(*) FROM case_part p JOIN event e ON e.seq = p.part_key / 16 JOIN case_record r USING (case_key)
        WHERE hex(r.id) = '\(hex)' AND p.data_key IS NOT NULL AND p.content IS NOT NULL
        """)
      #expect(Int(sealed) ?? 0 > 4)
      for (name, source) in [("today", folder.file("k")), ("old", oldKeys)] {
        let target = folder.file("restored-\(name).sqlite")
        let finished = try netral(
          "restore", "--from", backup, "--into", target, "--verify", "--keys", source, "--master-key",
          database + ".master")
        #expect(finished.ending == .exit(0) && finished.output.contains("erasures\t1"), "\(finished)")
        // Before anything is served: an older copy of the keys has lost them again.
        #expect(try sqlite(target + ".keys", "SELECT count(*) FROM data_key WHERE number IN (\(numbers))") == "0")
        #expect(!holds(target + ".keys", wrapped))
        server = try RunningServer(target)
        let client = try server.client(keys["BKN"])
        let record = try client.get("/v1/cases/\(ids[0])")
        #expect(record.json["erased_on"].text != nil && !record.text.contains("Murai"), "\(record.text)")
        #expect(try client.get("/v1/cases/\(ids[1])").text.contains("Jalak"))
        let event = try client.get("/v1/cases/\(ids[0])/history").json["items"].items.last
        #expect(event?["what"].text == "erasure" && event?["details"]["ground"].text == "repetition")
        try server.stop()
        #expect(try netral("doctor", "--full", "--database", target).output.contains("ok\tintegrity"))
      }
    }

    @Test("are asked of whoever restores: the newest list, or a replica, and no older one")
    func lists() throws {
      let server = try RunningServer(database, environment: environment)
      let ids = try bring(
        (1...3).map { Self.line("E-\($0)", endedOn: "2024-10-10", name: "Murai") }, server)
      try erase(ids[0], server)
      let older = folder.file("older.erasures")
      try FileManager.default.copyItem(atPath: database + ".erasures", toPath: older)
      let backup = try backUp(server)
      try erase(ids[1], server)
      let (key, replica) = (folder.file("bawaslu.key"), folder.file("replica.sqlite"))
      try writeKey(keys["BAWASLU"] ?? "", to: key)
      let synced = try netral(
        "sync", "--server", "http://127.0.0.1:\(server.port)", "--key-file", key, "--into", replica, "--quiet")
      #expect(synced.ending == .exit(0), "\(synced.errors)")
      #expect(
        try sqlite(replica, "SELECT count(*), count(name), count(narrative) FROM cases WHERE erased_on IS NOT NULL")
          == "2|0|0")
      try server.stop()
      func restore(_ from: String, _ target: String, _ options: String...) throws -> Finished {
        let words = ["restore", "--from", from, "--into", folder.file(target), "--keys", folder.file("k")]
        return try run([program] + words + ["--master-key", database + ".master"] + options)
      }
      try FileManager.default.createDirectory(atPath: folder.file("alone"), withIntermediateDirectories: false)
      for suffix in ["", ".sha256"] {
        let name = URL(filePath: backup).lastPathComponent
        try FileManager.default.copyItem(atPath: backup + suffix, toPath: folder.file("alone/\(name + suffix)"))
      }
      let copy = folder.file("alone/\(URL(filePath: backup).lastPathComponent)")
      expectRefused(try restore(copy, "a.sqlite"), saying: "list of erasures", "--erasures")
      expectRefused(try restore(backup, "a.sqlite", "--erasures", older), saying: "it is not the newest: 1 known")
      expectRefused(
        try restore(copy, "a.sqlite", "--erasures", folder.file("none.txt")), saying: "there is no such file")
      expectRefused(try restore(copy, "a.sqlite", "--erasures", key), saying: "it is no list of erasures")
      expectRefused(
        try restore(copy, "a.sqlite", "--erasures", database + ".keys"), saying: "neither a list nor a replica")
      #expect(try !folder.names().contains { $0.hasPrefix("a.sqlite") })
      for (target, list) in [("c.sqlite", database + ".erasures"), ("d.sqlite", replica)] {
        let finished = try restore(copy, target, "--erasures", list)
        #expect(finished.ending == .exit(0) && finished.output.contains("erasures\t2"), "\(finished)")
        let restored = try RunningServer(folder.file(target))
        for (id, isErased) in zip(ids, [true, true, false]) {
          let shown = try restored.client(keys["BKN"]).get("/v1/cases/\(id)").text
          #expect(shown.contains("erased_on") == isErased && shown.contains("Murai") != isErased)
        }
        try restored.stop()
      }
    }

    @Test("come back by no import, by no copy of some of the files, and nothing else goes by a line in a list")
    func stayErased() throws {
      let environment = environment.filter { $0.key != "NETRAL_RETENTION_NOTICE_DAYS" }
      var server = try RunningServer(database, environment: environment)
      let lines = ["E-1", "E-2"].map { Self.line($0, name: "Murai") }
      let ids = try bring(lines, server)
      // It was on record under another number before.
      try change(ids[0], "PATCH", "", #"{"source":{"agency_ref":"E-9"},"reason":"x"}"#, server)
      try change(ids[0], "POST", "/cancellations", #"{"occurred_on":"2024-10-10","reason":"x"}"#, server)
      let backup = try backUp(server)
      let later = Self.line("E-4", endedOn: "2024-10-10", name: "Jalak")
      let all = [lines[0], Self.line("E-9", name: "Murai"), later]
      for id in [ids[0], try bring([later], server)[0]] { try erase(id, server) }
      #expect(try bring(all, server, "status") == ["erased", "erased", "erased"])
      try server.stop()

      let target = folder.file("restored.sqlite")
      let finished = try netral(
        "restore", "--from", backup, "--into", target, "--keys", database + ".keys", "--master-key",
        database + ".master")
      #expect(finished.ending == .exit(0) && finished.output.contains("erasures\t2"), "\(finished)")
      // Whoever forgets the list beside the file has it in the folder of backups, and what the keys know.
      try FileManager.default.removeItem(atPath: target + ".erasures")
      for settings in [environment, environment.filter { $0.key != "NETRAL_BACKUP_FOLDER" }] {
        let isLost = settings["NETRAL_BACKUP_FOLDER"] == nil
        let moved = folder.file(isLost ? "lost.sqlite" : "moved.sqlite")
        for suffix in ["", ".keys", ".master"] {
          try FileManager.default.copyItem(atPath: target + suffix, toPath: moved + suffix)
        }
        let doctor = try run([program, "doctor", "--database", moved], environment: settings)
        #expect(doctor.output.contains("warning\terasures\t1 cases were erased, and are not"), "\(doctor.output)")
        server = try RunningServer(moved, environment: settings)
        let shown = try server.client(keys["BKN"]).get("/v1/cases/\(ids[0])")
        #expect(shown.json["erased_on"].text != nil, "\(shown.text)")
        #expect(try server.client(keys["BKN"]).get("/v1/cases/\(ids[1])").text.contains("Murai"))
        let statuses = try bring(isLost ? Array(all.prefix(2)) : all, server, "status")
        #expect(statuses.allSatisfy { $0 == "erased" }, "\(statuses)")
        try server.stop()
        #expect(try netral("doctor", "--full", "--database", moved).output.contains("ok\tintegrity"))
      }

      // A file that was never restored misses nothing.
      let list = try String(contentsOfFile: database + ".erasures", encoding: .utf8)
      try (list + "\(ids[1]) 2024-10-11\n").write(toFile: database + ".erasures", atomically: true, encoding: .utf8)
      server = try RunningServer(database, environment: environment)
      #expect(try server.client(keys["BKN"]).get("/v1/cases/\(ids[1])").text.contains("Murai"))
      try server.stop()
      let doctor = try netral("doctor", "--database", database).output
      #expect(doctor.contains("fault\terasures\tthe list of erasures names 1 cases"), "\(doctor)")
    }

    @Test("go by themselves when their time is over: the run is part of the server")
    func endOfRetention() throws {
      var server = try RunningServer(database, environment: environment)
      let ids = try bring(
        [
          Self.line("E-1", endedOn: "2024-10-10", name: "Murai"),
          Self.line("E-2", endedOn: "2026-11-01", name: "Jalak"),
        ], server)
      // The first look came before them; the next start looks at once.
      try server.stop()
      server = try RunningServer(database, environment: environment)
      let client = try server.client(keys["BKN"])
      _ = try poll("the erasure of what is over") {
        try client.get("/v1/cases/\(ids[0])").json["erased_on"].text
      }
      #expect(try client.get("/v1/cases/\(ids[1])").text.contains("Jalak"))
      let event = try client.get("/v1/cases/\(ids[0])/history").json["items"].items.last
      #expect(event?["details"]["ground"].text == "retention")
      try server.stop()
    }

    @Test(
      "are erased to the end by the next start, wherever the one before was killed",
      .enabled(if: strace.works, strace.why))
    func killed() throws {
      var server = try RunningServer(database, environment: environment)
      let id = try #require(try bring([Self.line("E-1", endedOn: "2024-10-10", name: "Murai")], server).first)
      try server.stop()
      let (numbers, wrapped) = try dataKeys(id)
      let kept = folder.file("kept")
      try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: false)
      for name in try folder.names() where name.hasPrefix("netral.sqlite") {
        try FileManager.default.copyItem(atPath: folder.file(name), toPath: "\(kept)/\(name)")
      }
      func putBack() throws {
        for name in try folder.names() where name.hasPrefix("netral.sqlite") {
          try FileManager.default.removeItem(atPath: folder.file(name))
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: kept) {
          try FileManager.default.copyItem(atPath: "\(kept)/\(name)", toPath: folder.file(name))
        }
      }
      func tryErasing(_ server: RunningServer) {
        let client = try? server.client(keys["BAWASLU"])
        let tag = (try? client?.get("/v1/cases/\(id)"))?.fields["etag"] ?? ""
        _ = try? client?.ask(
          "POST", "/v1/cases/\(id)/erasures", ["If-Match": tag], #"{"ground":"subject_request"}"#)
      }
      // The syncs of a start and those of an erasure, counted.
      func countSyncs(_ body: (RunningServer) throws -> Void) throws -> Int {
        let log = folder.file("strace.log")
        let server = try RunningServer(database, wrapper: strace.command(log: log), environment: quiet)
        try body(server)
        try server.kill()
        defer { try? FileManager.default.removeItem(atPath: log) }
        return syncs(in: log)
      }
      let before = try countSyncs { _ in }
      try putBack()
      let all = try countSyncs(tryErasing)
      #expect(all > before + 4, "\(before) \(all)")
      var (erased, untouched) = (0, 0)
      for sync in max(1, before)...all + 1 {
        try putBack()
        do {
          server = try RunningServer(
            database, wrapper: strace.command("-e", "inject=fsync,fdatasync:signal=SIGKILL:when=\(sync)"),
            environment: quiet)
          tryErasing(server)
          try server.kill()
        } catch is TestFailure {
          // It was killed before it had said where it listens.
        }
        server = try RunningServer(database, environment: quiet)
        let shown = try server.client(keys["BKN"]).get("/v1/cases/\(id)")
        #expect(shown.status == 200)
        try server.stop()
        if shown.json["erased_on"].text == nil {
          #expect(shown.text.contains("Murai"), "\(sync)")
          untouched += 1
          continue
        }
        erased += 1
        #expect(!shown.text.contains("Murai"))
        #expect(
          try sqlite(database, "SELECT count(*) FROM erasure WHERE is_done = 1") == "1", "killed at sync \(sync)")
        #expect(try sqlite(database + ".keys", "SELECT count(*) FROM data_key WHERE number IN (\(numbers))") == "0")
        for path in try files("netral.sqlite") where !path.contains("/kept/") {
          #expect(!holds(path, wrapped), "\(path) after sync \(sync)")
        }
        #expect(try String(contentsOfFile: database + ".erasures", encoding: .utf8).contains(id))
      }
      #expect(erased > 2 && untouched > 0, "\(erased) \(untouched)")
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tintegrity"))
    }

    /// Without folders of backups, and without a run that would erase by itself.
    private var quiet: [String: String] { ["NETRAL_RETENTION_NOTICE_DAYS": "3650"] }
  }
}
