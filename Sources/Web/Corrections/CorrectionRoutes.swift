internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// Corrections of facts: by the owner or BKN at once, by anyone else on request.
enum CorrectionRoutes {
  /// PATCH /v1/cases/{id}: a JSON merge patch of the facts (RFC 7396) with `reason`, and with `wrong_person` where the case
  /// was on record about somebody else.
  static func correct(_ call: Call, _ visible: VisibleCase, _ corrections: CorrectionService) async throws -> Answer {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    guard case .object(let members) = write.body else { throw Failure.invalid("", .type) }
    let wish = CorrectionBody.correction(reader, members)
    try reader.errors.check()
    guard let wish else { throw Failure.invalid(reader.errors.all) }
    let done = try await corrections.correct(
      wish, on: visible, matching: call.match, by: call.asker, write.intent)
    return Answer.change(.ok, done, call, write.intent)
  }

  /// POST /v1/cases/{id}/correction-requests: `{"patch": {…}, "reason": "…", "wrong_person": true}`
  static func request(_ call: Call, _ visible: VisibleCase, _ corrections: CorrectionService) async throws -> Answer {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let wish = CorrectionBody.request(reader)
    try reader.errors.check()
    guard let wish else { throw Failure.invalid(reader.errors.all) }
    let done = try await corrections.request(wish, on: visible, by: call.asker, write.intent)
    let number = write.intent.dryRun ? nil : done.value.number
    var answer = Answer.json(.created) { Self.write(done.value, number, seesPatch: true, to: &$0) }
    answer.tell(write.intent, isReplayed: done.isReplayed)
    return answer
  }

  /// GET /v1/cases/{id}/correction-requests: whole, as long as they fit a page.
  static func list(_ call: Call, _ visible: VisibleCase, _ corrections: CorrectionService) async throws -> Answer {
    let path = "/v1/cases/\(visible.id)/correction-requests"
    let cursors = call.cursors(of: path)
    let start = try call.query["cursor"].map { try cursors.open($0).place.key } ?? 0
    var (page, next) = try await corrections.requests(
      on: visible, after: Int(start), by: call.asker, on: ListPage(call)
    ) { request, seesPatch, page in
      page.add { write(request, request.number, seesPatch: seesPatch, to: &$0) }
    }
    return page.answer(
      next: try next.map { try cursors.seal(.init(value: "", key: Int64($0))) }, at: path, call.query.presentationPart)
  }

  /// POST …/correction-requests/{n}/acceptance and …/refusal
  static func decide(
    _ call: Call, _ visible: VisibleCase, _ corrections: CorrectionService, accepting: Bool
  ) async throws -> Answer {
    guard let number = call.parameters.last.flatMap({ Int($0) }) else { throw Failure.notFound }
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let reason = CorrectionBody.decision(reader)
    try reader.errors.check()
    let decision = CorrectionDecision(number: number, accepts: accepting, reason: reason)
    let done = try await corrections.decide(
      decision, on: visible, matching: call.match, by: call.asker, write.intent)
    return Answer.change(.created, done, call, write.intent)
  }

  /// - Parameter number: nil in the answer to a dry run, which gives none.
  private static func write(
    _ request: CorrectionRequest, _ number: Int?, seesPatch: Bool, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("number", number)
      writer.member("requested_by", request.requestedBy.rawValue)
      writer.member("requested_at", request.requestedAt.description)
      if seesPatch {
        writer.name("patch")
        writer.raw(Array(request.patch.utf8))
        writer.member("reason", request.reason)
        writer.member("decision_reason", request.decisionReason)
      }
      writer.member("state", request.state.rawValue)
      writer.member("decided_by", request.decidedBy?.rawValue)
      writer.member("decided_at", request.decidedAt?.description)
      if request.isOfWrongPerson { writer.member("wrong_person", true) }
    }
  }
}
