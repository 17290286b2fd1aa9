internal import Domain
internal import HTTPTypes
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Web

@Suite("A problem document")
struct ProblemTests {
  private struct Refusal {
    let status: Int
    let method: String
    let target: String
    var body: String?
    var fields: [(String, String)] = []
    var who: String? = "BAWASLU"
  }

  private static func refusals(_ path: String, _ etag: String) -> [Refusal] {
    let match = ("If-Match", etag)
    let json = ("Content-Type", "application/json")
    return [
      Refusal(status: 400, method: "GET", target: "/v1/cases?nothing=1"),
      Refusal(status: 400, method: "POST", target: "/v1/cases", body: "{", fields: [json, ("Idempotency-Key", "k")]),
      Refusal(status: 401, method: "GET", target: "/v1/cases", who: nil),
      Refusal(status: 403, method: "GET", target: "/v1/cases", who: Service.operatorName),
      Refusal(
        status: 403, method: "POST", target: "\(path)/blocks", body: ActionBodies.valid(.blocks, on: "2024-10-08"),
        fields: [json, match]),
      Refusal(status: 404, method: "GET", target: "/v1/cases/0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90"),
      Refusal(status: 404, method: "GET", target: "/nothing"),
      Refusal(status: 405, method: "DELETE", target: path),
      Refusal(status: 406, method: "GET", target: path, fields: [("Accept", "image/png")]),
      Refusal(
        status: 409, method: "POST", target: "\(path)/studies", body: ActionBodies.valid(.studies, on: "2024-10-08"),
        fields: [json, match]),
      Refusal(
        status: 412, method: "PATCH", target: path, body: #"{"reason":"x"}"#, fields: [json, ("If-Match", "\"9-9\"")]),
      Refusal(status: 415, method: "POST", target: "/v1/cases", body: "{}", fields: [("Idempotency-Key", "k")]),
      Refusal(
        status: 415, method: "POST", target: "/v1/cases", body: "{}",
        fields: [("Idempotency-Key", "k"), ("Content-Type", "application/merge-patch+json")]),
      Refusal(status: 422, method: "POST", target: "/v1/cases", body: "{}", fields: [json, ("Idempotency-Key", "k")]),
      Refusal(status: 428, method: "PATCH", target: path, body: #"{"reason":"x"}"#, fields: [json]),
    ]
  }

  @Test("has every member, in English and Indonesian, and a type that this server serves")
  func members() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for refusal in Self.refusals(path, try visitor.etag(path, as: .bawaslu)) {
        var details: [String] = []
        for language in ["en", "id"] {
          var fields = refusal.fields + [("Accept-Language", language)]
          if let who = refusal.who { fields.append(("Authorization", "Bearer \(visitor.service.tokens[who] ?? "")")) }
          let answer = try visitor.ask(refusal.method, refusal.target, fields, refusal.body)
          let json = answer.json
          #expect(answer.status == refusal.status, "\(refusal): \(answer.text)")
          #expect(answer["content-type"] == "application/problem+json", "\(refusal)")
          #expect(answer["content-language"] == language, "\(refusal)")
          #expect(answer["cache-control"] == "no-store", "\(refusal)")
          #expect(json["status"].int == refusal.status, "\(refusal)")
          #expect(json["request_id"].string == answer["x-request-id"] && answer["x-request-id"] != nil, "\(refusal)")
          for name in ["title", "detail", "code", "type"] { #expect(json[name].string?.isEmpty == false, "\(refusal)") }
          for error in json["errors"].items {
            #expect(error["pointer"].string != nil || error["parameter"].string != nil, "\(refusal)")
            #expect(error["code"].string?.isEmpty == false && error["detail"].string?.isEmpty == false, "\(refusal)")
          }
          details.append((json["title"].string ?? "") + (json["detail"].string ?? ""))
          let page = try visitor.ask("GET", json["type"].string ?? "", [])
          #expect(page.status == 200 && page.text.contains(json["code"].string ?? "-"), "\(refusal)")
          #expect(page["content-type"]?.hasPrefix("text/html") == true)
        }
        #expect(details[0] != details[1], "\(refusal)")
      }
    }
  }

  @Test(
    "is in the language that is preferred",
    arguments: [
      ("id", "id"), ("id-ID", "id"), ("en, id", "en"), ("en;q=0.5, id;q=0.8", "id"), ("fr", "en"), ("ID", "id"),
      ("fr, id;q=0.1", "id"), ("id;q=0", "en"), ("", "en"), (";;;,,q=", "en"),
    ])
  func language(_ accepted: String, _ expected: String) async throws {
    try await withService { visitor in
      let answer = try visitor.ask("GET", "/v1/cases", [("Accept-Language", accepted)])
      #expect(answer["content-language"] == expected)
    }
  }

  @Test("tells of every code on a page of its own")
  func pages() async throws {
    try await withService { visitor in
      for code in FailureCode.allCases {
        let page = try visitor.ask("GET", "/docs/problems/\(code.rawValue)", [])
        #expect(page.status == 200, "\(code)")
      }
    }
  }

  @Test("comes with what the server itself refuses, too")
  func serverFaults() async throws {
    try await withService { visitor in
      for (bytes, status) in [
        ("GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        ("POST /v1/imports HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
      ] {
        let client = try visitor.newClient()
        try client.send(Array(bytes.utf8))
        let answer = try client.answer()
        #expect(answer.status == status && answer["content-type"] == "application/problem+json")
        #expect(answer.json["status"].int == status)
        let code = try #require(FailureCode(rawValue: answer.json["code"].string ?? ""))
        #expect(code.problem.status.code == status && Route.ofEveryRequest.contains(code))
        #expect(
          answer["x-request-id"] != nil && answer.json["request_id"].string == answer["x-request-id"], "\(status)")
      }
    }
  }
}

@Suite("Every answer")
struct AnswerTests {
  private static let readable = [
    "/livez", "/readyz", "/v1/cases", "/v1/whoami", "/v1/policy", "/v1/reference/agencies", "/nothing",
    "/docs/problems/invalid", "/v1/cases?nothing=1",
  ]

  @Test("to HEAD has the fields of GET and no body")
  func head() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let targets = Self.readable + ["", "/history", "/allowed-actions", "/links", "/related"].map { path + $0 }
      for target in targets {
        let (get, head) = (
          try visitor.ask(as: .bkn, "GET", target), try visitor.ask(as: .bkn, "HEAD", target)
        )
        #expect(head.status == get.status && head.body.isEmpty && get.status != 304, "\(target)")
        let differing = ["x-request-id", "date"]
        let (one, other) = (
          get.fields.filter { !differing.contains($0.name) }, head.fields.filter { !differing.contains($0.name) }
        )
        #expect(one.map { "\($0.name): \($0.value)" } == other.map { "\($0.name): \($0.value)" }, "\(target)")
        #expect(head["content-length"] == String(get.body.count), "\(target)")
      }
    }
  }

  @Test("has its own X-Request-Id and may be kept by nobody in between")
  func requestIDs() async throws {
    try await withService { visitor in
      var ids: Set<String> = []
      for target in Self.readable {
        let answer = try visitor.ask(as: .bkn, "GET", target, nil, [("X-Request-Id", "mine")])
        ids.insert(answer["x-request-id"] ?? "")
        // Pages of documentation hold nothing of anybody.
        let isPublic = target.hasPrefix("/docs")
        #expect(answer["cache-control"]?.contains("no-") == !isPublic, "\(target)")
      }
      #expect(ids.count == Self.readable.count && !ids.contains("") && !ids.contains("mine"))
    }
  }

  @Test(
    "that names query parameters refuses those it does not know, and doubles",
    arguments: [
      "/v1/whoami?x=1", "/v1/policy?as_of=2024-01-01", "/livez?x", "/v1/cases?limit=1&limit=2", "/v1/cases?Limit=1",
      "/v1/cases?limit=0", "/v1/cases?limit=201", "/v1/cases?limit=x", "/v1/cases?count=all", "/v1/cases?overdue=1",
      "/v1/cases?stage=nothing", "/v1/cases?stage=", "/v1/cases?stage=received,", "/v1/cases?region=1",
      "/v1/cases?region=99.99", "/v1/cases?election=nothing", "/v1/cases?institution=nothing",
      "/v1/cases?violation=nothing", "/v1/cases?category=nothing", "/v1/cases?position_level=boss",
      "/v1/cases?reported_by=NOBODY", "/v1/cases?nip=198609262015051001", "/v1/cases?nik=1", "/v1/cases?name=x",
      "/v1/cases?q=x", "/v1/cases?occurred_from=2024-02-30",
      "/v1/cases?occurred_until=x", "/v1/cases?sort=name", "/v1/cases?sort=", "/v1/cases?number=%FF",
      "/v1/cases?number=%2",
      "/v1/cases?cursor=x", "/v1/cases?cursor=", "/v1/reference/regions?as_of=x", "/v1/reference/regions?code=16",
      "/v1/cases?dry_run=true",
    ])
  func parameters(_ target: String) async throws {
    try await withService { visitor in
      let answer = try visitor.get(target, as: .bkn)
      #expect(answer.status == 400, "\(answer.text)")
      let isEncoding = target.contains("number=%")
      #expect(isEncoding || answer.json["errors"][0]["parameter"].string?.isEmpty == false)
    }
  }

  @Test(
    "is of a type that is accepted",
    arguments: [
      (nil, "application/json"), ("*/*", "application/json"), ("", "application/json"),
      ("text/csv", "text/csv; charset=utf-8; header=present"), ("application/x-ndjson", "application/x-ndjson"),
      ("text/csv;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8; header=present"),
      ("text/*", "text/csv; charset=utf-8; header=present"), ("application/*;q=0.1", "application/json"),
      ("application/json;q=0, */*;q=0.1", "application/x-ndjson"), ("image/png", nil), ("text/html", nil),
      ("application/json;q=0", nil), ("nonsense", nil),
    ] as [(String?, String?)])
  func accept(_ accepted: String?, _ type: String?) async throws {
    try await withService { visitor in
      let answer = try visitor.get("/v1/cases", as: .bkn, accepted.map { [("Accept", $0)] } ?? [])
      #expect(answer.status == (type == nil ? 406 : 200))
      #expect(answer["content-type"] == type ?? "application/problem+json")
    }
  }
}
