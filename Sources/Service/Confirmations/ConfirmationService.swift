public import Domain

/// What agencies say about what others have recorded in their name.
public struct ConfirmationService: RecordService {
  public let records: Records

  /// Answers for the cases of `records`.
  public init(_ records: Records) { self.records = records }

  /// Answers in one case.
  public func answer(
    _ confirmation: Confirmation, on visible: VisibleCase, matching tag: String?, by asker: Asker, _ intent: Intent
  ) async throws -> Done<SeenCase> {
    try await records.change(visible, matching: tag, by: asker, intent) { now in
      try Self.take(confirmation, on: now.record, now.context, now.transaction)
    }
  }

  /// Answers that share a write.
  public static let batchMax = 100

  /// Stores some answers in one write. One that fails does so before anything of it is written.
  public func answer(_ lines: [Result<ConfirmationLine, Failure>], by asker: Asker, dryRun: Bool) async throws
    -> [Result<SeenCase, Failure>]
  {
    let context = try asker.context(records.reference)
    return try await records.store.write(
      by: try asker.owner(), spending: asker.caller?.budget, dryRun: dryRun, noting: asker.receipts
    ) { transaction in
      let context = try context.renewed(by: transaction)
      return try lines.map { try Self.keep($0, context, transaction, dryRun: dryRun) }
    }
  }

  /// The cases that an agency has imported until a moment and that wait for a word of whoever asks.
  ///
  /// - Throws: `invalid` when there is no such agency.
  public func waiting(importedBy importer: AgencyCode, until: Timestamp, for asker: Asker) throws(Failure) -> CaseQuery
  {
    guard records.reference.agencies[importer.rawValue] != nil else { throw .invalid("/imported_by", .unknownCode) }
    var query = CaseQuery(caller: try asker.agency(), today: asker.today)
    query.unconfirmed = true
    query.answering = records.reference.answeredFor(by: query.caller, on: query.today)
    (query.importer, query.createdUntil) = (importer, until)
    (query.descending, query.limit) = (false, Self.batchMax)
    return query
  }

  /// The next of them.
  public func batch(of query: CaseQuery, by asker: Asker) throws -> CasePage {
    try records.read(by: asker) { try $0.cases(query) }
  }

  private static func keep(
    _ answer: Result<ConfirmationLine, Failure>, _ context: Lifecycle.Context, _ transaction: any CaseWrites,
    dryRun: Bool
  ) throws -> Result<SeenCase, Failure> {
    do {
      let line = try answer.get()
      let agency = context.actor.agency
      guard let id = line.caseID else { throw Failure.notFound }
      let seen = try transaction.seen(id, by: agency)
      if let match = line.match {
        try EntityTag.requireMatch(match, version: seen.record.version, seen.projection, seen.record.commitments)
      }
      let record = try take(line.confirmation, on: seen.record, context, transaction)
      return .success(try seen.changed(to: record, for: agency, dryRun: dryRun))
    } catch let failure as Failure {
      return .failure(failure)
    }
  }

  /// Judges an answer and stores what it changes.
  private static func take(
    _ confirmation: Confirmation, on record: Case, _ context: Lifecycle.Context, _ transaction: any CaseWrites
  ) throws -> Case {
    // Nobody has recorded anything in another's name where there is no importer: then no history is read.
    guard record.provenance.importer != nil else { throw Failure.notNamed }
    let verdict = try Lifecycle.judge(confirmation, on: record, try transaction.history(record.id), context)
    let earlier = try verdict.fallsBackTo.flatMap { try transaction.caseRecord(record.id, version: $0) }
    let (changed, event) = try Lifecycle.apply(verdict, of: confirmation, to: record, earlier: earlier, context)
    return try transaction.update(record, to: changed, event)
  }
}

/// An answer among many.
public struct ConfirmationLine: Sendable {
  /// Nil when the line names no identity.
  public let caseID: CaseID?
  /// Nil where the case was found as it is.
  public let match: String?
  public let confirmation: Confirmation

  /// An answer in the case of that identity, as its entity tag has it.
  public init(caseID: CaseID?, match: String?, confirmation: Confirmation) {
    (self.caseID, self.match, self.confirmation) = (caseID, match, confirmation)
  }
}
