internal import Domain
internal import HTTPServer
internal import Synchronization

/// How often an address may ask without a key: a bucket that fills with time.
final class PublicRate: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: Timestamp
  }

  private let perMinute: Double
  private let addressesMax: Int
  private let buckets = Mutex<[[UInt8]: Bucket]>([:])

  /// - Parameter addressesMax: addresses that are remembered. Default 10,000: some 1 MiB.
  init(perMinute: Int, addressesMax: Int = 10_000) {
    self.perMinute = Double(perMinute)
    self.addressesMax = addressesMax
  }

  /// - Throws: `too_many_requests` when the address has asked too often.
  func take(_ address: PeerAddress, at now: Timestamp) throws(Failure) {
    // A household has 64 bits of IPv6 addresses to itself.
    let key = address.isIPv6 ? Array(address.bytes.prefix(8)) : address.bytes
    let wait = buckets.withLock { buckets -> Double? in
      if buckets.count >= addressesMax && buckets[key] == nil { makeRoom(in: &buckets, at: now) }
      var bucket = buckets[key] ?? Bucket(tokens: perMinute, filledAt: now)
      bucket.tokens = tokens(of: bucket, at: now)
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

  private func tokens(of bucket: Bucket, at now: Timestamp) -> Double {
    let seconds = Double(max(0, now.milliseconds - bucket.filledAt.milliseconds)) / 1_000
    return min(perMinute, bucket.tokens + seconds * perMinute / 60)
  }

  /// Forgets the buckets that are full again, which changes nothing for anybody; when there is none, the tenth that was
  /// used longest ago.
  private func makeRoom(in buckets: inout [[UInt8]: Bucket], at now: Timestamp) {
    buckets = buckets.filter { tokens(of: $0.value, at: now) < perMinute }
    guard buckets.count >= addressesMax else { return }
    let oldest = buckets.sorted { $0.value.filledAt.milliseconds < $1.value.filledAt.milliseconds }
    for (key, _) in oldest.prefix(max(1, addressesMax / 10)) { buckets[key] = nil }
  }
}
