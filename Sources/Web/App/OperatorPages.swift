internal import Domain
internal import Service

/// The pages of an operator, who sees no case.
enum OperatorPages {
  /// GET /app/operation: health and backups.
  static func operation(_ app: AppCall) async throws -> Answer {
    let text = app.text
    let readiness = app.services.watching.readiness
    let failed = (readiness.canRead(on: app.call.asker.reader) ? [] : [.read]) + (await readiness.failedChecks())
    var context: PageShell.Context = [:]
    var tables = [health(text, failed)]
    do {
      tables.append(backups(app, try await app.json("/v1/admin/backups")["items"].items))
    } catch let failure as Failure {
      // Where no folder is set there are none.
      context["intro"] = text(failure.detail)
    }
    context["tables"] = tables.map(\.context)
    context["links"] = [
      "items": ["backup", "key"].compactMap { PageForm.ofOperator[$0] }.map { form in
        ["href": "/app/operation/\(form.name)", "name": text(form.operation.summary)]
      }
    ]
    if let done = app.call.query["done"].flatMap({ PageForm.ofOperator[$0] }) {
      context["said"] =
        "\(text(LocalizedText(en: "Done", inIndonesian: "Selesai"))): \(text(done.operation.summary))."
    }
    return AppPage(app: app, place: .operation).answer(text(AppPlace.operation.name), "list", context)
  }

  private static func health(_ text: PageText, _ failed: [Readiness.Check]) -> PageTable {
    let names: [Readiness.Check: LocalizedText] = [
      .read: LocalizedText(en: "Reading", inIndonesian: "Pembacaan"),
      .write: LocalizedText(en: "Writing", inIndonesian: "Penulisan"),
      .queue: LocalizedText(en: "Writes that wait", inIndonesian: "Antrean penulisan"),
      .disk: LocalizedText(en: "Disk", inIndonesian: "Disk"),
    ]
    let rows = Readiness.Check.allCases.map { check in
      [
        PageTable.Cell(names[check].map { text($0) } ?? check.rawValue),
        PageTable.Cell(
          failed.contains(check)
            ? text(check.detail) : text(LocalizedText(en: "in order", inIndonesian: "baik"))),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "Health", inIndonesian: "Kesehatan layanan")),
      columns: [
        (text(LocalizedText(en: "Check", inIndonesian: "Pemeriksaan")), false),
        (text(LocalizedText(en: "State", inIndonesian: "Keadaan")), false),
      ], rows: rows, empty: "")
  }

  private static func backups(_ app: AppCall, _ items: [Shown]) -> PageTable {
    let (text, tables) = (app.text, CaseTables(app))
    let rows = items.map { backup in
      [
        PageTable.Cell(backup["name"].text ?? "–"),
        PageTable.Cell(tables.words(backup["created_at"], at: ["created_at"]) ?? "–"),
        PageTable.Cell(backup["seq"].int.map { text.number($0) } ?? "–", isNumber: true),
        PageTable.Cell(backup["bytes"].int.map { text.number($0) } ?? "–", isNumber: true),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "Backups", inIndonesian: "Cadangan")),
      columns: [
        (text(LocalizedText(en: "Name", inIndonesian: "Nama")), false),
        (text(LocalizedText(en: "Made", inIndonesian: "Dibuat")), false),
        (text(LocalizedText(en: "Sequence", inIndonesian: "Urutan")), true),
        (text(LocalizedText(en: "Bytes", inIndonesian: "Bita")), true),
      ], rows: rows,
      empty: text(
        LocalizedText(en: "There is no backup yet: make one.", inIndonesian: "Belum ada cadangan: buatlah satu.")))
  }

  /// GET /app/operator-keys: every key, with what ends or replaces it.
  static func keys(_ app: AppCall) async throws -> Answer {
    let list = AppList(
      app: app, place: .operatorKeys, path: "/v1/admin/keys",
      columns: ["id", "agency", "label", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"],
      href: { item, name in name == "id" ? item["id"].text.map { "/app/operator-keys?item=\($0)" } : nil })
    let text = app.text
    var context = try await list.context(AppPlace.operatorKeys.name)
    let forms = ["key", "rotation", "revocation"].compactMap { PageForm.ofOperator[$0] }
    let asked = app.call.query["item"]
    context["links"] = [
      "items": forms.filter { !$0.hasItem || asked != nil }.map { form in
        let item = form.hasItem ? "?item=\(Query.encode(asked ?? ""))" : ""
        return ["href": "/app/operation/\(form.name)\(item)", "name": text(form.operation.summary)]
      }
    ]
    return AppPage(app: app, place: .operatorKeys).answer(text(AppPlace.operatorKeys.name), "list", context)
  }

  /// GET /app/reference: `kind`.
  static func reference(_ app: AppCall) async throws -> Answer {
    let text = app.text
    let kind = try app.call.query.code("kind", ReferenceKind.self) ?? .violations
    let columns = kind.columns.map(\.name)
    let rest = app.call.query["cursor"].map { "?cursor=\(Query.encode($0))" } ?? ""
    let found = try await app.json("/v1/reference/\(kind.rawValue)\(rest)")
    let rows = found["items"].items.map { row in
      columns.map { name in
        PageTable.Cell(CaseTables(app).words(row[name], at: ["verbatim"]) ?? "–", isNumber: row[name].int != nil)
      }
    }
    let table = PageTable(
      caption: kind.rawValue, columns: columns.map { ($0, false) }, rows: rows,
      empty: text(LocalizedText(en: "There is nothing here.", inIndonesian: "Tidak ada apa pun di sini.")))
    var context: PageShell.Context = [
      "tables": [table.context],
      "intro": text(
        LocalizedText(
          en:
            "What has changed, by whom, before and after, stands in the record. Rows are changed by PUT /v1/admin/reference.",
          inIndonesian:
            "Yang berubah, oleh siapa, sebelum dan sesudahnya, ada pada catatan. Baris diubah dengan PUT /v1/admin/reference."
        )),
      "links": [
        "items": ReferenceKind.allCases.map { kind in
          ["href": "/app/reference?kind=\(kind.rawValue)", "name": kind.rawValue]
        } + [["href": "/app/record", "name": text(AppPlace.record.name)]]
      ],
    ]
    if let cursor = found["next_cursor"].text {
      context["next"] = "/app/reference?kind=\(kind.rawValue)&cursor=\(Query.encode(cursor))"
    }
    return AppPage(app: app, place: .reference).answer(text(AppPlace.reference.name), "list", context)
  }
}
