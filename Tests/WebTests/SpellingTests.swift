internal import Domain
internal import Foundation
internal import Gzip
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// Every read that any key or none may make, with its agency's key.
private let reads: [(target: String, vary: [String], isPublic: Bool)] = [
  ("/v1/cases", ["Accept"], false), ("/v1/cases/ID", [], false), ("/v1/cases/ID/history", ["Accept"], false),
  ("/v1/cases/ID/allowed-actions", ["Accept-Language"], false), ("/v1/cases/ID/links", ["Accept"], false),
  ("/v1/cases/ID/related", ["Accept"], false), ("/v1/cases/ID/correction-requests", ["Accept"], false),
  ("/v1/clocks", ["Accept"], false),
  ("/v1/changes?after=0", ["Accept"], false), ("/v1/exports/cases", ["Accept"], false),
  ("/v1/statistics/funnel", ["Accept"], false), ("/v1/published-figures", ["Accept"], false),
  ("/v1/whoami", [], false), ("/v1/keys", ["Accept"], false), ("/v1/policy", [], false),
  ("/v1/reference/regions", ["Accept"], false), ("/v1/reconciliations", ["Accept"], false),
  ("/openapi.json", ["Authorization"], true),
  ("/docs", ["Accept-Language"], true), ("/docs/problems", ["Accept-Language"], true), ("/docs/style.css", [], true),
  ("/livez", [], true),
  ("/v1/public/statistics/funnel", ["Accept", "Accept-Language"], true),
]

@Suite("However a client spells it")
struct SpellingTests {
  private static func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
    let inflater = Inflater()
    var (input, output) = (bytes[...], [UInt8]())
    while let piece = try inflater.next(from: &input) { output += piece }
    try inflater.finish()
    return output
  }

  private static func deflate(_ text: String) -> [UInt8] {
    let deflater = Deflater()
    return deflater.compress(Array(text.utf8)) + deflater.finish()
  }

  @Test(
    "an answer says what it was chosen by, comes as gzip where that is accepted, and is open to pages if it needs no key"
  )
  func answers() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for number in 0..<5 { _ = try visitor.makeCase(ref: "more-\(number)") }
      for read in reads {
        let target = read.target.replacing("/v1/cases/ID", with: path)
        let plain = try visitor.get(target, as: .bkn)
        let vary = Set((plain["vary"] ?? "").split(separator: ", ").map(String.init))
        #expect(vary == Set(read.vary + ["Accept-Encoding"]), "\(target): \(vary)")
        #expect(plain.fieldNames.count { $0 == "vary" } == 1)
        #expect((plain["access-control-allow-origin"] == "*") == read.isPublic, "\(target)")
        for accept in ["gzip", "br, gzip;q=0.5", "*"] {
          let coded = try visitor.get(target, as: .bkn, [("Accept-Encoding", accept)])
          let isStream = target.contains("exports")
          #expect(
            (coded["content-encoding"] == "gzip") == (plain.body.count > 1_024 || isStream), "\(target) \(accept)")
          let bytes = coded["content-encoding"] == "gzip" ? try Self.inflate(coded.body) : coded.body
          // Cursors, times and request identities differ from one answer to the next.
          #expect(bytes.count == plain.body.count, "\(target)")
          #expect(coded["etag"] == plain["etag"])
        }
        for refused in ["identity", "gzip;q=0", "br"] {
          let plain = try visitor.get(target, as: .bkn, [("Accept-Encoding", refused)])
          #expect(plain["content-encoding"] == nil)
        }
      }
    }
  }

  @Test("a field on several lines is one list")
  func lists() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let etag = try visitor.etag(path, as: .bkn)
      let both = try visitor.get("/v1/cases", as: .bkn, [("Accept", "text/html"), ("Accept", "text/csv")])
      #expect(both["content-type"]?.hasPrefix("text/csv") == true)
      let known = try visitor.get(path, as: .bkn, [("If-None-Match", "\"x\""), ("If-None-Match", etag)])
      #expect(known.status == 304 && known["vary"] == "Accept-Encoding")
      let note = #"{"occurred_on":"2024-10-09","text":"Catatan."}"#
      let act = try visitor.ask(
        as: .bkn, "POST", "\(path)/notes", note, [("If-Match", "\"4-9-0\""), ("If-Match", etag)])
      #expect(act.status == 201, "\(act.text)")
      let coded = try visitor.get("/openapi.json", as: .bkn, [("Accept-Encoding", "br"), ("Accept-Encoding", "gzip")])
      #expect(coded["content-encoding"] == "gzip")
      let language = try visitor.get(
        "/v1/cases/x", as: .bkn, [("Accept-Language", "fr"), ("Accept-Language", "id;q=0.5")])
      #expect(language["content-language"] == "id")
      // What cannot be a list is not guessed at.
      let body = Sample.caseBody(agencyRef: "two")
      let twice = try visitor.ask(
        as: .bkn, "POST", "/v1/cases", body, [("Idempotency-Key", "a"), ("Idempotency-Key", "b")])
      #expect(twice.status == 400, "\(twice.text)")
      let types = try visitor.ask(
        as: .bkn, "POST", "/v1/cases", body,
        [visitor.freshKey(), ("Content-Type", "application/json"), ("Content-Type", "text/csv")])
      #expect(types.status == 415)
      let token = visitor.service.tokens["BKN"] ?? ""
      let keys = [("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")]
      #expect(try visitor.ask("GET", "/v1/cases", keys).status == 401)
    }
  }

  @Test("a path, an identity and a key have one meaning")
  func paths() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let id = String(path.suffix(36))
      let encoded = id.utf8.map { "%" + String($0, radix: 16) }.joined()
      for spelled in [
        "/v1/cases/\(id.uppercased())", "/v1/c%61ses/\(id)", "/%76%31/cases/\(id)", "/v1/cases/\(encoded)",
        "/v1/cases/\(id.replacing("-", with: "%2D"))", "/v1/cases/\(id.replacing("-", with: "%2d"))",
      ] {
        let answer = try visitor.get(spelled, as: .bkn)
        #expect(answer.status == 200 && answer.json["id"].string == id, "\(spelled): \(answer.text)")
      }
      let tie = #"{"case_id":"\#(id.uppercased())","relation":"same_act"}"#
      let other = try visitor.makeCase(ref: "other")
      #expect(try visitor.post("\(other)/links", as: .bkn, tie).json["case_id"].string == id)
      // What an encoded slash hides is no other path, and nothing is decoded twice.
      for spelled in ["/v1%2Fcases", "/v1/cases%2f\(id)", "/v1/%2563ases", "/v1/cases/%00", "/v1/cases/%C3%28"] {
        #expect(try visitor.get(spelled, as: .bkn).status == 404, "\(spelled)")
      }
      let token = visitor.service.tokens["BKN"] ?? ""
      for field in ["Bearer \(token)", "bearer   \(token)", "BEARER  \(token)", "Bearer \(token)  "] {
        #expect(try visitor.ask("GET", path, [("Authorization", field)]).status == 200, "\(field)")
      }
      for field in ["Bearer\(token)", "Bearer \(token) x", "Bearer x \(token)", "Basic \(token)", "Bearer "] {
        #expect(try visitor.ask("GET", path, [("Authorization", field)]).status == 401)
      }
      // An instant in a query, with its plus as it stands.
      for instant in ["2024-10-20T10:00:00+07:00", "2024-10-20T10:00:00%2B07:00", "2024-10-20T03:00:00Z"] {
        #expect(try visitor.get("\(path)?as_of=\(instant)", as: .bkn).status == 200, "\(instant)")
      }
      #expect(try visitor.get("\(path)?as_of=2024-10-20 10:00:00", as: .bkn).status == 400)
    }
  }

  @Test("a slash at the end leads to the address without it, whatever the method")
  func slashes() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for (method, target) in [
        ("GET", "/v1/cases"), ("POST", "/v1/cases"), ("GET", path), ("PATCH", path), ("POST", "\(path)/notes"),
        ("DELETE", "/v1/cases"), ("GET", "/docs"), ("HEAD", "/livez"),
      ] {
        let answer = try visitor.ask(as: .bkn, method, "\(target)/?limit=1&x=%20")
        #expect(answer.status == 308 && answer["location"] == "\(target)?limit=1&x=%20", "\(method) \(target)")
        #expect(answer.body.isEmpty)
      }
      for target in ["/v1/", "/v1/nothing/", "//v1/cases/", "//contoh.test/"] {
        #expect(try visitor.get(target, as: .bkn).status == 404, "\(target)")
      }
      let star = try visitor.ask("OPTIONS", "*", [])
      #expect(star.status == 204 && star.body.isEmpty)
      let preflight = try visitor.ask("OPTIONS", "/v1/public/statistics/funnel", [("Origin", "https://contoh.test")])
      #expect(preflight.status == 204 && preflight["access-control-allow-origin"] == "*")
      #expect(preflight["access-control-allow-headers"]?.contains("If-None-Match") == true)
      let closed = try visitor.ask("OPTIONS", "/v1/cases", [("Origin", "https://contoh.test")])
      #expect(closed.status == 204 && closed["access-control-allow-origin"] == nil)
    }
  }

  @Test("a body may begin with a byte order mark and come as gzip, in several members, wherever a body is read")
  func bodies() async throws {
    try await withService { visitor in
      let holidays = #"[{"date":"2024-12-24","name_id":"Libur","kind":"holiday","source":"SKB"}]"#
      let path = try visitor.makeCase()
      let targets: [(method: String, target: String, who: String, type: String, body: String)] = [
        ("POST", "/v1/cases", "BKN", "application/json", Sample.caseBody(agencyRef: "REF")),
        ("POST", "/v1/case-searches", "BKN", "application/json", #"{"q":"spanduk"}"#),
        ("POST", "\(path)/notes", "BKN", "application/json", #"{"occurred_on":"2024-10-09","text":"Catatan."}"#),
        ("PATCH", path, "BAWASLU", "application/json", #"{"motives":["m_REF"],"reason":"x"}"#),
        ("POST", "/v1/imports", "BKN", "application/x-ndjson", "{}\n"),
        ("POST", "/v1/reconciliations", "BKN", "application/x-ndjson", "\n"),
        ("POST", "/v1/confirmations", "BKN", "application/x-ndjson", "{}\n"),
        ("PUT", "/v1/admin/reference/holidays?dry_run=true", "OPERATOR", "application/json", holidays),
        (
          "PUT", "/v1/admin/reference/holidays?dry_run=true", "OPERATOR", "text/csv",
          "date,name_id,kind,source\n2024-12-24,Libur,holiday,SKB\n"
        ),
      ]
      for (number, target) in targets.enumerated() {
        func send(_ bytes: [UInt8], _ coding: String?, _ turn: Int) throws -> HTTPAnswer {
          var fields = [
            ("Authorization", "Bearer \(visitor.service.tokens[target.who] ?? "")"), ("Content-Type", target.type),
            visitor.freshKey(),
          ]
          if let coding { fields.append(("Content-Encoding", coding)) }
          if target.target.hasPrefix(path) {
            fields.append(("If-Match", try visitor.etag(path, as: AgencyCode(rawValue: target.who))))
          }
          return try visitor.ask(target.method, target.target, fields, bytes: bytes)
        }
        func body(_ turn: Int) -> String { target.body.replacing("REF", with: "r\(number)\(turn)") }
        let plain = try send(Array(body(0).utf8), nil, 0)
        let marked = try send(Array(("\u{FEFF}" + body(1)).utf8), nil, 1)
        let coded = try send(Self.deflate("\u{FEFF}" + body(2)), "gzip", 2)
        let half = body(3).index(body(3).startIndex, offsetBy: body(3).count / 2)
        let members = Self.deflate(String(body(3)[..<half])) + Self.deflate(String(body(3)[half...]))
        let several = try send(members, "GZIP", 3)
        #expect((200...201).contains(plain.status), "\(target.target): \(plain.text)")
        for answer in [marked, coded, several] {
          #expect(answer.status == plain.status, "\(target.target): \(answer.text)")
        }
        for wrong in ["br", "gzip, gzip", "deflate"] {
          let refused = try send(Array(body(4).utf8), wrong, 4)
          #expect(refused.status == 415 && refused["accept-encoding"] == "gzip", "\(target.target) \(refused.text)")
        }
        #expect((400...422).contains(try send(Array(body(5).utf8), "gzip", 5).status))
      }
      // A few bytes that stand for many are bounded by what they stand for.
      let bomb = Self.deflate("{\"q\":\"" + String(repeating: "a", count: 20_000_000))
      let fields = [
        ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"),
      ]
      #expect(try visitor.ask("POST", "/v1/case-searches", fields, bytes: bomb).status == 413)
    }
  }

  @Test("a tag that another agency was given is told apart from one that is old")
  func tags() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let note = #"{"occurred_on":"2024-10-09","text":"Catatan."}"#
      let other = try visitor.etag(path, as: .panrb)
      func act(_ tag: String) throws -> HTTPAnswer {
        try visitor.ask(as: .bkn, "POST", "\(path)/notes", note, [("If-Match", tag)])
      }
      let foreign = try act(other)
      #expect(foreign.status == 412 && foreign.json["detail"].string?.contains("another agency") == true)
      let old = try act("\"4-0-7\"")
      #expect(old.status == 412 && old.json["detail"].string?.contains("has changed") == true)
      let own = try visitor.etag(path, as: .bkn)
      #expect(foreign.json["current_etag"].string == own)
      for wrong in ["W/\(own)", String(own.dropFirst().dropLast()), "x"] {
        let answer = try act(wrong)
        #expect(answer.status == 400 && answer.json["detail"].string?.contains("quotes") == true, "\(answer.text)")
        #expect(answer.json["errors"][0]["parameter"].string == "If-Match")
      }
    }
  }

  @Test("under a prefix every address that is told has it, and is understood with it and without")
  func prefix() async throws {
    try await withService(
      { $0.pathPrefix = "/sbt/netral" },
      { visitor in
        let made = try visitor.post("/sbt/netral/v1/cases", as: .bawaslu, Sample.caseBody())
        let location = made["location"] ?? ""
        #expect(made.status == 201 && location.hasPrefix("/sbt/netral/v1/cases/"), "\(made.text)")
        #expect(try visitor.get(location, as: .bkn).status == 200)
        #expect(try visitor.get(String(location.dropFirst("/sbt/netral".count)), as: .bkn).status == 200)
        _ = try visitor.makeCase(ref: "2")
        let link = try visitor.get("/v1/cases?limit=1", as: .bkn)["link"] ?? ""
        #expect(link.hasPrefix("</sbt/netral/v1/cases?cursor="), "\(link)")
        let next = String(link.dropFirst().prefix { $0 != ">" })
        #expect(try visitor.get(next, as: .bkn).json["items"].items.count == 1)
        let missing = try visitor.get("/sbt/netral/v1/cases/x", as: .bkn)
        #expect(missing.json["type"].string == "/sbt/netral/docs/problems/not_found")
        #expect(try visitor.ask("GET", "/sbt/netral/docs/problems/not_found", []).status == 200)
        let slash = try visitor.get("/sbt/netral/v1/cases/?limit=1", as: .bkn)
        #expect(slash.status == 308 && slash["location"] == "/sbt/netral/v1/cases?limit=1")
        let page = try visitor.ask("GET", "/sbt/netral/docs", []).text
        #expect(page.contains("href=\"/sbt/netral/docs/cookbook?lang=en\"") && !page.contains("href=\"/docs"))
        let servers = try visitor.ask("GET", "/openapi.json", []).json["servers"]
        #expect(servers[0]["url"].string == "/sbt/netral")
        for unknown in ["/sbt/v1/cases", "/sbt/netralv1/cases", "/sbt/netral"] {
          #expect(try visitor.get(unknown, as: .bkn).status == 404)
        }
      })
  }
}
