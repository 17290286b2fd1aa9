internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("A correction")
struct CorrectionTests {
  @Test("is made by the reporting agency or BKN; others are refused")
  func whoMayCorrect() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for (index, agency) in agencies.enumerated() {
        let answer = try visitor.patch(path, as: agency, #"{"motives":["m\#(index)"],"reason":"x"}"#)
        let may = agency == .bawaslu || agency == .bkn
        #expect(answer.status == (may ? 200 : 403), "\(agency)")
        if !may { #expect(answer.json["code"].string == (agency == .kasn ? "agency_ended" : "not_owner")) }
      }
      #expect(try visitor.get(path, as: .bkn).json["motives"].strings == ["m1"])
    }
  }

  @Test("merges as RFC 7396 says, and only what it names")
  func merging() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(#"{"act":{"place":"Lama","urls":["https://a.test"]}}"#)
      let before = try visitor.get(path, as: .bawaslu).json
      let answer = try visitor.ask(
        as: .bawaslu, "PATCH", path,
        #"{"act":{"place":null,"channel":"print"},"subject":{"name":"Baru"},"reason":"x"}"#,
        [("If-Match", try visitor.etag(path, as: .bawaslu)), ("Content-Type", "application/merge-patch+json")])
      #expect(answer.status == 200 && answer.json["version"].int == 2)
      #expect(answer.json["act"]["place"] == .null && answer.json["act"]["channel"].string == "print")
      #expect(answer.json["act"]["urls"] == before["act"]["urls"] && answer.json["subject"]["name"].string == "Baru")
      #expect(answer.json["subject"]["nip"] == before["subject"]["nip"] && answer.json["source"] == before["source"])
      let event = try visitor.get("\(path)/history", as: .bawaslu).json["items"][1]
      #expect(event["what"].string == "correction" && event["details"]["reason"].string == "x")
      #expect(event["changed"].strings == ["subject.name", "act.place", "act.channel"])
      #expect(try visitor.get("\(path)/history", as: .panrb).json["items"][1]["changed"].strings == ["act.channel"])
    }
  }

  @Test("does not move a case before the years that the service knows")
  func earlyDates() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let before = try visitor.get(path, as: .bawaslu).body
      let dates = #"{"source":{"received_on":"1924-10-06"},"act":{"occurred_on":"1924-10-02"},"reason":"x"}"#
      let answer = try visitor.patch(path, as: .bawaslu, dates)
      #expect(answer.status == 422)
      #expect(
        answer.json["errors"].items.map { "\($0["pointer"].string ?? "") \($0["code"].string ?? "")" } == [
          "/source/received_on range", "/act/occurred_on range",
        ], "\(answer.text)")
      #expect(try visitor.get(path, as: .bawaslu).body == before)
    }
  }

  @Test(
    "that is wrong is refused and changes nothing",
    arguments: [
      (#"{"motives":["x"]}"#, "/reason", "required"), (#"{"nothing":1,"reason":"x"}"#, "/nothing", "unknown"),
      (#"{"stage":"closed","reason":"x"}"#, "/stage", "unknown"),
      (#"{"id":"x","reason":"x"}"#, "/id", "unknown"), (#"{"reason":1}"#, "/reason", "type"),
      (#"{"subject":{"nip":"1"},"reason":"x"}"#, "/subject/nip", "format"),
      (#"{"source":{"agency":"BKN"},"reason":"x"}"#, "/source/agency", "not_allowed"),
      (#"{"subject":null,"reason":"x"}"#, "/subject", "required"),
      (#"{"act":{"narrative":null},"reason":"x"}"#, "/act/narrative", "required"),
      (#"{"region":"99","reason":"x"}"#, "/region", "unknown_code"),
    ])
  func wrong(_ body: String, _ pointer: String, _ code: String) async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"))
      let before = try visitor.get("\(path)/history", as: .bawaslu).body
      let answer = try visitor.patch(path, as: .bawaslu, body)
      #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
      #expect(answer.json["errors"][0]["code"].string == code)
      #expect(try visitor.get("\(path)/history", as: .bawaslu).body == before)
    }
  }

  @Test("to a number that is taken is refused")
  func takenNumber() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase(ref: "1")
      let path = try visitor.makeCase(ref: "2")
      let answer = try visitor.patch(path, as: .bawaslu, #"{"source":{"agency_ref":"1"},"reason":"x"}"#)
      #expect(answer.status == 409 && answer.json["code"].string == "report_exists")
    }
  }

  @Test("asked for by another agency is accepted or refused by the owner alone, once")
  func requests() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for place in ["Satu", "Dua"] {
        let made = try visitor.post(
          "\(path)/correction-requests", as: .bkn, #"{"patch":{"act":{"place":"\#(place)"}},"reason":"Salah tempat."}"#)
        #expect(made.status == 201 && made.json["state"].string == "open" && made.json["requested_by"].string == "BKN")
      }
      let reason = #"{"reason":"Benar."}"#
      let foreign = try visitor.act("correction-requests/1/acceptance", on: path, as: .bkn, reason)
      #expect(foreign.status == 403 && foreign.json["code"].string == "not_owner")
      #expect(try visitor.act("correction-requests/9/acceptance", on: path, as: .bawaslu, reason).status == 404)
      #expect(try visitor.act("correction-requests/x/acceptance", on: path, as: .bawaslu, reason).status == 404)
      #expect(try visitor.act("correction-requests/1/acceptance", on: path, as: .bawaslu, "{}").status == 422)
      let accepted = try visitor.act("correction-requests/1/acceptance", on: path, as: .bawaslu, reason)
      #expect(accepted.status == 201 && accepted.json["act"]["place"].string == "Satu")
      let refused = try visitor.act("correction-requests/2/refusal", on: path, as: .bawaslu, #"{"reason":"Tidak."}"#)
      #expect(refused.status == 201 && refused.json["act"]["place"].string == "Satu")
      for action in ["acceptance", "refusal"] {
        for number in [1, 2] {
          let again = try visitor.act("correction-requests/\(number)/\(action)", on: path, as: .bawaslu, reason)
          #expect(again.status == 409 && again.json["code"].string == "already_decided")
        }
      }
      let items = try visitor.get("\(path)/correction-requests", as: .bkn).json["items"].items
      #expect(items.map { $0["state"].string } == ["accepted", "refused"])
      #expect(items.map { $0["decision_reason"].string } == ["Benar.", "Tidak."])
      let others = try visitor.get("\(path)/correction-requests", as: .panrb).json["items"].items
      #expect(others.count == 2 && others.allSatisfy { !$0.has("patch") && !$0.has("reason") })
    }
  }

  @Test("asked for is checked at once, its pointers leading into the patch")
  func requestIsChecked() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for (patch, pointer, code) in [
        (#"{"region":"99"}"#, "/patch/region", "unknown_code"), (#"{"nothing":1}"#, "/patch/nothing", "unknown"),
        (#"{"act":{"occurred_on":"x"}}"#, "/patch/act/occurred_on", "format"),
      ] {
        let answer = try visitor.post(
          "\(path)/correction-requests", as: .bkn, #"{"patch":\#(patch),"reason":"x"}"#)
        #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
        #expect(answer.json["errors"][0]["code"].string == code)
      }
      let withheld = try visitor.post(
        "\(path)/correction-requests", as: .panrb, #"{"patch":{"act":{"place":"x"}},"reason":"x"}"#)
      #expect(withheld.status == 422 && withheld.json["errors"][0]["code"].string == "withheld")
      #expect(withheld.json["errors"][0]["pointer"].string == "/patch/act/place")
    }
  }
}
