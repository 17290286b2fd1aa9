internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("An import speaks")
struct ImportReachTests {
  static func line(_ reporter: String, _ actors: [String] = [], ref: String = "i") -> String {
    let body = merged(
      Sample.caseBody(agencyRef: ref),
      #"{"source":{"agency":"\#(reporter)","received_on":"2024-08-06"},"#
        + #""act":{"occurred_on":"2024-08-02","known_on":null}}"#)
    let actions = actors.map {
      #"{"action":"notes","agency":"\#($0)","occurred_on":"2024-08-07","text":"Catatan."}"#
    }
    return "{\"case\":\(body),\"actions\":[\(actions.joined(separator: ","))]}"
  }

  private func results(_ visitor: Visitor, _ token: String, _ lines: [String], _ query: String = "") throws
    -> [JSONValue]
  {
    let answer = try visitor.ask(
      as: token, "POST", "/v1/imports\(query)", lines.joined(separator: "\n"),
      [("Content-Type", "application/x-ndjson")])
    return answer.lines.map { (try? JSONValue.parse(Array($0.utf8))) ?? .null }
  }

  @Test(
    "for the key's agency and those it succeeded, for nobody else, wherever another is named",
    arguments: agencies.filter { $0 != .kasn })
  func own(_ importer: AgencyCode) async throws {
    try await withService { visitor in
      let token = try await visitor.service.token(.agency(importer), [.imports])
      for dry in ["", "?dry_run=true"] {
        for (index, other) in agencies.enumerated() {
          let mayName = other == importer || (importer == .bkn && other == .kasn)
          let ref = "\(dry)\(index)"
          let reported = try results(visitor, token, [Self.line(other.rawValue, ref: ref)], dry)[0]
          let acted = try results(
            visitor, token, [Self.line(importer.rawValue, [importer.rawValue, other.rawValue], ref: "a\(ref)")], dry)[0]
          if mayName {
            #expect(reported["status"].string == "created" && acted["status"].string == "created", "\(other) \(acted)")
            continue
          }
          for (result, pointer) in [(reported, "/case/source/agency"), (acted, "/actions/1/agency")] {
            #expect(result["status"].string == "invalid" && !result.has("id"))
            #expect(result["problem"]["code"].string == "import_not_yours" && result["problem"]["status"].int == 403)
            #expect(result["problem"]["errors"].items.map { $0["pointer"].string } == [pointer], "\(other)")
          }
        }
      }
      #expect(try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int == (importer == .bkn ? 4 : 2))
    }
  }

  @Test("for every agency with scope migration, and says then in whose place")
  func migration() async throws {
    try await withService { visitor in
      let token = try await visitor.service.token(.agency(.panrb), [.migration])
      for reporter in agencies {
        let line = Self.line(reporter.rawValue, agencies.map(\.rawValue), ref: reporter.rawValue)
        #expect(try results(visitor, token, [line])[0]["status"].string == "created", "\(reporter)")
      }
    }
  }

  @Test("and names every agency that it may not speak for")
  func everyPlace() async throws {
    try await withService { visitor in
      let token = try await visitor.service.token(.agency(.panrb), [.imports])
      let result = try results(visitor, token, [Self.line("BKN", ["PANRB", "NOBODY", "KASN"])])[0]
      let pointers = result["problem"]["errors"].items.compactMap { $0["pointer"].string }
      #expect(pointers == ["/case/source/agency", "/actions/1/agency", "/actions/2/agency"])
    }
  }

  @Test("the same whether another agency's report is known or not, and looks at none when it runs dry")
  func tellsNothing() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase(
        as: .bawaslu,
        #"{"source":{"received_on":"2024-08-06"},"act":{"occurred_on":"2024-08-02","known_on":null}}"#, ref: "known")
      let (known, unknown) = (Self.line("BAWASLU", ref: "known"), Self.line("BAWASLU", ref: "unknown"))
      let broken = { (line: String) in line.replacing(#""region":"16.71""#, with: #""region":"99""#) }
      for agency in agencies where ![.bawaslu, .kasn].contains(agency) {
        let own = try await visitor.service.token(.agency(agency), [.imports])
        let any = try await visitor.service.token(.agency(agency), [.migration])
        func told(_ token: String, _ line: String, _ query: String) throws -> String {
          let result = try results(visitor, token, [line], query)[0]
          return "\(result["status"].string ?? "") \(result["problem"])"
        }
        for (token, query) in [(own, ""), (own, "?dry_run=true"), (any, "?dry_run=true")] {
          for change in [broken, { $0 }] {
            #expect(try told(token, change(known), query) == told(token, change(unknown), query), "\(agency)\(query)")
          }
        }
        // A line that is refused anyway leaves no trace: it must not test a guess.
        func late(_ line: String) -> String {
          let act = #"{"action":"verifications","agency":"BKN","occurred_on":"2099-01-01","outcome":"accepted"}"#
          return line.replacing(#""actions":["#, with: "\"actions\":[\(act)")
        }
        for change in [broken, late] {
          let (answer, other) = (try told(any, change(known), ""), try told(any, change(unknown), ""))
          #expect(answer.hasPrefix("invalid") && answer == other, "\(agency)")
        }
        let duplicate = try results(visitor, any, [known])[0]
        #expect(duplicate["status"].string == "duplicate" && duplicate["id"] == .null && duplicate.has("id"))
      }
      let bawaslu = try await visitor.service.token(.agency(.bawaslu), [.imports])
      for query in ["", "?dry_run=true"] {
        let duplicate = try results(visitor, bawaslu, [known], query)[0]
        #expect(duplicate["status"].string == "duplicate" && duplicate["id"].string != nil)
      }
    }
  }

  @Test("within what it may cost: a unit for 100 lines, a dry run one for 10")
  func cost() async throws {
    try await withService(
      {
        $0.costPerAgencyPerHour = 20
        $0.importBatchLines = 50
      },
      { visitor in
        let broken = Array(repeating: #"{"case":{}}"#, count: 300)
        // Ten units for the import itself and five for each fifty lines: two batches are judged.
        let lines = try brokenOff(visitor, broken)
        #expect(lines.count == 101 && lines.dropLast().allSatisfy { $0["status"].string == "invalid" })
        let last = lines.last?["problem"]
        #expect(last?["code"].string == "too_many_requests" && last?["retry_after"].int == 900)
        #expect(try visitor.importLines(broken, as: .bkn).status == 429)
        #expect(try visitor.importLines(broken, as: .panrb).lines.count == 300)
      })
  }

  /// The lines of an answer that breaks off.
  private func brokenOff(_ visitor: Visitor, _ lines: [String]) throws -> [JSONValue] {
    let client = try visitor.newClient()
    try client.send(
      "POST", "/v1/imports?dry_run=true",
      [
        ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), ("Content-Type", "application/x-ndjson"),
      ], Array(lines.joined(separator: "\n").utf8))
    #expect(try client.head().status == 200)
    var bytes: [UInt8] = []
    while let chunk = try? client.chunk() { bytes += chunk }
    return try bytes.split(separator: 10).map { try JSONValue.parse(Array($0)) }
  }
}

@Suite("A key with scope migration")
struct MigrationKeyTests {
  private func make(_ visitor: Visitor, _ members: String) throws -> HTTPAnswer {
    try visitor.ask(
      as: Service.operatorName, "POST", "/v1/admin/keys", #"{"agency":"PANRB","label":"Riwayat",\#(members)}"#,
      [visitor.freshKey()])
  }

  @Test("ends within 30 days, whatever other scopes it has")
  func lifetime() async throws {
    try await withService { visitor in
      for scopes in [#"["migration"]"#, #"["cases:read","migration"]"#] {
        let made = try make(visitor, "\"scopes\":\(scopes)")
        #expect(made.json["expires_at"].string == "2024-11-19T03:00:00.000Z", "\(made.text)")
        #expect(try make(visitor, "\"scopes\":\(scopes),\"expires_at\":\"2024-11-19T03:00:00Z\"").status == 201)
        let late = try make(visitor, "\"scopes\":\(scopes),\"expires_at\":\"2024-11-19T03:00:01Z\"")
        #expect(late.status == 422 && late.json["errors"][0]["pointer"].string == "/expires_at")
      }
    }
  }

  @Test("is shown to every agency while it lives")
  func shown() async throws {
    try await withService { visitor in
      func shown(_ who: String) throws -> [String] {
        try visitor.ask(as: who, "GET", "/v1/whoami").json["migrations"].items.filter {
          $0["label"] == .string("Riwayat")
        }
        .map { "\($0["agency"].string ?? "") \($0["key_id"].string ?? "") \($0["expires_at"].string ?? "")" }
      }
      let id = try make(visitor, #""scopes":["migration"]"#).json["id"].string ?? ""
      let everyone = agencies.map(\.rawValue) + [Service.operatorName]
      for who in everyone { #expect(try shown(who) == ["PANRB \(id) 2024-11-19T03:00:00.000Z"], "\(who)") }
      #expect(try visitor.ask(as: Service.operatorName, "DELETE", "/v1/admin/keys/\(id)").status == 204)
      for who in everyone { #expect(try shown(who).isEmpty) }
    }
  }
}
