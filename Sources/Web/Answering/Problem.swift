internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Problem documents (RFC 9457): how a failure looks on the wire.
enum Problem {
  /// The one table from failure to status.
  static func status(_ code: FailureCode) -> HTTPResponse.Status {
    switch code {
    case .malformedRequest, .malformedJSON, .unknownParameter, .invalidParameter, .invalidCursor,
      .idempotencyKeyMissing, .sequenceAhead:
      .badRequest
    case .sequenceGone: .gone
    case .unauthenticated: .unauthorized
    case .scopeMissing, .mandateMissing, .notOwner, .importNotYours, .notNamed, .agencyNotBegun, .agencyEnded:
      .forbidden
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .notAcceptable: .notAcceptable
    case .requestTimeout: .requestTimeout
    case .stageConflict, .clockRunning, .clockConflict, .receiptSettled, .reportExists, .alreadyDecided,
      .confirmationConflict, .backupRunning, .backupsNotConfigured:
      .conflict
    case .versionMismatch: .preconditionFailed
    case .contentTooLarge: .contentTooLarge
    case .targetTooLong: .uriTooLong
    case .unsupportedMediaType: .unsupportedMediaType
    case .expectationFailed: .expectationFailed
    case .invalid, .idempotencyKeyReused: .unprocessableContent
    case .preconditionRequired: .preconditionRequired
    case .tooManyRequests: .tooManyRequests
    case .headTooLarge: .requestHeaderFieldsTooLarge
    case .internalError: .internalServerError
    case .notImplemented: .notImplemented
    case .busy, .storageUnavailable, .unreachable, .releasePending: .serviceUnavailable
    case .versionNotSupported: .httpVersionNotSupported
    }
  }

  /// The document with its status and the fields that belong to it.
  static func response(for failure: Failure, at prefix: String, language: Language, requestID: String) -> Response {
    let status = status(failure.code)
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
      let name = failure.allowance?.name ?? "agency"
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
    let title = title(code)
    let failure = Failure(code, en: "\(title.en): \(fault.description).", id: "\(title.id): \(fault.description).")
    var response = response(for: failure, at: prefix, language: .english, requestID: requestID)
    response.seal(requestID)
    return response
  }

  /// - Parameter prefix: what stands before every path of the service.
  static func write(
    _ failure: Failure, at prefix: String, language: Language, requestID: String?, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("type", "\(prefix)/docs/problems/\(failure.code.rawValue)")
      writer.member("title", title(failure.code).text(in: language))
      writer.member("status", status(failure.code).code)
      writer.member("detail", failure.detail.text(in: language))
      writer.member("code", failure.code.rawValue)
      if !failure.errors.isEmpty {
        writer.array("errors", of: failure.errors) { writer, error in write(error, language, to: &writer) }
      }
      if let actions = failure.allowedActions { writer.member("allowed_actions", strings: actions) }
      if let etag = failure.currentETag { writer.member("current_etag", etag) }
      if let id = failure.existing { writer.member("case_id", id.description) }
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

  /// The short name of a problem, the same for every occurrence.
  static func title(_ code: FailureCode) -> LocalizedText {
    func text(_ en: String, _ id: String) -> LocalizedText { LocalizedText(en: en, id: id) }
    return switch code {
    case .malformedRequest: text("Malformed request", "Permintaan rusak")
    case .malformedJSON: text("Malformed JSON", "JSON rusak")
    case .unknownParameter: text("Unknown query parameter", "Parameter kueri tidak dikenal")
    case .invalidParameter: text("Invalid query parameter", "Parameter kueri tidak sah")
    case .invalidCursor: text("Invalid cursor", "Kursor tidak sah")
    case .idempotencyKeyMissing: text("Idempotency-Key required", "Idempotency-Key wajib ada")
    case .unauthenticated: text("Not authenticated", "Tidak terautentikasi")
    case .scopeMissing: text("Not allowed for this key", "Tidak diizinkan bagi kunci ini")
    case .mandateMissing: text("No mandate", "Tidak ada kewenangan")
    case .agencyNotBegun: text("The agency has not begun", "Lembaga belum mulai bertugas")
    case .agencyEnded: text("The agency has ended", "Lembaga telah berakhir")
    case .notOwner: text("Not the owner of the case", "Bukan pemilik kasus")
    case .importNotYours: text("Not yours to import", "Bukan wewenang impor Anda")
    case .notFound: text("Not found", "Tidak ditemukan")
    case .methodNotAllowed: text("Method not allowed", "Metode tidak diizinkan")
    case .notAcceptable: text("Not acceptable", "Format tidak tersedia")
    case .requestTimeout: text("Request too slow", "Permintaan terlalu lambat")
    case .stageConflict: text("Not possible at this stage", "Tidak dapat dilakukan pada tahap ini")
    case .clockRunning: text("The period is still running", "Tenggat masih berjalan")
    case .clockConflict: text("Not possible for this clock", "Tidak dapat dilakukan atas tenggat ini")
    case .receiptSettled: text("The day of receipt is settled", "Hari penerimaan sudah tetap")
    case .reportExists: text("Report exists", "Laporan sudah ada")
    case .notNamed: text("Nothing in your name", "Tidak ada atas nama Anda")
    case .confirmationConflict: text("Conflict of confirmation", "Benturan konfirmasi")
    case .alreadyDecided: text("Already decided", "Sudah diputuskan")
    case .backupRunning: text("A backup is being made", "Cadangan sedang dibuat")
    case .backupsNotConfigured: text("Backups have no folder", "Cadangan belum punya folder")
    case .releasePending: text("Release not made yet", "Rilis belum dibuat")
    case .versionMismatch: text("Version mismatch", "Versi tidak cocok")
    case .contentTooLarge: text("Content too large", "Isi terlalu besar")
    case .targetTooLong: text("Address too long", "Alamat terlalu panjang")
    case .unsupportedMediaType: text("Unsupported media type", "Tipe isi tidak didukung")
    case .expectationFailed: text("Expectation not met", "Harapan tidak dapat dipenuhi")
    case .invalid: text("Invalid fields", "Isian tidak sah")
    case .idempotencyKeyReused: text("Idempotency-Key reused", "Idempotency-Key dipakai ulang")
    case .preconditionRequired: text("If-Match required", "If-Match wajib ada")
    case .sequenceAhead: text("Sequence ahead of the service", "Urutan mendahului layanan")
    case .sequenceGone: text("Sequence no longer available", "Urutan tidak tersedia lagi")
    case .tooManyRequests: text("Too many requests", "Terlalu banyak permintaan")
    case .headTooLarge: text("Head too large", "Kepala permintaan terlalu besar")
    case .internalError: text("Server error", "Kesalahan server")
    case .notImplemented: text("Not implemented", "Tidak dilayani")
    case .busy: text("Busy", "Sibuk")
    case .unreachable: text("Service unreachable", "Layanan tidak terjangkau")
    case .storageUnavailable: text("Store unavailable", "Penyimpanan tidak tersedia")
    case .versionNotSupported: text("HTTP version not supported", "Versi HTTP tidak didukung")
    }
  }
}
