internal import Domain
internal import Service

/// GET /app: what waits for whom, and what nobody should let slip.
struct OverviewPage {
  let app: AppCall
  let overview: CaseOverview

  private var text: PageText { app.text }

  static func show(_ app: AppCall) async throws -> Answer {
    let overview = try await app.services.overview.overview(by: app.call.asker)
    let page = OverviewPage(app: app, overview: overview)
    let certificates = try await app.json("/v1/reconciliations?limit=200")
    let tables = [
      page.waiting, page.overdueByAgency, page.overdueByProvince, page.weeks,
      page.certificates(certificates["items"].items),
    ]
    let context: PageShell.Context = [
      "intro": page.intro, "tables": tables,
      "links": [
        "items": [
          [
            "href": "/app/cases?unconfirmed=true",
            "name": app.text(
              LocalizedText(en: "Waiting for your confirmation", inIndonesian: "Menunggu konfirmasi Anda")),
          ],
          [
            "href": "/app/clocks",
            "name": app.text(LocalizedText(en: "Overdue register", inIndonesian: "Daftar tenggat terlewat")),
          ],
        ]
      ],
    ]
    return AppPage(app: app, place: .overview).answer(app.text(AppPlace.overview.name), "list", context)
  }

  private var intro: String {
    let (total, unconfirmed) = (text.number(overview.total), text.number(overview.unconfirmed))
    return text(
      LocalizedText(
        en: """
          \(text.date(app.today)): your agency sees \(total) cases. Of them \(unconfirmed) rest on what another agency has \
          recorded and nobody has confirmed.
          """,
        inIndonesian: """
          \(text.date(app.today)): lembaga Anda melihat \(total) kasus. \(unconfirmed) di antaranya bersandar pada catatan \
          lembaga lain yang belum dikonfirmasi.
          """))
  }

  private var waiting: PageShell.Context {
    let longest = overview.waiting.map(\.count).max() ?? 0
    let rows = overview.waiting.map { item in
      [
        PageTable.Cell(
          text(item.stage.label), href: "/app/cases?stage=\(item.stage.rawValue)",
          note: text(item.institutionKind.label), bar: longest == 0 ? 0 : item.count * 100 / longest),
        PageTable.Cell(agencies(app.reference.waitedFor(item.stage, item.institutionKind, on: app.today))),
        PageTable.Cell(text.number(item.count), isNumber: true),
        PageTable.Cell(text.date(item.since)),
      ]
    }
    return table(
      "waiting", LocalizedText(en: "What waits for whom", inIndonesian: "Yang menunggu, dan menunggu siapa"),
      [
        (LocalizedText(en: "Stage", inIndonesian: "Tahap"), false),
        (LocalizedText(en: "Waits for", inIndonesian: "Menunggu"), false),
        (LocalizedText(en: "Cases", inIndonesian: "Kasus"), true),
        (LocalizedText(en: "Oldest since", inIndonesian: "Terlama sejak"), false),
      ], rows, LocalizedText(en: "Nothing waits.", inIndonesian: "Tidak ada yang menunggu."))
  }

  /// The clocks that run out for somebody.
  private static let clocks = ClockKind.allCases.filter { $0 != .appealFiling }

  private var overdueByAgency: PageShell.Context {
    var counts: [String: [ClockKind: Int]] = [:]
    for item in overview.overdue {
      for agency in app.reference.waitedFor(item.clock, item.institutionKind, on: app.today) {
        counts[agency, default: [:]][item.clock, default: 0] += item.count
      }
    }
    let rows = counts.keys.sorted().map { agency in
      [PageTable.Cell(agency)]
        + Self.clocks.map { PageTable.Cell(text.number(counts[agency]?[$0] ?? 0), isNumber: true) }
    }
    return table(
      "overdue", LocalizedText(en: "Overdue, by who may act", inIndonesian: "Tenggat terlewat menurut lembaga"),
      [(LocalizedText(en: "Agency", inIndonesian: "Lembaga"), false)] + Self.clocks.map { ($0.label, true) }, rows,
      LocalizedText(en: "Nothing is overdue.", inIndonesian: "Tidak ada tenggat yang terlewat."))
  }

  private var overdueByProvince: PageShell.Context {
    let provinces = Dictionary(grouping: overview.overdue, by: \.province)
    let totals = provinces.mapValues { $0.reduce(0) { $0 + $1.count } }
    let longest = totals.values.max() ?? 0
    let rows = provinces.keys.sorted().map { code -> [PageTable.Cell] in
      let items = provinces[code] ?? []
      let name = app.reference.label(of: code, in: .province, on: app.today).map { text($0) } ?? code
      let head = PageTable.Cell(
        name, href: "/app/clocks?overdue=true&region=\(Query.encode(code))",
        bar: longest == 0 ? 0 : (totals[code] ?? 0) * 100 / longest)
      let counts = Self.clocks.map { clock in
        PageTable.Cell(
          text.number(items.filter { $0.clock == clock }.reduce(0) { $0 + $1.count }), isNumber: true)
      }
      let oldest = items.map(\.oldestDue).min().map { text.date($0) } ?? "–"
      return [head] + counts + [PageTable.Cell(oldest)]
    }
    return table(
      "provinces", LocalizedText(en: "Overdue, by province", inIndonesian: "Tenggat terlewat menurut provinsi"),
      [(LocalizedText(en: "Province", inIndonesian: "Provinsi"), false)] + Self.clocks.map { ($0.label, true) }
        + [(LocalizedText(en: "Oldest due", inIndonesian: "Jatuh tempo terlama"), false)], rows,
      LocalizedText(en: "Nothing is overdue.", inIndonesian: "Tidak ada tenggat yang terlewat."))
  }

  private var weeks: PageShell.Context {
    let longest = overview.weeks.map { max($0.arrivals, $0.decisions) }.max() ?? 0
    let rows = overview.weeks.reversed().map { week in
      [
        PageTable.Cell(text.date(week.monday), bar: longest == 0 ? 0 : week.arrivals * 100 / longest),
        PageTable.Cell(text.number(week.arrivals), isNumber: true),
        PageTable.Cell(text.number(week.decisions), isNumber: true),
      ]
    }
    return table(
      "weeks", LocalizedText(en: "Reports and decisions by week", inIndonesian: "Laporan dan keputusan per minggu"),
      [
        (LocalizedText(en: "Week from", inIndonesian: "Minggu mulai"), false),
        (LocalizedText(en: "Received", inIndonesian: "Diterima"), true),
        (LocalizedText(en: "Decided", inIndonesian: "Diputuskan"), true),
      ], rows, LocalizedText(en: "Nothing yet.", inIndonesian: "Belum ada."))
  }

  /// The last certificate of each agency, and whoever has none.
  private func certificates(_ items: [Shown]) -> PageShell.Context {
    let words = CaseTables(app)
    let rows = app.reference.agencies.keys.sorted().map { agency -> [PageTable.Cell] in
      let last = items.filter { $0["agency"].text == agency }
        .max { ($0["issued_at"].text ?? "") < ($1["issued_at"].text ?? "") }
      func count(_ name: String) -> PageTable.Cell {
        PageTable.Cell(last?[name].int.map { text.number($0) } ?? "–", isNumber: true)
      }
      return [
        PageTable.Cell(agency),
        PageTable.Cell(last.flatMap { words.words($0["issued_at"], at: ["issued_at"]) } ?? "–"),
        count("cases"), count("missing"), count("outdated"), count("unknown"),
      ]
    }
    return table(
      "certificates", LocalizedText(en: "Last certificates", inIndonesian: "Sertifikat rekonsiliasi terakhir"),
      [
        (LocalizedText(en: "Agency", inIndonesian: "Lembaga"), false),
        (LocalizedText(en: "Issued", inIndonesian: "Terbit"), false),
        (LocalizedText(en: "Cases", inIndonesian: "Kasus"), true),
        (LocalizedText(en: "Missing", inIndonesian: "Kurang"), true),
        (LocalizedText(en: "Outdated", inIndonesian: "Usang"), true),
        (LocalizedText(en: "Unknown", inIndonesian: "Tidak dikenal"), true),
      ], rows, LocalizedText(en: "None yet.", inIndonesian: "Belum ada."))
  }

  private func agencies(_ codes: [String]) -> String { codes.isEmpty ? "–" : codes.joined(separator: ", ") }

  private func table(
    _ anchor: String, _ title: LocalizedText, _ columns: [(LocalizedText, Bool)], _ rows: [[PageTable.Cell]],
    _ empty: LocalizedText
  ) -> PageShell.Context {
    let table = PageTable(
      caption: text(title), columns: columns.map { (text($0.0), $0.1) }, rows: rows, empty: text(empty))
    return table.context.merging(["heading": text(title), "anchor": anchor]) { own, _ in own }
  }
}
