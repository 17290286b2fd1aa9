public import Domain

/// The states of all cases, of which figures are counted.
public protocol StateStore: Sendable {
  /// Runs `body` on the states of all cases as last committed, on the thread of statistics. Owners take turns there.
  ///
  /// - Throws: what `body` throws; `too_many_requests` when much of the owner waits, `busy` when much of all does;
  ///   `storage_unavailable` when the file cannot be read in time.
  func readStates<Value: Sendable>(
    for owner: KeyOwner, _ body: @escaping @Sendable (CaseStates, any CaseReads) throws -> Value
  ) async throws -> Value
}
