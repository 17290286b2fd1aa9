internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// What later acts and concurrent ones must not undo, and what side doors must not tell.
@Suite("Consistency")
struct ConsistencyTests {
  @Test("a violation that a study found stays named")
  func violationStays() async throws {
    try await withService { visitor in
      let path = try studied(visitor)
      let answer = try visitor.patch(path, as: .bawaslu, #"{"violation":null,"reason":"x"}"#)
      #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == "/violation", "\(answer.text)")
    }
  }

  @Test("a corrected violation is judged anew against the sanction")
  func bandFollowsTheViolation() async throws {
    try await withService { visitor in
      let path = try sanctioned(visitor)
      #expect(try visitor.get(path, as: .bkn).json["decision"]["outside_band"] == .bool(false))
      let answer = try visitor.patch(path, as: .bawaslu, #"{"violation":"KE-01","reason":"x"}"#)
      #expect(answer.status == 200 && answer.json["decision"]["outside_band"] == .bool(true), "\(answer.text)")
    }
  }

  @Test("an act is not moved into a regime that does not know the sanction")
  func regimeFollowsTheAct() async throws {
    try await withService { visitor in
      let path = try sanctioned(visitor)
      let answer = try visitor.patch(path, as: .bawaslu, #"{"act":{"occurred_on":"2020-08-02"},"reason":"x"}"#)
      #expect(
        answer.status == 422 && answer.json["errors"][0]["pointer"].string == "/act/occurred_on", "\(answer.text)")
    }
  }

  @Test("nobody acts on behalf of an agency for a day on which it did not exist")
  func predecessorsTime() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let body = #"{"occurred_on":"2024-10-20","reason":"x","on_behalf_of":"KASN"}"#
      let answer = try visitor.act("cancellations", on: path, as: .bkn, body)
      #expect(answer.status == 403 && answer.json["code"].string == "mandate_missing", "\(answer.text)")
    }
  }

  @Test("employment and cohort cannot be used to learn whether there is a NIP")
  func noOracle() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for patch in [#"{"subject":{"appointment_year":1999}}"#, #"{"subject":{"employment":"pppk"}}"#] {
        let answer = try visitor.post(
          "\(path)/correction-requests?dry_run=true", as: .panrb, #"{"patch":\#(patch),"reason":"x"}"#)
        #expect(answer.status == 422 && answer.json["errors"][0]["code"].string == "withheld", "\(answer.text)")
      }
    }
  }

  @Test("history tells of a link to the agency that tied it alone")
  func linksInHistory() async throws {
    try await withService { visitor in
      let one = try visitor.makeCase(ref: "1")
      let other = try visitor.makeCase(ref: "2")
      let body = #"{"case_id":"\#(other.split(separator: "/").last ?? "")","relation":"same_person"}"#
      #expect(try visitor.post("\(one)/links", as: .bawaslu, body).status == 201)
      func steps(_ agency: AgencyCode) throws -> [String?] {
        try visitor.get("\(one)/history", as: agency).json["items"].items.map { $0["what"].string }
      }
      #expect(try steps(.bawaslu) == ["created", "link"])
      #expect(try steps(.panrb) == ["created"])
    }
  }

  @Test("the reason of a correction of the reporter is seen by those who see the reporter")
  func reasonOfAReporter() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let answer = try visitor.patch(path, as: .bawaslu, #"{"reporter":null,"reason":"PLANTED"}"#)
      #expect(answer.status == 200)
      #expect(try visitor.get("\(path)/history", as: .bawaslu).text.contains("PLANTED"))
      #expect(try !visitor.get("\(path)/history", as: .bkn).text.contains("PLANTED"))
    }
  }

  @Test("an accepted request that changes nothing stands in the history all the same")
  func acceptanceWithoutEffect() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let request = #"{"patch":{"region":"16.71"},"reason":"x"}"#
      #expect(try visitor.post("\(path)/correction-requests", as: .bkn, request).status == 201)
      let answer = try visitor.act("correction-requests/1/acceptance", on: path, as: .bawaslu, #"{"reason":"y"}"#)
      #expect(answer.status == 201 && answer.json["version"].int == 1, "\(answer.text)")
      let steps = try visitor.get("\(path)/history", as: .bawaslu).json["items"].items.map { $0["what"].string }
      #expect(steps == ["created", "correction_request", "correction_acceptance"])
    }
  }

  @Test("an import knows no act of an agency that does not exist, and none on a case the agency cannot see")
  func actsInAnImport() async throws {
    try await withService { visitor in
      let note = #"{"action":"notes","occurred_on":"2024-10-08","text":"x","agency":"#
      let central = Sample.caseBody(#"{"institution":"kemenag","source":{"agency":"BAWASLU"}}"#, agencyRef: "1")
      let regional = Sample.caseBody(#"{"source":{"agency":"BAWASLU"}}"#, agencyRef: "2")
      let answer = try visitor.importLines([
        #"{"case":\#(regional),"actions":[\#(note)"GHOST"}]}"#,
        #"{"case":\#(central),"actions":[\#(note)"KEMENDAGRI"}]}"#,
        #"{"case":\#(regional),"actions":[\#(note)"KEMENDAGRI"}]}"#,
      ])
      let lines = answer.text.split(separator: "\n")
      #expect(lines.count == 3 && lines[0].contains("/actions/0/agency") && lines[1].contains("not_found"), "\(lines)")
      #expect(lines.last?.contains(#""status":"created""#) == true, "\(lines)")
    }
  }

  @Test("nobody is told how a case will stand in the future", arguments: ["2199-01-01", "2199-01-01T00:00:00Z"])
  func future(_ asOf: String) async throws {
    try await withService { visitor in
      let answer = try visitor.get("\(try visitor.makeCase())?as_of=\(asOf)", as: .bawaslu)
      #expect(answer.status == 400 && answer.json["errors"][0]["parameter"].string == "as_of", "\(answer.text)")
    }
  }

  private func studied(_ visitor: Visitor) throws -> String {
    let path = try visitor.makeCase()
    try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-08"))
    try visitor.must("studies", on: path, as: .bawaslu, ActionBodies.valid(.studies, on: "2024-10-10"))
    return path
  }

  private func sanctioned(_ visitor: Visitor) throws -> String {
    let path = try studied(visitor)
    try visitor.must(
      "recommendations", on: path, as: .bkn, ActionBodies.valid(.recommendations, on: "2024-10-12"))
    try visitor.must(
      "decisions", on: path, as: .bkn,
      #"{"occurred_on":"2024-10-14","outcome":"sanctioned","decree_number":"SK-1","sanction":"BER-1"}"#)
    return path
  }
}
