internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Actions: each is a noun under its case.
enum ActionRoutes {
  /// POST /v1/cases/{id}/{action}
  static func take(_ kind: ActionKind, _ exchange: Exchange) async throws -> Answer {
    let id = try exchange.caseID()
    let context = try exchange.context()
    let agency = context.actor.agency
    let write = try await Write(exchange, keyRequired: false)
    let reader = try ObjectReader(write.body.value)
    let read = ActionBody.action(kind, reader)
    let match = exchange.request.fields[.ifMatch]
    // A case the caller may not know of answers like one that is absent, whatever else is wrong with the request.
    try exchange.requireSight(of: id)
    try reader.errors.check()
    guard let action = read else { throw Failure.invalid(reader.errors.all) }
    let (seen, replayed) = try await write.once(
      replay: { try SeenCase.replayed($0, for: agency, $1) },
      change: { transaction in
        let seen = try transaction.seen(id, by: agency)
        try EntityTag.requireMatch(match, version: seen.record.version, seen.projection)
        let record = try take(action, on: seen.record, context.renewed(by: transaction), transaction)
        return (try seen.changed(to: record, for: agency, dryRun: write.dryRun), StoredReply(.created, record))
      })
    return seen.answer(.created, write, replayed: replayed)
  }

  /// Judges an action and stores what it changes; a note leaves the record as it is.
  static func take(
    _ action: Action, on record: Case, _ context: Lifecycle.Context, _ transaction: any CaseWrites
  ) throws -> Case {
    let (changed, event) = try Lifecycle.judge(action, on: record, context)
    guard let changed else {
      try transaction.append(event, to: record)
      return record
    }
    return try transaction.update(record, to: changed, event)
  }

  /// GET /v1/cases/{id}/allowed-actions
  static func allowed(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let id = try exchange.caseID()
    let context = try exchange.context()
    let language = exchange.language
    return try exchange.read { reads in
      let seen = try reads.seen(id, by: context.actor.agency)
      var answer = Answer.json(in: language) { writer in
        writer.beginObject()
        writer.member("case_id", id.description)
        writer.member("version", seen.record.version)
        writer.name("actions")
        writer.beginArray()
        for kind in ActionKind.allCases { write(kind, seen.record, context, language, to: &writer) }
        writer.endArray()
        let waiting = seen.record.provenance.awaited.contains {
          context.reference.answers(context.actor.agency, for: $0, on: context.today)
        }
        writer.member("confirmation", waiting)
        writer.member("correction", CorrectionRoutes.mayCorrect(seen.record, context))
        writer.endObject()
      }
      answer.etag = nil
      return answer
    }
  }

  private static func write(
    _ kind: ActionKind, _ record: Case, _ context: Lifecycle.Context, _ language: Language, to writer: inout JSONWriter
  ) {
    let refusal = Lifecycle.refusal(of: kind, on: context.today, by: context.actor.agency, record, context)
    writer.beginObject()
    writer.member("action", kind.rawValue)
    writer.member("allowed", refusal == nil)
    if let refusal {
      writer.member("code", refusal.code.rawValue)
      writer.member("detail", refusal.detail.text(in: language))
    }
    writer.endObject()
  }
}
