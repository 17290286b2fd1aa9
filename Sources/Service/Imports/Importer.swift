public import Domain

/// Brings in whole histories: each line is a case and the ordered acts on it, judged as if each agency had posted its
/// own. Used by `POST /v1/imports` and by `netral demo`.
public struct Importer: Sendable {
  /// In whose name reports and acts may be brought in.
  public enum Reach: Sendable {
    /// That of the importing agency and of those it succeeded.
    case own
    /// That of any agency: scope `migration`.
    case anyone
    /// Each agency's by that agency itself, with its key: no import, but how the demo was recorded.
    case eachItself(keyIDs: [AgencyCode: String])
  }

  /// The agency that imports, its key, and how far that reaches.
  public struct Origin: Sendable {
    public var agency: AgencyCode
    public var keyID: String
    public var reach: Reach
    /// What the bytes that are stored are counted against; nil: nothing.
    public var budget: ByteBudget?

    public init(agency: AgencyCode, keyID: String, reach: Reach, budget: ByteBudget? = nil) {
      self.agency = agency
      self.keyID = keyID
      self.reach = reach
      self.budget = budget
    }
  }

  /// What became of a line.
  public enum Outcome: Sendable {
    case created(CaseID)
    /// Everything that the line says is on record. Nil when the report is another agency's, or the importing agency may
    /// not know whom the case is about.
    case duplicate(CaseID?)
    /// What is on record has been taken further by the acts at the end of the line.
    case extended(CaseID)
    /// The report was on record, and its personal values were erased: it is not brought back.
    case erased
    /// The line says something else than the record, at the places that the failure names; nothing was changed.
    case differs(CaseID, Failure)
    case invalid(Failure)
  }

  /// What became of a line, and what is left of it to do.
  public struct Kept: Sendable {
    public var outcome: Outcome
    /// Its last leaf; nil where it has left none.
    public var leaf: LeafReceipt?
    /// Files of the line that are to come, by their SHA-256; nil where it names none, or none may be told of.
    public var awaitedFiles: [String]?
  }

  /// A line as it is judged by all but what is stored already.
  public enum Judged: Sendable {
    /// With the line and what it was judged by: rules may have changed until it is stored.
    case accepted(any PreparedHistory, ImportLine, Reference)
    /// With the line and its facts, when it gives any: the report may be known already.
    case refused(Failure, (line: ImportLine, facts: Facts)?)
  }

  let origin: Origin
  let store: any Store
  let now: @Sendable () -> Timestamp
  let ids: CaseIDs
  /// Where the leaves of what is stored are noted.
  let receipts: Receipts?

  /// Its dates follow the clock `now`.
  public init(
    origin: Origin, store: any Store, now: @escaping @Sendable () -> Timestamp, ids: CaseIDs = CaseIDs(),
    noting receipts: Receipts? = nil
  ) {
    self.origin = origin
    self.store = store
    self.now = now
    self.ids = ids
    self.receipts = receipts
  }

  /// Imports some lines in one write; a broken line never stops the others.
  public func run(_ lines: [ImportLine], dryRun: Bool) async throws -> [Outcome] {
    try await keep(judge(lines.map { .success($0) }), dryRun: dryRun).map(\.outcome)
  }

  /// Judges lines by everything that needs no database: work for any thread.
  public func judge(_ lines: [Result<ImportLine, Failure>]) -> [Judged] {
    let (now, reference) = (now(), store.reference)
    return lines.map { line in
      do throws(Failure) {
        return try judge(try line.get(), now, reference)
      } catch {
        return .refused(error, nil)
      }
    }
  }

  /// Stores what was judged, in one write. A line that fails does so before anything of it is written.
  ///
  /// - Returns: what has become of each line.
  public func keep(_ lines: [Judged], dryRun: Bool) async throws -> [Kept] {
    try await store.write(by: .agency(origin.agency), spending: origin.budget, dryRun: dryRun, noting: receipts) {
      transaction in
      try lines.map { line in
        let before = transaction.receipt
        let (outcome, id) = try keep(line, dryRun: dryRun, transaction)
        return Kept(
          outcome: outcome, leaf: dryRun || transaction.receipt == before ? nil : transaction.receipt,
          awaitedFiles: try announce(line.files, for: id, transaction))
      }
    }
  }

  /// - Returns: what has become of a line, and the case whose files it may name.
  private func keep(_ line: Judged, dryRun: Bool, _ transaction: any CaseWrites) throws -> (Outcome, about: CaseID?) {
    switch line {
    case .accepted(let prepared, let line, let reference):
      let (history, current) = (prepared.history, try transaction.currentReference())
      guard current.isSame(as: reference) else {
        return try keep(judgedAgain(line, history, current), dryRun: dryRun, transaction)
      }
      // A dry run leaves no trace: it must not tell which reports of others are known, and does not look.
      if dryRun, !isOpen(history.record.facts.source.agency, current) {
        return (.created(history.record.id), history.record.id)
      }
      let facts = history.record.facts
      if isOpen(facts.source.agency, current), try transaction.isFormerReport(facts) {
        return try refusal(.invalid([]), (line, facts), isSound: true, dryRun: dryRun, transaction)
      }
      do {
        let id = try transaction.create(prepared).id
        return (.created(id), id)
      } catch let failure as Failure {
        if failure.code == .reportErased {
          return (isOpen(facts.source.agency, current) ? .erased : .duplicate(nil), nil)
        }
        return try refusal(failure, (line, history.record.facts), isSound: true, dryRun: dryRun, transaction)
      }
    case .refused(let failure, let known):
      return try refusal(failure, known, isSound: false, dryRun: dryRun, transaction)
    }
  }

  /// Notes which files of a line are to come: those that do not stand in the case, but for those that the agency itself has
  /// brought there before. They take the place of what an earlier line has named.
  ///
  /// - Parameter id: the case that holds what the line says; nil where nothing may be told of it.
  private func announce(_ files: [AnnouncedFile]?, for id: CaseID?, _ transaction: any CaseWrites) throws -> [String]? {
    guard let files, let id else { return nil }
    // A dry run has created none.
    guard let record = try transaction.caseRecord(id) else { return files.map(\.sha256) }
    guard Visibility.projection(of: record, for: origin.agency)?.contains(.evidence) == true else { return nil }
    let reference = try transaction.currentReference()
    let awaited = files.filter { file in
      record.standingEvidence(file.sha256) == nil
        && !record.evidence.contains { $0.sha256 == file.sha256 && isOwn($0.receivedBy, reference) }
    }
    try transaction.announce(awaited, for: record, by: origin.agency)
    return awaited.map(\.sha256)
  }

  /// Whether the importing agency may know which reports of `reporter` are there, and about whom.
  private func isOpen(_ reporter: AgencyCode, _ reference: Reference) -> Bool {
    reporter == origin.agency
      || Visibility.row(origin.agency).subject.contains(.always) && isOwn(reporter, reference)
  }

  /// Whether `agency` is the importing one or one that it succeeded.
  func isOwn(_ agency: AgencyCode, _ reference: Reference) -> Bool {
    agency == origin.agency || reference.hasSucceeded(origin.agency, agency, on: LegalDate(inJakarta: now()))
  }

  private func judgedAgain(_ line: ImportLine, _ history: CaseHistory, _ reference: Reference) -> Judged {
    do throws(Failure) {
      return try judge(line, now(), reference)
    } catch {
      return .refused(error, (line, history.record.facts))
    }
  }

  /// A report that is known already is compared with what is on record, whatever else is wrong with the line.
  private func refusal(
    _ failure: Failure, _ known: (line: ImportLine, facts: Facts)?, isSound: Bool, dryRun: Bool,
    _ transaction: any CaseWrites
  ) throws -> (Outcome, about: CaseID?) {
    guard let (line, facts) = known else { return (.invalid(failure), nil) }
    let isOpen = isOpen(facts.source.agency, try transaction.currentReference())
    // Of others' reports only a sound line is told that one is known: where it is not, it leaves a case in sight of all.
    // A line that is refused anyway would test a guess about a person and leave no trace.
    guard isOpen || (isSound && !dryRun), let existing = try transaction.existingReport(facts) else {
      return (.invalid(failure), nil)
    }
    // The line names a person: which case is about that person is told only where the subject is open.
    guard isOpen, let projection = Visibility.projection(of: existing, for: origin.agency),
      projection.contains(.subject)
    else {
      // Whoever has brought the case in may put right what was said of its files.
      return (.duplicate(nil), existing.provenance.importer == origin.agency ? existing.id : nil)
    }
    let outcome = try KnownReport(existing, seen: projection, transaction).compare(line, facts, self)
    return (outcome, outcome.caseID)
  }

  /// Whether this key may speak for an agency.
  func speaks(for agency: AgencyCode, _ reference: Reference) -> Bool {
    if case .own = origin.reach { isOwn(agency, reference) } else { true }
  }

  /// The view of the rules under which an act of an agency is brought in.
  ///
  /// - Parameter isGoingOn: true for what follows on a case that is on record already.
  func context(_ agency: AgencyCode, _ reference: Reference, _ now: Timestamp, isGoingOn: Bool = false)
    -> Lifecycle.Context
  {
    // A pause that is dated back would hide that nobody acted in time: of one's own cases it is judged as if it were
    // posted. In a history of others' every act waits for a word.
    let isHistory = if case .own = origin.reach { false } else { !isGoingOn }
    let today = LegalDate(inJakarta: now)
    return Lifecycle.Context(
      actor: actor(agency, reference, today), reference: reference, today: today,
      lastDay: LegalDate(inJayapura: now), isHistory: isHistory)
  }

  private func judge(_ line: ImportLine, _ now: Timestamp, _ reference: Reference) throws(Failure) -> Judged {
    try requireOwn(line, reference)
    let facts = try line.at("/case") { () throws(Failure) in
      try reference.sealingReporter(
        of: reference.facts(from: line.draft, until: LegalDate(inJayapura: now)), .ofAnyKeys,
        on: LegalDate(inJakarta: now))
    }
    do throws(Failure) {
      let history = try history(of: line, facts, ids.next(at: now), reference, now)
      try requireFiles(of: line, history.record, now)
      return .accepted(store.prepared(history), line, reference)
    } catch {
      return .refused(error, (line, facts))
    }
  }

  /// - Throws: `invalid` for files that say they are of a day to come, and for all of them where the importing agency does not
  ///   see files of the case.
  func requireFiles(of line: ImportLine, _ record: Case, _ now: Timestamp) throws(Failure) {
    guard let files = line.files, !files.isEmpty else { return }
    guard Visibility.projection(of: record, for: origin.agency)?.contains(.evidence) == true else {
      throw .invalid("/evidence", .notAllowed)
    }
    let today = LegalDate(inJakarta: now)
    let wrong = files.indices.filter { files[$0].facts.takenOn.map { $0 > today } ?? false }
    if !wrong.isEmpty {
      throw .invalid(wrong.map { FieldError(pointer: "/evidence/\($0)/taken_on", .range, Hint.future) })
    }
  }

  /// - Throws: `import_not_yours` at every agency in whose name the key may not speak, whatever else is wrong with the
  ///   line, and before anything that is stored is asked.
  private func requireOwn(_ line: ImportLine, _ reference: Reference) throws(Failure) {
    guard case .own = origin.reach else { return }
    var pointers: [String] = []
    if !isOwn(line.draft.facts.source.agency, reference) { pointers.append("/case/source/agency") }
    for (index, step) in line.actions.enumerated() where !isOwn(step.agency, reference) {
      pointers.append("/actions/\(index)/agency")
    }
    if pointers.isEmpty { return }
    throw notOwn(at: pointers)
  }

  func notOwn(at pointers: [String]) -> Failure {
    Failure(
      .importNotYours, en: "This key imports for \(origin.agency) and the agencies that it succeeded alone.",
      inIndonesian: "Kunci ini hanya mengimpor untuk \(origin.agency) dan lembaga yang digantikannya.",
      errors: pointers.map { FieldError(pointer: $0, .notAllowed) })
  }

  /// Who acts, and who brings the act in: where each records its own, the successor of one that has ended.
  private func actor(_ agency: AgencyCode, _ reference: Reference, _ today: LegalDate) -> Actor {
    if case .eachItself(let keyIDs) = origin.reach {
      let recorder = keyIDs.keys.first { reference.hasSucceeded($0, agency, on: today) } ?? agency
      return Actor(
        agency: agency, importedBy: recorder == agency ? nil : recorder, keyID: keyIDs[recorder] ?? origin.keyID)
    }
    return Actor(agency: agency, importedBy: agency == origin.agency ? nil : origin.agency, keyID: origin.keyID)
  }

  /// The agency that brings in the case that `reporting` has reported; nil where nobody does.
  private func importer(_ reporting: Actor) -> AgencyCode? {
    if case .eachItself = origin.reach { reporting.importedBy } else { origin.agency }
  }

  private func history(
    of line: ImportLine, _ facts: Facts, _ id: CaseID, _ reference: Reference, _ now: Timestamp
  ) throws(Failure) -> CaseHistory {
    let reporting = context(facts.source.agency, reference, now)
    let progress = try line.at("/case") { () throws(Failure) in try Lifecycle.open(facts, onBehalfOf: nil, reporting) }
    let event = EventDraft(what: .created, actor: reporting.actor, occurredOn: facts.source.receivedOn)
    var history = CaseHistory(id, facts, progress, event, importer: importer(reporting.actor), reporting)
    for (index, step) in line.actions.enumerated() {
      try line.at("/actions/\(index)") { () throws(Failure) in
        guard reference.agencies[step.agency.rawValue] != nil else { throw Failure.invalid("/agency", .unknownCode) }
        // As if the agency had posted it: what it cannot see it cannot act on.
        _ = try SeenCase(history.record, for: step.agency)
        try history.take(step.action, context(step.agency, reference, now))
      }
    }
    return history
  }
}

extension Importer.Judged {
  /// The files that the line names.
  fileprivate var files: [AnnouncedFile]? {
    switch self {
    case .accepted(_, let line, _): line.files
    case .refused(_, let known): known?.line.files
    }
  }
}

extension Importer.Outcome {
  /// The case that holds what the line says; nil where there is none.
  fileprivate var caseID: CaseID? {
    switch self {
    case .created(let id), .extended(let id): id
    case .duplicate(let id): id
    case .erased, .differs, .invalid: nil
    }
  }
}
