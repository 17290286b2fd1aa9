public import Domain
internal import Synchronization

/// The public releases that were made.
public final class PublicReleases: Sendable {
  /// Those of one election.
  public struct Series: Sendable {
    /// By date. As many as months: never dropped.
    public fileprivate(set) var made: [LegalDate: MadeRelease] = [:]
    /// The dates of which definition 1 told nothing.
    fileprivate(set) var withheld: Set<LegalDate> = []
    /// What was due at this instant has been made; nil before anybody has looked.
    fileprivate var madeUntil: Timestamp?

    /// True when the release of a date that is due is still to be made by the service itself.
    public func isPending(_ date: LegalDate) -> Bool {
      withheld.contains(date) || madeUntil.map { $0 < ReleaseCalendar.dueAt(date) } ?? true
    }

    fileprivate mutating func add(_ stored: StoredRelease) throws(Failure) {
      if stored.isWithheld {
        if made[stored.asOf] == nil { withheld.insert(stored.asOf) }
      } else {
        made[stored.asOf] = MadeRelease(stored: stored, published: try ReleaseDocument.read(stored))
        withheld.remove(stored.asOf)
      }
    }
  }

  private struct State {
    var series: [String: Series] = [:]
    /// Elections of which all that is stored has been read.
    var read: Set<String> = []
  }

  private let store: any Store
  private let state = Mutex(State())

  /// The releases that are stored there.
  public init(store: any Store) { self.store = store }

  /// The releases of an election. They are read once.
  ///
  /// - Throws: what reading throws; `internal_error` when what is stored cannot be read.
  public func series(of election: String) async throws -> Series {
    if let series = state.withLock({ $0.read.contains(election) ? $0.series[election] : nil }) { return series }
    let stored = try await store.readLong(for: .operator) { try $0.publicReleases(of: election) }
    return try state.withLock { state in
      // What was made meanwhile is there already, and the same.
      var series = state.series[election] ?? Series()
      for release in stored { try series.add(release) }
      state.series[election] = series
      state.read.insert(election)
      return series
    }
  }

  /// Takes up a release that has been stored.
  func add(_ stored: StoredRelease) throws(Failure) {
    try state.withLock { state throws(Failure) in
      var series = state.series[stored.election] ?? Series()
      try series.add(stored)
      state.series[stored.election] = series
    }
  }

  /// Remembers that of an election all that was due at `instant` has been made.
  func complete(_ election: String, until instant: Timestamp) {
    state.withLock { $0.series[election, default: Series()].madeUntil = instant }
  }
}

/// A release with what was stored of it.
public struct MadeRelease: Sendable {
  public let stored: StoredRelease
  public let published: PublicRelease
}
