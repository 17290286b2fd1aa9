internal import Domain
internal import HTTPTypes

/// What a request to a route can be refused with.
extension Route {
  /// Every refusal of this route: those that follow from the matter, and those that follow from what it takes.
  var failures: Set<FailureCode> {
    var codes = operation.refusals.union(Self.ofEveryRequest).union([.unknownParameter, .invalidParameter])
    switch gate {
    case .open, .counted, .sameOrigin: break
    case .session: codes.formUnion([.unauthenticated, .formRefused, .agencyNotBegun, .agencyEnded, .tooManyRequests])
    case .optionalKey, .anyKey: codes.formUnion([.unauthenticated, .agencyNotBegun, .agencyEnded, .tooManyRequests])
    case .anyAgency, .agency, .agencyHolding, .agencyOrAdministrator, .recording:
      codes.formUnion([.unauthenticated, .scopeMissing, .agencyNotBegun, .agencyEnded, .tooManyRequests])
    case .administrator, .administratorOrLocal:
      codes.formUnion([.unauthenticated, .scopeMissing, .tooManyRequests])
    }
    if template.contains("{") { codes.insert(.notFound) }
    if operation.writes, template.hasPrefix("/v1/cases/{id}") { codes.insert(.caseErased) }
    if operation.replies.contains(where: { $0.contents.count > 1 }) { codes.insert(.notAcceptable) }
    if let body = operation.body {
      codes.formUnion([.unsupportedMediaType, .invalid])
      if body.contentTypes.contains("application/json") { codes.insert(.malformedJSON) }
    }
    for need in operation.needs {
      switch need {
      case .idempotencyKey, .optionalIdempotencyKey:
        codes.formUnion([.idempotencyKeyMissing, .idempotencyKeyReused])
      case .entityTag: codes.formUnion([.preconditionRequired, .versionMismatch])
      }
    }
    return codes
  }

  /// What has nothing to do with the route.
  static let ofEveryRequest: Set<FailureCode> = [
    .malformedRequest, .requestTimeout, .contentTooLarge, .targetTooLong, .expectationFailed, .headTooLarge,
    .internalError, .notImplemented, .busy, .unreachable, .storageUnavailable, .versionNotSupported,
  ]

  /// The shape of a parameter of the path.
  func schema(ofPathParameter name: Substring) -> Schema {
    switch (name, template.split(separator: "/").dropFirst().first) {
    case ("n", _): .int(1...Int(Int32.max))
    case ("kind", _): .code(ReferenceKind.self)
    case ("list", _): .codes(CodeList.keys)
    case ("code", _): .code(FailureCode.self)
    case ("group", _): .code(Operation.Group.self)
    case ("agency", _): .agency
    case ("sha256", _): .sha256
    case (_, "cases"): .uuid
    case (_, "figures"): .figureID
    default: .keyID
    }
  }

  /// Whether a client that has an answer already may say so.
  var isTagged: Bool {
    method == .get && operation.replies.contains { $0.fields.contains { $0.name == .eTag } }
  }

  /// Names of the parameters in the path, in order.
  var pathParameters: [Substring] {
    template.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
  }
}
