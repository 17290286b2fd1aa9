internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("A search for cases")
struct SearchTests {
  private static func refs(_ answer: HTTPAnswer) -> [String] {
    answer.json["items"].items.compactMap { $0["source"]["agency_ref"].string }
  }

  private static func fill(_ visitor: Visitor) throws {
    for (index, change) in [
      "{}", #"{"subject":{"name":"Budi Santoso","nip":"198609262015051002"}}"#,
      #"{"subject":{"name":"André Müller-Santoso","nip":null,"nik":"1671012609860001"}}"#,
      #"{"subject":{"name":"SITI","nip":"198609262015051003","nik":"1671012609860002"},"act":{"narrative":"Budi hadir."}}"#,
      #"{"region":"16","institution":"16","subject":{"nip":"198609262015051004"},"act":{"narrative":"Hadir, lalu pulang."}}"#,
    ].enumerated() {
      visitor.clock.advance(seconds: 1)
      _ = try visitor.makeCase(change, ref: "c\(index)")
    }
  }

  private static func search(_ visitor: Visitor, _ body: String, as who: AgencyCode = .bkn, type: String? = nil) throws
    -> HTTPAnswer
  {
    try visitor.ask(as: who, "POST", "/v1/case-searches", body, type.map { [("Accept", $0)] } ?? [])
  }

  @Test("is narrowed by each of its members")
  func filters() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      let all = (0...4).map { "c\($0)" }
      let table: [(String, [String])] = [
        ("{}", all), (#"{"nip":"198609262015051002"}"#, ["c1"]), (#"{"nip":"198609262015051009"}"#, []),
        (#"{"nik":"1671012609860001"}"#, ["c2"]), (#"{"nik":"1671012609860002"}"#, ["c3"]),
        (#"{"nik":"1671012609860003"}"#, []), (#"{"name":"budi"}"#, ["c1"]), (#"{"name":"SANTOSO"}"#, ["c1", "c2"]),
        (#"{"name":"santoso budi"}"#, ["c1"]), (#"{"name":"  santoso\tandre "}"#, ["c2"]),
        (#"{"name":"muller"}"#, ["c2"]), (#"{"name":"Mu\u0308ller"}"#, ["c2"]), (#"{"name":"müller-santoso"}"#, ["c2"]),
        (#"{"name":"santos"}"#, []), (#"{"name":"hadir"}"#, []), (#"{"name":"siti","nip":"198609262015051002"}"#, []),
        (#"{"q":"budi"}"#, ["c3"]), (#"{"q":"HADIR"}"#, ["c3", "c4"]), (#"{"q":"pulang hadir"}"#, ["c4"]),
        (#"{"q":"santoso"}"#, []), (#"{"q":"hadir","name":"siti"}"#, ["c3"]), (#"{"name":"\"*()"}"#, []),
        (#"{"name":"NOT OR names:budi"}"#, []), (#"{"q":"hadir","region":"16.71"}"#, ["c3"]),
        (#"{"number":"2024-000003"}"#, ["c2"]), (#"{"agency_ref":"c4"}"#, ["c4"]), (#"{"stage":"received"}"#, all),
        (#"{"stage":["verified"]}"#, []), (#"{"stage":["verified","received"],"name":"siti"}"#, ["c3"]),
        (#"{"overdue":true}"#, all), (#"{"overdue":false}"#, []), (#"{"election":"pilkada-2024","nip":null}"#, all),
        (#"{"reported_by":"BAWASLU","occurred_from":"2024-10-02","occurred_until":"2024-10-02"}"#, all),
      ]
      visitor.clock.advance(seconds: 86_400 * 30)
      for (body, expected) in table {
        let counted = body == "{}" ? #"{"count":"exact"}"# : "{\"count\":\"exact\",\(body.dropFirst())"
        let answer = try Self.search(visitor, counted)
        #expect(answer.status == 200, "\(body): \(answer.text)")
        #expect(Self.refs(answer) == expected.reversed(), "\(body)")
        #expect(answer.json["count"].int == expected.count, "\(body)")
      }
    }
  }

  @Test("finds by the facts as they are corrected, and no longer by what they were")
  func corrected() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(#"{"subject":{"name":"Salah Nama","nip":null,"nik":"1671012609860001"}}"#)
      let patch = #"{"reason":"x","subject":{"name":"Nama Benar","nik":"1671012609860002"}}"#
      #expect(try visitor.patch(path, as: .bawaslu, patch).status == 200)
      for (body, count) in [
        (#"{"name":"salah"}"#, 0), (#"{"name":"benar nama"}"#, 1), (#"{"nik":"1671012609860001"}"#, 0),
        (#"{"nik":"1671012609860002"}"#, 1), (#"{"q":"uraian"}"#, 1),
      ] {
        #expect(Self.refs(try Self.search(visitor, body)).count == count, "\(body)")
      }
    }
  }

  @Test("goes on with the cursor in its body, in every format, and with no other list's, agency's or question's")
  func pages() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      for type in ["application/json", "application/x-ndjson", "text/csv"] {
        var (found, body): (Int, String?) = (0, #"{"limit":2,"sort":"created","stage":["received"]}"#)
        var cursors: [String] = []
        while let asked = body {
          let answer = try Self.search(visitor, asked, type: type)
          #expect(answer.status == 200 && answer["link"] == nil)
          switch type {
          case "application/json": found += Self.refs(answer).count
          case "text/csv": found += try CSVReader.rows(answer.body).count - 1
          default: found += answer.lines.count
          }
          let cursor = answer["netral-next-cursor"]
          if type == "application/json" { #expect(answer.json["next_cursor"].string == cursor) }
          cursors += cursor.map { [$0] } ?? []
          body = cursor.map { #"{"limit":2,"cursor":"\#($0)"}"# }
        }
        #expect(found == 5 && Set(cursors).count == 2, "\(type): \(found)")
        let cursor = try #require(cursors.first)
        #expect(
          try Self.search(visitor, #"{"cursor":"\#(cursor)","stage":["received"],"sort":"created"}"#).status == 200)
        let wrong: [(AgencyCode, String)] = [
          (.bawaslu, #"{"cursor":"\#(cursor)"}"#), (.bkn, #"{"cursor":"\#(cursor)","sort":"updated"}"#),
          (.bkn, #"{"cursor":"\#(cursor)A"}"#), (.bkn, #"{"cursor":"x"}"#),
        ]
        for (agency, body) in wrong {
          let answer = try Self.search(visitor, body, as: agency)
          #expect(answer.status == 400 && answer.json["code"].string == "invalid_cursor", "\(body)")
          #expect(answer.json["errors"][0]["pointer"].string == "/cursor", "\(body)")
        }
        #expect(try visitor.get("/v1/cases?cursor=\(cursor)", as: .bkn).status == 400)
        #expect(try visitor.get("/v1/clocks?cursor=\(cursor)", as: .bkn).status == 400)
      }
      let listed = try #require(try visitor.get("/v1/cases?limit=1", as: .bkn).json["next_cursor"].string)
      #expect(try Self.search(visitor, #"{"cursor":"\#(listed)"}"#).status == 400)
    }
  }

  @Test(
    "with a wrong member is refused with its pointer",
    arguments: [
      (#"{"nip":"1"}"#, "/nip"), (#"{"nip":198609262015051002}"#, "/nip"), (#"{"nik":"16710126098600"}"#, "/nik"),
      (#"{"name":""}"#, "/name"), (#"{"name":"  "}"#, "/name"), (#"{"q":" "}"#, "/q"), (#"{"q":["x"]}"#, "/q"),
      (#"{"nothing":1}"#, "/nothing"), (#"{"dry_run":true}"#, "/dry_run"), (#"{"stage":[]}"#, "/stage"),
      (#"{"stage":"received,verified"}"#, "/stage"), (#"{"stage":["nothing"]}"#, "/stage"),
      (#"{"stage":["received",1]}"#, "/stage/1"), (#"{"overdue":"true"}"#, "/overdue"), (#"{"limit":0}"#, "/limit"),
      (#"{"limit":"5"}"#, "/limit"), (#"{"limit":201}"#, "/limit"), (#"{"count":"all"}"#, "/count"),
      (#"{"sort":"name"}"#, "/sort"), (#"{"region":"1"}"#, "/region"), (#"{"election":"nothing"}"#, "/election"),
      (#"{"occurred_from":"2024-02-30"}"#, "/occurred_from"), (#"{"reported_by":"NOBODY"}"#, "/reported_by"),
      ("[]", ""),
    ])
  func refusals(_ body: String, _ pointer: String) async throws {
    try await withService { visitor in
      let answer = try Self.search(visitor, body)
      #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
    }
  }

  @Test("is named to whoever still puts a person into an address", arguments: ["nip", "nik", "name", "q"])
  func moved(_ name: String) async throws {
    try await withService { visitor in
      for language in ["en", "id"] {
        let answer = try visitor.get("/v1/cases?limit=1&\(name)=1", as: .bkn, [("Accept-Language", language)])
        #expect(answer.status == 400 && answer.json["code"].string == "unknown_parameter")
        #expect(answer.json["detail"].string?.contains("POST /v1/case-searches") == true)
        #expect(answer.json["errors"][0]["parameter"].string == name)
      }
    }
  }

  @Test("creates nothing, and takes an Idempotency-Key without a use for it")
  func nothingCreated() async throws {
    try await withService { visitor in
      try Self.fill(visitor)
      for (body, count) in [(#"{"name":"siti"}"#, 1), (#"{"name":"budi"}"#, 1), (#"{"limit":1}"#, 1)] {
        let answer = try visitor.ask(as: .bkn, "POST", "/v1/case-searches", body, [("Idempotency-Key", "same")])
        #expect(answer.status == 200 && Self.refs(answer).count == count && answer["idempotency-replayed"] == nil)
      }
      #expect(try visitor.ask(as: .bkn, "POST", "/v1/case-searches?dry_run=true", "{}").status == 400)
      #expect(try visitor.get("/v1/changes?after=5", as: .bkn).json["head"].int == 5)
    }
  }
}
