internal import Domain
internal import Synchronization

/// The public releases that were made, and the making of those that were not.
///
/// Releases of an election are made in the order of their dates, so that nobody who asks without a key decides what a
/// later one has to hide. Each is made in a step of its own: counted and judged on the thread of statistics, then stored by a
/// write that makes sure that nothing came between.
final class PublicReleases: Sendable {
  private struct Series {
    /// By date, each read once; nil before the stored ones are read. As many as months: never dropped.
    var made: [LegalDate: MadeRelease]?
    /// What makes some; others wait for it.
    var making: Task<Void, any Error>?
  }

  private let store: any Store
  /// By election.
  private let series = Mutex<[String: Series]>([:])

  init(store: any Store) { self.store = store }

  /// The release of the last of `dates`, before which those of all others are made.
  ///
  /// - Parameter dates: in their order.
  /// - Throws: what reading and writing throw; `busy` when each turn found other releases than the one before.
  func release(of election: String, on dates: ArraySlice<LegalDate>) async throws -> MadeRelease {
    guard let date = dates.last else { throw Failure.noRelease }
    // Each turn makes what is missing, unless another request does, which may want less.
    for _ in dates {
      if let release = series.withLock({ $0[election]?.made?[date] }) { return release }
      try await turn(election, dates).value
    }
    guard let release = series.withLock({ $0[election]?.made?[date] }) else { throw Failure.noRelease }
    return release
  }

  private func turn(_ election: String, _ dates: ArraySlice<LegalDate>) -> Task<Void, any Error> {
    series.withLock { series in
      if let making = series[election]?.making { return making }
      let task = Task {
        defer { self.series.withLock { $0[election]?.making = nil } }
        try await self.make(election, dates)
      }
      series[election, default: Series()].making = task
      return task
    }
  }

  private func make(_ election: String, _ dates: ArraySlice<LegalDate>) async throws {
    var made = try await known(election)
    for date in dates where made[date] == nil {
      let release = try await step(election, date, made)
      made[date] = release
      // What is stored is read anew, and the request begins again.
      series.withLock { [made] in $0[election]?.made = release == nil ? nil : made }
      if release == nil { return }
    }
  }

  private func known(_ election: String) async throws -> [LegalDate: MadeRelease] {
    if let made = series.withLock({ $0[election]?.made }) { return made }
    let made = try await store.readLong(for: .operator) { reads in
      try reads.publicReleases(of: election).reduce(into: [:]) { $0[$1.asOf] = try MadeRelease($1) }
    }
    series.withLock { $0[election]?.made = made }
    return made
  }

  /// Makes the next release; nil when others are stored than it was judged beside.
  private func step(_ election: String, _ date: LegalDate, _ made: [LegalDate: MadeRelease]) async throws
    -> MadeRelease?
  {
    let reference = store.reference
    let earlier = made.values.compactMap(\.published)
    let draft = try await store.readStates(for: .operator) { states, _ in
      let release = try states.releaseCounts(of: election, on: date, reference).release(on: date, against: earlier)
      return StoredRelease(
        election: election, asOf: date, seq: states.seq, releasedAt: Timestamp(milliseconds: 0),
        document: ReleaseDocument.write(release))
    }
    let dates = made.keys.sorted()
    let stored = try await store.write(by: .operator, dryRun: false) { transaction -> StoredRelease? in
      guard try transaction.publicReleaseDates(of: election) == dates else { return nil }
      return try transaction.release(draft)
    }
    return try stored.map { try MadeRelease($0) }
  }
}

/// A release with what was stored of it.
struct MadeRelease: Sendable {
  let stored: StoredRelease
  /// Nil when it was withheld.
  let published: PublicRelease?

  /// - Throws: `internal_error` when what is stored cannot be read.
  init(_ stored: StoredRelease) throws(Failure) {
    self.stored = stored
    published = try ReleaseDocument.read(stored)
  }
}

extension Failure {
  fileprivate static let noRelease = Failure(
    .busy, en: "The release could not be made; try again.", id: "Rilis belum dapat dibuat; coba lagi.",
    retryAfterSeconds: 1)
}
