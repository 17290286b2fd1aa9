internal import Domain
internal import HTTPServer
internal import Synchronization

/// How often each of many may do something: for each of them a bucket of permits that fills with time.
///
/// A bucket is kept as the moment at which it will be full again (the generic cell rate algorithm of ITU-T I.371): one
/// number, in which no rounding adds up. What is kept is bounded, and shared out over several locks, so that event loops
/// do not wait for each other.
final class Rate<Owner: Hashable & Sendable>: Sendable {
  /// Some of the buckets under a lock of their own.
  private final class Shard: Sendable {
    /// When each bucket is full again; one that is full is as good as none.
    let fullAt = Mutex<[Owner: Int64]>([:])
  }

  let allowance: Allowance
  private let ownersPerShard: Int
  private let shards: [Shard]
  private let window: Int64
  private let interval: Int64

  /// - Parameters:
  ///   - allowance: a bucket holds `quota` permits and fills within `windowSeconds`.
  ///   - ownersMax: buckets that are kept. Default 10,000: some 1 MiB.
  init(_ allowance: Allowance, ownersMax: Int = 10_000) {
    precondition(allowance.quota >= 1 && allowance.windowSeconds >= 1, "settings are checked before")
    self.allowance = allowance
    let shardCount = ownersMax < 1_024 ? 1 : 16
    ownersPerShard = max(1, ownersMax / shardCount)
    shards = (0..<shardCount).map { _ in Shard() }
    window = Int64(allowance.windowSeconds) * 1_000_000_000
    interval = max(1, window / Int64(allowance.quota))
  }

  /// Takes permits when there are enough of them, and else none.
  ///
  /// - Returns: nil, or after how many seconds, rounded up, there will be enough.
  func take(_ count: Int = 1, by owner: Owner, at now: Timestamp) -> Int? {
    let now = now.milliseconds * 1_000_000
    let shard = shards.count == 1 ? shards[0] : shards[owner.hashValue & (shards.count - 1)]
    return shard.fullAt.withLock { fullAt in
      var before = max(fullAt[owner] ?? now, now)
      // Of a clock that was set back since: it must keep nobody out.
      if before > now + window { before = now }
      let after = before + Int64(count) * interval
      guard after <= now + window else { return Int((after - now - window + 999_999_999) / 1_000_000_000) }
      if fullAt.count >= ownersPerShard, fullAt[owner] == nil { makeRoom(in: &fullAt, now) }
      fullAt[owner] = after
      return nil
    }
  }

  /// Forgets the buckets that are full again, which changes nothing for anybody; when that makes little room, those that
  /// come next: who has used most is remembered.
  private func makeRoom(in fullAt: inout [Owner: Int64], _ now: Int64) {
    fullAt = fullAt.filter { $0.value > now }
    let room = max(1, ownersPerShard / 10)
    guard fullAt.count > ownersPerShard - room else { return }
    for (owner, _) in fullAt.sorted(by: { $0.value < $1.value }).prefix(room) { fullAt[owner] = nil }
  }
}

/// Whoever has an address: a household has 64 bits of IPv6 addresses to itself.
struct AddressBlock: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ address: PeerAddress) { bytes = address.isIPv6 ? Array(address.bytes.prefix(8)) : address.bytes }
}

/// Every limit on what is asked within some time. What runs at the same time is bounded elsewhere: streams, bodies, turns.
struct Rates: Sendable {
  /// Questions without a key, by address.
  let open: Rate<AddressBlock>
  /// Keys that were sent and are not valid, by address; and by the key that they name, whether there is one or not.
  private let failuresByAddress: Rate<AddressBlock>
  private let failuresByKey: Rate<String>
  /// Requests by key; nil when any number is served.
  private let requests: Rate<String>?
  /// What long work costs, by owner.
  private let costs: Rate<KeyOwner>

  init(_ settings: APISettings) {
    open = Rate(Allowance("address", settings.publicRequestsPerMinute, perSeconds: 60))
    let failed = Allowance("failed-authentication", settings.failedKeysPerMinute, perSeconds: 60)
    failuresByAddress = Rate(failed)
    failuresByKey = Rate(failed)
    let perKey = settings.requestsPerKeyPerSecond
    requests = perKey == 0 ? nil : Rate(Allowance("key", perKey, perSeconds: 1))
    costs = Rate(Allowance("cost", settings.costPerAgencyPerHour, perSeconds: 3_600))
  }

  /// A question without a key.
  ///
  /// - Throws: `too_many_requests`.
  func countOpen(_ address: PeerAddress, at now: Timestamp) throws(Failure) {
    guard let wait = open.take(by: AddressBlock(address), at: now) else { return }
    throw Failure(
      .tooManyRequests, en: "This address has asked too often; try again shortly.",
      id: "Alamat ini terlalu sering meminta; coba lagi sebentar lagi.", retryAfterSeconds: wait,
      allowance: open.allowance)
  }

  /// A request with a key that is not valid. Valid keys are never counted and never refused here: many clients may share
  /// an address, and one that has a wrong key locks out none of them.
  ///
  /// - Throws: `too_many_requests` in place of `unauthenticated`: by what was tried before, not by what is wrong.
  func countFailure(_ address: PeerAddress, keyID: String?, at now: Timestamp) throws(Failure) {
    let waits = [
      failuresByAddress.take(by: AddressBlock(address), at: now), keyID.flatMap { failuresByKey.take(by: $0, at: now) },
    ]
    guard let wait = waits.compactMap({ $0 }).max() else { return }
    throw Failure(
      .tooManyRequests, en: "Too many keys that are not valid; send a valid one.",
      id: "Terlalu banyak kunci yang tidak sah; kirim kunci yang sah.", retryAfterSeconds: wait,
      allowance: failuresByAddress.allowance)
  }

  /// A request with a valid key.
  ///
  /// - Throws: `too_many_requests`.
  @inline(__always)
  func countRequest(_ keyID: String, at now: Timestamp) throws(Failure) {
    guard let requests, let wait = requests.take(by: keyID, at: now) else { return }
    throw Failure(
      .tooManyRequests, en: "This key has asked too often; try again shortly.",
      id: "Kunci ini terlalu sering meminta; coba lagi sebentar lagi.", retryAfterSeconds: wait,
      allowance: requests.allowance)
  }

  /// Long work that is about to begin.
  ///
  /// - Throws: `too_many_requests`.
  func count(_ cost: Cost, of owner: KeyOwner, at now: Timestamp) throws(Failure) {
    try count(units: cost.rawValue, of: owner, at: now)
  }

  /// Long work that goes on.
  ///
  /// - Throws: `too_many_requests`.
  func count(units: Int, of owner: KeyOwner, at now: Timestamp) throws(Failure) {
    guard let wait = costs.take(units, by: owner, at: now) else { return }
    throw Failure(
      .tooManyRequests, en: "Your agency has asked for as much long work as it may in this time.",
      id: "Lembaga Anda sudah meminta pekerjaan panjang sebanyak yang diperbolehkan dalam kurun waktu ini.",
      retryAfterSeconds: wait, allowance: costs.allowance)
  }
}

/// What long work costs in units of some 30 ms with 100,000 cases.
enum Cost: Int, Sendable {
  /// A statistic that must be counted; one that is known already costs nothing.
  case figure = 1
  /// An export, an import or a reconciliation, however long it is: how many run at once is bounded, too. The lines of an
  /// import cost beside.
  case stream = 10
}
