internal import Domain
internal import JSON
internal import Service

/// The bodies that have to do with corrections. Errors are collected in the reader.
enum CorrectionBody {
  /// A wish: the patch and why.
  static func request(_ body: ObjectReader) -> CorrectionWish? {
    let patch = body.value("patch", required: true, factsPatch)
    let (reason, isOfWrongPerson) = (reason(body), isOfWrongPerson(body))
    body.finish()
    guard let patch, let reason else { return nil }
    return CorrectionWish(patch: patch, reason: reason, isOfWrongPerson: isOfWrongPerson)
  }

  /// A correction: the members of the patch stand beside those that say why.
  static func correction(_ body: ObjectReader, _ members: JSONObject) -> CorrectionWish? {
    let (reason, isOfWrongPerson) = (reason(body), isOfWrongPerson(body))
    var patch = members
    (patch["reason"], patch[Withdrawals.detail]) = (nil, nil)
    return reason.map { CorrectionWish(patch: .object(patch), reason: $0, isOfWrongPerson: isOfWrongPerson) }
  }

  private static func isOfWrongPerson(_ body: ObjectReader) -> Bool { body.flag("wrong_person") ?? false }

  /// A decision on a wish: why.
  static func decision(_ body: ObjectReader) -> String? {
    defer { body.finish() }
    return reason(body)
  }

  private static func reason(_ body: ObjectReader) -> String? { body.prose("reason", max: 5_000, required: true) }

  /// What a merge patch of the facts may hold.
  private static let factMembers = BodyRecord.patchMembers { _ = CaseBody.draft($0, reportedBy: .bawaslu) }
    .map { $0.lifted(from: "FactsPatch") }

  private static let factsPatch = Schema.object(factMembers, isClosed: true).named("FactsPatch")

  /// A merge patch of the facts, and why.
  static let patchSchema = Schema.object(
    factMembers + [
      .always("reason", .text(max: 5_000, hasLines: true)),
      .maybe(
        "wrong_person", .bool.orNull.described("True where it was on record about the wrong person (default false).")),
    ], isClosed: true
  ).named("CasePatch")
}
