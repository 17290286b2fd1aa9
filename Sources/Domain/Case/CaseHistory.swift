/// A case from its report on, judged act by act before anything of it is stored: what an import brings in at once.
///
/// What a store assigns (number, sequence and times of the records) is left open.
public struct CaseHistory: Sendable {
  /// The case after one act, and the event that tells of the act.
  public struct Entry: Sendable {
    /// Its version is that of the entry before when the act left the record as it was.
    public fileprivate(set) var record: Case
    public let event: EventDraft
  }

  /// From the report on; never empty.
  public private(set) var entries: [Entry]

  /// The case as it now is.
  public var record: Case { entries[entries.endIndex - 1].record }

  /// The history of a case that has just been reported.
  ///
  /// - Parameter provenance: who imports it; by default nobody does.
  public init(
    _ id: CaseID, _ facts: Facts, _ progress: CaseProgress, _ event: EventDraft,
    provenance: Provenance = Provenance()
  ) {
    let epoch = Timestamp(milliseconds: 0)
    let record = Case(
      id: id, number: "", version: 1, seq: 0, facts: facts, progress: progress, provenance: provenance,
      createdAt: epoch, updatedAt: epoch)
    entries = [Entry(record: record, event: event)]
  }

  /// Says of every stop of a clock that it is recorded on `day`.
  public mutating func recordStops(on day: LegalDate) {
    // Nothing of a report is stopped yet, and then it is not copied.
    for index in entries.indices where entries[index].record.progress.hasUnrecordedStops {
      entries[index].record.progress.recordStops(on: day)
    }
  }

  /// The history of a case that `importer` brings in, in the name of the context's actor.
  public init(
    _ id: CaseID, _ facts: Facts, _ progress: CaseProgress, _ event: EventDraft, importer: AgencyCode?,
    _ context: Lifecycle.Context
  ) {
    var provenance = Provenance(importer: importer)
    if importer != nil { provenance.importedVersions = 1 }
    provenance.add(version: 1, progress.milestones.changes(since: Milestones()), context)
    self.init(id, facts, progress, event, provenance: provenance)
  }

  /// Goes on with an action.
  ///
  /// - Throws: what ``Lifecycle/judge(_:on:_:)`` throws; the history is then as it was.
  public mutating func take(_ action: Action, _ context: Lifecycle.Context) throws(Failure) {
    var (changed, event) = try Lifecycle.judgeBroughtIn(action, on: record, context)
    if var next = changed, next.provenance.importer != nil {
      next.provenance.importedVersions = next.version
      changed = next
    }
    entries.append(Entry(record: changed ?? record, event: event))
  }
}

extension Provenance {
  /// Notes an act that its agency has to confirm. A note needs none: it moves nothing, and exists for that agency alone.
  fileprivate mutating func add(version: Int, _ milestones: UInt16, _ context: Lifecycle.Context) {
    guard context.reference.needsConfirmation(context.actor, on: context.today) else { return }
    unconfirmed.append(UnconfirmedAct(version: version, agency: context.actor.agency, milestones: milestones))
  }
}

extension Lifecycle {
  /// Judges an action that an import brings in, and notes who has to confirm it. The version of the case is the next one.
  ///
  /// - Throws: what ``apply(_:to:_:)`` throws.
  public static func judgeBroughtIn(_ action: Action, on record: Case, _ context: Context) throws(Failure)
    -> (changed: Case?, event: EventDraft)
  {
    let (changed, event) = try judge(action, on: record, context)
    guard var changed else { return (nil, event) }
    changed.version = record.version + 1
    let milestones = changed.progress.milestones.changes(since: record.progress.milestones)
    changed.provenance.add(version: changed.version, milestones, context)
    return (changed, event)
  }

  /// Judges an action and says what is to be stored: the case as it then is, nil when a note leaves it as it was, and
  /// the event.
  ///
  /// - Throws: what ``apply(_:to:_:)`` throws.
  public static func judge(_ action: Action, on record: Case, _ context: Context) throws(Failure)
    -> (changed: Case?, event: EventDraft)
  {
    let changed = try apply(action, to: record, context)
    let names = changed.hasFacts(of: record) ? [] : Facts.changes(from: record.facts, to: changed.facts)
    let event = EventDraft(action, by: context.actor, changed: names)
    return (action.kind == .notes ? nil : changed, event)
  }
}
