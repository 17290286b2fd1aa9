internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// One case: creating it, and showing it.
enum CaseRoutes {
  /// POST /v1/cases
  static func create(_ exchange: Exchange) async throws -> Answer {
    let agency = try exchange.agency()
    let write = try await Write(exchange, keyRequired: true)
    let (draft, predecessor) = try decode(write.body.value, agency)
    let id = exchange.api.caseIDs.next(at: exchange.now)
    let (context, now) = (try exchange.context(), exchange.now)
    let (seen, replayed) = try await write.once(
      replay: { try SeenCase.replayed($0, for: agency, $1) },
      change: { transaction in
        let context = try context.renewed(by: transaction)
        let facts = try context.reference.facts(from: draft, until: context.lastDay)
        let progress = try Lifecycle.open(facts, onBehalfOf: predecessor, context)
        let event = EventDraft(
          what: "created", actor: context.actor, onBehalfOf: predecessor, occurredOn: facts.source.receivedOn)
        let sees = facts.source.agency == agency || Visibility.row(agency).subject.contains(.always)
        guard sees || !write.dryRun else {
          // Whether a predecessor has reported this person is not told without a trace to who may not know its persons.
          var tried = CaseHistory(id, facts, progress, event).record
          (tried.createdAt, tried.updatedAt) = (now, now)
          return (try SeenCase.created(tried, for: agency, dryRun: true), StoredReply(.created, tried))
        }
        let record = try transaction.create(id, facts, progress, event)
        return (try SeenCase.created(record, for: agency, dryRun: write.dryRun), StoredReply(.created, record))
      })
    var answer = seen.answer(.created, write, replayed: replayed)
    if !write.dryRun {
      answer.fields.append(Response.Field(name: .location, value: "/v1/cases/\(seen.record.id)"))
    }
    return answer
  }

  /// GET /v1/cases/{id}
  static func show(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    _ = try exchange.format(query)
    let id = try exchange.caseID()
    let agency = try exchange.agency()
    if let text = query["as_of"] { return try showAsOf(text, id, agency, exchange) }
    let (stub, projection) = try exchange.sight(of: id)
    if let json = exchange.api.rendered.json(stub, projection) {
      return Answer(etag: EntityTag.of(version: stub.version, projection), body: .bytes(json))
    }
    // Judged anew by what is read: a commit may have come in between.
    let seen = try exchange.read { try SeenCase($0.caseRecord(behind: stub), for: agency) }
    return Answer(etag: seen.etag, body: .bytes(exchange.api.rendered.render(seen.record, seen.projection)))
  }

  /// The case on an earlier day (basis effective) or at an earlier instant (basis recorded). What the caller sees is
  /// judged by the case as it is now and as it was then, whichever shows less.
  private static func showAsOf(_ text: String, _ id: CaseID, _ agency: AgencyCode, _ exchange: Exchange) throws
    -> Answer
  {
    try exchange.read { reads in
      var seen = try reads.seen(id, by: agency)
      let then: Case?
      if let date = LegalDate(text) {
        guard date <= exchange.today else { throw Failure.parameter("as_of", future) }
        then = try reads.caseRecord(id, effectiveOn: date)
      } else if let instant = Query.instant(text) {
        guard instant <= exchange.now else { throw Failure.parameter("as_of", future) }
        then = try reads.caseRecord(id, recordedBy: instant)
        if let then { seen.projection.formIntersection(try SeenCase(then, for: agency).projection) }
      } else {
        throw Failure.parameter("as_of", Query.dateOrInstant)
      }
      guard let then else { throw Failure.notFound }
      seen.record = then
      return Answer.json { CaseJSON.write(seen.record, seen.projection, to: &$0) }
    }
  }

  /// Tomorrow's state is not known yet: an answer could not be given again.
  private static let future = LocalizedText(en: "This lies in the future.", id: "Ini di masa depan.")

  private static func decode(_ body: JSONValue, _ agency: AgencyCode) throws(Failure) -> (CaseDraft, AgencyCode?) {
    let reader = try ObjectReader(body)
    let read = read(reader, agency)
    try reader.errors.check()
    return read
  }

  /// Reads the body of a new case. Errors are collected in the reader.
  static func read(_ body: ObjectReader, _ agency: AgencyCode) -> (CaseDraft, AgencyCode?) {
    let predecessor = body.text("on_behalf_of", max: 20).map { AgencyCode(rawValue: $0) }
    let draft = CaseBody.draft(body, reportedBy: predecessor ?? agency)
    body.finish()
    return (draft, predecessor)
  }
}
