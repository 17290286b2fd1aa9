public import Domain
public import Logging
internal import Synchronization

/// Makes public releases: each month's when it is due, without anybody asking, and those of months before the first
/// recorded case of an election on the operator's word.
///
/// One release is one write: cut off anywhere, what is missing is made by the next start, or on the next word.
public final class ReleaseMaker: Sendable {
  /// Months that are counted together: a year, some milliseconds each.
  private static let monthsAtOnce = 12

  private struct State {
    /// The newest piece of work; pieces follow each other.
    var last: Task<Void, Never>?
    /// What looks again and again.
    var watch: Task<Void, Never>?
    /// For what all that is due has been made.
    var made: Moment?
    var isStopped = false
  }

  /// What decides which releases are due.
  private struct Moment: Equatable {
    let due: Timestamp
    /// The days of voting, by election.
    let elections: [String: String]
  }

  /// A release to be made.
  private struct Item {
    let date: LegalDate
    let election: String
  }

  private let store: any Store
  private let releases: PublicReleases
  private let interval: Duration
  private let now: @Sendable () -> Timestamp
  private let logger: Logger
  private let state = Mutex(State())

  /// Makes one over a store that nobody else serves.
  public convenience init(store: any Store, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
    self.init(
      store: store, releases: PublicReleases(store: store), every: .seconds(30), now: now, logger: logger)
  }

  /// - Parameter interval: how long until it looks again whether anything is due, or tries again what has failed.
  public init(
    store: any Store, releases: PublicReleases, every interval: Duration, now: @escaping @Sendable () -> Timestamp,
    logger: Logger
  ) {
    self.store = store
    self.releases = releases
    self.interval = interval
    self.now = now
    self.logger = logger
  }

  /// Makes what is due, now and from now on, beside everything else.
  public func resume() {
    state.withLock { state in
      guard !state.isStopped, state.watch == nil else { return }
      state.watch = Task {
        while !Task.isCancelled {
          await self.makeDue()
          do { try await Task.sleep(for: self.interval) } catch { break }
        }
      }
    }
  }

  /// Ends after the release that is being made, and waits for that; the next start goes on.
  public func stop() async {
    let (last, watch) = state.withLock { state in
      state.isStopped = true
      state.watch?.cancel()
      return (state.last, state.watch)
    }
    await last?.value
    await watch?.value
  }

  /// Makes what is due, oldest first. What fails is logged, and tried again by the next call.
  func makeDue() async {
    let elections = store.reference.elections.compactMapValues(\.votingOn)
    let moment = Moment(due: ReleaseCalendar.newestDue(at: now()), elections: elections)
    if state.withLock({ $0.made == moment }) { return }
    do {
      if try await inTurn({ try await self.makeAll(until: moment.due) }) { state.withLock { $0.made = moment } }
    } catch {
      logger.error("public releases are not made yet", metadata: ["error_type": "\(type(of: error))"])
    }
  }

  /// Makes every missing release of an election up to a date, with the record as it is now.
  ///
  /// - Parameters:
  ///   - keyID: the operator's key.
  ///   - dryRun: true to make none.
  /// - Returns: which dates were made, or would be.
  /// - Throws: what reading and writing throw. What was made before stays.
  public func make(_ election: String, until date: LegalDate, by keyID: String, dryRun: Bool = false) async throws
    -> [LegalDate]
  {
    try await inTurn {
      let due = try await self.missing(election).filter { $0 <= date }
      guard !dryRun, !due.isEmpty else { return due }
      let recordKeys = try await RecordKeys.all(in: self.store)
      for start in stride(from: 0, to: due.count, by: Self.monthsAtOnce) {
        let dates = due[start..<min(start + Self.monthsAtOnce, due.count)]
        try await self.make(Array(dates), of: election, recordKeys, by: keyID)
      }
      return due
    }
  }

  /// The first day on which a case of each election was recorded.
  public func firstRecordedDays() async throws -> [String: LegalDate] {
    try await store.readLong(for: .operator) { try $0.firstRecordedDays() }
  }

  /// Runs `work` after all that was to be done before, whether or not its caller still waits.
  private func inTurn<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let task = state.withLock { state in
      let task = Task { [before = state.last] in
        await before?.value
        try self.requireOpen()
        return try await work()
      }
      // A failure is told to the one who waits for it.
      state.last = Task { _ = await task.result }
      return task
    }
    return try await task.value
  }

  /// - Throws: `busy` when the service is about to stop.
  private func requireOpen() throws(Failure) {
    guard state.withLock({ $0.isStopped }) else { return }
    throw Failure(.busy, en: "The service is about to stop.", inIndonesian: "Layanan sedang berhenti.")
  }

  /// Makes what is due without anybody's word: months in or after which the first case of an election was recorded, and
  /// those that an earlier definition withheld. False when some have failed.
  private func makeAll(until due: Timestamp) async throws -> Bool {
    let first = try await firstRecordedDays()
    var (items, failed) = ([Item](), Set<String>())
    for election in store.reference.elections.keys {
      do {
        let withheld = try await releases.series(of: election).withheld
        let dates = try await missing(election).filter { date in
          withheld.contains(date) || first[election].map { $0 <= date } ?? false
        }
        items += dates.map { Item(date: $0, election: election) }
      } catch {
        log(error, election)
        failed.insert(election)
      }
    }
    items.sort { ($0.date, $0.election) < ($1.date, $1.election) }
    let recordKeys = items.isEmpty ? nil : try await RecordKeys.all(in: store)
    for item in items where !failed.contains(item.election) {
      guard let recordKeys else { break }
      do {
        try await make([item.date], of: item.election, recordKeys, by: nil)
      } catch {
        log(error, item.election)
        failed.insert(item.election)
      }
    }
    for election in store.reference.elections.keys where !failed.contains(election) {
      releases.complete(election, until: due)
    }
    return failed.isEmpty
  }

  private func log(_ error: any Error, _ election: String) {
    logger.error(
      "a public release is not made yet",
      metadata: [
        "election": "\(election)", "error_type": "\((error as? Failure)?.code.rawValue ?? "\(type(of: error))")",
      ])
  }

  /// The dates of an election that are due and tell nothing yet, oldest first.
  private func missing(_ election: String) async throws -> [LegalDate] {
    guard let votingOn = store.reference.elections[election].flatMap({ $0.votingOn.flatMap { LegalDate($0) } }) else {
      return []
    }
    let made = try await releases.series(of: election).made
    return ReleaseCalendar(votingOn: votingOn).due(at: now()).filter { made[$0] == nil }
  }

  /// Counts and perturbs some months at once, and stores each release in a write of its own.
  private func make(
    _ dates: [LegalDate], of election: String, _ recordKeys: RecordKeys, by keyID: String?
  ) async throws {
    try requireOpen()
    let reference = store.reference
    let earlier = try await releases.series(of: election).made.values
      .reduce(into: Set<Cell>()) { $0.formUnion($1.published.exact) }
    let drafts = try await store.readStates(for: .operator) { states, reads in
      let keys = try recordKeys.extended(to: reads).values
      var exact = earlier
      return try dates.map { date in
        let cells = try states.releaseCells(of: election, on: date, recordKeys: keys, reference)
        let release = cells.release(on: date, exact: exact)
        exact = release.exact
        return StoredRelease(
          election: election, asOf: date, definition: release.definition, seq: states.seq,
          releasedAt: Timestamp(milliseconds: 0), document: ReleaseDocument.write(release))
      }
    }
    for draft in drafts {
      let stored = try await store.write(by: .operator, dryRun: false) { transaction in
        try transaction.release(draft, by: keyID)
      }
      if let stored { try releases.add(stored) }
    }
  }
}
