internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("The legal road")
struct LegalRoadTests {
  /// One act: what, by whom, when, with which fields; then the stage, or the refusal's status and code.
  private struct Step {
    let action: String
    let who: AgencyCode
    let date: String
    let rest: String
    let stage: String?
    let refusal: (Int, String)?

    init(_ action: String, _ who: AgencyCode, _ date: String, _ rest: String, stage: String) {
      (self.action, self.who, self.date, self.rest) = (action, who, date, rest)
      (self.stage, refusal) = (stage, nil)
    }

    init(_ action: String, _ who: AgencyCode, _ date: String, _ rest: String, refused: Int, _ code: String) {
      (self.action, self.who, self.date, self.rest) = (action, who, date, rest)
      (stage, refusal) = (nil, (refused, code))
    }
  }

  private func walk(_ visitor: Visitor, _ path: String, _ steps: [Step]) throws {
    for step in steps {
      let before = try visitor.get(path, as: .bawaslu).body
      let rest = step.rest.isEmpty ? "" : ",\(step.rest)"
      let answer = try visitor.act(step.action, on: path, as: step.who, "{\"occurred_on\":\"\(step.date)\"\(rest)}")
      let label = "\(step.action) by \(step.who) on \(step.date): \(answer.text)"
      if let stage = step.stage {
        #expect(answer.status == 201 && answer.json["stage"].string == stage, "\(label)")
        let current = try visitor.get(path, as: step.who)
        #expect(current.body == answer.body && current["etag"] == answer["etag"], "\(label)")
        let final = ["rejected", "not_proven", "exonerated", "cancelled", "lapsed", "closed"].contains(stage)
        #expect(answer.json["final"].bool == final, "\(label)")
      } else if let (status, code) = step.refusal {
        #expect(answer.status == status && answer.json["code"].string == code, "\(label)")
        #expect(answer.json.has("allowed_actions") == (code == "stage_conflict"), "\(label)")
        #expect(try visitor.get(path, as: .bawaslu).body == before, "\(label)")
      }
    }
  }

  private static let accepted = #""outcome":"accepted""#
  private static let violation = #""outcome":"violation","summary":"Terbukti.""#
  private static let recommended = #""outcome":"recommended","letter_number":"R-1","proposed_sanction":"BER-1""#
  private static let sanctioned = #""outcome":"sanctioned","decree_number":"SK-1","sanction":"BER-1""#
  private static let toRecommended = [
    Step("verifications", .bkn, "2024-10-08", accepted, stage: "verified"),
    Step("studies", .bawaslu, "2024-10-08", violation, stage: "studied"),
    Step("recommendations", .bkn, "2024-10-08", recommended, stage: "recommended"),
  ]

  @Test("leads from report to closure, and every wrong step is refused and changes nothing")
  func mainRoad() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      try walk(
        visitor, path,
        [
          Step("studies", .bawaslu, "2024-10-08", Self.violation, refused: 409, "stage_conflict"),
          Step("verifications", .kasn, "2024-10-08", Self.accepted, refused: 403, "agency_ended"),
          Step("verifications", .bkn, "2024-10-05", Self.accepted, refused: 422, "invalid"),
          Step("verifications", .bkn, "2024-10-21", Self.accepted, refused: 422, "invalid"),
          Step("verifications", .bkn, "2024-10-08", #""outcome":"rejected""#, refused: 422, "invalid"),
          Step("verifications", .kemendagri, "2024-10-08", Self.accepted, stage: "verified"),
          Step("verifications", .bkn, "2024-10-08", Self.accepted, refused: 409, "stage_conflict"),
          Step("studies", .bkn, "2024-10-08", Self.violation, refused: 403, "mandate_missing"),
          Step("studies", .bawaslu, "2024-10-07", Self.violation, refused: 422, "invalid"),
          Step("studies", .bawaslu, "2024-10-08", Self.violation, stage: "studied"),
          Step("recommendations", .bawaslu, "2024-10-08", Self.recommended, refused: 403, "mandate_missing"),
          Step(
            "recommendations", .bkn, "2024-10-08",
            #""outcome":"recommended","letter_number":"R","proposed_sanction":"P53-B1""#, refused: 422, "invalid"),
          Step("recommendations", .bkn, "2024-10-08", Self.recommended, stage: "recommended"),
          Step("decisions", .panrb, "2024-10-09", Self.sanctioned, refused: 403, "mandate_missing"),
          Step(
            "decisions", .bkn, "2024-10-09", #""outcome":"sanctioned","decree_number":"SK","sanction":"RIN-1""#,
            refused: 422, "invalid"),
          Step("escalations", .kemendagri, "2024-10-09", #""letter_number":"E","addressee":"G""#, stage: "recommended"),
          Step(
            "escalations", .panrb, "2024-10-09", #""letter_number":"E","addressee":"G""#, refused: 403,
            "mandate_missing"),
          Step("decisions", .kemendagri, "2024-10-10", Self.sanctioned, stage: "sanctioned"),
          Step("appeals", .bawaslu, "2024-10-11", #""route":"objection""#, refused: 403, "mandate_missing"),
          Step("appeals", .panrb, "2024-10-11", #""route":"bpasn""#, stage: "appealed"),
          Step("closures", .bkn, "2024-10-11", #""idis_reference":"I""#, refused: 409, "stage_conflict"),
          Step("rulings", .bkn, "2024-10-12", #""outcome":"changed""#, refused: 422, "invalid"),
          Step("rulings", .bkn, "2024-10-12", #""outcome":"upheld","sanction":"BER-2""#, refused: 422, "invalid"),
          Step("rulings", .bkn, "2024-10-12", #""outcome":"changed","sanction":"BER-2""#, stage: "sanctioned"),
          Step("closures", .panrb, "2024-10-13", #""idis_reference":"I""#, refused: 403, "mandate_missing"),
          Step("closures", .bkn, "2024-10-13", #""idis_reference":"I-1""#, stage: "closed"),
          Step("cancellations", .bawaslu, "2024-10-13", #""reason":"x""#, refused: 409, "stage_conflict"),
          Step("lapses", .bkn, "2024-10-13", #""reason":"died""#, refused: 409, "stage_conflict"),
          Step("notes", .kasn, "2024-10-13", #""text":"Selesai.""#, refused: 403, "agency_ended"),
          Step("notes", .panrb, "2024-10-13", #""text":"Selesai.""#, stage: "closed"),
        ])
      let record = try visitor.get(path, as: .bkn).json
      #expect(record["decision"]["sanction"].string == "BER-2" && record["idis_reference"].string == "I-1")
      #expect(
        record["milestones"].names == [
          "received", "verified", "studied", "recommended", "decided", "appealed", "ruled", "escalated", "closed",
        ])
      let history = try visitor.get("\(path)/history", as: .panrb).json["items"].items
      #expect(
        history.compactMap { $0["what"].string } == [
          "created", "verifications", "studies", "recommendations", "escalations", "decisions", "appeals", "rulings",
          "closures", "notes",
        ])
      #expect(history.map { $0["version"].int } == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9])
      let numbers = history.compactMap { $0["seq"].int }
      #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    }
  }

  @Test("may block only once the PPK's period is over, and a block stays open until it is released")
  func blocks() async throws {
    try await withService { visitor in
      // Recommended on the 8th, the PPK has 14 working days.
      visitor.clock.set("2024-10-30T03:00:00Z")
      let path = try visitor.makeCase()
      let block = #""letter_number":"B-1""#
      try walk(
        visitor, path,
        Self.toRecommended + [
          Step("blocks", .bkn, "2024-10-28", block, refused: 409, "clock_running"),
          Step("blocks", .kemendagri, "2024-10-29", block, refused: 403, "mandate_missing"),
          Step("block-releases", .bkn, "2024-10-29", #""proof":"x""#, refused: 409, "stage_conflict"),
          Step("blocks", .bkn, "2024-10-29", block, stage: "blocked"),
          Step("blocks", .bkn, "2024-10-29", block, refused: 409, "stage_conflict"),
          Step("decisions", .bkn, "2024-10-30", Self.sanctioned, stage: "sanctioned"),
        ])
      #expect(try visitor.get(path, as: .bkn).json["block"]["released_on"] == .null)
      try walk(visitor, path, [Step("block-releases", .bkn, "2024-10-30", #""proof":"SK-1""#, stage: "sanctioned")])
      #expect(try visitor.get(path, as: .bkn).json["block"]["released_on"].string == "2024-10-30")
      let other = try visitor.makeCase(ref: "2")
      try walk(
        visitor, other,
        Self.toRecommended + [
          Step("blocks", .bkn, "2024-10-29", block, stage: "blocked"),
          Step("block-releases", .bkn, "2024-10-30", #""proof":"surat""#, stage: "recommended"),
          Step("block-releases", .bkn, "2024-10-30", #""proof":"surat""#, refused: 409, "stage_conflict"),
        ])
    }
  }

  @Test("ends in each of its other ways")
  func otherEnds() async throws {
    try await withService { visitor in
      let roads: [[Step]] = [
        [Step("verifications", .bawaslu, "2024-10-08", #""outcome":"rejected","reason":"x""#, stage: "rejected")],
        [
          Step("cancellations", .bkn, "2024-10-08", #""reason":"x""#, refused: 403, "not_owner"),
          Step("cancellations", .bawaslu, "2024-10-08", #""reason":"x""#, stage: "cancelled"),
        ],
        [
          Step("lapses", .bawaslu, "2024-10-08", #""reason":"died""#, refused: 403, "mandate_missing"),
          Step("lapses", .bkn, "2024-10-08", #""reason":"died""#, stage: "lapsed"),
        ],
        [
          Self.toRecommended[0],
          Step("studies", .bawaslu, "2024-10-08", #""outcome":"no_violation""#, stage: "not_proven"),
        ],
        Array(Self.toRecommended[..<2]) + [
          Step(
            "recommendations", .bkn, "2024-10-08", #""outcome":"not_proven","letter_number":"R""#,
            stage: "not_proven")
        ],
        Self.toRecommended + [
          Step("decisions", .bkn, "2024-10-09", #""outcome":"not_proven","decree_number":"S""#, stage: "not_proven")
        ],
        Self.toRecommended + [
          Step("decisions", .bkn, "2024-10-09", Self.sanctioned, stage: "sanctioned"),
          Step("appeals", .bkn, "2024-10-09", #""route":"court""#, stage: "appealed"),
          Step("rulings", .panrb, "2024-10-09", #""outcome":"annulled""#, stage: "exonerated"),
        ],
      ]
      for (index, road) in roads.enumerated() { try walk(visitor, try visitor.makeCase(ref: "\(index)"), road) }
    }
  }

  @Test("asks the study for the violation where the report names none")
  func studyNamesViolation() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(#"{"violation":null}"#)
      try walk(
        visitor, path,
        [
          Self.toRecommended[0],
          Step("studies", .bawaslu, "2024-10-08", Self.violation, refused: 422, "invalid"),
          Step("studies", .bawaslu, "2024-10-08", #""outcome":"violation","violation":"XX""#, refused: 422, "invalid"),
          Step("studies", .bawaslu, "2024-10-08", #""outcome":"violation","violation":"KE-04""#, stage: "studied"),
        ])
      #expect(try visitor.get(path, as: .bkn).json["violation"]["category"].string == "ethics")
    }
  }

  @Test("lets BKN record what KASN did in its time, and nobody else")
  func onBehalfOf() async throws {
    try await withService { visitor in
      let change =
        #"{"election":"pemilu-2024","contest":"pemilu-2024/presidential","act":{"occurred_on":"2024-01-10"},"#
        + #""source":{"received_on":"2024-01-15"}}"#
      let made = try visitor.post(
        "/v1/cases", as: .bkn, merged(Sample.caseBody(change), #"{"on_behalf_of":"KASN"}"#))
      #expect(made.status == 201 && made.json["source"]["agency"].string == "KASN")
      #expect(made.json["redacted"].strings == ["reporter"])
      let path = made["location"] ?? ""
      let forKASN = #","on_behalf_of":"KASN""#
      try walk(
        visitor, path,
        [
          Step("verifications", .panrb, "2024-01-16", Self.accepted + forKASN, refused: 403, "mandate_missing"),
          Step("verifications", .bkn, "2024-01-16", Self.accepted + forKASN, stage: "verified"),
          Step("studies", .bkn, "2024-01-17", Self.violation + forKASN, stage: "studied"),
          Step("recommendations", .bkn, "2024-01-18", Self.recommended, refused: 403, "mandate_missing"),
          Step("recommendations", .bkn, "2024-09-01", Self.recommended + forKASN, refused: 403, "mandate_missing"),
          Step("recommendations", .bkn, "2024-01-18", Self.recommended + forKASN, stage: "recommended"),
          Step("cancellations", .panrb, "2024-01-19", #""reason":"x""#, refused: 403, "not_owner"),
          Step("cancellations", .bkn, "2024-01-19", #""reason":"x""#, stage: "cancelled"),
        ])
      let event = try visitor.get("\(path)/history", as: .bkn).json["items"][1]
      #expect(event["agency"].string == "BKN" && event["on_behalf_of"].string == "KASN")
      for who in [AgencyCode.panrb, .bawaslu] {
        let foreign = try visitor.post(
          "/v1/cases", as: who, merged(Sample.caseBody(change), #"{"on_behalf_of":"KASN"}"#))
        #expect(foreign.status == 403 && foreign.json["code"].string == "mandate_missing")
      }
      let late = try visitor.post("/v1/cases", as: .kasn, Sample.caseBody())
      #expect(late.status == 403 && late.json["code"].string == "agency_ended")
    }
  }

  @Test("is told by allowed-actions as the actions themselves judge")
  func allowedActions() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      for step in [nil] + Self.toRecommended.map(Optional.some) {
        if let step { try walk(visitor, path, [step]) }
        let clocks = try visitor.get(path, as: .bkn).json["clocks"].items
        let open = clocks.first { $0["stopped_on"] == .null }.flatMap { ClockKind(rawValue: $0["kind"].string ?? "") }
        for agency in agencies {
          let told = try visitor.get("\(path)/allowed-actions", as: agency)
          #expect(told.json["actions"].items.compactMap { $0["action"].string } == ActionKind.allCases.map(\.rawValue))
          for entry in told.json["actions"].items {
            let action = entry["action"].string ?? ""
            guard let kind = ActionKind(rawValue: action) else { continue }
            let body = ActionBodies.valid(kind, on: "2024-10-20", clock: open ?? .verification)
            let answer = try visitor.act(action, on: path, as: agency, body, dryRun: true)
            #expect((answer.status == 201) == entry["allowed"].bool, "\(action) \(agency): \(answer.text)")
            if entry["allowed"].bool == false {
              #expect(entry["code"] == answer.json["code"] && entry["detail"] == answer.json["detail"], "\(action)")
            }
          }
          #expect(told.json["correction"].bool == (agency == .bawaslu || agency == .bkn))
        }
      }
    }
  }
}
