internal import Domain
internal import JSON

/// The bodies that have to do with corrections. Errors are collected in the reader.
enum CorrectionBody {
  /// A wish: the patch and why.
  static func request(_ body: ObjectReader) -> (patch: JSONValue, reason: String)? {
    let patch = body.value("patch", required: true, factsPatch)
    let reason = reason(body)
    body.finish()
    guard let patch, let reason else { return nil }
    return (patch, reason)
  }

  /// A decision on a wish: why.
  static func decision(_ body: ObjectReader) -> String? {
    defer { body.finish() }
    return reason(body)
  }

  static func reason(_ body: ObjectReader) -> String? { body.prose("reason", max: 5_000, required: true) }

  /// What a merge patch of the facts may hold.
  private static let factMembers = BodyRecord.patchMembers { _ = CaseBody.draft($0, reportedBy: .bawaslu) }
    .map { $0.lifted(from: "FactsPatch") }

  private static let factsPatch = Schema.object(factMembers, isClosed: true).named("FactsPatch")

  /// A merge patch of the facts, and why.
  static let patchSchema = Schema.object(
    factMembers + [.always("reason", .text(max: 5_000, hasLines: true))], isClosed: true
  ).named("CasePatch")
}
