internal import HTTPTypes

extension HTTPField.Name {
  static let requestID = known("X-Request-Id")
  static let contentTypeOptions = known("X-Content-Type-Options")
  static let traceparent = known("traceparent")
  static let idempotencyKey = known("Idempotency-Key")
  static let idempotencyReplayed = known("Idempotency-Replayed")
  static let dryRun = known("Netral-Dry-Run")
  static let keyExpires = known("Netral-Key-Expires")
  static let rateLimit = known("RateLimit")
  static let rateLimitPolicy = known("RateLimit-Policy")
  static let snapshotSequence = known("Netral-Snapshot-Seq")
  static let snapshotCount = known("Netral-Snapshot-Count")
  static let forwarded = known("Forwarded")
  static let clientIdentity = known("Netral-Client-Identity")
  static let link = known("Link")
  static let preferenceApplied = known("Preference-Applied")
  static let accessControlAllowMethods = known("Access-Control-Allow-Methods")
  static let accessControlExposeHeaders = known("Access-Control-Expose-Headers")
  static let accessControlAllowHeaders = known("Access-Control-Allow-Headers")

  static func known(_ name: String) -> HTTPField.Name {
    guard let known = HTTPField.Name(name) else { preconditionFailure("\(name) is a valid field name") }
    return known
  }
}
