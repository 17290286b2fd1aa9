internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// A request of somebody who has signed in, and what a page asks the interface for in their place.
///
/// A page has no way of its own to the record: it asks the routes under `/v1` with the key of the session, and so sees and
/// does exactly what a program with that key would.
struct AppCall: Sendable {
  let call: Call
  let services: Services
  let session: Session
  let caller: Caller

  /// - Throws: `unauthenticated` where the session has ended since the gate; `invalid_parameter` for a language that there
  ///   is not.
  init(_ call: Call, _ services: Services) throws(Failure) {
    guard let caller = call.asker.caller,
      var session = call.site.keys.sessions.session(of: call.request, at: call.asker.now)
    else { throw .unauthenticated }
    if let choice = try call.query.code("lang", PageText.Choice.self) {
      session.language = choice == .en ? .english : .indonesian
      call.site.keys.sessions.speak(session.language, in: call.request)
    }
    (self.call, self.services, self.session, self.caller) = (call, services, session, caller)
  }

  var text: PageText { PageText(session.language) }
  var reference: Reference { services.referenceData.reference }
  var today: LegalDate { call.asker.today }

  /// The query of the page without its language.
  var query: String {
    let pairs = (call.request.query ?? "").split(separator: "&").filter { !$0.hasPrefix("lang=") }
    return pairs.joined(separator: "&")
  }

  func holds(_ scope: Scope) -> Bool { call.asker.holds(scope) }

  /// Fields of the client's request that are handed on: what of a file it wants, and what it has.
  private static let handedOn: [HTTPField.Name] = [.range, .ifRange, .ifNoneMatch, .acceptEncoding]

  /// Asks a route of the interface.
  ///
  /// - Parameters:
  ///   - target: its path under `/v1`, with a query.
  ///   - fields: beside the language.
  ///   - body: nil for none.
  /// - Throws: what the route throws.
  func ask(
    _ method: HTTPRequest.Method, _ target: String, fields: [(name: HTTPField.Name, value: String)] = [],
    body: JSONValue? = nil, asDownload: Bool = false
  ) async throws -> Answer {
    var all = fields + [(.acceptLanguage, session.language.tag)]
    if asDownload {
      all += Self.handedOn.compactMap { name in call.request.fields[name].map { (name, $0) } }
    }
    var bytes: [UInt8] = []
    if let body {
      var writer = JSONWriter()
      writer.canonical(body)
      bytes = writer.bytes
      all.append((.contentType, "application/json"))
    }
    let request = call.request.asking(method, target, fields: all, body: bytes)
    guard case .route(let route, let parameters) = services.interface.match(method, request.path) else {
      throw Failure.notFound
    }
    try caller.pass(route.gate)
    let inner = try Call(
      call.site, route.operation, route.gate, request, nil, parameters, requestID: call.requestID, by: call.asker)
    return try await route.answer(inner, services)
  }

  /// What a route answers, as a value.
  func json(_ target: String) async throws -> Shown {
    try Shown(await ask(.get, target))
  }
}

/// Something that an answer has told, to be shown: what is not there is empty.
struct Shown: Sendable {
  let value: JSONValue
  /// The entity tag of the answer.
  var etag: String?

  init(_ value: JSONValue) { self.value = value }

  /// What an answer says; nothing where it has no body in memory.
  init(_ answer: Answer) throws {
    guard case .bytes(let bytes) = answer.body else {
      self.init(.null)
      return
    }
    self.init(try JSONValue.parse(bytes))
    etag = answer.etag
  }

  subscript(name: String) -> Shown {
    guard case .object(let object) = value else { return Shown(.null) }
    return Shown(object[name] ?? .null)
  }

  /// The value at a path such as `subject.name`.
  func at(_ path: [String]) -> Shown { path.reduce(self) { $0[$1] } }

  var isNull: Bool { value == .null }
  var text: String? { if case .string(let text) = value { text } else { nil } }
  var int: Int? { if case .number(let number) = value { number.int } else { nil } }
  var number: Double? { if case .number(let number) = value { number.double } else { nil } }
  var flag: Bool { value == .bool(true) }
  var items: [Shown] { if case .array(let items) = value { items.map { Shown($0) } } else { [] } }
  var members: [(name: String, value: Shown)] {
    if case .object(let object) = value { object.members.map { ($0.name, Shown($0.value)) } } else { [] }
  }
}

extension HTTPField.Name {
  static let ifRange = known("If-Range")
}
