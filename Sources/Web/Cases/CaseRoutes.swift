internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// One case: creating it, and showing it.
enum CaseRoutes {
  /// POST /v1/cases
  static func create(_ call: Call, _ cases: CaseService) async throws -> Answer {
    let agency = try call.asker.agency()
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let (draft, predecessor) = read(reader, agency)
    try reader.errors.check()
    let done = try await cases.create(draft, onBehalfOf: predecessor, by: call.asker, write.intent)
    var answer = Answer.change(.created, done, call, write.intent)
    if !write.intent.dryRun {
      answer.fields.append(Response.Field(name: .location, value: "/v1/cases/\(done.value.record.id)"))
    }
    return answer
  }

  /// GET /v1/cases/{id}
  static func show(
    _ call: Call, _ visible: VisibleCase, _ cases: CaseService, _ rendered: RenderedCases
  ) throws -> Answer {
    if let text = call.query["as_of"] {
      let seen = try past(text, visible, call.asker, cases)
      return Answer.json { CaseJSON.write(seen.record, seen.projection, to: &$0) }
    }
    let (stub, projection) = (visible.stub, visible.projection)
    if let json = rendered.json(stub, projection) {
      return Answer(etag: EntityTag.of(version: stub.version, projection, stub.commitments), body: .bytes(json))
    }
    let seen = try cases.current(visible, by: call.asker)
    return Answer(etag: seen.etag, body: .bytes(rendered.render(seen.record, seen.projection)))
  }

  /// The case on an earlier day (basis effective) or at an earlier instant (basis recorded).
  private static func past(_ text: String, _ visible: VisibleCase, _ asker: Asker, _ cases: CaseService) throws
    -> SeenCase
  {
    if let date = LegalDate(text) {
      guard date <= asker.today else { throw Failure.parameter("as_of", future) }
      return try cases.past(visible, on: date, by: asker)
    }
    guard let instant = Query.instant(text) else { throw Failure.parameter("as_of", Query.dateOrInstant) }
    guard instant <= asker.now else { throw Failure.parameter("as_of", future) }
    return try cases.past(visible, recordedBy: instant, by: asker)
  }

  /// Tomorrow's state is not known yet: an answer could not be given again.
  private static let future = LocalizedText(en: "This lies in the future.", inIndonesian: "Ini di masa depan.")

  /// Reads the body of a new case. Errors are collected in the reader.
  static func read(_ body: ObjectReader, _ agency: AgencyCode) -> (CaseDraft, AgencyCode?) {
    let predecessor = body.text("on_behalf_of", max: 20).map { AgencyCode(rawValue: $0) }
    let draft = CaseBody.draft(body, reportedBy: predecessor ?? agency)
    body.finish()
    return (draft, predecessor)
  }
}
