public import Domain
public import Logging
internal import Synchronization

/// Erases what is kept no longer: by itself, as part of the service, one look an hour.
///
/// A case stands on the list of what falls due for some days before it is erased, so that its owner or BKN may hold it, and
/// so that neither a changed rule nor a history that was brought in erases anything overnight.
public final class RetentionRun: Sendable {
  /// Cases that one write erases: some milliseconds each.
  private static let casesMax = 32

  private struct State {
    var watch: Task<Void, Never>?
    /// Looks soon again whether erasures can be finished.
    var rest: Task<Void, Never>?
    var isStopped = false
  }

  private let store: any Store
  private let interval: Duration
  /// Days between the listing of a case and its erasure.
  public let noticeDays: Int
  private let now: @Sendable () -> Timestamp
  private let logger: Logger
  /// Called when something was erased, so that nobody keeps it in memory.
  private let forget: @Sendable () -> Void
  private let state = Mutex(State())

  /// - Parameter interval: how long until it looks again.
  public init(
    store: any Store, noticeDays: Int, every interval: Duration, now: @escaping @Sendable () -> Timestamp,
    logger: Logger, forget: @escaping @Sendable () -> Void
  ) {
    (self.store, self.noticeDays, self.interval, self.now) = (store, noticeDays, interval, now)
    (self.logger, self.forget) = (logger, forget)
  }

  /// Does what has to be done before anybody is served: what was erased before the file was brought back from an older copy
  /// is erased again, and what is left of earlier erasures is done.
  ///
  /// - Throws: what keeps an erasure from being repeated.
  public func prepare() async throws {
    // Before anything is erased: what belongs to another copy of the file is set aside.
    try await store.deleteOrphans()
    let missing = try await store.missingErasures()
    if !missing.isEmpty {
      let event = Erasure.repetition(keysGoneFrom: store.keysGone(afterErasureOn: today))
      try await erase(missing.map { ($0, event) })
      logger.notice("erased again what was erased before", metadata: ["cases": "\(missing.count)"])
    }
    await finishErasures()
  }

  /// Erases what is due, now and from now on, beside everything else.
  public func resume() {
    state.withLock { state in
      guard !state.isStopped, state.watch == nil else { return }
      state.watch = Task {
        while !Task.isCancelled {
          let isDone = await self.runOnce()
          do { try await Task.sleep(for: isDone ? self.interval : .seconds(30)) } catch { break }
        }
      }
    }
  }

  /// Ends after the piece that is being done, and waits for that; the next start goes on.
  public func stop() async {
    let (watch, rest) = state.withLock { state in
      state.isStopped = true
      state.watch?.cancel()
      state.rest?.cancel()
      return (state.watch, state.rest)
    }
    await watch?.value
    await rest?.value
  }

  /// Destroys the keys of what was erased. What fails is logged, and tried again soon.
  ///
  /// - Returns: whether nothing is left.
  @discardableResult
  func finishErasures() async -> Bool {
    do {
      let progress = try await store.finishErasures()
      if progress != .nothing { forget() }
      if progress == .wordsLeft { finishLater() }
      return true
    } catch {
      logger.error("keys of erased cases are not destroyed yet", metadata: ["reason": "\(error)"])
      finishLater()
      return false
    }
  }

  private func finishLater() {
    state.withLock { state in
      guard !state.isStopped, state.rest == nil else { return }
      state.rest = Task {
        do { try await Task.sleep(for: .seconds(30)) } catch { return }
        self.state.withLock { $0.rest = nil }
        await self.finishErasures()
      }
    }
  }

  private var today: LegalDate { LegalDate(inJakarta: now()) }

  /// Lists what is due, and erases what has been listed for long enough.
  ///
  /// - Returns: whether all of it could be done.
  func runOnce() async -> Bool {
    do {
      let today = today
      // What somebody holds is not listed meanwhile, so that its notice begins anew.
      let (due, noticed) = try await store.readLong(for: .operator) { reads in
        let due = try reads.retained(RetentionQuestion(dueUntil: today)).filter { item in
          try !reads.retentionHolds(of: item.id).contains { $0.isBinding(on: today) }
        }
        return (due, try reads.retentionNotices())
      }
      let keys = Set(due.map(\.key))
      // As a rule nothing has changed, and nothing is written.
      if keys != noticed {
        try await store.write(by: .operator, dryRun: false) { transaction in
          try transaction.noteRetention(of: due.filter { $0.noticedOn == nil }, on: today)
          try transaction.forgetRetention(except: keys)
        }
      }
      let gone = store.keysGone(afterErasureOn: today)
      let ripe = due.filter { ($0.noticedOn ?? today).adding(days: noticeDays) <= today }
      try await erase(ripe.map { ($0.id, Erasure.event($0.retention, keysGoneFrom: gone)) })
      return await finishErasures()
    } catch {
      logger.error("what is kept no longer is not erased yet", metadata: ["error_type": "\(type(of: error))"])
      await finishErasures()
      return false
    }
  }

  /// Erases cases, some in a write. One that cannot be erased keeps no other one back.
  ///
  /// - Throws: what has kept the last of those back that are not erased.
  private func erase(_ cases: [(id: CaseID, event: EventDraft)]) async throws {
    var fault: (any Error)?
    for start in stride(from: 0, to: cases.count, by: Self.casesMax) {
      if state.withLock({ $0.isStopped }) { return }
      let piece = cases[start..<min(start + Self.casesMax, cases.count)]
      do { try await eraseTogether(piece) } catch {
        for item in piece {
          do { try await eraseTogether([item]) } catch {
            logger.error("a case is not erased", metadata: ["case": "\(item.id)", "reason": "\(error)"])
            fault = error
          }
        }
      }
    }
    if let fault { throw fault }
  }

  private func eraseTogether(_ cases: ArraySlice<(id: CaseID, event: EventDraft)>) async throws {
    let today = today
    try await store.write(by: .operator, dryRun: false) { transaction in
      let reference = try transaction.currentReference()
      for item in cases {
        guard let record = try transaction.caseRecord(item.id), record.erasedOn == nil else { continue }
        guard try Self.isErasable(record, by: item.event, reference, today, transaction) else { continue }
        _ = try transaction.erase(record, item.event)
      }
    }
  }

  /// Whether a case is still due, and nobody holds it; one that was erased before is erased again whatever is said of it now.
  private static func isErasable(
    _ record: Case, by event: EventDraft, _ reference: Reference, _ today: LegalDate, _ reads: any CaseReads
  ) throws -> Bool {
    if event.details.contains(where: { $0 == (Erasure.groundName, Erasure.repetition) }) { return true }
    guard let endedOn = record.endedOn,
      let retention = reference.retention(of: record.progress.stage, endedOn: endedOn), retention.dueOn <= today
    else { return false }
    return try !reads.retentionHolds(of: record.id).contains { $0.isBinding(on: today) }
  }
}
