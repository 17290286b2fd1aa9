public import Domain
internal import Foundation
internal import GRDB
public import Merkle
public import Service
internal import Synchronization

/// Domain's store on one SQLite file: one writing connection with group commit, and one read-only connection per
/// event loop.
public final class SQLiteStore: Store {
  let path: String
  private let lock: LockFile
  private let vault: Vault
  private let words: WordIndex
  private let writer: Writer
  private let readers: [Reader]
  private let lane: ReadingLane
  private let statistics: StatisticsLane
  private let backupLane: BackupLane
  private let bell: ChangeBell
  private let snapshots: Snapshots
  private let uses: KeyUses
  private let stubs = StubCache()
  private let ledger: ByteLedger
  private let signer: CheckpointSigner?
  private let queueMax: Int
  private let erasures: ErasureCompletion
  private let files: EvidenceFiles
  public let signingSecret: [UInt8]
  /// True when opening has sealed a file of an earlier release: copies of that elsewhere still hold names in clear.
  public let wasSealed: Bool

  /// Opens the file, creates or migrates it, and takes the lock that keeps a second writing process out.
  ///
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - readerCount: number of readers, at least 1.
  ///   - settings: limits.
  /// - Throws: `OpenFailure` when the file cannot be used.
  public init(path: String, readerCount: Int, settings: StoreSettings = StoreSettings()) throws {
    precondition(readerCount >= 1, "a store without a reader answers nothing")
    let path = try Opening.resolved(path)
    self.path = path
    queueMax = settings.queueMax
    lock = try LockFile(for: path)
    backupLane = BackupLane(database: path, settings: settings)
    let opened = try Opening.openWriter(path, settings)
    let (queue, vault) = (opened.queue, opened.vault)
    wasSealed = try Opening.explaining(path) {
      // Before anything in clear goes there is a copy of the keys that open the rest.
      try KeyBackups.makeFirst(of: path, queue, settings)
      return try ClearRemains(path: path).remove(queue)
    }
    let words = try Opening.explaining(path) { try WordIndex(of: path, vault, settings: settings) }
    (self.vault, self.words) = (vault, words)
    let searched = words.searched
    (snapshots, signingSecret, ledger, bell, readers, lane, statistics) = try Opening.explaining(path) {
      let (state, ledger) = try queue.inDatabase { database in
        (
          try Opening.loadState(database),
          try ByteLedger(database, path, bytesPerDay: settings.bytesPerAgencyPerDay)
        )
      }
      return (
        Snapshots(reference: state.reference, keys: state.keys), state.secret, ledger,
        ChangeBell(head: state.head, countMax: settings.waitersMax),
        try (0..<readerCount).map { _ in try Reader(path: path, vault: vault, words: searched, settings: settings) },
        try ReadingLane(path: path, vault: vault, words: searched, settings: settings),
        try StatisticsLane(path: path, vault: vault, words: searched, settings: settings)
      )
    }
    uses = KeyUses(readerCount: readerCount)
    let (tree, signer) = try Opening.explaining(path) { try RecordOpening.open(queue, vault, path, settings) }
    self.signer = signer
    writer = Writer(
      queue: queue, vault: vault, words: words, snapshots: snapshots, uses: uses, stubs: stubs, ledger: ledger,
      bell: bell,
      tree: tree, signer: signer, settings: settings)
    files = EvidenceFiles(of: path, vault.digests)
    erasures = ErasureCompletion(
      path: path, settings: settings, vault: vault, words: words, files: files, writer: writer)
    files.deleteIncoming()
    writer.start()
    words.start()
    signer?.start()
    lane.start()
    statistics.start()
  }

  public var readerCount: Int { readers.count }
  public var reference: Reference { snapshots.value.withLock { $0.reference } }
  public func key(_ id: String, on day: LegalDate) -> KnownKey? {
    // Within the lock: a copy of all reference data would cost more than the question.
    snapshots.value.withLock { value in value.keys[id].map { KnownKey($0, on: day, value.reference) } }
  }
  public var keys: [String: AccessKey] { snapshots.value.withLock { $0.keys } }
  public var revision: Revision {
    Revision(seq: bell.head, reference: snapshots.value.withLock { $0.revision })
  }

  public func read<Value>(on reader: Int, _ body: (any CaseReads) throws -> Value) throws -> Value {
    try readers[reader].read(body)
  }

  public func stub(_ id: CaseID, on reader: Int, where isWanted: (CaseStub) -> Bool) throws -> CaseStub? {
    let (known, generation) = stubs.look(for: id)
    if let known, isWanted(known) { return known }
    guard let stub = try readers[reader].read({ try $0.stub(id) }), isWanted(stub) else { return nil }
    stubs.keep(stub, readAt: generation)
    return stub
  }

  public func sight(of id: CaseID, on reader: Int, where isWanted: (CaseStub) -> Bool) throws -> (
    stub: CaseStub, record: Case?
  )? {
    let (known, generation) = stubs.look(for: id)
    if let known, isWanted(known) { return (known, nil) }
    let found = try readers[reader].read { transaction -> (stub: CaseStub, record: Case?)? in
      guard let stub = try transaction.stub(id), isWanted(stub) else { return nil }
      return (stub, try transaction.caseRecord(behind: stub))
    }
    if let found { stubs.keep(found.stub, readAt: generation) }
    return found
  }

  public func noteUse(of keyID: String, at now: Timestamp, on reader: Int) { uses.note(keyID, at: now, on: reader) }

  public func keyUses(on reader: Int) throws -> [String: Timestamp] {
    try readers[reader].read { try $0.keyUses() }.merging(uses.all) { _, newer in newer }
  }

  public func readLong<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (any CaseReads) throws -> Value
  ) async throws -> Value {
    try await lane.read(for: owner, body)
  }

  public func readStates<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (CaseStates, any CaseReads) throws -> Value
  ) async throws -> Value {
    try await statistics.read(for: owner, body)
  }

  public func prepared(_ history: CaseHistory) -> any PreparedHistory {
    // What cannot be prepared now is prepared by the thread that writes.
    PreparedCase(ready: history, vault) ?? UnpreparedCase(history: history)
  }

  public func write<Value: Sendable>(
    by owner: KeyOwner, spending budget: ByteBudget?, dryRun: Bool, noting receipts: Receipts?,
    _ body: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value {
    try await writer.submit(by: owner, spending: budget, dryRun: dryRun, noting: receipts, body)
  }

  public func bringWordsUpToDate(for owner: KeyOwner) async throws {
    try await words.bringUpToDate(bell.head)
  }

  public func finishErasures() async throws -> ErasureProgress {
    try await Self.beside { [erasures] in try erasures.finish() }
  }
  public func missingErasures() async throws -> [CaseID] {
    try await Self.beside { [erasures] in try erasures.missing() }
  }
  public func keysGone(afterErasureOn day: LegalDate) -> LegalDate { erasures.keysGone(afterErasureOn: day) }

  public func takeFile() async throws -> any IncomingFile { try await Self.beside { [files] in try files.begin() } }
  public func compare(_ file: any IncomingFile) async throws {
    guard let file = file as? IncomingEvidence, let placed = file.placed else { return }
    let known = try await lane.read(for: .operator) { try ($0 as? Transaction)?.namedFile(placed.digest) }
    try await Self.beside { [files, vault] in
      // One that is new is read as well, so that nobody tells by the time of an answer whether others have it.
      guard let known else { return try file.prove() }
      do {
        try EvidenceCheck.prove(known, in: files.folder, vault, isFull: true)
      } catch is EvidenceCheck.Fault {
        // The one that has come takes its place.
        file.noteLost(known.name)
      }
    }
  }
  public func open(_ place: any FilePlace) async throws -> any KeptFile {
    guard let place = place as? SealedPlace else { throw Failure.storageUnavailable }
    return try await Self.beside { [files] in
      do {
        return try BlockFile(files.folder.path(of: place.name), byteCount: place.byteCount, place.cipher)
      } catch is EvidenceFault {
        throw Failure.evidenceDamaged
      }
    }
  }
  public func deleteOrphans() async throws {
    try await Self.beside { [files, writer] in
      try files.deleteOrphans(isStart: true) {
        try writer.alone { (try $0.evidenceNames(), try $0.restorationCount()) }
      }
    }
  }

  /// Runs what waits for disks on a thread that nobody waits for.
  private static func beside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
    }
  }

  public func use(of budget: ByteBudget, at now: Timestamp) -> ByteUse { ledger.use(of: budget, at: now) }

  public func waitForChange(visibleTo agency: AgencyCode, after seq: Int64, atMost duration: Duration)
    async throws(Failure) -> Bool
  {
    try await bell.wait(for: agency, after: seq, atMost: duration)
  }

  public func stopWaiting() {
    bell.close()
    backupLane.stop()
  }

  public var checkpoint: SignedNote? { signer?.newest }
  public var logKey: NoteVerifier? { signer?.verifier }

  public var backupStatus: BackupStatus { backupLane.status }
  public func backUp(dryRun: Bool) async throws -> Backup { try await backupLane.backUp(dryRun: dryRun) }
  public func backups() async throws -> [Backup] { try await backupLane.backups() }

  public func condition() -> StoreCondition {
    let (queued, oldest) = writer.crowd
    let volume = Volume(of: path)
    return StoreCondition(
      head: bell.head, queued: queued, queueMax: queueMax, oldestWait: oldest, longReadsQueued: lane.queuedCount,
      waiters: bell.waiterCount, commits: writer.commits, databaseBytes: volume.fileBytes, logBytes: volume.logBytes,
      diskFreeBytes: volume.freeBytes)
  }

  /// Finishes what is queued, folds the log into the file and lets the lock go. Nothing may be asked afterwards.
  ///
  /// - Throws: when the file cannot be closed cleanly; nothing acknowledged is lost by that.
  public func close() throws {
    bell.close()
    backupLane.close()
    erasures.close()
    writer.stop()
    signer?.close()
    try lane.close()
    try statistics.close()
    for reader in readers { try reader.close() }
    try words.close()
    try writer.close()
    try vault.close()
    lock.release()
  }
}

/// What the file system says of a database; nil where it says nothing.
private struct Volume {
  var fileBytes: Int64?
  var logBytes: Int64?
  /// Without what is kept for the superuser.
  var freeBytes: Int64?

  init(of path: String) {
    var status = stat()
    if stat(path, &status) == 0 { fileBytes = Int64(status.st_size) }
    if stat(path + "-wal", &status) == 0 { logBytes = Int64(status.st_size) }
    freeBytes = DiskSpace(of: path)?.freeBytes
  }
}
