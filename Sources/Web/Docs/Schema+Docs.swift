internal import Domain
internal import Service

/// The shapes of the documentation, as answers show them.
extension Schema {
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
        ]).named("FieldError"))), .maybe("allowed_actions", array(of: code(ActionKind.self))),
    .maybe("current_etag", entityTag), .maybe("case_id", uuid.described("Of report_exists: the case.")),
    .maybe("received", count.described("Of upload_conflict: the bytes that have come.")),
    .maybe("retry_after", count.described("Seconds, as in Retry-After.")), .maybe("request_id", string),
  ]).named("Problem")
}
