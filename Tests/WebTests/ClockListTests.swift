internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("The list of clocks")
struct ClockListTests {
  /// A case that is brought in at a stage; dates lie around 2024-10-20, which is today.
  private struct Line {
    let ref: String
    let institution: String
    let received: String
    /// Day and act; the agency and the fields follow from the act.
    let steps: [(day: String, kind: ActionKind, clock: ClockKind)]

    init(_ ref: String, _ institution: String, _ received: String, _ steps: [(String, ActionKind, ClockKind)]) {
      (self.ref, self.institution, self.received) = (ref, institution, received)
      self.steps = steps.map { (day: $0.0, kind: $0.1, clock: $0.2) }
    }

    var text: String {
      let region = institution == "kemenag" ? "16.71" : institution
      let facts = Sample.caseBody(
        #"{"source":{"agency":"BAWASLU","received_on":"\#(received)"},"region":"\#(region)","institution":"\#(institution)","act":{"occurred_on":"2024-07-01"},"subject":{"nip":null,"identifier_missing":true,"name":"Pegawai \#(ref)"}}"#,
        agencyRef: ref)
      let acts = steps.map { step in
        let isOfStudy = step.kind == .studies || step.clock == .study && step.kind != .verifications
        let agency = isOfStudy ? "BAWASLU" : "BKN"
        let body = ActionBodies.valid(step.kind, on: step.day, clock: step.clock).dropFirst()
        return #"{"action":"\#(step.kind.rawValue)","agency":"\#(agency)",\#(body)"#
      }
      return "{\"case\":\(facts.replacing("\n", with: "")),\"actions\":[\(acts.joined(separator: ","))]}"
    }
  }

  private static func toRecommended(_ day: String) -> [(String, ActionKind, ClockKind)] {
    [(day, .verifications, .verification), (day, .studies, .appealFiling), (day, .recommendations, .ppkFollowUp)]
  }

  private static let lines = [
    Line("running", "16.71", "2024-10-18", []),  // Verification, due on the 25th.
    Line("late", "16.71", "2024-10-02", []),  // Verification, due on the 9th: overdue for 11 days.
    Line("study", "kemenag", "2024-10-17", [("2024-10-18", .verifications, .verification)]),  // Due on the 23rd.
    Line("paused", "16", "2024-10-15", [("2024-10-16", .clockPauses, .verification)]),  // Due on November 1.
    Line("city", "16.71", "2024-09-10", toRecommended("2024-09-20")),  // Due on October 10.
    Line("province", "16", "2024-09-10", toRecommended("2024-09-23")),  // Due on the 11th.
    Line("centre", "kemenag", "2024-09-10", toRecommended("2024-09-24") + [("2024-10-15", .blocks, .ppkFollowUp)]),
    Line("decided", "17", "2024-09-20", toRecommended("2024-10-03") + [("2024-10-04", .decisions, .ppkFollowUp)]),
    Line("lapsed", "17", "2024-07-01", toRecommended("2024-09-02") + [("2024-09-03", .decisions, .ppkFollowUp)]),
  ]

  /// Report numbers, to tell which case is which, by identity.
  private func fill(_ visitor: Visitor) throws -> [String: String] {
    let answer = try visitor.importLines(Self.lines.map(\.text))
    var refs: [String: String] = [:]
    for (line, text) in zip(Self.lines, answer.lines) {
      guard let id = try JSONValue.parse(Array(text.utf8))["id"].string else { throw Unexpected(answer) }
      refs[id] = line.ref
    }
    return refs
  }

  /// Each clock as `ref kind state`, page after page.
  private func list(
    _ visitor: Visitor, _ refs: [String: String], _ query: String, as who: AgencyCode = .bkn, limit: Int
  )
    throws -> [String]
  {
    var found: [String] = []
    var target: String? = "/v1/clocks?limit=\(limit)\(query.isEmpty ? "" : "&\(query)")"
    while let page = target {
      let answer = try visitor.get(page, as: who)
      guard answer.status == 200 else { throw Unexpected(answer) }
      let items = answer.json["items"].items
      #expect(items.count <= limit)
      found += items.map { item in
        "\(refs[item["case_id"].string ?? ""] ?? "-") \(item["kind"].string ?? "-") \(item["state"].string ?? "-")"
      }
      target = answer["link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
      #expect((target == nil) == (answer.json["next_cursor"] == .null))
    }
    return found
  }

  private static let overdue = [
    "late verification overdue", "city ppk_follow_up overdue", "province ppk_follow_up overdue",
    "centre ppk_follow_up overdue",
  ]
  private static let open =
    overdue + [
      "study study running", "decided appeal_filing running", "running verification running",
      "paused verification paused",
    ]

  @Test("holds the open ones in the order in which they are due, and what each filter asks for")
  func filters() async throws {
    try await withService { visitor in
      let refs = try fill(visitor)
      let questions: [(String, [String])] = [
        ("", Self.open), ("overdue=true", Self.overdue), ("state=overdue", Self.overdue),
        ("overdue=false", Array(Self.open.dropFirst(4))), ("state=paused", [Self.open[7]]),
        ("paused=true", [Self.open[7]]),
        ("paused=false", Array(Self.open.dropLast())), ("overdue=false&paused=false", Array(Self.open[4...6])),
        ("kind=verification&paused=true", [Self.open[7]]), ("kind=study&paused=true", []),
        ("state=running", Array(Self.open[4...6])), ("state=running,running", Array(Self.open[4...6])),
        ("state=running,overdue", Array(Self.open.dropLast())),
        ("state=paused,overdue", Self.overdue + [Self.open[7]]), ("state=paused,running", Array(Self.open.suffix(4))),
        ("kind=appeal_filing", [Self.open[5]]), ("kind=appeal_filing&state=running", [Self.open[5]]),
        ("kind=ppk_follow_up", Array(Self.overdue.dropFirst())), ("kind=study", [Self.open[4]]),
        ("kind=verification&overdue=true", [Self.open[0]]), ("institution=kemenag", Array(Self.open[3...4])),
        ("region=16", Self.open.filter { !$0.hasPrefix("decided") }), ("region=17", [Self.open[5]]),
        ("region=16.71", Self.open.filter { !$0.hasPrefix("p") && !$0.hasPrefix("decided") }),
        ("due_before=2024-10-11", Array(Self.open.prefix(2))), ("due_from=2024-10-22", Array(Self.open.suffix(4))),
        ("due_from=2024-10-10&due_before=2024-10-12", Array(Self.open[1...2])), ("election=pilkada-2020", []),
        ("state=late", ["city", "province", "centre", "decided", "lapsed"].map { "\($0) verification late" }),
        (
          "state=met&institution=17",
          [
            "decided study met", "decided ppk_follow_up met", "lapsed study met", "lapsed ppk_follow_up met",
            "lapsed appeal_filing met",
          ]
        ),
        (
          "kind=appeal_filing&state=running,met,late",
          ["decided appeal_filing running", "lapsed appeal_filing met"]
        ),
      ]
      for (query, wanted) in questions {
        for limit in [1, 2, 200] {
          let found = try list(visitor, refs, query, limit: limit)
          #expect(found == wanted, "\(query) \(limit): \(found)")
        }
      }
    }
  }

  @Test("of every state goes over the cases and tells each clock once")
  func all() async throws {
    try await withService { visitor in
      let refs = try fill(visitor)
      var wanted: [String] = []
      for (id, ref) in refs.sorted(by: { $0.key < $1.key }) {
        let clocks = try visitor.get("/v1/cases/\(id)", as: .bkn).json["clocks"].items
        wanted += clocks.map { "\(ref) \($0["kind"].string ?? "")" }
      }
      for limit in [1, 3, 200] {
        let found = try list(visitor, refs, "state=running,paused,met,late,overdue", limit: limit)
        #expect(found.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == wanted, "\(limit)")
      }
    }
  }

  @Test("tells candidates for a block and to whom they are escalated")
  func candidates() async throws {
    try await withService { visitor in
      let refs = try fill(visitor)
      let answer = try visitor.get("/v1/clocks?kind=ppk_follow_up&overdue=true", as: .bkn)
      let items = answer.json["items"].items
      let told = items.map { item in
        let (candidate, escalation) = (item["block_candidate"], item["escalate_to"])
        return [
          refs[item["case_id"].string ?? ""], candidate["from"].string, candidate["blocked"].bool.map { "\($0)" },
          item["days_overdue"].int.map { "\($0)" }, escalation["agency"].string, escalation["superior_id"].string,
          escalation["superior_en"].string,
        ].map { $0 ?? "-" }.joined(separator: "|")
      }
      #expect(
        told == [
          "city|2024-10-11|false|10|KEMENDAGRI|Gubernur (Pemerintah Provinsi Sumatera Selatan)|"
            + "Governor (Pemerintah Provinsi Sumatera Selatan)",
          "province|2024-10-12|false|9|KEMENDAGRI|Menteri Dalam Negeri|Minister of Home Affairs",
          "centre|2024-10-15|true|6|PANRB|Presiden|President",
        ])
      #expect(
        items[0].names == [
          "case_id", "number", "stage", "election", "institution", "region", "kind", "started_on", "due_on", "unit",
          "legal_basis", "state", "stopped_on", "recorded_on", "recorded_late", "pauses", "days_overdue",
          "block_candidate", "escalate_to",
        ])
      let city = items[0]
      #expect(city["legal_basis"].string == "BKN, published 2024-02-06; first day in force unsure")
      #expect(city["unit"].string == "working_days")
      #expect(city["started_on"].string == "2024-09-20" && city["due_on"].string == "2024-10-10")
      #expect(city["institution"]["code"].string == "16.71" && city["institution"]["kind"].string == "regional")
      let verification = try visitor.get("/v1/clocks?kind=verification&overdue=true", as: .bkn).json["items"][0]
      #expect(verification["days_overdue"].int == 11 && !verification.has("block_candidate"))
      let paused = try visitor.get("/v1/clocks?state=paused", as: .bkn).json["items"][0]
      #expect(paused["pauses"][0]["from"].string == "2024-10-16" && !paused.has("days_overdue"))
      // Overdue is what today says: nothing is written for it.
      visitor.clock.set("2024-10-25T20:00:00Z")
      #expect(
        try list(visitor, refs, "kind=verification", limit: 50) == [
          "late verification overdue", "running verification overdue", "paused verification running",
        ])
    }
  }

  @Test("is lines and rows too, and shows each agency its own cases alone")
  func forms() async throws {
    try await withService { visitor in
      let refs = try fill(visitor)
      let json = try visitor.get("/v1/clocks", as: .bkn).json["items"].items
      let lines = try visitor.get("/v1/clocks", as: .bkn, [("Accept", "application/x-ndjson")])
      #expect(try lines.lines.map { try JSONValue.parse(Array($0.utf8)) } == json)
      let csv = try visitor.get("/v1/clocks?limit=3", as: .bkn, [("Accept", "text/csv")])
      #expect(csv["content-type"] == "text/csv; charset=utf-8; header=present" && csv["link"] != nil)
      let rows = try CSVReader.rows(csv.body).map(\.fields)
      #expect(rows.count == 4 && rows[0].first == "case_id" && rows.allSatisfy { $0.count == rows[0].count })
      #expect(rows[2].suffix(8).prefix(4) == ["10", "2024-10-11", "false", "KEMENDAGRI"], "\(rows[2])")
      #expect(rows[2].suffix(2) == ["Awaiting the PPK", "Kota Palembang"])
      let regional = Self.open.filter { !$0.hasPrefix("centre") && !$0.hasPrefix("study") }
      #expect(try list(visitor, refs, "", as: .kemendagri, limit: 2) == regional)
      #expect(try list(visitor, refs, "", as: .panrb, limit: 2) == Self.open)
    }
  }

  @Test(
    "refuses a wrong question and names the parameter",
    arguments: [
      ("kind=nothing", "kind"), ("state=late,nothing", "state"), ("state=", "state"),
      ("state=running,", "state"), ("overdue=yes", "overdue"),
      ("state=met&overdue=true", "overdue"), ("state=overdue&overdue=false", "overdue"), ("due_from=x", "due_from"),
      ("due_before=2024-13-01", "due_before"), ("due_from=2024-10-02&due_before=2024-10-02", "due_from"),
      ("institution=nothing", "institution"), ("region=99", "region"), ("region=x", "region"),
      ("election=nothing", "election"), ("limit=0", "limit"), ("limit=201", "limit"), ("nothing=1", "nothing"),
      ("paused=yes", "paused"), ("state=running&paused=true", "paused"), ("overdue=true&paused=true", "paused"),
      ("state=paused&paused=false", "paused"), ("kind=appeal_filing&overdue=true", "kind"), ("cursor=x", "cursor"),
    ])
  func badQuestions(_ query: String, _ parameter: String) async throws {
    try await withService { visitor in
      let answer = try visitor.get("/v1/clocks?\(query)", as: .bkn)
      #expect(answer.status == 400 && answer.json["errors"][0]["parameter"].string == parameter, "\(answer.text)")
    }
  }

  @Test("has cursors of its own")
  func cursors() async throws {
    try await withService { visitor in
      _ = try fill(visitor)
      let clocks = try #require(try visitor.get("/v1/clocks?limit=1", as: .bkn).json["next_cursor"].string)
      let cases = try #require(try visitor.get("/v1/cases?limit=1", as: .bkn).json["next_cursor"].string)
      for (target, who) in [
        ("/v1/clocks?cursor=\(cases)", AgencyCode.bkn), ("/v1/cases?cursor=\(clocks)", .bkn),
        ("/v1/clocks?cursor=\(clocks)", .panrb), ("/v1/clocks?cursor=\(clocks)&kind=study", .bkn),
      ] {
        #expect(try visitor.get(target, as: who).status == 400, "\(target)")
      }
    }
  }
}
