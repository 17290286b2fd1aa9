/// The lists that reference data hold: they grow without a new release of the program.
///
/// Institutions, mandates and rules are no lists of codes, and stay behind a key.
extension CodeList {
  private static let kinds: [(key: String, kind: ReferenceKind, en: String, inIndonesian: String)] = [
    ("violations", .violations, "Forms of breaches", "Bentuk pelanggaran"),
    ("sanctions", .sanctions, "Sanctions", "Sanksi"),
    ("positions", .positions, "Levels and classes of positions", "Jenjang dan kelas jabatan"),
    ("motives", .motives, "Motives", "Motif"),
    ("source-channels", .sourceChannels, "Channels of reports", "Saluran laporan"),
    ("agencies", .agencies, "Agencies", "Lembaga"),
    ("elections", .elections, "Elections", "Pemilihan"),
    ("regions", .regions, "Provinces, regencies and cities", "Provinsi, kabupaten, dan kota"),
  ]

  /// The keys of all lists: those of reference data, then those of the program.
  public static let keys = kinds.map(\.key) + ofProgram.map(\.key)

  /// The list with a key; nil when there is none.
  public static func named(_ key: String, _ reference: Reference) -> CodeList? {
    guard let own = kinds.first(where: { $0.key == key }) else { return ofProgram.first { $0.key == key } }
    return CodeList(key, en: own.en, inIndonesian: own.inIndonesian, items(of: own.kind, reference))
  }

  /// What any row may say of its code. Nothing else that it says is shown.
  private struct Row: Decodable {
    var labelId: String?
    var labelEn: String?
    var nameId: String?
    var nameEn: String?
    var name: String?
    var province: String?
    var validFrom: String?
    var validUntil: String?

    func label(of code: String) -> LocalizedText {
      let indonesian = labelId ?? nameId ?? name ?? code
      return LocalizedText(en: labelEn ?? nameEn ?? indonesian, inIndonesian: indonesian)
    }
  }

  private static func items(of kind: ReferenceKind, _ reference: Reference) -> [Item] {
    let entries = reference.entries.filter { $0.kind == kind }.sorted { ($0.code, $0.from) < ($1.code, $1.from) }
    let rows: [Row]
    do {
      rows = try Reference.decode(entries.map(\.json), as: Row.self)
    } catch {
      // Rows were decoded with more than this when they were read.
      preconditionFailure("a row of reference data: \(error)")
    }
    return zip(entries, rows).map { entry, row in
      var item = Item(entry.code, row.label(of: entry.code))
      (item.from, item.until, item.broader) = (row.validFrom, row.validUntil, row.province)
      return item
    }
  }
}
