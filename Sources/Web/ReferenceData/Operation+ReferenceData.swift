internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on reference data.
extension Operation {
  static let listReference = Operation(
    "listReference", .reference, .init(en: "Read reference data", inIndonesian: "Baca data referensi"),
    details: "The kinds and their columns (? may be empty): \(ReferenceColumn.table)",
    query: [.date("as_of", "Rows that are valid on this day (default: all)."), .rest],
    replies: [
      .list(of: .referenceRow, named: "ReferencePage", "All rows, as JSON no more than 4 MiB of them.")
    ],
    refusals: [.notAcceptable, .invalidCursor],
    example: Example("BKN", path: ["elections"]))

  static let listMandates = Operation(
    "listMandates", .administration, .init(en: "List mandates", inIndonesian: "Daftar kewenangan"),
    query: [.date("as_of", "Those in force on this day."), .rest],
    replies: [
      .list(of: .referenceRow, named: "ReferencePage", "All mandates, as JSON no more than 4 MiB of them.")
    ],
    refusals: [.notAcceptable, .invalidCursor],
    example: Example("OPERATOR"))

  static let putMandates = put(
    "putMandates", .init(en: "Change mandates", inIndonesian: "Ubah kewenangan"), [.mandates], path: [],
    example: """
      [{"id":900,"kind":"report","agency":"KASN","from":"2024-01-01","until":"2024-01-31","scope":"all",\
      "legal_basis":"Contoh"}]
      """)

  static let putReference = put(
    "putReference", .init(en: "Change reference data", inIndonesian: "Ubah data referensi"), ReferenceKind.allCases,
    path: ["holidays"],
    example: """
      [{"date":"2027-01-01","name_id":"Tahun Baru","name_en":"New Year","kind":"holiday","source":"SKB",\
      "confidence":"full"}]
      """)

  private static func put(
    _ name: String, _ summary: LocalizedText, _ kinds: [ReferenceKind], path: [String], example: String
  ) -> Operation {
    Operation(
      name, .administration, summary,
      details: """
        Rows are added or replaced, never deleted. JSON array, or CSV with a header row, separated by commas or semicolons \
        (lists by |), as GET /v1/reference/{kind}?format=csv gives it, where the columns are described. A change \
        of clock-rules or holidays derives open clocks anew before it is answered.
        """,
      query: [.dryRun],
      body: Body([("application/json", ReferenceBody.schema(kinds)), ("text/csv", .string)]),
      replies: [.json(.referencePut, "What was stored.", fields: [(.dryRun, "true when nothing was.")])],
      refusals: [.malformedRequest], example: Example("OPERATOR", path: path, query: "dry_run=true", body: example))
  }
}
