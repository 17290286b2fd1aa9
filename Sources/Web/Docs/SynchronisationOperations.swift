internal import Domain
internal import HTTPTypes
internal import Service

/// Operations of nightly jobs and migrations.
extension Operation {
  static let changes = Operation(
    .synchronisation, .init(en: "Read the feed", id: "Baca aliran perubahan"),
    details: """
      What has changed since a sequence, in the order of commits, without a gap. Go on with after=next_after until it \
      equals head; the cursor moves over what this key may not see. In NDJSON the last line is the cursor.
      """,
    query: [
      Parameter("after", .int(0...Int(Int64.max / 2)), "The sequence that is known already (default 0)."),
      .limit(1...1_000, standard: 200), .int("wait", 0...60, "Seconds to wait for something to happen (default 0)."),
    ],
    replies: [
      Reply(
        .ok, "A page of changes.",
        [
          .json(.object([.always("changes", .array(of: .change))] + Schema.changesEnd)),
          .lines(.anyOf([.change, .object(Schema.changesEnd)])),
        ])
    ],
    refusals: [.sequenceAhead, .sequenceGone, .tooManyRequests], example: Example("BKN", query: "after=0&limit=2"))

  static let exportCases = Operation(
    .synchronisation, .init(en: "Take a snapshot", id: "Ambil salinan utuh"),
    details: """
      Every visible case as it stood at one sequence. A body without its last line was broken off: ask again with seq \
      and after. The feed goes on from that sequence.
      """,
    query: [.sequence, Parameter("after", .uuid, "Begin after this case, with seq.")],
    replies: [
      Reply(
        .ok, "The snapshot, streamed.", [.lines(.snapshotLine), .csv],
        fields: [
          (.snapshotSequence, "The sequence it is of."), (.snapshotCount, "Cases of the whole snapshot."),
          (.contentEncoding, "gzip where the client accepts it."),
        ])
    ],
    refusals: [.sequenceAhead, .tooManyRequests],
    example: Example("BKN", setup: nil, fields: ["Accept: text/csv"]))

  static let importCases = Operation(
    .synchronisation, .init(en: "Import histories", id: "Impor riwayat"),
    details: """
      One case a line with its acts in order, each judged as if its agency had posted it that day. One result a line. \
      Reporter and actors are the key's agency and those it succeeded, with scope migration any agency. The same file \
      again answers duplicate for all and changes nothing; id is null for reports of others, and a dry run does not \
      look for those. An import that has used up what its agency may ask ends with a line {"problem": …}. Bodies may be gzip. Behind a proxy the results \
      come when the whole body has come: send without waiting for them.
      """,
    query: [.dryRun],
    body: .lines(importLine),
    replies: [
      Reply(
        .ok, "A result for each line, streamed.", [.lines(.importResult)],
        fields: [(.dryRun, "true when nothing was stored.")])
    ],
    refusals: [.tooManyRequests],
    example: Example(
      "BAWASLU",
      body: """
        {"case":{"election":"pilkada-2024","region":"16.71","institution":"16.71","subject":{"name":"Pegawai Contoh",\
        "identifier_missing":true,"position_level":"pelaksana"},"violation":"DS-06","act":{"occurred_on":"2024-10-02",\
        "narrative":"Uraian."},"source":{"kind":"temuan","agency":"BAWASLU","agency_ref":"$(new)",\
        "received_on":"2024-10-06"}},"actions":[{"action":"verifications","agency":"BAWASLU","occurred_on":"2024-10-09",\
        "outcome":"accepted"}]}
        """))

  private static let importLine = Schema.object(
    [
      .always("case", BodyRecord.schema { _ = CaseBody.draft($0, reportedBy: .bawaslu) }),
      .maybe(
        "actions",
        Schema.array(
          of: .anyOf(
            ActionKind.allCases.map { kind in
              .object(
                BodyRecord.members { body in
                  _ = ImportBody.agency(body)
                  _ = ActionBody.action(kind, body)
                } + [.always("action", .const(kind.rawValue))], isClosed: true)
            }), countMax: ImportLine.actionsMax
        ).orNull),
    ], isClosed: true)

  static let reconcile = Operation(
    .synchronisation, .init(en: "Reconcile", id: "Rekonsiliasi"),
    details: """
      The caller's manifest, a line a case in ascending order of id, is compared with what the agency should hold at \
      seq. JSON lists up to 1,000 differences of each kind, NDJSON all. The certificate is kept.
      """,
    query: [.sequence, .dryRun],
    body: .lines(BodyRecord.schema { _ = ManifestBody.read($0) }),
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
    .synchronisation, .init(en: "List certificates", id: "Daftar sertifikat"),
    details: """
      Which agency agreed at which sequence and when, newest first. Of another agency's certificate, counts and digest \
      are shown to keys that see every case.
      """,
    query: [.text("agency", "Those of one agency."), .limit(1...200, standard: 50), .cursor],
    replies: [
      .json(.page(of: .listedCertificate), "A page.", fields: Reply.nextPage)
    ],
    refusals: [.invalidCursor], example: Example("BKN", query: "agency=BKN&limit=3"))
}
