public import Domain

/// Cases: reporting them, showing them, and finding them.
public struct CaseService: RecordService {
  public let records: Records
  private let ids: CaseIDs

  /// - Parameter ids: shared by everything that makes cases.
  public init(_ records: Records, ids: CaseIDs) { (self.records, self.ids) = (records, ids) }

  /// The case, when it exists for whoever asks: the newest, from memory where it is known there.
  ///
  /// - Parameter reading: true where the case itself will be shown: it is read in the same look.
  /// - Throws: `not_found` when it does not.
  public func visible(_ id: CaseID, by asker: Asker, reading: Bool = false) throws -> VisibleCase {
    let agency = try asker.agency()
    var projection: Projection?
    func isWanted(_ stub: CaseStub) -> Bool {
      projection = Visibility.projection(of: stub, for: agency)
      return projection != nil
    }
    let store = records.store
    let found =
      reading
      ? try store.sight(of: id, on: asker.reader, where: isWanted)
      : try store.stub(id, on: asker.reader, where: isWanted).map { (stub: $0, record: nil) }
    guard let found, let projection else { throw Failure.notFound }
    return VisibleCase(found.stub, projection, for: agency, record: found.record)
  }

  /// The case as it is now, judged anew by what is read: a commit may have come in between.
  ///
  /// - Throws: `not_found` when it does not exist for whoever asks any more.
  public func current(_ visible: VisibleCase, by asker: Asker) throws -> SeenCase {
    if let record = visible.record { return try SeenCase(record, for: visible.agency) }
    return try records.read(by: asker) { try SeenCase($0.caseRecord(behind: visible.stub), for: visible.agency) }
  }

  /// The case on an earlier day, by the acts up to it with the facts as known now. What is seen is judged by the case as
  /// it is now.
  ///
  /// - Throws: `not_found` when it was not there yet.
  public func past(_ visible: VisibleCase, on date: LegalDate, by asker: Asker) throws -> SeenCase {
    try records.read(by: asker) { reads in
      let seen = try reads.seen(visible.id, by: visible.agency)
      guard let then = try reads.caseRecord(visible.id, effectiveOn: date) else { throw Failure.notFound }
      return seen.showing(then)
    }
  }

  /// The case as it was on record at an earlier instant. What is seen is judged by the case as it is now and as it was
  /// then, whichever shows less, and less what a later correction has withdrawn.
  ///
  /// - Throws: `not_found` when it was not there yet.
  public func past(_ visible: VisibleCase, recordedBy instant: Timestamp, by asker: Asker) throws -> SeenCase {
    let context = try asker.context(records.reference)
    return try records.read(by: asker) { reads in
      _ = try reads.sight(of: visible.id, for: visible.agency)
      guard let then = try reads.caseRecord(visible.id, recordedBy: instant) else { throw Failure.notFound }
      return try reads.seen(then, context)
    }
  }

  /// Records a report.
  ///
  /// - Parameter predecessor: in whose name the agency reports; nil: in its own.
  /// - Throws: `report_exists`, and what the law refuses.
  public func create(_ draft: CaseDraft, onBehalfOf predecessor: AgencyCode?, by asker: Asker, _ intent: Intent)
    async throws -> Done<SeenCase>
  {
    let agency = try asker.agency()
    let (id, now, dryRun) = (ids.next(at: asker.now), asker.now, intent.dryRun)
    let context = try asker.context(records.reference)
    @Sendable func report(by context: Lifecycle.Context) throws -> any PreparedHistory {
      let facts = try context.reference.sealingReporter(
        of: context.reference.facts(from: draft, until: context.lastDay), .ofActiveKeys, on: context.today)
      let progress = try Lifecycle.open(facts, onBehalfOf: predecessor, context)
      let event = EventDraft(
        what: .created, actor: context.actor, onBehalfOf: predecessor, occurredOn: facts.source.receivedOn)
      return records.store.prepared(CaseHistory(id, facts, progress, event))
    }
    // Judged here and not on the writer's thread. A refusal waits: a retry is answered as the first request was.
    let judged = Result { try report(by: context) }
    return try await records.once(by: asker, intent) {
      try SeenCase.replayed($0, for: context.renewed(by: $1), $1)
    } change: { transaction in
      let renewed = try context.renewed(by: transaction)
      let report = renewed.reference.isSame(as: context.reference) ? try judged.get() : try report(by: renewed)
      let facts = report.history.record.facts
      let sees = Visibility.projection(of: VisibilityBasis(reported: facts), for: agency)?.contains(.subject) == true
      guard sees || !dryRun else {
        // Whether a predecessor has reported this person is not told without a trace to who may not know its persons.
        var tried = report.history.record
        (tried.createdAt, tried.updatedAt) = (now, now)
        return (try SeenCase.created(tried, for: agency, dryRun: true), StoredReply(201, tried))
      }
      let record = try transaction.create(report)
      return (try SeenCase.created(record, for: agency, dryRun: dryRun), StoredReply(201, record))
    }
  }

  /// Which violation fits an act, and why. A suggestion: people decide.
  ///
  /// - Throws: `invalid` when the question names what the reference data do not have.
  public func classify(_ question: ClassificationQuestion) throws(Failure) -> ClassificationAnswer {
    try records.reference.classify(question)
  }
}
