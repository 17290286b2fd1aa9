public import Domain
internal import Synchronization

/// How often each of many may do something: for each of them a bucket of permits that fills with time.
///
/// A bucket is kept as the moment at which it will be full again (the generic cell rate algorithm of ITU-T I.371): one
/// number, in which no rounding adds up. What is kept is bounded, and shared out over several locks, so that event loops
/// do not wait for each other.
public final class Rate<Owner: Hashable & Sendable>: Sendable {
  /// Some of the buckets under a lock of their own.
  private final class Shard: Sendable {
    /// When each bucket is full again; one that is full is as good as none.
    let fullAt = Mutex<[Owner: Int64]>([:])
  }

  public let allowance: Allowance
  private let ownersPerShard: Int
  private let shards: [Shard]
  private let window: Int64
  private let interval: Int64

  /// - Parameters:
  ///   - allowance: a bucket holds `quota` permits and fills within `windowSeconds`.
  ///   - ownersMax: buckets that are kept. Default 10,000: some 1 MiB.
  public init(_ allowance: Allowance, ownersMax: Int = 10_000) {
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
  public func take(_ count: Int = 1, by owner: Owner, at now: Timestamp) -> Int? {
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
