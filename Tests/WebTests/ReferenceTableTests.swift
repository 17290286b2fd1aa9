internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("Reference data as a table")
struct ReferenceTableTests {
  private func put(_ visitor: Visitor, _ kind: String, _ body: String, csv: Bool) throws -> HTTPAnswer {
    try visitor.ask(
      as: Service.operatorName, "PUT", "/v1/admin/reference/\(kind)?dry_run=true", body,
      [("Content-Type", csv ? "text/csv" : "application/json")])
  }

  @Test("of every kind can be sent as it is had, separated by commas or semicolons", arguments: ReferenceKind.allCases)
  func there(kind: ReferenceKind) async throws {
    try await withService { visitor in
      let count = try visitor.get("/v1/reference/\(kind.rawValue)?format=ndjson", as: .bkn).lines.count
      let csv = try visitor.get("/v1/reference/\(kind.rawValue)?format=csv", as: .bkn)
      #expect(csv["content-type"] == "text/csv; charset=utf-8; header=present" && count > 0)
      let back = try put(visitor, kind.rawValue, csv.text, csv: true)
      #expect(back.status == 200 && back.json["rows"].int == count, "\(back.text.prefix(300))")
      let header = csv.text.utf8.split(separator: 13)[0]
      let documented = try visitor.ask("GET", "/docs/reference", []).text
      for column in String(Substring(header)).split(separator: ",") { #expect(documented.contains("\(column)")) }
    }
  }

  @Test("may be separated by semicolons, and an election may await its days")
  func semicolons() async throws {
    try await withService { visitor in
      let rows =
        "key;name_id;kind;voting_on;contests\r\npemilu-2029;Pemilu 2029;pemilu;;\"[{\"\"key\"\":\"\"pemilu-2029/dpr\"\"}]\"\r\n"
      let answer = try visitor.ask(
        as: Service.operatorName, "PUT", "/v1/admin/reference/elections", rows, [("Content-Type", "text/csv")])
      #expect(answer.status == 200, "\(answer.text)")
      let body =
        #"{"election":"pemilu-2029","occurred_on":"2024-10-02","supports":"candidate","conduct":"display_material"}"#
      let judged = try visitor.ask(as: .bkn, "POST", "/v1/classification", body)
      #expect(judged.status == 200 && judged.json["determined_on"] == .null, "\(judged.text)")
      #expect(judged.json["reasons"][0].string?.contains("not decreed") == true)
      _ = try visitor.makeCase(#"{"election":"pemilu-2029"}"#)
      let release = try visitor.ask("GET", "/v1/public/statistics/funnel?election=pemilu-2029", [])
      #expect(release.status == 400 && release.text.contains("not decreed"), "\(release.text)")
      let listed = try visitor.ask("GET", "/v1/public/releases", []).json["items"].items
      #expect(listed.contains { $0["election"].string == "pemilu-2029" && $0["voting_on"] == .null })
      let csv = try visitor.get("/v1/reference/elections?format=csv", as: .bkn)
      #expect(csv.text.contains("pemilu-2029/dpr"))
    }
  }

  @Test("names the field that is wrong")
  func errors() async throws {
    try await withService { visitor in
      for (kind, body, pointer, code) in [
        ("holidays", #"[{"date":"2027-01-01","kind":"holiday","source":"x"}]"#, "/0/name_id", "required"),
        ("holidays", #"[{"date":"2027-13-01","name_id":"x","kind":"holiday","source":"x"}]"#, "/0/date", "format"),
        ("holidays", #"[{"date":"2027-01-01","name_id":7,"kind":"holiday","source":"x"}]"#, "/0/name_id", "type"),
        (
          "holidays", #"[{"date":"2027-01-01","name_id":"a\u200bb","kind":"holiday","source":"x"}]"#, "/0/name_id",
          "format"
        ),
        ("regions", #"[{"code":"73","level":"province"}]"#, "/0/name", "required"),
        ("elections", #"[{"key":"x","name_id":"x","kind":"pilkada","contests":"x"}]"#, "/0/contests", "type"),
        (
          "elections", #"[{"key":"x","name_id":"x","kind":"pilkada","regions_count":"x","contests":[{"key":"x/a"}]}]"#,
          "/0/regions_count", "type"
        ),
        ("clock-rules", #"[{"kind":"study","unit":"days"}]"#, "/0/length", "required"),
      ] {
        let answer = try put(visitor, kind, body, csv: false)
        let found = answer.json["errors"].items.map { "\($0["pointer"].string ?? "") \($0["code"].string ?? "")" }
        #expect(answer.status == 422 && found.contains("\(pointer) \(code)"), "\(body) \(answer.text)")
      }
      let csv = try put(visitor, "holidays", "date;name_id;kind;source\n2027-01-01;;holiday;x\n", csv: true)
      #expect(csv.status == 422 && csv.json["errors"][0]["pointer"].string == "/0/name_id")
      #expect(csv.json["errors"][0]["detail"].string?.hasPrefix("Line 2: ") == true)
    }
  }

  @Test("of releases is had without a key, and a question without an election says which there are")
  func releases() async throws {
    try await withService { visitor in
      for format in ["json", "ndjson", "csv"] {
        let answer = try visitor.ask("GET", "/v1/public/releases?format=\(format)", [])
        #expect(answer.status == 200 && answer.text.contains(format == "csv" ? "election,name_id" : "pilkada-2024"))
        #expect(answer["access-control-allow-origin"] == "*" && answer["cache-control"]?.hasPrefix("public") == true)
      }
      for query in ["", "?election=nothing"] {
        let answer = try visitor.ask("GET", "/v1/public/statistics/funnel\(query)", [])
        let error = answer.json["errors"][0]
        #expect(answer.status == 400 && error["parameter"].string == "election")
        #expect(
          error["detail"].string?.contains("pilkada-2024") == true
            && error["detail"].string?.contains("pilkada-2020") == true)
      }
    }
  }
}
