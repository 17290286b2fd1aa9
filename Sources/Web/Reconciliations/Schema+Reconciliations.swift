internal import Domain
internal import Service

/// The shapes of reconciliations, as answers show them.
extension Schema {
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
  ]).named("ExpectedCase")

  private static let unknown = object([.always("id", uuid)]).named("UnknownCase")

  static let reconciliation = object([
    .always("missing", array(of: expected, countMax: 1_000)),
    .always("outdated", array(of: expected, countMax: 1_000)), .always("unknown", array(of: unknown, countMax: 1_000)),
    .always("counts", object([.always("missing", count), .always("outdated", count), .always("unknown", count)])),
    .always("certificate", certificate),
  ]).named("Reconciliation")

  static let reconciliationLine = anyOf([
    object([.always("missing", expected)]).named("MissingLine"),
    object([.always("outdated", expected)]).named("OutdatedLine"),
    object([.always("unknown", unknown)]).named("UnknownLine"),
    object([.always("certificate", certificate)]).named("CertificateLine"), brokenOff,
  ]).named("ReconciliationLine")
}
