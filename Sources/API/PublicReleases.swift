internal import Domain
internal import Synchronization

/// The public releases that were made, and the making of those that were not.
final class PublicReleases: Sendable {
  private struct Key: Hashable {
    let election: String
    let date: LegalDate
  }

  /// As many as there are elections and months: they are never dropped.
  private let made = Mutex<[Key: MadeRelease]>([:])

  /// - Throws: `invalid_parameter` at `as_of` for a date before the first record, and what reading and writing throw.
  func release(of election: String, on date: LegalDate, _ exchange: Exchange) async throws -> MadeRelease {
    let key = Key(election: election, date: date)
    if let release = made.withLock({ $0[key] }) { return release }
    let (store, reference) = (exchange.api.store, exchange.api.store.reference)
    let known = try exchange.read { try $0.publicReleases(of: election) }
    let stored: StoredRelease
    if let found = known.first(where: { $0.asOf == date }) {
      stored = found
    } else {
      let (counts, seq) = try await store.readStates(for: .operator) { states, _ in
        guard let first = states.firstReceivedOn, first <= date else { throw Failure.beforeRecord }
        return (try states.releaseCounts(of: election, on: date, reference), states.seq)
      }
      stored = try await store.write(by: .operator, dryRun: false) { transaction in
        let earlier = try transaction.publicReleases(of: election)
        if let found = earlier.first(where: { $0.asOf == date }) { return found }
        let published = try earlier.compactMap { try ReleaseDocument.read($0) }
        let document = ReleaseDocument.write(try counts.release(on: date, against: published))
        return try transaction.release(
          StoredRelease(
            election: election, asOf: date, seq: seq, releasedAt: Timestamp(milliseconds: 0), document: document))
      }
    }
    let release = MadeRelease(stored: stored, published: try ReleaseDocument.read(stored))
    made.withLock { $0[key] = release }
    return release
  }
}

extension Failure {
  fileprivate static let beforeRecord = Failure.parameter(
    "as_of",
    LocalizedText(en: "This date lies before the first record.", id: "Tanggal ini mendahului catatan pertama."))
}
