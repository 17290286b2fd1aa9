internal import Domain
internal import HTTPTypes
internal import Service

/// Operations on imports.
extension Operation {
  static let importCases = Operation(
    "importCases", .synchronisation, .init(en: "Import histories", inIndonesian: "Impor riwayat"),
    details: """
      One case a line with its acts in order, each judged as if its agency had posted it that day. One result a line. \
      Reporter and actors are the key's agency and those it succeeded, with scope migration any agency. The same file \
      again answers duplicate for all and changes nothing; id is null for reports of others, and a dry run does not \
      look for those. Files are named in evidence and follow by PUT /v1/evidence-files/{sha256}: awaited_files in a result says \
      which the case does not have. A list takes the place of that of an earlier line. An import that has used up what its agency may ask ends with a line {"problem": …}. Bodies may be gzip. Behind a proxy the results \
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
        "outcome":"accepted"}],"evidence":[{"sha256":"893b562e15fb43ebe98ec6437f2fb240393f7652fee9738dd97b1b470c8e939d",\
        "kind":"document","media_type":"text/plain"}]}
        """))

  /// A case as it is posted, but for whom it is recorded.
  private static let importedCase = Schema.object(
    BodyRecord.members { _ = CaseBody.draft($0, reportedBy: .bawaslu) }.map { member in
      member.name == "source"
        ? .always(member.name, member.schema.requiring("agency").named("ImportedSource"))
        : member.lifted(from: "CaseDraft")
    },
    isClosed: true
  ).named("ImportedCase")

  private static let importLine = Schema.object(
    [
      .always("case", importedCase),
      .maybe(
        "actions",
        Schema.array(
          of: .anyOf(
            ActionKind.allCases.map { kind in
              .object(
                BodyRecord.members { body in
                  _ = ImportBody.agency(body)
                  _ = ActionBody.action(kind, body)
                } + [.always("action", .const(kind.rawValue))], isClosed: true
              ).named("Imported\(TypeName.one(of: kind.rawValue))")
            }
          ).named("ImportedAct"), countMax: ImportLine.actionsMax
        ).orNull),
    ] + BodyRecord.members { _ = EvidenceBody.files(of: $0) }, isClosed: true
  ).named("ImportLine")
}
