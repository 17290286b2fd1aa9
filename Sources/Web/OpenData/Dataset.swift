internal import Domain
internal import JSON
internal import Service

/// A set of data that anybody may fetch.
struct Dataset {
  /// A form of it, and where it is.
  struct Distribution {
    let name: String
    let mediaType: String
    let path: String
  }

  /// A part of its address on the page.
  let key: String
  let title: LocalizedText
  let description: LocalizedText
  /// The first and the last day that it tells of; nil: of none in particular.
  var period: (from: LegalDate, until: LegalDate)?
  /// When its newest part was made.
  var changedOn: LegalDate?
  let distributions: [Distribution]

  /// Who may use it for what. No agency has decided on a licence by name.
  static let rights = LocalizedText(
    en: "Anybody may use it who names the source. A licence by name is not decided.",
    inIndonesian: "Boleh dipakai siapa saja dengan menyebut sumber. Lisensi baku belum ditetapkan.")

  /// Every set: one for each statistic of each election that has releases, then those that need none.
  static func all(_ elections: [(election: Election, releases: [LegalDate: MadeRelease])]) -> [Dataset] {
    elections.flatMap { election, releases -> [Dataset] in
      guard let first = releases.keys.min(), let last = releases.keys.max() else { return [] }
      return PublicRoutes.Statistic.allCases.map { statistic in
        var set = released(statistic, of: election)
        set.period = (first, last)
        set.changedOn = releases[last].map { LegalDate(inJakarta: $0.stored.releasedAt) }
        return set
      }
    } + [releases, codes]
  }

  private static func released(_ statistic: PublicRoutes.Statistic, of election: Election) -> Dataset {
    let title = title(of: statistic)
    let address = "/v1/public/statistics/\(statistic.rawValue)?election=\(HomePage.encoded(election.key))&format="
    return Dataset(
      key: "\(statistic.rawValue)-\(election.key)",
      title: LocalizedText(
        en: "\(title.en), \(election.nameEn ?? election.nameId)",
        inIndonesian: "\(title.inIndonesian), \(election.nameId)"),
      description: description(of: statistic), distributions: forms([.csv, .xlsx, .json], at: address))
  }

  private static func forms(_ formats: [ListFormat], at address: String) -> [Distribution] {
    formats.map { format in
      Distribution(
        name: format == .jsonld ? "JSON-LD" : format.rawValue.uppercased(), mediaType: format.mediaType,
        path: address + format.rawValue)
    }
  }

  private static func title(of statistic: PublicRoutes.Statistic) -> LocalizedText {
    switch statistic {
    case .funnel: LocalizedText(en: "From the report to the decision", inIndonesian: "Dari laporan sampai keputusan")
    case .stages: LocalizedText(en: "Cases by stage", inIndonesian: "Kasus menurut tahap")
    case .sanctions: LocalizedText(en: "Sanctions by level", inIndonesian: "Sanksi menurut tingkat")
    }
  }

  private static func description(of statistic: PublicRoutes.Statistic) -> LocalizedText {
    switch statistic {
    case .funnel:
      LocalizedText(
        en: "Reported, recommended and followed-up cases at the end of each month. The files are of the newest month; "
          + "as_of asks for another one, group_by for provinces, position levels, categories or kinds of institutions.",
        inIndonesian:
          "Kasus yang dilaporkan, direkomendasikan, dan ditindaklanjuti pada akhir setiap bulan. Berkas memuat "
          + "bulan terbaru; as_of meminta bulan lain, group_by meminta provinsi, jenjang jabatan, kategori, atau jenis "
          + "instansi.")
    case .stages:
      LocalizedText(
        en: "Cases of the whole country by the stage at which they stood at the end of each month.",
        inIndonesian: "Kasus seluruh Indonesia menurut tahapnya pada akhir setiap bulan.")
    case .sanctions:
      LocalizedText(
        en: "Sanctions of the whole country by their level at the end of each month.",
        inIndonesian: "Sanksi seluruh Indonesia menurut tingkatnya pada akhir setiap bulan.")
    }
  }

  private static let releases = Dataset(
    key: "releases", title: LocalizedText(en: "Elections and releases", inIndonesian: "Pemilihan dan rilis"),
    description: LocalizedText(
      en: "Every election, and the days of which figures are released.",
      inIndonesian: "Setiap pemilihan beserta tanggal angka yang dirilis."),
    distributions: forms([.csv, .xlsx, .json], at: "/v1/public/releases?format="))

  private static let codes = Dataset(
    key: "codes", title: CodeRoutes.title,
    description: LocalizedText(
      en: "Every list of codes with its version and the address of its codes.",
      inIndonesian: "Setiap daftar kode beserta versi dan alamat kodenya."),
    distributions: forms([.csv, .xlsx, .jsonld], at: "/codes?format="))
}

// MARK: Linked data

extension Dataset {
  /// A catalogue and its sets (DCAT 3).
  static func catalogue(_ sets: [Dataset], at prefix: String) -> [UInt8] {
    LinkedData.document { writer in
      writer.object { writer in
        writer.member("@id", "\(prefix)/data")
        writer.member("@type", "dcat:Catalog")
        writer.texts("dct:title", DataPage.title)
        writer.texts("dct:description", DataPage.purpose)
        writer.member("dct:language", strings: [Language.indonesian, .english].map(\.tag))
        writer.objects("dcat:dataset", of: sets) { $0.member("@id", $1.address(at: prefix)) }
      }
      for set in sets { writer.object { set.write(at: prefix, to: &$0) } }
    }
  }

  private func address(at prefix: String) -> String { "\(prefix)/data#\(HomePage.encoded(key))" }

  private func write(at prefix: String, to writer: inout JSONWriter) {
    writer.member("@id", address(at: prefix))
    writer.member("@type", "dcat:Dataset")
    writer.member("dct:identifier", key)
    writer.texts("dct:title", title)
    writer.texts("dct:description", description)
    writer.texts("dct:rights", Self.rights)
    writer.date("dct:modified", changedOn?.description)
    writer.period("dct:temporal", from: period?.from.description, until: period?.until.description)
    writer.objects("dcat:distribution", of: distributions) { writer, form in
      writer.member("@type", "dcat:Distribution")
      writer.member("dct:title", form.name)
      writer.reference("dcat:downloadURL", prefix + form.path)
      writer.reference("dcat:mediaType", "https://www.iana.org/assignments/media-types/\(form.mediaType)")
    }
  }
}
