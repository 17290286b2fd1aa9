public import Domain
internal import Synchronization

/// Whether the service can serve: one look for all who ask at the same time, and for those who ask within a second after
/// it was found ready, so that probes cost no turn of the writer each. A fault is looked at anew by everybody.
public final class Readiness: Sendable {
  /// What is looked at; the raw value is its name in answers.
  public enum Check: String, CaseIterable, Sendable {
    /// The file can be read.
    case read
    /// A write, undone again, reaches the file in time.
    case write
    /// The line of writes is neither full nor standing.
    case queue
    /// The file system has room.
    case disk

    /// What a failure means.
    public var detail: LocalizedText {
      switch self {
      case .read: LocalizedText(en: "The database cannot be read.", inIndonesian: "Basis data tidak dapat dibaca.")
      case .write:
        LocalizedText(en: "The database takes no writes.", inIndonesian: "Basis data tidak menerima penulisan.")
      case .queue: LocalizedText(en: "Writes wait too long.", inIndonesian: "Penulisan menunggu terlalu lama.")
      case .disk: LocalizedText(en: "The disk is nearly full.", inIndonesian: "Ruang disk hampir habis.")
      }
    }
  }

  private struct State {
    var readyAt: ContinuousClock.Instant?
    var looking: Task<[Check], Never>?
    /// Whether the write of an earlier look has not come back.
    var isWriting = false
  }

  private let store: any Store
  private let waitMax: Duration
  private let diskFreeBytesMin: Int
  private let now: @Sendable () -> Timestamp
  private let state = Mutex(State())

  /// How long a good result stands: a fault is noticed within it.
  private static let lifetime = Duration.seconds(1)

  /// - Parameters:
  ///   - waitMax: how long the oldest write may have waited, and a probe's own may take.
  ///   - diskFreeBytesMin: free space below which the service is not ready.
  public init(store: any Store, waitMax: Duration, diskFreeBytesMin: Int, now: @escaping @Sendable () -> Timestamp) {
    self.store = store
    self.waitMax = waitMax
    self.diskFreeBytesMin = diskFreeBytesMin
    self.now = now
  }

  /// Whether the file can be read, by the reader of the probe's own event loop, as every short question is answered.
  public func canRead(on reader: Int) -> Bool {
    do {
      _ = try store.read(on: reader) { try $0.head() }
      return true
    } catch {
      return false
    }
  }

  /// The checks that fail, but `read`, which costs nobody a turn and is done for each probe; empty when all is well.
  public func failedChecks() async -> [Check] {
    let looking = state.withLock { state -> Task<[Check], Never>? in
      if let readyAt = state.readyAt, readyAt.duration(to: .now) < Self.lifetime { return nil }
      let looking = state.looking ?? Task { await look() }
      state.looking = looking
      return looking
    }
    return await looking?.value ?? []
  }

  private func look() async -> [Check] {
    let started = ContinuousClock.now
    let canWrite = await canWrite()
    let condition = store.condition()
    var failed: [Check] = []
    if !canWrite { failed.append(.write) }
    if condition.isFull || condition.oldestWait > waitMax { failed.append(.queue) }
    if let free = condition.diskFreeBytes, free < Int64(diskFreeBytesMin) { failed.append(.disk) }
    state.withLock { state in
      state.looking = nil
      state.readyAt = failed.isEmpty ? started : nil
    }
    return failed
  }

  /// A write that does not come back, because the disk hangs, is not followed by others that would wait behind it.
  private func canWrite() async -> Bool {
    let isFirst = state.withLock { state in
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard isFirst else { return false }
    return await inTime { [store] in
      defer { self.state.withLock { $0.isWriting = false } }
      try await store.write(by: .operator, dryRun: true) { try $0.probe() }
    }
  }

  /// True when `work` ends well, and soon enough. It cannot be called off: when it is late it goes on by itself.
  private func inTime(_ work: @escaping @Sendable () async throws -> Void) async -> Bool {
    let (outcomes, outcome) = AsyncStream.makeStream(of: Bool.self)
    let alarm = Task { [waitMax] in
      // A cancelled sleep ends early, and then nobody listens any more.
      do { try await Task.sleep(for: waitMax) } catch {}
      outcome.yield(false)
    }
    Task {
      do {
        try await work()
        outcome.yield(true)
      } catch {
        outcome.yield(false)
      }
    }
    defer { alarm.cancel() }
    for await isGood in outcomes { return isGood }
    return false
  }
}
