internal import Domain
public import Logging
internal import Synchronization

/// Derives open clocks anew after a change of rules or holidays: one change after the other, each to its end, whether or
/// not its client still waits, and in pieces, so that other writes take turns.
public final class ClockDerivation: Sendable {
  /// Cases a write: some 50 ms.
  private static let casesMax = 256

  private struct State {
    /// The newest change.
    var last: Task<Void, Never>?
    /// What goes on after a failure, or after a start.
    var rest: Task<Void, Never>?
    var isStopped = false
  }

  private let store: any Store
  private let logger: Logger
  private let state = Mutex(State())

  /// The clocks of the cases that are stored there.
  public init(store: any Store, logger: Logger) {
    self.store = store
    self.logger = logger
  }

  /// Changes rules or holidays and derives the open clocks; returns how many cases have changed.
  ///
  /// - Throws: what `change` throws; `storage_unavailable` when the change is stored and the clocks are still to follow,
  ///   which they do by themselves.
  func make(_ change: @escaping @Sendable (any CaseWrites) throws -> Void, by keyID: String, noting receipts: Receipts?)
    async throws -> Int
  {
    let task = state.withLock { state in
      let task = Task { [before = state.last] in
        await before?.value
        try await self.store.write(by: .operator, dryRun: false, noting: receipts) { transaction in
          try change(transaction)
          try transaction.markClocks(by: keyID)
        }
        return await self.finish()
      }
      // A failure is told to the one who waits for it.
      state.last = Task { _ = await task.result }
      return task
    }
    guard let changedCases = try await task.value else { throw Failure.clocksFollow }
    return changedCases
  }

  /// Goes on with what an earlier process has left, beside everything else.
  public func resume() {
    state.withLock { state in
      guard !state.isStopped, state.rest == nil else { return }
      state.rest = Task {
        while await self.derive() == nil {
          do { try await Task.sleep(for: .seconds(1)) } catch { break }
        }
        self.state.withLock { $0.rest = nil }
      }
    }
  }

  /// Ends after the piece that is being written, and waits for that; the next start goes on.
  public func stop() async {
    let (last, rest) = state.withLock { state in
      state.isStopped = true
      state.rest?.cancel()
      return (state.last, state.rest)
    }
    await last?.value
    await rest?.value
  }

  /// Derives to the end; nil when that has failed, and is tried again beside everything else.
  private func finish() async -> Int? {
    let changedCases = await derive()
    if changedCases == nil { resume() }
    return changedCases
  }

  /// Derives what is marked; nil when a piece has failed.
  private func derive() async -> Int? {
    var changedCases = 0
    if state.withLock({ $0.isStopped }) { return nil }
    do {
      // Most starts find no mark, and need no write to see that.
      guard try await store.readLong(for: .operator, { try $0.clocksAreMarked() }) else { return 0 }
      while !state.withLock({ $0.isStopped }) {
        let step = try await store.write(by: .operator, dryRun: false) { try $0.deriveClocks(limit: Self.casesMax) }
        changedCases += step?.changedCases ?? 0
        if step?.isLast ?? true { return changedCases }
      }
    } catch {
      logger.error("clocks are not derived yet", metadata: ["error_type": "\(type(of: error))"])
    }
    return nil
  }
}

extension Failure {
  fileprivate static let clocksFollow = Failure(
    .storageUnavailable, en: "The rows are stored; the clocks of some cases are still being derived anew.",
    inIndonesian: "Baris sudah tersimpan; tenggat sebagian kasus masih dihitung ulang.")
}
