internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// What is said of people stands nowhere in clear, and opens by its own keys alone.
  @Suite("sealed values")
  struct SealedTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    /// A text in every personal place of a report; each is one word in lower-case letters, but for the numbers.
    private static let planted = [
      "kenarinama", "kenarijabatan", "kenaritempat", "kenariuraian", "kenarialamat", "kenarisaksi", "kenarikontaksaksi",
      "kenaripelapor", "kenarikontakpelapor", "kenarinomorlaporan", "kenarialasan", "kenaricatatan", "kenariringkasan",
      "kenarinomorsurat", "kenarikoreksi", "kenarialasankoreksi", "kenarialasanputusan", "kenarikunci",
      "kenarinamabaru",
      "198609262015051001", "1671012609860999",
    ]

    private static let report = """
      {"election": "pilkada-2024", "region": "16.71", "institution": "16.71", "violation": "DS-06",
       "subject": {"name": "Kenarinama", "nip": "198609262015051001", "nik": "1671012609860999", "employment": "pns",
        "position_level": "pelaksana", "position_title": "Kenarijabatan"},
       "act": {"occurred_on": "2024-10-02", "place": "Kenaritempat", "narrative": "Uraian kenariuraian.",
        "urls": ["https://kenarialamat.example/"],
        "witnesses": [{"name": "Kenarisaksi", "contact": "kenarikontaksaksi"}]},
       "source": {"kind": "laporan", "agency_ref": "kenarinomorlaporan/1", "received_on": "2024-10-06"},
       "reporter": {"mode": "named", "name": "Kenaripelapor", "contact": "kenarikontakpelapor"}}
      """

    @Test(
      "stand in clear in no file of the service, its backups, its log or its temporary folder, even when it is killed")
    func nothingClear() throws {
      let keys = try Dictionary(
        uniqueKeysWithValues: ["BAWASLU", "BKN", "PANRB"].map {
          ($0, try makeKey(database, ["--agency", $0, "--scopes", "cases:read,cases:write,sync,imports,statistics"]))
        })
      let operatorKey = try makeKey(database, ["--operator", "--scopes", "admin"])
      let temporary = folder.file("tmp")
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
      let environment = [
        "TMPDIR": temporary, "NETRAL_BACKUP_FOLDER": folder.file("backups"),
        "NETRAL_KEYS_BACKUP_FOLDER": folder.file("backups-of-keys"), "NETRAL_LOG_LEVEL": "debug",
      ]
      var server = try RunningServer(database, environment: environment, errorsPath: folder.file("log"))
      let id = try record(server, keys)
      try expectFound(server, keys["BKN"], id)
      for format in ["csv", "xlsx", "ndjson"] {
        #expect(try server.client(keys["BKN"]).get("/v1/cases?format=\(format)").status == 200)
      }
      #expect(try server.client(keys["BKN"]).get("/v1/statistics/funnel?election=pilkada-2024").status == 200)
      #expect(try server.client(operatorKey).ask("POST", "/v1/admin/backups", [:], "").status == 201)
      try expectNone()
      try server.kill()
      try expectNone()
      server = try RunningServer(database, environment: environment, errorsPath: folder.file("log2"))
      try expectFound(server, keys["BKN"], id)
      try server.stop()
      try expectNone()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("backups-of-keys")).count >= 3)
    }

    /// Reports a case, and leads it through acts that say something of people.
    private func record(_ server: RunningServer, _ keys: [String: String]) throws -> String {
      let owner = try server.client(keys["BAWASLU"])
      let made = try owner.post("/v1/cases", Self.report, idempotencyKey: "kenarikunci")
      #expect(made.status == 201, "\(made.text)")
      let id = made.json["id"].text ?? ""
      func act(_ agency: String, _ path: String, _ body: String, method: String = "POST") throws {
        let client = try server.client(keys[agency])
        let tag = try client.get("/v1/cases/\(id)").fields["etag"] ?? ""
        let answer = try client.ask(method, "/v1/cases/\(id)\(path)", ["If-Match": tag], body)
        #expect((200...201).contains(answer.status), "\(path): \(answer.text)")
      }
      try act(
        "BKN", "/verifications",
        #"{"occurred_on": "2024-10-09", "outcome": "accepted", "note": "kenaricatatan"}"#)
      try act(
        "BAWASLU", "/studies",
        #"{"occurred_on": "2024-10-14", "outcome": "violation", "summary": "Kenariringkasan"}"#)
      try act(
        "BKN", "/recommendations",
        """
        {"occurred_on": "2024-10-20", "outcome": "recommended", "letter_number": "kenarinomorsurat",
         "institution": "16.71", "proposed_sanction": "BER-1"}
        """)
      let asked = try server.client(keys["PANRB"]).post(
        "/v1/cases/\(id)/correction-requests",
        #"{"patch": {"subject": {"name": "Kenarikoreksi"}}, "reason": "Kenarialasankoreksi"}"#, idempotencyKey: "ask")
      #expect(asked.status == 201, "\(asked.text)")
      try act("BAWASLU", "/correction-requests/1/refusal", #"{"reason": "Kenarialasanputusan"}"#)
      try act(
        "BAWASLU", "", #"{"subject": {"name": "Kenarinamabaru"}, "reason": "Kenarialasan"}"#, method: "PATCH")
      return id
    }

    /// The case is found by its person, its number and its words, and shows what was planted.
    private func expectFound(_ server: RunningServer, _ key: String?, _ id: String) throws {
      for body in [
        #"{"nip": "198609262015051001"}"#, #"{"nik": "1671012609860999"}"#, #"{"name": "kenarinamabaru"}"#,
        #"{"q": "Kenariuraian"}"#,
      ] {
        let found = try server.client(key).ask("POST", "/v1/case-searches", [:], body)
        #expect(found.json["items"].items.first?["id"].text == id, "\(body): \(found.text)")
      }
      let listed = try server.client(key).get("/v1/cases?agency_ref=KENARINOMORLAPORAN/1")
      #expect(listed.json["items"].items.count == 1)
      let history = try server.client(key).get("/v1/cases/\(id)/history").text
      for word in ["kenarinomorsurat", "Kenariringkasan", "Kenarialasan"] { #expect(history.contains(word), "\(word)") }
    }

    /// Looks through every file for what was planted: as it is, in either case, and in base64 at each place.
    private func expectNone() throws {
      let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      #expect(paths.count > 8)
      for path in paths {
        guard var bytes = FileManager.default.contents(atPath: folder.file(path)) else { continue }
        if bytes.starts(with: [0x1F, 0x8B]) {
          bytes = Data(try run(["gunzip", "-c", folder.file(path)]).output.utf8)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let lower = text.lowercased()
        for word in Self.planted {
          #expect(!lower.contains(word), "\(word) in \(path)")
          for form in Self.forms(word) { #expect(!text.contains(form), "\(word) as \(form) in \(path)") }
        }
      }
    }

    /// A word in hexadecimal, and what is the same of it in base64 wherever it begins.
    private static func forms(_ word: String) -> [String] {
      [word, word.capitalized].flatMap { word in
        let hex = word.utf8.map { String($0, radix: 16) }.joined()
        let shifted = (0..<3).map { shift -> String in
          let encoded = Data((String(repeating: "x", count: shift) + word).utf8).base64EncodedString()
          let whole = (shift + word.utf8.count) / 3 * 4
          return String(encoded.prefix(whole).dropFirst(shift == 0 ? 0 : 4))
        }
        return [hex, hex.uppercased()] + shifted
      }
    }

    @Test("open by the keys of their own database alone, and say which file is missing or wrong")
    func wrongKeys() throws {
      let key = try makeReporter(database)
      let server = try RunningServer(database)
      #expect(try server.client(key).create("one").status == 201)
      try server.stop()
      let (keys, master) = (database + ".keys", database + ".master")
      let other = folder.file("other.sqlite")
      _ = try makeReporter(other)
      func expectRefused(_ words: String, _ location: SourceLocation = #_sourceLocation) throws {
        let finished = try netral("migrate", "--database", database)
        #expect(finished.ending != .exit(0) && finished.errors.contains(words), "\(finished)", sourceLocation: location)
        #expect(finished.errors.split(separator: "\n").count == 1, sourceLocation: location)
      }
      func move(_ from: String, _ to: String) throws { try FileManager.default.moveItem(atPath: from, toPath: to) }
      func put(_ source: String, _ target: String) throws {
        try move(target, target + ".kept")
        try FileManager.default.copyItem(atPath: source, toPath: target)
      }
      func back(_ target: String) throws {
        try? FileManager.default.removeItem(atPath: target)  // It may have been moved away alone.
        try move(target + ".kept", target)
      }
      try move(master, master + ".kept")
      try expectRefused("the master key is missing")
      try back(master)
      try move(keys, keys + ".kept")
      try expectRefused("the file is missing")
      try back(keys)
      try put(other + ".master", master)
      try expectRefused("wrapped by another master key")
      try put(other + ".keys", keys)
      try expectRefused("the keys of another database")
      try back(keys)
      try back(master)
      chmod(master, 0o644)
      try expectRefused("for its owner alone")
      chmod(master, 0o600)
      let again = try RunningServer(database)
      #expect(try again.client(key).get("/v1/cases").text.contains("\"one\""))
      try again.stop()
    }

    @Test("are opened by a new master key after keys were wrapped anew, and by none that was cut off halfway less")
    func rewraps() throws {
      let key = try makeReporter(database)
      let server = try RunningServer(database)
      #expect(try server.client(key).create("one").status == 201)
      #expect(try netral("keys", "rewrap", "--database", database).errors.contains("another process"))
      try server.stop()
      let master = database + ".master"
      let old = try Data(contentsOf: URL(filePath: master))
      let finished = try netral("keys", "rewrap", "--database", database)
      #expect(finished.ending == .exit(0), "\(finished.errors)")
      let new = try Data(contentsOf: URL(filePath: master))
      #expect(new != old && new.count == 65)
      // As if it had been killed before the new key took the place of the old one.
      try new.write(to: URL(filePath: master + ".next"))
      try old.write(to: URL(filePath: master))
      chmod(master + ".next", 0o600)
      let again = try RunningServer(database)
      #expect(try again.client(key).get("/v1/cases").text.contains("\"one\""))
      try again.stop()
      #expect(try Data(contentsOf: URL(filePath: master)) == new)
      // And elsewhere, as where the old one cannot be replaced.
      let moved = folder.file("moved.key")
      #expect(try netral("keys", "rewrap", "--database", database, "--into", moved).ending == .exit(0))
      #expect(try netral("migrate", "--database", database).errors.contains("another master key"))
      let third = try RunningServer(database, environment: ["NETRAL_MASTER_KEY_FILE": moved])
      #expect(try third.client(key).create("two").status == 201)
      try third.stop()
    }

    @Test(
      "are sealed by no key that a backup does not hold: without its folder writes end, reads go on, and it recovers")
    func needsBackup() throws {
      let key = try makeReporter(database)
      let folder = folder.file("k")
      let server = try RunningServer(database, environment: ["NETRAL_KEYS_BACKUP_FOLDER": folder])
      let client = try server.client(key)
      #expect(try client.create("first").status == 201)
      try FileManager.default.moveItem(atPath: folder, toPath: folder + ".away")
      var statuses: [Int] = []
      while statuses.count < 6_000, statuses.last != 503 {
        statuses.append(try client.create("n-\(statuses.count)").status)
      }
      #expect(statuses.last == 503 && statuses.dropLast().allSatisfy { $0 == 201 }, "\(statuses.suffix(3))")
      #expect(try client.get("/v1/cases").status == 200)
      try FileManager.default.moveItem(atPath: folder + ".away", toPath: folder)
      #expect(try client.create("last").status == 201)
      try server.stop()
    }

    @Test("open after a restoration with the keys of a backup, blocks and all; without them nothing starts")
    func restoresKeys() throws {
      let key = try makeReporter(database)
      let folders = ["NETRAL_BACKUP_FOLDER": folder.file("b"), "NETRAL_KEYS_BACKUP_FOLDER": folder.file("k")]
      var server = try RunningServer(database, environment: folders)
      #expect(try server.client(key).create("before").status == 201)
      #expect(try run([program, "backup", "--database", database], environment: folders).ending == .exit(0))
      // More keys than the copy holds: they are in blocks alone.
      for number in 1...200 { #expect(try server.client(key).create("n-\(number)").status == 201) }
      try server.stop()
      let copy = folder.file("copy.sqlite")
      try sqlite(database, "VACUUM INTO '\(copy)'")
      let restored = folder.file("new.sqlite")
      let finished = try netral(
        "restore", "--from", copy, "--into", restored, "--without-sum", "--verify", "--keys", folder.file("k"),
        "--master-key", database + ".master", "--erasures", "none")
      #expect(finished.ending == .exit(0) && finished.output.contains("each sealed value was opened"), "\(finished)")
      server = try RunningServer(restored)
      #expect(try server.client(key).get("/v1/cases?count=exact&limit=1").text.contains("\"count\":201"))
      #expect(try server.client(key).create("after").status == 201)
      try server.stop()
      try FileManager.default.removeItem(atPath: restored + ".keys")
      let refused = try netral("migrate", "--database", restored)
      #expect(refused.ending != .exit(0) && refused.errors.contains("the file is missing"), "\(refused)")
    }
  }
}
