/// A text in the two languages the service speaks.
public struct LocalizedText: Sendable, Equatable {
  /// English.
  public let en: String
  /// Indonesian.
  public let inIndonesian: String

  public init(en: String, inIndonesian: String) {
    self.en = en
    self.inIndonesian = inIndonesian
  }
}

/// The language an answer is written in.
public enum Language: Sendable {
  case english, indonesian
}

extension LocalizedText {
  /// The wording in `language`.
  public func text(in language: Language) -> String { language == .indonesian ? inIndonesian : en }
}

/// Every refusal a caller can meet; the raw value is the stable `code` of a problem document (RFC 9457).
public enum FailureCode: String, Sendable, CaseIterable {
  case malformedRequest = "malformed_request"
  case malformedJSON = "malformed_json"
  case unknownParameter = "unknown_parameter"
  case invalidParameter = "invalid_parameter"
  case invalidCursor = "invalid_cursor"
  case idempotencyKeyMissing = "idempotency_key_missing"
  case unauthenticated
  case scopeMissing = "scope_missing"
  case formRefused = "form_refused"
  case mandateMissing = "mandate_missing"
  case agencyNotBegun = "agency_not_begun"
  case agencyEnded = "agency_ended"
  case notOwner = "not_owner"
  case importNotYours = "import_not_yours"
  case notNamed = "not_named"
  case notFound = "not_found"
  case methodNotAllowed = "method_not_allowed"
  case notAcceptable = "not_acceptable"
  case requestTimeout = "request_timeout"
  case stageConflict = "stage_conflict"
  case clockRunning = "clock_running"
  case clockConflict = "clock_conflict"
  case receiptSettled = "receipt_settled"
  case reportExists = "report_exists"
  case alreadyDecided = "already_decided"
  case confirmationConflict = "confirmation_conflict"
  case caseErased = "case_erased"
  case reportErased = "report_erased"
  case retentionHeld = "retention_held"
  case evidenceExists = "evidence_exists"
  case evidenceDamaged = "evidence_damaged"
  case uploadConflict = "upload_conflict"
  case backupRunning = "backup_running"
  case backupsNotConfigured = "backups_not_configured"
  case releasePending = "release_pending"
  case checkpointConflict = "checkpoint_conflict"
  case versionMismatch = "version_mismatch"
  case contentTooLarge = "content_too_large"
  case rangeNotSatisfiable = "range_not_satisfiable"
  case targetTooLong = "target_too_long"
  case unsupportedMediaType = "unsupported_media_type"
  case invalid
  case idempotencyKeyReused = "idempotency_key_reused"
  case preconditionRequired = "precondition_required"
  case sequenceAhead = "sequence_ahead"
  case sequenceGone = "sequence_gone"
  case tooManyRequests = "too_many_requests"
  case expectationFailed = "expectation_failed"
  case headTooLarge = "head_too_large"
  case internalError = "internal_error"
  case notImplemented = "not_implemented"
  case busy
  /// What the proxy in front says when the service gives it no answer.
  case unreachable
  case storageUnavailable = "storage_unavailable"
  case versionNotSupported = "version_not_supported"
}

/// One refusal: what the caller is told, and nothing else.
///
/// A failure never carries a value the caller did not send, nor any personal value: it names fields and codes.
public struct Failure: Error, Sendable, Equatable {
  /// The stable code.
  public var code: FailureCode
  /// One safe sentence about this occurrence.
  public var detail: LocalizedText
  /// What is wrong with single fields or parameters.
  public var errors: [FieldError]
  /// With a conflict of stages: the actions that are possible now.
  public var allowedActions: [String]?
  /// With a stale version: the entity tag as it is now.
  public var currentETag: String?
  /// With a report that exists: its case. It is told where the caller may see whom it is about.
  public var existing: CaseID?
  /// With too many requests: when the next one is worth sending; nil: soon.
  public var retryAfterSeconds: Int?
  /// With too many requests: what is used up; nil: the agency's share of what runs at the same time.
  public var allowance: Allowance?
  /// With a range that lies outside: the bytes of the whole.
  public var byteCount: Int?
  /// With a part of a file that does not go on from the last one: the bytes that have come.
  public var receivedBytes: Int?

  public init(
    _ code: FailureCode, en: String, inIndonesian: String, errors: [FieldError] = [], allowedActions: [String]? = nil,
    currentETag: String? = nil, retryAfterSeconds: Int? = nil, allowance: Allowance? = nil
  ) {
    self.code = code
    self.detail = LocalizedText(en: en, inIndonesian: inIndonesian)
    self.errors = errors
    self.allowedActions = allowedActions
    self.currentETag = currentETag
    self.retryAfterSeconds = retryAfterSeconds
    self.allowance = allowance
  }

  /// A body whose fields break rules (422).
  public static func invalid(_ errors: [FieldError]) -> Failure {
    Failure(
      .invalid, en: "The request has invalid fields.", inIndonesian: "Permintaan memuat isian yang tidak sah.",
      errors: errors)
  }

  /// A body with one wrong field (422).
  public static func invalid(_ pointer: String, _ code: FieldErrorCode, _ detail: LocalizedText? = nil) -> Failure {
    .invalid([FieldError(pointer: pointer, code, detail)])
  }

  /// A query parameter with a wrong value (400).
  public static func parameter(_ name: String, _ detail: LocalizedText, _ code: FieldErrorCode = .format) -> Failure {
    Failure(
      .invalidParameter, en: "A query parameter has a wrong value.", inIndonesian: "Parameter kueri tidak sah.",
      errors: [FieldError(parameter: name, code, detail)])
  }

  /// A resource that is absent or that the caller may not know of: the two answer alike (404).
  public static let notFound = Failure(
    .notFound, en: "There is no such resource.", inIndonesian: "Sumber daya tidak ditemukan.")
}

/// How much of something is allowed within some time.
public struct Allowance: Sendable, Equatable {
  /// What is counted; the raw value is the name in the fields `RateLimit` and `RateLimit-Policy`.
  public enum Name: String, Sendable {
    /// Questions without a key, of one address.
    case address
    case failedAuthentication = "failed-authentication"
    /// Requests of one key.
    case key
    /// Milliseconds of long work.
    case cost
    /// Figures that are kept.
    case figures
    /// Bytes that an agency stores.
    case bytes
    /// What an agency has running at the same time, of which no quota is told.
    case agency
  }

  public let name: Name
  /// How much, at once or spread.
  public let quota: Int
  /// After how many seconds as much is allowed again.
  public let windowSeconds: Int

  public init(_ name: Name, _ quota: Int, perSeconds windowSeconds: Int) {
    self.name = name
    self.quota = quota
    self.windowSeconds = windowSeconds
  }
}

/// What can be wrong with one field; the raw value is the stable `code` inside `errors`.
public enum FieldErrorCode: String, Sendable, CaseIterable {
  case required, unknown, duplicate, type, format, length, range, withheld, inconsistent
  case unknownCode = "unknown_code"
  case notInForce = "not_in_force"
  case notAllowed = "not_allowed"
  /// A check of readiness that has failed.
  case unavailable

  /// The wording used when a rule has nothing more exact to say.
  public var standardDetail: LocalizedText {
    switch self {
    case .required: LocalizedText(en: "This field is required.", inIndonesian: "Isian ini wajib ada.")
    case .unknown: LocalizedText(en: "This field is not known here.", inIndonesian: "Isian ini tidak dikenal.")
    case .duplicate: LocalizedText(en: "This value stands here twice.", inIndonesian: "Nilai ini tercantum dua kali.")
    case .type: LocalizedText(en: "This value has the wrong JSON type.", inIndonesian: "Tipe JSON nilai ini salah.")
    case .format: LocalizedText(en: "This value has the wrong format.", inIndonesian: "Format nilai ini salah.")
    case .length:
      LocalizedText(en: "This text is empty or too long.", inIndonesian: "Teks ini kosong atau terlalu panjang.")
    case .range: LocalizedText(en: "This value is out of range.", inIndonesian: "Nilai ini di luar rentang.")
    case .withheld:
      LocalizedText(en: "This field is withheld from you.", inIndonesian: "Isian ini tidak terbuka bagi Anda.")
    case .inconsistent:
      LocalizedText(
        en: "This value contradicts another one.", inIndonesian: "Nilai ini bertentangan dengan nilai lain.")
    case .unknownCode: LocalizedText(en: "There is no such code.", inIndonesian: "Kode ini tidak ada.")
    case .notInForce:
      LocalizedText(
        en: "This code is not in force on the date.", inIndonesian: "Kode ini tidak berlaku pada tanggal itu.")
    case .notAllowed:
      LocalizedText(en: "This field is not allowed here.", inIndonesian: "Isian ini tidak diperbolehkan di sini.")
    case .unavailable: LocalizedText(en: "This is not available now.", inIndonesian: "Ini tidak tersedia saat ini.")
    }
  }
}

/// One wrong field of a body (`pointer`, RFC 6901), one wrong query parameter or header (`parameter`), or the name of a
/// check that has failed (`parameter`).
public struct FieldError: Sendable, Equatable {
  /// JSON Pointer into the request body.
  public let pointer: String?
  /// Name of the query parameter or header field.
  public let parameter: String?
  /// The stable code.
  public let code: FieldErrorCode
  /// One safe sentence.
  public let detail: LocalizedText

  /// An error at a place in the body.
  public init(pointer: String, _ code: FieldErrorCode, _ detail: LocalizedText? = nil) {
    self.pointer = pointer
    self.parameter = nil
    self.code = code
    self.detail = detail ?? code.standardDetail
  }

  /// An error in a query parameter or header field.
  public init(parameter: String, _ code: FieldErrorCode, _ detail: LocalizedText? = nil) {
    self.pointer = nil
    self.parameter = parameter
    self.code = code
    self.detail = detail ?? code.standardDetail
  }
}
