internal import Domain
internal import HTTPTypes

/// One case, with all that may be known and done about it.
struct CasePage {
  let app: AppCall
  let id: Substring
  let record: Shown

  private var text: PageText { app.text }
  private var tables: CaseTables { CaseTables(app) }

  /// For the template `case`.
  func context() async throws -> PageShell.Context {
    let after = app.call.query["after"].map { "?cursor=\(Query.encode($0))" } ?? ""
    let history = try await app.json("/v1/cases/\(id)/history\(after)")
    let stage = record["stage"].text.flatMap { Stage(rawValue: $0) }
    var context: PageShell.Context = [
      "stage": stage.map { text($0.label) } ?? "–", "institution": record["institution"]["name"].text ?? "–",
      "election": tables.words(record["election"], at: ["election"]) ?? "–",
      "facts": tables.facts(record).context, "clocks": tables.clocks(record).context,
      "timeline": tables.timeline(
        history["items"].items,
        caption: text(LocalizedText(en: "What has happened", inIndonesian: "Yang telah terjadi"))
      ).context,
    ]
    if let next = history["next_cursor"].text {
      context["older"] = "/app/cases/\(id)?after=\(Query.encode(next))#timeline"
    }
    let withheld = record["redacted"].items.compactMap { tables.words($0, at: ["redacted"]) }
    if !withheld.isEmpty { context["withheld"] = withheld.joined(separator: ", ") }
    if record["disputed"].flag { context["disputed"] = text(LocalizedText(en: "disputed", inIndonesian: "dibantah")) }
    if let done = app.call.query["done"] { context["said"] = said(done) }
    try await addActions(to: &context)
    addEvidence(to: &context)
    try await addOthers(to: &context)
    return context
  }

  private func said(_ form: String) -> String {
    let named = form == "new" ? PageForm.report : PageForm.all[form]
    let stored = text(LocalizedText(en: "Stored", inIndonesian: "Tersimpan"))
    return named.map { "\(stored): \(text($0.operation.summary))." } ?? "\(stored)."
  }

  // MARK: What may be done

  private func addActions(to context: inout PageShell.Context) async throws {
    let allowed = try await app.json("/v1/cases/\(id)/allowed-actions")
    var (open, refused): ([PageShell.Context], [PageShell.Context]) = ([], [])
    func add(_ name: String, _ reason: String?) {
      guard let form = PageForm.all[name] else { return }
      let title = text(form.operation.summary)
      if let reason = form.refusal(of: app.caller).map({ text($0.detail) }) ?? reason {
        refused.append(["name": title, "reason": reason])
      } else {
        open.append(["name": title, "href": "/app/cases/\(id)/forms/\(name)"])
      }
    }
    for action in allowed["actions"].items {
      add(action["action"].text ?? "", action["allowed"].flag ? nil : action["detail"].text ?? "")
    }
    let notOwner = text(
      LocalizedText(
        en: "Facts are corrected by the reporting agency and BKN; ask them for it.",
        inIndonesian: "Data dikoreksi oleh lembaga pelapor dan BKN; mintalah koreksi kepada mereka."))
    add("correction", allowed["correction"].flag ? nil : notOwner)
    let nothing = text(
      LocalizedText(
        en: "Nothing here waits for your agency's answer.",
        inIndonesian: "Tidak ada yang menunggu jawaban lembaga Anda."))
    add("confirmations", allowed["confirmation"].flag ? nil : nothing)
    for name in ["correction-requests", "links", "retention-holds", "erasures"] { add(name, nil) }
    (context["allowed"], context["hasAllowed"]) = (open, !open.isEmpty)
    (context["refused"], context["hasRefused"]) = (refused, !refused.isEmpty)
  }

  // MARK: Evidence

  private func addEvidence(to context: inout PageShell.Context) {
    let items = record["evidence"].items.map { item -> PageShell.Context in
      let (sha256, type) = (item["sha256"].text ?? "", item["media_type"].text ?? "")
      let kind = tables.words(item["kind"], at: ["evidence", "evidence_kind"]) ?? ""
      let isWithdrawn = !item["withdrawal"].isNull
      let details = [
        kind, tables.words(item["taken_on"], at: ["taken_on"]), item["place"].text, item["bytes"].int.map(bytes),
        tables.words(item["scan"], at: ["scan"]), item["note"].text,
        isWithdrawn ? text(LocalizedText(en: "withdrawn", inIndonesian: "ditarik")) : nil,
      ]
      var shown: PageShell.Context = [
        "name": item["name"].text ?? "\(kind) \(sha256.prefix(12))",
        "detail": details.compactMap { $0 }.joined(separator: " · "),
        "file": "/app/data/cases/\(id)/evidence/\(sha256)", "custody": "/app/cases/\(id)/evidence/\(sha256)",
        "picture": !isWithdrawn && Self.pictures.contains(type), "video": !isWithdrawn && type.hasPrefix("video/"),
        "audio": !isWithdrawn && type.hasPrefix("audio/"), "given": !isWithdrawn,
      ]
      if !isWithdrawn, PageForm.all["withdrawal"]?.refusal(of: app.caller) == nil {
        shown["withdraw"] = "/app/cases/\(id)/forms/withdrawal?item=\(sha256)"
      }
      return shown
    }
    (context["evidence"], context["hasEvidence"]) = (items, !items.isEmpty)
  }

  /// What browsers show in place.
  private static let pictures: Set<String> = ["image/jpeg", "image/png", "image/webp", "image/gif"]

  private func bytes(_ count: Int) -> String {
    count < 1_024
      ? "\(count) B" : count < 1 << 20 ? "\(text.number(count >> 10)) KiB" : "\(text.number(count >> 20)) MiB"
  }

  // MARK: What stands beside it

  private func addOthers(to context: inout PageShell.Context) async throws {
    let links = try await app.json("/v1/cases/\(id)/links")
    context["ties"] =
      table(
        LocalizedText(en: "Tied cases", inIndonesian: "Kasus yang dikaitkan"),
        ["case_id", "relation", "linked_by", "linked_at"],
        links["items"].items
      ) { item, name in name == "case_id" ? item[name].text.map { "/app/cases/\($0)" } : nil }.context
    let related = try await app.json("/v1/cases/\(id)/related")
    context["related"] =
      table(
        LocalizedText(en: "Cases that may belong to it", inIndonesian: "Kasus yang mungkin berkaitan"),
        ["number", "shared"],
        related["items"].items
      ) { item, name in name == "number" ? item["case_id"].text.map { "/app/cases/\($0)" } : nil }.context
    let requests = try await app.json("/v1/cases/\(id)/correction-requests")
    context["corrections"] = corrections(requests["items"].items).context
    let holds = try await app.json("/v1/cases/\(id)/retention-holds")["items"].items
    if !holds.isEmpty {
      context["holds"] =
        table(
          LocalizedText(en: "Held beyond retention", inIndonesian: "Penangguhan retensi"),
          ["number", "agency", "held_at", "until", "released_at"], holds
        ) { item, name in
          name == "number" && item["released_at"].isNull
            ? item["number"].int.map { "/app/cases/\(id)/forms/release?item=\($0)" } : nil
        }.context
    }
  }

  private func corrections(_ requests: [Shown]) -> PageTable {
    var table = table(
      LocalizedText(en: "Requests for correction", inIndonesian: "Permintaan koreksi"),
      ["number", "requested_by", "requested_at", "patch", "reason", "state", "decision_reason"], requests
    ) { _, _ in nil }
    let titles = ["acceptance", "refusal"].compactMap { PageForm.all[$0] }
    guard titles.allSatisfy({ $0.refusal(of: app.caller) == nil }),
      requests.contains(where: { $0["state"].text == "open" })
    else { return table }
    for form in titles { table.columns.append((text(form.operation.summary), false)) }
    for (index, request) in requests.enumerated() {
      for form in titles {
        let isOpen = request["state"].text == "open"
        let number = request["number"].int ?? 0
        table.rows[index].append(
          isOpen
            ? PageTable.Cell(
              "\(text(form.operation.summary)) \(number)", href: "/app/cases/\(id)/forms/\(form.name)?item=\(number)")
            : PageTable.Cell("–"))
      }
    }
    return table
  }

  private func table(
    _ caption: LocalizedText, _ columns: [String], _ items: [Shown], _ href: (Shown, String) -> String?
  ) -> PageTable {
    let rows = items.map { item in
      columns.map { name in PageTable.Cell(tables.words(item[name], at: [name]) ?? "–", href: href(item, name)) }
    }
    return PageTable(
      caption: text(caption), columns: columns.map { (text(Words.name(of: $0)), false) }, rows: rows,
      empty: "\(text(caption)): \(text(LocalizedText(en: "none", inIndonesian: "tidak ada"))).")
  }
}
