internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

@Suite("An erased case")
struct ErasureTests {
  private static let cancellation = #"{"occurred_on":"2024-10-10","reason":"Zqsalah-batal."}"#
  private static let order = #"{"ground":"subject_request"}"#
  private static let hold = #"{"reason":"Zqsalah-tahan."}"#

  private func erase(_ path: String, as who: AgencyCode, _ visitor: Visitor, _ query: String = "") throws -> HTTPAnswer
  {
    try visitor.ask(
      as: who, "POST", "\(path)/erasures\(query)", Self.order, [("If-Match", try visitor.etag(path, as: who))])
  }

  private func end(_ path: String, as who: AgencyCode = .bawaslu, _ visitor: Visitor) throws {
    try visitor.must("cancellations", on: path, as: who, Self.cancellation)
  }

  private func count(_ visitor: Visitor, _ unit: String) throws -> Int? {
    let target = "/v1/statistics/funnel?election=pilkada-2024&unit=\(unit)"
    return try visitor.get(target, as: .bkn).json["total"]["reported"].int
  }

  @Test(
    "shows its person to nobody, by whatever door, and stays in every count", arguments: Mistake.all, [false, true])
  func doors(_ mistake: Mistake, isPutRight: Bool) async throws {
    try await withService { visitor in
      var world = try MistakenWorld(mistake, visitor)
      if isPutRight { try world.putRight() }
      let owner = mistake.owner == .kasn ? AgencyCode.bkn : mistake.owner
      try end(world.path, as: owner, visitor)
      for door in PastDoor.allCases where door.showsSubject && world.opens(door, to: owner) {
        #expect(try !world.found(door, owner).isEmpty, "\(door) before")
      }
      let counts = try ["case", "person", "report"].map { try count(visitor, $0) }
      let before = try visitor.get(world.path, as: .bkn).json
      let answer = try erase(world.path, as: owner, visitor)
      #expect(answer.status == 201 && answer.json["subject"]["name"] == .null, "\(answer.text)")
      for agency in agencies {
        for door in PastDoor.allCases where world.opens(door, to: agency) {
          #expect(try world.found(door, agency).isEmpty, "\(door) \(agency)")
        }
        let now = try visitor.get(world.path, as: agency).json
        #expect(now["erased_on"].string == "2024-10-20" && !"\(now)".contains("Orang Benar"))
        for place in ["stage", "milestones", "clocks", "institution", "region", "redacted"] where agency == .bkn {
          #expect(now[place] == before[place], "\(place)")
        }
      }
      for question in MistakenWorld.searches + [#"{"nip":"198704052015052002"}"#, #"{"name":"orang benar"}"#] {
        for agency in agencies {
          #expect(try visitor.ask(as: agency, "POST", "/v1/case-searches", question).json["items"].items.isEmpty)
        }
      }
      #expect(try ["case", "person", "report"].map { try count(visitor, $0) } == counts)
      // Whoever follows the feed is told, and an earlier state says no more than the new one.
      let change = try visitor.get("/v1/changes", as: .bkn).json["changes"].items.last
      #expect(change?["type"].string == "erased" && change?["case"]["erased_on"].string == "2024-10-20")
      let event = try visitor.get("\(world.path)/history", as: .bkn).json["items"].items.last
      #expect(event?["what"].string == "erasure" && event?["agency"].string == owner.rawValue)
      #expect(event?["details"]["ground"].string == "subject_request")
      #expect(event?["details"]["keys_gone_from"].string == "2024-10-20", "no backup of keys is made here")
    }
  }

  @Test("takes nothing any more, by whatever door")
  func closed() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let other = try visitor.makeCase(ref: "002")
      let asked = try visitor.post(
        "\(path)/correction-requests", as: .panrb, #"{"patch":{"motives":["family"]},"reason":"x"}"#)
      #expect(asked.status == 201)
      try end(path, visitor)
      #expect(try erase(path, as: .bawaslu, visitor).status == 201)
      let before = try visitor.get("\(path)/history", as: .bkn).body
      let id = path.dropFirst("/v1/cases/".count)
      var requests: [(String, String, String)] = ActionKind.allCases.map { kind in
        ("POST", "/\(kind.rawValue)", ActionBodies.valid(kind, on: "2024-10-11"))
      }
      requests += [
        ("PATCH", "", #"{"motives":["office"],"reason":"x"}"#),
        ("POST", "/correction-requests", #"{"patch":{"motives":["office"]},"reason":"x"}"#),
        ("POST", "/correction-requests/1/acceptance", #"{"reason":"x"}"#),
        ("POST", "/correction-requests/1/refusal", #"{"reason":"x"}"#),
        ("POST", "/links", #"{"case_id":"\#(other.dropFirst("/v1/cases/".count))","relation":"same_person"}"#),
        ("POST", "/erasures", Self.order), ("POST", "/retention-holds", Self.hold),
      ]
      for (method, tail, body) in requests {
        for agency in [AgencyCode.bawaslu, .bkn] {
          let answer = try visitor.ask(
            as: agency, method, path + tail, body,
            [("If-Match", try visitor.etag(path, as: agency)), visitor.freshKey()])
          #expect((400..<500).contains(answer.status), "\(agency) \(method) \(tail): \(answer.text)")
          if agency == .bawaslu, !["/confirmations"].contains(tail) {
            let code = answer.json["code"].string ?? ""
            #expect(code == "case_erased" || answer.status == 403, "\(method) \(tail): \(answer.text)")
          }
        }
      }
      let tie = try visitor.post("\(other)/links", as: .bkn, #"{"case_id":"\#(id)","relation":"same_person"}"#)
      #expect(tie.json["code"].string == "case_erased", "\(tie.text)")
      #expect(try visitor.get("\(path)/history", as: .bkn).body == before)
      for agency in [AgencyCode.bawaslu, .panrb] {
        let asked = try visitor.get("\(path)/correction-requests", as: agency).json["items"].items
        #expect(asked.count == 1 && asked.allSatisfy { !$0.has("patch") && !$0.has("reason") }, "\(asked)")
      }
    }
  }

  @Test("was decided on by its owner alone, once it had ended, and nobody held it")
  func rights() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      #expect(try erase(path, as: .bawaslu, visitor).json["code"].string == "stage_conflict")
      try end(path, visitor)
      for agency in agencies where agency != .bawaslu && agency != .kasn {
        #expect(try erase(path, as: agency, visitor).json["code"].string == "not_owner", "\(agency)")
      }
      #expect(try erase(path, as: .kasn, visitor).json["code"].string == "agency_ended")
      for body in ["{}", #"{"ground":"retention"}"#, #"{"ground":"unlawful","reason":"x"}"#, #"{"ground":1}"#] {
        let answer = try visitor.ask(
          as: .bawaslu, "POST", "\(path)/erasures", body, [("If-Match", try visitor.etag(path, as: .bawaslu))])
        #expect(answer.status == 422, "\(body) \(answer.text)")
      }
      #expect(try visitor.ask(as: .bawaslu, "POST", "\(path)/erasures", Self.order).status == 428)
      let old = try visitor.etag(path, as: .bawaslu)
      // Holds, of owner and BKN, each released by who gave it.
      var numbers: [AgencyCode: Int] = [:]
      for agency in agencies where agency != .kasn {
        let held = try visitor.post("\(path)/retention-holds", as: agency, Self.hold)
        #expect((held.status == 201) == [AgencyCode.bawaslu, .bkn].contains(agency), "\(agency) \(held.text)")
        numbers[agency] = held.json["number"].int
      }
      #expect(
        try visitor.post("\(path)/retention-holds", as: .bkn, #"{"reason":"x","until":"2024-10-14"}"#).status == 422)
      let bkn = try #require(numbers[.bkn])
      let own = try #require(numbers[.bawaslu])
      #expect(try erase(path, as: .bawaslu, visitor).json["code"].string == "retention_held")
      #expect(
        try visitor.post("\(path)/retention-holds/\(bkn)/release", as: .bawaslu, Self.hold).json["code"].string
          == "not_owner")
      #expect(try visitor.post("\(path)/retention-holds/99/release", as: .bkn, Self.hold).status == 404)
      for (number, agency) in [(bkn, AgencyCode.bkn), (own, .bawaslu)] {
        #expect(try erase(path, as: .bawaslu, visitor).json["code"].string == "retention_held")
        let target = "\(path)/retention-holds/\(number)/release"
        #expect(
          try visitor.ask(as: agency, "POST", target + "?dry_run=true", Self.hold, [visitor.freshKey()]).status == 200)
        let released = try visitor.post(target, as: agency, Self.hold)
        #expect(released.status == 200 && released.json["released_at"] != .null)
        #expect(try visitor.post(target, as: agency, Self.hold).json["code"].string == "already_decided")
      }
      let listed = try visitor.get("\(path)/retention-holds", as: .panrb).json["items"].items
      #expect(listed.count == 2 && listed.allSatisfy { $0["released_at"] != .null && !$0.has("reason") })
      // A hold is no version of the case, and so the tag of before still is its tag.
      let tried = try erase(path, as: .bawaslu, visitor, "?dry_run=true")
      #expect(tried.status == 201 && tried.json["erased_on"].string != nil)
      #expect(try visitor.get(path, as: .bawaslu).json["subject"]["name"].string != nil)
      let erased = try visitor.ask(as: .bawaslu, "POST", "\(path)/erasures", Self.order, [("If-Match", old)])
      #expect(erased.status == 201, "\(erased.text)")
    }
  }

  @Test("is known again when its report comes, and its person is another one then")
  func reports() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(ref: "ERA-1")
      let second = try visitor.makeCase(ref: "ERA-2")
      // It was on record under another number before.
      #expect(try visitor.patch(path, as: .bawaslu, #"{"source":{"agency_ref":"ERA-9"},"reason":"x"}"#).status == 200)
      #expect(try count(visitor, "person") == 1)
      try end(path, visitor)
      #expect(try erase(path, as: .bawaslu, visitor).status == 201)
      func line(_ ref: String) -> String {
        #"{"case":\#(Sample.caseBody(#"{"source":{"agency":"BAWASLU"}}"#, agencyRef: ref))}"#.replacing("\n", with: " ")
      }
      let answer = try visitor.importLines(["ERA-1", "era-9", "ERA-2", "ERA-3"].map(line))
      let told = try answer.lines.map { try JSONValue.parse(Array($0.utf8))["status"].string }
      #expect(told == ["erased", "erased", "duplicate", "created"], "\(answer.text)")
      let tried = try visitor.importLines([line("ERA-1")], "?dry_run=true").text
      // What leaves no trace does not tell about whom a report was that is erased.
      #expect(tried.contains(#""status":"created""#), "\(tried)")
      let body = Sample.caseBody(agencyRef: "ERA-9")
      #expect(try visitor.post("/v1/cases?dry_run=true", as: .bawaslu, body).status == 201)
      let posted = try visitor.post("/v1/cases", as: .bawaslu, body)
      #expect(posted.status == 409 && posted.json["code"].string == "report_erased", "\(posted.text)")
      #expect(!posted.json.has("case_id") && !posted.text.contains(path.dropFirst("/v1/cases/".count)))
      // By its number the person is found in what is not erased alone.
      for question in [#"{"nip":"198609262015051001"}"#, #"{"name":"pegawai contoh"}"#] {
        let found = try visitor.ask(as: .bkn, "POST", "/v1/case-searches", question).json["items"].items
        #expect(found.count == 2 && found.allSatisfy { !$0.has("erased_on") }, "\(question) \(found.count)")
      }
      let allowed = try visitor.get("\(path)/allowed-actions", as: .bawaslu).json
      #expect(
        allowed["actions"].items.allSatisfy { $0["code"].string == "case_erased" }
          && allowed["correction"].bool == false)
      // The person has a case that is not erased: it is the same one still.
      #expect(try count(visitor, "person") == 1)
      for id in try visitor.get("/v1/cases", as: .bawaslu).json["items"].items.compactMap({ $0["id"].string })
      where "/v1/cases/\(id)" != path {
        try end("/v1/cases/\(id)", visitor)
        #expect(try erase("/v1/cases/\(id)", as: .bawaslu, visitor).status == 201)
      }
      #expect(try count(visitor, "person") == 1)
      _ = try visitor.makeCase(ref: "ERA-4")
      #expect(try count(visitor, "person") == 2 && second != path)
      let figure = try visitor.get("/v1/statistics/funnel?election=pilkada-2024&unit=person", as: .bkn).json
      #expect(figure["note"]["en"].string?.contains("erased") == true)
    }
  }

  @Test("has lost its ties, on both sides")
  func ties() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(ref: "T-1")
      let other = try visitor.makeCase(ref: "T-2")
      let tie = #"{"case_id":"\#(path.dropFirst("/v1/cases/".count))","relation":"same_person"}"#
      let key = visitor.freshKey()
      func link() throws -> HTTPAnswer { try visitor.ask(as: .bkn, "POST", "\(other)/links", tie, [key]) }
      #expect(try link().status == 201)
      #expect(try visitor.get("\(other)/related", as: .bkn).text.contains("person"))
      try end(path, visitor)
      #expect(try erase(path, as: .bawaslu, visitor).status == 201)
      for one in [path, other] {
        #expect(try visitor.get("\(one)/links", as: .bkn).json["items"].items.isEmpty)
        let related = try visitor.get("\(one)/related", as: .bkn).text
        #expect(!related.contains("person") && !related.contains("report"), "\(related)")
      }
      #expect(try link().json["code"].string == "case_erased", "a retry is told what has become of the tie")
    }
  }

  @Test("frees the number of a report that its agency has disputed: the true one may still come")
  func disputed() async throws {
    try await withService { visitor in
      let line = ImportedCase.line(.bawaslu, [], ref: "DIS-1")
      let path = try visitor.bring(line, as: .panrb)
      #expect(try visitor.dispute(path, as: .bawaslu).status == 201)
      #expect(try erase(path, as: .bawaslu, visitor).status == 201)
      let made = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(agencyRef: "DIS-1"))
      #expect(made.status == 201, "\(made.text)")
      let own = "/v1/cases/\(made.json["id"].string ?? "")"
      try end(own, visitor)
      #expect(try erase(own, as: .bawaslu, visitor).status == 201)
      // Of another agency's report nobody is told that it was erased.
      let token = try await visitor.service.token(.agency(.panrb), [.migration])
      let told = try visitor.ask(
        as: token, "POST", "/v1/imports", line, [("Content-Type", "application/x-ndjson")]
      ).text
      #expect(told.contains(#""status":"duplicate""#) && told.contains(#""id":null"#), "\(told)")
    }
  }
}

@Suite("Retention")
struct RetentionTests {
  private func cancel(_ path: String, _ visitor: Visitor) throws {
    try visitor.must("cancellations", on: path, as: .bawaslu, #"{"occurred_on":"2024-10-10","reason":"x"}"#)
  }

  private func run(_ visitor: Visitor) async { _ = await visitor.service.api.services.retentionRun.runOnce() }

  private func listed(_ visitor: Visitor, as who: String = "BAWASLU", _ query: String = "") throws -> [JSONValue] {
    try visitor.ask(as: who, "GET", "/v1/retention\(query)").json["items"].items
  }

  @Test("ends by the rule of its outcome, after a notice, unless somebody holds the case")
  func ends() async throws {
    try await withService { visitor in
      let paths = try ["A", "B", "C"].map { try visitor.makeCase(ref: $0) }
      for path in paths.prefix(2) { try cancel(path, visitor) }
      #expect(try listed(visitor).count == 2)
      let first = try #require(try listed(visitor).first)
      #expect(first["ended_on"].string == "2024-10-10" && first["due_on"].string == "2025-10-10")
      #expect(first["listed_on"] == .null && first["erased_from"].string == "2025-11-09" && first["years"].int == 1)
      visitor.clock.set("2025-10-09T10:00:00Z")
      await run(visitor)
      #expect(try listed(visitor)[0]["listed_on"] == .null)
      visitor.clock.set("2025-10-10T10:00:00Z")
      await run(visitor)
      #expect(try listed(visitor)[0]["listed_on"].string == "2025-10-10")
      let held = try visitor.post(
        "\(paths[1])/retention-holds", as: .bkn, #"{"reason":"x","until":"2025-11-30"}"#)
      #expect(held.status == 201)
      visitor.clock.set("2025-11-08T10:00:00Z")
      await run(visitor)
      #expect(try listed(visitor).count == 2)
      visitor.clock.set("2025-11-09T10:00:00Z")
      await run(visitor)
      let left = try listed(visitor)
      #expect(left.count == 1 && left[0]["held_by"].strings == ["BKN"])
      #expect(try visitor.get(paths[0], as: .bkn).json["erased_on"].string == "2025-11-09")
      let event = try visitor.get("\(paths[0])/history", as: .bkn).json["items"].items.last
      #expect(event?["agency"].string == "OPERATOR" && event?["details"]["ground"].string == "retention")
      #expect(event?["details"]["outcome"].string == "cancelled" && event?["details"]["years"].string == "1")
      // When a hold has ended, the notice begins anew.
      for day in ["2025-12-01", "2025-12-30"] {
        visitor.clock.set("\(day)T10:00:00Z")
        await run(visitor)
        #expect(try listed(visitor).map { $0["listed_on"].string } == ["2025-12-01"])
      }
      visitor.clock.set("2025-12-31T10:00:00Z")
      await run(visitor)
      #expect(try listed(visitor).isEmpty)
      #expect(try visitor.get(paths[1], as: .bkn).json["erased_on"].string == "2025-12-31")
      #expect(!(try visitor.get(paths[2], as: .bkn).json.has("erased_on")), "what goes on is kept")
    }
  }

  @Test("is shortened by nobody overnight: a new rule begins with a notice")
  func newRule() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try cancel(path, visitor)
      visitor.clock.set("2026-10-10T10:00:00Z")
      let rule = """
        [{"outcome":"cancelled","years":@,"legal_basis":"x","reason":"x","confidence":"unsure"}]
        """
      func put(_ years: String) throws -> HTTPAnswer {
        try visitor.ask(
          as: Service.operatorName, "PUT", "/v1/admin/reference/retention-rules", rule.replacing("@", with: years))
      }
      #expect(try put("0").status == 422 && put("101").status == 422 && put("\"1\"").status == 422)
      #expect(try put("9").status == 200)
      await run(visitor)
      #expect(try listed(visitor)[0]["due_on"].string == "2033-10-10")
      #expect(try put("1").status == 200)
      await run(visitor)
      #expect(try listed(visitor)[0]["listed_on"].string == "2026-10-10")
      // Taken back in time, it leaves no trace of having been due.
      #expect(try put("9").status == 200)
      visitor.clock.set("2026-12-10T10:00:00Z")
      await run(visitor)
      #expect(try put("1").status == 200)
      await run(visitor)
      #expect(try listed(visitor)[0]["listed_on"].string == "2026-12-10")
      #expect(!(try visitor.get(path, as: .bkn).json.has("erased_on")))
    }
  }

  @Test("is listed for the operator and BKN of every case, for others of their own, page by page")
  func list() async throws {
    try await withService { visitor in
      for number in 1...5 { try cancel(try visitor.makeCase(ref: "L-\(number)"), visitor) }
      let own = try visitor.makeCase(as: .panrb, ref: "L-6")
      try visitor.must("cancellations", on: own, as: .panrb, #"{"occurred_on":"2024-10-09","reason":"x"}"#)
      for (who, count) in [("OPERATOR", 6), ("BKN", 6), ("BAWASLU", 5), ("PANRB", 1), ("KEMENDAGRI", 0)] {
        #expect(try listed(visitor, as: who).count == count, "\(who)")
      }
      #expect(try listed(visitor, as: "OPERATOR")[0]["agency"].string == "PANRB", "what is due first comes first")
      var (seen, target): ([String], String?) = ([], "/v1/retention?limit=2&agency=BAWASLU")
      while let next = target {
        let page = try visitor.ask(as: "BKN", "GET", next).json
        seen += page["items"].items.compactMap { $0["number"].string }
        target = page["next_cursor"].string.map { "/v1/retention?limit=2&cursor=\($0)" }
      }
      #expect(seen.count == 5 && Set(seen).count == 5)
      #expect(try listed(visitor, as: "BKN", "?due_until=2025-10-09").count == 1)
      #expect(try visitor.ask(as: "BKN", "GET", "/v1/retention?agency=XX").status == 400)
      #expect(try visitor.ask(as: "BKN", "GET", "/v1/retention?due_until=x").status == 400)
      let table = try CSVReader.rows(visitor.ask(as: "OPERATOR", "GET", "/v1/retention?format=csv").body)
      #expect(table.count == 7 && table[0].fields.prefix(4) == ["case_id", "number", "agency", "stage"])
      let key = try await visitor.service.token(.agency(.bkn), [.sync])
      #expect(try visitor.ask(as: key, "GET", "/v1/retention").status == 403)
    }
  }
}
