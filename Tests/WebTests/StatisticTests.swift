internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import Storage
internal import TestSupport
internal import Testing
internal import Web

@Suite("Statistics")
struct StatisticTests {
  @Test(
    "name the parameter that is wrong",
    arguments: [
      ("funnel?as_of=2026-01-01", "as_of"), ("funnel?as_of=2024-10-05", "as_of"), ("funnel?as_of=4.12.2024", "as_of"),
      ("funnel?as_of=2024-10-05&basis=recorded", "as_of"), ("funnel?basis=true", "basis"),
      ("funnel?unit=kasus", "unit"),
      ("funnel?group_by=nip", "group_by"), ("funnel?group_by=", "group_by"),
      ("funnel?group_by=region&group_by=region", "group_by"), ("funnel?nip=198609262015051001", "nip"),
      ("funnel?q=rapat", "q"), ("funnel?agency_ref=1", "agency_ref"), ("funnel?of=decided", "of"),
      ("funnel?election=pilkada-1999", "election"), ("funnel?region=99", "region"), ("funnel?region=x", "region"),
      ("funnel?institution=nowhere", "institution"), ("funnel?violation=XX-01", "violation"),
      ("funnel?category=crime", "category"), ("funnel?reporting_class=pelaksana", "reporting_class"),
      ("funnel?reported_by=NASA", "reported_by"), ("funnel?cohort=15", "cohort"),
      ("funnel?stage=received,done", "stage"), ("funnel?stage=received,", "stage"),
      ("funnel?occurred_from=2024-10-03&occurred_until=2024-10-02", "occurred_until"),
      ("funnel?as_of=2024-10-10&occurred_from=2024-10-11", "occurred_from"),
      ("funnel?violation=KE-04&category=discipline", "category"),
      ("funnel?institution=16.71&institution_kind=central", "institution_kind"),
      ("sanctions?of=both", "of"), ("timeliness?unit=person", "unit"), ("equal-treatment", "violation"),
      ("equal-treatment?violation=DS-06&category=discipline", "category"),
      ("equal-treatment?violation=DS-06&group_by=institution", "group_by"),
    ])
  func badInput(_ question: String, _ parameter: String) async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      let answer = try visitor.get("/v1/statistics/\(question)", as: .bkn)
      #expect(answer.status == 400, "\(answer.text)")
      #expect(answer.json["errors"][0]["parameter"].string == parameter, "\(answer.text)")
    }
  }

  @Test("say what was counted how, and are the same figure for all who see the same")
  func figure() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      _ = try visitor.makeCase(#"{"institution":"kemenag"}"#, ref: "2")
      let path = "/v1/statistics/funnel?election=pilkada-2024&group_by=institution_kind"
      let answer = try visitor.get(path, as: .bkn)
      let json = answer.json
      #expect(json["statistic"].string == "funnel" && json["definition"].string == "funnel/2")
      #expect(json["unit"].string == "case" && json["basis"].string == "effective" && json["seq"].int == 2)
      #expect(json["scope"]["rows"].strings == ["always"] && json["election"].string == "pilkada-2024")
      #expect(json["total"]["reported"].int == 2)
      #expect(json["groups"].items.map { $0["key"].string } == ["central", "regional"])
      #expect(json["groups"][0]["label"]["id"].string == "Instansi pusat")
      for other in [AgencyCode.bawaslu, .kasn, .panrb] { #expect(try visitor.get(path, as: other).body == answer.body) }
      let kemendagri = try visitor.get(path, as: .kemendagri).json
      #expect(kemendagri["total"]["reported"].int == 1 && kemendagri["figure_id"] != json["figure_id"])
      #expect(kemendagri["scope"]["rows"].strings == ["own", "regional"])
      let tag = try #require(answer["etag"])
      let again = try visitor.get(path, as: .bkn, [("If-None-Match", tag)])
      #expect(again.status == 304)
    }
  }

  @Test("stay the figure they were, and tell which changes have made another answer")
  func comparison() async throws {
    try await withService { visitor in
      let first = try visitor.makeCase()
      let central = try visitor.makeCase(#"{"institution":"kemenag"}"#, ref: "2")
      let asked = try visitor.get("/v1/statistics/funnel?as_of=2024-10-10", as: .bkn)
      let id = asked.json["figure_id"].string ?? ""
      let same = try visitor.get("/v1/figures/\(id)", as: .panrb).json
      #expect(same["today"]["same"].bool == true && same["today"]["reproduced"].bool == true)
      for path in [first, central] {
        let done = try visitor.act(
          "verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
        #expect(done.status == 201)
      }
      // A note changes no figure, and is nobody else's to see.
      _ = try visitor.act("notes", on: first, as: .bkn, #"{"occurred_on":"2024-10-09","text":"Catatan."}"#)
      let later = try visitor.get("/v1/figures/\(id)", as: .bkn)
      #expect(later.text.hasPrefix("{\"figure\":\(asked.text)"))
      let today = later.json["today"]
      #expect(today["same"].bool == false && today["reproduced"].bool == true && today["seq"].int == 5)
      #expect(today["differences"].items.map { $0["metric"].string } == ["verified"])
      #expect(today["differences"][0]["then"].int == 0 && today["differences"][0]["now"].int == 2)
      #expect(today["cases"]["count"].int == 2)
      let changed = today["cases"]["items"].items
      #expect(changed.map { "/v1/cases/\($0["case_id"].string ?? "")" } == [first, central])
      #expect(changed.map { $0["changes"].items.map { $0["what"].string } } == [["verifications"], ["verifications"]])
      // What counts cases that an agency may not know of does not exist for it.
      #expect(try visitor.get("/v1/figures/\(id)", as: .kemendagri).status == 404)
      #expect(try visitor.get("/v1/figures/fig_00000000000000000000000000", as: .bkn).status == 404)
    }
  }

  @Test("list no case to a key that may not read cases")
  func statisticsAlone() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let id = try visitor.get("/v1/statistics/stages", as: .bkn).json["figure_id"].string ?? ""
      _ = try visitor.act("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
      let token = try await visitor.service.token(.agency(.bkn), [.statistics])
      let answer = try visitor.ask(
        "GET", "/v1/figures/\(id)", [("Authorization", "Bearer \(token)")])
      #expect(answer.json["today"]["cases"]["count"].int == 1)
      #expect(answer.json["today"]["cases"]["items"] == .null && !answer.text.contains("verifications"))
    }
  }

  @Test("set what agencies have published beside what the record says")
  func published() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      let body = """
        {"election":"pilkada-2024","as_of":"2024-10-10","published_on":"2024-10-11","unit":"person",
         "values":{"reported":3,"recommended":1},"source":"Siaran pers contoh"}
        """
      let fields = [("Idempotency-Key", "p-1"), ("Content-Type", "application/json")]
      let made = try visitor.ask(as: .bawaslu, "POST", "/v1/published-figures", body, fields)
      #expect(made.status == 201 && made["location"] == "/v1/published-figures/1", "\(made.text)")
      #expect(made.json["effective"]["reported"]["own"].int == 1)
      #expect(made.json["effective"]["reported"]["difference"].int == 2)
      #expect(made.json["agency"].string == "BAWASLU")
      let again = try visitor.ask(as: .bawaslu, "POST", "/v1/published-figures", body, fields)
      #expect(again.json["id"].int == 1 && again["idempotency-replayed"] == "true")
      let list = try visitor.get("/v1/published-figures?election=pilkada-2024", as: .kemendagri).json
      #expect(list["items"].items.count == 1)
      let other = try visitor.get("/v1/published-figures/1", as: .panrb).json
      #expect(
        other["values"] == made.json["values"] && other["effective"]["reported"] == made.json["effective"]["reported"])
      // PANRB counts persons that are withheld from it case by case, and is told so.
      #expect(other["scope"]["agency"].string == "PANRB" && made.json["scope"]["agency"] == .null)
      #expect(try visitor.get("/v1/published-figures/2", as: .panrb).status == 404)
      let next = body.replacing("2024-10-10", with: "2024-10-09")
      let later = try visitor.ask(
        as: .bkn, "POST", "/v1/published-figures", next,
        [("Idempotency-Key", "p-2"), ("Content-Type", "application/json")])
      #expect(later.status == 201, "\(later.text)")
      let first = try visitor.get("/v1/published-figures?election=pilkada-2024&limit=1", as: .panrb)
      #expect(first.json["items"].items.map { $0["id"].int } == [2])
      let cursor = try #require(first.json["next_cursor"].string)
      let second = try visitor.get("/v1/published-figures?limit=1&cursor=\(cursor)", as: .panrb).json
      #expect(second["items"].items.map { $0["id"].int } == [1] && second["next_cursor"] == .null)
      // A cursor belongs to one list, one filter and one agency.
      for (target, who) in [
        ("published-figures?election=pemilu-2024&", AgencyCode.panrb), ("published-figures?", .bkn),
        ("reconciliations?", .panrb), ("cases?", .panrb),
      ] {
        #expect(try visitor.get("/v1/\(target)cursor=\(cursor)", as: who).json["code"].string == "invalid_cursor")
      }
      let wrong = [
        #"{"as_of":"2030-01-01"}"#: "/as_of", #"{"values":{"reported":null,"recommended":null}}"#: "/values",
        #"{"values":{"blocked":-1}}"#: "/values/blocked",
        #"{"region":"98"}"#: "/region", #"{"election":"x"}"#: "/election", #"{"source":""}"#: "/source",
        #"{"more":1}"#: "/more", #"{"values":{"votes":1}}"#: "/values/votes",
      ]
      for (patch, pointer) in wrong {
        let answer = try visitor.ask(
          as: .bkn, "POST", "/v1/published-figures", merged(body, patch),
          [("Idempotency-Key", "w-1"), ("Content-Type", "application/json")])
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.json["errors"].items.contains { $0["pointer"].string == pointer }, "\(answer.text)")
      }
    }
  }

  @Test("tell nobody that two withheld persons are one")
  func withheldPersons() async throws {
    try await withService { visitor in
      let first = try visitor.makeCase()
      _ = try visitor.makeCase(ref: "2")
      let path = "/v1/statistics/funnel?unit=person"
      let seen = try visitor.get(path, as: .bkn).json
      #expect(seen["total"]["reported"].int == 1 && seen["scope"]["agency"] == .null)
      #expect(try visitor.get(path, as: .bawaslu).json == seen)
      for agency in [AgencyCode.panrb, .kasn, .kemendagri] {
        let answer = try visitor.get(path, as: agency).json
        #expect(answer["total"]["reported"].int == 2 && answer["scope"]["agency"].string == agency.rawValue)
        // Nor by the name of somebody else's figure.
        #expect(try visitor.get("/v1/figures/\(seen["figure_id"].string ?? "")", as: agency).status == 404)
        #expect(try visitor.get("/v1/figures/\(answer["figure_id"].string ?? "")", as: .bkn).status == 200)
      }
      try visitor.must("verifications", on: first, as: .bkn, #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
      // KASN sees the person of a verified case, and still not that of the other.
      #expect(try visitor.get(path, as: .kasn).json["total"]["reported"].int == 2)
    }
  }

  @Test("stay readable and keep their levels when reference data change")
  func referenceChange() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      let asked = try visitor.get("/v1/statistics/funnel?institution=16.71&institution_kind=regional", as: .bkn)
      let id = asked.json["figure_id"].string ?? ""
      let row = #"[{"code":"16.71","name":"Kota Contoh","kind":"central","valid_from":"2024-10-21"}]"#
      let put = try visitor.ask(
        as: Service.operatorName, "PUT", "/v1/admin/reference/institutions", row, [("Content-Type", "application/json")]
      )
      #expect([200, 422].contains(put.status), "\(put.text)")
      visitor.service.clock.set("2024-10-19T03:00:00Z")
      let figure = try visitor.get("/v1/figures/\(id)", as: .bkn)
      #expect(figure.status == 200 && figure.json["figure"] == asked.json, "\(figure.text)")
    }
  }

  @Test("name the leaf that had changed reference data last when they were counted")
  func referenceRevision() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      let store = visitor.service.store
      let before = try #require(store.reference.revision)
      let leaf = try store.read(on: 0) { try $0.otherLeaves(from: before, limit: 1).first }
      #expect(leaf?.index == before && leaf?.kind == .reference)
      let asked = try visitor.get("/v1/statistics/stages", as: .bkn)
      #expect(asked.json["reference_revision"].int == Int(before))
      let id = asked.json["figure_id"].string ?? ""
      let put = try visitor.ask(
        as: Service.operatorName, "PUT", "/v1/admin/reference/holidays",
        #"[{"date":"2024-12-27","name_id":"Libur","kind":"holiday","source":"SKB"},{"date":"2025-01-01","name_id":"Libur","kind":"holiday","source":"SKB"}]"#,
        [("Content-Type", "application/json")])
      #expect(put.status == 200, "\(put.text)")
      let after = try #require(store.reference.revision)
      #expect(after > before)
      let other = try visitor.get("/v1/statistics/funnel?format=csv", as: .bkn).text
      let lines = other.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let column = try #require(lines[0].firstIndex(of: "reference_revision"))
      #expect(lines[1][column] == "\(after)")
      // What was issued stays, and is counted again with the data of today.
      #expect(try visitor.get("/v1/statistics/stages", as: .bkn).body == asked.body)
      let figure = try visitor.get("/v1/figures/\(id)", as: .bkn).json
      #expect(figure["figure"] == asked.json && figure["today"]["reference_revision"].int == Int(after))
      #expect(figure["today"]["reproduced"].bool == true)
    }
  }

  @Test("are issued as often a day as is set, and those that were issued stay")
  func quota() async throws {
    try await withService(
      { $0.figuresPerAgencyPerDay = 2 },
      { visitor in
        _ = try visitor.makeCase()
        let days = ["2024-10-07", "2024-10-08", "2024-10-09"].map { "/v1/statistics/stages?as_of=\($0)" }
        let answers = try days.map { try visitor.get($0, as: .bkn) }
        #expect(answers.map(\.status) == [200, 200, 429])
        #expect(answers[2]["ratelimit"]?.hasPrefix("\"figures\"") == true)
        #expect(answers[2]["retry-after"] == "50400")
        #expect(try visitor.get(days[0], as: .bkn).body == answers[0].body)
        // Others have a day of their own; what is the same is stored once.
        #expect(try visitor.get(days[0], as: .panrb).body == answers[0].body)
        #expect(try visitor.get(days[2], as: .panrb).status == 200)
        visitor.service.clock.set("2024-10-20T17:00:01Z")
        #expect(try visitor.get("/v1/statistics/stages?as_of=2024-10-10", as: .bkn).status == 200)
      })
  }

  @Test("are a table of one number a line in CSV")
  func csv() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      let answer = try visitor.get("/v1/statistics/funnel?group_by=province", as: .bkn, [("Accept", "text/csv")])
      let rows = try CSVReader.rows(answer.body).map(\.fields)
      #expect(rows.count == 1 + 16 + 16 && Set(rows.map(\.count)) == [21])
      let reported = try #require(rows.first { $0[13] == "16" && $0[16] == "reported" })
      #expect(reported.last == "Reported (not rejected)")
      #expect(reported[17] == "1" && reported[14] == "Sumatera Selatan" && reported[9] == "all")
      #expect(try visitor.get("/v1/statistics/funnel", as: .bkn, [("Accept", "text/html")]).status == 406)
    }
  }
}
