internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Corrections of facts: by the owner or BKN at once, by anyone else on request.
enum CorrectionRoutes {
  /// True when the agency may correct facts itself.
  static func mayCorrect(_ record: Case, _ context: Lifecycle.Context) -> Bool {
    let agency = context.actor.agency
    guard context.reference.standing(of: agency, on: context.today) == .inOffice else { return false }
    return agency == .bkn || context.reference.owns(agency, record.facts, on: context.today)
  }

  /// PATCH /v1/cases/{id}: a JSON merge patch of the facts (RFC 7396) with `reason`.
  static func correct(_ exchange: Exchange) async throws -> Answer {
    let id = try exchange.caseID()
    let context = try exchange.context()
    let agency = context.actor.agency
    let write = try await Write(exchange, keyRequired: false)
    try exchange.requireSight(of: id)
    let match = exchange.request.fields[.ifMatch]
    let (patch, reason) = try split(write.body.value)
    let (seen, replayed) = try await write.once(
      replay: { try SeenCase.replayed($0, for: agency, $1) },
      change: { transaction in
        let context = try context.renewed(by: transaction)
        let seen = try transaction.seen(id, by: agency)
        guard mayCorrect(seen.record, context) else { throw Failure.notOwner }
        try EntityTag.requireMatch(match, version: seen.record.version, seen.projection)
        try Correction.requireOpen(patch, seen.projection)
        let record = try apply(patch, to: seen.record, reason, "correction", context, transaction)
        return (try seen.changed(to: record, for: agency, dryRun: write.dryRun), StoredReply(.ok, record))
      })
    return seen.answer(.ok, write, replayed: replayed)
  }

  /// POST /v1/cases/{id}/correction-requests: `{"patch": {…}, "reason": "…"}`
  static func request(_ exchange: Exchange) async throws -> Answer {
    let id = try exchange.caseID()
    let context = try exchange.context()
    let agency = context.actor.agency
    let write = try await Write(exchange, keyRequired: true)
    try exchange.requireSight(of: id)
    let reader = try ObjectReader(write.body.value)
    let wish = CorrectionBody.request(reader)
    try reader.errors.check()
    guard let (patch, reason) = wish else { throw Failure.invalid(reader.errors.all) }
    let now = exchange.now
    let (request, replayed) = try await write.once(
      replay: { reply, transaction in
        // The answer is the first one: of a request that nobody had decided on.
        var request = try find(Int(reply.resource ?? "") ?? 0, of: id, agency, transaction)
        (request.state, request.decidedBy, request.decidedAt, request.decisionReason) = (.open, nil, nil, nil)
        return request
      },
      change: { transaction in
        let seen = try transaction.seen(id, by: agency)
        do throws(Failure) {
          try Correction.requireOpen(patch, seen.projection)
        } catch {
          throw error.pointing(into: "/patch")
        }
        // What could not be accepted is refused at once, not when the owner comes to it.
        let names = try Correction.changes(patch, in: seen.record, context.renewed(by: transaction), at: "/patch")
        var json = JSONWriter()
        json.value(patch)
        let number = try transaction.requestCorrection(
          seen.record, by: agency, patch: String(decoding: json.bytes, as: UTF8.self), reason: reason, at: now)
        let event = EventDraft(
          what: "correction_request", actor: context.actor, changed: names,
          details: [("request", String(number))])
        try transaction.append(event, to: seen.record)
        let reply = StoredReply(
          requestDigest: [], status: 201, caseID: id, version: nil, resource: String(number))
        return (try find(number, of: id, agency, transaction), reply)
      })
    let number = write.dryRun ? nil : request.number
    var answer = Answer.json(.created) { Self.write(request, number, seesPatch: true, to: &$0) }
    answer.fields = write.fields(replayed: replayed)
    return answer
  }

  /// GET /v1/cases/{id}/correction-requests: the wanted values are shown to requester and owner alone. Whole, as long as
  /// they fit a page.
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let id = try exchange.caseID()
    let path = "/v1/cases/\(id)/correction-requests"
    let cursors = exchange.cursors(of: path)
    let start = try query["cursor"].map { try cursors.open($0).place.key } ?? 0
    var requests = try await exchange.read(
      CorrectionRequests(id: id, context: try exchange.context(), after: Int(start)))
    let cursor = try requests.isFull ? cursors.seal(.init(value: "", key: Int64(requests.after))) : nil
    return requests.page.answer(next: cursor, at: path)
  }

  /// POST …/correction-requests/{n}/acceptance
  static func accept(_ exchange: Exchange) async throws -> Answer { try await decide(exchange, accepting: true) }

  /// POST …/correction-requests/{n}/refusal
  static func refuse(_ exchange: Exchange) async throws -> Answer { try await decide(exchange, accepting: false) }

  private static func decide(_ exchange: Exchange, accepting: Bool) async throws -> Answer {
    let id = try exchange.caseID()
    guard let number = exchange.parameters.last.flatMap({ Int($0) }) else { throw Failure.notFound }
    let context = try exchange.context()
    let agency = context.actor.agency
    let write = try await Write(exchange, keyRequired: false)
    try exchange.requireSight(of: id)
    let match = exchange.request.fields[.ifMatch]
    let reader = try ObjectReader(write.body.value)
    let reason = CorrectionBody.decision(reader)
    try reader.errors.check()
    let now = exchange.now
    let (seen, replayed) = try await write.once(
      replay: { try SeenCase.replayed($0, for: agency, $1) },
      change: { transaction in
        let context = try context.renewed(by: transaction)
        let seen = try transaction.seen(id, by: agency)
        let found = try transaction.correctionRequests(id, after: number - 1, limit: 1).first { $0.number == number }
        let movesReceipt = try found.map { try asksForReceipt($0, seen.record, context) } ?? false
        if movesReceipt, let found {
          let obstacle = Lifecycle.receiptObstacle(for: agency, requestedBy: found.requestedBy, seen.record, context)
          if let obstacle { throw obstacle }
        } else {
          guard context.reference.owns(agency, seen.record.facts, on: context.today) else { throw Failure.notOwner }
        }
        try EntityTag.requireMatch(match, version: seen.record.version, seen.projection)
        guard var request = found else { throw Failure.notFound }
        guard request.state == .open else { throw Failure.alreadyDecided }
        request.state = accepting ? .accepted : .refused
        request.decidedBy = agency
        request.decidedAt = now
        request.decisionReason = reason
        try transaction.decideCorrection(seen.record, request)
        let record = try finish(
          request, accepting, seen.record, reason ?? "", context, transaction, movesReceipt: movesReceipt)
        return (try seen.changed(to: record, for: agency, dryRun: write.dryRun), StoredReply(.created, record))
      })
    return seen.answer(.created, write, replayed: replayed)
  }

  private static func finish(
    _ request: CorrectionRequest, _ accepting: Bool, _ record: Case, _ reason: String, _ context: Lifecycle.Context,
    _ transaction: any CaseWrites, movesReceipt: Bool
  ) throws -> Case {
    guard accepting else {
      let event = EventDraft(
        what: "correction_refusal", actor: context.actor,
        details: [("request", String(request.number))], texts: [("reason", reason, .narrative)])
      try transaction.append(event, to: record)
      return record
    }
    let patch = try Exchange.parse(Array(request.patch.utf8))
    return try apply(
      patch, to: record, reason, "correction_acceptance", context, transaction, movesReceipt: movesReceipt)
  }

  /// True when an open request changes a settled day of receipt and nothing else, so that the owner does not decide on it.
  private static func asksForReceipt(_ request: CorrectionRequest, _ record: Case, _ context: Lifecycle.Context)
    throws(Failure) -> Bool
  {
    guard request.state == .open else { return false }
    let patch = try Exchange.parse(Array(request.patch.utf8))
    return Correction.movesReceipt(patch, of: record, context) && Correction.besideReceipt(patch).isEmpty
  }

  /// True when the agency decides on a request about a settled day of receipt.
  fileprivate static func decides(
    _ agency: AgencyCode, on request: CorrectionRequest, _ record: Case, _ context: Lifecycle.Context
  ) throws(Failure) -> Bool {
    guard try asksForReceipt(request, record, context) else { return false }
    return Lifecycle.receiptObstacle(for: agency, requestedBy: request.requestedBy, record, context) == nil
  }

  private static func apply(
    _ patch: JSONValue, to record: Case, _ reason: String, _ what: String, _ context: Lifecycle.Context,
    _ transaction: any CaseWrites, movesReceipt: Bool = false
  ) throws -> Case {
    let corrected = try Correction.apply(patch, to: record, context, movesReceipt: movesReceipt)
    let names = Facts.changes(from: record.facts, to: corrected.facts)
    let moved = corrected.facts.source.receivedOn != record.facts.source.receivedOn
    // A day that two agencies have agreed on is not one agency's to change again.
    if moved, !movesReceipt, try transaction.history(record.id).contains(where: \.hasMovedSource) {
      throw Failure.receiptSettled
    }
    // Nothing has happened that anybody would have to know of.
    if names.isEmpty, what == "correction" { return record }
    // The reason may repeat what is corrected: it is seen by those who see the most guarded of the facts.
    let group: FieldGroup = names.contains { Facts.group(of: $0) == .reporter } ? .reporter : .narrative
    let event = EventDraft(
      what: what, actor: context.actor, changed: names, texts: [("reason", reason, group)])
    guard !names.isEmpty else {
      try transaction.append(event, to: record)
      return record
    }
    return try transaction.update(record, to: corrected, event)
  }

  private static func split(_ body: JSONValue) throws(Failure) -> (patch: JSONValue, reason: String) {
    let reader = try ObjectReader(body)
    let reason = CorrectionBody.reason(reader)
    try reader.errors.check()
    guard case .object(var members) = body, let reason else { throw .invalid("", .type) }
    members["reason"] = nil
    return (.object(members), reason)
  }

  private static func find(_ number: Int, of id: CaseID, _ agency: AgencyCode, _ reads: any CaseReads) throws
    -> CorrectionRequest
  {
    guard number > 0, let request = try reads.correctionRequests(id, after: number - 1, limit: 1).first,
      request.number == number
    else { throw Failure.notFound }
    return request
  }

  /// - Parameter number: nil in the answer to a dry run, which gives none.
  static func write(
    _ request: CorrectionRequest, _ number: Int?, seesPatch: Bool, to writer: inout JSONWriter
  ) {
    writer.beginObject()
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
    writer.endObject()
  }
}

/// The correction requests of a case on their way onto a page.
private struct CorrectionRequests: PiecewiseList {
  let id: CaseID
  let context: Lifecycle.Context
  /// The number up to which requests were looked at.
  var after: Int
  var page = ListPage()
  var isFull = false
  var isOver = false

  /// Requests of one piece: each may hold a long narrative.
  private static let pieceRequests = 50

  mutating func readPiece(_ reads: any CaseReads) throws {
    let agency = context.actor.agency
    let seen = try reads.seen(id, by: agency)
    let owns = context.reference.owns(agency, seen.record.facts, on: context.today)
    let requests = try reads.correctionRequests(id, after: after, limit: Self.pieceRequests)
    for request in requests {
      // A successor owns the case and yet is not the agency that reported it: the reporter stays withheld.
      let isOpen = Correction.isOpen(request.patch, seen.projection)
      let isParty =
        try owns || request.requestedBy == agency
        || CorrectionRoutes.decides(agency, on: request, seen.record, context)
      let seesPatch = isOpen && isParty
      guard page.add({ CorrectionRoutes.write(request, request.number, seesPatch: seesPatch, to: &$0) }) else {
        (isFull, isOver) = (true, true)
        return
      }
      after = request.number
    }
    isOver = requests.count < Self.pieceRequests
  }
}

extension Event {
  /// A correction of the report that another agency has accepted.
  fileprivate var hasMovedSource: Bool { what == "correction_acceptance" && changed.contains("source") }
}

extension Failure {
  static let notOwner = Failure(
    .notOwner, en: "Only the reporting agency may do this (or BKN, for a correction); post a correction-request.",
    id: "Hanya lembaga pelapor (atau BKN, untuk koreksi) yang dapat melakukannya; kirim correction-request.")
  static let alreadyDecided = Failure(
    .alreadyDecided, en: "This correction request is decided.", id: "Permintaan koreksi ini sudah diputuskan.")
}
