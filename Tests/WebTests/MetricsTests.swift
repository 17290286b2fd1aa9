internal import Domain
internal import Foundation
internal import HTTPServer
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing
internal import Web

/// Metrics as a scraper reads them.
struct ReadMetrics {
  struct Sample {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  let samples: [Sample]

  init(_ text: String) throws {
    let line = #/([a-z_]+)(?:\{(.*)\})? (\S+)/#
    samples = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { text in
      let match = try #require(text.wholeMatch(of: line), "\(text)")
      var labels: [String: String] = [:]
      for label in (match.2 ?? "").matches(of: #/([a-z]+)="([^"]*)"/#) { labels[String(label.1)] = String(label.2) }
      return Sample(name: String(match.1), labels: labels, value: try #require(Double(match.3), "\(text)"))
    }
  }

  /// The one sample of this name with exactly these labels (`name=value`); nil when there is none.
  subscript(name: String, labels: String...) -> Double? {
    samples.first { sample in
      sample.name == name && Set(sample.labels.map { "\($0.key)=\($0.value)" }) == Set(labels)
    }?.value
  }
}

extension Visitor {
  /// What the operator is shown.
  func metrics() throws -> ReadMetrics {
    let answer = try ask(as: Service.operatorName, "GET", "/metrics")
    guard answer.status == 200 else { throw Unexpected(answer) }
    return try ReadMetrics(answer.text)
  }
}

@Suite("Metrics")
struct MetricsTests {
  private struct Asking: Sendable {
    var status: Int
    var host = "localhost:8080"
    var fields: [(String, String)] = []
    var proxies: [String] = []
    var version = "1.1"
    var opensLocally = true
  }

  @Test(
    "are open to whoever asks on this machine, and not to whom a proxy on it asks for",
    arguments: [
      Asking(status: 200), Asking(status: 200, host: "127.0.0.1"), Asking(status: 200, host: "[::1]:80"),
      Asking(status: 200, host: "LOCALHOST"), Asking(status: 401, host: "netral.example"),
      Asking(status: 401, host: "localhost.example"), Asking(status: 401, host: "localhost.:80"),
      Asking(status: 401, fields: [("Forwarded", "for=127.0.0.1")]),
      Asking(status: 401, fields: [("forwarded", "")]), Asking(status: 401, fields: [("X-Forwarded-For", "::1")]),
      Asking(status: 401, fields: [("X-Real-IP", "127.0.0.1")]), Asking(status: 401, fields: [("Via", "1.1 x")]),
      Asking(status: 401, proxies: ["127.0.0.0/8"]), Asking(status: 401, proxies: ["10.0.0.0/8", "127.0.0.1"]),
      Asking(status: 200, proxies: ["10.0.0.0/8"]), Asking(status: 401, fields: [("Authorization", "Bearer x")]),
      Asking(status: 401, version: "1.0"), Asking(status: 401, opensLocally: false),
    ])
  private func access(_ asking: Asking) async throws {
    try await withService(
      {
        $0.trustedProxies = asking.proxies.compactMap { Network($0) }
        $0.opensMetricsLocally = asking.opensLocally
      },
      { visitor in
        let client = try visitor.newClient()
        let fields = asking.fields.map { "\($0): \($1)\r\n" }.joined()
        try client.send(Array("GET /metrics HTTP/\(asking.version)\r\nHost: \(asking.host)\r\n\(fields)\r\n".utf8))
        let answer = try client.answer()
        #expect(answer.status == asking.status, "\(asking): \(answer.text)")
        if answer.status == 200 { #expect(answer["content-type"] == "text/plain; version=0.0.4; charset=utf-8") }
      })
  }

  @Test("are open to the operator's key from everywhere but behind a proxy, and to no other key")
  func keys() async throws {
    try await withService { visitor in
      let agency = try visitor.get("/metrics", as: .bkn)
      #expect(agency.status == 403 && agency.json["code"].string == "scope_missing")
      let powerless = try await visitor.service.token(.operator, [])
      #expect(try visitor.ask(as: powerless, "GET", "/metrics").status == 403)
      let proxied = [("X-Forwarded-For", "192.0.2.1")]
      #expect(try visitor.ask(as: Service.operatorName, "GET", "/metrics").status == 200)
      #expect(try visitor.ask(as: Service.operatorName, "GET", "/metrics", nil, proxied).status == 401)
      #expect(try visitor.ask("GET", "/metrics", []).status == 401)
    }
  }

  @Test("count requests by method, route and status, exactly, whichever loops answer them")
  func requests() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for _ in 0..<20 {
        let client = try visitor.newClient()
        for _ in 0..<5 {
          let key = ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")")
          try client.send("GET", path, [key], nil)
          #expect(try client.answer().status == 200)
        }
      }
      for _ in 0..<3 { #expect(try visitor.ask(as: .bkn, "HEAD", path).status == 200) }
      #expect(try visitor.ask("GET", path, []).status == 401)
      #expect(try visitor.ask("BREW", path, []).status == 405)
      #expect(try visitor.ask("GET", "/nothing", []).status == 404)
      let metrics = try visitor.metrics()
      let route = "route=/v1/cases/{id}"
      #expect(metrics["netral_http_requests_total", "method=GET", route, "code=200"] == 100)
      #expect(metrics["netral_http_requests_total", "method=HEAD", route, "code=200"] == 3)
      #expect(metrics["netral_http_requests_total", "method=GET", route, "code=401"] == 1)
      #expect(metrics["netral_http_requests_total", "method=other", "route=-", "code=405"] == 1)
      #expect(metrics["netral_http_requests_total", "method=GET", "route=-", "code=404"] == 1)
      #expect(metrics["netral_http_requests_total", "method=POST", "route=/v1/cases", "code=201"] == 1)
      #expect(metrics["netral_http_request_duration_seconds_count", "method=GET", route] == 101)
      #expect(metrics["netral_http_request_duration_seconds_bucket", "method=GET", route, "le=+Inf"] == 101)
      #expect(metrics["netral_authentication_failures_total"] == 1)
      #expect(metrics["netral_requests_in_flight"] == 1)
      // Keys were put in before, and the case.
      #expect(metrics["netral_commits_total"] == 2)
      #expect(metrics["netral_commit_batch_size_bucket", "le=1.0"] == 2)
      #expect(metrics["netral_feed_head"] == 1)
    }
  }

  @Test("count the limits that are hit by their kinds")
  func limits() async throws {
    try await withService(
      { $0.publicRequestsPerMinute = 2 },
      { visitor in
        for _ in 0..<5 {
          _ = try visitor.ask("GET", "/v1/public/statistics/funnel?election=pilkada-2024&as_of=2024-01-31", [])
        }
        for bytes in [
          "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n y\r\n\r\n",
          "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 40_000))",
        ] {
          let client = try visitor.newClient()
          try client.send(Array(bytes.utf8))
          #expect(try client.answer().status >= 400)
        }
        let body = "{\"a\":\"\(String(repeating: "a", count: 2_000))\"}"
        #expect(try visitor.ask(as: .bkn, "POST", "/v1/classification", body).status == 413)
        let metrics = try visitor.metrics()
        #expect(metrics["netral_limit_hits_total", "limit=address"] == 3)
        #expect(metrics["netral_limit_hits_total", "limit=request_line"] == 1)
        #expect(metrics["netral_limit_hits_total", "limit=head"] == 1)
        #expect(metrics["netral_limit_hits_total", "limit=body"] == 1)
        #expect(metrics["netral_limit_hits_total", "limit=busy"] == 0)
        #expect(metrics["netral_http_requests_total", "method=-", "route=-", "code=400"] == 1)
        #expect(metrics["netral_http_requests_total", "method=-", "route=-", "code=414"] == 1)
      }, server: { $0.bodyBytesMax = 1_024 })
  }

  @Test("count a head that is late, which is answered 408 while others are served")
  func slowHead() async throws {
    try await withService(
      { _ in },
      { visitor in
        let slow = try visitor.newClient()
        try slow.send(Array("GET /livez HTTP/1.1\r\nHost: loc".utf8))
        #expect(try visitor.get("/livez", as: .bkn).status == 200)
        let answer = try slow.answer()
        #expect(
          answer.status == 408 && answer.json["code"].string == "request_timeout" && answer["connection"] == "close")
        #expect(try visitor.metrics()["netral_limit_hits_total", "limit=head_timeout"] == 1)
      }, server: { $0.headTimeout = .seconds(1) })
  }

  @Test("tell how far each agency is behind the feed, by its pages and by its reconciliations")
  func feedLag() async throws {
    try await withService { visitor in
      #expect(try visitor.metrics()["netral_feed_lag", "agency=BKN"] == nil)
      for number in 0..<4 { _ = try visitor.makeCase(ref: "\(number)") }
      #expect(try visitor.get("/v1/changes?limit=3", as: .bkn).status == 200)
      #expect(try visitor.metrics()["netral_feed_lag", "agency=BKN"] == 1)
      #expect(try visitor.get("/v1/changes?after=3", as: .bkn).status == 200)
      _ = try visitor.makeCase(ref: "later")
      #expect(try visitor.metrics()["netral_feed_lag", "agency=BKN"] == 1)
      // An empty manifest is not in agreement, except at the beginning.
      for (seq, lag) in [(5, 1), (0, 5)] {
        let answer = try visitor.ask(
          as: .bkn, "POST", "/v1/reconciliations?seq=\(seq)", "", [("Content-Type", "application/x-ndjson")])
        #expect(answer.status == 200)
        #expect(try visitor.metrics()["netral_feed_lag", "agency=BKN"] == Double(lag), "\(seq)")
      }
      #expect(try visitor.metrics()["netral_feed_lag", "agency=KASN"] == nil)
    }
  }

  @Test("count open clocks by kind and state as the lists of clocks do, and keys that end soon")
  func clocksAndKeys() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-09T03:00:00Z")
      let road = ["verifications", "studies", "recommendations", "decisions"]
      for (number, steps) in [[], [], Array(road.prefix(1)), Array(road.prefix(3)), road].enumerated() {
        let path = try visitor.makeCase(ref: "\(number)")
        let agencies: [AgencyCode] = [.bkn, .bawaslu, .bkn, .bkn]
        for (step, agency) in zip(steps, agencies) {
          let kind = try #require(ActionKind(rawValue: step))
          try visitor.must(step, on: path, as: agency, ActionBodies.valid(kind, on: "2024-10-08"))
        }
        if number == 1 {
          let body = ActionBodies.valid(.clockPauses, on: "2024-10-08", clock: .verification)
            .replacing("2024-10-18", with: "2024-10-28")
          try visitor.must("clock-pauses", on: path, as: .bkn, body)
        }
      }
      visitor.clock.set("2024-10-20T03:00:00Z")
      let seconds: Int64 = 86_400
      for days in [13, 15] as [Int64] {
        _ = try await visitor.service.token(
          .agency(.bkn), [.casesRead], expiresAt: visitor.clock.now.adding(seconds: days * seconds))
      }
      let metrics = try visitor.metrics()
      var total = 0.0
      for kind in ["verification", "study", "ppk_follow_up", "appeal_filing"] {
        for state in ["running", "paused", "overdue"] where kind != "appeal_filing" || state != "overdue" {
          let list = try visitor.get("/v1/clocks?kind=\(kind)&state=\(state)&limit=200", as: .bkn).json["items"].items
          let count = try #require(metrics["netral_open_clocks", "kind=\(kind)", "state=\(state)"])
          #expect(count == Double(list.count), "\(kind) \(state)")
          total += count
        }
      }
      #expect(total == 5)
      #expect(metrics["netral_open_clocks", "kind=verification", "state=paused"] == 1)
      #expect(metrics["netral_open_clocks", "kind=appeal_filing", "state=running"] == 1)
      #expect(metrics["netral_keys_expiring_soon"] == 1)
    }
  }

  /// What each label may say.
  private static let closed: [String: Set<String>] = [
    "method": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other", "-"],
    "route": Set((routeTable() + pageTable()).map(\.path) + ["-"]), "agency": Set(agencies.map(\.rawValue)),
    "owner": Set(agencies.map(\.rawValue) + ["operator"]), "version": [netralVersion],
    "code": Set(
      ("200 201 204 304 400 401 403 404 405 406 408 409 410 412 413 414 415 417 422 428 429 431 500 501 503 505 other")
        .split(separator: " ").map(String.init)),
    "kind": Set(ClockKind.allCases.map(\.rawValue)), "state": ["running", "paused", "overdue"],
    "limit": [
      "connections", "requests_in_flight", "head", "request_line", "body", "head_timeout", "body_timeout",
      "write_timeout", "agency", "address", "figures", "failed_authentication", "key", "cost", "bytes", "busy",
      "other",
    ],
    "reason": ["client_gone", "client_too_slow", "shut_down", "failed"],
  ]

  @Test("have labels from closed sets alone, and nothing that anybody has sent")
  func closedSets() async throws {
    try await withService { visitor in
      let planted = ["Zubaidah", "198112252005012777", "NOMOR-77", "Rahasia", visitor.service.tokens["BKN"] ?? "-"]
      let path = try visitor.makeCase(
        #"{"subject":{"name":"Zubaidah","nip":"198112252005012777"},"act":{"narrative":"Rahasia"}}"#, ref: "NOMOR-77")
      for text in planted {
        for target in [
          "/\(text)", "/v1/cases/\(text)", "\(path)/\(text)", "/v1/cases?q=\(text)", "/v1/cases?number=\(text)",
          "/docs/problems/\(text)", "/docs/\(text)",
        ] {
          _ = try visitor.get(target, as: .bkn, [("User-Agent", text), ("traceparent", text), ("Accept", text)])
        }
        _ = try visitor.ask(text.uppercased().filter { $0.isLetter }, path, [("Authorization", "Bearer \(text)")])
        let client = try visitor.newClient()
        try client.send(Array("GET /\(text) HTTP/9.9\r\nHost: \(text)\r\n\r\n".utf8))
        #expect(try client.answer().status == 505)
      }
      _ = try visitor.get("/v1/changes", as: .bkn)
      let answer = try visitor.ask(as: Service.operatorName, "GET", "/metrics")
      for text in planted + ["ntk_"] { #expect(!answer.text.lowercased().contains(text.lowercased()), "\(text)") }
      for key in visitor.service.store.keys.keys { #expect(!answer.text.contains(key)) }
      let metrics = try ReadMetrics(answer.text)
      #expect(metrics.samples.count > 100)
      for sample in metrics.samples {
        for (name, value) in sample.labels where name != "le" {
          #expect(Self.closed[name]?.contains(value) == true, "\(sample)")
        }
        if let bound = sample.labels["le"] { #expect(bound == "+Inf" || Double(bound) != nil) }
      }
    }
  }
}
