internal import Domain
internal import JSON
internal import Service
internal import TestSupport
internal import Testing
internal import Web

/// Texts of a case: where each stands, and whether it has lines.
private let places: [(patch: @Sendable (String) -> String, pointer: String, hasLines: Bool)] = [
  ({ #"{"subject":{"name":"\#($0)"}}"# }, "/subject/name", false),
  ({ #"{"subject":{"position_title":"\#($0)"}}"# }, "/subject/position_title", false),
  ({ #"{"act":{"place":"\#($0)"}}"# }, "/act/place", false),
  ({ #"{"act":{"narrative":"\#($0)"}}"# }, "/act/narrative", true),
  ({ #"{"act":{"witnesses":[{"name":"\#($0)"}]}}"# }, "/act/witnesses/0/name", false),
  ({ #"{"source":{"agency_ref":"\#($0)"}}"# }, "/source/agency_ref", false),
  ({ #"{"reporter":{"mode":"named","name":"\#($0)"}}"# }, "/reporter/name", false),
]

@Suite("A text")
struct TextTests {
  @Test("is stored in form C and trimmed, and what is not seen in it is refused by its name")
  func characters() async throws {
    try await withService { visitor in
      for (index, place) in places.enumerated() {
        let spelled = place.patch(#" \u00a0Andre\u0301 \#(index)  x\u3000"#)
        let path = try visitor.makeCase(spelled, ref: "t\(index)")
        let text = try visitor.get(path, as: .bawaslu).text
        #expect(text.utf8.contains("\"Andr\u{E9} \(index)  x\"".utf8), "\(place.pointer): \(text)")
        for (escape, name) in [
          (#"\u200b"#, "U+200B"), (#"\u202e"#, "U+202E"), (#"\u0000"#, "U+0000"), (#"\u007f"#, "U+007F"),
          (#"\ufeff"#, "U+FEFF"), (#"\u00ad"#, "U+00AD"), (#"\u0085"#, "U+0085"),
        ] {
          let refused = try visitor.post(
            "/v1/cases", as: .bawaslu, Sample.caseBody(place.patch("a\(escape)b"), agencyRef: "r"))
          let error = refused.json["errors"][0]
          #expect(refused.status == 422 && error["code"].string == "format", "\(place.pointer) \(refused.text)")
          let pointer = place.pointer
          #expect(error["pointer"].string == pointer && error["detail"].string?.contains(name) == true)
        }
        for escape in [#"\n"#, #"\t"#, #"\r\n"#, #"\u2028"#] {
          let body = Sample.caseBody(
            place.patch("a\(escape)b"), agencyRef: "l\(index)\(escape.utf8.count)\(escape.dropFirst().prefix(1))")
          let answer = try visitor.post("/v1/cases", as: .bawaslu, body)
          if place.pointer != "/source/agency_ref" || !place.hasLines {
            #expect(answer.status == (place.hasLines ? 201 : 422), "\(place.pointer) \(escape) \(answer.text)")
          }
        }
        for blank in ["", " ", #"\u00a0\t"#] {
          let answer = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(place.patch(blank), agencyRef: "b"))
          #expect(answer.status == 422 && answer.json["errors"][0]["code"].string == "length", "\(answer.text)")
        }
      }
    }
  }

  @Test("that names a report or a person is compared without case, width, runs of blanks and form")
  func identity() async throws {
    try await withService { visitor in
      let unnamed = #""nip":null,"identifier_missing":true"#
      func body(_ name: String, _ ref: String) -> String {
        Sample.caseBody(#"{"subject":{"name":"\#(name)",\#(unnamed)}}"#, agencyRef: ref)
      }
      let first = try visitor.post("/v1/cases", as: .bawaslu, body(#"Siti  Andre\u0301"#, "001/LP Kota"))
      #expect(first.status == 201)
      for (name, ref) in [
        (#"SITI ANDR\u00c9"#, "001/LP Kota"), (#"Siti Andre\u0301"#, " 001/lp  kota "),
        ("siti andr\u{E9}", #"\uff10\uff10\uff11/LP\u3000KOTA"#),
      ] {
        let again = try visitor.post("/v1/cases", as: .bawaslu, body(name, ref))
        #expect(again.status == 409 && again.json["code"].string == "report_exists", "\(name) \(ref) \(again.text)")
        // Who may see the case is told which one it is.
        #expect(again.json["case_id"].string == first.json["id"].string)
        let line = merged(body(name, ref), #"{"source":{"agency":"BAWASLU"}}"#)
        let imported = try visitor.importLines([#"{"case":\#(line)}"#])
        #expect(imported.text.contains(first.json["id"].string ?? "-"), "\(imported.text)")
      }
      // Another number, another person, another agency: another case.
      for (who, name, ref) in [
        (AgencyCode.bawaslu, "Siti Andr\u{E9}", "002/LP Kota"), (.bawaslu, "Siti Andre", "001/LP Kota"),
        (.bkn, "Siti Andr\u{E9}", "001/LP Kota"),
      ] { #expect(try visitor.post("/v1/cases", as: who, body(name, ref)).status == 201) }
      let found = try visitor.get("/v1/cases?agency_ref=001%2Flp++KOTA&reported_by=BAWASLU", as: .bkn).json["items"]
        .items
      #expect(found.count == 2)
    }
  }

  @Test("on record stays as it is while something else is corrected")
  func recorded() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let id = try #require(CaseID(String(path.suffix(36))))
      // As an earlier release may have taken it.
      try await visitor.service.store.write(by: .operator, dryRun: false) { write in
        guard let record = try write.caseRecord(id) else { throw Failure.notFound }
        var old = record
        old.facts.subject.name = " a\u{200B}\nb "
        old.facts.act.urls = ["http://", "http://"]
        old.facts.act.witnesses = [Witness(name: "x", contact: nil), Witness(name: "x", contact: nil)]
        let actor = Actor(agency: .bawaslu, importedBy: nil, keyID: "x")
        _ = try write.update(record, to: old, EventDraft(what: .correction, actor: actor))
      }
      let patched = try visitor.patch(path, as: .bawaslu, #"{"motives":["office"],"reason":"x"}"#)
      #expect(patched.status == 200, "\(patched.text)")
      #expect(
        patched.json["subject"]["name"].string == " a\u{200B}\nb " && patched.json["act"]["urls"].items.count == 2)
      let wrong = try visitor.patch(path, as: .bawaslu, #"{"subject":{"name":"a\u200bc"},"reason":"x"}"#)
      #expect(wrong.status == 422)
      #expect(try visitor.patch(path, as: .bawaslu, #"{"act":{"urls":["http://"]},"reason":"x"}"#).status == 422)
    }
  }

  @Test("and a list, a number and a date hold what the law and a reader would take")
  func values() async throws {
    try await withService { visitor in
      for (number, (patch, pointer))
        in ([
          (#"{"act":{"urls":["HTTPS://contoh.test/a","http://u@contoh.test:80"]}}"#, nil),
          (#"{"act":{"urls":["https://"]}}"#, "/act/urls/0"), (#"{"act":{"urls":["https:///x"]}}"#, "/act/urls/0"),
          (#"{"act":{"urls":["https://:80/x"]}}"#, "/act/urls/0"),
          (#"{"act":{"urls":["https://a b"]}}"#, "/act/urls/0"),
          (#"{"act":{"urls":["https://a.test"," https://a.test"]}}"#, "/act/urls/1"),
          (#"{"motives":["office","office"]}"#, "/motives/1"),
          (#"{"act":{"witnesses":[{"name":"a"},{"name":"a "}]}}"#, "/act/witnesses/1"),
          (#"{"act":{"witnesses":[{"name":"a"},{"name":"a","contact":"1"}]}}"#, nil),
          (#"{"subject":{"nip":"19860926 201505 1 001"}}"#, nil),
          (#"{"subject":{"nip":"19860926 201505 1 00"}}"#, "/subject/nip"),
          (#"{"subject":{"nip":"198609262025051001"}}"#, "/subject/nip"),
          (#"{"subject":{"nip":null,"identifier_missing":true,"appointment_year":2025}}"#, "/subject/appointment_year"),
          (#"{"subject":{"nip":null,"identifier_missing":true,"appointment_year":2024}}"#, nil),
        ] as [(String, String?)]).enumerated()
      {
        let answer = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(patch, agencyRef: "v\(number)"))
        #expect(answer.status == (pointer == nil ? 201 : 422), "\(patch) \(answer.text)")
        #expect(answer.json["errors"][0]["pointer"].string == pointer, "\(patch) \(answer.text)")
        if patch.contains("1986") && pointer == nil {
          #expect(answer.json["subject"]["nip"].string == "198609262015051001")
        }
      }
      let many = (0..<51).map { "\"https://a.test/\($0)\"" }.joined(separator: ",")
      let answer = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(#"{"act":{"urls":[\#(many)]}}"#))
      #expect(answer.json["errors"][0]["detail"].string == "The list has 51 items; at most 50 are taken.")
      // 23:30 in Jakarta is tomorrow in Jayapura.
      visitor.clock.set("2024-10-20T16:30:00Z")
      for (day, status) in [("2024-10-21", 201), ("2024-10-22", 422)] {
        let body = Sample.caseBody(#"{"source":{"received_on":"\#(day)"}}"#, agencyRef: day)
        #expect(try visitor.post("/v1/cases", as: .bawaslu, body).status == status, "\(day)")
      }
    }
  }

  @Test("that changes nothing leaves no event")
  func unchanged() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(#"{"motives":["office"]}"#)
      let before = try visitor.get(path, as: .bawaslu)
      for patch in [#"{"motives":["office"]"#, #"{"subject":{"name":" Pegawai  Contoh"}"#]
      where patch.contains("motives") {
        let answer = try visitor.patch(path, as: .bawaslu, patch + #","reason":"x"}"#)
        #expect(answer.status == 200 && answer["etag"] == before["etag"] && answer.body == before.body)
      }
      #expect(try visitor.get("\(path)/history", as: .bawaslu).json["items"].items.count == 1)
    }
  }

  @Test("spans of days and times are told apart from their reverse, everywhere")
  func spans() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      for name in ["occurred", "updated", "verified", "recommended", "decided", "blocked"] {
        let wrong = try visitor.get("/v1/cases?\(name)_from=2024-10-02&\(name)_until=2024-10-01", as: .bkn)
        #expect(wrong.status == 400 && wrong.json["errors"][0]["parameter"].string == "\(name)_from", "\(wrong.text)")
        let body = #"{"\#(name)_from":"2024-10-02","\#(name)_until":"2024-10-01"}"#
        #expect(try visitor.ask(as: .bkn, "POST", "/v1/case-searches", body).status == 422)
      }
      for (query, count) in [
        ("verified_from=2024-10-09&verified_until=2024-10-09", 1), ("verified_from=2024-10-10", 0),
        ("verified_until=2024-10-08", 0), ("decided_from=2024-01-01", 0), ("blocked_until=2025-01-01", 0),
        ("updated_from=2024-10-20&updated_until=2024-10-20", 1), ("updated_from=2024-10-21", 0),
        ("updated_until=2024-10-19", 0), ("updated_from=2024-10-20T10:00:00+07:00", 1),
        ("updated_until=2024-10-20T03:00:00Z", 1), ("updated_until=2024-10-20T02:59:59.999Z", 0),
      ] {
        let found = try visitor.get("/v1/cases?\(query)", as: .bkn)
        #expect(found.json["items"].items.count == count, "\(query) \(found.text.prefix(200))")
      }
      let format = try visitor.get("/v1/cases?updated_from=yesterday", as: .bkn)
      #expect(format.status == 400 && format.json["errors"][0]["detail"].string?.contains("+07:00") == true)
      for target in ["/v1/statistics/funnel", "/v1/clocks"] {
        let (from, until) =
          target.hasSuffix("clocks") ? ("due_from", "due_before") : ("occurred_from", "occurred_until")
        #expect(try visitor.get("\(target)?\(from)=2024-10-02&\(until)=2024-10-01", as: .bkn).status == 400)
      }
    }
  }
}
