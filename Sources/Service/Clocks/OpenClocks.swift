public import Domain
internal import Synchronization

/// The number of open clocks for metrics: counted on the lane of long reading, at most once a minute, since it takes a
/// walk over an index of all of them.
public final class OpenClocks: Sendable {
  private struct State {
    var counts: [OpenClockCount]?
    var countedAt: ContinuousClock.Instant?
    /// Who counts now.
    var counting: Task<[OpenClockCount]?, Never>?
  }

  private let store: any Store
  private let state = Mutex(State())

  /// The clocks of the cases that are stored there.
  public init(store: any Store) { self.store = store }

  /// The counts as of a minute ago at most when somebody asks every minute; nil when they cannot be counted.
  ///
  /// The first caller waits for the count. Later callers get the last known count and trigger a new one.
  public func counts(on today: LegalDate) async -> [OpenClockCount]? {
    let (known, counting) = state.withLock { state -> ([OpenClockCount]?, Task<[OpenClockCount]?, Never>?) in
      if let countedAt = state.countedAt, countedAt.duration(to: .now) < .seconds(60) { return (state.counts, nil) }
      let counting = state.counting ?? Task { await count(on: today) }
      state.counting = counting
      return (state.counts, counting)
    }
    if let known { return known }
    return await counting?.value
  }

  private func count(on today: LegalDate) async -> [OpenClockCount]? {
    var counts: [OpenClockCount]?
    do {
      counts = try await store.readLong(for: .operator) { try $0.openClocks(on: today) }
    } catch {
      // A store that cannot be read shows in other metrics, and to whoever asks for a case.
    }
    state.withLock { state in
      state.counts = counts
      state.countedAt = counts == nil ? nil : .now
      state.counting = nil
    }
    return counts
  }
}
