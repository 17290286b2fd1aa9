internal import Domain
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@Suite("What may be stored")
struct SizeTests {
  /// Texts of four bytes a scalar, each as long as it may be.
  private static func fat(_ witnesses: Int) -> String {
    let narrative = String(repeating: "𝒂", count: 20_000)
    let name = String(repeating: "𝒃", count: 199)
    let address = "https://contoh.test/" + String(repeating: "a", count: 2_028)
    let people = (0..<witnesses).map {
      #"{"name":"\#(UnicodeScalar(0x1D400 + UInt32($0)).map(String.init) ?? "")\#(name)","contact":"\#(name)𝒃"}"#
    }.joined(
      separator: ",")
    let urls = (0..<50).map { "\"\(address.dropLast(2))\(10 + $0)\"" }.joined(separator: ",")
    return #"{"act":{"narrative":"\#(narrative)","witnesses":[\#(people)],"urls":[\#(urls)]}}"#
  }

  @Test("in a group of fields is 256 KiB, on every way in")
  func groups() async throws {
    try await withService { visitor in
      let made = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(Self.fat(45), agencyRef: "fits"))
      #expect(made.status == 201, "\(made.text.prefix(300))")
      let path = made["location"] ?? ""
      let more = merged(Self.fat(50), #"{"reason":"x"}"#)
      let line = merged(Sample.caseBody(Self.fat(50), agencyRef: "line"), #"{"source":{"agency":"BAWASLU"}}"#)
      let imported = try visitor.importLines([#"{"case":\#(line)}"#])
      let problem = try JSONValue.parse(Array(imported.text.utf8))["problem"]
      for (label, problem) in [
        ("create", try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(Self.fat(50), agencyRef: "fat")).json),
        ("patch", try visitor.patch(path, as: .bawaslu, more).json),
        (
          "request",
          try visitor.post(
            "\(path)/correction-requests", as: .bkn, #"{"patch":\#(Self.fat(50)),"reason":"x"}"#
          ).json
        ), ("import", problem),
      ] {
        #expect(problem["code"].string == "invalid", "\(label)")
        #expect(problem["errors"][0]["code"].string == "length", "\(label)")
        let place = problem["errors"][0]["pointer"].string ?? ""
        #expect(place.hasSuffix("/act"), "\(label): \(place)")
      }
      // What does not make it bigger is taken.
      let smaller = try visitor.patch(path, as: .bawaslu, #"{"act":{"witnesses":[]},"reason":"x"}"#)
      #expect(smaller.status == 200)
    }
  }

  @Test("counts every text that a write brings, whichever way it comes")
  func counted() async throws {
    try await withService { visitor in
      let token = try await visitor.service.token(.agency(.bawaslu), [.casesRead, .casesWrite, .statistics])
      let text = String(repeating: "x", count: 4_000)
      func used() throws -> Int {
        try visitor.ask(as: token, "GET", "/v1/whoami").json["bytes"]["used"].int ?? 0
      }
      func write(_ method: String, _ path: String, _ body: String, _ etag: String? = nil) throws -> HTTPAnswer {
        let before = try used()
        let fields = [visitor.freshKey()] + (etag.map { [("If-Match", $0)] } ?? [])
        let answer = try visitor.ask(as: token, method, path, body, fields)
        #expect((200...201).contains(answer.status), "\(path) \(answer.text)")
        #expect(try used() - before >= text.utf8.count, "\(method) \(path)")
        return answer
      }
      let made = try write("POST", "/v1/cases", Sample.caseBody(#"{"act":{"narrative":"\#(text)"}}"#))
      let path = made["location"] ?? ""
      _ = try write(
        "POST", "\(path)/correction-requests", #"{"patch":{"act":{"narrative":"\#(text)"}},"reason":"x"}"#)
      _ = try write("POST", "\(path)/correction-requests", #"{"patch":{"motives":["x"]},"reason":"\#(text)"}"#)
      var etag = made["etag"]
      for (method, suffix, body) in [
        ("POST", "/notes", #"{"occurred_on":"2024-10-08","text":"\#(text)"}"#),
        ("PATCH", "", #"{"motives":["office"],"reason":"\#(text)"}"#),
        ("POST", "/correction-requests/2/refusal", #"{"reason":"\#(text)"}"#),
        ("POST", "/cancellations", #"{"occurred_on":"2024-10-08","reason":"\#(text)"}"#),
      ] {
        etag = try write(method, path + suffix, body, etag)["etag"]
      }
    }
  }

  @Test("in a text is counted in Unicode scalars, whatever is combined in one character")
  func scalars() async throws {
    try await withService { visitor in
      let one = "q" + String(repeating: "\u{301}", count: 199)
      for (index, (name, status)) in [
        (one, 201), (one + "\u{301}", 422), (String(repeating: "𝒂", count: 200), 201),
      ].enumerated() {
        let body = Sample.caseBody(
          #"{"subject":{"name":"\#(name)"}}"#, agencyRef: "\(index)")
        let answer = try visitor.post("/v1/cases", as: .bawaslu, body)
        #expect(answer.status == status, "\(answer.text)")
      }
    }
  }

  @Test("in a day by an agency is told by whoami, and beyond it by 429")
  func day() async throws {
    try await withService(
      { _ in },
      { visitor in
        let scopes: Set<Scope> = [.casesRead, .casesWrite]
        let writer = try await visitor.service.token(.agency(.bawaslu), scopes)
        let other = try await visitor.service.token(.agency(.bkn), scopes)
        func bytes(_ token: String) throws -> JSONValue {
          try visitor.ask(as: token, "GET", "/v1/whoami").json["bytes"]
        }
        func post(_ token: String, _ body: String, _ query: String = "", _ key: (String, String)) throws -> HTTPAnswer {
          try visitor.ask(as: token, "POST", "/v1/cases\(query)", body, [key])
        }
        let free = try bytes(writer)
        #expect(free["used"].int == 0 && free["max"].int == 20_000)
        #expect(free["renewed_at"].string?.hasPrefix("2024-10-20T17:00:00") == true)
        let text = String(repeating: "kata ", count: 1_000)
        let key = visitor.freshKey()
        let body = Sample.caseBody(#"{"act":{"narrative":"\#(text)x"}}"#)
        #expect(try post(writer, body, "", key).status == 201)
        let used = try bytes(writer)["used"].int ?? 0
        #expect(used > 10_000)
        // A retry and a dry run cost none.
        #expect(try post(writer, body, "", key)["idempotency-replayed"] == "true")
        let second = Sample.caseBody(#"{"act":{"narrative":"\#(text)x"}}"#, agencyRef: "other")
        #expect(try post(writer, second, "?dry_run=true", visitor.freshKey()).status == 201)
        #expect(try bytes(writer)["used"].int == used)
        let refused = try post(writer, second, "", visitor.freshKey())
        #expect(refused.status == 429 && refused.json["code"].string == "too_many_requests")
        #expect(refused["retry-after"] == "50400" && refused["ratelimit"] == "\"bytes\";r=0;t=50400")
        #expect(refused["ratelimit-policy"] == "\"bytes\";q=20000;w=86400")
        #expect(try post(other, second, "", visitor.freshKey()).status == 201)
        #expect(try visitor.ask(as: Service.operatorName, "GET", "/v1/whoami").json["bytes"] == .null)
      }, store: { $0.bytesPerAgencyPerDay = 20_000 })
  }

  @Test("by a key for migrations is bounded by its own number of bytes, and by no day")
  func migration() async throws {
    try await withService(
      { _ in },
      { visitor in
        func key(_ body: String) throws -> HTTPAnswer {
          try visitor.ask(as: Service.operatorName, "POST", "/v1/admin/keys", body, [visitor.freshKey()])
        }
        for (scopes, bytes) in [(#"["imports"]"#, "1048576"), (#"["migration"]"#, "1048575")] {
          let refused = try key(#"{"agency":"BKN","label":"x","scopes":\#(scopes),"bytes_max":\#(bytes)}"#)
          #expect(refused.status == 422 && refused.json["errors"][0]["pointer"].string == "/bytes_max")
        }
        let standard = try key(#"{"agency":"BKN","label":"x","scopes":["migration"]}"#)
        #expect(standard.json["bytes_max"].int == 16 << 30)
        let made = try key(#"{"agency":"BKN","label":"x","scopes":["migration"],"bytes_max":1048576}"#)
        let token = made.json["key"].string ?? ""
        let text = String(repeating: "kata ", count: 3_000)
        let lines = (0..<60).map { number in
          let body = Sample.caseBody(#"{"act":{"narrative":"\#(text)x"}}"#, agencyRef: "m\(number)")
          return #"{"case":\#(merged(body, #"{"source":{"agency":"PANRB"}}"#))}"#
        }
        var created = 0
        for line in lines {
          let answer = try visitor.ask(
            as: token, "POST", "/v1/imports", line, [("Content-Type", "application/x-ndjson")])
          if answer.status == 200, answer.text.contains("\"created\"") {
            created += 1
          } else {
            #expect(answer.json["code"].string == "too_many_requests", "\(answer.text)")
          }
        }
        #expect((10..<40).contains(created))
        let bytes = try visitor.ask(as: token, "GET", "/v1/whoami").json["bytes"]
        #expect((bytes["used"].int ?? 0) <= 1_048_576 && bytes["renewed_at"] == .null)
        #expect(try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int == created)
      }, store: { $0.bytesPerAgencyPerDay = 20_000 })
  }
}
