internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on reference data, keys and the service itself.
extension Operation {
  static let listReference = Operation(
    .reference, .init(en: "Read reference data", id: "Baca data referensi"),
    details: "The kinds and their columns (? may be empty): \(ReferenceColumn.table)",
    query: [.date("as_of", "Rows that are valid on this day (default: all)."), .rest],
    replies: [
      Reply(
        .ok, "All rows, as JSON no more than 4 MiB of them.",
        [.json(.page(of: .map(of: .any))), .lines(.map(of: .any)), .csv], fields: Reply.nextPage)
    ],
    refusals: [.notAcceptable, .invalidCursor],
    example: Example("BKN", path: ["elections"]))

  static let whoami = Operation(
    .reference, .init(en: "This key", id: "Kunci ini"), details: "The key, and the mandates of its agency.",
    replies: [.json(.whoami, "The key.")], example: Example("BKN"))

  static let listOwnKeys = Operation(
    .reference, .init(en: "The keys of your agency", id: "Kunci lembaga Anda"),
    details: """
      Every key of the caller's agency, newest first, those that have ended among them: who made it, when, and the hour of \
      its last use. Never a secret.
      """,
    query: [.limit(1...200, standard: 50), .cursor],
    replies: [Reply(.ok, "The keys.", [.json(.page(of: .key)), .lines(.key), .csv], fields: [(.link, "Next page.")])],
    refusals: [.invalidCursor], example: Example("BKN"))

  static let policy = Operation(
    .reference, .init(en: "The visibility policy", id: "Kebijakan keterbukaan"),
    details: "Which agency sees what, as it is applied.", replies: [.json(.policy, "The table.")],
    example: Example("BKN"))

  static let createKey = Operation(
    .administration, .init(en: "Make a key", id: "Buat kunci"),
    details: """
      The secret is shown once, here. A key with identities needs one of these client certificates; an operator's key that \
      comes by a proxy always needs one. Without expires_at it ends after 365 days (admin: 90).
      """,
    query: [.dryRun], body: .json { _ = KeyBody.read($0) }, needs: [.idempotencyKey],
    replies: [.json(.newKey, "The key.", .created, fields: [(.location, "Its address.")])],
    example: Example(
      "OPERATOR", body: #"{"agency":"BKN","label":"uji","scopes":["cases:read"]}"#, keeps: ("key", ".id")))

  static let listKeys = Operation(
    .administration, .init(en: "List keys", id: "Daftar kunci"), query: [.rest],
    replies: [.json(.page(of: .key), "All keys, or 4 MiB of them.", fields: Reply.nextPage)],
    refusals: [.invalidCursor], example: Example("OPERATOR"))

  static let showKey = Operation(
    .administration, .init(en: "Show a key", id: "Tampilkan kunci"), replies: [.json(.key, "The key.")],
    example: Example("OPERATOR", path: ["$key"]))

  static let rotateKey = Operation(
    .administration, .init(en: "Rotate a key", id: "Ganti kunci"),
    details: """
      Makes a key with the same powers, whose life begins anew; the old one ends after the overlap (default 24 hours).
      """,
    query: [.dryRun], body: .json { _ = KeyBody.overlapHours($0) }, needs: [.idempotencyKey],
    replies: [.json(.newKey, "The new key.", .created, fields: [(.location, "Its address.")])],
    refusals: [.alreadyDecided],
    example: Example("OPERATOR", path: ["$key"], body: #"{"overlap_hours":24}"#))

  static let revokeKey = Operation(
    .administration, .init(en: "Revoke a key", id: "Cabut kunci"), details: "It ends now, and stays listed.",
    query: [.dryRun], replies: [Reply(.noContent, "It has ended.", [], fields: [(.dryRun, "true when it has not.")])],
    example: Example("OPERATOR", path: ["$key"]))

  static let listMandates = Operation(
    .administration, .init(en: "List mandates", id: "Daftar kewenangan"),
    query: [.date("as_of", "Those in force on this day."), .rest],
    replies: [.json(.page(of: .map(of: .any)), "All mandates, or 4 MiB of them.", fields: Reply.nextPage)],
    refusals: [.notAcceptable, .invalidCursor],
    example: Example("OPERATOR"))

  static let putMandates = put(
    .init(en: "Change mandates", id: "Ubah kewenangan"), [.mandates], [],
    """
    [{"id":900,"kind":"report","agency":"KASN","from":"2024-01-01","until":"2024-01-31","scope":"all",\
    "legal_basis":"Contoh"}]
    """)

  static let putReference = put(
    .init(en: "Change reference data", id: "Ubah data referensi"), ReferenceKind.allCases, ["holidays"],
    """
    [{"date":"2027-01-01","name_id":"Tahun Baru","name_en":"New Year","kind":"holiday","source":"SKB",\
    "confidence":"full"}]
    """)

  private static func put(_ summary: LocalizedText, _ kinds: [ReferenceKind], _ path: [String], _ body: String)
    -> Operation
  {
    Operation(
      .administration, summary,
      details: """
        Rows are added or replaced, never deleted. JSON array, or CSV with a header row, separated by commas or semicolons \
        (lists by |), as GET /v1/reference/{kind}?format=csv gives it, where the columns are described. A change \
        of clock-rules or holidays derives open clocks anew before it is answered.
        """,
      query: [.dryRun],
      body: Body(
        contentTypes: ["application/json", "text/csv"],
        schema: .array(of: .anyOf(kinds.map { ReferenceBody.schema($0) })).with(("minItems", .int(1)))),
      replies: [.json(.referencePut, "What was stored.", fields: [(.dryRun, "true when nothing was.")])],
      refusals: [.malformedRequest], example: Example("OPERATOR", path: path, query: "dry_run=true", body: body))
  }

  static let createBackup = Operation(
    .administration, .init(en: "Make a backup", id: "Buat cadangan"),
    details: """
      Into the folder of the settings; answered when the copy has been proved sound. Takes no body. A dry run makes and \
      proves the copy, and then throws it away.
      """,
    query: [.dryRun],
    replies: [.json(.newBackup, "The backup.", .created, fields: [(.dryRun, "true when it was thrown away.")])],
    refusals: [.backupRunning, .backupsNotConfigured, .malformedJSON, .invalid], example: Example("OPERATOR"))

  static let listBackups = Operation(
    .administration, .init(en: "List backups", id: "Daftar cadangan"),
    query: [.rest],
    replies: [.json(.page(of: .backup), "All backups, newest first, or 4 MiB of them.", fields: Reply.nextPage)],
    refusals: [.backupsNotConfigured, .invalidCursor],
    example: Example("OPERATOR"))

  static let live = Operation(
    .operation, .init(en: "Whether the program lives", id: "Apakah program hidup"),
    replies: [.json(.status, "It does.")], example: Example(nil))

  static let ready = Operation(
    .operation, .init(en: "Whether it can serve", id: "Apakah siap melayani"),
    details: """
      Reads, writes something that is undone again, and looks at the queue and the disk. A success is kept for a second. \
      503 names the checks that have failed.
      """,
    replies: [.json(.readiness, "It can.")], example: Example(nil))

  static let metrics = Operation(
    .operation, .init(en: "Metrics", id: "Metrik"), details: "For Prometheus. From this machine itself without a key.",
    replies: [Reply(.ok, "Metrics.", [Reply.Content(type: "text/plain", schema: nil)])], example: Example("OPERATOR"))

  static let openAPI = Operation(
    .operation, .init(en: "This description", id: "Uraian ini"),
    details: "With a key: only what that key may do.",
    replies: [.json(.map(of: .any), "OpenAPI 3.1.")],
    example: Example(nil))

  static func page(_ summary: LocalizedText, path: [String] = []) -> Operation {
    Operation(
      .operation, summary,
      replies: [Reply(.ok, "The page.", [Reply.Content(type: "text/html", schema: nil)])],
      example: Example(nil, path: path))
  }

  static let styleSheet = Operation(
    .operation, .init(en: "How pages look", id: "Tampilan halaman"),
    replies: [Reply(.ok, "The style sheet.", [Reply.Content(type: "text/css", schema: nil)])], example: Example(nil))
}
