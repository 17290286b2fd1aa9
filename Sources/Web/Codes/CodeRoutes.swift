internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service
internal import Sheets

/// The lists of codes, for anybody: pages, linked data and tables.
enum CodeRoutes {
  static let title = LocalizedText(en: "Lists of codes", inIndonesian: "Daftar kode")

  /// GET /codes: every list.
  static func index(_ call: Call, _ reference: Reference, _ cache: PageCache) throws(Failure) -> Answer {
    let (text, prefix) = (try PageText(call), call.site.paths.prefix)
    func pages() -> [CodeListPage] { CodeList.all(reference).map { CodeListPage($0, at: prefix) } }
    return answer("codes", call, reference, cache, indexColumns) {
      let shell = PageShell(text: text, place: .codes, query: "")
      let rows = pages().map { page -> PageShell.Context in
        [
          "key": page.list.key, "title": text(page.list.title), "href": page.path + shell.langQuery,
          "version": page.version, "count": text.number(Set(page.list.items.map(\.code)).count),
        ]
      }
      return shell.html(title, "codes", ["lists": rows])
    } linked: {
      LinkedData.document { writer in for page in pages() { page.writeScheme(to: &writer) } }
    } rows: { table in
      var writer = table.writer
      for page in pages() {
        for cell in [page.list.key, page.list.title.inIndonesian, page.list.title.en] { writer.field(cell) }
        writer.field(Set(page.list.items.map(\.code)).count)
        for cell in [page.version, prefix + page.path] { writer.field(cell) }
        writer.endRow()
      }
      return writer.bytes
    }
  }

  /// GET /codes/{list}: the codes of one.
  static func list(_ call: Call, _ reference: Reference, _ cache: PageCache) throws(Failure) -> Answer {
    let text = try PageText(call)
    guard let key = call.parameters.first.map(String.init), CodeList.keys.contains(key) else { throw .notFound }
    func page() -> CodeListPage? {
      CodeList.named(key, reference).map { CodeListPage($0, at: call.site.paths.prefix) }
    }
    return answer("codes/\(key)", call, reference, cache, CodeListPage.columns) {
      guard let page = page() else { return [] }
      let shell = PageShell(text: text, place: .codes, path: page.path, query: "")
      return shell.html(page.list.title, "codelist", page.context(text))
    } linked: {
      page()?.linkedData() ?? []
    } rows: { table in
      page()?.rows(table) ?? []
    }
  }

  private static let indexColumns =
    ["list", "title_id", "title_en", "codes", "version", "address"].map { TableColumn($0) }

  /// The answer in the form that is asked for; only what is not kept is written.
  private static func answer(
    _ name: String, _ call: Call, _ reference: Reference, _ cache: PageCache, _ columns: [TableColumn],
    html: () -> [UInt8], linked: () -> [UInt8], rows: (Table) -> [UInt8]
  ) -> Answer {
    let name = "\(name) \(call.format.rawValue) \(call.query["lang"] ?? "")"
    if let table = Table(call, title, columns) {
      let variant = "\(name) \(call.language.tag) \(call.query.presentationPart)"
      return cache.answer(variant, reference, [], table.answer) { table.whole(rows(table)) }
    }
    guard call.format == .jsonld else { return cache.answer(name, reference, [], call, html) }
    return cache.answer(name, reference, [], Answer(contentType: ListFormat.jsonld.mediaType), linked)
  }
}

/// Operations on lists of codes.
extension Operation {
  private static let reply = Reply(
    .ok, "The page, linked data (JSON-LD) or a table.",
    [
      Reply.Content(type: ListFormat.html.mediaType, schema: nil),
      Reply.Content(type: ListFormat.jsonld.mediaType, schema: .linkedData), .csv, .xlsx,
    ], fields: [(.eTag, "Of what it shows, in its form.")])

  static let codesPage = Operation(
    "getCodeLists", .reference, .init(en: "Every list of codes", inIndonesian: "Semua daftar kode"),
    details: "What each is called, how many codes it has, and its version: a digest of what it says. No key.",
    query: [PageRoutes.lang], replies: [reply], example: Example(nil, query: "format=csv"))

  static let codeListPage = Operation(
    "getCodeList", .reference, .init(en: "The codes of a list", inIndonesian: "Kode dalam satu daftar"),
    details: "Each code with its names and the days on which it is valid; as JSON-LD a SKOS concept scheme. No key.",
    query: [PageRoutes.lang], replies: [reply], example: Example(nil, path: ["stages"], query: "format=jsonld"))
}
