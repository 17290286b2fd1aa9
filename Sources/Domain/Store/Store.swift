/// The seam between what the service means and how it is kept. Nothing else in Domain or API knows of a database.
public protocol Store: Sendable {
  /// Number of independent readers; one per event loop, so that a read never waits for another.
  var readerCount: Int { get }

  /// The reference data as last committed.
  var reference: Reference { get }

  /// An access key, and how its agency stands on a day, both as last committed: asked for every request.
  func key(_ id: String, on day: LegalDate) -> KnownKey?

  /// The access keys as last committed, by identifier.
  var keys: [String: AccessKey] { get }

  /// Takes note that a key was used: of the hour, which the next commit writes down.
  ///
  /// - Parameter reader: `0..<readerCount`; those who note on different ones never wait for each other.
  func noteUse(of keyID: String, at now: Timestamp, on reader: Int)

  /// When each key was used last, to the hour; without those that never were.
  ///
  /// - Parameter reader: `0..<readerCount`.
  /// - Throws: `storage_unavailable` when the file cannot be read in time.
  func keyUses(on reader: Int) throws -> [String: Timestamp]

  /// Secret of this database, from which cursors are signed. Never shown.
  var signingSecret: [UInt8] { get }

  /// Runs `body` on one consistent snapshot, on the calling thread.
  ///
  /// - Parameter reader: `0..<readerCount`.
  /// - Throws: what `body` throws; `storage_unavailable` when the file cannot be read in time.
  func read<Value>(on reader: Int, _ body: (any CaseReads) throws -> Value) throws -> Value

  /// What decides the visibility of a case as last committed; nil when it is absent or not wanted. The cheapest of all
  /// questions.
  ///
  /// - Parameters:
  ///   - reader: `0..<readerCount`.
  ///   - isWanted: whether the caller may know of the case. One that is not wanted is looked for as one that is absent:
  ///     once, and in the file, so that the time it takes is the same.
  /// - Throws: `storage_unavailable` when the file cannot be read in time.
  func stub(_ id: CaseID, on reader: Int, where isWanted: (CaseStub) -> Bool) throws -> CaseStub?

  /// Runs `body` on one consistent snapshot, on a thread of the lane of long reading. Owners take turns there.
  ///
  /// - Throws: what `body` throws; `too_many_requests` when much of the owner waits, `busy` when much of all does;
  ///   `storage_unavailable` when the file cannot be read in time.
  func readLong<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (any CaseReads) throws -> Value
  ) async throws -> Value

  /// Sees to it that a search for words finds what was committed before the call.
  ///
  /// - Throws: as `write`.
  func bringWordsUpToDate(for owner: KeyOwner) async throws

  /// What the newest answers are made of.
  var revision: Revision { get }

  /// How the store stands now. It asks the file system too: nothing for an event loop.
  func condition() -> StoreCondition

  /// Runs `body` on the states of all cases as last committed, on the thread of statistics. Owners take turns there.
  ///
  /// - Throws: what `body` throws; `too_many_requests` when much of the owner waits, `busy` when much of all does;
  ///   `storage_unavailable` when the file cannot be read in time.
  func readStates<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (CaseStates, any CaseReads) throws -> Value
  ) async throws -> Value

  /// Returns true when something after `seq` was committed that may be visible to `agency`; false when `duration` has
  /// passed or nobody is to wait any longer.
  ///
  /// - Throws: `too_many_requests` when many requests of the agency wait already; `busy` when many of all do.
  func waitForChange(visibleTo agency: AgencyCode, after seq: Int64, atMost duration: Duration) async throws(Failure)
    -> Bool

  /// How backups stand. Asking never waits for a disk: what lies in the folder is looked up beside.
  var backupStatus: BackupStatus { get }

  /// Makes a backup of the newest state on a thread of its own, while reads and writes go on.
  ///
  /// - Parameter dryRun: true to throw the copy away when it has been proved.
  /// - Throws: `backups_not_configured` when there is no folder for it; `backup_running` while another one is made;
  ///   `storage_unavailable` when it cannot be made, or would not be sound.
  func backUp(dryRun: Bool) async throws -> Backup

  /// The backups in the folder, newest first.
  ///
  /// - Throws: `backups_not_configured`; `storage_unavailable` when the folder cannot be read.
  func backups() async throws -> [Backup]

  /// Lets everyone go who waits for a change, now and from now on, and breaks off a backup.
  func stopWaiting()

  /// Runs `body` alone on the newest state and returns once its effect is on the disk.
  ///
  /// - Parameters:
  ///   - owner: whose work it is: owners take turns.
  ///   - budget: what the bytes that it stores are counted against; nil: nothing.
  ///   - dryRun: undo every effect, and answer as if there were one.
  ///   - body: runs in a savepoint of its own: when it throws, nothing of it remains.
  /// - Throws: what `body` throws; `too_many_requests` when much of the owner waits or the budget is spent, `busy` when much
  ///   of all does; `storage_unavailable` when the disk refuses.
  func write<Value: Sendable>(
    by owner: KeyOwner, spending budget: ByteBudget?, dryRun: Bool,
    _ body: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value

  /// How a budget stands at `now`.
  func use(of budget: ByteBudget, at now: Timestamp) -> ByteUse
}

extension Store {
  /// Runs `body` as above, and counts what it stores against the owner's own budget.
  public func write<Value: Sendable>(
    by owner: KeyOwner, dryRun: Bool, _ body: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value {
    try await write(by: owner, spending: owner.budget, dryRun: dryRun, body)
  }
}

/// What answers depend on: as long as it is the same, so are they.
public struct Revision: Sendable, Hashable {
  /// The newest sequence.
  public var seq: Int64
  /// Changes of reference data and keys since the store was opened.
  public var reference: Int

  /// Makes a revision.
  public init(seq: Int64, reference: Int) {
    self.seq = seq
    self.reference = reference
  }
}

/// Questions about one snapshot.
public protocol CaseReads {
  /// What decides the visibility of a case; nil when absent.
  func stub(_ id: CaseID) throws -> CaseStub?
  /// The case as it is now; nil when absent. Visibility is the caller's to judge.
  func caseRecord(_ id: CaseID) throws -> Case?
  /// The same by the key of the store, which costs one look-up less.
  func caseRecord(behind stub: CaseStub) throws -> Case?
  /// The case as version `version` recorded it.
  func caseRecord(_ id: CaseID, version: Int) throws -> Case?
  /// The case as this service had recorded it by `instant`.
  func caseRecord(_ id: CaseID, recordedBy instant: Timestamp) throws -> Case?
  /// The progress made by acts up to `date`, with the facts as known now.
  func caseRecord(_ id: CaseID, effectiveOn date: LegalDate) throws -> Case?
  /// The newest sequence; 0 when nothing has happened.
  func head() throws -> Int64
  /// Up to which sequence the index of words knows.
  func wordsSeq() throws -> Int64
  /// When the newest event was stored; the beginning of 1970 when nothing has happened.
  func lastRecordedAt() throws -> Timestamp
  /// The oldest sequence the feed can begin with.
  func oldest() throws -> Int64
  /// At most `limit` changes after a sequence, in the order of their commits. Visibility is the caller's to judge.
  func changes(after seq: Int64, limit: Int) throws -> ChangePage
  /// Cases as they stood at a sequence, in ascending order of identity; at most `limit` cases are looked at. Visibility
  /// is the caller's to judge. Texts of 1 MiB end a page early.
  func pastCases(at seq: Int64, after id: CaseID, limit: Int) throws -> PastPage<PastCase>
  /// What decides who sees the cases as they stood at a sequence, in the same order.
  func pastStubs(at seq: Int64, after id: CaseID, limit: Int) throws -> PastPage<PastStub>
  /// The number of cases that `agency` saw at a sequence and still sees.
  func pastCount(at seq: Int64, for agency: AgencyCode) throws -> Int
  /// Certificates of agreement below a number, newest first.
  func certificates(of agency: AgencyCode?, before number: Int64, limit: Int) throws -> [Certificate]
  /// A figure that was given out; nil when there is none of that name. Visibility is the caller's to judge.
  func figure(_ id: String) throws -> Figure?
  /// The same without its answer: what decides who sees it.
  func figureTerms(_ id: String) throws -> Figure?
  /// Which of these cases exist for an agency now.
  func keys(_ keys: [Int64], visibleTo agency: AgencyCode) throws -> Set<Int64>
  /// What has happened to cases after a sequence, without what leaves the record as it is. Visibility is the caller's to
  /// judge.
  func caseChanges(_ keys: [Int64], after seq: Int64) throws -> [CaseChanges]
  /// Published figures below a number, newest first.
  func publishedFigures(_ election: String?, before number: Int64, limit: Int) throws -> [PublishedFigure]
  /// One published figure; nil when absent.
  func publishedFigure(_ number: Int64) throws -> PublishedFigure?
  /// Every public release of an election that was made, in the order of their dates, those of a date in the order of
  /// their definitions.
  func publicReleases(of election: String) throws -> [StoredRelease]
  /// The day in Jakarta on which the first of an election's cases was recorded, by election. It looks at every case.
  func firstRecordedDays() throws -> [String: LegalDate]
  /// The identities of the next cases after a key, in the order of the keys under which the store keeps them.
  func caseIDs(after key: Int64, limit: Int) throws -> [(key: Int64, id: CaseID)]
  /// True for a sequence that was given out before a restoration and is lost with it.
  func isLost(_ seq: Int64) throws -> Bool
  /// Cases at versions that were found before, each in its place; nil for one that is absent. Visibility is the caller's to
  /// judge.
  func pastCases(_ places: [CasePlace]) throws -> [PastCase?]
  /// Every visible case that a question finds, whatever its limit.
  func allCases(_ query: CaseQuery) throws -> [CasePlace]
  /// Every clock of visible cases that a question finds, whatever its limit.
  func allClocks(_ query: ClockQuery) throws -> [ClockPlace]
  /// A page of visible cases.
  func cases(_ query: CaseQuery) throws -> CasePage
  /// The number of visible cases that match.
  func count(_ query: CaseQuery) throws -> Int
  /// How many clocks are open on a day, whoever may see them; what there is none of may be left out.
  func openClocks(on today: LegalDate) throws -> [OpenClockCount]
  /// A page of clocks of visible cases.
  func clocks(_ query: ClockQuery) throws -> ClockPage
  /// The events of a case after a sequence, oldest first; at most `limit`.
  func history(_ id: CaseID, after seq: Int64, limit: Int) throws -> [Event]
  /// The ties of a case, in the order in which they were made.
  func links(_ id: CaseID) throws -> [Link]
  /// The tie between two cases; nil when there is none.
  func link(_ relation: LinkRelation, from id: CaseID, to other: CaseID) throws -> Link?
  /// Cases of the rows of `agency` that share the report number, the act's day, region and violation, or, where the
  /// agency sees whom they are about, the person: those first recorded, at most 1,000 by each of the three.
  func related(to record: Case, for agency: AgencyCode) throws -> [RelatedCase]
  /// The correction requests of a case after a number, in order; at most `limit`.
  func correctionRequests(_ id: CaseID, after number: Int, limit: Int) throws -> [CorrectionRequest]
  /// The case with this report number about this person; nil when there is none.
  func existingReport(_ facts: Facts) throws -> Case?
  /// True when a case was known by this number and person before a correction, and none is now.
  func isFormerReport(_ facts: Facts) throws -> Bool
  /// True while open clocks are to be derived anew.
  func clocksAreMarked() throws -> Bool
  /// An answer given earlier for an idempotency key.
  func reply(_ owner: KeyOwner, _ key: String) throws -> StoredReply?
}

extension CaseReads {
  /// Every event of a case, oldest first.
  public func history(_ id: CaseID) throws -> [Event] { try history(id, after: 0, limit: .max) }

  /// Every correction request of a case, in order.
  public func correctionRequests(_ id: CaseID) throws -> [CorrectionRequest] {
    try correctionRequests(id, after: 0, limit: .max)
  }
}

/// Changes; each call is part of the write it stands in.
public protocol CaseWrites: CaseReads {
  /// The reference data as this write sees it, earlier writes of the same commit included.
  func currentReference() throws -> Reference
  /// Stores a new case with every version and event of its history, and returns it as it now is.
  ///
  /// - Throws: `report_exists` when agency, report number and person are taken; nothing is written then.
  func create(_ history: CaseHistory) throws -> Case
  /// Stores the next version of a case with its event.
  func update(_ old: Case, to new: Case, _ event: EventDraft) throws -> Case
  /// Stores an event that leaves the record as it is.
  func append(_ event: EventDraft, to record: Case) throws
  /// Stores a link, both ways. False when it was there already.
  func link(_ record: Case, _ other: Case, _ link: Link) throws -> Bool
  /// Stores a correction request and returns its number.
  func requestCorrection(_ record: Case, by agency: AgencyCode, patch: String, reason: String, at: Timestamp) throws
    -> Int
  /// Records how a correction request ended.
  func decideCorrection(_ record: Case, _ request: CorrectionRequest) throws
  /// Stores a certificate; returns it with its number and time.
  func certify(_ certificate: Certificate, by keyID: String) throws -> Certificate
  /// Stores a figure; returns the one that was stored first under that name.
  func issue(_ figure: Figure) throws -> Figure
  /// Stores a published figure; returns it with its number and time.
  func register(_ figure: PublishedFigure, by keyID: String) throws -> PublishedFigure
  /// Stores a public release and returns it with its time; nil when there is one of the election and the date that tells
  /// something: that one stays.
  func release(_ release: StoredRelease) throws -> StoredRelease?
  /// Remembers an answer with its effect.
  func remember(_ reply: StoredReply, _ owner: KeyOwner, _ key: String, at: Timestamp) throws
  /// A key as this write sees it, earlier writes of the same commit included.
  func key(_ id: String) throws -> AccessKey?
  /// Stores a key.
  func insert(_ key: AccessKey) throws
  /// Sets when a key ends; an end that is set never moves back.
  func revoke(_ keyID: String, at: Timestamp) throws
  /// Adds or replaces rows of reference data.
  func put(_ entries: [ReferenceEntry]) throws
  /// Marks that every open clock must be derived anew, because an operator has changed rules or holidays.
  func markClocks(by keyID: String) throws
  /// Derives the clocks of the next cases that may have an open one, at most `limit`, and stores a version of each that
  /// changes; nil when nothing is marked.
  func deriveClocks(limit: Int) throws -> ClockDerivationStep?
  /// Indexes the words of the next cases, at most `limit`; returns up to which sequence the index knows then.
  func indexWords(limit: Int) throws -> Int64
  /// Leaves a trace of an administrator's act.
  func audit(_ what: String, by keyID: String, detail: String, at: Timestamp) throws
}

extension CaseWrites {
  /// Stores a new case with its first event.
  ///
  /// - Throws: `report_exists` when agency, report number and person are taken; nothing is written then.
  public func create(_ id: CaseID, _ facts: Facts, _ progress: CaseProgress, _ event: EventDraft) throws -> Case {
    try create(CaseHistory(id, facts, progress, event))
  }
}

/// What an idempotency key has led to. It names the result and does not hold it, so that no personal value is kept twice
/// and a retry never shows more than the caller may see now.
public struct StoredReply: Sendable, Equatable {
  /// SHA-256 of method, path and body.
  public var requestDigest: [UInt8]
  /// Status of the first answer.
  public var status: Int
  /// The case, when the result is one.
  public var caseID: CaseID?
  /// Its version as first answered.
  public var version: Int?
  /// Identifier of another result (a key, a request number).
  public var resource: String?

  /// Makes a reply.
  public init(requestDigest: [UInt8], status: Int, caseID: CaseID?, version: Int?, resource: String?) {
    self.requestDigest = requestDigest
    self.status = status
    self.caseID = caseID
    self.version = version
    self.resource = resource
  }
}
