internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// A problem document (RFC 9457): how a failure looks on the wire.
enum ProblemDocument {
  /// The document with its status and the fields that belong to it.
  static func response(for failure: Failure, at prefix: String, language: Language, requestID: String) -> Response {
    let status = failure.code.problem.status
    var writer = JSONWriter()
    write(failure, at: prefix, language: language, requestID: requestID, to: &writer)
    var fields = [
      Response.Field(name: .contentType, value: "application/problem+json"),
      Response.Field(name: .contentLanguage, value: language.tag),
    ]
    switch status {
    case .unauthorized: fields.append(Response.Field(name: .wwwAuthenticate, value: "Bearer realm=\"netral\""))
    case .serviceUnavailable:
      fields.append(Response.Field(name: .retryAfter, value: "\(failure.retryAfterSeconds ?? 1)"))
    case .tooManyRequests:
      // Without an allowance, what is used up may be free again at any moment.
      let seconds = failure.retryAfterSeconds ?? 1
      fields.append(Response.Field(name: .retryAfter, value: "\(seconds)"))
      // As draft-ietf-httpapi-ratelimit-headers-10 writes them.
      let name = (failure.allowance?.name ?? .agency).rawValue
      fields.append(Response.Field(name: .rateLimit, value: "\"\(name)\";r=0;t=\(seconds)"))
      if let allowance = failure.allowance {
        let policy = "\"\(name)\";q=\(allowance.quota);w=\(allowance.windowSeconds)"
        fields.append(Response.Field(name: .rateLimitPolicy, value: policy))
      }
    default: break
    }
    if failure.errors.first?.parameter == HTTPField.Name.contentEncoding.rawName {
      fields.append(Response.Field(name: .acceptEncoding, value: "gzip"))
    }
    if failure.code == .sequenceGone {
      fields.append(Response.Field(name: .link, value: "</v1/exports/cases>; rel=\"alternate\""))
    }
    if let byteCount = failure.byteCount {
      fields.append(Response.Field(name: .contentRange, value: "bytes */\(byteCount)"))
    }
    if let etag = failure.currentETag { fields.append(Response.Field(name: .eTag, value: etag)) }
    return Response(status: status, fields: fields, body: .bytes(writer.bytes))
  }

  /// What the server refuses before a request is one.
  static func response(for fault: ServerFault, at prefix: String, requestID: String) -> Response {
    let code: FailureCode =
      switch fault {
      case .badRequest: .malformedRequest
      case .requestTimeout: .requestTimeout
      case .contentTooLarge: .contentTooLarge
      case .uriTooLong: .targetTooLong
      case .headTooLarge: .headTooLarge
      case .expectationFailed: .expectationFailed
      case .invalidResponse: .internalError
      case .notImplemented: .notImplemented
      case .tooManyConnections, .overloaded, .shuttingDown: .busy
      case .versionNotSupported: .versionNotSupported
      }
    let title = code.problem.title
    let failure = Failure(
      code, en: "\(title.en): \(fault.description).", inIndonesian: "\(title.inIndonesian): \(fault.description).")
    var response = response(for: failure, at: prefix, language: .english, requestID: requestID)
    response.seal(requestID)
    return response
  }

  /// - Parameter prefix: what stands before every path of the service.
  static func write(
    _ failure: Failure, at prefix: String, language: Language, requestID: String?, to writer: inout JSONWriter
  ) {
    let problem = failure.code.problem
    writer.object { writer in
      writer.member("type", "\(prefix)/docs/problems/\(failure.code.rawValue)")
      writer.member("title", problem.title.text(in: language))
      writer.member("status", problem.status.code)
      writer.member("detail", failure.detail.text(in: language))
      writer.member("code", failure.code.rawValue)
      if !failure.errors.isEmpty {
        writer.array("errors", of: failure.errors) { writer, error in write(error, language, to: &writer) }
      }
      if let actions = failure.allowedActions { writer.member("allowed_actions", strings: actions) }
      if let etag = failure.currentETag { writer.member("current_etag", etag) }
      if let id = failure.existing { writer.member("case_id", id.description) }
      if let count = failure.receivedBytes { writer.member("received", count) }
      if let seconds = failure.retryAfterSeconds { writer.member("retry_after", seconds) }
      if let requestID { writer.member("request_id", requestID) }
    }
  }

  private static func write(_ error: FieldError, _ language: Language, to writer: inout JSONWriter) {
    writer.object { writer in
      if let pointer = error.pointer { writer.member("pointer", pointer) }
      if let parameter = error.parameter { writer.member("parameter", parameter) }
      writer.member("code", error.code.rawValue)
      writer.member("detail", error.detail.text(in: language))
    }
  }
}
