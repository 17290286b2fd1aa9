public import Domain

/// How long personal values are kept: what falls due, what holds it, and erasure before time.
public struct RetentionService: RecordService {
  public let records: Records
  private let run: RetentionRun

  /// - Parameter run: does what an erasure still needs.
  public init(_ records: Records, run: RetentionRun) { (self.records, self.run) = (records, run) }

  /// Days in which a case stands on the list before it is erased.
  public var noticeDays: Int { run.noticeDays }

  /// What falls due, soonest first: of every case for the operator, who is told no more of one than when, and for BKN, which
  /// may hold it; for any other agency of its own.
  public func list(_ question: RetentionQuestion, by asker: Asker) async throws -> [RetainedCase] {
    var question = question
    if let agency = asker.caller?.agency, agency != .bkn {
      let own = records.reference.answeredFor(by: agency, on: asker.today)
      question.owners = question.owners.map { owners in owners.filter(own.contains) } ?? own
    }
    return try await records.readLong(by: asker) { [question] in try $0.retained(question) }
  }

  /// The holds of some of them, those that bind today.
  public func holds(of cases: [RetainedCase], by asker: Asker) async throws -> [[RetentionHold]] {
    let today = asker.today
    return try await records.readPart(by: asker) { reads in
      try cases.map { try reads.retentionHolds(of: $0.id).filter { $0.isBinding(on: today) } }
    }
  }

  /// Every hold of a case.
  public func holds(on visible: VisibleCase, by asker: Asker) throws -> [RetentionHold] {
    try records.read(by: asker) { reads in
      _ = try reads.sight(of: visible.id, for: visible.agency)
      return try reads.retentionHolds(of: visible.id)
    }
  }

  /// Keeps the values of a case beyond their time.
  public func hold(
    until: LegalDate?, because reason: String, on visible: VisibleCase, by asker: Asker, _ intent: Intent
  ) async throws -> Done<RetentionHold> {
    try await change(visible, by: asker, intent) { seen, context, transaction in
      try transaction.append(
        try Lifecycle.hold(seen.record, until: until, because: reason, context), to: seen.record)
      guard let hold = try transaction.retentionHolds(of: seen.record.id).last else { throw Failure.notFound }
      return hold
    }
  }

  /// Says that a hold is needed no longer.
  public func release(
    _ number: Int64, because reason: String, on visible: VisibleCase, by asker: Asker, _ intent: Intent
  ) async throws -> Done<RetentionHold> {
    @Sendable func find(_ id: CaseID, _ reads: any CaseReads) throws -> RetentionHold {
      guard let hold = try reads.retentionHolds(of: id).first(where: { $0.seq == number }) else {
        throw Failure.notFound
      }
      return hold
    }
    return try await change(visible, by: asker, intent) { seen, context, transaction in
      let hold = try find(seen.record.id, transaction)
      try transaction.append(
        try Lifecycle.release(hold, of: seen.record, because: reason, context), to: seen.record)
      return try find(seen.record.id, transaction)
    }
  }

  /// Erases the personal values of a case before their time.
  public func erase(
    because ground: ErasureGround, on visible: VisibleCase, matching tag: String?, by asker: Asker, _ intent: Intent
  ) async throws -> Done<SeenCase> {
    let store = records.store
    let done = try await records.change(visible, matching: tag, by: asker, intent) { now in
      let event = try Lifecycle.erase(
        now.record, because: ground, holds: try now.transaction.retentionHolds(of: now.record.id),
        keysGoneFrom: store.keysGone(afterErasureOn: now.context.today), now.context)
      return try now.transaction.erase(now.record, event)
    }
    if !intent.dryRun { await run.finishErasures() }
    return done
  }

  private func change(
    _ visible: VisibleCase, by asker: Asker, _ intent: Intent,
    _ body: @escaping @Sendable (SeenCase, Lifecycle.Context, any CaseWrites) throws -> RetentionHold
  ) async throws -> Done<RetentionHold> {
    let (id, agency, context) = (visible.id, visible.agency, try asker.context(records.reference))
    return try await records.once(by: asker, intent) { reply, transaction in
      _ = try transaction.sight(of: id, for: agency)
      let number = reply.resource.flatMap { Int64($0) }
      guard var hold = try transaction.retentionHolds(of: id).first(where: { $0.seq == number }) else {
        throw Failure.notFound
      }
      // The answer is the first one: of a hold that nobody had released, or of the release.
      if reply.status == 201 { hold.releasedAt = nil }
      return hold
    } change: { transaction in
      let seen = try transaction.seen(id, by: agency)
      let hold = try body(seen, context.renewed(by: transaction), transaction)
      let status = hold.releasedAt == nil ? 201 : 200
      let reply = StoredReply(requestDigest: [], status: status, caseID: id, version: nil, resource: String(hold.seq))
      return (hold, reply)
    }
  }
}
