internal import Domain
internal import Foundation
internal import HTTPTypes
internal import JSON
internal import TestSupport
internal import Testing

@testable import Web

@Suite("A workbook", .enabled(if: WorkbookReader.isThere, "needs python3"))
struct WorkbookAnswerTests {
  private static let type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

  /// Every route that gives a table, and who asks it.
  private static let tables: [(target: String, agency: AgencyCode)] =
    [
      ("/v1/cases", .bkn), ("/v1/cases?limit=1", .bkn), ("/v1/exports/cases", .bkn), ("/v1/clocks", .bkn),
      ("/v1/clocks?limit=1", .bkn), ("/v1/statistics/funnel?group_by=province", .bkn),
      ("/v1/statistics/stages", .panrb), ("/v1/statistics/sanctions", .bkn), ("/v1/statistics/timeliness", .kasn),
      ("/v1/statistics/equal-treatment?violation=DS-06&group_by=position_level", .bkn), ("/v1/published-figures", .bkn),
      ("/v1/keys", .bkn), ("/v1/public/releases", .bkn),
    ] + ReferenceKind.allCases.map { ("/v1/reference/\($0.rawValue)", .bkn) }

  @Test("is given wherever a table is, with as many rows as the table has")
  func everywhere() async throws {
    try await withService { visitor in
      for number in 1...3 { _ = try visitor.makeCase(ref: "R-\(number)") }
      for (target, agency) in Self.tables {
        let mark = target.contains("?") ? "&" : "?"
        let csv = try visitor.get("\(target)\(mark)format=csv", as: agency)
        let answer = try visitor.get(target, as: agency, [("Accept", Self.type), ("Accept-Encoding", "gzip")])
        #expect(answer.status == 200 && answer["content-type"] == Self.type, "\(target): \(answer.text)")
        #expect(answer["content-encoding"] == nil && answer["vary"]?.contains("Accept-Language") == true, "\(target)")
        #expect(answer["content-disposition"]?.hasSuffix(".xlsx\"") == true)
        let sheet = try WorkbookReader.read(answer.body)
        let (rows, filter) = (sheet.rows, sheet.filter)
        let table = try CSVReader.rows(csv.body)
        #expect(rows.count == table.count && filter.hasSuffix("\(rows.count)"), "\(target)")
        #expect(Set(rows.map(\.count)) == [table[0].fields.count], "\(target)")
      }
    }
  }

  /// Lists whose items are rows as they stand, and who asks for them. CASE is a case with a history.
  private static let itemLists: [(target: String, who: String, rows: Int)] = [
    ("CASE/history", "BKN", 2), ("CASE/links", "BKN", 1), ("CASE/related", "BKN", 1),
    ("CASE/correction-requests", "BKN", 1), ("/v1/reconciliations", "BKN", 1), ("/v1/admin/keys", "OPERATOR", 6),
    ("/v1/admin/mandates", "OPERATOR", 10),
  ]

  @Test("is given of lists that are shown as they stand, too, and lines and CSV beside it")
  func items() async throws {
    try await withService { visitor in
      let (path, other) = (try visitor.makeCase(ref: "R-1"), try visitor.makeCase(ref: "R-2"))
      let id = try #require(other.split(separator: "/").last)
      let tie = try visitor.post("\(path)/links", as: .bawaslu, #"{"case_id":"\#(id)","relation":"same_person"}"#)
      let wish = #"{"patch":{"motives":["family"]},"reason":"Sesuai; \"berkas\"."}"#
      let request = try visitor.post("\(path)/correction-requests", as: .panrb, wish)
      let lines = [("Content-Type", "application/x-ndjson")]
      let certificate = try visitor.ask(as: .bkn, "POST", "/v1/reconciliations?seq=0", "", lines)
      #expect(
        [tie, request].map(\.status) == [201, 201] && certificate.status == 200, "\(certificate.text)")
      for (target, who, least) in Self.itemLists {
        let target = target.replacing("CASE", with: path)
        func get(_ format: String) throws -> HTTPAnswer {
          try visitor.ask(as: who, "GET", "\(target)\(target.contains("?") ? "&" : "?")format=\(format)")
        }
        let items = try get("json").json["items"].items
        #expect(items.count >= least, "\(target)")
        #expect(try get("ndjson").body.split(separator: UInt8(ascii: "\n")).count == items.count, "\(target)")
        let table = try CSVReader.rows(try get("csv").body)
        #expect(table.count == items.count + 1, "\(target)")
        #expect(table.allSatisfy { $0.fields.count == table[0].fields.count }, "\(target)")
        let sheet = try WorkbookReader.read(try get("xlsx").body)
        #expect(sheet.rows.count == items.count + 1, "\(target)")
        #expect(sheet.rows[0].allSatisfy { !$0.text.contains("_") }, "\(target): \(sheet.rows[0].map(\.text))")
        for (name, cell) in zip(table[0].fields, table[1].fields) where items[0][name].string != nil {
          #expect(cell == items[0][name].string, "\(target): \(name)")
        }
      }
    }
  }

  @Test("or anything else that is a list comes as JSON, lines, CSV and XLSX")
  func allFormats() {
    for route in Routes.all {
      let schemas = route.operation.replies.first?.contents.compactMap(\.schema) ?? []
      let isList = schemas.contains { schema in
        schema.json["$ref"].string?.hasSuffix("Page") == true && route.method == .get && route.template != "/v1/changes"
      }
      if isList { #expect(route.operation.formats == [.json, .ndjson, .csv, .xlsx], "\(route.template)") }
    }
  }

  @Test("of a statistic is sent once: who has it is told so")
  func notModified() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      for target in ["/v1/statistics/funnel", "/v1/statistics/stages?group_by=province"] {
        for format in ["csv", "xlsx"] {
          let first = try visitor.get("\(target)\(target.contains("?") ? "&" : "?")format=\(format)", as: .bkn)
          let tag = try #require(first["etag"], "\(target)")
          let again = try visitor.get(
            "\(target)\(target.contains("?") ? "&" : "?")format=\(format)", as: .bkn, [("If-None-Match", tag)])
          #expect(again.status == 304 && again.body.isEmpty, "\(target) \(format)")
        }
      }
    }
  }

  @Test("is offered wherever CSV is")
  func offered() {
    for route in Routes.all where route.operation.formats.contains(.csv) {
      #expect(route.operation.formats.contains(.xlsx), "\(route.template)")
      #expect(
        route.operation.queryNames.isSuperset(of: ["format", "bom", "separator", "decimal"]), "\(route.template)")
    }
    let templates = Set(Routes.all.filter { $0.operation.formats.contains(.csv) }.map(\.template))
    #expect(templates.count >= 9, "\(templates)")
  }

  @Test("has identifying numbers and codes as texts, counts as numbers and dates as dates")
  func kinds() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase(ref: "=1+1")
      let without = Sample.caseBody(agencyRef: "2").replacing(
        #""nip":"198609262015051001""#, with: #""identifier_missing":true"#)
      #expect(try visitor.post("/v1/cases", as: .bawaslu, without).status == 201)
      let csv = try CSVReader.rows(try visitor.get("/v1/cases?format=csv&sort=created", as: .bawaslu).body)
      let names = csv[0].fields
      let rows = try WorkbookReader.read(try visitor.get("/v1/cases?format=xlsx&sort=created", as: .bawaslu).body).rows
      func cell(_ name: String, _ row: Int) throws -> WorkbookReader.Cell {
        rows[row][try #require(names.firstIndex(of: name))]
      }
      let nips = try [1, 2].map { try cell("nip", $0) }
      #expect(Set(nips.map(\.kind)) == ["s"] && Set(nips.map(\.text)) == ["198609262015051001", " "], "\(nips)")
      let kinds = try ["region", "version", "disputed", "occurred_on", "created_at"].map { try cell($0, 1).kind }
      #expect(kinds == ["s", "n", "b", "1", "2"])
      // No formula, and no apostrophe.
      let references = try [1, 2].map { try cell("agency_ref", $0).text }
      #expect(Set(references) == ["=1+1", "2"])
      #expect(try cell("stage_label", 1).text == "Awaiting verification")
    }
  }

  @Test("has headings and names in the language of the caller")
  func languages() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      for (language, heading, label) in [
        ("id", "Tanggal perbuatan", "Menunggu verifikasi"), ("en", "Day of the act", "Awaiting verification"),
      ] {
        let answer = try visitor.get("/v1/cases?format=xlsx", as: .bkn, [("Accept-Language", language)])
        let rows = try WorkbookReader.read(answer.body).rows
        #expect(rows[0].contains { $0.text == heading } && rows[1].contains { $0.text == label }, "\(language)")
        let csv = try visitor.get("/v1/cases?format=csv", as: .bkn, [("Accept-Language", language)])
        #expect(csv.text.hasPrefix("id,number,version") && csv.text.contains(label))
      }
    }
  }

  @Test("shows no more than the caller may see", arguments: agencies)
  func canary(agency: AgencyCode) async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      for target in ["/v1/cases?format=xlsx", "/v1/exports/cases?format=xlsx", "/v1/cases?format=xlsx&limit=5"] {
        let rows = try WorkbookReader.read(try visitor.get(target, as: agency).body).rows
        let text = rows.dropFirst().flatMap { $0.map(\.text) }.joined(separator: "|")
        let isShown = [.bawaslu, .bkn].contains(agency)
        #expect(text.contains("198609262015051001") == isShown, "\(target) \(agency)")
      }
    }
  }

  // Nobody makes a million cases for a test.
  @Test("is refused when its sheet has no room for the rows, and names CSV")
  func tooManyRows() throws {
    let refusal = try #require(TableRoom.refusal(ofRows: 1_048_576))
    #expect(refusal.code == .invalid && refusal.detail.en.contains("CSV") && refusal.errors[0].parameter == "format")
    #expect(TableRoom.refusal(ofRows: 1_048_575) == nil)
  }

  @Test("has a label in words for every metric of every statistic")
  func metricLabels() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      for kind in ["funnel", "stages", "sanctions", "sanctions?of=proposed", "timeliness"] {
        let mark = kind.contains("?") ? "&" : "?"
        let csv = try visitor.get("/v1/statistics/\(kind)\(mark)format=csv", as: .bkn)
        for row in try CSVReader.rows(csv.body).map(\.fields).dropFirst() {
          let label = try #require(row.last)
          #expect(!label.isEmpty && !label.contains("_"), "\(kind): \(row[15]) is called \(label)")
        }
      }
    }
  }

  @Test("has a label in both languages for every column")
  func labels() {
    let tables = [CaseTable.columns, ClockList.columns, StatisticTable.columns, PublishedFigureTable.columns]
    let named = tables.flatMap { $0 } + ReferenceKind.allCases.flatMap { $0.columns.map { TableColumn($0.name) } }
    for name in ["ground", "block_extent", "lapse_reason"] { #expect(ColumnLabel.of(name).en != name) }
    for column in named {
      #expect(column.label.en != column.name || ColumnLabel.table[column.name] != nil, "\(column.name)")
    }
  }
}

@Suite("A table as CSV")
struct TableDialectTests {
  @Test("is divided as it is asked for")
  func dialects() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase(ref: "a;b,c")
      let plain = try visitor.get("/v1/cases?format=csv", as: .bkn)
      #expect(plain.text.contains("\"a;b,c\"") && plain.body.first == UInt8(ascii: "i"))
      let other = try visitor.get("/v1/cases?format=csv&separator=;&bom=true", as: .bkn)
      #expect(other.body.starts(with: [0xEF, 0xBB, 0xBF]) && other.text.contains("id;number;version"))
      let tab = try visitor.get("/v1/clocks?format=csv&separator=tab", as: .bkn)
      #expect(tab.text.hasPrefix("case_id\tnumber\tstage"))
      let figures = try visitor.get("/v1/statistics/funnel?format=csv&separator=;&decimal=,", as: .bkn)
      #expect(figures.text.contains(";0,0;"))
    }
  }

  @Test(
    "is asked for by what it is",
    arguments: [
      ("/v1/cases?separator=;", "separator"), ("/v1/cases?format=xlsx&bom=true", "bom"),
      ("/v1/clocks?format=ndjson&decimal=,", "decimal"), ("/v1/cases?format=csv&separator=|", "separator"),
      ("/v1/cases?format=csv&decimal=;", "decimal"), ("/v1/cases?format=csv&bom=yes", "bom"),
    ])
  func refusals(target: String, parameter: String) async throws {
    try await withService { visitor in
      let answer = try visitor.get(target, as: .bkn)
      #expect(answer.status == 400 && answer.json["errors"][0]["parameter"].string == parameter, "\(answer.text)")
    }
  }

  @Test("leads to a next page in the same dialect")
  func pages() async throws {
    try await withService { visitor in
      for number in 1...3 { _ = try visitor.makeCase(ref: "R-\(number)") }
      let page = try visitor.get("/v1/cases?format=csv&separator=;&limit=2", as: .bkn)
      let link = try #require(page["link"])
      #expect(link.contains("format=csv") && link.contains("separator="))
      let target = String(link.dropFirst().prefix { $0 != ">" })
      let next = try visitor.get(target, as: .bkn)
      #expect(next.status == 200 && next.text.hasPrefix("id;number") && next.text.contains("R-1"))
    }
  }
}
