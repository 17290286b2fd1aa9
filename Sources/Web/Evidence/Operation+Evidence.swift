internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// Operations on the files that go with cases.
extension Operation {
  static let addEvidence = Operation(
    "addEvidence", .evidence, .init(en: "Bring a file", inIndonesian: "Tambah berkas bukti"),
    details: """
      Adds one file to the case: the body is the file, its facts stand in the query. The type is told by the file itself and \
      must be that of Content-Type. Rights and If-Match are judged before the first byte is taken, and again when all has \
      come. For every agency that sees evidence of the case. Programs, scripts, HTML and SVG are refused; so are images and \
      archives that would swell.
      """,
    query: EvidenceQuery.parameters + [.dryRun],
    body: .files, needs: [.entityTag, .optionalIdempotencyKey],
    replies: [
      .json(
        .caseAfterChange, "The case as it now is.", .created,
        fields: [(.eTag, "Representation, version and projection."), (.location, "The file.")])
    ],
    refusals: [.evidenceExists, .invalid],
    example: Example(
      "BAWASLU", path: ["$id"], query: "kind=document&taken_on=$(today)", body: "Catatan: unggahan akun terlapor.",
      fields: ["Content-Type: text/plain"]))

  static let listEvidence = Operation(
    "listEvidence", .evidence, .init(en: "List files", inIndonesian: "Daftar berkas bukti"), query: [.rest],
    replies: [.list(of: .evidenceItem, named: "EvidencePage", "Every file of the case, oldest first.")],
    refusals: [.invalidCursor], example: Example("BAWASLU", path: ["$id"], keeps: ("file", ".items[0].sha256")))

  static let getEvidence = Operation(
    "getEvidence", .evidence, .init(en: "Get a file", inIndonesian: "Unduh berkas bukti"),
    details: """
      The file, or the part that Range names; always as an attachment. That an agency was given a file which another one \
      has brought stands in the history before the first byte goes out: once an hour for each key. HEAD leaves no trace.
      """,
    replies: [
      Reply(.ok, "The file.", FileType.allCases.map { Reply.Content(type: $0.rawValue, schema: nil) }, fields: ranges),
      Reply(
        .partialContent, "The part that Range names.",
        FileType.allCases.map { Reply.Content(type: $0.rawValue, schema: nil) }, fields: ranges),
    ],
    refusals: [.rangeNotSatisfiable, .evidenceDamaged], example: Example("BKN", path: ["$id", "$file"]))

  private static let ranges: [(name: HTTPField.Name, description: String)] = [
    (.eTag, "The SHA-256 of the file."), (.acceptRanges, "bytes"), (.contentDisposition, "Always an attachment."),
  ]

  static let evidenceCustody = Operation(
    "listCustody", .evidence, .init(en: "Who had a file", inIndonesian: "Riwayat penguasaan berkas"),
    details: "Who has brought the file, who was given it and when, and who has withdrawn it.", query: [.rest],
    replies: [.list(of: .custodyEntry, named: "CustodyPage", "Every entry, oldest first.")],
    refusals: [.invalidCursor], example: Example("BAWASLU", path: ["$id", "$file"]))

  static let withdrawEvidence = Operation(
    "withdrawEvidence", .evidence, .init(en: "Withdraw a file", inIndonesian: "Tarik berkas bukti"),
    details: """
      Hides a file for good, and says why; its trace stays. For the agency that has brought it and the one that has reported \
      the case.
      """,
    query: [.dryRun], body: .json(named: "EvidenceWithdrawal") { _ = EvidenceRoutes.readWithdrawal($0) },
    needs: [.entityTag, .optionalIdempotencyKey],
    replies: [
      .json(
        .caseAfterChange, "The case as it now is.", .created,
        fields: [(.eTag, "Representation, version and projection.")])
    ],
    refusals: [.notOwner, .alreadyDecided],
    example: Example("BAWASLU", path: ["$id", "$file"], body: #"{"reason":"Berkas salah unggah."}"#))
}

/// Operations on the files that lines of imports have named.
extension Operation {
  private static let named = "893b562e15fb43ebe98ec6437f2fb240393f7652fee9738dd97b1b470c8e939d"

  static let listEvidenceFiles = Operation(
    "listEvidenceFiles", .synchronisation, .init(en: "Files that are to come", inIndonesian: "Berkas yang ditunggu"),
    details: "What the agency has named in lines of imports, newest first, and how many bytes of each have come.",
    query: [.limit(1...1_000, standard: 100), .cursor, .fields(FieldCatalogue(.awaitedFile))],
    replies: [.list(of: .awaitedFile, named: "AwaitedFilePage", "Files and their cases.")],
    refusals: [.invalidCursor], example: Example("BAWASLU"))

  static let showEvidenceFile = Operation(
    "getEvidenceFile", .synchronisation, .init(en: "How far a file has come", inIndonesian: "Status berkas kiriman"),
    details: "Of a file that the agency is to bring, or has brought.",
    replies: [.json(.deliveredFile, "How many bytes have come, and for which cases.")],
    example: Example("BAWASLU", path: [named]))

  static let putEvidenceFile = Operation(
    "putEvidenceFile", .synchronisation, .init(en: "Bring a named file", inIndonesian: "Kirim berkas yang disebut"),
    details: """
      Brings a file that lines of imports have named, for all cases that they have named it for: curl -T FILE. What was cut \
      off goes on with Content-Range: bytes FIRST-LAST/TOTAL where the last part has ended (curl -T FILE -C RECEIVED), within \
      an hour and until the next start of the service; what begins at 0 begins anew. At most 16 files of an agency may be on \
      their way. It is judged as one that is brought to a case: type, limits, rights. The same request again changes nothing.
      """,
    query: [.dryRun],
    body: Operation.Body(
      [("application/octet-stream", Schema.string.with(("format", .string("binary"))))], mayBeUntyped: true,
      takes: { FileType(declared: $0) != nil }),
    replies: [
      .json(.deliveredFile, "Nothing was to come: it was brought before, or the request is only tried."),
      .json(.deliveredFile, "All of it has come.", .created),
      .json(.deliveredFile, "The part has come.", .accepted),
    ],
    refusals: [.uploadConflict, .evidenceExists, .caseErased, .invalid, .evidenceDamaged],
    example: Example(
      "BAWASLU", path: [named], body: "Catatan: unggahan akun terlapor.", fields: ["Content-Type: text/plain"]))
}

extension Operation.Body {
  /// A file of evidence.
  fileprivate static let files = Operation.Body(
    FileType.allCases.map { ($0.rawValue, Schema.string.with(("format", .string("binary")))) },
    takes: { FileType(declared: $0) != nil })
}

extension Schema {
  static let sha256 = pattern("^[0-9a-f]{64}$")

  static let evidenceItem = object(
    [
      .always("sha256", sha256.described("Of the bytes of the file.")), .always("kind", code(EvidenceKind.self)),
      .always("media_type", code(FileType.self)), .always("bytes", count), .maybe("taken_on", date),
    ] + EvidenceFacts.texts.map { .maybe($0.name, string.described("\($0.label.en).")) } + [
      .always("received_by", agency), .always("received_at", instant),
      .always(
        "scan",
        code(EvidenceScan.self).described(
          EvidenceScan.allCases.map { "\($0.rawValue): \($0.label.en)" }.joined(separator: "; ") + ".")),
      .maybe(
        "withdrawal",
        object([.always("agency", agency), .always("at", instant), .always("reason", string)])
          .described("Left out while the file stands.").named("EvidenceWithdrawn")),
    ]
  ).named("EvidenceItem")

  static let awaitedFile = object([
    .always("sha256", sha256), .always("case", uuid), .always("received", count.described("Bytes that have come.")),
  ]).named("AwaitedFile")

  static let deliveredFile = object([
    .always("sha256", sha256),
    .always("received", count.described("Bytes that have come, in a row from the first one.")),
    .always(
      "cases",
      array(
        of: object([
          .always("id", uuid), .always("status", codes(["awaited", "kept", "refused"])),
          .maybe("problem", problem.described("Why this case has not taken it: it is awaited still.")),
        ]).named("DeliveredFileCase"))),
  ]).named("DeliveredFile")

  static let custodyEntry = object([
    .always("seq", count), .always("what", string), .always("agency", agency), .always("at", instant),
    .always("reason", string.orNull.described("Of a withdrawal.")),
  ]).named("CustodyEntry")
}
