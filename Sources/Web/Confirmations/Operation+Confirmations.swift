internal import Domain
internal import HTTPTypes

/// Operations on what others have recorded in an agency's name.
extension Operation {
  static let confirm = Operation(
    "confirmCase", .confirmations, .init(en: "Confirm or dispute", inIndonesian: "Konfirmasi atau bantah"),
    details: """
      For the agency in whose name another one has imported the report or an act, or its successor. Without acts it \
      answers everything in the case that waits for it; acts are sequences of events. A disputed act is void, and so is \
      what the import has built on it: the case falls back to the stage before. A disputed report takes the case out of \
      everything, and frees its number. A dispute needs a reason, and is refused once an act stands on it that its agency \
      has recorded itself or confirmed.
      """,
    query: [.dryRun], body: .json(named: "ConfirmationDraft") { _ = ConfirmationBody.read($0) },
    needs: [.entityTag, .optionalIdempotencyKey],
    replies: [
      .json(
        .caseRecord, "The case as it now is.", .created,
        fields: [
          (.eTag, "Version and projection."), (.idempotencyReplayed, "true when this is a retry."),
          (.dryRun, "true when nothing was stored."),
        ])
    ],
    refusals: [.notNamed, .confirmationConflict],
    example: Example(
      "BKN",
      setup: """
        migration=$(curl -s "$api/admin/keys" -H "$(as OPERATOR)" -H "Idempotency-Key: $(new)" --json \
        '{"agency":"PANRB","label":"riwayat","scopes":["migration"]}' | jq -r .key); \
        imported=$(curl -s "$api/imports" -H "Authorization: Bearer $migration" -H 'Content-Type: application/x-ndjson' \
        --data-binary '{"case":{"election":"pilkada-2024","region":"16.71","institution":"16.71","subject":\
        {"name":"Pegawai Contoh","identifier_missing":true,"position_level":"pelaksana"},"violation":"DS-06","act":\
        {"occurred_on":"2024-10-02","narrative":"Uraian."},"source":{"kind":"temuan","agency":"BAWASLU",\
        "agency_ref":"'$(new)'","received_on":"2024-10-06"}},"actions":[{"action":"verifications","agency":"BKN",\
        "occurred_on":"2024-10-09","outcome":"accepted"}]}' | jq -r .id)
        """, path: ["$imported"], body: #"{"outcome":"confirmed"}"#))

  static let confirmMany = Operation(
    "confirmCases", .confirmations,
    .init(en: "Confirm or dispute many cases", inIndonesian: "Konfirmasi atau bantah banyak kasus"),
    details: """
      NDJSON, a case a line with if_match and an answer, or JSON: everything that waits for this agency in the cases that \
      another one has imported until a moment (a date: until its end in Jakarta). One result a line.
      """,
    query: [.dryRun],
    body: Body([
      ("application/json", BodyRecord.schema { _ = ConfirmationBody.selection($0) }.named("ConfirmationSelection")),
      (ListFormat.ndjson.mediaType, BodyRecord.schema { _ = ConfirmationBody.line($0) }.named("ConfirmationLine")),
    ]),
    replies: [
      Reply(
        .ok, "A result for each case, streamed.", [.lines(.confirmationResult)],
        fields: [(.dryRun, "true when nothing was stored.")])
    ],
    refusals: [.tooManyRequests],
    example: Example(
      "BAWASLU", body: #"{"imported_by":"PANRB","until":"$(today)","outcome":"confirmed"}"#))
}
