internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on how long personal values are kept.
extension Operation {
  static let listRetention = Operation(
    "listRetention", .retention, .init(en: "What falls due", inIndonesian: "Yang jatuh tempo"),
    details: """
      Cases that have ended, by the day on which their personal values are kept no longer (/v1/reference/retention-rules), \
      soonest first. The operator and BKN see every case, any other agency its own. A case is erased from erased_from on, \
      unless its owner or BKN holds it.
      """,
    query: [
      .date("due_until", "The last due date."), .text("agency", "The agency that has reported."),
      .limit(1...200, standard: 50), .cursor, .fields(FieldCatalogue(.retainedCase)),
    ],
    replies: [.list(of: .retainedCase, named: "RetentionPage", "A page.", fields: Reply.nextPage)],
    refusals: [.invalidCursor],
    example: Example("BKN", query: "limit=3"))

  static let listHolds = Operation(
    "listRetentionHolds", .retention, .init(en: "List holds", inIndonesian: "Daftar penahanan"), query: [.rest],
    replies: [.list(of: .retentionHold, named: "RetentionHoldPage", "Every hold of the case, oldest first.")],
    refusals: [.invalidCursor], example: Example("BKN", path: ["$id"]))

  static let holdRetention = Operation(
    "holdRetention", .retention, .init(en: "Hold a case", inIndonesian: "Tahan kasus"),
    details: """
      Keeps the personal values of a case beyond their time, until a day or until it is released. For the owner and BKN. \
      The reason stands in the history.
      """,
    query: [.dryRun], body: .json(named: "RetentionHoldDraft") { _ = RetentionRoutes.readHold($0) },
    needs: [.idempotencyKey],
    replies: [.json(.anyOf([.retentionHold, .triedRetentionHold]).named("NewRetentionHold"), "The hold.", .created)],
    refusals: [.notOwner],
    example: Example(
      "BKN", path: ["$id"], body: #"{"reason":"Perkara masih diperiksa."}"#, keeps: ("hold", ".number")))

  static let releaseRetention = Operation(
    "releaseRetention", .retention, .init(en: "Release a hold", inIndonesian: "Lepas penahanan"),
    details: "For the agency that holds, or its successor.", query: [.dryRun],
    body: .json(named: "RetentionRelease") { _ = RetentionRoutes.readRelease($0) }, needs: [.idempotencyKey],
    replies: [.json(.retentionHold, "The hold, released.")], refusals: [.notOwner, .alreadyDecided],
    example: Example(
      "BKN",
      setup: """
        hold=$(curl -s "$api/cases/$id/retention-holds" -H "$(as BKN)" -H "Idempotency-Key: $(new)" \
        --json '{"reason":"Uji."}' | jq -r .number)
        """, path: ["$id", "$hold"], body: #"{"reason":"Selesai."}"#))

  static let eraseCase = Operation(
    "eraseCase", .retention, .init(en: "Erase before time", inIndonesian: "Hapus sebelum waktunya"),
    details: """
      Erases the personal values of a case for good: name and numbers, narrative, evidence, reporter, reasons, and the \
      numbers of letters. Stages, dates, counts, commitments and proofs stay. For the agency that owns the case, once it \
      has ended or is disputed, and nobody holds it. The event says from which day no backup of its keys is left. What was \
      exported elsewhere is out of reach.
      """,
    query: [.dryRun], body: .json(named: "ErasureOrder") { _ = RetentionRoutes.readErasure($0) },
    needs: [.entityTag, .optionalIdempotencyKey],
    replies: [
      .json(
        .caseAfterChange, "The case as it now is.", .created,
        fields: [(.eTag, "Representation, version and projection.")])
    ],
    refusals: [.notOwner, .stageConflict, .retentionHeld],
    example: Example(
      "BAWASLU", setup: "ended=$(some cancelled)", path: ["$ended"], body: #"{"ground":"subject_request"}"#))
}
