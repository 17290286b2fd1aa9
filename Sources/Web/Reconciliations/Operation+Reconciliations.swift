internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on reconciliations.
extension Operation {
  static let reconcile = Operation(
    "reconcile", .synchronisation, .init(en: "Reconcile", inIndonesian: "Rekonsiliasi"),
    details: """
      The caller's manifest, a line a case in ascending order of id, is compared with what the agency should hold at \
      seq. JSON lists up to 1,000 differences of each kind, NDJSON all. The certificate is kept.
      """,
    query: [.sequence, .dryRun],
    body: .lines(BodyRecord.schema { _ = ManifestBody.read($0) }.named("ManifestLine")),
    replies: [
      Reply(
        .ok, "Differences and the certificate.", [.json(.reconciliation), .lines(.reconciliationLine)],
        fields: [(.dryRun, "true when no certificate was kept.")])
    ],
    refusals: [.sequenceAhead, .tooManyRequests],
    example: Example(
      "BKN",
      pipe: """
        curl -s "$api/exports/cases" -H "$(as BKN)" | jq -c 'select(.case) | {id: .case.id, version: .case.version, etag}'
        """))

  static let listReconciliations = Operation(
    "listReconciliations", .synchronisation, .init(en: "List certificates", inIndonesian: "Daftar sertifikat"),
    details: """
      Which agency agreed at which sequence and when, newest first. Of another agency's certificate, counts and digest \
      are shown to keys that see every case.
      """,
    query: [.text("agency", "Those of one agency."), .limit(1...200, standard: 50), .cursor],
    replies: [.list(of: .listedCertificate, named: "CertificatePage", "A page.")],
    refusals: [.invalidCursor], example: Example("BKN", query: "agency=BKN&limit=3"))
}
