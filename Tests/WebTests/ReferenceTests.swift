internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("Reference data")
struct ReferenceTests {
  private static let kinds = [
    "violations", "sanctions", "regions", "institutions", "elections", "positions", "agencies", "mandates",
    "clock-rules", "holidays", "motives", "source-channels",
  ]

  private func put(_ visitor: Visitor, _ target: String, _ body: String, csv: Bool = false) throws -> HTTPAnswer {
    try visitor.ask(
      as: Service.operatorName, "PUT", target, body, [("Content-Type", csv ? "text/csv" : "application/json")])
  }

  private func codes(_ visitor: Visitor, _ target: String) throws -> [String] {
    try visitor.get(target, as: .bkn).json["items"].items.compactMap { $0["code"].string ?? $0["date"].string }
  }

  @Test("of every kind is shown to every key, as of a day too")
  func lists() async throws {
    try await withService { visitor in
      for kind in Self.kinds {
        for who in agencies.map(\.rawValue) + [Service.operatorName] {
          let answer = try visitor.ask(as: who, "GET", "/v1/reference/\(kind)?as_of=2024-10-20")
          #expect(answer.status == 200 && answer.json["next_cursor"] == .null, "\(kind) \(who)")
        }
      }
      #expect(try codes(visitor, "/v1/reference/agencies").contains("KASN"))
      #expect(try codes(visitor, "/v1/reference/agencies?as_of=2024-08-31").contains("KASN"))
      let after = try codes(visitor, "/v1/reference/agencies?as_of=2024-09-01")
      #expect(!after.contains("KASN") && after.count == 4)
      #expect(try codes(visitor, "/v1/reference/regions?as_of=2020-01-01").contains("93") == false)
      #expect(try codes(visitor, "/v1/reference/regions?as_of=2024-01-01").filter { $0.count == 2 }.count == 38)
      #expect(try codes(visitor, "/v1/reference/violations").filter { $0.hasPrefix("KE-") }.count == 7)
    }
  }

  @Test("is added by JSON and by CSV, and is in force for the next request")
  func puts() async throws {
    try await withService { visitor in
      let json = try put(
        visitor, "/v1/admin/reference/institutions", #"[{"code":"uji","name":"Badan Uji","kind":"central"}]"#)
      #expect(json.status == 200 && json.json["rows"].int == 1 && json.json["kind"].string == "institutions")
      _ = try visitor.makeCase(#"{"institution":"uji"}"#)
      let csv = try put(
        visitor, "/v1/admin/reference/holidays",
        "date,name_id,name_en,kind,source\r\n2024-10-09,\"Libur, uji\",,holiday,SKB\r\n2024-10-10,Cuti,,collective_leave,SKB\r\n2025-01-01,Tahun Baru,,holiday,SKB\r\n",
        csv: true)
      // The case before is at no stage whose clock counts working days.
      #expect(csv.status == 200 && csv.json["rows"].int == 3 && csv.json["cases"].int == 0, "\(csv.text)")
      let path = try visitor.makeCase(ref: "2")
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"))
      let clocks = try visitor.get(path, as: .bkn).json["clocks"].items
      // Three working days after Tuesday the 8th, the 9th and 10th being free: 11th, 14th, 15th.
      #expect(clocks.first { $0["kind"].string == "study" }?["due_on"].string == "2024-10-15")
    }
  }

  @Test(
    "with a bad row changes nothing",
    arguments: [
      (false, "holidays", #"[{"date":"2026-05-05","name_id":"N","kind":"holiday","source":"S"},{"date":"x"}]"#, 422),
      (false, "holidays", #"[{"date":"2026-05-05","name_id":"N","kind":"holiday","source":"S","x":1}]"#, 422),
      (false, "holidays", #"[{"date":"2026-05-05"}]"#, 422), (false, "holidays", "[]", 422),
      (false, "holidays", "{}", 422), (false, "holidays", "[1]", 422), (false, "holidays", "[", 400),
      (true, "holidays", "date,name_id,kind,source\n2026-05-05,N,holiday,S\n2026-13-25,N,holiday,S\n", 422),
      (true, "holidays", "date,name_id,kind,source\n2026-05-05,N,holiday,S\n2026-05-06,N\n", 400),
      (true, "holidays", "date,name_id,kind,source,x\n2026-05-05,N,holiday,S,1\n", 422),
      (true, "holidays", "date,name_id\n\"2026-05-05,N\n", 400), (true, "holidays", "", 422),
      (
        false, "holidays",
        #"[{"date":"2026-05-05","name_id":"N","kind":"holiday","source":"S"},{"date":"2026-05-05","name_id":"N","kind":"holiday","source":"S"}]"#,
        422
      ),
      (false, "holidays", #"[{"date":"2099-05-05","name_id":"N","kind":"holiday","source":"S"}]"#, 422),
      (
        false, "clock-rules",
        #"[{"kind":"study","length":0,"unit":"days","starts_at":"verified","stops_at":["studied","not_proven"],"time_zone":"Asia/Jakarta","legal_basis":"x"}]"#,
        422
      ),
      (
        false, "violations",
        #"[{"code":"KE-01","catalogue":"skb-2022","conduct":"display_material","label_id":"A","label_en":"B","aspect":"politics","category":"none","period":"before_determination","requires_no_unpaid_leave":false,"sanction_level":"moral","sanctions":["MOR-TUTUP"],"legal_basis":["UU"],"confidence":"full"}]"#,
        422
      ),
      (
        false, "violations",
        #"[{"code":"KE-01","catalogue":"skb-2022","conduct":"display_material","label_id":"A","label_en":"B","aspect":"politics","category":"ethics","period":"before_determination","requires_no_unpaid_leave":false,"sanction_level":"heavy","sanctions":["MOR-TUTUP"],"legal_basis":["UU"],"confidence":"full"}]"#,
        422
      ),
      (
        false, "violations",
        #"[{"code":"KE-01","catalogue":"skb-2022","conduct":"display_material","label_id":"A","label_en":"B","aspect":"politics","category":"discipline","period":"before_determination","requires_no_unpaid_leave":false,"sanction_level":"moral","sanctions":["MOR-TUTUP"],"legal_basis":["UU"],"confidence":"full"}]"#,
        422
      ),
      (false, "institutions", #"[{"code":"uji","name":"Uji","kind":"galactic"}]"#, 422),
      (false, "institutions", #"[{"code":"kemenag","name":"Uji","kind":"regional"}]"#, 422),
      (true, "institutions", "code,name,kind,name\nuji,Uji,central,Uji\n", 400),
      (false, "regions", #"[{"code":"77.01","name":"Uji","level":"regency","province":"77"}]"#, 422),
      (false, "mandates", #"[{"id":14,"kind":"recommend","agency":"PANRB","scope":"all","legal_basis":"x"}]"#, 422),
      (false, "mandates", #"[{"id":77,"kind":"study","agency":"NOBODY","scope":"all","legal_basis":"x"}]"#, 422),
      (false, "mandates", #"[{"id":77,"kind":"study","agency":"BKN","scope":"all"}]"#, 422),
      (false, "mandates", #"[{"id":77,"kind":"study","agency":"BKN","scope":"all","legal_basis":""}]"#, 422),
    ] as [(Bool, String, String, Int)])
  func badRows(_ isCSV: Bool, _ kind: String, _ body: String, _ status: Int) async throws {
    try await withService { visitor in
      let before = try visitor.get("/v1/reference/\(kind)", as: .bkn).body
      let answer = try put(visitor, "/v1/admin/reference/\(kind)", body, csv: isCSV)
      #expect(answer.status == status, "\(answer.text)")
      if status == 422 { #expect(answer.json["errors"][0]["pointer"].string != nil) }
      #expect(try visitor.get("/v1/reference/\(kind)", as: .bkn).body == before)
    }
  }

  @Test("in a file that names a column twice is refused with the column's name")
  func repeatedColumn() async throws {
    try await withService { visitor in
      let file = "code,name,kind,name\nuji,A,central,B\n"
      for (language, text) in [("en", "names the column name twice"), ("id", "memuat kolom name dua kali")] {
        let answer = try visitor.ask(
          as: Service.operatorName, "PUT", "/v1/admin/reference/institutions", file,
          [("Content-Type", "text/csv"), ("Accept-Language", language)])
        #expect(answer.status == 400 && answer.json["detail"].string?.contains(text) == true, "\(answer.text)")
      }
    }
  }

  @Test("says of a settled field what to do instead")
  func settled() async throws {
    try await withService { visitor in
      for (kind, file, pointer, text) in [
        ("institutions", "code,name,kind\nkemenag,Kementerian Agama,regional\n", "/0/kind", "a new first day"),
        (
          "sanctions", "code,level,label_id,label_en,legal_basis,regime\nRIN-1,medium,A,B,PP,all\n", "/0/level",
          "a new code"
        ),
      ] {
        let answer = try put(visitor, "/v1/admin/reference/\(kind)", file, csv: true)
        let error = answer.json["errors"][0]
        #expect(answer.status == 422 && error["pointer"].string == pointer, "\(answer.text)")
        #expect(error["code"].string == "not_allowed" && error["detail"].string?.hasSuffix("\(text).") == true)
      }
    }
  }

  @Test("of mandates is ended and added with a legal basis, judged by the day of the act")
  func mandates() async throws {
    try await withService { visitor in
      let shown = try visitor.ask(as: Service.operatorName, "GET", "/v1/admin/mandates").json["items"].items
      let study = try #require(shown.first { $0["kind"].string == "study" && $0["agency"].string == "BAWASLU" })
      var ended = JSONWriter()
      ended.value(study)
      let row = merged(String(decoding: ended.bytes, as: UTF8.self), #"{"until":"2024-10-08"}"#)
      let new = #"{"id":77,"kind":"study","agency":"PANRB","from":"2024-10-09","scope":"all","legal_basis":"Uji"}"#
      #expect(try put(visitor, "/v1/admin/mandates", "[\(row),\(new)]").status == 200)
      let path = try visitor.makeCase()
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"))
      for (who, date, status) in [
        (AgencyCode.bawaslu, "2024-10-09", 403), (.panrb, "2024-10-08", 403), (.panrb, "2024-10-09", 201),
      ] {
        let answer = try visitor.act("studies", on: path, as: who, ActionBodies.valid(.studies, on: date))
        #expect(answer.status == status, "\(who) \(date): \(answer.text)")
      }
      let own = try visitor.get("/v1/whoami", as: .bawaslu).json["mandates"].items
      #expect(own.first { $0["kind"].string == "study" }?["in_force"].bool == false)
    }
  }

  @Test("is the base of a classification, with its reasons")
  func classification() async throws {
    try await withService { visitor in
      for (date, conduct, code) in [
        ("2024-09-21", "social_media_engagement", "KE-04"), ("2024-09-22", "social_media_engagement", "DS-06"),
        ("2024-10-02", "photo", "DS-07"),
      ] {
        let body =
          #"{"election":"pilkada-2024","occurred_on":"\#(date)","supports":"\#(code.hasPrefix("KE") ? "prospective_candidate" : "candidate")","conduct":"\#(conduct)"}"#
        let answers = try ["en", "id"].map {
          try visitor.ask(as: .bkn, "POST", "/v1/classification", body, [("Accept-Language", $0)])
        }
        #expect(answers[0].status == 200 && answers[0].json["suggestion"]["violation"].string == code, "\(date)")
        #expect(!answers[0].json["reasons"].strings.isEmpty && answers[0].json["reasons"] != answers[1].json["reasons"])
      }
      let wrong = try visitor.ask(as: .bkn, "POST", "/v1/classification", #"{"election":"x","y":1}"#)
      #expect(wrong.status == 422)
    }
  }

  @Test("holds the policy as the handbook has it")
  func policy() async throws {
    try await withService { visitor in
      for who in agencies.map(\.rawValue) + [Service.operatorName] {
        let policy = try visitor.ask(as: who, "GET", "/v1/policy").json
        let table = policy["agencies"]
        #expect(Set(table.names) == ["BAWASLU", "BKN", "KASN", "KEMENDAGRI", "PANRB"])
        #expect(Set(table["KEMENDAGRI"]["rows"].strings) == ["regional", "own"])
        #expect(Set(table["PANRB"]["subject"].strings) == ["from_recommended", "own"])
        #expect(table["PANRB"]["narrative"].strings == ["own"] && table["BKN"]["reporter"].strings == ["own"])
        #expect(Set(table["KASN"]["evidence"].strings) == ["from_verified", "own"])
        let added = policy["any_other_agency"]
        #expect(added["rows"].strings == ["always"])
        for group in ["subject", "narrative", "evidence", "reporter"] { #expect(added[group].strings == ["own"]) }
      }
    }
  }
}
