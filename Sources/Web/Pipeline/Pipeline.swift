internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import Service

/// The order of every request: route, key, gate, query, the case behind `{id}`, handler, answer, one log line.
final class Pipeline: Sendable {
  private let site: Site
  private let services: Services
  private let router: Router
  private let metrics: Metrics
  private let logger: Logger
  private let requestIDs: RequestIDs
  private let now: @Sendable () -> Timestamp
  private let readerCount: Int
  private let waiting: WaitingAnswers
  private let bodies: BodyRoom
  /// One for each event loop.
  private let turns: [LoopTurns]

  init(
    _ settings: APISettings, _ site: Site, _ services: Services, _ router: Router, readerCount: Int, _ logger: Logger
  ) {
    self.site = site
    self.services = services
    self.router = router
    self.readerCount = readerCount
    self.logger = logger
    (metrics, waiting, now) = (services.metrics, services.waiting, settings.now)
    requestIDs = RequestIDs(seed: settings.random())
    bodies = BodyRoom(
      countMax: settings.requestsPerAgencyMax, ownerBytesMax: settings.heldBodyBytesPerAgencyMax,
      bytesMax: settings.heldBodyBytesMax)
    let requestsPerLoop = settings.requestsPerAgencyMax / readerCount
    turns = (0..<readerCount).map { _ in LoopTurns(ownerCountMax: requestsPerLoop) }
  }

  /// The answer to what the server itself refuses.
  func respond(to fault: ServerFault) -> Response {
    metrics.count(fault)
    return ProblemDocument.response(for: fault, at: site.paths.prefix, requestID: requestIDs.next())
  }

  func respond(to request: Request) async -> Response {
    let (started, stopwatch) = (now(), Stopwatch())
    let requestID = requestIDs.next()
    let language = Language(acceptLanguage: request.fields[.acceptLanguage])
    let path = site.paths.plain(request.path)
    var varies = "Accept-Encoding"
    var isOpenToAll = false
    var record = LogRecord(requestID: requestID)
    var line: Int?
    var isPublic = false
    var account = OwnAnswers(all: waiting, owner: nil)
    var response: Response
    do throws(Failure) {
      switch router.match(request.method, path) {
      case .nothing:
        site.keys.note(request, at: started, &record)
        if request.method == .options, request.target == "*" {
          response = Response(status: .noContent)
          break
        }
        throw .notFound
      case .slashAtEnd:
        site.keys.note(request, at: started, &record)
        response = Self.redirect(to: path.dropLast(), request.query)
      case .wrongMethod(let allowed, let isPublic):
        site.keys.note(request, at: started, &record)
        isOpenToAll = isPublic
        response = methodAnswer(request, allowed, isPublic, language, requestID)
      case .route(let route, let parameters):
        record.template = route.template
        (varies, isOpenToAll) = (route.vary, route.gate.isPublic)
        line = metrics.requests.line(ofRoute: route.index, request.method)
        let caller = try site.keys.caller(of: request, for: route.gate, at: started, &record)
        account = OwnAnswers(all: waiting, owner: caller?.key.owner)
        if let caller {
          try waiting.requireRoom(for: caller.key.owner)
          try await waitForTurn(of: caller, request)
        }
        let place = try caller.flatMap { caller throws(Failure) in
          request.body.declaredBytes == 0 ? nil : try bodies.take(caller.key.owner)
        }
        let asker = Asker(caller: caller, now: started, reader: request.loopIndex % readerCount)
        let call = try Call(
          site, route.operation, route.gate, request, place, parameters, requestID: requestID, by: asker)
        var answer = try await run(route, call)
        try requireRoom(for: &answer, route, account)
        isPublic = answer.isPublic
        response = answer.response(to: request)
        if let receipt = asker.receipts.last {
          response.fields.append(Response.Field(name: .leaf, value: receipt.text))
        }
        place?.keep()
      }
    } catch {
      metrics.count(error)
      response =
        RefusalPage.suits(request, path)
        ? RefusalPage.response(error, request, site.paths, requestID: requestID)
        : ProblemDocument.response(for: error, at: site.paths.prefix, language: language, requestID: requestID)
    }
    await response.encode(for: request)
    response.finish(varies, isOpenToAll: isOpenToAll, site.paths)
    response.seal(requestID, isPublic: isPublic)
    response.account = account
    if let end = record.keyEnd {
      response.fields.append(Response.Field(name: .keyExpires, value: end.description))
    }
    let nanoseconds = stopwatch.nanoseconds
    let tally = metrics.requests
    tally.count(
      line ?? tally.line(without: request.method), response.status, nanoseconds, onLoop: request.loopIndex)
    BrokenAnswer.watch(&response, record.template, requestID, metrics, logger)
    log(request, response, record, nanoseconds)
    return response
  }

  /// Lets another agency's request go first when many wait on the loop.
  @inline(__always)
  private func waitForTurn(of caller: Caller, _ request: Request) async throws(Failure) {
    let turns = self.turns[request.loopIndex % self.turns.count]
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
      try waiting.requireRoom(for: account.owner, bytes: bytes.count)
    } catch {
      guard route.operation.writes else { throw error }
      answer.body = .empty
      answer.fields.append(Response.Field(name: .preferenceApplied, value: "return=minimal"))
    }
  }

  /// Runs a handler; whatever is not a `Failure` is a fault of ours: logged, and told to nobody.
  private func run(_ route: Route, _ call: Call) async throws(Failure) -> Answer {
    do {
      return try await route.answer(call, services)
    } catch let failure as Failure {
      throw failure
    } catch let failure as BodyFailure {
      throw Failure(bodyFailure: failure)
    } catch {
      logger.error(
        "request failed",
        metadata: [
          "request_id": "\(call.requestID)", "error_type": "\(type(of: error))", "route": "\(route.template)",
        ])
      throw Failure(
        .internalError, en: "The server has failed; nothing was changed.",
        inIndonesian: "Terjadi kesalahan pada server; tidak ada yang berubah.")
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
      .methodNotAllowed, en: "This resource does not take the method.",
      inIndonesian: "Metode ini tidak dilayani sumber daya ini."
    )
    var response = ProblemDocument.response(
      for: failure, at: site.paths.prefix, language: language, requestID: requestID)
    response.fields.append(Response.Field(name: .allow, value: names))
    return response
  }

  /// The address without the slash at its end; method and body stay (RFC 9110, 15.4.9).
  private static func redirect(to path: Substring, _ query: Substring?) -> Response {
    let target = path + (query.map { "?\($0)" } ?? "")
    return Response(status: .permanentRedirect, fields: [Response.Field(name: .location, value: String(target))])
  }

  private func log(_ request: Request, _ response: Response, _ record: LogRecord, _ nanoseconds: Int64) {
    guard logger.logLevel <= .info else { return }
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
    logger.info("request", metadata: metadata)
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

extension HTTPField.Name {
  /// The leaf of a write: its index, and its hash as base64.
  static let leaf = known("Netral-Leaf")
}
