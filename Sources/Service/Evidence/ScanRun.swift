internal import Domain
public import Logging
internal import Synchronization

/// Has files of evidence scanned that wait for it, one after the other, beside everything else. What was found is an event of
/// the case. A scanner that does not answer is asked again; until then nobody but who has brought a file gets it.
public final class ScanRun: Sendable {
  /// Cases that are looked through at a time.
  private static let casesMax = 32

  private struct State {
    var watch: Task<Void, Never>?
    var isStopped = false
    /// Whether something was brought since it looked last.
    var isCalled = false
    var sleep: Task<Void, Never>?
  }

  private let store: any Store
  private let scanner: (any FileScanner)?
  private let interval: Duration
  private let logger: Logger
  private let state = Mutex(State())

  /// - Parameters:
  ///   - scanner: nil: files are not scanned.
  ///   - interval: how long until a scanner is asked again that has not answered.
  public init(store: any Store, scanner: (any FileScanner)?, every interval: Duration, logger: Logger) {
    (self.store, self.scanner, self.interval, self.logger) = (store, scanner, interval, logger)
  }

  /// How a file begins that is brought now.
  var initialState: EvidenceScan { scanner == nil ? .notScanned : .pending }

  /// Scans what waits, now and from now on.
  public func resume() {
    guard scanner != nil else { return }
    state.withLock { state in
      guard !state.isStopped, state.watch == nil else { return }
      state.watch = Task {
        while !Task.isCancelled {
          await self.runOnce()
          await self.rest()
        }
      }
    }
  }

  /// Says that a file was brought.
  func call() {
    state.withLock { state in
      state.isCalled = true
      state.sleep?.cancel()
    }
  }

  /// Ends after the file that is being scanned, and waits for that; the next start goes on.
  public func stop() async {
    let watch = state.withLock { state in
      state.isStopped = true
      state.watch?.cancel()
      state.sleep?.cancel()
      return state.watch
    }
    await watch?.value
  }

  private func rest() async {
    let sleep = state.withLock { state -> Task<Void, Never>? in
      if state.isCalled || state.isStopped {
        state.isCalled = false
        return nil
      }
      // Whoever cancels it wants it to end early.
      let sleep = Task { [interval] in _ = try? await Task.sleep(for: interval) }
      state.sleep = sleep
      return sleep
    }
    await sleep?.value
    state.withLock { ($0.sleep, $0.isCalled) = (nil, false) }
  }

  /// Scans what waits. What fails is logged, and tried again.
  func runOnce() async {
    guard let scanner else { return }
    // One that is looked at and waits on is looked at again when it begins anew.
    var (seen, waiting): (Set<CaseID>, Int) = ([], 0)
    do {
      while !Task.isCancelled {
        let limit = Self.casesMax + seen.count
        let ids = try await store.readLong(for: .operator) { try $0.casesAwaitingScan(limit: limit) }
          .filter { seen.insert($0).inserted }
        if ids.isEmpty { break }
        for id in ids where !Task.isCancelled { waiting += try await scan(id, with: scanner) }
      }
      if waiting > 0 { logger.warning("files wait for the scanner", metadata: ["files": "\(waiting)"]) }
    } catch {
      logger.warning("files wait to be scanned", metadata: ["error_type": "\(type(of: error))"])
    }
  }

  /// - Returns: how many files wait on, since there is no verdict: one that the scanner does not take keeps no other waiting.
  private func scan(_ id: CaseID, with scanner: any FileScanner) async throws -> Int {
    let waiting = try await store.readLong(for: .operator) { reads in
      try (reads.caseRecord(id)?.evidence ?? []).filter { $0.scan == .pending }.compactMap { item in
        try reads.filePlace(item.sha256, of: id).map { (item.sha256, $0) }
      }
    }
    var count = 0
    for (sha256, place) in waiting {
      guard let isHarmful = try? await scanner.isHarmful(store.open(place)) else {
        count += 1
        continue
      }
      try await store.write(by: .operator, dryRun: false) { transaction in
        guard let record = try transaction.caseRecord(id), record.erasedOn == nil,
          let (changed, event) = Lifecycle.scanned(sha256, of: record, isHarmful: isHarmful)
        else { return }
        _ = try transaction.update(record, to: changed, event)
      }
      if isHarmful { logger.warning("a file of evidence is harmful", metadata: ["case": "\(id)"]) }
    }
    return count
  }
}
