internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Logging

/// The order of every request: route, key, gate, handler, answer, one log line.
struct Pipeline {
  let api: API

  func respond(to request: Request) async -> Response {
    let (started, stopwatch) = (api.settings.now(), Stopwatch())
    let requestID = api.requestIDs.next()
    let language = Language(acceptLanguage: request.fields[.acceptLanguage])
    let path = api.paths.plain(request.path)
    var varies = "Accept-Encoding"
    var isOpenToAll = false
    var record = LogRecord(requestID: requestID)
    var line: Int?
    var isPublic = false
    var account = OwnAnswers(all: api.waiting, owner: nil)
    var response: Response
    do throws(Failure) {
      switch api.router.match(request.method, path) {
      case .nothing:
        noteKey(of: request, at: started, &record)
        if request.method == .options, request.target == "*" {
          response = Response(status: .noContent)
          break
        }
        throw .notFound
      case .slashAtEnd:
        noteKey(of: request, at: started, &record)
        response = Self.redirect(to: path.dropLast(), request.query)
      case .wrongMethod(let allowed, let isPublic):
        noteKey(of: request, at: started, &record)
        isOpenToAll = isPublic
        response = methodAnswer(request, allowed, isPublic, language, requestID)
      case .route(let route, let parameters):
        record.template = route.template
        (varies, isOpenToAll) = (route.vary, route.gate.isPublic)
        line = api.metrics.requests.line(of: route, request.method)
        let caller = try authenticate(request, for: route.gate, at: started, &record)
        account = OwnAnswers(all: api.waiting, owner: caller?.key.owner)
        if let caller {
          try api.waiting.requireRoom(for: caller.key.owner)
          try await waitForTurn(of: caller, request)
        }
        let place = try caller.flatMap { caller throws(Failure) in
          request.body.declaredBytes == 0 ? nil : try api.bodies.take(caller.key.owner)
        }
        let exchange = Exchange(
          api: api, gate: route.gate, operation: route.operation, request: request, bodyPlace: place, caller: caller,
          parameters: parameters, requestID: requestID, now: started)
        var answer = try await run(route, exchange)
        try requireRoom(for: &answer, route, account)
        isPublic = answer.isPublic
        response = answer.response(to: request)
        place?.keep()
      }
    } catch {
      api.metrics.count(error)
      response = Problem.response(
        for: error, at: api.settings.pathPrefix, language: language, requestID: requestID)
    }
    await response.encode(for: request)
    response.finish(varies, isOpenToAll: isOpenToAll, api.paths)
    response.seal(requestID, isPublic: isPublic)
    response.account = account
    if let end = record.keyEnd {
      response.fields.append(Response.Field(name: .keyExpires, value: end.description))
    }
    let nanoseconds = stopwatch.nanoseconds
    let tally = api.metrics.requests
    tally.count(
      line ?? tally.line(without: request.method), response.status, nanoseconds, onLoop: request.loopIndex)
    BrokenAnswer.watch(&response, record.template, requestID, api)
    log(request, response, record, nanoseconds)
    return response
  }

  /// Judges the key of a request, and whether it passes the gate.
  ///
  /// - Throws: `unauthenticated`, the same for every cause; `too_many_requests` when the address or the key has used up
  ///   what it may send; `scope_missing`.
  private func authenticate(_ request: Request, for gate: Gate, at now: Timestamp, _ record: inout LogRecord)
    throws(Failure) -> Caller?
  {
    if gate == .open {
      noteKey(of: request, at: now, &record)
      return nil
    }
    let proxies = api.settings.trustedProxies
    guard let authorization = request.fields[.authorization] else {
      if gate == .optionalKey { return nil }
      let isLocal = gate == .administratorOrLocal && api.settings.opensMetricsLocally
      if isLocal, LocalPeer.asks(request, trusting: proxies) { return nil }
      // Who sends no key guesses none, and is told what to send.
      throw .unauthenticated
    }
    let caller = try judge(authorization, of: request, at: now, &record)
    api.store.noteUse(of: caller.key.id, at: now, on: request.loopIndex % api.store.readerCount)
    try api.rates.countRequest(caller.key.id, at: now)
    try caller.pass(gate)
    return caller
  }

  /// Notes the key of a request that needs none, so that its log line and its end are told as everywhere. One that is not
  /// valid is counted like any other, and changes nothing for the request.
  private func noteKey(of request: Request, at now: Timestamp, _ record: inout LogRecord) {
    guard let authorization = request.fields[.authorization] else { return }
    _ = try? judge(authorization, of: request, at: now, &record)
  }

  /// Judges a key, and notes it or why it is refused.
  ///
  /// - Throws: `unauthenticated`; `too_many_requests` when many keys were refused before.
  private func judge(_ authorization: String, of request: Request, at now: Timestamp, _ record: inout LogRecord)
    throws(Failure) -> Caller
  {
    let proxies = api.settings.trustedProxies
    do {
      let caller = try Caller(request, authorization: authorization, store: api.store, proxies: proxies, at: now)
      (record.keyID, record.keyEnd) = (caller.key.id, caller.key.endToTell(at: now))
      return caller
    } catch {
      record.refusal = error
      try api.rates.countFailure(ClientAddress.of(request, trusting: proxies), keyID: error.keyID, at: now)
      throw .unauthenticated
    }
  }

  /// Lets another agency's request go first when many wait on the loop.
  @inline(__always)
  private func waitForTurn(of caller: Caller, _ request: Request) async throws(Failure) {
    let turns = api.turns[request.loopIndex % api.turns.count]
    let waiting = request.waitingOnLoop
    if turns.isCrowded(waiting) { try await turns.take(caller.key.owner, waiting: waiting) }
  }

  /// Bytes of an answer that are handed over whatever waits: operations must go on, and refusals are as long.
  private static let shortBytesMax = 65_536

  /// Judges a long answer before it is handed over. What was written is written: such an answer comes without its body,
  /// as RFC 7240 has it for `return=minimal`.
  private func requireRoom(for answer: inout Answer, _ route: Route, _ account: OwnAnswers) throws(Failure) {
    guard case .bytes(let bytes) = answer.body, bytes.count > Self.shortBytesMax else { return }
    do throws(Failure) {
      try api.waiting.requireRoom(for: account.owner, bytes: bytes.count)
    } catch {
      guard route.operation.writes else { throw error }
      answer.body = .empty
      answer.fields.append(Response.Field(name: .preferenceApplied, value: "return=minimal"))
    }
  }

  /// Runs a handler; whatever is not a `Failure` is a fault of ours: logged, and told to nobody.
  private func run(_ route: Route, _ exchange: Exchange) async throws(Failure) -> Answer {
    do {
      return try await route.action(exchange)
    } catch let failure as Failure {
      throw failure
    } catch let failure as BodyFailure {
      throw Failure(bodyFailure: failure)
    } catch {
      api.logger.error(
        "request failed",
        metadata: [
          "request_id": "\(exchange.requestID)", "error_type": "\(type(of: error))", "route": "\(route.template)",
        ])
      throw Failure(
        .internalError, en: "The server has failed; nothing was changed.",
        id: "Terjadi kesalahan pada server; tidak ada yang berubah.")
    }
  }

  private func methodAnswer(
    _ request: Request, _ allowed: [HTTPRequest.Method], _ isPublic: Bool, _ language: Language, _ requestID: String
  ) -> Response {
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    if request.method == .options {
      var response = Response(status: .noContent, fields: [Response.Field(name: .allow, value: names)])
      if isPublic {
        // A page of another origin asks this before it sends more than the plainest fields (Fetch, 4.8).
        response.fields.append(Response.Field(name: .accessControlAllowMethods, value: "GET, HEAD"))
        response.fields.append(
          Response.Field(name: .accessControlAllowHeaders, value: "Accept, Accept-Language, If-None-Match"))
      }
      return response
    }
    let failure = Failure(
      .methodNotAllowed, en: "This resource does not take the method.", id: "Metode ini tidak dilayani sumber daya ini."
    )
    var response = Problem.response(
      for: failure, at: api.settings.pathPrefix, language: language, requestID: requestID)
    response.fields.append(Response.Field(name: .allow, value: names))
    return response
  }

  /// The address without the slash at its end; method and body stay (RFC 9110, 15.4.9).
  private static func redirect(to path: Substring, _ query: Substring?) -> Response {
    let target = path + (query.map { "?\($0)" } ?? "")
    return Response(status: .permanentRedirect, fields: [Response.Field(name: .location, value: String(target))])
  }

  private func log(_ request: Request, _ response: Response, _ record: LogRecord, _ nanoseconds: Int64) {
    guard api.logger.logLevel <= .info else { return }
    var metadata: Logger.Metadata = [
      "id": "\(record.requestID)", "method": "\(request.method.rawValue)", "route": "\(record.template)",
      "status": .stringConvertible(response.status.code),
      "ms": .stringConvertible(Double(nanoseconds / 1_000) / 1_000), "key": "\(record.keyID ?? "-")",
    ]
    if let refusal = record.refusal {
      // Not as `key`: whoever counts what a key has done must not count what others have tried with its name.
      metadata["refused_key"] = "\(refusal.keyID ?? "-")"
      metadata["refusal"] = "\(refusal.reason.rawValue)"
    }
    if Self.asksForDryRun(request) { metadata["dry_run"] = .stringConvertible(true) }
    // Only the well-formed field of W3C Trace Context is repeated: a log line is no place for a client's free text.
    if let trace = request.fields[.traceparent], Self.isTraceparent(trace) { metadata["traceparent"] = "\(trace)" }
    api.logger.info("request", metadata: metadata)
  }

  /// Whether the query of a write says so, in whatever spelling a route would take it.
  private static func asksForDryRun(_ request: Request) -> Bool {
    guard request.method != .get, let query = request.query else { return false }
    return query.split(separator: "&").contains { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      return parts.count == 2 && Query.decode(parts[0]) == "dry_run" && Query.decode(parts[1]) == "true"
    }
  }

  private static func isTraceparent(_ text: String) -> Bool {
    text.utf8.count == 55
      && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) || $0 == UInt8(ascii: "-") }
  }
}

/// What the log is told of a request beside its answer.
private struct LogRecord {
  let requestID: String
  var template = "-"
  /// Of a key that is valid, whether it passed the gate or not.
  var keyID: String?
  /// When that key ends, if it is near.
  var keyEnd: Timestamp?
  var refusal: KeyRefusal?
}

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
