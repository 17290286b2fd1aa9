internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// Actions: each is a noun under its case.
enum ActionRoutes {
  /// POST /v1/cases/{id}/{action}
  static func take(_ kind: ActionKind, _ call: Call, _ visible: VisibleCase, _ acts: ActionService) async throws
    -> Answer
  {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let action = ActionBody.action(kind, reader)
    try reader.errors.check()
    guard let action else { throw Failure.invalid(reader.errors.all) }
    let done = try await acts.take(action, on: visible, matching: call.match, by: call.asker, write.intent)
    return Answer.change(.created, done, call, write.intent)
  }

  /// GET /v1/cases/{id}/allowed-actions
  static func allowed(_ call: Call, _ visible: VisibleCase, _ acts: ActionService) throws -> Answer {
    let language = call.language
    let allowed = try acts.allowed(on: visible, by: call.asker)
    return Answer.object(in: language) { writer in
      writer.member("case_id", visible.id.description)
      writer.member("version", allowed.version)
      writer.array("actions") { writer in
        for (kind, refusal) in allowed.actions { write(kind, refusal, language, to: &writer) }
      }
      writer.member("confirmation", allowed.confirmation)
      writer.member("correction", allowed.correction)
    }
  }

  private static func write(
    _ kind: ActionKind, _ refusal: Failure?, _ language: Language, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.member("action", kind.rawValue)
      writer.member("allowed", refusal == nil)
      if let refusal {
        writer.member("code", refusal.code.rawValue)
        writer.member("detail", refusal.detail.text(in: language))
      }
    }
  }
}
