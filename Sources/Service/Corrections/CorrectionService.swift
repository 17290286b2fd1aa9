public import Domain
public import JSON

/// Corrections of facts: by the owner or BKN at once, by anyone else on request.
public struct CorrectionService: RecordService {
  public let records: Records
  private let correction: Correction

  /// - Parameter merge: reads the facts as they are after a patch.
  public init(_ records: Records, merge: @escaping FactsMerge) {
    self.records = records
    correction = Correction(merge: merge)
  }

  /// True when the agency may correct facts itself.
  static func mayCorrect(_ record: Case, _ context: Lifecycle.Context) -> Bool {
    let agency = context.actor.agency
    guard context.reference.standing(of: agency, on: context.today) == .inOffice else { return false }
    return agency == .bkn || context.reference.owns(agency, record.facts, on: context.today)
  }

  /// Corrects facts by a JSON merge patch (RFC 7396).
  ///
  /// - Throws: `not_owner` where the agency may not; `invalid` with `withheld` where it may not see what it patches.
  public func correct(
    _ wish: CorrectionWish, on visible: VisibleCase, matching tag: String?, by asker: Asker, _ intent: Intent
  ) async throws -> Done<SeenCase> {
    try await records.change(visible, matching: tag, by: asker, intent, status: 200) { now in
      guard Self.mayCorrect(now.record, now.context) else { throw Failure.notOwner }
    } _: { now in
      try Correction.requireOpen(wish.patch, now.seen.projection)
      return try apply(wish, to: now.record, .correction, now.context, now.transaction)
    }
  }

  /// Asks for a correction. What could not be accepted is refused at once, not when the owner comes to it.
  public func request(_ wish: CorrectionWish, on visible: VisibleCase, by asker: Asker, _ intent: Intent) async throws
    -> Done<CorrectionRequest>
  {
    let (id, agency, now, context) = (visible.id, visible.agency, asker.now, try asker.context(records.reference))
    return try await records.once(by: asker, intent) { reply, transaction in
      // The answer is the first one: of a request that nobody had decided on.
      var request = try Self.find(Int(reply.resource ?? "") ?? 0, of: id, agency, transaction)
      (request.state, request.decidedBy, request.decidedAt, request.decisionReason) = (.open, nil, nil, nil)
      return request
    } change: { transaction in
      let seen = try transaction.seen(id, by: agency)
      do throws(Failure) {
        try Correction.requireOpen(wish.patch, seen.projection)
      } catch {
        throw error.pointing(into: "/patch")
      }
      try Correction.requireNoOpenReporter(wish.patch, of: seen.record, context.renewed(by: transaction))
      let names = try correction.changes(wish.patch, in: seen.record, context.renewed(by: transaction), at: "/patch")
      let mark = try Self.mark(wish, names, in: seen.record, transaction)
      var json = JSONWriter()
      json.value(wish.patch)
      let number = try transaction.requestCorrection(
        seen.record, by: agency, patch: String(decoding: json.bytes, as: UTF8.self), reason: wish.reason, at: now)
      let event = EventDraft(
        what: .correctionRequest, actor: context.actor, changed: names, details: [("request", String(number))] + mark)
      try transaction.append(event, to: seen.record)
      let reply = StoredReply(requestDigest: [], status: 201, caseID: id, version: nil, resource: String(number))
      return (try Self.find(number, of: id, agency, transaction), reply)
    }
  }

  /// Decides on a request.
  ///
  /// - Throws: `not_owner` or `mandate_missing` where the agency does not decide on it; `already_decided`; what the law
  ///   refuses.
  public func decide(
    _ decision: CorrectionDecision, on visible: VisibleCase, matching tag: String?, by asker: Asker, _ intent: Intent
  ) async throws -> Done<SeenCase> {
    let (agency, instant) = (visible.agency, asker.now)
    return try await records.change(visible, matching: tag, by: asker, intent) { now in
      let found = try Self.find(decision.number, in: now)
      let movesReceipt = try found.map { try Self.asksForReceipt($0, now.record, now.context) } ?? false
      if movesReceipt, let found {
        let obstacle = Lifecycle.receiptObstacle(
          for: agency, requestedBy: found.requestedBy, now.record, now.context)
        if let obstacle { throw obstacle }
      } else {
        guard now.context.reference.owns(agency, now.record.facts, on: now.context.today) else {
          throw Failure.notOwner
        }
      }
    } _: { now in
      guard var request = try Self.find(decision.number, in: now) else { throw Failure.notFound }
      guard request.state == .open else { throw Failure.alreadyDecided }
      let movesReceipt = try Self.asksForReceipt(request, now.record, now.context)
      request.state = decision.accepts ? .accepted : .refused
      request.decidedBy = agency
      request.decidedAt = instant
      request.decisionReason = decision.reason
      try now.transaction.decideCorrection(now.record, request)
      return try finish(request, decision.reason ?? "", now, movesReceipt: movesReceipt)
    }
  }

  private func finish(_ request: CorrectionRequest, _ reason: String, _ now: CaseChange, movesReceipt: Bool) throws
    -> Case
  {
    guard request.state == .accepted else {
      let event = EventDraft(
        what: .correctionRefusal, actor: now.context.actor,
        details: [("request", String(request.number))], texts: [("reason", reason, .narrative)])
      try now.transaction.append(event, to: now.record)
      return now.record
    }
    let wish = CorrectionWish(
      patch: try Correction.stored(request.patch), reason: reason, isOfWrongPerson: request.isOfWrongPerson)
    return try apply(
      wish, to: now.record, .correctionAcceptance, now.context, now.transaction, accepting: request.number,
      movesReceipt: movesReceipt)
  }

  /// - Parameter number: of the request that is accepted; nil for a correction that nobody has asked for.
  private func apply(
    _ wish: CorrectionWish, to record: Case, _ what: EventKind, _ context: Lifecycle.Context,
    _ transaction: any CaseWrites, accepting number: Int? = nil, movesReceipt: Bool = false
  ) throws -> Case {
    // Keys may have changed since somebody asked.
    let copies = number == nil ? SealedCopies.ofActiveKeys : .ofAnyKeys
    let corrected = try correction.apply(
      wish.patch, to: record, context, copies: copies, movesReceipt: movesReceipt)
    let names = Facts.changes(from: record.facts, to: corrected.facts)
    let moved = corrected.facts.source.receivedOn != record.facts.source.receivedOn
    // A day that two agencies have agreed on is not one agency's to change again.
    if moved, !movesReceipt, try transaction.history(record.id).contains(where: \.hasMovedSource) {
      throw Failure.receiptSettled
    }
    let mark = try Self.mark(wish, names, in: record, transaction)
    // Nothing has happened that anybody would have to know of.
    if names.isEmpty, what == .correction { return record }
    // The reason may repeat what is corrected: it is seen by those who see the most guarded of the facts.
    let group: FieldGroup = names.contains { Facts.group(of: $0) == .reporter } ? .reporter : .narrative
    let event = EventDraft(
      what: what, actor: context.actor, changed: names,
      details: (number.map { [("request", String($0))] } ?? []) + mark, texts: [("reason", wish.reason, group)])
    guard !names.isEmpty else {
      try transaction.append(event, to: record)
      return record
    }
    return try transaction.update(record, to: corrected, event)
  }

  /// What the event of a correction tells of the wrong person: the groups that it puts right, which are withheld of all that
  /// was before.
  ///
  /// - Parameter names: of the facts that it changes.
  /// - Throws: `invalid` when it says that it names another person, and names none.
  private static func mark(
    _ wish: CorrectionWish, _ names: [String], in record: Case, _ reads: any CaseReads
  ) throws -> [(name: String, value: String)] {
    guard wish.isOfWrongPerson else { return [] }
    let groups = Projection(groupsOf: names)
    // What names the person beside the subject may be put right later.
    guard try groups.contains(.subject) || !groups.isEmpty && !reads.withdrawals(of: record.id).isEmpty else {
      throw Failure.invalid("/\(Withdrawals.detail)", .inconsistent, noOtherPerson)
    }
    return [(Withdrawals.detail, groups.names)]
  }

  private static let noOtherPerson = LocalizedText(
    en: "Name another person with it: the correction changes no name, NIP, NIK or position title.",
    inIndonesian: "Sebutkan orang yang benar: koreksi ini tidak mengubah nama, NIP, NIK, atau jabatan.")

  /// True when an open request changes a settled day of receipt and nothing else, so that the owner does not decide on it.
  static func asksForReceipt(_ request: CorrectionRequest, _ record: Case, _ context: Lifecycle.Context)
    throws(Failure) -> Bool
  {
    guard request.state == .open else { return false }
    let patch = try Correction.stored(request.patch)
    return Correction.movesReceipt(patch, of: record, context) && Correction.besideReceipt(patch).isEmpty
  }

  private static func find(_ number: Int, in now: CaseChange) throws -> CorrectionRequest? {
    guard number > 0 else { return nil }
    let marks = try now.transaction.requestMarks(of: now.record.id)
    return try now.transaction.correctionRequests(now.record.id, after: number - 1, limit: 1)
      .first { $0.number == number }?.marked(by: marks)
  }

  private static func find(_ number: Int, of id: CaseID, _ agency: AgencyCode, _ reads: any CaseReads) throws
    -> CorrectionRequest
  {
    guard number > 0, let request = try reads.correctionRequests(id, after: number - 1, limit: 1).first,
      request.number == number
    else { throw Failure.notFound }
    return request.marked(by: try reads.requestMarks(of: id))
  }

  /// The correction requests of a case after a number, until the page is full. The wanted values are shown to requester
  /// and those who decide alone.
  ///
  /// - Parameter add: adds a request to the page, with whether its values are shown; false when it has no room for it.
  /// - Returns: the page, and the number that the next one follows; nil when there is none.
  public func requests<Page: Sendable>(
    on visible: VisibleCase, after number: Int, by asker: Asker, on page: Page,
    add: @escaping @Sendable (CorrectionRequest, _ seesPatch: Bool, inout Page) -> Bool
  ) async throws -> (page: Page, next: Int?) {
    let requests = try await records.readPieces(
      of: CorrectionRequests(
        id: visible.id, context: try asker.context(records.reference), after: number, page: page, add: add),
      by: asker)
    return (requests.page, requests.isFull ? requests.after : nil)
  }
}

/// A correction that an agency makes or asks for.
public struct CorrectionWish: Sendable {
  /// A JSON merge patch of the facts (RFC 7396).
  let patch: JSONValue
  let reason: String
  /// Whether the case is on record about the wrong person.
  let isOfWrongPerson: Bool

  public init(patch: JSONValue, reason: String, isOfWrongPerson: Bool) {
    (self.patch, self.reason, self.isOfWrongPerson) = (patch, reason, isOfWrongPerson)
  }
}

/// What an agency decides on a request for a correction.
public struct CorrectionDecision: Sendable {
  let number: Int
  let accepts: Bool
  let reason: String?

  /// - Parameter number: of the request within its case.
  public init(number: Int, accepts: Bool, reason: String?) {
    (self.number, self.accepts, self.reason) = (number, accepts, reason)
  }
}

/// The correction requests of a case on their way onto a page.
private struct CorrectionRequests<Page: Sendable>: PiecewiseList {
  let id: CaseID
  let context: Lifecycle.Context
  /// The number up to which requests were looked at.
  var after: Int
  var page: Page
  var isFull = false
  var isOver = false
  private let add: @Sendable (CorrectionRequest, Bool, inout Page) -> Bool

  init(
    id: CaseID, context: Lifecycle.Context, after: Int, page: Page,
    add: @escaping @Sendable (CorrectionRequest, Bool, inout Page) -> Bool
  ) {
    (self.id, self.context, self.after, self.page, self.add) = (id, context, after, page, add)
  }

  /// Requests of one piece: each may hold a long narrative.
  private static var pieceRequests: Int { 50 }

  mutating func readPiece(_ reads: any CaseReads) throws {
    let agency = context.actor.agency
    let seen = try reads.seen(id, by: agency)
    let owns = context.reference.owns(agency, seen.record.facts, on: context.today)
    let requests = try reads.correctionRequests(id, after: after, limit: Self.pieceRequests)
    let marks = try requests.isEmpty ? [:] : reads.requestMarks(of: id)
    let withdrawals = try reads.withdrawals(of: id, reportedBy: seen.record.facts.source.agency, context)
    for request in requests {
      // A successor owns the case and yet is not the agency that reported it: the reporter stays withheld.
      let projection = Self.sight(of: request, marks[request.number], seen.projection, withdrawals)
      let isOpen = projection.map { Correction.isOpen(request.patch, $0) } ?? false
      let isParty = try owns || request.requestedBy == agency || decides(on: request, seen.record)
      // Of an erased case nothing is left of what was asked for.
      guard add(request.marked(by: marks), isOpen && isParty && seen.record.erasedOn == nil, &page) else {
        (isFull, isOver) = (true, true)
        return
      }
      after = request.number
    }
    isOver = requests.count < Self.pieceRequests
  }

  /// What is shown of the values of a request; nil for none. Reasons may name who was named by mistake, and so may values: of
  /// a request of that time there is left what is yet to be decided on and names no person.
  private static func sight(
    of request: CorrectionRequest, _ mark: RequestMark?, _ projection: Projection, _ withdrawals: Withdrawals
  ) -> Projection? {
    let seq = mark?.seq ?? 0
    if request.state != .open, withdrawals.withholdsTexts(at: seq) { return nil }
    return withdrawals.facts(projection, at: seq)
  }

  /// True when the agency decides on a request about a settled day of receipt.
  private func decides(on request: CorrectionRequest, _ record: Case) throws(Failure) -> Bool {
    guard try CorrectionService.asksForReceipt(request, record, context) else { return false }
    let agency = context.actor.agency
    return Lifecycle.receiptObstacle(for: agency, requestedBy: request.requestedBy, record, context) == nil
  }
}

extension Event {
  /// A correction of the report that another agency has accepted.
  fileprivate var hasMovedSource: Bool { what == .correctionAcceptance && changed.contains("source") }
}

extension CorrectionRequest {
  /// The same with what its event tells of it.
  fileprivate func marked(by marks: [Int: RequestMark]) -> CorrectionRequest {
    var request = self
    request.isOfWrongPerson = marks[number]?.isOfWrongPerson ?? false
    return request
  }
}

extension Failure {
  static let notOwner = Failure(
    .notOwner, en: "Only the reporting agency may do this (or BKN, for a correction); post a correction-request.",
    inIndonesian: "Hanya lembaga pelapor (atau BKN, untuk koreksi) yang dapat melakukannya; kirim correction-request.")
  static let alreadyDecided = Failure(
    .alreadyDecided, en: "This correction request is decided.", inIndonesian: "Permintaan koreksi ini sudah diputuskan."
  )
}
