public import Domain

/// Reads and writes: snapshots to ask, and one writer.
public protocol RecordStore: Sendable {
  /// Number of independent readers; one per event loop, so that a read never waits for another.
  var readerCount: Int { get }
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
  /// The same, and the case itself where the file had to be asked anyway; nil for the case where it was not.
  func sight(of id: CaseID, on reader: Int, where isWanted: (CaseStub) -> Bool) throws -> (
    stub: CaseStub, record: Case?
  )?
  /// Runs `body` on one consistent snapshot, on a thread of the lane of long reading. Owners take turns there.
  ///
  /// - Throws: what `body` throws; `too_many_requests` when much of the owner waits, `busy` when much of all does;
  ///   `storage_unavailable` when the file cannot be read in time.
  func readLong<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (any CaseReads) throws -> Value
  ) async throws -> Value
  /// Makes a history ready to be stored by this store, on the calling thread.
  func prepared(_ history: CaseHistory) -> any PreparedHistory
  /// Runs `body` alone on the newest state and returns once its effect is on the disk.
  ///
  /// - Parameters:
  ///   - owner: whose work it is: owners take turns.
  ///   - budget: what the bytes that it stores are counted against; nil: nothing.
  ///   - dryRun: undo every effect, and answer as if there were one.
  ///   - receipts: where the leaf of the write is noted when its effect is on the disk.
  ///   - body: when it throws, nothing of it remains. It may run twice, the second time on what the first has undone.
  /// - Throws: what `body` throws; `too_many_requests` when much of the owner waits or the budget is spent, `busy` when much
  ///   of all does; `storage_unavailable` when the disk refuses.
  func write<Value: Sendable>(
    by owner: KeyOwner, spending budget: ByteBudget?, dryRun: Bool, noting receipts: Receipts?,
    _ body: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value
  /// Sees to it that a search for words finds what was committed before the call.
  ///
  /// - Throws: as `write`.
  func bringWordsUpToDate(for owner: KeyOwner) async throws
  /// How a budget stands at `now`.
  func use(of budget: ByteBudget, at now: Timestamp) -> ByteUse
}

extension RecordStore {
  /// Runs `body` as above, and counts what it stores against the owner's own budget.
  public func write<Value: Sendable>(
    by owner: KeyOwner, dryRun: Bool, noting receipts: Receipts? = nil,
    _ body: @escaping @Sendable (any CaseWrites) throws -> Value
  ) async throws -> Value {
    try await write(by: owner, spending: owner.budget, dryRun: dryRun, noting: receipts, body)
  }
}
