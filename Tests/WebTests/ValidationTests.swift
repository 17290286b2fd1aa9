internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// A merge patch over a good body, and what must be said of it.
struct BadField: Sendable, CustomTestStringConvertible {
  let patch: String
  let pointer: String
  let code: String
  init(_ patch: String, _ pointer: String, _ code: String) {
    (self.patch, self.pointer, self.code) = (patch, pointer, code)
  }
  var testDescription: String { patch }

  static let ofCase: [BadField] = [
    BadField(#"{"nothing":1}"#, "/nothing", "unknown"),
    BadField(#"{"a/b~c":1}"#, "/a~1b~0c", "unknown"),
    BadField(#"{"subject":{"nothing":1}}"#, "/subject/nothing", "unknown"),
    BadField(#"{"act":{"witnesses":[{"name":"x","nothing":1}]}}"#, "/act/witnesses/0/nothing", "unknown"),
    BadField(#"{"election":null}"#, "/election", "required"),
    BadField(#"{"election":1}"#, "/election", "type"),
    BadField(#"{"election":"pilkada-1999"}"#, "/election", "unknown_code"),
    BadField(#"{"contest":"pilkada-2024/nothing"}"#, "/contest", "unknown_code"),
    BadField(#"{"region":"1671"}"#, "/region", "format"),
    BadField(#"{"region":"99.99"}"#, "/region", "unknown_code"),
    BadField(
      #"{"region":"93","act":{"occurred_on":"2020-10-01"},"source":{"received_on":"2020-10-02"}}"#, "/region",
      "not_in_force"),
    BadField(#"{"institution":"nothing"}"#, "/institution", "unknown_code"),
    BadField(#"{"institution":["16.71"]}"#, "/institution", "type"),
    BadField(#"{"violation":"XX-99"}"#, "/violation", "unknown_code"),
    BadField(#"{"subject":null}"#, "/subject", "required"),
    BadField(#"{"subject":[]}"#, "/subject", "type"),
    BadField(#"{"subject":{"name":null}}"#, "/subject/name", "required"),
    BadField(#"{"subject":{"name":"   "}}"#, "/subject/name", "length"),
    BadField(#"{"subject":{"name":"a\u0000b"}}"#, "/subject/name", "format"),
    BadField(#"{"subject":{"name":true}}"#, "/subject/name", "type"),
    BadField(#"{"subject":{"nip":"198613262015051001"}}"#, "/subject/nip", "format"),
    BadField(#"{"subject":{"nip":"198609262015131001"}}"#, "/subject/nip", "format"),
    BadField(#"{"subject":{"nip":"198609262015053001"}}"#, "/subject/nip", "format"),
    BadField(#"{"subject":{"nip":198609262015051001}}"#, "/subject/nip", "type"),
    BadField(#"{"subject":{"nip":null}}"#, "/subject/nip", "required"),
    BadField(#"{"subject":{"nik":"1671012609860000"}}"#, "/subject/nik", "format"),
    BadField(#"{"subject":{"nik":"1671013209860001"}}"#, "/subject/nik", "format"),
    BadField(#"{"subject":{"identifier_missing":true}}"#, "/subject/identifier_missing", "inconsistent"),
    BadField(#"{"subject":{"identifier_missing":"yes"}}"#, "/subject/identifier_missing", "type"),
    BadField(#"{"subject":{"appointment_year":2014}}"#, "/subject/appointment_year", "inconsistent"),
    BadField(#"{"subject":{"appointment_year":1.5}}"#, "/subject/appointment_year", "type"),
    BadField(#"{"subject":{"appointment_year":12}}"#, "/subject/appointment_year", "range"),
    BadField(#"{"subject":{"employment":"boss"}}"#, "/subject/employment", "unknown_code"),
    BadField(#"{"subject":{"position_level":null}}"#, "/subject/position_level", "required"),
    BadField(#"{"subject":{"position_level":"kepala_wilayah"}}"#, "/subject/position_level", "unknown_code"),
    BadField(#"{"act":{"occurred_on":null}}"#, "/act/occurred_on", "required"),
    BadField(#"{"act":{"occurred_on":"2024-02-30"}}"#, "/act/occurred_on", "format"),
    BadField(#"{"act":{"occurred_on":"02-10-2024"}}"#, "/act/occurred_on", "format"),
    BadField(#"{"act":{"occurred_on":"2024-10-07"}}"#, "/act/occurred_on", "inconsistent"),
    BadField(#"{"act":{"known_on":"2024-10-01"}}"#, "/act/known_on", "inconsistent"),
    BadField(#"{"act":{"narrative":null}}"#, "/act/narrative", "required"),
    BadField(#"{"act":{"channel":"phone"}}"#, "/act/channel", "unknown_code"),
    BadField(#"{"act":{"urls":["javascript:alert(1)"]}}"#, "/act/urls/0", "format"),
    BadField(#"{"act":{"urls":["https://a.test",7]}}"#, "/act/urls/1", "type"),
    BadField(#"{"act":{"urls":"https://a.test"}}"#, "/act/urls", "type"),
    BadField(#"{"act":{"supports":"nobody"}}"#, "/act/supports", "unknown_code"),
    BadField(#"{"act":{"on_unpaid_leave":1}}"#, "/act/on_unpaid_leave", "type"),
    BadField(#"{"act":{"witnesses":[7]}}"#, "/act/witnesses/0", "type"),
    BadField(#"{"act":{"witnesses":[{}]}}"#, "/act/witnesses/0/name", "required"),
    BadField(#"{"source":{"kind":"rumour"}}"#, "/source/kind", "unknown_code"),
    BadField(#"{"source":{"agency_ref":null}}"#, "/source/agency_ref", "required"),
    BadField(#"{"source":{"received_on":"2024-10-21"}}"#, "/source/received_on", "range"),
    BadField(#"{"act":{"occurred_on":"1924-10-02"}}"#, "/act/occurred_on", "range"),
    BadField(#"{"source":{"agency":"NOBODY"}}"#, "/source/agency", "unknown_code"),
    BadField(#"{"reporter":{"mode":"anonymous"}}"#, "/reporter/name", "not_allowed"),
    BadField(#"{"reporter":{"mode":"confidential","name":null}}"#, "/reporter/name", "required"),
    BadField(#"{"reporter":{"mode":null}}"#, "/reporter/mode", "required"),
    BadField(#"{"motives":["Bad Code"]}"#, "/motives/0", "format"),
  ]

}

@Suite("A body")
struct ValidationTests {
  @Test("with a wrong field is refused, and the pointer names it", arguments: [0, 1, 2, 3])
  func wrongFields(_ quarter: Int) async throws {
    try await withService { visitor in
      for (index, bad) in BadField.ofCase.enumerated() where index % 4 == quarter {
        let answer = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(bad.patch))
        #expect(answer.status == 422 && answer.json["code"].string == "invalid", "\(bad.patch)")
        let errors = answer.json["errors"].items
        #expect(
          errors.contains { $0["pointer"].string == bad.pointer && $0["code"].string == bad.code },
          "\(bad.patch): \(answer.text)")
        #expect(errors.count == 1, "\(bad.patch): \(answer.text)")
        #expect(errors.first?["detail"].string?.isEmpty == false)
      }
      #expect(try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int == 0)
    }
  }

  @Test("with several wrong fields is told all of them at once")
  func severalErrors() async throws {
    try await withService { visitor in
      let answer = try visitor.post(
        "/v1/cases", as: .bawaslu,
        #"{"region":7,"subject":{"nip":1,"x":1},"act":{"urls":["a",2]},"source":{},"y":1}"#)
      let pointers = Set(answer.json["errors"].items.compactMap { $0["pointer"].string })
      #expect(answer.status == 422)
      #expect(
        pointers == [
          "/election", "/region", "/institution", "/subject/name", "/subject/nip", "/subject/position_level",
          "/subject/x", "/act/occurred_on", "/act/narrative", "/act/urls/0", "/act/urls/1", "/source/kind",
          "/source/agency_ref", "/source/received_on", "/y",
        ])
    }
  }

  @Test(
    "that is not JSON is refused with 400 and is not repeated",
    arguments: [
      "", " ", "{", "nul", "{'a':1}", #"{"a":1,}"#, #"{"a":1}{"b":2}"#, #"{"a":01}"#, #"{"a":NaN}"#, #"{"a":"\ud800"}"#,
      "\u{FEFF}\u{FEFF}{}", #"{"zq001nameqz":1,"zq001nameqz":2}"#, #"{"subject":{"a":1,"\u0061":2}}"#,
      "{\"a\":\"\u{1}\"}",
      String(repeating: "[", count: 40) + String(repeating: "]", count: 40), String(repeating: "[", count: 100_000),
      String(repeating: #"{"a":"#, count: 50_000),
    ])
  func malformed(_ body: String) async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let etag = try visitor.etag(path, as: .bawaslu)
      for (method, target) in [("POST", "/v1/cases"), ("PATCH", path), ("POST", "\(path)/notes")] {
        let answer = try visitor.ask(
          as: .bawaslu, method, target, body, [("If-Match", etag), visitor.freshKey()])
        #expect(answer.status == 400 && answer.json["code"].string == "malformed_json", "\(method) \(target)")
        #expect(Canaries.found(in: answer.text).isEmpty)
      }
    }
  }

  @Test("with bytes that are not UTF-8 is refused with 400")
  func notUTF8() async throws {
    try await withService { visitor in
      let client = try visitor.newClient()
      let fields = [
        ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), ("Content-Type", "application/json"),
        visitor.freshKey(),
      ]
      try client.send("POST", "/v1/cases", fields, Array(#"{"a":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8))
      let answer = try client.answer()
      #expect(answer.status == 400 && answer.json["code"].string == "malformed_json")
    }
  }

  @Test("that is no object is invalid at its root", arguments: ["[]", "1", "null", "\"x\"", "true"])
  func noObject(_ body: String) async throws {
    try await withService { visitor in
      let answer = try visitor.post("/v1/cases", as: .bkn, body)
      #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == "")
      #expect(answer.json["errors"][0]["code"].string == "type")
    }
  }

  private let small: (inout APISettings) -> Void = { $0.bodyBytesMax = 4_096 }

  @Test("over the limit is refused with 413, declared or chunked")
  func tooLarge() async throws {
    try await withService(small) { visitor in
      let large = Sample.caseBody(#"{"act":{"narrative":"\#(String(repeating: "a", count: 5_000))"}}"#)
      let declared = try visitor.post("/v1/cases", as: .bkn, large)
      #expect(declared.status == 413 && declared.json["code"].string == "content_too_large")
      let client = try visitor.newClient()
      try client.send(
        "POST", "/v1/cases",
        [
          ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), ("Content-Type", "application/json"),
          visitor.freshKey(), ("Transfer-Encoding", "chunked"),
        ], nil)
      try client.send(Array("\(String(large.utf8.count, radix: 16))\r\n\(large)\r\n0\r\n\r\n".utf8))
      #expect(try client.answer().status == 413)
      #expect(try visitor.post("/v1/cases", as: .bkn, Sample.caseBody()).status == 201)
    }
  }

  @Test(
    "of another type is refused with 415",
    arguments: [nil, "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonx", ""])
  func mediaType(_ type: String?) async throws {
    try await withService { visitor in
      var fields = [("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), visitor.freshKey()]
      if let type { fields.append(("Content-Type", type)) }
      for target in ["/v1/cases", "/v1/classification", "/v1/imports"] {
        let answer = try visitor.ask("POST", target, fields, Sample.caseBody())
        #expect(answer.status == 415 && answer.json["code"].string == "unsupported_media_type", "\(target)")
      }
    }
  }

  @Test("of JSON with parameters or in capitals is taken")
  func mediaTypeSpelling() async throws {
    try await withService { visitor in
      for (index, type) in ["application/json; charset=utf-8", "Application/JSON", "application/json ;a=b"].enumerated()
      {
        let answer = try visitor.post(
          "/v1/cases", as: .bkn, Sample.caseBody(agencyRef: "\(index)"), [("Content-Type", type)])
        #expect(answer.status == 201, "\(type)")
      }
    }
  }

  @Test("keeps unusual text as it is")
  func text() async throws {
    try await withService { visitor in
      let name = #"R. \"Ayu\" \\ O'Neil, <b>é e\u0301 😀"#
      let path = try visitor.makeCase(#"{"subject":{"name":"\#(name)"}}"#)
      let given = try JSONValue.parse(Array("\"\(name)\"".utf8)).string ?? ""
      let expected = JSONValue.string(PlainText.normalized(given))
      // In form C, which is equal text to a reader.
      #expect(try visitor.get(path, as: .bkn).json["subject"]["name"] == expected)
    }
  }
}
