internal import Domain
internal import Service

/// Figures as pages: every question that the interface answers, as chart and table, with what is needed to cite it.
struct FigurePages {
  let app: AppCall
  private var text: PageText { app.text }

  // MARK: A question

  /// GET /app/figures: `statistic`, and what a question of it may say.
  static func show(_ app: AppCall) async throws -> Answer {
    let kind = try app.call.query.code("statistic", StatisticKind.self) ?? .funnel
    return try await FigurePages(app: app).show(kind)
  }

  private func show(_ kind: StatisticKind) async throws -> Answer {
    let asked = app.call.query.without(["statistic", "lang"])
    var context = chooser(kind, asked)
    // Equal treatment is about like acts: without them there is no question yet.
    let isAsked = kind != .equalTreatment || asked["violation"] != nil || asked["category"] != nil
    let title = "\(text(AppPlace.figures.name)): \(text(Self.name(kind)))"
    guard isAsked else {
      context["intro"] = text(
        LocalizedText(
          en: "Choose a form of violation or a category: like acts are compared.",
          inIndonesian: "Pilih bentuk pelanggaran atau kategori: yang dibandingkan adalah perbuatan sejenis."))
      return AppPage(app: app, place: .figures).answer(title, "list", context)
    }
    let target = "/v1/statistics/\(kind.rawValue)\(asked.isEmpty ? "" : "?\(asked.canonical)")"
    let figure = try await app.json(target)
    let question = try StatisticQuery.question(kind, asked, today: app.today, app.reference)
    let issued = try await app.services.figures.issue(question, by: app.call.asker)
    var tables = [citation(figure), whole(issued.rows)]
    if kind == .equalTreatment { tables.append(contentsOf: shares(figure)) }
    if let grouping = question.groupBy, kind != .equalTreatment {
      tables.append(groups(issued.rows, grouping, question))
    }
    context["tables"] = tables.map(\.context)
    if let limits = figure["limits"][text.language.tag].text { context["intro"] = limits }
    let query = asked.canonical.isEmpty ? "" : "&\(asked.canonical)"
    context["downloads"] = [
      "items": ["csv", "xlsx", "json"].map { format in
        ["name": format.uppercased(), "href": "/app/data/statistics/\(kind.rawValue)?format=\(format)\(query)"]
      }
    ]
    context["links"] = [
      "items": [
        [
          "href": "/app/figures/\(issued.figure.id)",
          "name": text(
            LocalizedText(en: "This figure, and what has changed since", inIndonesian: "Angka ini, dan perubahannya")),
        ],
        [
          "href": "/app/figures/compare?first=\(issued.figure.id)",
          "name": text(LocalizedText(en: "Compare with another figure", inIndonesian: "Bandingkan dengan angka lain")),
        ],
      ]
    ]
    return AppPage(app: app, place: .figures).answer(title, "list", context)
  }

  private func chooser(_ kind: StatisticKind, _ asked: Query) -> PageShell.Context {
    let statistic = Parameter.code("statistic", StatisticKind.self, "")
    let fields = FormField.all(of: [statistic] + StatisticQuery.parameters(of: kind))
    var values = Dictionary(
      fields.compactMap { field in asked[field.name].map { (field.name, $0) } }, uniquingKeysWith: { first, _ in first }
    )
    values["statistic"] = kind.rawValue
    let view = FormView(app: app, values: values, nothing: LocalizedText(en: "all", inIndonesian: "semua"))
    return ["filters": ["action": "/app/figures", "open": true, "fields": view.context(fields)] as PageShell.Context]
  }

  static func name(_ kind: StatisticKind) -> LocalizedText {
    switch kind {
    case .funnel: LocalizedText(en: "from report to follow-up", inIndonesian: "dari laporan sampai tindak lanjut")
    case .stages: LocalizedText(en: "stages", inIndonesian: "tahap")
    case .sanctions: LocalizedText(en: "sanctions", inIndonesian: "sanksi")
    case .timeliness: LocalizedText(en: "timeliness", inIndonesian: "ketepatan waktu")
    case .equalTreatment: LocalizedText(en: "equal treatment", inIndonesian: "perlakuan yang sama")
    }
  }

  // MARK: Tables

  /// What is needed to cite a figure.
  private func citation(_ figure: Shown) -> PageTable {
    let tables = CaseTables(app)
    let members = ["figure_id", "definition", "as_of", "basis", "unit", "seq", "reference_revision", "issued_at"]
    var rows = members.compactMap { name -> [PageTable.Cell]? in
      let value =
        name == "figure_id" || name == "definition" ? figure[name].text : tables.words(figure[name], at: [name])
      return value.map { [PageTable.Cell(text(Words.name(of: name))), PageTable.Cell($0)] }
    }
    let scope = figure["scope"]["agency"].text
    rows.append([
      PageTable.Cell(text(LocalizedText(en: "What is seen", inIndonesian: "Cakupan"))),
      PageTable.Cell(
        scope ?? text(LocalizedText(en: "all cases", inIndonesian: "semua kasus"))),
    ])
    return PageTable(
      caption: text(LocalizedText(en: "How to cite this figure", inIndonesian: "Cara mengutip angka ini")),
      columns: [
        (text(LocalizedText(en: "Part", inIndonesian: "Bagian")), false),
        (text(LocalizedText(en: "Value", inIndonesian: "Isi")), false),
      ], rows: rows, empty: "")
  }

  /// The whole: each metric with a bar, and its share.
  private func whole(_ rows: [StatisticRow]) -> PageTable {
    let own = rows.filter { $0.group == nil }
    // How many times a test was run is no count of cases.
    func barred(_ row: StatisticRow) -> Int? { row.metric.hasPrefix("test.") ? nil : count(row.value) }
    let longest = own.compactMap(barred).max() ?? 0
    let cells = own.map { row in
      [
        PageTable.Cell(
          MetricLabel.of(row.metric, app.reference).map { text($0) } ?? row.metric,
          bar: barred(row).map { longest == 0 ? 0 : $0 * 100 / longest }),
        PageTable.Cell(value(row.value), isNumber: true), PageTable.Cell(share(row.value), isNumber: true),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "In all", inIndonesian: "Keseluruhan")),
      columns: [
        (text(LocalizedText(en: "Metric", inIndonesian: "Ukuran")), false),
        (text(LocalizedText(en: "Value", inIndonesian: "Nilai")), true),
        (text(LocalizedText(en: "Share", inIndonesian: "Bagian")), true),
      ], rows: cells, empty: text(LocalizedText(en: "No case fits.", inIndonesian: "Tidak ada kasus yang cocok.")))
  }

  /// A row for each group. What others have recorded is told of the whole.
  private func groups(_ rows: [StatisticRow], _ grouping: StatisticGrouping, _ question: StatisticQuestion) -> PageTable
  {
    let own = rows.filter { $0.group != nil && !$0.metric.hasSuffix(StatisticResult.ofOthers) }
    var metrics: [String] = []
    for row in own where !metrics.contains(row.metric) { metrics.append(row.metric) }
    let byGroup = Dictionary(grouping: own) { $0.group ?? "" }
    let first =
      metrics.first.map { metric in own.filter { $0.metric == metric }.compactMap { count($0.value) }.max() ?? 0 } ?? 0
    let cells = byGroup.keys.sorted().map { group -> [PageTable.Cell] in
      let found = Dictionary(
        (byGroup[group] ?? []).map { ($0.metric, $0.value) }, uniquingKeysWith: { first, _ in first })
      let label = app.reference.label(of: group, in: grouping, on: question.asOf).map { text($0) }
      let bar = metrics.first.flatMap { found[$0] }.flatMap { count($0) }
      return [
        PageTable.Cell(
          label ?? (group.isEmpty ? text(LocalizedText(en: "not given", inIndonesian: "tidak disebutkan")) : group),
          bar: bar.map { first == 0 ? 0 : $0 * 100 / first })
      ] + metrics.map { metric in PageTable.Cell(found[metric].map { value($0) } ?? "–", isNumber: true) }
    }
    let heads = metrics.map { (MetricLabel.of($0, app.reference).map { text($0) } ?? $0, true) }
    return PageTable(
      caption: Words.label(of: grouping.rawValue, in: "group_by", app.reference, on: app.today).map { text($0) } ?? "",
      columns: [(text(LocalizedText(en: "Group", inIndonesian: "Kelompok")), false)] + heads, rows: cells,
      empty: text(LocalizedText(en: "No case fits.", inIndonesian: "Tidak ada kasus yang cocok.")))
  }

  /// Shares of each sanction level by group, each between the ends of its interval.
  private func shares(_ figure: Shown) -> [PageTable] {
    var levels: [String] = []
    for group in figure["groups"].items {
      for level in group["levels"].items.compactMap({ $0["level"].text }) where !levels.contains(level) {
        levels.append(level)
      }
    }
    return levels.map { level in
      let rows = figure["groups"].items.map { group -> [PageTable.Cell] in
        let found = group["levels"].items.first { $0["level"].text == level }
        let small = group["too_small"].flag
        var cell = PageTable.Cell(found?["share"].number.map { percent($0) } ?? "–", isNumber: true)
        if let found, let share = found["share"].number, let low = found["interval"].items.first?.number,
          let high = found["interval"].items.last?.number
        {
          cell.interval = (Int(low * 100), Int(share * 100), Int(high * 100))
          cell.note = "\(percent(low)) – \(percent(high))"
        }
        return [
          PageTable.Cell(
            group["label"][text.language.tag].text ?? group["key"].text ?? "–",
            note: small
              ? text(LocalizedText(en: "too few to judge", inIndonesian: "terlalu sedikit untuk dinilai")) : nil),
          PageTable.Cell(group["decided"].int.map { text.number($0) } ?? "–", isNumber: true), cell,
        ]
      }
      return PageTable(
        caption: text(SanctionOutcome.label(of: level)),
        columns: [
          (text(LocalizedText(en: "Group", inIndonesian: "Kelompok")), false),
          (text(LocalizedText(en: "Decided", inIndonesian: "Diputus")), true),
          (text(LocalizedText(en: "Share, 95 % interval", inIndonesian: "Bagian, selang 95 %")), true),
        ], rows: rows, empty: "")
    }
  }

  private func percent(_ share: Double) -> String { "\(text.decimal((share * 1_000).rounded() / 10)) %" }

  private func count(_ value: StatisticRow.Value) -> Int? {
    switch value {
    case .count(let count), .part(let count, _, _): count
    case .number: nil
    }
  }

  private func value(_ value: StatisticRow.Value) -> String {
    switch value {
    case .count(let count), .part(let count, _, _): text.number(count)
    case .number(let number): text.decimal(number)
    }
  }

  private func share(_ value: StatisticRow.Value) -> String {
    if case .part(let count, let base, _) = value { text.percent(count, of: base) } else { "" }
  }
}

/// Figures that were issued.
extension FigurePages {
  /// GET /app/figures/{id}: the figure as it was issued, and what has changed since.
  static func issued(_ app: AppCall) async throws -> Answer {
    let page = FigurePages(app: app)
    let found = try await app.json("/v1/figures/\(app.call.parameters.first ?? "")")
    let today = found["today"]
    let same = LocalizedText(
      en: "The same question has the same answer today.",
      inIndonesian: "Pertanyaan yang sama masih berjawaban sama hari ini.")
    let changed = LocalizedText(
      en: "The same question has another answer today.",
      inIndonesian: "Pertanyaan yang sama berjawaban lain hari ini.")
    let context: PageShell.Context = [
      "intro": app.text(today["same"].flag ? same : changed),
      "tables": [
        page.citation(found["figure"]), page.numbers(found["figure"], nil),
        page.differences(today["differences"].items), page.cases(today["cases"]["items"].items),
      ].map(\.context),
    ]
    let title = LocalizedText(en: "Issued figure", inIndonesian: "Angka yang terbit")
    return AppPage(app: app, place: .figures).answer(app.text(title), "list", context)
  }

  /// GET /app/figures/compare: `first`, `second`.
  static func compare(_ app: AppCall) async throws -> Answer {
    let page = FigurePages(app: app)
    let fields = ["first", "second"].map { FormField(path: [$0], kind: .line(max: 40), isRequired: true) }
    var values: [String: String] = [:]
    for name in ["first", "second"] { values[name] = app.call.query[name] }
    var context: PageShell.Context = [
      "filters": [
        "action": "/app/figures/compare", "open": true, "fields": FormView(app: app, values: values).context(fields),
      ] as PageShell.Context
    ]
    if let first = values["first"], let second = values["second"] {
      let one = try await app.json("/v1/figures/\(Query.encode(first))")["figure"]
      let other = try await app.json("/v1/figures/\(Query.encode(second))")["figure"]
      context["tables"] = [page.citation(one), page.citation(other), page.numbers(one, other)].map(\.context)
    }
    let title = LocalizedText(en: "Two figures compared", inIndonesian: "Perbandingan dua angka")
    return AppPage(app: app, place: .figures).answer(app.text(title), "list", context)
  }

  /// Every number of a figure; beside it, where there is another one, what that says and how they differ.
  private func numbers(_ one: Shown, _ other: Shown?) -> PageTable {
    let (left, right) = (leaves(one), other.map { leaves($0) } ?? [])
    let places = left.map(\.place) + right.map(\.place).filter { place in !left.contains { $0.place == place } }
    let rows = places.map { place -> [PageTable.Cell] in
      let first = left.first { $0.place == place }?.number
      var row = [PageTable.Cell(place), PageTable.Cell(first.map { text.decimal($0) } ?? "–", isNumber: true)]
      if other != nil {
        let second = right.first { $0.place == place }?.number
        row.append(PageTable.Cell(second.map { text.decimal($0) } ?? "–", isNumber: true))
        let difference = first.flatMap { first in second.map { $0 - first } }
        row.append(PageTable.Cell(difference.map { text.decimal($0) } ?? "–", isNumber: true))
      }
      return row
    }
    var columns = [(text(LocalizedText(en: "Metric", inIndonesian: "Ukuran")), false)]
    columns.append((text(LocalizedText(en: "First", inIndonesian: "Pertama")), true))
    if other != nil {
      columns.append((text(LocalizedText(en: "Second", inIndonesian: "Kedua")), true))
      columns.append((text(LocalizedText(en: "Difference", inIndonesian: "Selisih")), true))
    }
    return PageTable(
      caption: text(LocalizedText(en: "Numbers", inIndonesian: "Angka")), columns: columns, rows: rows,
      empty: text(LocalizedText(en: "No number.", inIndonesian: "Tidak ada angka.")))
  }

  private func leaves(_ figure: Shown) -> [(place: String, number: Double)] {
    var leaves: [(place: String, number: Double)] = []
    func collect(_ shown: Shown, _ names: [String]) {
      if let number = shown.number ?? shown.int.map({ Double($0) }) {
        leaves.append((names.joined(separator: " · "), number))
      }
      for (name, value) in shown.members { collect(value, names + [label(name)]) }
      for item in shown.items where item["level"].text != nil {
        collect(item, names + [text(SanctionOutcome.label(of: item["level"].text ?? ""))])
      }
    }
    collect(figure["total"], [text(LocalizedText(en: "In all", inIndonesian: "Keseluruhan"))])
    for group in figure["groups"].items {
      collect(group, [group["label"][text.language.tag].text ?? group["key"].text ?? "–"])
    }
    return leaves
  }

  private func label(_ name: String) -> String {
    MetricLabel.of(name, app.reference).map { text($0) } ?? text(Words.name(of: name))
  }

  private func differences(_ items: [Shown]) -> PageTable {
    let rows = items.map { item in
      [
        PageTable.Cell(
          item["whole"].flag
            ? text(LocalizedText(en: "In all", inIndonesian: "Keseluruhan")) : item["group"].text ?? "–"),
        PageTable.Cell(label(item["metric"].text ?? "")),
      ]
        + ["then", "now", "difference"].map { name in
          PageTable.Cell((item[name].number).map { text.decimal($0) } ?? "–", isNumber: true)
        }
    }
    return PageTable(
      caption: text(LocalizedText(en: "What has changed since", inIndonesian: "Yang berubah sejak itu")),
      columns: [
        (text(LocalizedText(en: "Group", inIndonesian: "Kelompok")), false),
        (text(LocalizedText(en: "Metric", inIndonesian: "Ukuran")), false),
        (text(LocalizedText(en: "Then", inIndonesian: "Semula")), true),
        (text(LocalizedText(en: "Now", inIndonesian: "Kini")), true),
        (text(LocalizedText(en: "Difference", inIndonesian: "Selisih")), true),
      ], rows: rows, empty: text(LocalizedText(en: "Nothing has changed.", inIndonesian: "Tidak ada yang berubah.")))
  }

  private func cases(_ items: [Shown]) -> PageTable {
    let rows = items.map { item in
      [
        PageTable.Cell(item["number"].text ?? "–", href: "/app/cases/\(item["case_id"].text ?? "")"),
        PageTable.Cell(
          item["changes"].items.compactMap { $0["what"].text.flatMap { Words.event($0) }.map { text($0) } }
            .joined(separator: ", ")),
      ]
    }
    return PageTable(
      caption: text(LocalizedText(en: "Cases behind the change", inIndonesian: "Kasus di balik perubahan")),
      columns: [
        (text(LocalizedText(en: "Case", inIndonesian: "Kasus")), false),
        (text(LocalizedText(en: "What has happened", inIndonesian: "Yang terjadi")), false),
      ], rows: rows, empty: text(LocalizedText(en: "None.", inIndonesian: "Tidak ada.")))
  }
}
