internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

/// Prometheus' own reader of metrics and rules.
private let hasPromtool = (try? run(["promtool", "--version"]))?.ending == .exit(0)

extension ProgramTests {
  @Suite("when it is watched")
  struct WatchingTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }
    private static let series = projectFile("Tests/NetralTests/golden/alerts.yml")
    private static let rules = projectFile("deploy/netral-alerts.yml")

    init() throws { folder = try TemporaryFolder() }

    @Test(
      "gives metrics that promtool has nothing to say about, and that the alerting rules ask for",
      .enabled(if: hasPromtool, "promtool is missing: scripts/prepare test"))
    func promtool() throws {
      let key = try makeReporter(database)
      let syncKey = try makeKey(database, ["--agency", "BKN", "--scopes", "sync,imports,statistics"])
      let server = try RunningServer(database, environment: ["NETRAL_BACKUP_FOLDER": folder.file("backups")])
      try load(server, key, syncKey)
      let answer = try server.client().get("/metrics")
      #expect(answer.status == 200, "\(answer.text)")
      let path = folder.file("metrics")
      #expect(FileManager.default.createFile(atPath: path, contents: Data(answer.body)))
      let checked = try run(["sh", "-c", "promtool check metrics < \"$1\"", "sh", path])
      #expect(checked.ending == .exit(0) && checked.output.isEmpty && checked.errors.isEmpty, "\(checked)")

      for command in [["check", "rules", Self.rules], ["test", "rules", Self.series]] {
        let ruled = try run(["promtool"] + command)
        #expect(ruled.ending == .exit(0), "\(ruled)")
      }
      let text = try String(contentsOfFile: Self.rules, encoding: .utf8)
      let names = Set(text.matches(of: #/netral_[a-z_]+/#).map { String($0.output) })
      #expect(names.count > 5)
      // The newest backup is told of once there is one.
      for name in names where !name.hasPrefix("netral_backup_") {
        #expect(answer.text.contains("\n\(name)"), "\(name)")
      }
      try server.stop()
    }

    private func load(_ server: RunningServer, _ key: String, _ syncKey: String) throws {
      let (reporter, reader) = (try server.client(key), try server.client(syncKey))
      for number in 1...20 { #expect(try reporter.create("\(number)").status == 201) }
      for path in ["/v1/cases", "/v1/cases/x", "/nothing", "/v1/changes", "/livez", "/readyz", "/v1/cases?x=1"] {
        for client in [reporter, reader, try server.client()] {
          for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
            try client.send(Client.request(method, path, [:], nil, key: nil))
            _ = method == "HEAD" ? try client.head() : try client.reply()
          }
          #expect(try client.get(path).status < 500)
        }
      }
      #expect(try reader.get("/v1/changes?after=0&limit=5").status == 200)
      #expect(try reader.get("/v1/exports/cases").status == 200)
      #expect(try reader.get("/v1/statistics/funnel").status == 200)
      let line = "{\"case\":\(Sample.caseBody(agencyRef: "import")),\"actions\":[]}\n"
      #expect(try reader.ask("POST", "/v1/imports", ["Content-Type": "application/x-ndjson"], line).status == 200)
      #expect(try server.client().ask("POST", "/v1/cases", [:], "{").status == 401)
      #expect(try server.client("x").ask("GET", "/ HTTP/1.1\r\nHost: a\r\nX y: \"\\").status == 400)
    }

    @Test("logs in JSON, from the first line to the last, what jq can read", arguments: ["trace", "info"])
    func jsonLog(level: String) throws {
      let key = try makeReporter(database)
      let server = try RunningServer(
        database, environment: ["NETRAL_LOG_FORMAT": "json", "NETRAL_LOG_LEVEL": level])
      let client = try server.client(key)
      #expect(try client.create("1").status == 201)
      let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      #expect(try client.ask("GET", "/v1/cases", ["traceparent": trace]).status == 200)
      #expect(try client.ask("GET", "/v1/cases", ["traceparent": "\"}{\\", "User-Agent": "\"}"]).status == 200)
      #expect(try client.get("/%0A%0D%1B/%22%7D").status == 404)
      try server.stop()
      let path = folder.file("log")
      #expect(FileManager.default.createFile(atPath: path, contents: Data(server.child.errors.utf8)))
      let filter = """
        select((.time | test("^[0-9]{4}-[0-9-]+T[0-9:.]+Z$")) and (.level | type == "string")) | .message
        """
      let messages = try run(["jq", "-r", filter, path])
      #expect(messages.ending == .exit(0), "\(messages.errors)")
      let lines = server.child.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      #expect(messages.output.split(separator: "\n").count == lines.count)
      #expect(messages.output.split(separator: "\n").filter { $0 == "request" }.count == 4)
      for message in ["started", "stopped"] { #expect(messages.output.contains("\(message)\n"), "\(message)") }
      let requests = try run(["jq", "-c", "select(.message == \"request\") | [.route, .status, .ms > 0]", path])
      #expect(requests.output.split(separator: "\n").first == "[\"/v1/cases\",201,true]")
      #expect(server.child.errors.contains("\"traceparent\":\"\(trace)\""))
    }

    @Test("says in JSON why it does not start, when it logs so")
    func jsonRefusal() throws {
      let missing = folder.file("none/netral.sqlite")
      let finished = try netral("serve", "--database", missing, environment: ["NETRAL_LOG_FORMAT": "json"])
      #expect(finished.ending == .exit(1))
      #expect(finished.errors.filter { $0 == "\n" }.count == 1)
      let line = try JSONValue.parse(Array(finished.errors.dropLast().utf8))
      #expect(line["level"].text == "critical" && line["reason"].text?.hasPrefix(missing) == true)
    }

    @Test("logs an answer that breaks off, with what it was and why")
    func brokenOff() throws {
      let key = try makeKey(database, ["--agency", "BAWASLU", "--scopes", "imports"])
      let server = try RunningServer(database)
      let line = "{\"case\":\(Sample.caseBody("{\"source\":{\"agency\":\"BAWASLU\"}}")),\"actions\":[]}\n"
      let fields = ["Content-Type": "application/x-ndjson", "Content-Length": "100000"]
      var ids: [String] = []
      for reason in ["reason=failed error=malformed_request", "reason=client_gone"] {
        let client = try server.client(key)
        try client.send(Client.request("POST", "/v1/imports", fields, nil, key: key) + line)
        let head = try client.head()
        #expect(head.status == 200)
        if reason == "reason=client_gone" { client.reset() } else { client.endSending() }
        let id = try #require(head.fields["x-request-id"])
        let words = reason.split(separator: " ").map(String.init)
        let line = try poll("a line that says \(reason)") {
          server.child.errors.split(separator: "\n").first {
            $0.contains("answer broke off") && $0.contains("id=\(id)")
          }
        }
        for word in words + ["route=/v1/imports"] { #expect(line.contains(word), "\(line)") }
        ids.append(id)
      }
      try server.stop()
      let told = server.child.errors.split(separator: "\n").filter { $0.contains("answer broke off") }
      #expect(told.count == ids.count, "\(told)")
    }
  }
}
