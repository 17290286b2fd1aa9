internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// Every way in which something of a case leaves the service.
enum Output: String, CaseIterable, Sendable {
  case record, asOfDate, asOfTime, listJSON, listLines, listCSV, searchJSON, searchLines, searchCSV, history
  case allowedActions, links, related, requests
  case refusedActions, refusedCorrections, duplicates, changes, changeLines, exportLines, exportCSV, differences
  case statistics
  case clocks, clockLines, clockCSV
  case casePages, listPages, otherPages
}

@Suite("Planted text")
struct CanaryTests {
  private static let actions = ActionKind.allCases.map(\.rawValue)

  @Test("occurs where the policy opens it and nowhere else", arguments: agencies, Output.allCases)
  func plantedText(_ agency: AgencyCode, _ output: Output) async throws {
    let world = try await CanaryWorld.shared.value
    try await withTaskExecutorPreference(OwnThread()) {
      try Check(agency: agency, world: world, visitor: Visitor(world.service)).run(output)
    }
  }

  @Test("is planted in every field, stage and agency's case")
  func worldIsComplete() async throws {
    let world = try await CanaryWorld.shared.value
    try await withTaskExecutorPreference(OwnThread()) {
      let visitor = Visitor(world.service)
      var stages: Set<String> = []
      for (plan, id) in zip(CanaryPlan.all, world.ids) {
        let answer = try visitor.get("/v1/cases/\(id)", as: plan.owner)
        #expect(answer.json["stage"].string == plan.road.stage, "\(plan)")
        stages.insert(plan.road.stage)
        let all = Set(Planted.allCases.filter(\.isFact).map(\.rawValue))
        let found = Canaries.found(in: answer.text).map { $0.split(separator: " ")[1].replacing("two", with: "") }
        #expect(Set(found.map(String.init)) == all, "\(plan)")
      }
      #expect(stages == Set(Stage.allCases.map(\.rawValue)))
    }
  }
}

/// What one agency finds in one output.
private struct Check {
  let agency: AgencyCode
  let world: CanaryWorld
  let visitor: Visitor

  func run(_ output: Output) throws {
    switch output {
    case .record: try record()
    case .asOfDate: try each("?as_of=2024-01-31") { $0.facts(for: agency) }
    case .asOfTime: try each("?as_of=\(CanaryWorld.firstInstant)") { $0.facts(for: agency, first: true) }
    case .listJSON: try list("application/json")
    case .listLines: try list("application/x-ndjson")
    case .listCSV: try list("text/csv")
    case .searchJSON: try list("application/json", searching: true)
    case .searchLines: try list("application/x-ndjson", searching: true)
    case .searchCSV: try list("text/csv", searching: true)
    case .history: try each("/history") { $0.told(for: agency) }
    case .allowedActions: try each("/allowed-actions") { _ in [] }
    case .links: try each("/links") { _ in [] }
    case .related: try each("/related") { _ in [] }
    case .requests: try each("/correction-requests") { $0.wishes(for: agency) }
    case .refusedActions: try refusedActions()
    case .refusedCorrections: try refusedCorrections()
    case .duplicates: try duplicates()
    case .changes: try changes("application/json")
    case .changeLines: try changes("application/x-ndjson")
    case .exportLines: try exportLines()
    case .exportCSV: try exportCSV()
    case .differences: try differences()
    case .statistics: try statistics()
    case .clocks: try clocks("application/json")
    case .clockLines: try clocks("application/x-ndjson")
    case .clockCSV: try clocks("text/csv")
    case .casePages: try casePages()
    case .listPages: try listPages()
    case .otherPages: try otherPages()
    }
  }

  /// Head and body of an answer, as one text to search.
  private func found(_ answer: HTTPAnswer) -> Set<String> {
    Canaries.found(in: answer.fields.map { "\($0.name): \($0.value)\n" }.joined() + answer.text)
  }

  /// Asks about every case; one that does not exist for the agency must say nothing.
  private func each(_ suffix: String, _ expected: (CanaryPlan) -> Set<String>) throws {
    for (plan, id) in zip(CanaryPlan.all, world.ids) {
      let answer = try visitor.get("/v1/cases/\(id)\(suffix)", as: agency)
      #expect(answer.status == (Sight.of(plan, for: agency) == nil ? 404 : 200), "\(plan)")
      #expect(found(answer) == expected(plan), "\(plan)")
      if suffix.isEmpty || suffix.hasPrefix("?") { expectRedaction(answer.json, plan) }
    }
  }

  private func record() throws {
    try each("") { $0.facts(for: agency) }
    for (plan, id) in zip(CanaryPlan.all, world.ids) {
      guard let sight = Sight.of(plan, for: agency) else { continue }
      let json = try visitor.get("/v1/cases/\(id)", as: agency).json
      // A withheld group is absent, not empty.
      for name in ["name", "nip", "nik", "position_title"] {
        #expect(json["subject"].has(name) == sight.subject, "\(plan)")
      }
      for name in ["narrative", "place", "urls", "witnesses"] {
        #expect(json["act"].has(name) == sight.narrative, "\(plan)")
      }
      #expect(json.has("reporter") == sight.reporter, "\(plan)")
      for name in ["position_level", "employment", "appointment_year", "reporting_class"] {
        #expect(json["subject"].has(name), "\(plan)")
      }
    }
  }

  private func expectRedaction(_ json: JSONValue, _ plan: CanaryPlan) {
    guard let sight = Sight.of(plan, for: agency), json.has("redacted") else { return }
    #expect(json["redacted"].strings == sight.redacted, "\(plan)")
  }

  private func list(_ type: String, searching: Bool = false) throws {
    let answer =
      searching
      ? try visitor.ask(
        as: agency, "POST", "/v1/case-searches", #"{"limit":200,"count":"exact"}"#, [("Accept", type)])
      : try visitor.get("/v1/cases?limit=200&count=exact", as: agency, [("Accept", type)])
    #expect(answer.status == 200)
    if type == "application/json" {
      try expectExactly(answer.json["items"].items, in: answer)
      #expect(answer.json["count"].int == visible.count)
    } else if type == "application/x-ndjson" {
      try expectExactly(try lines(answer), in: answer)
    } else {
      try expectExactlyRows(answer)
    }
  }

  private func changes(_ type: String) throws {
    let answer = try visitor.get("/v1/changes?limit=1000", as: agency, [("Accept", type)])
    #expect(answer.status == 200)
    let all = type == "application/json" ? answer.json["changes"].items : try lines(answer).dropLast()
    try expectExactly(all.map { $0["case"] }, in: answer)
  }

  private func exportLines() throws {
    let answer = try visitor.get("/v1/exports/cases", as: agency)
    #expect(answer.status == 200)
    let all = try lines(answer)
    #expect(all.first?["snapshot"]["count"].int == visible.count && all.last?["end"]["cases"].int == visible.count)
    try expectExactly(all.dropFirst().dropLast().map { $0["case"] }, in: answer)
  }

  private func exportCSV() throws {
    try expectExactlyRows(try visitor.get("/v1/exports/cases", as: agency, [("Accept", "text/csv")]))
  }

  private func differences() throws {
    let answer = try visitor.ask(
      as: agency, "POST", "/v1/reconciliations?dry_run=true", "", [("Content-Type", "application/x-ndjson")])
    let ids = zip(CanaryPlan.all, world.ids).filter { Sight.of($0.0, for: agency) != nil }.map(\.1)
    #expect(answer.json["missing"].items.compactMap { $0["id"].string } == ids.sorted())
    #expect(found(answer).isEmpty)
  }

  /// Figures count what the agency sees, and hold nothing of anybody.
  private func statistics() throws {
    for kind in ["funnel", "stages", "sanctions", "timeliness", "equal-treatment"] {
      let only = kind == "equal-treatment" ? "violation=DS-06" : "basis=effective"
      for grouping in ["province", "institution", "position_level", "reported_by"] {
        if kind == "equal-treatment" && !["province", "position_level"].contains(grouping) { continue }
        for type in ["application/json", "text/csv"] {
          let answer = try visitor.get(
            "/v1/statistics/\(kind)?\(only)&group_by=\(grouping)", as: agency, [("Accept", type)])
          #expect(answer.status == 200 && found(answer).isEmpty, "\(answer.text)")
        }
      }
    }
    let stages = try visitor.get("/v1/statistics/stages", as: agency).json
    #expect((stages["total"]["total"].int ?? 0) + (stages["total"]["rejected"].int ?? 0) == visible.count)
    let figure = try visitor.get("/v1/figures/\(stages["figure_id"].string ?? "")", as: agency)
    #expect(figure.status == 200 && found(figure).isEmpty)
  }

  /// Every case has a clock; the lists of clocks tell which cases exist, and nothing of their persons.
  private func clocks(_ type: String) throws {
    var ids: Set<String> = []
    var target: String? = "/v1/clocks?state=running,paused,met,late,overdue&limit=200"
    while let page = target {
      let answer = try visitor.get(page, as: agency, [("Accept", type)])
      #expect(answer.status == 200 && found(answer).isEmpty, "\(answer.text)")
      switch type {
      case "application/json": ids.formUnion(answer.json["items"].items.compactMap { $0["case_id"].string })
      case "text/csv": ids.formUnion(try CSVReader.rows(answer.body).dropFirst().map { $0.fields[0] })
      default: ids.formUnion(try lines(answer).compactMap { $0["case_id"].string })
      }
      target = answer["link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
    }
    #expect(ids == Set(zip(CanaryPlan.all, world.ids).filter { Sight.of($0.0, for: agency) != nil }.map(\.1)))
    let open = try visitor.get("/v1/clocks?limit=200", as: agency, [("Accept", type)])
    #expect(open.status == 200 && found(open).isEmpty)
  }

  private var visible: [CanaryPlan] { CanaryPlan.all.filter { Sight.of($0, for: agency) != nil } }

  private func lines(_ answer: HTTPAnswer) throws -> [JSONValue] {
    try answer.lines.map { try JSONValue.parse(Array($0.utf8)) }
  }

  private func expectExactlyRows(_ answer: HTTPAnswer) throws {
    #expect(found(answer) == visible.reduce(into: []) { $0.formUnion($1.facts(for: agency, inCSV: true)) })
    let rows = try CSVReader.rows(answer.body)
    #expect(rows.count == visible.count + 1)
    let column = try #require(rows[0].fields.firstIndex(of: "redacted"))
    let reference = try #require(rows[0].fields.firstIndex(of: "agency_ref"))
    for row in rows.dropFirst() {
      let plan = try #require(visible.first { $0.reference == row.fields[reference] })
      #expect(row.fields[column] == Sight.of(plan, for: agency)?.redacted.joined(separator: " "), "\(plan)")
    }
  }

  /// The records of an answer are those the agency sees, with what it sees of them and nothing else.
  private func expectExactly(_ records: [JSONValue], in answer: HTTPAnswer) throws {
    #expect(found(answer) == visible.reduce(into: []) { $0.formUnion($1.facts(for: agency)) })
    #expect(Set(records.compactMap { $0["source"]["agency_ref"].string }) == Set(visible.map(\.reference)))
    for record in records {
      let plan = try #require(visible.first { $0.reference == record["source"]["agency_ref"].string })
      expectRedaction(record, plan)
    }
  }

  /// An agency that has ended is refused whatever it writes, before any case is looked up.
  private var hasEnded: Bool { agency == .kasn }

  private func refusedActions() throws {
    for (plan, id) in zip(CanaryPlan.all, world.ids) where plan.isCorrected {
      let path = "/v1/cases/\(id)"
      let etag = try visitor.get(path, as: agency)["etag"] ?? "\"4-1-1\""
      for kind in ActionKind.allCases {
        // What the kind does not ask for is refused in the first body; the date is before the report in the second.
        for body in [#"{"occurred_on":"2024-03-10","nothing":1}"#, ActionBodies.valid(kind, on: "2024-01-02")] {
          let answer = try visitor.ask(as: agency, "POST", "\(path)/\(kind.rawValue)", body, [("If-Match", etag)])
          let isAbsent = Sight.of(plan, for: agency) == nil
          #expect(
            isAbsent && !hasEnded ? answer.status == 404 : [403, 409, 422].contains(answer.status), "\(plan) \(kind)")
          #expect(found(answer).isEmpty, "\(plan) \(kind)")
        }
        let stale = try visitor.ask(
          as: agency, "POST", "\(path)/\(kind.rawValue)", ActionBodies.valid(kind, on: "2024-03-10"),
          [("If-Match", "\"4-999-15\"")])
        #expect((hasEnded ? [403] : [404, 412]).contains(stale.status) && found(stale).isEmpty, "\(plan) \(kind)")
      }
    }
  }

  private func refusedCorrections() throws {
    for (plan, id) in zip(CanaryPlan.all, world.ids) {
      let path = "/v1/cases/\(id)"
      let sight = Sight.of(plan, for: agency)
      let etag = try visitor.get(path, as: agency)["etag"] ?? "\"4-1-1\""
      for body in [
        #"{"reason":"x","act":{"narrative":null}}"#, #"{"reason":"x","subject":{"nip":"1"}}"#,
        #"{"act":{"place":"x"}}"#, #"{"reason":"x","source":{"received_on":"2030-01-01"}}"#,
        #"{"reason":"x","subject":null}"#, #"{"reason":"x","reporter":{"mode":"anonymous"}}"#,
      ] {
        let answer = try visitor.ask(as: agency, "PATCH", path, body, [("If-Match", etag)])
        #expect(sight == nil ? answer.status == 404 : [403, 422].contains(answer.status), "\(plan) \(body)")
        #expect(found(answer).isEmpty, "\(plan) \(body)")
      }
      // A guess at what is withheld is refused for being one, and not because it is wrong.
      let guesses = [
        (#"{"subject":{"name":"x"}}"#, sight?.subject), (#"{"act":{"narrative":"x"}}"#, sight?.narrative),
        (#"{"reporter":{"name":"x"}}"#, sight?.reporter), (#"{"subject":{"identifier_missing":true}}"#, sight?.subject),
      ]
      for (patch, isOpen) in guesses where isOpen != true {
        let answer = try visitor.post(
          "\(path)/correction-requests?dry_run=true", as: agency, #"{"patch":\#(patch),"reason":"x"}"#)
        #expect(answer.status == (hasEnded ? 403 : sight == nil ? 404 : 422), "\(plan) \(patch)")
        if sight != nil && !hasEnded {
          #expect(answer.json["errors"][0]["code"].string == "withheld", "\(plan) \(patch)")
        }
        #expect(found(answer).isEmpty, "\(plan) \(patch)")
      }
    }
  }

  private func duplicates() throws {
    let answer = try visitor.importLines(CanaryPlan.all.map(\.line), as: agency)
    #expect(found(answer).isEmpty)
    if hasEnded {
      #expect(answer.status == 403)
      return
    }
    let results = try answer.lines.map { try JSONValue.parse(Array($0.utf8)) }
    #expect(results.count == CanaryPlan.all.count)
    for ((plan, id), result) in zip(zip(CanaryPlan.all, world.ids), results) {
      #expect(result["status"].string == "duplicate", "\(plan) \(result["problem"]["errors"])")
      // The line names a person: which case is about that person is told of own reports, and of a predecessor's, alone.
      let isTold = plan.owner == agency || agency == .bkn && plan.owner == .kasn
      #expect(result["id"].string == (isTold ? id : nil), "\(plan)")
    }
  }
}

/// The pages behind a sign-in show what their questions to the interface show, and nothing else.
extension Check {
  private func browser() throws -> Browser { try Browser(visitor, as: agency.rawValue) }

  fileprivate func casePages() throws {
    let browser = try browser()
    for (plan, id) in zip(CanaryPlan.all, world.ids) {
      let isSeen = Sight.of(plan, for: agency) != nil
      let page = try browser.get("/app/cases/\(id)")
      #expect(page.status == (isSeen ? 200 : 404), "\(plan)")
      let told = plan.facts(for: agency).union(plan.told(for: agency)).union(plan.wishes(for: agency))
      #expect(found(page).subtracting(told).isEmpty, "\(plan)")
      #expect(plan.facts(for: agency).subtracting(found(page)).isEmpty, "\(plan)")
      for form in ["correction", "correction-requests", "notes"] {
        let page = try browser.get("/app/cases/\(id)/forms/\(form)")
        #expect(page.status == (isSeen ? 200 : 404), "\(plan) \(form)")
        #expect(found(page).subtracting(plan.facts(for: agency)).isEmpty, "\(plan) \(form)")
      }
    }
  }

  fileprivate func listPages() throws {
    let browser = try browser()
    let all = visible.reduce(into: Set<String>()) { $0.formUnion($1.facts(for: agency)) }
    let list = try browser.get("/app/cases?limit=200")
    let search = try browser.send(list, to: "/app/cases/search", [:])
    let ids = Set(zip(CanaryPlan.all, world.ids).filter { Sight.of($0.0, for: agency) != nil }.map(\.1))
    #expect(list.status == 200 && search.status == 200)
    #expect(found(list).subtracting(all).isEmpty && found(search).subtracting(all).isEmpty)
    let linked = list.text.matches(of: #/\/app\/cases\/([0-9a-f-]{36})/#).map { String($0.1) }
    #expect(Set(linked) == ids)
  }

  fileprivate func otherPages() throws {
    let browser = try browser()
    for page in [
      "/app", "/app/clocks", "/app/figures", "/app/figures?statistic=stages&group_by=institution", "/app/keys",
      "/app/retention", "/app/record", "/app/record/0", "/app/cases/new",
    ] {
      let answer = try browser.get(page)
      #expect(answer.status == 200 && found(answer).isEmpty, "\(page): \(found(answer))")
    }
  }
}
