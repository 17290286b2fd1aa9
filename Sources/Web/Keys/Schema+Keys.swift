internal import Domain
internal import Service

/// The shapes of keys and their owners, as answers show them.
extension Schema {
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
    keyMembers + [.always("key", string.orNull.described("The secret, shown once; null when the answer is a retry."))]
  ).named("IssuedKey")

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
    ]
  ).named("Whoami")

  static let policy: Schema = {
    let row = object(
      ["rows", "subject", "narrative", "evidence", "reporter", "notes"].map { .always($0, array(of: string)) }
    ).named("PolicyRow")
    return object([
      .always("agencies", map(of: row)), .always("any_other_agency", row),
      .always("disputed_cases", array(of: string).described("For whom alone disputed cases exist.")),
      .always("operator", string),
    ]).named("Policy")
  }()
}
