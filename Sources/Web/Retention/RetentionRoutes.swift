internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// How long personal values are kept, what holds them, and their erasure.
enum RetentionRoutes {
  /// GET /v1/retention: what falls due, soonest first; `?due_until=`, `?agency=`, `limit` (1 to 200), `cursor`.
  static func list(_ call: Call, _ retention: RetentionService) async throws -> Answer {
    let (path, query) = ("/v1/retention", call.query)
    // Lines and rows come whole, or 4 MiB of them.
    let limit = try query.int("limit", in: 1...200) ?? (call.format == .json ? 50 : 20_000)
    let cursors = call.cursors(of: path)
    var filter = query.without(Set(["limit", "cursor"] + Query.presentation)).canonical
    var start: CaseQuery.Position?
    if let cursor = query["cursor"] {
      let opened = try cursors.open(cursor)
      guard filter.isEmpty || filter == opened.filter else { throw Failure.invalidCursor }
      (start, filter) = (opened.place, opened.filter)
    }
    let filters = try Query(filter[...], knowing: ["due_until", "agency"])
    var question = RetentionQuestion(dueUntil: try filters.date("due_until"))
    if let agency = filters["agency"] {
      guard retention.reference.agencies[agency] != nil else {
        throw Failure.parameter("agency", FieldErrorCode.unknownCode.standardDetail, .unknownCode)
      }
      question.owners = [AgencyCode(rawValue: agency)]
    }
    let found = try await retention.list(question, by: call.asker).filter { item in
      start.map { (item.retention.dueOn.day, item.key) > (Int($0.value) ?? 0, $0.key) } ?? true
    }
    let items = Array(found.prefix(limit))
    let holds = try await retention.holds(of: items, by: call.asker)
    var (page, last) = (ListPage(call), found.count > limit ? items.last : nil)
    for (index, (item, holds)) in zip(items, holds).enumerated() {
      if !page.add({ write(item, holds, retention.noticeDays, call.asker.today, to: &$0) }) {
        last = items[index - 1]
        break
      }
    }
    let next = try last.map {
      try cursors.seal(.init(value: String($0.retention.dueOn.day), key: $0.key), filter: filter)
    }
    return page.answer(
      next: next, at: path, (query["limit"].map { "&limit=\($0)" } ?? "") + query.presentationPart)
  }

  private static func write(
    _ item: RetainedCase, _ holds: [RetentionHold], _ noticeDays: Int, _ today: LegalDate, to writer: inout JSONWriter
  ) {
    let (retention, dueOn) = (item.retention, item.retention.dueOn)
    writer.object { writer in
      writer.member("case_id", item.id.description)
      writer.member("number", item.number)
      writer.member("agency", item.owner.rawValue)
      writer.member("stage", item.stage.rawValue)
      writer.member("ended_on", retention.endedOn.description)
      writer.member("years", retention.rule.years)
      writer.member("legal_basis", retention.rule.legalBasis)
      writer.member("due_on", dueOn.description)
      writer.member("listed_on", item.noticedOn?.description)
      writer.member("erased_from", (item.noticedOn ?? max(dueOn, today)).adding(days: noticeDays).description)
      writer.member("held_by", strings: Set(holds.map(\.agency.rawValue)).sorted())
    }
  }

  /// GET /v1/cases/{id}/retention-holds: whole.
  static func holds(_ call: Call, _ visible: VisibleCase, _ retention: RetentionService) throws -> Answer {
    let list = try WholeList(call, at: "/v1/cases/\(visible.id)/retention-holds")
    return try list.answer(try retention.holds(on: visible, by: call.asker)) { hold in
      JSONWriter.object { write(hold, to: &$0) }
    }
  }

  /// POST /v1/cases/{id}/retention-holds: `{"reason": "…", "until": "…"}`
  static func hold(_ call: Call, _ visible: VisibleCase, _ retention: RetentionService) async throws -> Answer {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let (reason, until) = readHold(reader)
    try reader.errors.check()
    guard let reason else { throw Failure.invalid(reader.errors.all) }
    let done = try await retention.hold(until: until, because: reason, on: visible, by: call.asker, write.intent)
    return answer(.created, done, write.intent)
  }

  /// POST /v1/cases/{id}/retention-holds/{n}/release: `{"reason": "…"}`
  static func release(_ call: Call, _ visible: VisibleCase, _ retention: RetentionService) async throws -> Answer {
    guard let number = call.parameters.last.flatMap({ Int64($0) }) else { throw Failure.notFound }
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let reason = readRelease(reader)
    try reader.errors.check()
    guard let reason else { throw Failure.invalid(reader.errors.all) }
    let done = try await retention.release(number, because: reason, on: visible, by: call.asker, write.intent)
    return answer(.ok, done, write.intent)
  }

  /// POST /v1/cases/{id}/erasures: `{"ground": "…"}`
  static func erase(_ call: Call, _ visible: VisibleCase, _ retention: RetentionService) async throws -> Answer {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let ground = readErasure(reader)
    try reader.errors.check()
    guard let ground else { throw Failure.invalid(reader.errors.all) }
    let done = try await retention.erase(
      because: ground, on: visible, matching: call.match, by: call.asker, write.intent)
    return Answer.change(.created, done, call, write.intent)
  }

  // MARK: Bodies

  static func readHold(_ body: ObjectReader) -> (reason: String?, until: LegalDate?) {
    let reason = body.prose("reason", max: 5_000, required: true)
    let until = body.date("until")
    body.finish()
    return (reason, until)
  }

  static func readRelease(_ body: ObjectReader) -> String? {
    defer { body.finish() }
    return body.prose("reason", max: 5_000, required: true)
  }

  static func readErasure(_ body: ObjectReader) -> ErasureGround? {
    defer { body.finish() }
    return body.code("ground", ErasureGround.self, required: true)
  }

  // MARK: Holds

  private static func answer(_ status: HTTPResponse.Status, _ done: Done<RetentionHold>, _ intent: Intent) -> Answer {
    var answer = Answer.object(status) { write(done.value, isTried: intent.dryRun && status == .created, to: &$0) }
    answer.tell(intent, isReplayed: done.isReplayed)
    return answer
  }

  /// - Parameter isTried: true for one that a dry run has made, which gives no number.
  private static func write(_ hold: RetentionHold, isTried: Bool = false, to writer: inout JSONWriter) {
    writer.member("number", isTried ? nil : hold.seq)
    writer.member("agency", hold.agency.rawValue)
    writer.member("held_at", hold.heldAt.description)
    writer.member("until", hold.until?.description)
    writer.member("released_at", hold.releasedAt?.description)
  }
}
