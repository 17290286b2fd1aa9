internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("The law's facts")
struct LawFactRoadTests {
  private static let verified = #"{"occurred_on":"2024-10-08","outcome":"accepted"}"#
  private static let studied = #"{"occurred_on":"2024-10-08","outcome":"violation"}"#
  private static let recommended = #"{"occurred_on":"2024-10-08","outcome":"recommended","letter_number":"R"}"#

  /// A case that BKN has recommended.
  private func recommend(_ visitor: Visitor, _ changes: String = "{}", ref: String = "1") throws -> String {
    let path = try visitor.makeCase(changes, ref: ref)
    try visitor.must("verifications", on: path, as: .bkn, Self.verified)
    try visitor.must("studies", on: path, as: .bawaslu, Self.studied)
    try visitor.must("recommendations", on: path, as: .bkn, Self.recommended)
    return path
  }

  private func expectRefused(_ answer: HTTPAnswer, at place: String, _ location: SourceLocation = #_sourceLocation) {
    let errors = answer.json["errors"].items.map { "\($0["pointer"].string ?? "-") \($0["code"].string ?? "-")" }
    #expect(answer.status == 422 && errors == [place], "\(answer.text)", sourceLocation: location)
  }

  private func rows(_ visitor: Visitor, _ query: String) throws -> [Substring] {
    try visitor.get("/v1/cases?format=csv\(query)", as: .bkn).text.split(whereSeparator: \.isNewline)
  }

  @Test("why nothing was proven is shown by the case, its history and its row, to whoever sees the case")
  func ground() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try visitor.must("verifications", on: path, as: .bkn, Self.verified)
      #expect(try visitor.get(path, as: .bkn).json["ground"] == .null)
      func study(_ rest: String) throws -> HTTPAnswer {
        try visitor.act("studies", on: path, as: .bawaslu, "{\"occurred_on\":\"2024-10-08\",\(rest)}")
      }
      let before = try visitor.get(path, as: .bawaslu).body
      expectRefused(try study(#""outcome":"violation","ground":"no_violation""#), at: "/ground not_allowed")
      expectRefused(try study(#""outcome":"no_violation","ground":"x""#), at: "/ground unknown_code")
      #expect(try visitor.get(path, as: .bawaslu).body == before)
      let done = try study(#""outcome":"no_violation","ground":"name_misused""#)
      #expect(done.status == 201 && done.json["ground"].string == "name_misused", "\(done.text)")
      for agency in [AgencyCode.bawaslu, .bkn, .kemendagri, .panrb] {
        #expect(try visitor.get(path, as: agency).json["ground"].string == "name_misused")
        let last = try visitor.get("\(path)/history", as: agency).json["items"].items.last
        #expect(last?["details"]["ground"].string == "name_misused")
      }
      let table = try rows(visitor, "")
      #expect(
        table[0].hasSuffix(",lapse_reason,ground,block_extent,erased_on") && table[1].hasSuffix(",,name_misused,,"))
      let old = try visitor.get("\(path)?as_of=2024-10-07", as: .bkn).json
      #expect(old["stage"].string == "received" && old["ground"] == .null)
    }
  }

  @Test("a block has its extent, and a line without it is no other report")
  func extent() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-11-30T03:00:00Z")
      let (plain, partial) = (try recommend(visitor), try recommend(visitor, ref: "2"))
      func block(_ path: String, _ rest: String) throws -> HTTPAnswer {
        try visitor.act("blocks", on: path, as: .bkn, #"{"occurred_on":"2024-11-20","letter_number":"B"\#(rest)}"#)
      }
      expectRefused(try block(partial, #","extent":"half""#), at: "/extent unknown_code")
      #expect(try block(plain, "").json["block"]["extent"].string == "full")
      #expect(try block(partial, #","extent":"partial""#).json["block"]["extent"].string == "partial")
      let histories = try [plain, partial].map {
        try visitor.get("\($0)/history", as: .panrb).json["items"].items.last?["details"]["extent"].string
      }
      #expect(histories == ["full", "partial"])
      let table = try rows(visitor, "&sort=created")
      #expect(table[1].hasSuffix(",,full,") && table[2].hasSuffix(",,partial,"))
      let released = try visitor.act(
        "block-releases", on: partial, as: .bkn, #"{"occurred_on":"2024-11-21","proof":"SK"}"#)
      #expect(released.json["block"]["extent"].string == "partial")
    }
  }

  @Test("a line of an import says of a block what was meant, and no more")
  func resent() async throws {
    try await withService { visitor in
      visitor.clock.set("2024-11-30T03:00:00Z")
      let key = try await visitor.service.token(.agency(.bawaslu), [.migration])
      func send(_ rest: String) throws -> JSONValue {
        let acts = [
          ("verifications", "BKN", "2024-10-08", #""outcome":"accepted""#),
          ("studies", "BAWASLU", "2024-10-08", #""outcome":"violation""#),
          ("recommendations", "BKN", "2024-10-08", #""outcome":"recommended","letter_number":"R""#),
          ("blocks", "BKN", "2024-11-20", #""letter_number":"B"\#(rest)"#),
        ].map { #"{"action":"\#($0)","agency":"\#($1)","occurred_on":"\#($2)",\#($3)}"# }
        let body = merged(Sample.caseBody(agencyRef: "block"), #"{"source":{"agency":"BAWASLU"}}"#)
        let answer = try visitor.ask(
          as: key, "POST", "/v1/imports", #"{"case":\#(body),"actions":[\#(acts.joined(separator: ","))]}"#,
          [("Content-Type", "application/x-ndjson")])
        return try JSONValue.parse(Array(answer.lines[0].utf8))
      }
      #expect(try send("")["status"].string == "created")
      #expect(try send("")["status"].string == "duplicate")
      #expect(try send(#","extent":"full""#)["status"].string == "duplicate")
      let other = try send(#","extent":"partial""#)
      #expect(other["status"].string == "differs", "\(other)")
      #expect(other["problem"]["errors"].items.compactMap { $0["pointer"].string } == ["/actions/3/extent"])
    }
  }

  @Test("a PPPK is given what is for PPPK, and a sanction on record outlives a correction of the employment")
  func employment() async throws {
    try await withService { visitor in
      let changes = #"{"subject":{"employment":"pppk","nip":null,"identifier_missing":true}}"#
      let path = try recommend(visitor, changes)
      func decide(_ sanction: String) throws -> HTTPAnswer {
        try visitor.act(
          "decisions", on: path, as: .bkn,
          #"{"occurred_on":"2024-10-09","outcome":"sanctioned","decree_number":"SK","sanction":"\#(sanction)"}"#)
      }
      let refused = try decide("BER-1")
      expectRefused(refused, at: "/sanction inconsistent")
      #expect(refused.json["errors"].items[0]["detail"].string?.hasSuffix("PPPK-B1, PPPK-B2, PPPK-B3.") == true)
      #expect(try decide("PPPK-B2").json["decision"]["sanction_level"].string == "heavy")
      let patch = #"{"subject":{"employment":"pns"},"reason":"Salah tulis."}"#
      let corrected = try visitor.patch(path, as: .bawaslu, patch)
      #expect(
        corrected.status == 200 && corrected.json["decision"]["sanction"].string == "PPPK-B2", "\(corrected.text)")
      #expect(corrected.json["subject"]["employment"].string == "pns")
      try visitor.must("appeals", on: path, as: .bkn, #"{"occurred_on":"2024-10-10","route":"bpasn"}"#)
      func rule(_ rest: String) throws -> HTTPAnswer {
        try visitor.act("rulings", on: path, as: .bkn, "{\"occurred_on\":\"2024-10-11\",\(rest)}")
      }
      expectRefused(try rule(#""outcome":"reduced""#), at: "/sanction required")
      expectRefused(try rule(#""outcome":"reduced","sanction":"BER-1""#), at: "/sanction inconsistent")
      expectRefused(try rule(#""outcome":"increased","sanction":"SED-1""#), at: "/sanction inconsistent")
      expectRefused(try rule(#""outcome":"reduced","sanction":"PPPK-S1""#), at: "/sanction inconsistent")
      expectRefused(try rule(#""outcome":"changed","sanction":"PPPK-B2""#), at: "/sanction inconsistent")
      let ruled = try rule(#""outcome":"reduced","sanction":"SED-1""#)
      #expect(ruled.json["appeal"]["outcome"].string == "reduced" && ruled.json["stage"].string == "sanctioned")
    }
  }

  @Test("a code that is none may be no motive's or channel's name, and stays as it is")
  func vocabulary() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(
        #"{"motives":["debt_of_gratitude","lain"],"source":{"channel":"Sistem Kami 2"}}"#)
      let record = try visitor.get(path, as: .bkn).json
      #expect(record["motives"].items.map(\.string) == ["debt_of_gratitude", "lain"])
      #expect(record["source"]["channel"].string == "Sistem Kami 2")
      let valid = try visitor.get("/v1/reference/source-channels?as_of=2025-11-13", as: .panrb).json["items"].items
      #expect(valid.compactMap { $0["code"].string }.contains("sinergi_asn"))
      #expect(!valid.contains { $0["code"].string == "siapnet" } && valid.allSatisfy { $0.has("label_en") })
    }
  }
}
