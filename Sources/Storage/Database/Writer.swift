internal import CSQLite
internal import Domain
internal import Foundation
internal import GRDB
internal import Merkle
internal import Service
internal import Synchronization

/// The one thread that writes. It takes what is queued, runs one write after the other, commits once, and only then
/// answers.
///
/// A write that fails has written nothing as a rule, and a savepoint for each would be a quarter of SQLite's work. So writes
/// run without. When one fails after it has written, the batch is undone and run again, each write in a savepoint.
///
/// `@unchecked Sendable`: `statements` is touched only inside `queue`, which runs one access at a time; the remaining
/// members are immutable, and Sendable; `tree` and `swept` are touched by the one thread alone.
final class Writer: @unchecked Sendable {
  /// One write that waits. `run` does it; `finish` answers, with a failure when the commit did not come about.
  private struct Job: Sendable {
    let dryRun: Bool
    /// What its bytes are counted against.
    let budget: ByteBudget?
    let run: @Sendable (Transaction) throws -> Void
    let finish: @Sendable (Failure?) -> Void
  }

  private let queue: DatabaseQueue
  private let snapshots: Snapshots
  private let uses: KeyUses
  private let stubs: StubCache
  private let ledger: ByteLedger
  private let signer: CheckpointSigner?
  private let vault: Vault
  private let words: WordIndex
  private let statements = KeptStatements()
  private let bell: ChangeBell
  private let settings: StoreSettings
  private let line: WaitingLine<Job>
  /// Up to where replies were looked at for being forgotten; by the same thread alone. Each write brings one reply and has
  /// four looked at: so few forgotten ones lie about, and a commit takes no longer for them.
  private var swept = ReplySweep()
  /// The right edge of the record as last committed: by the same thread alone.
  private var tree: TreeEdge
  private static let sweptPerWrite = 4
  private let record = Mutex(CommitRecord())
  private let running = DispatchGroup()

  init(
    queue: DatabaseQueue, vault: Vault, words: WordIndex, snapshots: Snapshots, uses: KeyUses, stubs: StubCache,
    ledger: ByteLedger,
    bell: ChangeBell, tree: TreeEdge, signer: CheckpointSigner?, settings: StoreSettings
  ) {
    self.queue = queue
    self.snapshots = snapshots
    self.uses = uses
    self.stubs = stubs
    self.ledger = ledger
    self.bell = bell
    self.settings = settings
    (self.tree, self.signer) = (tree, signer)
    (self.vault, self.words) = (vault, words)
    line = WaitingLine(.init(countMax: settings.queueMax, ownerCountMax: settings.queuePerOwnerMax))
  }

  func start() {
    running.enter()
    let thread = Thread { [self] in
      while let batch = line.take(upTo: settings.batchMax) { commit(batch) }
      running.leave()
    }
    thread.name = "writer"
    thread.start()
  }

  func submit<Value: Sendable>(
    by owner: KeyOwner, spending budget: ByteBudget?, dryRun: Bool, noting receipts: Receipts?,
    _ body: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let outcome = Outcome<Value>()
      let job = Job(
        dryRun: dryRun, budget: budget,
        run: { [ledger] transaction in
          do {
            transaction.pending.jobBytes = 0
            transaction.pending.receipt = nil
            let value = try body(transaction)
            if !dryRun { try ledger.charge(budget, &transaction.pending, at: transaction.now) }
            outcome.keep(value, dryRun ? nil : transaction.pending.receipt)
          } catch {
            outcome.keep(error)
            throw error
          }
        },
        finish: { failure in
          switch outcome.take() {
          case .done(let value, let receipt)? where failure == nil:
            if let receipts, let receipt { receipts.note(receipt) }
            continuation.resume(returning: value)
          // A refusal by a rule stands whatever becomes of the commit.
          case .failed(let error)? where failure == nil || error is Failure: continuation.resume(throwing: error)
          default: continuation.resume(throwing: failure ?? .storageUnavailable)
          }
        })
      do {
        try line.append(job, of: owner)
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// How many writes of each owner wait, and how long the oldest has.
  var crowd: (counts: [KeyOwner: Int], oldest: Duration) { line.crowd }

  /// Uses the connection between two commits. It is nothing for what the record tells of.
  func access<Value>(_ body: (Database, Transaction) throws -> Value) throws -> Value {
    try queue.writeWithoutTransaction { try body($0, Transaction($0, vault)) }
  }

  /// What has become of commits so far.
  var commits: CommitRecord { record.withLock { $0 } }

  /// Finishes what is queued; later writes are refused.
  func stop() {
    line.close()
    running.wait()
  }

  /// Folds the log into the file and closes it.
  func close() throws {
    try queue.inDatabase { database in
      do {
        try Transaction(database, vault).write(uses.takeUnwritten())
      } catch is DatabaseError {
        // A disk that is full. Nothing that was acknowledged is lost by that.
      }
      statements.removeAll()
      try database.execute(sql: "PRAGMA optimize")
      _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  private func commit(_ batch: [Job]) {
    var failure: Failure?
    var fresh: Snapshots.Value?
    let started = csqlite_monotonic_nanoseconds()
    do {
      fresh = try queue.writeWithoutTransaction { database in
        do {
          return try run(batch, database, inSavepoints: false)
        } catch is WrittenByHalf {
          return try run(batch, database, inSavepoints: true)
        }
      }
    } catch let error as DatabaseError {
      failure = Failure(databaseError: error)
    } catch {
      failure = .storageUnavailable
    }
    if let fresh {
      snapshots.value.withLock { value in
        let revision = value.revision + 1
        value = fresh
        value.revision = revision
      }
    }
    let seconds = Double(csqlite_monotonic_nanoseconds() - started) / 1_000_000_000
    record.withLock { record in
      if failure != nil {
        record.failures += 1
        return
      }
      record.batchSizes.add(Double(batch.count))
      record.seconds.add(seconds)
    }
    for job in batch { job.finish(failure) }
  }

  /// One write has failed after it had written something.
  private struct WrittenByHalf: Error {}

  /// Runs and commits a batch; returns reference data and keys when they have changed.
  ///
  /// - Parameter inSavepoints: whether each write is undone by itself when it fails.
  /// - Throws: `WrittenByHalf` when one must be and cannot be; nothing of the batch remains then.
  private func run(_ batch: [Job], _ database: Database, inSavepoints: Bool) throws -> Snapshots.Value? {
    let transaction = Transaction(database, vault, keeping: statements)
    transaction.committedTree = tree
    transaction.committedReference = snapshots.value.withLock { $0.reference }
    // Also after a failure: whether a commit that failed came about is known to the file alone.
    defer { stubs.drop(transaction.changedCases) }
    try database.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
    var writtenUses: [String: Timestamp] = [:]
    do {
      transaction.forgottenBefore = settings.now().adding(
        seconds: -settings.idempotencyLifetime.components.seconds)
      transaction.now = max(settings.now(), try transaction.lastRecordedAt())
      for job in batch {
        if job.dryRun || inSavepoints || ledger.isNearlySpent(job.budget, at: transaction.now) {
          try runInSavepoint(job, transaction, database)
        } else if try !runPlainly(job, transaction, database), batch.count == 1 {
          try database.execute(sql: "ROLLBACK")
          return nil
        }
      }
      let fresh =
        transaction.pending.changedSnapshots
        ? Snapshots.Value(reference: try transaction.currentReference(), keys: try transaction.loadKeys()) : nil
      let spent = transaction.pending.spent
      try transaction.write(ledger.rows(spent, at: transaction.now))
      try transaction.writePending()
      writtenUses = uses.takeUnwritten()
      try transaction.write(writtenUses)
      var swept = swept
      if swept.mayFind(before: transaction.forgottenBefore) {
        try transaction.sweepReplies(&swept, limit: Self.sweptPerWrite * batch.count)
      }
      let head = try transaction.head()
      try database.cachedStatement(sql: "COMMIT").execute()
      ledger.commit(spent, at: transaction.now)
      self.swept = swept
      words.note(head)
      if let edge = transaction.pending.tree {
        tree = edge
        signer?.advance(to: edge)
      }
      bell.ring(head, transaction.touched)
      return fresh
    } catch {
      uses.keepUnwritten(writtenUses)
      if database.isInsideTransaction { try database.execute(sql: "ROLLBACK") }
      throw error
    }
  }

  private func runInSavepoint(_ job: Job, _ transaction: Transaction, _ database: Database) throws {
    let (pendingBefore, keysBefore, usedBefore) = (
      transaction.pending, transaction.drawnKeys.count, transaction.usedKeys.count
    )
    try database.cachedStatement(sql: "SAVEPOINT job").execute()
    transaction.isDryRun = job.dryRun
    defer { transaction.isDryRun = false }
    let hasSucceeded = try succeeds(job, transaction)
    if job.dryRun || !hasSucceeded {
      try database.cachedStatement(sql: "ROLLBACK TO job").execute()
      transaction.pending = pendingBefore
      transaction.giveBackKeys(after: keysBefore)
      for keys in transaction.usedKeys[usedBefore...] { keys.undo() }
    }
    try database.cachedStatement(sql: "RELEASE job").execute()
  }

  /// - Returns: false when the write was refused before it had written anything.
  private func runPlainly(_ job: Job, _ transaction: Transaction, _ database: Database) throws -> Bool {
    let (pendingBefore, changesBefore) = (transaction.pending, database.totalChangesCount)
    let keysBefore = transaction.drawnKeys.count
    if try succeeds(job, transaction) { return true }
    guard database.totalChangesCount == changesBefore else { throw WrittenByHalf() }
    transaction.pending = pendingBefore
    transaction.giveBackKeys(after: keysBefore)
    return false
  }

  /// False when a rule or a constraint has refused the write.
  ///
  /// - Throws: what may have undone more than this write.
  private func succeeds(_ job: Job, _ transaction: Transaction) throws -> Bool {
    do {
      try job.run(transaction)
      return true
    } catch let error as DatabaseError where error.sinksTheBatch {
      throw error
    } catch {
      return false
    }
  }
}

/// Carries the outcome of a write from its run to its answer. It is handed on and not copied: a case has dozens of
/// references to count.
private final class Outcome<Value: Sendable>: Sendable {
  enum State: Sendable {
    case done(Value, LeafReceipt?)
    case failed(any Error)
  }

  private let state = Mutex<State?>(nil)

  func keep(_ value: Value, _ receipt: LeafReceipt?) { state.withLock { $0 = .done(value, receipt) } }
  func keep(_ error: any Error) { state.withLock { $0 = .failed(error) } }
  /// Nil before the write has run.
  func take() -> State? { state.withLock { $0.take() } }
}

extension DatabaseError {
  /// True when SQLite may have rolled back more than the one write: the disk is full, broken, or the file is.
  fileprivate var sinksTheBatch: Bool {
    switch resultCode.primaryResultCode {
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_CORRUPT, .SQLITE_READONLY, .SQLITE_BUSY,
      .SQLITE_INTERRUPT, .SQLITE_CANTOPEN:
      true
    default: false
    }
  }
}

extension Failure {
  static let storageUnavailable = Failure(
    .storageUnavailable, en: "The store cannot take writes now; nothing was changed.",
    inIndonesian: "Penyimpanan tidak dapat menerima penulisan saat ini; tidak ada yang berubah.")
}
