public import Domain

/// What those who watch over the service are told.
public struct Watching: Sendable {
  private let store: any Store
  private let openClocks: OpenClocks
  private let work: LongWork
  public let readiness: Readiness

  /// - Parameter work: what runs now.
  public init(store: any Store, readiness: Readiness, work: LongWork) {
    self.store = store
    self.readiness = readiness
    self.work = work
    openClocks = OpenClocks(store: store)
  }

  /// How the store stands. It asks the file system: nothing for an event loop.
  public func condition() -> StoreCondition { store.condition() }

  /// How backups stand.
  public var backupStatus: BackupStatus { store.backupStatus }

  /// The codes of all agencies, in order.
  public var agencies: [String] { store.reference.agencies.keys.sorted() }

  /// All keys, in no order.
  public var keys: [AccessKey] { Array(store.keys.values) }

  /// Exports, imports and reconciliations that run now.
  public var streamsRunning: Int { work.runningCount }

  /// How many clocks are open; nil when they cannot be counted.
  public func openClocks(on today: LegalDate) async -> [OpenClockCount]? { await openClocks.counts(on: today) }
}
