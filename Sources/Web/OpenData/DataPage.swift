internal import Domain

/// GET /data as a page: every set of data, and what its numbers mean by the elements of BPS regulation 5/2020.
struct DataPage {
  let text: PageText
  let sets: [Dataset]

  static let title = LocalizedText(en: "Open data", inIndonesian: "Data terbuka")
  static let purpose = LocalizedText(
    en: "Figures on the neutrality of civil servants that anybody may fetch without a key.",
    inIndonesian: "Angka tentang netralitas aparatur sipil negara yang boleh diambil siapa saja tanpa kunci.")

  func context(_ langQuery: String) -> PageShell.Context {
    [
      "purpose": text(Self.purpose), "sets": sets.map(set), "rights": text(Dataset.rights),
      "activity": Self.activity.map { ["name": text($0), "value": text($1)] as PageShell.Context },
      "variables": Self.variables.map { variable -> PageShell.Context in
        [
          "code": variable.code, "name": text(variable.name), "definition": text(variable.definition),
          "list": variable.list.map { "/codes/\($0)\(langQuery)" } ?? "", "hasList": variable.list != nil,
        ]
      },
      "indicators": Self.indicators.map { indicator -> PageShell.Context in
        ["name": text(indicator.name), "formula": text(indicator.formula), "meaning": text(indicator.meaning)]
      },
    ]
  }

  private func set(_ set: Dataset) -> PageShell.Context {
    var context: PageShell.Context = [
      "key": set.key, "title": text(set.title), "description": text(set.description),
      "files": set.distributions.map { ["name": $0.name, "href": $0.path] as PageShell.Context },
      "dated": set.period != nil,
    ]
    if let period = set.period { context["period"] = "\(text.date(period.from)) – \(text.date(period.until))" }
    if let day = set.changedOn { context["changed"] = text.date(day) }
    return context
  }

  // MARK: Metadata

  /// The activity (MS-Keg).
  private static let activity: [(LocalizedText, LocalizedText)] = [
    (
      LocalizedText(en: "Activity", inIndonesian: "Kegiatan"),
      LocalizedText(
        en: "Handling of breaches of civil-servant neutrality",
        inIndonesian: "Penanganan pelanggaran netralitas aparatur sipil negara")
    ),
    (
      LocalizedText(en: "How data are collected", inIndonesian: "Cara pengumpulan data"),
      LocalizedText(
        en: "Compilation of administrative records: what the agencies record of each case",
        inIndonesian: "Kompilasi produk administrasi: catatan lembaga tentang setiap kasus")
    ),
    (
      LocalizedText(en: "Coverage", inIndonesian: "Cakupan"),
      LocalizedText(en: "The whole country", inIndonesian: "Seluruh Indonesia")
    ),
    (
      LocalizedText(en: "Unit", inIndonesian: "Unit"), LocalizedText(en: "The case", inIndonesian: "Kasus")
    ),
    (
      LocalizedText(en: "Frequency", inIndonesian: "Frekuensi"),
      LocalizedText(
        en: "Monthly: the state of the last day of a month, released at 06:00 in Jakarta on the 1st of the month after "
          + "the next, and never changed",
        inIndonesian: "Bulanan: keadaan hari terakhir suatu bulan, dirilis pukul 06.00 WIB pada tanggal 1 dua bulan "
          + "sesudahnya, dan tidak pernah diubah")
    ),
    (LocalizedText(en: "Protection", inIndonesian: "Pelindungan kerahasiaan"), PublicMethod.note),
  ]

  /// A variable (MS-Var), with the list of codes that classifies it.
  private struct Variable {
    let code: String
    let name: LocalizedText
    let definition: LocalizedText
    var list: String?
  }

  private static let variables: [Variable] =
    [FunnelMetric.reported, .recommended, .followedUp].map {
      Variable(code: $0.rawValue, name: $0.label, definition: HomePage.definition($0))
    } + [
      Variable(
        code: FunnelMetric.rejected.rawValue, name: FunnelMetric.rejected.label,
        definition: LocalizedText(
          en: "The verification has rejected the report.", inIndonesian: "Laporan ditolak dalam verifikasi.")),
      Variable(
        code: "stage", name: LocalizedText(en: "Stage", inIndonesian: "Tahap"),
        definition: LocalizedText(
          en: "Where a case stands on its legal road.", inIndonesian: "Kedudukan kasus dalam proses penanganan."),
        list: "stages"),
      Variable(
        code: "sanction_level", name: LocalizedText(en: "Level of the sanction", inIndonesian: "Tingkat sanksi"),
        definition: LocalizedText(
          en: "As it was recorded with the decision.", inIndonesian: "Sebagaimana dicatat bersama keputusan."),
        list: "sanction-levels"),
      Variable(
        code: "province", name: LocalizedText(en: "Province", inIndonesian: "Provinsi"),
        definition: LocalizedText(en: "Where the act was done.", inIndonesian: "Wilayah tempat perbuatan."),
        list: "regions"),
      Variable(
        code: "position_level", name: LocalizedText(en: "Position level", inIndonesian: "Jenjang jabatan"),
        definition: LocalizedText(en: "Of the person reported.", inIndonesian: "Jabatan terlapor."), list: "positions"),
      Variable(
        code: "category", name: LocalizedText(en: "Category", inIndonesian: "Kategori"),
        definition: LocalizedText(en: "Of the form of the breach.", inIndonesian: "Kategori bentuk pelanggaran."),
        list: "categories"),
      Variable(
        code: "institution_kind", name: LocalizedText(en: "Kind of institution", inIndonesian: "Jenis instansi"),
        definition: LocalizedText(en: "Which employs the person.", inIndonesian: "Instansi tempat terlapor bekerja."),
        list: "institution-kinds"),
    ]

  /// The indicators (MS-Ind), in percent.
  private static let indicators: [(name: LocalizedText, formula: LocalizedText, meaning: LocalizedText)] = [
    (
      LocalizedText(en: "Share recommended", inIndonesian: "Persentase direkomendasikan"),
      LocalizedText(
        en: "recommended ÷ reported × 100", inIndonesian: "direkomendasikan ÷ dilaporkan × 100"),
      LocalizedText(
        en: "How many of 100 reported cases have led to a recommendation.",
        inIndonesian: "Dari 100 kasus yang dilaporkan, sekian yang sampai pada rekomendasi.")
    ),
    (
      LocalizedText(en: "Share followed up", inIndonesian: "Persentase ditindaklanjuti"),
      LocalizedText(
        en: "followed up ÷ recommended × 100", inIndonesian: "ditindaklanjuti ÷ direkomendasikan × 100"),
      LocalizedText(
        en: "How many of 100 recommendations the official has decided on.",
        inIndonesian: "Dari 100 rekomendasi, sekian yang telah diputuskan PPK.")
    ),
  ]
}
