internal import Domain
internal import HTTPServer
internal import Service

/// Lists of the interface as pages: a table, its filters, and the way on.
struct AppList {
  let app: AppCall
  let place: AppPlace
  /// At the interface.
  let path: String
  /// Names of members, or of members of members.
  let columns: [String]
  var filters: [Parameter] = []
  /// What is asked where nothing else is said.
  var assumed: [String: String] = [:]
  /// Where a cell leads.
  var href: (Shown, String) -> String? = { _, _ in nil }
  var downloads: [String] = []

  private var text: PageText { app.text }

  /// For the template `list`.
  func context(_ caption: LocalizedText) async throws -> PageShell.Context {
    var asked = app.call.query.without(["lang", "item"])
    let isFirst = asked["cursor"] == nil
    if isFirst, !assumed.isEmpty, filters.allSatisfy({ asked[$0.name] == nil }) {
      asked = Query(assumed.merging(["limit": asked["limit"]].compactMapValues { $0 }) { own, _ in own })
    }
    let found = try await app.json(asked.isEmpty ? path : "\(path)?\(asked.canonical)")
    let tables = CaseTables(app)
    let rows = found["items"].items.map { item in
      columns.map { name in
        let keys = name.split(separator: ".").map(String.init)
        let value = item.at(keys)
        // Identifiers, labels and texts are shown as they are.
        let words = Self.verbatim.contains(name) ? value.text : tables.words(value, at: [Self.word(name)])
        return PageTable.Cell(words ?? "–", href: href(item, name), isNumber: value.int != nil)
      }
    }
    let heads = columns.map { name -> (name: String, isNumber: Bool) in
      let isNumber = found["items"].items.contains { $0.at(name.split(separator: ".").map(String.init)).int != nil }
      return (text(Words.name(of: name)), isNumber)
    }
    let table = PageTable(
      caption: text(caption), columns: heads, rows: rows,
      empty: text(LocalizedText(en: "There is nothing here.", inIndonesian: "Tidak ada apa pun di sini.")))
    var context: PageShell.Context = ["tables": [table.context]]
    if !filters.isEmpty {
      let fields = FormField.all(of: filters)
      let values = Dictionary(
        fields.compactMap { field in asked[field.name].map { (field.name, $0) } },
        uniquingKeysWith: { first, _ in first })
      let view = FormView(app: app, values: values, nothing: LocalizedText(en: "any", inIndonesian: "semua"))
      context["filters"] =
        ["action": place.rawValue, "open": false, "fields": view.context(fields)] as PageShell.Context
    }
    if let cursor = found["next_cursor"].text {
      let page = app.call.site.paths.plain(app.call.request.path)
      context["next"] = "\(page)?cursor=\(Query.encode(cursor))"
    }
    if !downloads.isEmpty {
      let rest = asked.without(["cursor", "limit"]).canonical
      context["downloads"] = [
        "items": downloads.map { format in
          [
            "name": format.uppercased(),
            "href": "/app/data/\(path.dropFirst(4))?format=\(format)\(rest.isEmpty ? "" : "&\(rest)")",
          ]
        }
      ]
    }
    return context
  }

  private static let verbatim: Set<String> = ["id", "label", "case_id", "sha256", "digest", "hash", "key", "name"]

  /// The word under which the codes of a column are known.
  private static func word(_ column: String) -> String {
    switch column {
    case "kind": "clock"
    case "institution.name": "institution_name"
    default: column.split(separator: ".").last.map(String.init) ?? column
    }
  }
}

/// Pages that are lists.
enum AppListPages {
  /// GET /app/clocks: those that are overdue, unless something else is asked for.
  static func clocks(_ app: AppCall) async throws -> Answer {
    let superior = app.session.language == .english ? "escalate_to.superior_en" : "escalate_to.superior_id"
    let list = AppList(
      app: app, place: .clocks, path: "/v1/clocks",
      columns: [
        "number", "kind", "institution.name", "due_on", "days_overdue", "state", "escalate_to.agency", superior,
      ],
      filters: ClockRoutes.filters, assumed: ["overdue": "true"],
      href: { item, name in name == "number" ? item["case_id"].text.map { "/app/cases/\($0)" } : nil },
      downloads: ["csv", "xlsx"])
    let title = LocalizedText(en: "Register of overdue clocks", inIndonesian: "Daftar tenggat terlewat")
    var context = try await list.context(title)
    context["intro"] = app.text(
      LocalizedText(
        en:
          "Statutory periods, the longest overdue first. Where a PPK is silent, the register says to whom that is reported.",
        inIndonesian:
          "Tenggat menurut peraturan, yang terlama terlewat lebih dahulu. Bila PPK tidak bertindak, tertera kepada siapa hal itu diteruskan."
      ))
    return AppPage(app: app, place: .clocks).answer(app.text(title), "list", context)
  }

  /// GET /app/keys: those of the own agency.
  static func keys(_ app: AppCall) async throws -> Answer {
    let list = AppList(
      app: app, place: .keys, path: "/v1/keys",
      columns: [
        "id", "label", "scopes", "networks", "identities", "created_at", "made_by", "last_used_at", "expires_at",
        "revoked_at",
      ])
    let title = LocalizedText(en: "Keys of your agency", inIndonesian: "Kunci lembaga Anda")
    var context = try await list.context(title)
    context["intro"] = app.text(
      LocalizedText(
        en: "Keys are made, replaced and revoked by the operator. One that nobody knows any more is to be revoked.",
        inIndonesian:
          "Kunci dibuat, diganti, dan dicabut oleh operator. Mintalah pencabutan kunci yang tidak dikenal lagi."))
    return AppPage(app: app, place: .keys).answer(app.text(title), "list", context)
  }

  /// GET /app/retention: what falls due.
  static func retention(_ app: AppCall) async throws -> Answer {
    let isAgency = app.caller.agency != nil
    let list = AppList(
      app: app, place: .retention, path: "/v1/retention",
      columns: ["number", "agency", "stage", "ended_on", "years", "legal_basis", "due_on", "erased_from", "held_by"],
      filters: [],
      href: { item, name in name == "number" && isAgency ? item["case_id"].text.map { "/app/cases/\($0)" } : nil })
    let title = LocalizedText(en: "What falls due for erasure", inIndonesian: "Yang jatuh tempo untuk dihapus")
    return AppPage(app: app, place: .retention).answer(app.text(title), "list", try await list.context(title))
  }
}
