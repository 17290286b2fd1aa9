internal import Domain
internal import HTTPTypes
internal import Service

/// One endpoint.
struct Route: Sendable {
  /// What answers a call.
  enum Handler: Sendable {
    case plain(@Sendable (Call, Services) async throws -> Answer)
    /// Called only when the case in the path exists for the caller.
    case ofCase(@Sendable (Call, VisibleCase, Services) async throws -> Answer)
    /// The same for one that shows the case, which is read with the look for it.
    case showing(@Sendable (Call, VisibleCase, Services) async throws -> Answer)
  }

  let method: HTTPRequest.Method
  /// Segments in braces are parameters.
  let template: String
  /// Whether the last parameter takes all that is left of the path, slashes and all.
  var hasTail = false
  let gate: Gate
  let operation: Operation
  /// What an answer of it is chosen by, beside the target.
  let vary: String
  /// Its place among all routes.
  var index = 0
  let handler: Handler

  init(
    _ method: HTTPRequest.Method, _ template: String, _ gate: Gate, _ operation: Operation,
    _ handler: @escaping @Sendable (Call, Services) async throws -> Answer
  ) {
    self.init(method, template, gate, operation, handler: .plain(handler))
  }

  /// The same whose last parameter takes all that is left of the path.
  var withTail: Route {
    var route = self
    route.hasTail = true
    return route
  }

  /// Answers a call that has passed the gate.
  func answer(_ call: Call, _ services: Services) async throws -> Answer {
    switch handler {
    case .plain(let handle): return try await handle(call, services)
    case .ofCase(let handle):
      return try await handle(call, try services.cases.visible(try call.caseID(), by: call.asker), services)
    case .showing(let handle):
      let visible = try services.cases.visible(try call.caseID(), by: call.asker, reading: true)
      return try await handle(call, visible, services)
    }
  }

  /// A route under `/v1/cases/{id}`.
  static func ofCase(
    _ method: HTTPRequest.Method, _ template: String, _ gate: Gate, _ operation: Operation,
    _ handler: @escaping @Sendable (Call, VisibleCase, Services) async throws -> Answer
  ) -> Route {
    Route(method, template, gate, operation, handler: .ofCase(handler))
  }

  /// The route that shows the case.
  static func showing(
    _ method: HTTPRequest.Method, _ template: String, _ gate: Gate, _ operation: Operation,
    _ handler: @escaping @Sendable (Call, VisibleCase, Services) async throws -> Answer
  ) -> Route {
    Route(method, template, gate, operation, handler: .showing(handler))
  }

  private init(
    _ method: HTTPRequest.Method, _ template: String, _ gate: Gate, _ operation: Operation, handler: Handler
  ) {
    self.method = method
    self.template = template
    self.gate = gate
    self.operation = operation
    self.handler = handler
    vary =
      (operation.formats.count > 1 ? "Accept, " : "") + (gate == .optionalKey ? "Authorization, " : "")
      + "Accept-Encoding"
  }
}
