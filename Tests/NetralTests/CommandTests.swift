internal import Foundation
internal import Testing

extension ProgramTests {
  @Suite("on the command line")
  struct CommandTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    @Test("migrate makes a file that only its owner may read, and is content with one that is up to date")
    func migrate() throws {
      for _ in 1...2 {
        let finished = try netral("migrate", "--database", database)
        #expect(finished.ending == .exit(0))
        #expect(finished.output == "\(database) is up to date\n")
        #expect(finished.errors.isEmpty)
      }
      let attributes = try FileManager.default.attributesOfItem(atPath: database)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(
        try folder.names()
          == ["netral.sqlite", ".checkpoint", ".keys", ".lock", ".master", ".record-key", ".words"].map {
            $0.hasPrefix(".") ? "netral.sqlite\($0)" : $0
          })
      #expect(
        try sqlite(database, "PRAGMA integrity_check; PRAGMA journal_mode; PRAGMA application_id")
          == "ok\nwal\n1314148940")
    }

    @Test("key create prints the key and nothing else, and the key works")
    func keyCreate() throws {
      let made = try netral(
        "key", "create", "--database", database, "--agency", "BKN", "--label", "desk 1", "--scopes",
        "cases:read,statistics", "--expires", "2099-01-01", "--networks", "127.0.0.0/8,10.0.0.0/8")
      #expect(made.ending == .exit(0))
      #expect(made.errors.isEmpty)
      let key = made.output.dropLast()
      #expect(made.output.hasSuffix("\n"))
      #expect(try #/ntk_[0-9a-v]{12}_[A-Za-z0-9_-]{43}/#.wholeMatch(in: String(key)) != nil)

      let elsewhere = try makeKey(database, ["--agency", "BKN", "--scopes", "cases:read", "--networks", "10.0.0.0/8"])
      let bound = try makeKey(
        database, ["--agency", "BKN", "--scopes", "cases:read", "--identities", "CN=a,O=BKN", "CN=b,O=BKN"])
      #expect(try netral("key", "list", "--database", database).output.contains("\ttest\tCN=a,O=BKN; CN=b,O=BKN\n"))
      let operatorKey = try makeKey(database, ["--operator", "--scopes", "admin"])
      let server = try RunningServer(database)
      #expect(try server.client(bound).get("/v1/whoami").status == 401)
      let who = try server.client(String(key)).get("/v1/whoami")
      #expect(who.status == 200)
      #expect(try server.client(elsewhere).get("/v1/whoami").status == 401)
      #expect(try server.client(operatorKey).get("/v1/admin/keys").status == 200)
      #expect(try server.client(operatorKey).get("/v1/cases").status == 403)
      #expect(try server.client(String(key)).get("/v1/admin/keys").status == 403)
      try server.stop()
    }

    @Test("key create gives every key an end, unless never is written out where that may be")
    func keyEnds() throws {
      let table: [(options: [String], days: Int?)] = [
        (["--agency", "BKN", "--scopes", "cases:read"], 365), (["--operator", "--scopes", "admin"], 90),
        (["--agency", "BKN", "--scopes", "cases:read", "--expires", "never"], nil),
      ]
      for (options, _) in table { _ = try makeKey(database, options) }
      let ends = try sqlite(
        database,
        "SELECT coalesce((expires_at - created_at) / 86400000, '-'), made_by FROM access_key ORDER BY created_at")
      #expect(ends == table.map { "\($0.days.map(String.init) ?? "-")|command line" }.joined(separator: "\n"))
      let create = ["key", "create", "--database", database, "--label", "x"]
      for expires in ["never", "2099-01-01"] {
        let refused = try run([program] + create + ["--operator", "--scopes", "admin", "--expires", expires])
        expectRefused(refused, saying: "--expires", "90 days")
      }
      let past = ["--agency", "BKN", "--scopes", "cases:read", "--expires", "2020-01-01"]
      expectRefused(try run([program] + create + past), saying: "--expires", "never")
    }

    @Test("key create hints that an operator's key needs an identity behind a proxy, and only where it has none")
    func keyHint() throws {
      let create = ["key", "create", "--database", database, "--label", "x", "--operator", "--scopes", "admin"]
      let (bare, bound) = (try run([program] + create), try run([program] + create + ["--identities", "CN=a"]))
      #expect(bare.ending == .exit(0) && bare.errors.contains("--identities"))
      #expect(bare.output.split(separator: "\n").count == 1)
      #expect(bound.ending == .exit(0) && bound.errors.isEmpty)
    }

    @Test("takes a name that SQLite has another meaning for as the name of a file")
    func fileNames() throws {
      let names = [":memory:", "file:x?mode=memory", "a b%20c.sqlite"]
      for name in names {
        let made = try run([
          "sh", "-c", "cd \"$1\"; exec \"$2\" migrate --database \"$3\"", "sh", folder.path, program, name,
        ])
        #expect(made.ending == .exit(0), "\(made.errors)")
      }
      #expect(
        try folder.names()
          == names.flatMap { name in
            ["", ".checkpoint", ".keys", ".lock", ".master", ".record-key", ".words"].map { name + $0 }
          }.sorted())
      for name in names { #expect(try sqlite(folder.file(name), "SELECT count(*) > 500 FROM reference") == "1") }
    }

    @Test("what cannot be printed is no success", arguments: ["routes", "migrate", "demo"])
    func fullOutput(command: String) throws {
      let finished = try run([program, command, "--database", database], outputPath: "/dev/full")
      expectRefused(finished, saying: "standard output")
    }

    @Test("a key that cannot be printed is no success")
    func keyIntoFullOutput() throws {
      let create = ["key", "create", "--database", database, "--operator", "--label", "x", "--scopes", "admin"]
      expectRefused(try run([program] + create, outputPath: "/dev/full"), saying: "standard output")
    }

    @Test("key list shows whose keys there are and no secret; key revoke ends one")
    func keyListAndRevoke() throws {
      let first = try makeKey(
        database, ["--agency", "KASN", "--scopes", "cases:read", "--expires", "2099-12-31T00:00:00Z"])
      let second = try makeKey(database, ["--operator", "--scopes", "admin"])
      let listed = try netral("key", "list", "--database", database)
      let rows = listed.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
      #expect(listed.ending == .exit(0))
      #expect(rows.map { $0[1] } == ["KASN", "operator"])
      #expect(rows.map { $0[2] } == ["cases:read", "admin"])
      #expect(rows[0][4] == "2099-12-31T00:00:00.000Z")
      for key in [first, second] {
        let pieces = key.split(separator: "_", maxSplits: 2)
        #expect(listed.output.contains(pieces[1]))
        #expect(!listed.output.contains(pieces[2]))
      }
      let id = String(first.split(separator: "_")[1])
      let revoked = try netral("key", "revoke", "--database", database, id)
      #expect(revoked.ending == .exit(0))
      #expect(revoked.output.isEmpty && revoked.errors.isEmpty)
      expectRefused(try netral("key", "revoke", "--database", database, "zzzzzzzzzzzz"), saying: "no key zzzzzzzzzzzz")
      let whole = try netral("key", "revoke", "--database", database, first)
      expectRefused(whole, saying: "identifier")
      #expect(!whole.errors.contains(first))
      let server = try RunningServer(database)
      #expect(try server.client(first).get("/v1/whoami").status == 401)
      #expect(try server.client(second).get("/v1/whoami").status == 200)
      try server.stop()
    }

    @Test(
      "key create refuses what makes no sense, and says which option",
      arguments: [
        (["--scopes", "cases:read"], "--agency or --operator"),
        (["--agency", "BKN", "--operator", "--scopes", "cases:read"], "--agency or --operator"),
        (["--agency", "KPU", "--scopes", "cases:read"], "no agency 'KPU'"),
        (["--agency", "BKN", "--scopes", "cases:eat"], "--scopes: 'cases:eat'"),
        (["--agency", "BKN", "--scopes", "admin"], "--scopes: 'admin'"),
        (["--operator", "--scopes", "cases:read"], "--scopes: 'cases:read'"),
        (["--agency", "BKN", "--scopes", ""], "--scopes"), (["--agency", "BKN", "--scopes", ","], "--scopes"),
        (["--agency", "BKN", "--scopes", "sync", "--expires", "tomorrow"], "--expires"),
        (["--agency", "BKN", "--scopes", "sync", "--expires", "2020-01-01"], "--expires"),
        (["--agency", "BKN", "--scopes", "sync", "--networks", "10.0.0.0/33"], "--networks: '10.0.0.0/33'"),
        (["--agency", "BKN", "--scopes", "sync", "--identities", "CN=\u{1}"], "--identities: 'CN="),
        (
          ["--agency", "BKN", "--scopes", "sync", "--identities"] + (1...11).map { "CN=\($0)" },
          "--identities: give at most 10"
        ),
        (["--agency", "BKN"], "--scopes"), (["--agency", "BKN", "--scopes", "sync", "--labels", "x"], "--labels"),
      ])
    func keyCreateRefusals(options: [String], words: String) throws {
      let start = [program, "key", "create", "--database", database, "--label", "x"]
      expectRefused(try run(start + options), saying: words)
    }

    @Test("routes prints every endpoint with its gate")
    func routes() throws {
      let finished = try netral("routes")
      #expect(finished.ending == .exit(0))
      let lines = finished.output.split(separator: "\n")
      #expect(lines.count > 40)
      #expect(
        lines.allSatisfy {
          let agency = #/(any key of an agency|agency(?: in office)?, \S+(?: or \S+)?)$/#
          if $0.contains(agency) { return true }
          let gate = #/ (open(, or any key)?|any key|signed in(, agency|, operator)?|operator, admin(; or loopback)?)$/#
          return $0.contains(#/^(GET|POST|PUT|PATCH|DELETE) +\/\S* /#) && $0.contains(gate)
        })
      #expect(finished.output.contains(#/POST +\/v1\/cases +agency in office, cases:write\n/#))
    }

    @Test("help and version are answers and not errors")
    func help() throws {
      for arguments in [["--help"], ["serve", "--help"], ["--version"], []] {
        let finished = try run([program] + arguments)
        #expect(finished.ending == .exit(0))
        #expect(!finished.output.isEmpty)
        #expect(finished.errors.isEmpty)
      }
    }

    @Test("every endpoint works from one line of curl")
    func curl() throws {
      let key = try makeReporter(database)
      let server = try RunningServer(database)
      let address = "http://127.0.0.1:\(server.port)/v1"
      let authorization = ["-H", "Authorization: Bearer \(key)"]
      let who = try run(["curl", "-s", "--max-time", "20"] + authorization + ["\(address)/whoami"])
      #expect(who.output.contains("BAWASLU"))
      let none = try run([
        "curl", "-s", "--max-time", "20", "-o", "/dev/null", "-w", "%{http_code}", "\(address)/cases",
      ])
      #expect(none.output == "401")
      try server.stop()
    }

    @Test("demo fills a new file in the published proportions and prints six keys")
    func demo() throws {
      let finished = try netral("demo", "--database", database)
      #expect(finished.ending == .exit(0), "\(finished.errors)")
      let pairs = finished.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
      #expect(pairs.map { $0[0] } == ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB", "OPERATOR"])
      expectRefused(try netral("demo", "--database", database), saying: database, "already exists")

      let server = try RunningServer(database)
      for pair in pairs { #expect(try server.client(pair[1]).get("/v1/whoami").status == 200) }
      let client = try server.client(pairs[0][1])
      let published = [
        "received": 667, "recommended": 436, "lapsed": 4, "not_proven": 24, "cancelled": 27, "rejected": 60,
      ]
      for (stage, count) in published {
        let reply = try client.get("/v1/cases?election=pilkada-2024&stage=\(stage)&limit=1&count=exact")
        #expect(reply.text.contains("\"count\":\(count)}"), "\(stage): \(reply.text.suffix(60))")
      }
      for (election, count) in [("pilkada-2024", 1_218), ("pilkada-2020", 827)] {
        let all = try client.get("/v1/cases?election=\(election)&limit=1&count=exact")
        #expect(all.text.contains("\"count\":\(count)}"))
      }
      try server.stop()
    }

    @Test("a writing command says that a server has the file, and what to use instead")
    func whileServing() throws {
      let operatorKey = try makeKey(database, ["--operator", "--scopes", "admin"])
      let server = try RunningServer(database)
      let create = ["key", "create", "--database", database, "--operator", "--label", "x", "--scopes", "admin"]
      expectRefused(try run([program] + create), saying: database, "POST /v1/admin/keys")
      expectRefused(try netral("key", "list", "--database", database), saying: "GET /v1/admin/keys")
      expectRefused(
        try netral("key", "revoke", "--database", database, "zzzzzzzzzzzz"), saying: "DELETE /v1/admin/keys/{id}")
      expectRefused(try netral("migrate", "--database", database), saying: "another process")
      expectRefused(try netral("demo", "--database", database), saying: "already exists")
      #expect(try server.client(operatorKey).get("/v1/admin/keys").status == 200)
      try server.stop()
    }
  }
}
