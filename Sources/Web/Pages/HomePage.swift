internal import Domain
internal import Service

/// GET /: the newest released figures of an election, beside those of the others.
struct HomePage {
  let text: PageText
  let reference: Reference
  /// Every election with its releases, the newest election first.
  let elections: [(election: Election, releases: [LegalDate: MadeRelease])]
  /// The one that is shown in full.
  let shown: Election?

  static let title = LocalizedText(
    en: "Neutrality of civil servants", inIndonesian: "Netralitas aparatur sipil negara")

  private static let metrics: [(kind: String, metric: FunnelMetric)] = [
    ("reported", .reported), ("recommended", .recommended), ("followed-up", .followedUp),
  ]
  /// Heads of columns, with places where a narrow one may break a word.
  private static let heads = [
    LocalizedText(en: "Reported", inIndonesian: "Dilaporkan"),
    LocalizedText(en: "Recom\u{AD}mended", inIndonesian: "Direkomen\u{AD}dasikan"),
    LocalizedText(en: "Followed up", inIndonesian: "Ditindak\u{AD}lanjuti"),
  ]

  func context(_ langQuery: String) -> PageShell.Context {
    let releases = elections.first { $0.election.key == shown?.key }?.releases ?? [:]
    var context: PageShell.Context = [
      "metrics": Self.heads.map { ["name": text($0)] },
      "elections": elections.map { row($0.election, $0.releases, langQuery) },
      "empty": text(
        LocalizedText(
          en:
            "Nothing of this election is released yet. The first figures come on the 1st of the month after the next.",
          inIndonesian:
            "Belum ada angka pemilihan ini yang dirilis. Angka pertama dirilis pada tanggal 1 dua bulan sesudahnya.")),
    ]
    if let shown, let newest = releases.values.max(by: { $0.stored.asOf < $1.stored.asOf }) {
      context["release"] = release(newest, of: shown, releases)
    }
    return context
  }

  private func row(_ election: Election, _ releases: [LegalDate: MadeRelease], _ langQuery: String)
    -> PageShell.Context
  {
    let newest = releases.values.max { $0.stored.asOf < $1.stored.asOf }
    let none = LocalizedText(en: "nothing released yet", inIndonesian: "belum ada rilis")
    return [
      "name": name(election), "current": election.key == shown?.key,
      "href": "/?\(text.language == .english ? "lang=en&" : "")election=\(Self.encoded(election.key))",
      "state": newest.map { text.date($0.stored.asOf) } ?? text(none),
      "counts": (newest.map { ReleaseCounts($0.published).all } ?? [nil, nil, nil]).map(text.number),
    ]
  }

  private func name(_ election: Election) -> String {
    text(LocalizedText(en: election.nameEn ?? election.nameId, inIndonesian: election.nameId))
  }

  private func release(_ made: MadeRelease, of election: Election, _ all: [LegalDate: MadeRelease])
    -> PageShell.Context
  {
    let (counts, asOf) = (ReleaseCounts(made.published).all, made.stored.asOf)
    let funnel = Self.metrics.indices.map { index -> PageShell.Context in
      let metric = Self.metrics[index].metric
      return [
        "name": text(metric.label), "definition": text(Self.definition(metric)), "count": text.number(counts[index]),
        "width": Self.width(counts[index], of: counts[0]),
        "share": index == 0 ? "" : text.percent(counts[index], of: counts[index - 1]),
      ]
    }
    var context: PageShell.Context = [
      "election": name(election), "asOf": text.date(asOf),
      "releasedOn": text.date(LegalDate(inJakarta: made.stored.releasedAt)), "funnel": funnel,
      "funnelFiles": files(election, asOf, nil), "groups": groups(made, election),
      "note": text(PublicMethod.note), "definition": "public-funnel/\(made.published.definition)",
    ]
    if all.count > 1 { context["course"] = course(all) }
    return context
  }

  static func definition(_ metric: FunnelMetric) -> LocalizedText {
    switch metric {
    case .recommended:
      LocalizedText(
        en: "A recommendation was sent to the official who decides.",
        inIndonesian: "Rekomendasi telah dikirim kepada pejabat yang memutuskan.")
    case .followedUp:
      LocalizedText(en: "That official (PPK) has decided.", inIndonesian: "Pejabat tersebut (PPK) telah memutuskan.")
    default: LocalizedText(en: "Received, and not rejected.", inIndonesian: "Diterima dan tidak ditolak.")
    }
  }

  /// Of a bar, in percent of the longest one.
  private static func width(_ count: Int?, of longest: Int?) -> Int {
    guard let count, let longest, longest > 0 else { return 0 }
    return min(100, max(count > 0 ? 1 : 0, count * 100 / longest))
  }

  /// As it stands in an address (RFC 3986, 2.3).
  static func encoded(_ key: String) -> String {
    key.utf8.map { byte in
      PathSpelling.isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%" + [byte].hexadecimal.uppercased()
    }.joined()
  }

  private func files(_ election: Election, _ asOf: LegalDate, _ grouping: StatisticGrouping?) -> [PageShell.Context] {
    ["csv", "xlsx", "json"].map { format in
      let group = grouping.map { "&group_by=\($0.rawValue)" } ?? ""
      let address =
        "/v1/public/statistics/funnel?election=\(Self.encoded(election.key))&as_of=\(asOf)\(group)&format=\(format)"
      return ["name": format.uppercased(), "href": address]
    }
  }

  // MARK: Course

  private func course(_ releases: [LegalDate: MadeRelease]) -> PageShell.Context {
    let months = releases.values.sorted { $0.stored.asOf < $1.stored.asOf }
    let counts = months.map { ReleaseCounts($0.published).all }
    let most = max(1, counts.flatMap { $0 }.compactMap(\.self).max() ?? 1)
    let lines = Self.metrics.indices.map { index -> PageShell.Context in
      let points = counts.indices.compactMap { place in
        counts[place][index].map { "\(56 + place * 576 / (counts.count - 1)),\(220 - $0 * 200 / most)" }
      }
      let (kind, metric) = Self.metrics[index]
      return ["kind": kind, "name": text(metric.label), "points": points.joined(separator: " ")]
    }
    let rows = months.indices.reversed().map { place -> PageShell.Context in
      ["asOf": text.date(months[place].stored.asOf), "counts": counts[place].map(text.number)]
    }
    return [
      "max": text.number(most), "first": months.first.map { text.date($0.stored.asOf) } ?? "",
      "last": months.last.map { text.date($0.stored.asOf) } ?? "", "lines": lines, "months": rows,
    ]
  }

  // MARK: Groups

  private func groups(_ made: MadeRelease, _ election: Election) -> [PageShell.Context] {
    CaseStates.releasedGroupings.compactMap { grouping in
      guard let rows = made.published.tables[grouping.rawValue]?.rows, !rows.isEmpty else { return nil }
      let longest = rows.compactMap { $0.counts.first }.max()
      let asOf = made.stored.asOf
      let words = Self.words(grouping)
      return [
        "key": grouping.rawValue, "title": text(words.title), "column": text(words.column),
        "files": files(election, asOf, grouping),
        "rows": rows.map { row -> PageShell.Context in
          [
            "name": label(row.key, grouping, asOf), "width": Self.width(row.counts.first, of: longest),
            "counts": row.counts.map { text.number($0) },
          ]
        },
      ]
    }
  }

  private func label(_ key: String, _ grouping: StatisticGrouping, _ asOf: LegalDate) -> String {
    let none = LocalizedText(en: "Not said", inIndonesian: "Tidak disebutkan")
    if PublicPage.code(key) == nil { return text(none) }
    return reference.label(of: key, in: grouping, on: asOf).map { text($0) } ?? key
  }

  private static func words(_ grouping: StatisticGrouping) -> (title: LocalizedText, column: LocalizedText) {
    switch grouping {
    case .province:
      (
        LocalizedText(en: "By province", inIndonesian: "Menurut provinsi"),
        LocalizedText(en: "Province", inIndonesian: "Provinsi")
      )
    case .positionLevel:
      (
        LocalizedText(en: "By level of position", inIndonesian: "Menurut jenjang jabatan"),
        LocalizedText(en: "Level", inIndonesian: "Jenjang")
      )
    case .category:
      (
        LocalizedText(en: "By kind of breach", inIndonesian: "Menurut jenis pelanggaran"),
        LocalizedText(en: "Kind", inIndonesian: "Jenis")
      )
    default:
      (
        LocalizedText(en: "By kind of institution", inIndonesian: "Menurut jenis instansi"),
        LocalizedText(en: "Institutions", inIndonesian: "Instansi")
      )
    }
  }
}

/// The three counts of a release for the whole country; nil for one that is not told.
private struct ReleaseCounts {
  let all: [Int?]

  init(_ release: PublicRelease) {
    all = [release.tree.count] + PublicPage.path.map { release.tree.node(at: $0)?.count }
  }
}
