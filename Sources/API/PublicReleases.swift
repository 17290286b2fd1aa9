internal import Domain
internal import HTTPServer
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

/// How often an address may ask without a key: a bucket that fills with time.
final class PublicRate: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: Timestamp
  }

  /// Addresses that are remembered; when they are too many, all are forgotten: some 1 MiB.
  private static let addressesMax = 10_000

  private let perMinute: Double
  private let buckets = Mutex<[[UInt8]: Bucket]>([:])

  init(perMinute: Int) { self.perMinute = Double(perMinute) }

  /// - Throws: `too_many_requests` when the address has asked too often.
  func take(_ address: PeerAddress, at now: Timestamp) throws(Failure) {
    // A household has 64 bits of IPv6 addresses to itself.
    let key = address.isIPv6 ? Array(address.bytes.prefix(8)) : address.bytes
    let wait = buckets.withLock { buckets -> Double? in
      if buckets.count >= Self.addressesMax && buckets[key] == nil { buckets.removeAll() }
      var bucket = buckets[key] ?? Bucket(tokens: perMinute, filledAt: now)
      let seconds = Double(max(0, now.milliseconds - bucket.filledAt.milliseconds)) / 1_000
      bucket.tokens = min(perMinute, bucket.tokens + seconds * perMinute / 60)
      bucket.filledAt = now
      let wait = bucket.tokens >= 1 ? nil : (1 - bucket.tokens) * 60 / perMinute
      if wait == nil { bucket.tokens -= 1 }
      buckets[key] = bucket
      return wait
    }
    guard let wait else { return }
    throw Failure(
      .tooManyRequests, en: "This address has asked too often; try again shortly.",
      id: "Alamat ini terlalu sering meminta; coba lagi sebentar lagi.", retryAfterSeconds: Int(wait.rounded(.up)),
      limited: "address")
  }
}

extension Failure {
  fileprivate static let beforeRecord = Failure.parameter(
    "as_of",
    LocalizedText(en: "This date lies before the first record.", id: "Tanggal ini mendahului catatan pertama."))
}
