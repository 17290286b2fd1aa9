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

  static let custodyEntry = object([
    .always("seq", count), .always("what", string), .always("agency", agency), .always("at", instant),
    .always("reason", string.orNull.described("Of a withdrawal.")),
  ]).named("CustodyEntry")
}
