internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@testable import Web

@Suite("Chosen fields")
struct FieldTests {
  /// A list, where a case or another item stands in a line of it, and what is chosen.
  struct Choice: Sendable, CustomTestStringConvertible {
    let target: String
    var agency = AgencyCode.bkn
    let fields: String
    /// The columns of a table, in their order; nil: the list is no table.
    let columns: [String]?
    /// The member of an item in which is chosen.
    var within: String?

    var testDescription: String { "\(target) \(agency.rawValue) \(fields)" }
  }

  private static let choices: [Choice] =
    ["/v1/cases", "/v1/case-searches", "/v1/exports/cases"].flatMap { target -> [Choice] in
      let within = target == "/v1/exports/cases" ? "case" : nil
      return [
        Choice(target: target, fields: "stage", columns: ["stage"], within: within),
        Choice(
          target: target, fields: "stage,id,act.occurred_on,milestones.verified,decision.sanction,stage",
          columns: ["stage", "id", "occurred_on", "verified_on", "sanction"], within: within),
        Choice(
          target: target, fields: "violation.code,institution,number",
          columns: [
            "violation", "institution", "institution_name", "institution_kind", "number",
          ], within: within),
        // Whom PANRB may not see stays away.
        Choice(
          target: target, agency: .panrb, fields: "subject.nip,act.narrative,reporter,redacted,subject.name",
          columns: ["nip", "narrative", "reporter_mode", "reporter_name", "reporter_contact", "redacted", "name"],
          within: within),
      ]
    } + [
      Choice(target: "/v1/clocks", fields: "due_on,kind,case_id", columns: ["due_on", "kind", "case_id"]),
      Choice(
        target: "/v1/clocks", fields: "institution.name,escalate_to,block_candidate",
        columns: ["institution_name", "escalate_agency", "superior_id", "superior_en", "block_from", "blocked"]),
      Choice(target: "CASE/history", fields: "what,details,seq", columns: ["what", "details", "seq"]),
      Choice(target: "/v1/changes", fields: "stage,clocks.due_on,act.urls", columns: nil, within: "case"),
    ]

  @Test("are what an answer has, in every format of every list", arguments: choices)
  func formats(_ choice: Choice) async throws {
    try await withService { visitor in
      let path = try Self.fill(visitor)
      func answer(_ format: String, _ fields: String?) throws -> HTTPAnswer {
        let target = choice.target.replacing("CASE", with: path)
        guard target == "/v1/case-searches" else {
          let rest = fields.map { "&fields=\($0)" } ?? ""
          return try visitor.get("\(target)?format=\(format)\(rest)", as: choice.agency)
        }
        let names = fields.map { $0.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") }
        let body = names.map { #"{"fields":[\#($0)]}"# } ?? "{}"
        return try visitor.ask(as: choice.agency, "POST", "\(target)?format=\(format)", body)
      }
      if choice.target != "/v1/exports/cases" {
        let list = choice.target == "/v1/changes" ? "changes" : "items"
        let (whole, chosen) = (try answer("json", nil), try answer("json", choice.fields))
        #expect(chosen.status == 200 && !chosen.json[list].items.isEmpty, "\(chosen.text)")
        #expect(chosen.json[list].items == whole.json[list].items.map { Self.kept(of: $0, choice) })
        #expect(chosen.json["next_after"] == whole.json["next_after"])
      }
      let lines = try Self.lines(answer("ndjson", nil)).map { Self.kept(of: $0, choice) }
      let chosen = try Self.lines(answer("ndjson", choice.fields))
      #expect(chosen.count == lines.count && lines.count > 1)
      for (line, expected) in zip(chosen, lines) {
        if line.has("snapshot") {
          #expect(line["snapshot"]["fields"].strings.count == Set(choice.fields.split(separator: ",")).count)
          #expect(line["snapshot"]["count"] == expected["snapshot"]["count"])
        } else {
          #expect(line == expected)
        }
      }
      guard let columns = choice.columns else { return }
      let table = try CSVReader.rows(try answer("csv", nil).body).map(\.fields)
      let places = try columns.map { name in try #require(table[0].firstIndex(of: name), "\(name)") }
      let few = try CSVReader.rows(try answer("csv", choice.fields).body).map(\.fields)
      #expect(few == table.map { row in places.map { row[$0] } } && few.count > 1)
      guard WorkbookReader.isThere else { return }
      let book = try WorkbookReader.read(try answer("xlsx", nil).body).rows
      let page = try WorkbookReader.read(try answer("xlsx", choice.fields).body).rows
      #expect(page == book.map { row in places.map { row[$0] } })
    }
  }

  private static func fill(_ visitor: Visitor) throws -> String {
    _ = try visitor.makeCase(ref: "f-1")
    _ = try visitor.makeCase(#"{"violation":null,"act":{"urls":["https://example.id/a"]}}"#, ref: "f-2")
    let path = try visitor.makeCase(ref: "f-3")
    try visitor.must("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-08","outcome":"accepted"}"#)
    return path
  }

  private static func lines(_ answer: HTTPAnswer) throws -> [JSONValue] {
    #expect(answer.status == 200, "\(answer.text)")
    return try answer.lines.map { try JSONValue.parse(Array($0.utf8)) }
  }

  /// What is left of an item by another road than that of the program: whole trees, member by member.
  private static func kept(of item: JSONValue, _ choice: Choice) -> JSONValue {
    let paths = choice.fields.split(separator: ",").map { $0.split(separator: ".").map(String.init) }
    guard let within = choice.within else { return kept(of: item, paths) }
    guard case .object(var object) = item, let inner = object[within] else { return item }
    object[within] = kept(of: inner, paths)
    return .object(object)
  }

  private static func kept(of value: JSONValue, _ paths: [[String]]) -> JSONValue {
    if paths.contains([]) { return value }
    if case .array(let items) = value { return .array(items.map { kept(of: $0, paths) }) }
    guard case .object(let object) = value else { return value }
    return .object(
      JSONObject(
        object.members.compactMap { name, value in
          let own = paths.filter { $0.first == name }.map { Array($0.dropFirst()) }
          return own.isEmpty ? nil : (name, kept(of: value, own))
        }))
  }

  @Test(
    "that nobody has are named, alike for who may see everything and who may not",
    arguments: [
      ("/v1/cases?fields=stage,nonsense", "nonsense"), ("/v1/cases?fields=", "fields"),
      ("/v1/cases?fields=stage,,id", "fields"), ("/v1/cases?fields=Stage", "Stage"),
      ("/v1/cases?fields=stage.x", "stage.x"), ("/v1/cases?fields=occurred_on", "occurred_on"),
      ("/v1/cases?fields=stage_label", "stage_label"), ("/v1/cases?format=csv&fields=clocks", "clocks"),
      ("/v1/cases?format=xlsx&fields=act.occurred", "act.occurred"), ("/v1/clocks?fields=id", "id"),
      ("/v1/clocks?format=csv&fields=pauses.from", "pauses.from"), ("/v1/exports/cases?fields=case.id", "case.id"),
      ("/v1/changes?fields=seq.x", "seq.x"), ("CASE/history?fields=case", "case"),
      ("/v1/retention?fields=id", "id"), ("/v1/exports/cases?fields=id&proof=true", "fields"),
      ("/v1/changes?fields=id&proof=true", "fields"), ("CASE/history?fields=seq&proof=true", "fields"),
    ])
  func refusals(_ target: String, _ name: String) async throws {
    try await withService { visitor in
      let path = try Self.fill(visitor)
      for agency in [AgencyCode.bkn, .panrb] {
        let answer = try visitor.get(target.replacing("CASE", with: path), as: agency)
        #expect(answer.status == 400 && answer.json["code"].string == "invalid_parameter", "\(answer.text)")
        let error = answer.json["errors"][0]
        #expect(error["parameter"].string == (target.contains("proof") ? "proof" : "fields"))
        #expect("\(error["parameter"].string ?? "") \(error["detail"].string ?? "")".contains(name), "\(answer.text)")
      }
    }
  }

  @Test("of a search are judged as the other members of its body are")
  func search() async throws {
    try await withService { visitor in
      _ = try Self.fill(visitor)
      for (body, status) in [
        (#"{"fields":"stage"}"#, 200), (#"{"fields":["stage","subject.nip"]}"#, 200), (#"{"fields":["x"]}"#, 422),
        (#"{"fields":[]}"#, 422), (#"{"fields":1}"#, 422), (#"{"fields":["stage,id"]}"#, 422),
      ] {
        let answer = try visitor.ask(as: .bkn, "POST", "/v1/case-searches", body)
        #expect(answer.status == status, "\(body): \(answer.text)")
        if status == 422 { #expect(answer.json["errors"][0]["pointer"].string?.hasPrefix("/fields") == true) }
      }
    }
  }

  @Test(
    "go on with the cursor, and give way to those that are asked for with it", arguments: ["/v1/cases", "/v1/clocks"])
  func paging(_ list: String) async throws {
    try await withService { visitor in
      _ = try Self.fill(visitor)
      let first = try visitor.get("\(list)?limit=1&fields=number,stage", as: .bkn)
      let cursor = try #require(first.json["next_cursor"].string)
      #expect(first["link"] == "<\(list)?cursor=\(cursor)&limit=1&fields=number%2Cstage>; rel=\"next\"")
      for (rest, names) in [
        ("", ["number", "stage"]), ("&fields=number%2Cstage", ["number", "stage"]), ("&fields=election", ["election"]),
      ] {
        let next = try visitor.get("\(list)?cursor=\(cursor)&limit=1\(rest)", as: .bkn)
        #expect(next.json["items"][0].names.sorted() == names, "\(next.text)")
        #expect(next.json["items"].items.count == 1)
      }
      // The filters stay those of the cursor.
      let narrowed = try visitor.get("\(list)?limit=1&region=16&fields=number", as: .bkn)
      let other = try #require(narrowed.json["next_cursor"].string)
      #expect(try visitor.get("\(list)?cursor=\(other)&region=16", as: .bkn).status == 200)
      #expect(try visitor.get("\(list)?cursor=\(other)&region=31", as: .bkn).json["code"].string == "invalid_cursor")
      let rows = try CSVReader.rows(try visitor.get("\(list)?cursor=\(cursor)&limit=1&format=csv", as: .bkn).body)
      #expect(rows[0].fields == ["number", "stage"])
    }
  }

  @Test("of a search go on with its cursor")
  func searchPaging() async throws {
    try await withService { visitor in
      _ = try Self.fill(visitor)
      let first = try visitor.ask(as: .bkn, "POST", "/v1/case-searches", #"{"limit":1,"fields":["number"]}"#)
      let cursor = try #require(first.json["next_cursor"].string)
      let next = try visitor.ask(as: .bkn, "POST", "/v1/case-searches", #"{"limit":1,"cursor":"\#(cursor)"}"#)
      #expect(next.json["items"][0].names == ["number"] && next.json["items"][0] != first.json["items"][0])
    }
  }

  @Test("may be every column, most by the name of a member")
  func columns() throws {
    let own = ["stage_label", "region_name", "violation_label"]
    for (catalogue, columns) in [(FieldCatalogue.cases, CaseTable.columns), (.clocks, ClockList.columns)] {
      for (place, column) in columns.enumerated() {
        #expect(try ChosenFields(column.path, of: catalogue, in: .csv).columns.contains(place), "\(column.path)")
        let isMember = (try? ChosenFields(column.path, of: catalogue, in: .json)) != nil
        #expect(isMember != own.contains(column.path), "\(column.path)")
      }
    }
  }

  @Test("leave what is kept of whole cases as it is")
  func rendered() async throws {
    try await withService { visitor in
      _ = try Self.fill(visitor)
      let before = try visitor.get("/v1/cases", as: .bkn).text
      _ = try visitor.get("/v1/cases?fields=stage", as: .bkn)
      _ = try visitor.get("/v1/changes?fields=stage", as: .bkn)
      #expect(try visitor.get("/v1/cases", as: .bkn).text == before)
    }
  }
}
