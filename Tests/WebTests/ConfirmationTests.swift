internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// Histories that one agency brings in in the name of others.
struct ImportedCase {
  static let verification =
    #"{"action":"verifications","agency":"BKN","occurred_on":"2024-10-08","outcome":"accepted"}"#
  static let study = #"{"action":"studies","agency":"BAWASLU","occurred_on":"2024-10-09","outcome":"violation"}"#
  static let recommendation =
    #"{"action":"recommendations","agency":"BKN","occurred_on":"2024-10-10","outcome":"recommended","letter_number":"R"}"#
  static let road = [verification, study, recommendation]

  static func line(_ reporter: AgencyCode, _ actions: [String] = road, ref: String = "c", _ changes: String = "{}")
    -> String
  {
    let body = merged(Sample.caseBody(changes, agencyRef: ref), #"{"source":{"agency":"\#(reporter)"}}"#)
    return "{\"case\":\(body),\"actions\":[\(actions.joined(separator: ","))]}"
  }
}

extension Visitor {
  /// Imports one case and returns its address.
  func bring(
    _ line: String, as importer: AgencyCode
  ) throws -> String {
    let answer = try importLines([line], as: importer)
    let result = try JSONValue.parse(Array((answer.lines.first ?? "{}").utf8))
    guard let id = result["id"].string else { throw Unexpected(answer) }
    return "/v1/cases/\(id)"
  }

  func confirm(
    _ path: String, as agency: AgencyCode, _ body: String = #"{"outcome":"confirmed"}"#, dryRun: Bool = false
  ) throws -> HTTPAnswer {
    try act("confirmations", on: path, as: agency, body, dryRun: dryRun)
  }

  func dispute(_ path: String, as agency: AgencyCode, acts: [Int]? = nil) throws -> HTTPAnswer {
    let named = acts.map { ",\"acts\":\($0)" } ?? ""
    return try confirm(path, as: agency, #"{"outcome":"disputed","reason":"Bukan kami."\#(named)}"#)
  }

  /// The sequence of the event of an act, as the history shows it.
  func seq(_ what: String, of path: String) throws -> Int {
    let events = try get("\(path)/history", as: .bkn).json["items"].items
    return events.first { $0["what"].string == what }?["seq"].int ?? -1
  }

  /// What each event is and what is said about it.
  func standings(_ path: String) throws -> [String] {
    try get("\(path)/history", as: .bkn).json["items"].items.map { event in
      "\(event["what"].string ?? "") \(event["confirmation"].string ?? "-")"
    }
  }
}

@Suite("What another agency has recorded")
struct ConfirmationTests {
  @Test("is unconfirmed, says who brought it in, and opens what it opens all the same")
  func unconfirmed() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.kemendagri), as: .panrb)
      let record = try visitor.get(path, as: .kasn).json
      #expect(record["imported_by"].string == "PANRB" && record["disputed"].bool == false)
      #expect(record["unconfirmed"].strings == ["BAWASLU", "BKN", "KEMENDAGRI"])
      #expect(record["subject"].has("name"))
      #expect(
        try visitor.standings(path)
          == ["created unconfirmed", "verifications unconfirmed", "studies unconfirmed", "recommendations unconfirmed"])
      // Of its own and of those it succeeded nobody waits for a word.
      let own = try visitor.bring(ImportedCase.line(.bawaslu, ref: "own"), as: .bawaslu)
      let shown = try visitor.get(own, as: .bkn).json
      #expect(shown["imported_by"] == .null && shown["unconfirmed"].strings == ["BKN"])
      let early = #"{"source":{"received_on":"2024-08-06"},"act":{"occurred_on":"2024-08-02","known_on":null}}"#
      let succeeded = try visitor.bring(ImportedCase.line(.kasn, [], ref: "kasn", early), as: .bkn)
      let inherited = try visitor.get(succeeded, as: .bkn).json
      #expect(inherited["imported_by"].string == "BKN" && inherited["unconfirmed"].strings.isEmpty)
      let posted = try visitor.get(try visitor.makeCase(), as: .bkn).json
      #expect(posted["imported_by"] == .null && posted["unconfirmed"].strings.isEmpty)
      let ids = try visitor.get("/v1/cases?imported_by=PANRB", as: .bkn).json["items"].items.map { $0["id"].string }
      #expect(ids == [String(path.suffix(36))])
      #expect(try visitor.get("/v1/cases?imported_by=BAWASLU", as: .bkn).json["items"].items.isEmpty)
      #expect(try visitor.get("/v1/cases?imported_by=NOBODY", as: .bkn).status == 400)
    }
  }

  @Test("is listed for whoever it waits for, and confirmed act by act or at once")
  func confirmed() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.kemendagri), as: .panrb)
      func waits(_ agency: AgencyCode) throws -> Bool {
        let found = try visitor.get("/v1/cases?unconfirmed=true&count=exact", as: agency).json
        let others = try visitor.get("/v1/cases?unconfirmed=false&count=exact", as: agency).json
        #expect((found["count"].int ?? 0) + (others["count"].int ?? 0) == 1)
        let allowed = try visitor.get("\(path)/allowed-actions", as: agency).json["confirmation"].bool
        #expect(allowed == (found["count"].int == 1))
        return found["count"].int == 1
      }
      #expect(try agencies.filter { try waits($0) } == [.bawaslu, .bkn, .kemendagri])
      let seq = try visitor.seq("recommendations", of: path)
      let first = try visitor.confirm(path, as: .bkn, #"{"outcome":"confirmed","acts":[\#(seq)]}"#)
      #expect(first.status == 201 && first.json["version"].int == 5, "\(first.text)")
      #expect(try waits(.bkn))
      #expect(try visitor.confirm(path, as: .bkn).json["unconfirmed"].strings == ["BAWASLU", "KEMENDAGRI"])
      #expect(try !waits(.bkn))
      let event = try visitor.get("\(path)/history", as: .panrb).json["items"].items.last
      #expect(event?["what"].string == "confirmation" && event?["agency"].string == "BKN")
      #expect(event?["details"]["outcome"].string == "confirmed" && event?["occurred_on"] == .null)
      let again = try visitor.confirm(path, as: .bkn)
      #expect(again.status == 409 && again.json["code"].string == "confirmation_conflict")
      #expect(try visitor.confirm(path, as: .kemendagri).status == 201)
      #expect(try visitor.confirm(path, as: .bawaslu).json["unconfirmed"].strings.isEmpty)
      #expect(
        try visitor.standings(path).prefix(4)
          == ["created confirmed", "verifications confirmed", "studies confirmed", "recommendations confirmed"])
      let changes = try visitor.get("/v1/changes?after=0", as: .kemendagri).json["changes"].items
      #expect(changes.suffix(4).allSatisfy { $0["type"].string == "updated" })
    }
  }

  @Test("is answered by the agency named or its successor alone")
  func answeredByWhom() async throws {
    try await withService { visitor in
      let early = #"{"source":{"received_on":"2024-08-06"},"act":{"occurred_on":"2024-08-02","known_on":null}}"#
      let path = try visitor.bring(ImportedCase.line(.kasn, [], early), as: .panrb)
      for agency in agencies where agency != .bkn {
        let answer = try visitor.confirm(path, as: agency)
        let code = agency == .kasn ? "agency_ended" : "not_named"
        #expect(answer.status == 403 && answer.json["code"].string == code, "\(agency) \(answer.text)")
      }
      #expect(try visitor.confirm(path, as: .bkn).status == 201)
    }
  }

  @Test("takes no answer that is malformed, stale or about something else")
  func malformed() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.kemendagri), as: .panrb)
      let (created, study) = (try visitor.seq("created", of: path), try visitor.seq("studies", of: path))
      let verified = try visitor.seq("verifications", of: path)
      let bodies: [(String, String)] = [
        ("{}", "/outcome"), (#"{"outcome":"maybe"}"#, "/outcome"), (#"{"outcome":"disputed"}"#, "/reason"),
        (#"{"outcome":"confirmed","acts":[]}"#, "/acts"), (#"{"outcome":"confirmed","acts":"x"}"#, "/acts"),
        (#"{"outcome":"confirmed","acts":["x"]}"#, "/acts/0"), (#"{"outcome":"confirmed","acts":[0]}"#, "/acts/0"),
        (#"{"outcome":"confirmed","acts":[\#(verified),\#(verified)]}"#, "/acts/1"),
        (#"{"outcome":"confirmed","acts":[\#(verified),\#(study)]}"#, "/acts/1"),
        (#"{"outcome":"confirmed","acts":[\#(created)]}"#, "/acts/0"), (#"{"outcome":"confirmed","x":1}"#, "/x"),
      ]
      let before = try visitor.get("\(path)/history", as: .bkn).text
      for (body, pointer) in bodies {
        let answer = try visitor.confirm(path, as: .bkn, body)
        #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(body) \(answer.text)")
      }
      let body = #"{"outcome":"confirmed"}"#
      #expect(try visitor.ask(as: .bkn, "POST", "\(path)/confirmations", body).status == 428)
      #expect(
        try visitor.ask(as: .bkn, "POST", "\(path)/confirmations", body, [("If-Match", "\"4-15\"")]).status == 412)
      let dry = try visitor.confirm(path, as: .bkn, body, dryRun: true)
      #expect(dry.status == 201 && dry.json["unconfirmed"].strings == ["BAWASLU", "KEMENDAGRI"])
      #expect(try visitor.get("\(path)/history", as: .bkn).text == before)
    }
  }

  @Test("is counted beside the figure that it has changed where it still exists alone")
  func disputedFigure() async throws {
    try await withService { visitor in
      let asked = try visitor.get("/v1/statistics/stages", as: .bkn).json["figure_id"].string ?? ""
      let path = try visitor.bring(ImportedCase.line(.bawaslu), as: .panrb)
      let kept = try visitor.get("/v1/statistics/stages", as: .bkn).json["figure_id"].string ?? ""
      #expect(try visitor.dispute(path, as: .bawaslu).status == 201)
      for (agency, count) in [(AgencyCode.bkn, 1), (.panrb, 1), (.bawaslu, 1), (.kasn, 0)] {
        let today = try visitor.get("/v1/figures/\(kept)", as: agency).json["today"]
        #expect(today["cases"]["count"].int == count, "\(today)")
        #expect(today["cases"]["items"].items.count == count, "\(agency)")
      }
      let before = try visitor.get("/v1/figures/\(asked)", as: .kasn)
      #expect(before.json["today"]["same"].bool == true, "\(before.text)")
    }
  }

  @Test("is void once it is disputed, with what was built on it: stage, names and clocks are as before")
  func disputedAct() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.kemendagri), as: .bawaslu)
      #expect(try visitor.get(path, as: .panrb).json["subject"].has("name"))
      let answer = try visitor.dispute(path, as: .bkn, acts: [try visitor.seq("recommendations", of: path)])
      #expect(answer.status == 201 && answer.json["stage"].string == "studied", "\(answer.text)")
      #expect(answer.json["recommendation"] == .null && !answer.json["milestones"].has("recommended"))
      #expect(answer.json["clocks"].items.map { $0["kind"].string } == ["verification", "study"])
      #expect(try !visitor.get(path, as: .panrb).json["subject"].has("name"))
      let last = try visitor.get("/v1/changes?after=0", as: .panrb).json["changes"].items.last
      #expect(last?["type"].string == "withdrawn" && last?["case"]["subject"].has("name") == false)
      let whole = try visitor.dispute(path, as: .bkn)
      #expect(whole.json["stage"].string == "received" && whole.json["unconfirmed"].strings == ["KEMENDAGRI"])
      #expect(try !visitor.get(path, as: .kasn).json["subject"].has("name"))
      #expect(try visitor.get("\(path)?as_of=2024-10-12", as: .bkn).json["stage"].string == "received")
      #expect(
        try visitor.standings(path).prefix(4)
          == ["created unconfirmed", "verifications disputed", "studies void", "recommendations disputed"])
      // The true history goes on from there.
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-15"))
      #expect(try visitor.get("\(path)?as_of=2024-10-12", as: .bkn).json["stage"].string == "received")
      #expect(try visitor.get("\(path)?as_of=2024-10-16", as: .bkn).json["stage"].string == "verified")
    }
  }

  @Test("stays once an act stands on it that its agency has recorded itself or confirmed")
  func followed() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.kemendagri, [ImportedCase.verification]), as: .panrb)
      try visitor.must("notes", on: path, as: .panrb, ActionBodies.valid(.notes, on: "2024-10-09"))
      try visitor.must("studies", on: path, as: .bawaslu, ActionBodies.valid(.studies, on: "2024-10-09"))
      let refused = try visitor.dispute(path, as: .bkn)
      #expect(refused.status == 409 && refused.json["code"].string == "confirmation_conflict", "\(refused.text)")
      #expect(try visitor.confirm(path, as: .bkn).status == 201)
      // Whoever has acted on it in good faith: a report that is none is taken back all the same.
      let whole = try visitor.dispute(path, as: .kemendagri)
      #expect(whole.status == 201 && whole.json["disputed"].bool == true, "\(whole.text)")
      let other = try visitor.bring(ImportedCase.line(.kemendagri, ref: "other"), as: .panrb)
      #expect(try visitor.confirm(other, as: .bawaslu).status == 201)
      let verified = try visitor.seq("verifications", of: other)
      #expect(try visitor.dispute(other, as: .bkn, acts: [verified]).status == 409)
      #expect(try visitor.dispute(other, as: .bkn, acts: [try visitor.seq("recommendations", of: other)]).status == 201)
    }
  }

  @Test("is not pinned by what the importer adds itself, which goes with it")
  func pinned() async throws {
    try await withService { visitor in
      let central = #"{"institution":"kemenag"}"#
      let path = try visitor.bring(ImportedCase.line(.bawaslu, ref: "p", central), as: .panrb)
      let before = try visitor.get(path, as: .bkn).json["stage"].string
      #expect(before == "recommended")
      try visitor.must("decisions", on: path, as: .panrb, ActionBodies.valid(.decisions, on: "2024-10-18"))
      let verified = try visitor.seq("verifications", of: path)
      let answer = try visitor.dispute(path, as: .bkn, acts: [verified])
      #expect(answer.status == 201 && answer.json["stage"].string == "received", "\(answer.text)")
      #expect(answer.json["decision"] == .null)
      #expect(try visitor.standings(path).contains("decisions void"))
      #expect(try !visitor.get(path, as: .kasn).json["subject"].has("name"))
    }
  }

  @Test("takes the violation with it that a void study has filled in")
  func filledIn() async throws {
    try await withService { visitor in
      let study = ImportedCase.study.replacing("}", with: #","violation":"DS-03"}"#)
      let line = ImportedCase.line(.kemendagri, [ImportedCase.verification, study], #"{"violation":null}"#)
      let path = try visitor.bring(line, as: .panrb)
      #expect(try visitor.get(path, as: .bkn).json["violation"]["code"].string == "DS-03")
      #expect(try visitor.dispute(path, as: .bawaslu).json["violation"] == .null)
    }
  }

  @Test("frees the report's number once the agency named disputes it, and is gone for all but the parties")
  func disputedCase() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.bawaslu, ref: "001"), as: .panrb)
      let figure = "/v1/statistics/funnel?election=pilkada-2024"
      #expect(try visitor.get(figure, as: .kasn).json["total"]["reported"].int == 1)
      #expect(try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(agencyRef: "001")).status == 409)
      // Nobody can hold the number back by acting on the false report.
      try visitor.must("lapses", on: path, as: .bkn, ActionBodies.valid(.lapses, on: "2024-10-12"))
      let free = try visitor.bring(ImportedCase.line(.bawaslu, [], ref: "002"), as: .panrb)
      try visitor.must("verifications", on: free, as: .panrb, ActionBodies.valid(.verifications, on: "2024-10-08"))
      let head = try visitor.get("/v1/changes?after=0", as: .kasn).json["head"].int ?? 0
      let answer = try visitor.dispute(free, as: .bawaslu)
      #expect(answer.status == 201 && answer.json["disputed"].bool == true, "\(answer.text)")
      #expect(answer.json["clocks"].items.isEmpty && answer.json["unconfirmed"].strings.isEmpty)
      let id = String(free.suffix(36))
      for agency in agencies {
        let isParty = [.bawaslu, .bkn, .panrb].contains(agency)
        #expect(try visitor.get(free, as: agency).status == (isParty ? 200 : 404), "\(agency)")
        let list = try visitor.get("/v1/cases?count=exact", as: agency).json
        #expect(list["items"].items.contains { $0["id"].string == id } == isParty)
        #expect(list["count"].int == (isParty ? 2 : 1), "\(agency)")
        let change = try visitor.get("/v1/changes?after=\(head)", as: agency).json["changes"].items.last
        #expect(change?["type"].string == (isParty ? "updated" : "withdrawn") && change?.has("case") == isParty)
        #expect(try visitor.get(figure, as: agency).json["total"]["reported"].int == 1, "\(agency)")
        let export = try visitor.get("/v1/exports/cases", as: agency, [("Accept", "application/x-ndjson")])
        #expect(export.text.contains(id) == isParty)
        #expect(export.text.contains("\"count\":\(isParty ? 2 : 1)"), "\(export.lines.first ?? "")")
        let clocks = try visitor.get("/v1/clocks?state=met,late,running,overdue", as: agency)
        #expect(!clocks.text.contains(id))
      }
      for (action, agency) in [("closures", AgencyCode.bkn), ("cancellations", .bawaslu), ("lapses", .bkn)] {
        let kind = ActionKind(rawValue: action) ?? .notes
        let refused = try visitor.act(action, on: free, as: agency, ActionBodies.valid(kind, on: "2024-10-15"))
        #expect(refused.status == 409 && refused.json["code"].string == "confirmation_conflict")
      }
      #expect(try visitor.patch(free, as: .bawaslu, #"{"motives":["office"],"reason":"x"}"#).status == 409)
      #expect(try visitor.confirm(free, as: .bawaslu).status == 409)
      // The true report has the number.
      let true0 = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(agencyRef: "002"))
      #expect(true0.status == 201, "\(true0.text)")
      let known = try visitor.importLines([ImportedCase.line(.bawaslu, [], ref: "002")], as: .bawaslu).lines
      #expect(known.first?.contains(true0.json["id"].string ?? "none") == true)
    }
  }

  @Test("is counted apart, by what each count rests on, until it is confirmed")
  func counted() async throws {
    try await withService { visitor in
      let path = try visitor.bring(ImportedCase.line(.bawaslu), as: .bawaslu)
      _ = try visitor.makeCase(ref: "posted")
      func others(_ statistic: String, _ query: String = "") throws -> JSONValue {
        try visitor.get("/v1/statistics/\(statistic)?election=pilkada-2024\(query)", as: .bkn).json["total"]
      }
      let name = "of_which_recorded_by_others"
      for unit in ["case", "person", "report"] {
        let total = try others("funnel", "&unit=\(unit)")
        #expect(total["reported"].int ?? 0 > 0 && total[name]["reported"].int == 0, "\(unit) \(total)")
        #expect(total[name]["verified"].int == 1 && total[name]["recommended"].int == 1, "\(unit)")
        #expect(try others("sanctions", "&of=proposed&unit=\(unit)")[name].int == 1, "\(unit)")
      }
      #expect(try others("stages")["stages"]["recommended"][name].int == 1)
      #expect(try others("stages")["stages"]["received"][name].int == 0)
      #expect(try others("sanctions", "&of=proposed")[name].int == 1)
      #expect(try others("timeliness")["intervals"]["received_to_verification"][name].int == 1)
      #expect(try others("timeliness")["clocks"]["ppk_follow_up"][name]["running"].int == 1)
      let csv = try visitor.get("/v1/statistics/funnel?election=pilkada-2024", as: .bkn, [("Accept", "text/csv")])
      #expect(csv.text.contains("verified.\(name),1,100.0,verified"))
      #expect(try visitor.confirm(path, as: .bkn).status == 201)
      #expect(try others("funnel")[name]["verified"].int == 0 && others("funnel")["verified"].int == 1)
      #expect(try others("funnel", "&as_of=2024-10-09")[name]["verified"].int == 0)
    }
  }
}

@Suite("Many confirmations")
struct ManyConfirmationsTests {
  private func answers(_ visitor: Visitor, _ agency: AgencyCode, _ body: String, _ type: String, _ query: String = "")
    throws -> [JSONValue]
  {
    let answer = try visitor.ask(as: agency, "POST", "/v1/confirmations\(query)", body, [("Content-Type", type)])
    guard answer.status == 200 else { throw Unexpected(answer) }
    return try answer.lines.map { try JSONValue.parse(Array($0.utf8)) }
  }

  @Test("by importer and moment take all that waits, and nothing that came later or from another")
  func selection() async throws {
    try await withService { visitor in
      let lines = (0..<230).map { ImportedCase.line(.kemendagri, ref: "m\($0)") }
      #expect(try visitor.importLines(lines, as: .panrb).lines.count == 230)
      _ = try visitor.bring(ImportedCase.line(.kemendagri, ref: "bawaslu"), as: .bawaslu)
      visitor.clock.set("2024-10-21T03:00:00Z")
      _ = try visitor.bring(ImportedCase.line(.kemendagri, ref: "late"), as: .panrb)
      let body = #"{"imported_by":"PANRB","until":"2024-10-20","outcome":"confirmed"}"#
      let dry = try answers(visitor, .bkn, body, "application/json", "?dry_run=true")
      #expect(dry.count == 230)
      let done = try answers(visitor, .bkn, body, "application/json")
      #expect(done.count == 230 && done.allSatisfy { $0["status"].string == "confirmed" && $0["version"].int == 5 })
      #expect(try visitor.get("/v1/cases?unconfirmed=true&count=exact", as: .bkn).json["count"].int == 2)
      #expect(try visitor.get("/v1/cases?unconfirmed=true&count=exact", as: .kemendagri).json["count"].int == 232)
      #expect(try answers(visitor, .bkn, body, "application/json").isEmpty)
      let disputed = try answers(
        visitor, .kemendagri,
        #"{"imported_by":"BAWASLU","until":"2024-10-20T03:00:00Z","outcome":"disputed","reason":"Bukan kami."}"#,
        "application/json")
      #expect(disputed.count == 1 && disputed[0]["status"].string == "disputed")
    }
  }

  @Test("by lines are answered line by line, and a broken one stops no other")
  func lines() async throws {
    try await withService { visitor in
      let paths = try (0..<3).map { try visitor.bring(ImportedCase.line(.kemendagri, ref: "l\($0)"), as: .panrb) }
      let tags = try paths.map { try visitor.etag($0, as: .bkn).replacing("\"", with: "\\\"") }
      func line(_ index: Int, _ rest: String, _ tag: String? = nil) -> String {
        #"{"case_id":"\#(paths[index].suffix(36))","if_match":"\#(tag ?? tags[index])",\#(rest)}"#
      }
      let body = [
        line(0, #""outcome":"confirmed""#), "{", line(1, #""outcome":"disputed""#),
        line(1, #""outcome":"disputed","reason":"x""#), line(2, #""outcome":"confirmed""#, "\\\"9-15\\\""),
        #"{"case_id":"0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90","if_match":"x","outcome":"confirmed"}"#,
      ].joined(separator: "\n")
      let results = try answers(visitor, .bkn, body, "application/x-ndjson")
      #expect(
        results.map { $0["problem"]["code"].string ?? $0["status"].string ?? "" }
          == ["confirmed", "malformed_json", "invalid", "disputed", "version_mismatch", "not_found"])
      #expect(results.compactMap { $0["line"].int } == Array(1...6))
      #expect(try visitor.get(paths[1], as: .bkn).json["stage"].string == "received")
    }
  }

  @Test("are refused as a whole when the selection is malformed")
  func malformed() async throws {
    try await withService { visitor in
      for (body, pointer) in [
        ("{}", "/imported_by"),
        (#"{"imported_by":"NOBODY","until":"2024-10-20","outcome":"confirmed"}"#, "/imported_by"),
        (#"{"imported_by":"PANRB","until":"soon","outcome":"confirmed"}"#, "/until"),
        (#"{"imported_by":"PANRB","until":"2024-10-20","outcome":"disputed"}"#, "/reason"),
      ] {
        let answer = try visitor.ask(as: .bkn, "POST", "/v1/confirmations", body)
        #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(body)")
      }
      #expect(
        try visitor.ask(as: .bkn, "POST", "/v1/confirmations", "x", [("Content-Type", "text/plain")]).status == 415)
    }
  }
}
