internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension ProgramTests {
  @Suite("while it serves")
  struct ServingTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    @Test("answers what runs when it is told to stop, folds the log, and starts again", arguments: [SIGTERM, SIGINT])
    func graceful(signal: Int32) throws {
      let key = try makeReporter(database)
      var server = try RunningServer(database)
      let acknowledged = Acknowledged()
      let idle = try server.client(key)
      #expect(try idle.get("/livez").status == 200)
      try finishWhileStopping(server, key, signal, idle, acknowledged)
      #expect(try server.child.wait() == .exit(0))
      #expect(acknowledged.count == 5)
      let size = try? FileManager.default.attributesOfItem(atPath: database + "-wal")[.size] as? Int
      #expect(size ?? 0 == 0)
      try expectWhole(database)
      server = try RunningServer(database)
      try acknowledged.verify(try server.client(key))
      try server.stop()
    }

    /// Begins five requests, tells the server to stop, and ends them.
    private func finishWhileStopping(
      _ server: RunningServer, _ key: String, _ signal: Int32, _ idle: Client, _ acknowledged: Acknowledged
    ) throws {
      let running = try (1...5).map { number in
        let client = try server.client(key)
        let fields = [
          "Idempotency-Key": "key-running-\(number)", "Expect": "100-continue",
          "Content-Length": "\(Sample.caseBody(agencyRef: "running-\(number)").utf8.count)",
          "Content-Type": "application/json",
        ]
        try client.send(Client.request("POST", "/v1/cases", fields, nil, key: key))
        // The interim answer says that the handler runs and waits for the body.
        #expect(try client.reply().status == 100)
        return client
      }
      server.child.send(signal)
      #expect(try idle.isAtEnd())
      let port = server.port
      try poll("no new connection") { (try? Client(port: port)) == nil ? true : nil }
      for (index, client) in running.enumerated() {
        try client.send(Sample.caseBody(agencyRef: "running-\(index + 1)"))
        let reply = try client.reply()
        #expect(reply.status == 201, "\(reply.text)")
        acknowledged.note("running-\(index + 1)", reply)
      }
    }

    @Test("acknowledges nothing that is lost when it stops under load")
    func stopUnderLoad() throws {
      let key = try makeReporter(database)
      var server = try RunningServer(database)
      let (port, acknowledged) = (server.port, Acknowledged())
      let threads = Threads(4) { thread in
        // The server goes away under it; what fails then is not acknowledged.
        guard let client = try? Client(port: port, key: key) else { return }
        for number in 0..<2_000 {
          guard let reply = try? client.create("\(thread)-\(number)") else { return }
          acknowledged.note("\(thread)-\(number)", reply)
        }
      }
      try poll("some creates") { acknowledged.count > 40 ? true : nil }
      try server.stop()
      _ = try threads.values()
      server = try RunningServer(database)
      try acknowledged.verify(try server.client(key))
      try server.stop()
      try expectWhole(database)
    }

    @Test("takes no thread for a request that waits for a change, and wakes a thousand with one commit")
    func waiting() throws {
      let key = try makeReporter(database)
      let waiterKey = try makeKey(database, ["--agency", "BKN", "--scopes", "sync"])
      let server = try RunningServer(
        database,
        environment: ["NETRAL_CONNECTIONS_PER_ADDRESS_MAX": "1100", "NETRAL_REQUESTS_IN_FLIGHT_MAX": "4000"])
      let reporter = try server.client(key)
      _ = try reporter.create("before")
      let threads = { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.child.pid)/task").count }
      let before = try threads()
      let waiters = try (0..<1_000).map { _ in
        let client = try server.client(waiterKey)
        try client.send(Client.request("GET", "/v1/changes?after=1&wait=60", [:], nil, key: waiterKey))
        return client
      }
      // The system may add a few of its own.
      #expect(try threads() < before + 10)
      #expect(try reporter.create("after").status == 201)
      for waiter in waiters { #expect(try waiter.reply().json["changes"].items.count == 1) }
      try server.stop()
    }

    @Test("logs a request soon, without waiting for the next one")
    func logging() throws {
      let server = try RunningServer(database)
      let client = try server.client()
      for _ in 1...3 { #expect(try client.get("/livez").status == 200) }
      try poll("three lines", seconds: 5) {
        server.child.errors.split(separator: "\n").count { $0.contains("route=/livez ") } == 3 ? true : nil
      }
      try server.stop()
    }

    @Test("goes on when its log cannot be written")
    func fullLog() throws {
      let key = try makeReporter(database)
      let server = try RunningServer(database, errorsPath: "/dev/full")
      let client = try server.client(key)
      for number in 1...30 { #expect(try client.create("\(number)").status == 201) }
      try server.stop()
    }

    @Test("goes on when the reader of its log has gone")
    func closedLog() throws {
      let key = try makeReporter(database)
      let pipe = folder.file("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      let server = try RunningServer(database, errorsPath: pipe)
      close(reader)
      let client = try server.client(key)
      for number in 1...30 { #expect(try client.create("\(number)").status == 201) }
      try server.stop()
    }

    @Test("writes neither names nor numbers nor keys of anybody to its outputs")
    func secrecy() throws {
      let key = try makeReporter(database)
      let operatorKey = try makeKey(database, ["--operator", "--scopes", "admin"])
      let server = try RunningServer(database, environment: ["NETRAL_LOG_LEVEL": "trace"])
      let made = try plant(server, key, operatorKey)
      try server.stop()
      let outputs = server.child.output + server.child.errors
      #expect(outputs.contains("route=/v1/cases "))
      #expect(outputs.contains("status=422"))
      let secrets = [key, operatorKey, made].map { $0.split(separator: "_", maxSplits: 2).last.map(String.init) ?? $0 }
      for planted in Self.planted + secrets { #expect(!outputs.contains(planted), "\(planted)") }
      #expect(!outputs.contains(#/ntk_[0-9a-v]{12}_/#))
    }

    private static let planted = [
      "Zubaidah", "198112252005012777", "3171234567890123", "Rahasia", "Pelapornya", "0812999", "Saksinya", "NOMOR-77",
    ]

    /// Sends planted values wherever a client can; returns a key that the server has made.
    private func plant(_ server: RunningServer, _ key: String, _ operatorKey: String) throws -> String {
      let body = Sample.caseBody(
        """
        {"subject":{"name":"Zubaidah","nip":"198112252005012777","position_title":"Rahasia"},
         "act":{"narrative":"Rahasia Zubaidah","place":"Rahasia","witnesses":[{"name":"Saksinya","contact":"0812999"}]},
         "reporter":{"name":"Pelapornya","contact":"0812999"}}
        """, agencyRef: "NOMOR-77")
      let client = try server.client(key)
      let created = try client.post("/v1/cases", body, idempotencyKey: "Rahasia-1")
      #expect(created.status == 201, "\(created.text)")
      let path = "/v1/cases/\(created.json["id"].text ?? "")"
      let etag = ["If-Match": created.fields["etag"] ?? ""]
      let wrong = body.replacingOccurrences(of: "pelaksana", with: "Rahasia")
      let requests: [(String, String, [String: String], String?, Int)] = [
        ("POST", "/v1/cases", ["Idempotency-Key": "Rahasia-2"], wrong, 422),
        ("POST", "/v1/cases", ["Idempotency-Key": "Rahasia-3"], body, 409),
        ("POST", "/v1/cases", ["Idempotency-Key": "Rahasia-4"], "{\"Zubaidah\":", 400),
        ("POST", "/v1/cases?Rahasia=Zubaidah", ["Idempotency-Key": "Rahasia-5"], body, 400),
        ("PATCH", path, etag, "{\"reason\":\"Rahasia\",\"subject\":{\"name\":\"Zubaidah Rahasia\"}}", 200),
        ("GET", path, ["User-Agent": "Zubaidah", "traceparent": "Rahasia", "X-Request-Id": "Rahasia"], nil, 200),
        ("POST", "/v1/case-searches", [:], "{\"nip\":\"198112252005012777\",\"q\":\"Zubaidah\"}", 200),
        ("GET", "/v1/cases?nip=198112252005012777&q=Zubaidah", [:], nil, 400),
        ("GET", "/v1/cases?agency_ref=NOMOR-77", ["Accept-Language": "id"], nil, 200),
        ("GET", "/v1/cases/3171234567890123", [:], nil, 404), ("GET", "/Zubaidah/\(key)", [:], nil, 404),
        ("GET", "/v1/cases?key=\(key)", [:], nil, 400), ("ZUBAIDAH", "/v1/cases", [:], nil, 405),
        ("GET", "\(path)/history", [:], nil, 200),
      ]
      for (method, path, fields, body, status) in requests {
        let reply = try client.ask(method, path, fields, body)
        #expect(reply.status == status, "\(method) \(path): \(reply.text)")
      }
      let flipped = key.dropLast(2) + "xx"
      for stranger in [String(flipped), "\(key)x", "Zubaidah"] {
        #expect(try server.client(stranger).get("/v1/whoami").status == 401)
      }
      #expect(try server.client(key + "\r\nHost: Zubaidah").get("/v1/whoami").status == 400)
      let keyBody = "{\"agency\":\"BKN\",\"label\":\"Rahasia\",\"scopes\":[\"cases:read\"]}"
      let made = try server.client(operatorKey).post("/v1/admin/keys", keyBody, idempotencyKey: "Rahasia-6")
      #expect(made.status == 201, "\(made.text)")
      let token = try #require(made.json["key"].text)
      #expect(try server.client(token).get("/v1/whoami").status == 200)
      return token
    }
  }
}
