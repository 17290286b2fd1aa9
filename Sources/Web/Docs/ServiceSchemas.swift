internal import Domain
internal import Service

/// The shapes of what is no case and no figure, as answers show them.
extension Schema {
  static let readiness = object([
    .always("status", const("ready")),
    .always("checks", object(Readiness.Check.allCases.map { .always($0.rawValue, const("ok")) })),
  ])
  static let status = object([.always("status", const("ok"))])

  private static let representation = count.described(
    "The form of cases, the first number of their tags. What is held under another one is to be fetched again.")

  /// A change of the feed, as an element of the page or a line.
  static let change = object([
    .always("seq", count), .always("type", code(ChangeType.self)), .always("case_id", uuid),
    .always("version", count), .maybe("etag", entityTag),
    .maybe("case", caseRecord.described("As the caller sees it now; left out when it was withdrawn.")),
  ]).named("Change")

  static let changesEnd: [Member] = [
    .always("next_after", count), .always("head", count), .always("oldest", count),
    .always("representation", representation),
  ]

  /// A line of a snapshot: the first, one of a case, or the last.
  static let snapshotLine = anyOf([
    object([
      .always(
        "snapshot",
        object([
          .always("seq", count), .always("count", count), .always("representation", representation),
          .maybe("after", uuid),
        ]))
    ]),
    object([.always("etag", entityTag), .always("case", caseRecord)]),
    object([.always("end", object([.always("seq", count), .always("cases", count)]))]),
  ])

  /// A result, or, last, why the import could not go on.
  static let importResult = anyOf([
    object([
      .always("line", count), .always("status", codes(["created", "duplicate", "extended", "differs", "invalid"])),
      .maybe("id", uuid.orNull), .maybe("problem", problem),
    ]),
    object([.always("problem", problem)]),
  ])

  static let certificate = certificate { .always($0, $1) }.named("Certificate")

  /// One of any agency: what was counted is left out for who sees fewer cases.
  static let listedCertificate = certificate { .maybe($0, $1) }.named("ListedCertificate")

  private static func certificate(_ counted: (String, Schema) -> Member) -> Schema {
    object([
      .always("id", string), .always("agency", agency), .always("seq", count), counted("cases", count),
      .always("in_agreement", bool), counted("missing", count), counted("outdated", count), counted("unknown", count),
      counted("digest", pattern("^[0-9a-f]{64}$")), .always("issued_at", instant),
    ])
  }

  private static let expected = object([
    .always("id", uuid), .always("version", count), .always("etag", entityTag),
  ])
  private static let unknown = object([.always("id", uuid)])

  static let reconciliation = object([
    .always("missing", array(of: expected, countMax: 1_000)),
    .always("outdated", array(of: expected, countMax: 1_000)), .always("unknown", array(of: unknown, countMax: 1_000)),
    .always("counts", object([.always("missing", count), .always("outdated", count), .always("unknown", count)])),
    .always("certificate", certificate),
  ])

  static let reconciliationLine = anyOf([
    object([.always("missing", expected)]), object([.always("outdated", expected)]),
    object([.always("unknown", unknown)]), object([.always("certificate", certificate)]),
    object([.always("problem", problem)]),
  ])

  static let keyID = pattern("^[0-9a-v]{12}$")

  static let keyMembers: [Member] = [
    .always("id", keyID), .always("agency", agency.orNull), .always("operator", bool),
    .always("label", string), .always("scopes", array(of: code(Scope.self))),
    .always("networks", array(of: string)),
    .always("identities", array(of: string).described("Subjects of client certificates, of which one must be shown.")),
    .always("created_at", instant), .always("expires_at", instant.orNull),
    .always("revoked_at", instant.orNull),
    .always("bytes_max", count.orNull.described("What a key with scope migration may store in its life.")),
  ]
  static let key = object(
    keyMembers + [
      .always(
        "made_by",
        string.orNull.described("Id of the operator's key, or command line; null for a key of an earlier release.")),
      .always("made_by_label", string.orNull.described("Of the operator's key that made it.")),
      .always("rotated_from", keyID.orNull.described("The key whose place it took.")),
      .always("last_used_at", instant.orNull.described("The hour of its last use; null: never, as far as is known.")),
    ]
  ).named("Key")
  static let newKey = object(
    keyMembers + [.always("key", string.orNull.described("The secret, shown once; null when the answer is a retry."))])

  static let whoami = object(
    keyMembers + [
      .always(
        "office",
        object([
          .always("from", date.orNull), .always("until", date.orNull), .always("access_until", date.orNull),
          .always("successor", agency.orNull),
          .always("records", bool.described("False before the agency's first day and after its last one.")),
        ]).orNull),
      .always(
        "bytes",
        object([
          .always("used", count), .always("max", count),
          .always("renewed_at", instant.orNull.described("When as much may be stored again; null: never.")),
        ]).orNull.described("What this key may store.")),
      .always(
        "mandates",
        array(
          of: object([
            .always("kind", code(MandateKind.self)), .always("scope", code(MandateScope.self)),
            .always("from", date.orNull), .always("until", date.orNull), .always("in_force", bool),
            .always("legal_basis", string),
          ]))),
      .always(
        "migrations",
        array(
          of: object([
            .always("agency", agency), .always("label", string), .always("key_id", keyID),
            .always("created_at", instant), .always("expires_at", instant.orNull),
          ])
        ).described("Keys that may bring in histories of any agency now.")),
    ])

  static let policy: Schema = {
    let row = object(
      ["rows", "subject", "narrative", "evidence", "reporter", "notes"].map { .always($0, array(of: string)) })
    return object([
      .always("agencies", map(of: row)), .always("any_other_agency", row),
      .always("disputed_cases", array(of: string).described("For whom alone disputed cases exist.")),
      .always("operator", string),
    ])
  }()

  static let referencePut = object([
    .always("kind", code(ReferenceKind.self)), .always("rows", count),
    .maybe("cases", count.orNull.described("With clock-rules and holidays: cases whose clocks moved.")),
  ])

  private static let backupMembers: [Member] = [
    .always("name", string), .always("created_at", instant), .always("seq", count), .always("bytes", count),
    .always("sha256", pattern("^[0-9a-f]{64}$").orNull),
  ]
  static let backup = object(backupMembers).named("Backup")
  static let newBackup = object(backupMembers + [.always("duration_ms", count)])

  /// A problem document (RFC 9457).
  static let problem = object([
    .always("type", pattern("^/docs/problems/")), .always("title", string), .always("status", int(400...599)),
    .always("detail", string), .always("code", code(FailureCode.self)),
    .maybe(
      "errors",
      array(
        of: object([
          .maybe("pointer", string.described("RFC 6901, into the body.")), .maybe("parameter", string),
          .always("code", code(FieldErrorCode.self)), .always("detail", string),
        ]))), .maybe("allowed_actions", array(of: code(ActionKind.self))),
    .maybe("current_etag", entityTag), .maybe("case_id", uuid.described("Of report_exists: the case.")),
    .maybe("retry_after", count.described("Seconds, as in Retry-After.")), .maybe("request_id", string),
  ]).named("Problem")
}
