internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// The record as pages: what makes it provable, and what administrators have done.
enum RecordPages {
  /// Leaves on a page: the newest ones first.
  private static let leavesPerPage = 50

  /// GET /app/record: `before`, the leaf at which the page begins to go back.
  static func show(_ app: AppCall) async throws -> Answer {
    let text = app.text
    let isAgency = app.caller.agency != nil
    let checkpoint = try await app.ask(.get, "/v1/record/checkpoint")
    var lines: [Substring] = []
    if case .bytes(let bytes) = checkpoint.body {
      lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
    let witnesses = try await app.json("/v1/record/witnesses")
    let size = lines.count > 1 ? Int(lines[1]) ?? 0 : 0
    let end = min(size, app.call.query["before"].flatMap { Int($0) } ?? size)
    let (found, from) = try await acts(app, before: max(0, end))
    let shown = Array(found.suffix(leavesPerPage).reversed())
    var context: PageShell.Context = [
      "intro": text(
        LocalizedText(
          en:
            "The record can only grow. Whoever keeps a checkpoint can prove whether something was taken away or changed.",
          inIndonesian:
            "Catatan hanya dapat bertambah. Siapa pun yang menyimpan titik periksa dapat membuktikan bila ada yang dihilangkan atau diubah."
        )),
      "tables": [
        head(text, lines).context, signatures(app, witnesses["items"].items).context, table(app, shown).context,
      ],
    ]
    if from > 0 || found.count > shown.count {
      context["next"] = "/app/record?before=\(shown.last?["index"].int ?? from)"
    }
    if isAgency {
      context["downloads"] = ["items": [["name": "checkpoint", "href": "/app/data/record/checkpoint"]]]
    }
    return AppPage(app: app, place: .record).answer(text(AppPlace.record.name), "list", context)
  }

  /// GET /app/record/{index}: one act of an administrator, with what stood before and after.
  static func leaf(_ app: AppCall) async throws -> Answer {
    guard let index = app.call.parameters.first.flatMap({ Int($0) }) else { throw Failure.notFound }
    let found = try await app.json("/v1/record/administration?from=\(index)&limit=1")["items"].items.first
    guard let found, found["index"].int == index else { throw Failure.notFound }
    let text = app.text
    let rows = found["content"]["rows"].items.map { row -> [PageTable.Cell] in
      let before = ShownDifference.between(row["after"], row["before"])
      let after = ShownDifference.between(row["before"], row["after"])
      func words(_ differences: [(path: [String], before: Shown, after: Shown)]) -> String {
        let parts = differences.compactMap { path, _, value in
          CaseTables(app).words(value, at: ["verbatim"]).map { "\(path.joined(separator: ".")): \($0)" }
        }
        return parts.isEmpty ? "–" : parts.joined(separator: "; ")
      }
      return [
        PageTable.Cell(row["code"].text ?? row["id"].int.map { String($0) } ?? "–"), PageTable.Cell(words(before)),
        PageTable.Cell(words(after)),
      ]
    }
    let others = found["content"].members.filter { $0.name != "rows" }.compactMap { name, value in
      CaseTables(app).words(value, at: ["verbatim"]).map {
        [PageTable.Cell(text(Words.name(of: name))), PageTable.Cell($0)]
      }
    }
    var tables = [
      PageTable(
        caption: text(LocalizedText(en: "Act", inIndonesian: "Tindakan")),
        columns: [
          (text(LocalizedText(en: "Part", inIndonesian: "Bagian")), false),
          (text(LocalizedText(en: "Value", inIndonesian: "Isi")), false),
        ], rows: others,
        empty: text(LocalizedText(en: "Nothing more is told.", inIndonesian: "Tidak ada keterangan lain.")))
    ]
    if !rows.isEmpty {
      tables.append(
        PageTable(
          caption: text(LocalizedText(en: "Before and after", inIndonesian: "Sebelum dan sesudah")),
          columns: [
            (text(LocalizedText(en: "Code", inIndonesian: "Kode")), false),
            (text(LocalizedText(en: "Before", inIndonesian: "Sebelum")), false),
            (text(LocalizedText(en: "After", inIndonesian: "Sesudah")), false),
          ], rows: rows, empty: ""))
    }
    let context: PageShell.Context = [
      "tables": tables.map(\.context),
      "links": ["items": [["href": "/app/record", "name": text(AppPlace.record.name)]]],
    ]
    return AppPage(app: app, place: .record).answer(
      "\(text(LocalizedText(en: "Leaf", inIndonesian: "Daun"))) \(index)", "list", context)
  }

  /// The acts before a leaf, the newest ones, and how far back was looked: the record has far more leaves than acts, and more
  /// of both than one page should cost.
  private static func acts(_ app: AppCall, before end: Int) async throws -> (found: [Shown], from: Int) {
    var width = leavesPerPage * 10
    while true {
      let from = max(0, end - width)
      let page = try await app.json("/v1/record/administration?from=\(from)&limit=\(width)")["items"].items
      let found = page.filter { ($0["index"].int ?? .max) < end }
      if found.count >= leavesPerPage || from == 0 || width >= 8_000 { return (found, from) }
      width *= 4
    }
  }

  private static func head(_ text: PageText, _ lines: [Substring]) -> PageTable {
    let names = [
      LocalizedText(en: "Origin", inIndonesian: "Asal"), LocalizedText(en: "Leaves", inIndonesian: "Jumlah daun"),
      LocalizedText(en: "Root", inIndonesian: "Akar"),
    ]
    return PageTable(
      caption: text(LocalizedText(en: "Newest checkpoint", inIndonesian: "Titik periksa terbaru")),
      columns: [
        (text(LocalizedText(en: "Part", inIndonesian: "Bagian")), false),
        (text(LocalizedText(en: "Value", inIndonesian: "Isi")), false),
      ], rows: zip(names, lines).map { [PageTable.Cell(text($0)), PageTable.Cell(String($1))] },
      empty: text(LocalizedText(en: "There is none yet.", inIndonesian: "Belum ada.")))
  }

  private static func signatures(_ app: AppCall, _ items: [Shown]) -> PageTable {
    let (text, tables) = (app.text, CaseTables(app))
    let rows = app.reference.agencies.keys.sorted().map { agency -> [PageTable.Cell] in
      let found = items.first { $0["agency"].text == agency }
      return [
        PageTable.Cell(agency), PageTable.Cell(found?["size"].int.map { text.number($0) } ?? "–", isNumber: true),
        PageTable.Cell(found.flatMap { tables.words($0["cosigned_at"], at: ["cosigned_at"]) } ?? "–"),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "Who has cosigned", inIndonesian: "Yang ikut menandatangani")),
      columns: [
        (text(LocalizedText(en: "Agency", inIndonesian: "Lembaga")), false),
        (text(LocalizedText(en: "Leaves", inIndonesian: "Jumlah daun")), true),
        (text(LocalizedText(en: "Cosigned", inIndonesian: "Ditandatangani")), false),
      ], rows: rows, empty: "")
  }

  private static func table(_ app: AppCall, _ leaves: [Shown]) -> PageTable {
    let (text, tables) = (app.text, CaseTables(app))
    let rows = leaves.map { leaf -> [PageTable.Cell] in
      let content = leaf["content"]
      let count = content["rows"].items.count
      let what = [leaf["kind"].text, content["kind"].text].compactMap { $0 }.joined(separator: ": ")
      return [
        PageTable.Cell(leaf["index"].int.map { String($0) } ?? "–", href: "/app/record/\(leaf["index"].int ?? 0)"),
        PageTable.Cell(
          what,
          note: count == 0
            ? nil
            : text(LocalizedText(en: "\(count) rows", inIndonesian: "\(count) baris"))),
        PageTable.Cell(content["by"].text ?? leaf["agency"].text ?? "–"),
        PageTable.Cell(tables.words(content["at"], at: ["at"]) ?? "–"),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "What administrators have done", inIndonesian: "Tindakan administrator")),
      columns: [
        (text(LocalizedText(en: "Leaf", inIndonesian: "Daun")), false),
        (text(LocalizedText(en: "Act", inIndonesian: "Tindakan")), false),
        (text(LocalizedText(en: "By", inIndonesian: "Oleh")), false),
        (text(LocalizedText(en: "At", inIndonesian: "Pada")), false),
      ], rows: rows, empty: text(LocalizedText(en: "Nothing yet.", inIndonesian: "Belum ada.")))
  }
}
