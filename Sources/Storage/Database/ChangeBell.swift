internal import Domain
internal import Synchronization

/// Wakes those who wait for a change, after the commit that made it. Who waits holds a continuation and no thread.
final class ChangeBell: Sendable {
  private struct Waiter {
    let agency: AgencyCode
    /// True: something may have happened.
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var head: Int64
    var waiters: [UInt64: Waiter] = [:]
    var countByAgency: [AgencyCode: Int] = [:]
    var lastToken: UInt64 = 0
    var isClosed = false
  }

  private let state: Mutex<State>
  private let countMax: Int

  /// - Parameters:
  ///   - head: the newest sequence of the file.
  ///   - countMax: most who may wait; one agency may take half of it.
  init(head: Int64, countMax: Int) {
    state = Mutex(State(head: head))
    self.countMax = countMax
  }

  /// Returns true when something after `seq` was committed that may be visible to `agency`; false when `duration` has
  /// passed, the task is cancelled, or the bell is closed.
  ///
  /// - Throws: `too_many_requests` when many of the agency wait already; `busy` when many of all do.
  func wait(for agency: AgencyCode, after seq: Int64, atMost duration: Duration) async throws(Failure)
    -> Bool
  {
    let token = try enter(agency)
    let deadline = ContinuousClock.now + duration
    let alarm = Task {
      // A cancelled sleep ends early, and then there is nobody left to wake.
      do { try await Task.sleep(for: duration) } catch {}
      letGo(token)
    }
    let hasHappened = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLock { state -> Bool? in
          guard !state.isClosed, !Task.isCancelled, .now < deadline else { return false }
          guard state.head <= seq else { return true }
          state.waiters[token] = Waiter(agency: agency, continuation: continuation)
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      letGo(token)
    }
    alarm.cancel()
    leave(agency)
    return hasHappened
  }

  /// The newest sequence.
  var head: Int64 { state.withLock { $0.head } }

  /// Tells that `head` was committed, with changes of cases in these states.
  func ring(_ head: Int64, _ touched: Set<VisibilityBasis>) {
    let woken = state.withLock { state in
      state.head = max(state.head, head)
      guard !state.waiters.isEmpty, !touched.isEmpty else { return [Waiter]() }
      let agencies = Set(state.countByAgency.keys).filter { agency in
        touched.contains { Visibility.projection(of: $0, for: agency) != nil }
      }
      let tokens = state.waiters.filter { agencies.contains($0.value.agency) }.map(\.key)
      return tokens.compactMap { state.waiters.removeValue(forKey: $0) }
    }
    for waiter in woken { waiter.continuation.resume(returning: true) }
  }

  /// How many wait.
  var waiterCount: Int { state.withLock { $0.waiters.count } }

  /// Lets everyone go, now and from now on.
  func close() {
    let woken = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in woken { waiter.continuation.resume(returning: false) }
  }

  private func enter(_ agency: AgencyCode) throws(Failure) -> UInt64 {
    let result = state.withLock { state -> Result<UInt64, Failure> in
      let count = state.countByAgency[agency] ?? 0
      if count >= (countMax + 1) / 2 { return .failure(.ownLineFull) }
      if state.countByAgency.values.reduce(0, +) >= countMax { return .failure(.lineFull) }
      state.countByAgency[agency] = count + 1
      state.lastToken += 1
      return .success(state.lastToken)
    }
    return try result.get()
  }

  private func leave(_ agency: AgencyCode) {
    state.withLock { state in
      let count = state.countByAgency[agency] ?? 0
      state.countByAgency[agency] = count > 1 ? count - 1 : nil
    }
  }

  private func letGo(_ token: UInt64) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: token) }
    waiter?.continuation.resume(returning: false)
  }
}
