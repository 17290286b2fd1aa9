internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// Cases as pages.
enum AppCaseRoutes {
  // MARK: The list

  /// GET /app/cases: every filter of `GET /v1/cases`.
  static func list(_ app: AppCall) async throws -> Answer {
    let query = app.query
    let filtered = app.call.query.without(["limit", "cursor", "lang"])
    // A page that is turned is not counted again.
    let isCounted = app.call.query["cursor"] == nil
    let words = [isCounted ? "count=exact" : "", query].filter { !$0.isEmpty }.joined(separator: "&")
    let found = try await app.json("/v1/cases\(words.isEmpty ? "" : "?\(words)")")
    let text = app.text
    var context = listContext(app, found, filtered)
    let files = ["csv", "xlsx", "ndjson"].map { format -> PageShell.Context in
      let rest = filtered.canonical
      return [
        "name": format.uppercased(), "href": "/app/data/cases?format=\(format)\(rest.isEmpty ? "" : "&\(rest)")",
      ]
    }
    context["downloads"] = ["items": files]
    if let cursor = found["next_cursor"].text {
      let limit = app.call.query["limit"].map { "&limit=\($0)" } ?? ""
      context["next"] = "/app/cases?cursor=\(Query.encode(cursor))\(limit)"
    }
    if PageForm.report?.refusal(of: app.caller) == nil {
      context["links"] = [
        "items": [
          [
            "href": "/app/cases/new",
            "name": text(LocalizedText(en: "Record a report", inIndonesian: "Catat laporan")),
          ]
        ]
      ]
    }
    return AppPage(app: app, place: .cases).answer(text(AppPlace.cases.name), "list", context)
  }

  /// POST /app/cases/search: what names a person or repeats words about one, and the next page of what was found.
  static func search(_ app: AppCall, _ form: SentForm) async throws -> Answer {
    var body = JSONObject()
    let fields = FormField.all(of: CaseFilters.personal)
    for field in fields { if let value = form[field.name] { body[field.name] = .string(value) } }
    if let cursor = form["cursor"] { body["cursor"] = .string(cursor) }
    let found = try Shown(await app.ask(.post, "/v1/case-searches", body: .object(body)))
    let values = Dictionary(
      fields.compactMap { field in form[field.name].map { (field.name, $0) } }, uniquingKeysWith: { first, _ in first })
    var context = listContext(app, found, Query([:]), searched: values)
    if let cursor = found["next_cursor"].text {
      context["nextForm"] = ["action": "/app/cases/search", "cursor": cursor, "token": app.session.formToken]
    }
    let title = LocalizedText(en: "Cases found", inIndonesian: "Kasus yang ditemukan")
    return AppPage(app: app, place: .cases).answer(app.text(title), "list", context)
  }

  private static func listContext(
    _ app: AppCall, _ found: Shown, _ filtered: Query, searched: [String: String] = [:]
  ) -> PageShell.Context {
    let text = app.text
    let fields = FormField.all(of: CaseFilters.listed)
    let values = Dictionary(
      fields.compactMap { field in filtered[field.name].map { (field.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    let any = LocalizedText(en: "any", inIndonesian: "semua")
    let filters: PageShell.Context = [
      "action": "/app/cases", "open": !values.isEmpty,
      "fields": FormView(app: app, values: values, nothing: any).context(fields),
    ]
    let search: PageShell.Context = [
      "action": "/app/cases/search", "open": !searched.isEmpty, "token": app.session.formToken,
      "fields": FormView(app: app, values: searched).context(FormField.all(of: CaseFilters.personal)),
    ]
    var table = CaseRows(app).table(found["items"].items)
    if let count = found["count"].int {
      table.caption = text(
        LocalizedText(en: "\(text.number(count)) cases", inIndonesian: "\(text.number(count)) kasus"))
    }
    return ["filters": filters, "search": search, "tables": [table.context]]
  }

  // MARK: One case

  /// GET /app/cases/{id}: `done` after a form, `after` for more of the timeline.
  static func show(_ app: AppCall) async throws -> Answer {
    let id = app.call.parameters.first ?? ""
    let record = try await app.json("/v1/cases/\(id)")
    let page = CasePage(app: app, id: id, record: record)
    let context = try await page.context()
    let title = LocalizedText(en: "Case", inIndonesian: "Kasus")
    return AppPage(app: app, place: .cases).answer(
      "\(app.text(title)) \(record["number"].text ?? "")", "case", context)
  }

  /// GET /app/cases/{id}/evidence/{sha256}: who has brought and fetched a file.
  static func custody(_ app: AppCall) async throws -> Answer {
    let (id, sha256) = (app.call.parameters.first ?? "", app.call.parameters.last ?? "")
    let found = try await app.json("/v1/cases/\(id)/evidence/\(sha256)/custody")
    let text = app.text
    let tables = CaseTables(app)
    let columns = ["what", "agency", "at", "reason"]
    let rows = found["items"].items.map { entry in
      columns.map { name in PageTable.Cell(tables.words(entry[name], at: [name]) ?? "–") }
    }
    let title = LocalizedText(en: "Custody of a file", inIndonesian: "Jejak penguasaan berkas")
    let table = PageTable(
      caption: String(sha256.prefix(16)) + "…", columns: columns.map { (text(Words.name(of: $0)), false) }, rows: rows,
      empty: text(LocalizedText(en: "Nothing yet.", inIndonesian: "Belum ada.")))
    let back: PageShell.Context = [
      "items": [["href": "/app/cases/\(id)#evidence", "name": text(LocalizedText(en: "Case", inIndonesian: "Kasus"))]]
    ]
    return AppPage(app: app, place: .cases).answer(
      text(title), "list", ["tables": [table.context], "links": back])
  }
}

/// Cases as rows of a list.
struct CaseRows {
  private let app: AppCall
  private let text: PageText

  init(_ app: AppCall) { (self.app, text) = (app, app.text) }

  func table(_ cases: [Shown]) -> PageTable {
    let columns = [
      LocalizedText(en: "Number", inIndonesian: "Nomor"), LocalizedText(en: "Stage", inIndonesian: "Tahap"),
      LocalizedText(en: "Institution", inIndonesian: "Instansi"),
      LocalizedText(en: "Violation", inIndonesian: "Pelanggaran"),
      LocalizedText(en: "Received", inIndonesian: "Diterima"), LocalizedText(en: "Due", inIndonesian: "Jatuh tempo"),
    ]
    return PageTable(
      caption: text(AppPlace.cases.name), columns: columns.map { (text($0), false) }, rows: cases.map(row),
      empty: text(
        LocalizedText(
          en: "No case fits. Take a filter away, or look under another stage.",
          inIndonesian: "Tidak ada kasus yang cocok. Hapus salah satu saringan, atau pilih tahap lain.")))
  }

  private func row(_ record: Shown) -> [PageTable.Cell] {
    let tables = CaseTables(app)
    let stage = record["stage"].text.flatMap { Stage(rawValue: $0) }
    let open = record["clocks"].items.last { $0["stopped_on"].isNull }
    let isOver = open?["state"].text == "overdue"
    let violation = record["violation"]["code"].text
    return [
      PageTable.Cell(
        record["number"].text ?? "–", href: "/app/cases/\(record["id"].text ?? "")",
        note: record["subject"]["name"].text),
      PageTable.Cell(stage.map { text($0.label) } ?? "–"),
      PageTable.Cell(record["institution"]["name"].text ?? "–"),
      PageTable.Cell(violation ?? "–"),
      PageTable.Cell(tables.words(record["milestones"]["received"], at: ["received"]) ?? "–"),
      PageTable.Cell(
        open.flatMap { tables.words($0["due_on"], at: ["due_on"]) } ?? "–",
        note: isOver ? text(ClockCount.overdue.label) : nil),
    ]
  }
}
