internal import Domain
internal import HTTPTypes

/// Operations on corrections.
extension Operation {
  static let correctCase = Operation(
    "correctCase", .cases, .init(en: "Correct facts", inIndonesian: "Koreksi fakta"),
    details: """
      A JSON merge patch (RFC 7396) of the facts, with a reason. For the reporting agency and BKN. The day of receipt \
      changes here only until an act is recorded or the clock of verification has run out. With wrong_person, what the \
      case held before of the groups that change is withheld from all but its owner and BKN.
      """,
    query: [.dryRun],
    body: Body(["application/merge-patch+json", "application/json"].map { ($0, CorrectionBody.patchSchema) }),
    needs: [.entityTag, .optionalIdempotencyKey],
    replies: [
      .json(.caseAfterChange, "The case as it now is.", fields: [(.eTag, "Representation, version and projection.")])
    ],
    refusals: [
      .notOwner, .stageConflict, .clockConflict, .receiptSettled, .confirmationConflict, .reportExists, .reportErased,
    ],
    example: Example("BAWASLU", path: ["$id"], body: #"{"motives":["office"],"reason":"Keterangan tambahan."}"#))

  static let requestCorrection = Operation(
    "requestCorrection", .corrections, .init(en: "Ask for a correction", inIndonesian: "Minta koreksi"),
    details: """
      For agencies that may not correct facts themselves, and for everybody where the day of receipt is settled: such a \
      request carries nothing else. With wrong_person, its acceptance withholds what the case held before.
      """, query: [.dryRun],
    body: .json(named: "CorrectionRequestDraft") { _ = CorrectionBody.request($0) }, needs: [.idempotencyKey],
    replies: [.json(.correctionRequest, "The request.", .created)],
    refusals: [.stageConflict, .clockConflict, .confirmationConflict, .reportExists, .reportErased],
    example: Example(
      "PANRB", path: ["$id"], body: #"{"patch":{"motives":["family"]},"reason":"Sesuai berkas."}"#,
      keeps: ("n", ".number")))

  static let listCorrections = Operation(
    "listCorrectionRequests", .corrections,
    .init(en: "List requests for correction", inIndonesian: "Daftar permintaan koreksi"),
    query: [.rest],
    replies: [
      .list(of: .correctionRequest, named: "CorrectionRequestPage", "All requests of the case, or 4 MiB of them.")
    ],
    refusals: [.invalidCursor], example: Example("BAWASLU", path: ["$id"]))

  static let acceptCorrection = decision(
    "acceptCorrection", .init(en: "Accept a correction", inIndonesian: "Terima koreksi"), #"{"reason":"Benar."}"#,
    setup: nil)

  static let refuseCorrection = decision(
    "refuseCorrection", .init(en: "Refuse a correction", inIndonesian: "Tolak koreksi"), #"{"reason":"Berkas lain."}"#,
    setup: """
      n=$(curl -s "$api/cases/$id/correction-requests" -H "$(as PANRB)" -H "Idempotency-Key: $(new)" \
      --json '{"patch":{"motives":["money"]},"reason":"Uji."}' | jq -r .number)
      """)

  private static func decision(_ name: String, _ summary: LocalizedText, _ body: String, setup: String?) -> Operation {
    Operation(
      name, .corrections, summary,
      details: """
        For the agency that owns the case. On a settled day of receipt an agency decides that holds the mandate correct \
        and is not the one that asks.
        """, query: [.dryRun],
      body: .json(named: "CorrectionDecision") { _ = CorrectionBody.decision($0) },
      needs: [.entityTag, .optionalIdempotencyKey],
      replies: [
        .json(
          .caseAfterChange, "The case as it now is.", .created,
          fields: [(.eTag, "Representation, version and projection.")])
      ],
      refusals: [
        .notOwner, .mandateMissing, .alreadyDecided, .stageConflict, .clockConflict, .receiptSettled,
        .confirmationConflict, .reportExists, .reportErased,
      ],
      example: Example("BAWASLU", setup: setup, path: ["$id", "$n"], body: body))
  }
}
