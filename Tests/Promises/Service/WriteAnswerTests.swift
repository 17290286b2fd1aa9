internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("The answer to a write")
struct WriteAnswerTests {
  /// KASN is still there, and acts are dated today.
  private static let today = "2024-06-01"

  /// One case of each owner, kind of institution and telling stage, with planted text in every field.
  private static let plans: [CanaryPlan] = {
    let roads: Set = [
      "received", "verified", "rejected", "studied", "recommended", "sanctioned", "blocked", "appealed", "closed",
    ]
    return CanaryPlan.all.filter { roads.contains($0.road.name) }
  }()

  private static func fill(_ visitor: Visitor) throws -> [String] {
    visitor.clock.set("\(today)T03:00:00Z")
    let answer = try visitor.importLines(plans.map(\.line))
    let ids = try answer.lines.compactMap { try JSONValue.parse(Array($0.utf8))["id"].string }
    guard ids.count == plans.count else { throw Unexpected(answer) }
    return ids
  }

  private struct Request {
    let method: String
    let path: String
    let body: String
  }

  /// Every write to a case.
  private static func writes(to id: String, _ other: String, clock: ClockKind) -> [Request] {
    let path = "/v1/cases/\(id)"
    let acts = ActionKind.allCases.map { kind in
      Request(
        method: "POST", path: "\(path)/\(kind.rawValue)", body: ActionBodies.valid(kind, on: today, clock: clock))
    }
    let patches = [#""motives":["office"]"#, #""institution":"16.71""#, #""institution":"kemenag""#]
    return acts
      + patches.map { Request(method: "PATCH", path: path, body: "{\($0),\"reason\":\"x\"}") }
      + patches.map {
        Request(method: "POST", path: "\(path)/correction-requests", body: "{\"patch\":{\($0)},\"reason\":\"x\"}")
      } + [
        Request(
          method: "POST", path: "\(path)/links", body: #"{"case_id":"\#(other)","relation":"same_act"}"#),
        Request(method: "POST", path: "\(path)/confirmations", body: #"{"outcome":"confirmed"}"#),
        Request(method: "POST", path: "\(path)/confirmations", body: #"{"outcome":"disputed","reason":"x"}"#),
        Request(method: "POST", path: "\(path)/correction-requests/1/acceptance", body: #"{"reason":"x"}"#),
        Request(method: "POST", path: "\(path)/correction-requests/1/refusal", body: #"{"reason":"x"}"#),
      ]
  }

  private static func found(_ answer: HTTPAnswer) -> Set<String> {
    Canaries.found(in: answer.fields.map { "\($0.name): \($0.value)\n" }.joined() + answer.text)
  }

  private static func head(_ visitor: Visitor) throws -> Int? {
    try visitor.get("/v1/changes?after=0&limit=1", as: .bkn).json["head"].int
  }

  @Test("to a dry run shows what the caller saw before and would still see, and leaves no trace", arguments: agencies)
  func dryRuns(_ agency: AgencyCode) async throws {
    try await withService { visitor in
      let ids = try Self.fill(visitor)
      for id in ids {
        let wish = #"{"patch":{"source":{"channel":"x"}},"reason":"x"}"#
        #expect(try visitor.post("/v1/cases/\(id)/correction-requests", as: .bawaslu, wish).status == 201)
      }
      let head = try Self.head(visitor)
      var accepted = 0
      for (plan, id) in zip(Self.plans, ids) {
        let before = try visitor.get("/v1/cases/\(id)", as: agency)
        let open = before.json["clocks"].items.first { $0["stopped_on"] == .null }?["kind"].string
        let clock = open.flatMap { ClockKind(rawValue: $0) } ?? .verification
        for write in Self.writes(to: id, ids[0] == id ? ids[1] : ids[0], clock: clock) {
          let fields = [visitor.freshKey(), ("If-Match", before["etag"] ?? "*")]
          let answer = try visitor.ask(as: agency, write.method, "\(write.path)?dry_run=true", write.body, fields)
          let label = "\(agency), \(plan): \(write.method) \(write.path) \(answer.text)"
          #expect((answer.status == 404) == (before.status == 404) || write.path.hasSuffix("ance"), "\(label)")
          #expect(Self.found(answer).isSubset(of: Self.found(before)), "\(label)")
          if answer.status < 300 { accepted += 1 }
          guard answer.json.has("redacted") else { continue }
          let (hidden, shown) = (Set(before.json["redacted"].strings), Set(answer.json["redacted"].strings))
          #expect(shown.isSuperset(of: hidden), "\(label)")
          #expect(
            answer.json["number"] == before.json["number"] && answer.json["seq"] == before.json["seq"], "\(label)")
        }
      }
      #expect(accepted > Self.plans.count)
      try many(visitor, ids, agency)
      #expect(try Self.head(visitor) == head)
    }
  }

  /// Writes of many lines, and those of the operator: none repeats anything.
  private func many(_ visitor: Visitor, _ ids: [String], _ agency: AgencyCode) throws {
    let answers = ids.map { #"{"case_id":"\#($0)","if_match":"\"4-1-15\"","outcome":"disputed","reason":"x"}"# }
    let selection = #"{"imported_by":"BAWASLU","until":"2024-06-01","outcome":"disputed","reason":"x"}"#
    for (path, body, type) in [
      ("/v1/imports", Self.plans.map(\.line).joined(separator: "\n"), "application/x-ndjson"),
      ("/v1/confirmations", answers.joined(separator: "\n"), "application/x-ndjson"),
      ("/v1/confirmations", selection, "application/json"),
    ] {
      let answer = try visitor.ask(as: agency, "POST", "\(path)?dry_run=true", body, [("Content-Type", type)])
      #expect(answer.status == 200 && Self.found(answer).isEmpty, "\(agency) \(path) \(answer.text)")
    }
    let key = #"{"agency":"\#(agency)","label":"x","scopes":["cases:read"]}"#
    let made = try visitor.ask(
      as: Service.operatorName, "POST", "/v1/admin/keys?dry_run=true", key, [visitor.freshKey()])
    #expect(made.status == 201 && made.json["key"] == .null)
  }

  @Test("shows what an act has opened once it is on record that the caller took it, and not before")
  func recordedActs() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-06-01T03:00:00Z")
      let path = try visitor.makeCase(
        #"{"subject":{"name":"zq001nameqz"},"act":{"narrative":"zq001storyqz","occurred_on":"2024-05-20"},"#
          + #""source":{"received_on":"2024-05-25"}}"#)
      let verification = ActionBodies.valid(.verifications, on: "2024-05-30")
      let tried = try visitor.act("verifications", on: path, as: .kasn, verification, dryRun: true)
      #expect(tried.status == 201 && Self.found(tried).isEmpty && tried.json["stage"].string == "verified")
      #expect(tried.json["redacted"].strings.contains("subject"))
      #expect(try visitor.get(path, as: .kasn).json["redacted"].strings.contains("subject"))
      let taken = try visitor.act("verifications", on: path, as: .kasn, verification)
      #expect(Self.found(taken) == ["000 nip", "001 name", "001 story"])
      let events = try visitor.get("\(path)/history", as: .bawaslu).json["items"].items
      #expect(events.map { $0["agency"].string } == ["BAWASLU", "KASN"])
    }
  }

  @Test("to a dry run of creating has neither number nor sequence, and no address")
  func createdDry() async throws {
    try await withService { visitor in
      for agency in agencies where agency != .kasn {
        let answer = try visitor.post("/v1/cases?dry_run=true", as: agency, Sample.caseBody(agencyRef: "d"))
        #expect(answer.status == 201 && answer["location"] == nil, "\(answer.text)")
        #expect(answer.json["number"] == .null && answer.json["seq"] == .null && answer.json["version"].int == 1)
        #expect(answer["netral-dry-run"] == "true" && answer.json["redacted"].strings.isEmpty)
      }
      let path = try visitor.makeCase()
      let wish = #"{"patch":{"motives":["family"]},"reason":"x"}"#
      let request = try visitor.post("\(path)/correction-requests?dry_run=true", as: .panrb, wish)
      #expect(request.status == 201 && request.json["number"] == .null)
      let figure = try visitor.post(
        "/v1/published-figures?dry_run=true", as: .bkn,
        #"{"election":"pilkada-2024","as_of":"2024-10-19","unit":"case","source":"x","values":{"reported":1}}"#)
      #expect(figure.status == 201 && figure.json["id"] == .null && figure["location"] == nil, "\(figure.text)")
      let key = try visitor.ask(
        as: Service.operatorName, "POST", "/v1/admin/keys?dry_run=true",
        #"{"agency":"BKN","label":"x","scopes":["cases:read"]}"#, [visitor.freshKey()])
      #expect(key.status == 201 && key.json["key"] == .null && key["location"] == nil)
    }
  }

  @Test("to a key that may not read cases is identity, version, stage and entity tag")
  func receipts() async throws {
    try await withService { visitor in
      let writer = try await visitor.service.token(.agency(.bawaslu), [.casesWrite])
      let body = Sample.caseBody(#"{"subject":{"name":"zq001nameqz"},"act":{"narrative":"zq001storyqz"}}"#)
      func write(_ method: String, _ path: String, _ body: String, _ fields: [(String, String)]) throws -> HTTPAnswer {
        let tried = try visitor.ask(as: writer, method, "\(path)?dry_run=true", body, fields + [visitor.freshKey()])
        let once = visitor.freshKey()
        let answers = try (0..<2).map { _ in try visitor.ask(as: writer, method, path, body, fields + [once]) }
        #expect(answers[1]["idempotency-replayed"] == "true" && answers[0].body == answers[1].body)
        for answer in [tried] + answers {
          #expect((200...201).contains(answer.status), "\(answer.text)")
          #expect(answer.json.names == ["id", "version", "stage"], "\(answer.text)")
          #expect(answer["etag"] != nil && Self.found(answer).isEmpty)
        }
        return answers[0]
      }
      let made = try write("POST", "/v1/cases", body, [])
      let path = made["location"] ?? ""
      var etag = made["etag"] ?? ""
      for number in [1, 2] {
        let wish = #"{"patch":{"motives":["m\#(number)"]},"reason":"x"}"#
        #expect(try visitor.post("\(path)/correction-requests", as: .bkn, wish).status == 201)
      }
      for (method, suffix, body) in [
        ("POST", "/notes", ActionBodies.valid(.notes, on: "2024-10-08")),
        ("PATCH", "", #"{"motives":["office"],"reason":"x"}"#),
        ("POST", "/correction-requests/1/acceptance", #"{"reason":"x"}"#),
        ("POST", "/correction-requests/2/refusal", #"{"reason":"x"}"#),
        ("POST", "/verifications", ActionBodies.valid(.verifications, on: "2024-10-08")),
      ] {
        etag = try write(method, path + suffix, body, [("If-Match", etag)])["etag"] ?? ""
      }
      #expect(try visitor.get(path, as: .bawaslu)["etag"] == etag)
      // Who has tied two cases before, and when, is not told either.
      let other = try visitor.makeCase(ref: "other")
      let tie = #"{"case_id":"\#(other.dropFirst("/v1/cases/".count))","relation":"same_act"}"#
      let tied = try visitor.post("\(path)/links", as: .bkn, tie)
      #expect(tied.json.names == ["case_id", "relation", "linked_by", "linked_at"])
      let again = try visitor.ask(as: writer, "POST", "\(path)/links", tie, [visitor.freshKey()])
      #expect(again.status == 201 && again.json.names == ["case_id", "relation"])
      // Whether a guess at a value changes anything is not told to who may not read it.
      let answers = try ["198609262015051001", "198609262015051002"].map { guess in
        try visitor.ask(
          as: writer, "PATCH", "\(path)?dry_run=true", #"{"subject":{"nip":"\#(guess)"},"reason":"x"}"#,
          [("If-Match", etag)])
      }
      #expect(answers.map(\.status) == [200, 200] && answers[0].body == answers[1].body)
      #expect(answers[0]["etag"] == answers[1]["etag"] && answers[0]["etag"] == etag)
      #expect(try visitor.ask(as: writer, "GET", path).status == 403)
    }
  }
}
