internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite("Clocks that change")
struct ClockChangeTests {
  private func put(_ visitor: Visitor, _ kind: String, _ body: String, csv: Bool = false, _ query: String = "") throws
    -> HTTPAnswer
  {
    try visitor.ask(
      as: Service.operatorName, "PUT", "/v1/admin/reference/\(kind)\(query)", body,
      [("Content-Type", csv ? "text/csv" : "application/json")])
  }

  /// Days off, with one in 2025, so that no year is left out.
  private func holidays(_ days: String..., kind: String = "holiday") -> String {
    let rows = days.map { ($0, kind) } + [("2025-01-01", "holiday")]
    let items = rows.map { #"{"date":"\#($0.0)","name_id":"Libur","kind":"\#($0.1)","source":"SKB"}"# }
    return "[\(items.joined(separator: ","))]"
  }

  private func clock(_ kind: String, _ path: String, _ visitor: Visitor) throws -> JSONValue {
    let clocks = try visitor.get(path, as: .bkn).json["clocks"].items
    return clocks.first { $0["kind"].string == kind } ?? .null
  }

  private static func pause(_ changes: [String: String?] = [:]) -> String {
    var members = [
      "occurred_on": "2024-10-10", "clock": "verification", "until": "2024-10-25", "ground": "person_unavailable",
      "reason": "Saksi sakit.",
    ]
    for (name, value) in changes { members[name] = value }
    return "{\(members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ","))}"
  }

  @Test("are paused until a day and resumed before, with a ground for all and a reason that the narrative group opens")
  func pauses() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let late = try visitor.act("clock-pauses", on: path, as: .bkn, Self.pause())
      #expect(late.status == 409 && late.json["code"].string == "clock_conflict", "\(late.text)")
      #expect(late.json["detail"].string?.contains("due on 2024-10-13, which is past") == true)
      #expect(late.json["allowed_actions"].strings.contains("clock-pauses") == false)
      visitor.clock.set("2024-10-12T03:00:00Z")
      #expect(try clock("verification", path, visitor).has("pauses") == false)
      let paused = try visitor.act("clock-pauses", on: path, as: .bkn, Self.pause())
      #expect(paused.status == 201 && paused.json["stage"].string == "received", "\(paused.text)")
      var shown = try clock("verification", path, visitor)
      // The case says nothing of today: the list of clocks alone does.
      #expect(shown["state"].string == "running" && shown["due_on"].string == "2024-10-28")
      #expect(shown["pauses"][0]["from"].string == "2024-10-10" && shown["pauses"][0]["until"].string == "2024-10-25")
      #expect(shown["pauses"][0]["ground"].string == "person_unavailable")
      let resumption = #"{"occurred_on":"2024-10-12","clock":"verification","reason":"Sembuh.","note":"x"}"#
      for (action, who, code, body) in [
        ("clock-pauses", AgencyCode.bkn, "clock_conflict", Self.pause()),
        ("clock-resumptions", .kasn, "agency_ended", resumption),
      ] {
        let answer = try visitor.act(action, on: path, as: who, body)
        #expect(answer.json["code"].string == code && answer.status == (who == .bkn ? 409 : 403), "\(answer.text)")
        if who == .bkn { #expect(answer.json["allowed_actions"].strings.contains("clock-resumptions")) }
      }
      visitor.clock.set("2024-10-20T03:00:00Z")
      #expect(try visitor.get("/v1/cases?overdue=true", as: .bkn).json["items"].items.isEmpty)
      #expect(try visitor.get("/v1/cases?overdue=false", as: .bkn).json["items"].items.count == 1)
      for (day, isPaused) in [("2024-10-20", true), ("2024-10-24", true), ("2024-10-25", false)] {
        visitor.clock.set("\(day)T03:00:00Z")
        for who in agencies {
          let paused = try visitor.get("/v1/clocks?paused=true", as: who)
          #expect(paused.json["items"].items.count == (isPaused ? 1 : 0), "\(day) \(who)")
          #expect(paused.json["items"].items.allSatisfy { $0["state"].string == "paused" })
          #expect(!isPaused || paused.json["items"][0]["pauses"][0]["ground"].string == "person_unavailable")
          #expect(!paused.text.contains("Saksi"))
          let rest = try visitor.get("/v1/clocks?paused=false", as: who).json["items"].items
          #expect(rest.map { $0["state"].string } == (isPaused ? [] : ["running"]))
        }
      }
      let over = try visitor.act("clock-resumptions", on: path, as: .bkn, resumption)
      #expect(over.status == 409 && over.json["code"].string == "clock_conflict", "\(over.text)")
      visitor.clock.set("2024-10-20T03:00:00Z")
      // Nobody is made late in retrospect.
      let back = try visitor.act("clock-resumptions", on: path, as: .bkn, resumption)
      #expect(back.status == 422 && back.json["errors"][0]["pointer"].string == "/occurred_on", "\(back.text)")
      visitor.clock.set("2024-10-15T03:00:00Z")
      try visitor.must("clock-resumptions", on: path, as: .bkn, resumption)
      visitor.clock.set("2024-10-20T03:00:00Z")
      shown = try clock("verification", path, visitor)
      #expect(shown["state"].string == "running" && shown["due_on"].string == "2024-10-15")
      #expect(try visitor.get("/v1/cases?overdue=true", as: .bkn).json["items"].items.count == 1)
      for (who, reason) in [(AgencyCode.bawaslu, "Saksi sakit."), (.panrb, nil)] {
        let events = try visitor.get("\(path)/history", as: who).json["items"].items
        let event = try #require(events.first { $0["what"].string == "clock-pauses" })
        #expect(event["details"]["clock"].string == "verification" && event["details"]["reason"].string == reason)
        #expect(event["details"]["ground"].string == "person_unavailable")
        #expect(event["details"]["until"].string == "2024-10-25")
      }
    }
  }

  @Test(
    "are not paused by what is no pause",
    arguments: [
      (["reason": nil], "/reason"), (["clock": nil], "/clock"), (["clock": "nothing"], "/clock"),
      (["reason": ""], "/reason"), (["occurred_on": "2024-10-05"], "/occurred_on"),
      (["occurred_on": nil], "/occurred_on"),
      (["until": nil], "/until"), (["until": "soon"], "/until"), (["until": "2024-10-10"], "/until"),
      (["until": "2024-10-09"], "/until"), (["until": "2024-11-10"], "/until"), (["ground": nil], "/ground"),
      (["ground": "holiday"], "/ground"), (["nothing": "x"], "/nothing"),
    ] as [([String: String?], String)])
  func badPauses(_ changes: [String: String?], _ pointer: String) async throws {
    try await withService { visitor in
      visitor.clock.set("2024-10-12T03:00:00Z")
      let path = try visitor.makeCase()
      let answer = try visitor.act("clock-pauses", on: path, as: .bkn, Self.pause(changes))
      #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
    }
  }

  @Test("follow a holiday when they are open, tell it in history and feed, and are left alone by a dry run")
  func rederivation() async throws {
    try await withService { visitor in
      let (open, met) = (try visitor.makeCase(ref: "1"), try visitor.makeCase(ref: "2"))
      for path in [open, met] {
        try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      }
      try visitor.must("studies", on: met, as: .bawaslu, ActionBodies.valid(.studies, on: "2024-10-14"))
      let before = try [open, met].map { try visitor.get($0, as: .bkn).body }
      let dry = try put(visitor, "holidays", holidays("2024-10-11"), "?dry_run=true")
      #expect(dry.status == 200 && dry.json["cases"] == .null && dry["netral-dry-run"] == "true", "\(dry.text)")
      #expect(try [open, met].map { try visitor.get($0, as: .bkn).body } == before)
      let head = try #require(try visitor.get("/v1/changes?limit=1", as: .bkn).json["head"].int)

      let done = try put(visitor, "holidays", holidays("2024-10-11"))
      #expect(done.status == 200 && done.json["cases"].int == 1 && done.json["rows"].int == 2, "\(done.text)")
      #expect(try clock("study", open, visitor)["due_on"].string == "2024-10-15")
      #expect(try visitor.get(met, as: .bkn).body == before[1])
      for who in agencies {
        let event = try #require(try visitor.get("\(open)/history", as: who).json["items"].items.last)
        #expect(event["what"].string == "clock_derivation" && event["agency"].string == "OPERATOR")
        #expect(event["details"]["study"].string == "2024-10-14 > 2024-10-15" && event["occurred_on"] == .null)
        let changes = try visitor.get("/v1/changes?after=\(head)", as: who).json["changes"].items
        #expect(changes.map { $0["type"].string } == ["updated"] && changes[0]["version"].int == 3)
      }
      // Taken back, and once more: the same rows change nothing.
      let back = holidays("2024-10-11", kind: "working_day")
      #expect(try put(visitor, "holidays", back).json["cases"].int == 1)
      #expect(try clock("study", open, visitor)["due_on"].string == "2024-10-14")
      #expect(try put(visitor, "holidays", back).json["cases"].int == 0)
      let rule =
        #"[{"kind":"study","length":5,"unit":"working_days","starts_at":"verified","stops_at":["studied","not_proven"],"#
        + #""time_zone":"Asia/Jakarta","legal_basis":"SK"}]"#
      #expect(try put(visitor, "clock-rules", rule).json["cases"].int == 1)
      #expect(try clock("study", open, visitor)["due_on"].string == "2024-10-16")
      #expect(try clock("study", met, visitor)["state"].string == "met")
    }
  }

  @Test("are derived to the end although the operator's connection breaks")
  func brokenConnection() async throws {
    try await withService { visitor in
      let lines = (1...600).map { number in
        let facts = Sample.caseBody(
          #"{"source":{"agency":"BAWASLU"},"subject":{"nip":null,"identifier_missing":true,"name":"Pegawai \#(number)"}}"#,
          agencyRef: "\(number)/LP")
        let step = #"{"action":"verifications","agency":"BKN","occurred_on":"2024-10-09","outcome":"accepted"}"#
        return "{\"case\":\(facts.replacing("\n", with: "")),\"actions\":[\(step)]}"
      }
      let answer = try visitor.importLines(lines)
      #expect(answer.lines.count == 600 && answer.lines.allSatisfy { $0.contains("created") })
      var after = try #require(try visitor.get("/v1/changes?limit=1", as: .bkn).json["head"].int)
      var client: HTTPClient? = try visitor.newClient()
      try client?.send(
        "PUT", "/v1/admin/reference/holidays",
        [
          ("Authorization", "Bearer \(visitor.service.tokens[Service.operatorName] ?? "")"),
          ("Content-Type", "application/json"),
        ], Array(holidays("2024-10-14").utf8))
      var moved: Set<String> = []
      while moved.count < 600 {
        let page = try visitor.get("/v1/changes?after=\(after)&limit=1000&wait=30", as: .bkn).json
        #expect(page["changes"].items.allSatisfy { $0["type"].string == "updated" })
        moved.formUnion(page["changes"].items.compactMap { $0["case_id"].string })
        after = try #require(page["next_after"].int)
        // As soon as the first cases have changed.
        client = nil
        guard !page["changes"].items.isEmpty else { break }
      }
      #expect(moved.count == 600)
    }
  }

  @Test("are derived by the rules of the commit, however long an act's body takes to come")
  func slowBody() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let body = ActionBodies.valid(.verifications, on: "2024-10-09")
      let client = try visitor.newClient()
      let head = """
        POST \(path)/verifications HTTP/1.1\r
        Host: test\r
        Authorization: Bearer \(visitor.service.tokens["BKN"] ?? "")\r
        If-Match: \(try visitor.etag(path, as: .bkn))\r
        Content-Type: application/json\r
        Content-Length: \(body.utf8.count)\r
        Expect: 100-continue\r
        \r\n
        """
      try client.send(Array(head.utf8))
      // The service has taken the request and waits for its body.
      #expect(try client.head().status == 100)
      #expect(try put(visitor, "holidays", holidays("2024-10-14")).status == 200)
      try client.send(Array(body.utf8))
      #expect(try client.answer().status == 201)
      #expect(try clock("study", path, visitor)["due_on"].string == "2024-10-15")
    }
  }

  @Test("follow by themselves when they could not at once", .enabled(if: Shell.hasSQLite))
  func failure() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      let after = try #require(try visitor.get("/v1/changes?limit=1", as: .bkn).json["head"].int)
      let file = visitor.service.folder.appending(path: "t.sqlite").path
      let clocks = try Shell.sqlite(file, "SELECT progress ->> '$.clocks' FROM event ORDER BY seq DESC LIMIT 1")
      _ = try Shell.sqlite(file, "UPDATE event SET progress = json_set(progress, '$.clocks', 'broken;')")
      let answer = try put(visitor, "holidays", holidays("2024-10-14"))
      #expect(answer.status == 503 && answer["retry-after"] != nil, "\(answer.text)")
      #expect(answer.json["detail"].string?.hasPrefix("The rows are stored") == true)
      #expect(try visitor.get("/v1/reference/holidays", as: .bkn).text.contains("2024-10-14"))
      _ = try Shell.sqlite(
        file, "UPDATE event SET progress = json_set(progress, '$.clocks', '\(clocks)') WHERE version = 2")
      let page = try visitor.get("/v1/changes?after=\(after)&wait=30", as: .bkn).json
      #expect(page["changes"].items.count == 1)
      #expect(try clock("study", path, visitor)["due_on"].string == "2024-10-15")
    }
  }

  @Test("go on being derived when the service starts again")
  func restart() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      let after = try #require(try visitor.get("/v1/changes?limit=1", as: .bkn).json["head"].int)
      // What a process leaves that has ended after the rows and before the clocks.
      try await visitor.service.store.write(by: .operator, dryRun: false) { write in
        try write.put(
          [
            ReferenceEntry(
              kind: .holidays, code: "2024-10-14", from: "", until: nil,
              json: #"{"date":"2024-10-14","name_id":"Libur","kind":"holiday","source":"SKB"}"#)
          ], by: "operatorkey1")
        try write.markClocks(by: "operatorkey1")
      }
      #expect(try clock("study", path, visitor)["due_on"].string == "2024-10-14")
      try await visitor.reopen()
      let page = try visitor.get("/v1/changes?after=\(after)&wait=30", as: .bkn).json
      #expect(page["changes"].items.count == 1)
      #expect(try clock("study", path, visitor)["due_on"].string == "2024-10-15")
    }
  }

  @Test(
    "refuse files of holidays and rules that are wrong, and name the line",
    arguments: [
      ("holidays", "date,name_id,kind,source\n2026-05-05,N,holiday,S\n2026-13-25,N,holiday,S\n", "/1/date", "Line 3: "),
      ("holidays", "date,name_id,kind,source\n2026-05-05,N,feast,S\n", "/0/kind", "Line 2: Possible here: "),
      ("holidays", "date,name_id,kind,source\n2026-05-05,N,holiday,\n", "/0/source", "Line 2: "),
      (
        "holidays",
        "date,name_id,kind,source\n2026-05-05,N,holiday,S\n\"2026-05-06\",\"a\n\",holiday,S\n2026-05-05,N,holiday,S\n",
        "/2", "Line 5: This row repeats line 2."
      ),
      ("holidays", "date,name_id,kind,source,x\n2026-05-05,N,holiday,S,1\n", "/0/x", "Line 2: "),
      ("holidays", "date,name_id,kind,source\n2099-01-01,N,holiday,S\n", "/0/date", "Line 2: With this row the table"),
      (
        "clock-rules",
        "kind,length,unit,starts_at,stops_at,from,time_zone,legal_basis\nstudy,4,days,verified,studied|not_proven,2024-01-01,Asia/Jakarta,SK\n",
        "/0", "Line 2: This row overlaps"
      ),
      (
        "clock-rules",
        "kind,length,unit,starts_at,stops_at,from,until,time_zone,legal_basis\nppk_follow_up,14,working_days,recommended,decided,2024-02-06,2024-03-01,Asia/Jakarta,SK\n",
        "/0/until", "Line 2: After 2024-03-01 this clock would have no rule"
      ),
      (
        "clock-rules",
        "kind,length,unit,starts_at,stops_at,time_zone,legal_basis\nstudy,4,days,received,studied,Asia/Tokyo,SK\n",
        "/0/starts_at", "Line 2: Possible here: verified."
      ),
    ])
  func badFiles(_ kind: String, _ body: String, _ pointer: String, _ detail: String) async throws {
    try await withService { visitor in
      let before = try visitor.get("/v1/reference/\(kind)", as: .bkn).body
      let answer = try put(visitor, kind, body, csv: true)
      let error = answer.json["errors"][0]
      #expect(answer.status == 422 && error["pointer"].string == pointer, "\(answer.text)")
      #expect(error["detail"].string?.hasPrefix(detail) == true, "\(answer.text)")
      #expect(try visitor.get("/v1/reference/\(kind)", as: .bkn).body == before)
    }
  }
}
