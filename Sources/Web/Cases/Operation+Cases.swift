internal import Domain
internal import HTTPTypes

/// Operations on cases.
extension Operation {
  private static let caseReply = Reply.json(
    .caseRecord, "The case as this key sees it.", fields: [(.eTag, "Representation, version and projection.")])

  static let createCase = Operation(
    "createCase", .cases, .init(en: "Report a case", inIndonesian: "Laporkan kasus"),
    details: """
      Creates a case. The pair of agency and report number guards against a second copy, the Idempotency-Key against a \
      retry. A predecessor's case is brought in with on_behalf_of.
      """,
    query: [.dryRun], body: .json(named: "CaseDraft") { _ = CaseRoutes.read($0, .bawaslu) }, needs: [.idempotencyKey],
    replies: [
      .json(
        .caseAfterCreation, "The new case.", .created,
        fields: [
          (.location, "Address of the case."), (.eTag, "Representation, version and projection."),
          (.idempotencyReplayed, "true when this is a retry."), (.dryRun, "true when nothing was stored."),
        ])
    ],
    refusals: [.mandateMissing, .reportExists, .reportErased, .notFound], mandate: .report,
    example: Example(
      "BAWASLU",
      body: """
        {"election":"pilkada-2024","region":"16.71","institution":"16.71","subject":{"name":"Pegawai Contoh",\
        "identifier_missing":true,"position_level":"pelaksana"},"violation":"DS-06","act":{"occurred_on":"2024-10-02",\
        "narrative":"Uraian contoh."},"source":{"kind":"laporan","agency_ref":"$(new)","received_on":"2024-10-06"}}
        """, keeps: ("id", ".id")))

  private static let casePages: [Reply.Content] = [
    .json(.page(of: .caseRecord, and: [.maybe("count", .count.described("With count=exact."))], named: "CasePage")),
    .lines(.caseRecord), .csv, .xlsx,
  ]

  static let listCases = Operation(
    "listCases", .cases, .init(en: "List cases", inIndonesian: "Daftar kasus"),
    details: """
      Visible cases, a page at a time; a page ends at 4 MiB at the latest. Filters narrow; a cursor carries them. \
      Searching for a person or for words: POST /v1/case-searches.
      """,
    query: CaseFilters.listed + [.limit(1...200, standard: 50), .cursor, CaseFilters.count, .fields(.cases)],
    replies: [Reply(.ok, "A page.", casePages, fields: Reply.nextPage)],
    refusals: [.invalidCursor],
    misplaced: (
      Set(CaseFilters.personal.map(\.name)),
      .init(
        en: "What names a person stands in no address: POST /v1/case-searches takes it in its body.",
        inIndonesian: "Keterangan tentang seseorang tidak ditulis di alamat: kirim dalam isi POST /v1/case-searches.")
    ),
    example: Example("BKN", query: "stage=recommended&region=73&limit=5&count=exact"))

  static let searchCases = Operation(
    "searchCases", .cases, .init(en: "Search cases", inIndonesian: "Cari kasus"),
    details: """
      The list with its filters in the body, and with those that name a person or repeat words about one, which have no \
      place in an address: nip, nik, name, q. stage is a code or an array of codes. A filter on what is withheld matches \
      nothing. The next page: the same with cursor, which carries the filters. Creates nothing, so that it needs no \
      Idempotency-Key.
      """,
    body: .json(named: "CaseSearch") { _ = CaseListRequest.read($0) },
    replies: [
      Reply(.ok, "A page.", casePages, fields: [(.nextCursor, "The cursor of the next page, in every format.")])
    ],
    refusals: [.invalidCursor],
    example: Example("BKN", body: #"{"name":"pegawai contoh","stage":["received","verified"],"limit":5}"#))

  static let showCase = Operation(
    "getCase", .cases, .init(en: "Show a case", inIndonesian: "Tampilkan kasus"),
    query: [
      Parameter(
        "as_of", .string,
        "A date (acts up to it, facts as known now) or an RFC 3339 time (the record as it stood then).")
    ],
    replies: [caseReply], refusals: [.notAcceptable], example: Example("PANRB", path: ["$id"]))

  static let caseHistory = Operation(
    "getCaseHistory", .cases, .init(en: "History of a case", inIndonesian: "Riwayat kasus"),
    details: "Every event, oldest first: who did what and when, and which facts changed.",
    query: [.rest, .proof, .fields(FieldCatalogue(.event))],
    replies: [.list(of: .event, named: "EventPage", "All events, or 4 MiB of them.")],
    refusals: [.invalidCursor], example: Example("PANRB", path: ["$id"]))

  static let classify = Operation(
    "suggestViolation", .cases, .init(en: "Suggest a violation", inIndonesian: "Usulkan bentuk pelanggaran"),
    details: "Which row of the catalogue fits an act, and why. A suggestion: people decide.",
    body: .json(named: "ClassificationRequest") { _ = ClassificationRoutes.read($0) },
    replies: [.json(.suggestion, "The suggestion.")],
    example: Example(
      "BAWASLU",
      body: #"{"election":"pilkada-2024","occurred_on":"2024-10-02","supports":"candidate","violation":"DS-06"}"#))
}
