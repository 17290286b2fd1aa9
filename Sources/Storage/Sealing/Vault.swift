internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import Synchronization

/// The keys of a database as its connections use them: what seals and opens the values of cases, and what persons, reports
/// and requests are found by without standing in the file.
///
/// Keys are made ahead of need, in blocks, so that a write waits for one sync, its own. A block is used only when a backup of
/// the keys holds it, where such backups are made.
final class Vault: Sendable {
  /// Keys of the first block; each further one has twice as many, up to `blockMax`: 8,192 keys are 4,096 cases.
  private static let (blockMin, blockMax): (Int64, Int64) = (256, 8_192)
  /// A power of two: keys that are kept unwrapped, 4 MiB of them. Which one is forgotten its number decides.
  private static let cacheCount: Int64 = 1 << 15

  private struct Slot {
    var number: Int64 = 0
    var key: SymmetricKey?
  }

  private struct Ahead {
    /// The highest number that may be used, and the next one that is.
    var usable: Int64
    var next: Int64
    /// Drawn before, and given back.
    var free: [Int64] = []
    var blockCount = Vault.blockMin
    var isMaking = false
  }

  let file: KeyFile
  let digests: KeyedDigests
  private let cache = Mutex([Slot](repeating: Slot(), count: Int(Vault.cacheCount)))
  private let ahead: Mutex<Ahead>
  /// Held while a block is made.
  private let making = Mutex(())
  private let replyKeys = Mutex<[Int: HMAC<SHA256>]>([:])
  /// Brings a block to a backup before it is used.
  private let keep: @Sendable ([KeptKey]) throws -> Void

  /// - Parameters:
  ///   - last: the highest number that the database has used.
  ///   - keep: called with each block before it is used.
  init(_ file: KeyFile, after last: Int64, keep: @escaping @Sendable ([KeptKey]) throws -> Void = { _ in }) throws {
    self.file = file
    self.keep = keep
    digests = KeyedDigests(try file.secret("digests"))
    ahead = Mutex(Ahead(usable: last, next: last + 1))
  }

  var id: String { file.id }

  // MARK: Keys

  /// The key of a number; nil when it was destroyed.
  ///
  /// - Throws: `DatabaseError` when it is in another copy of the file alone.
  func key(_ number: Int64) throws -> SymmetricKey? {
    let place = Int(number & (Self.cacheCount - 1))
    let known = cache.withLock { $0[place].number == number ? $0[place].key : nil }
    if let known { return known }
    guard let key = try file.key(number) else {
      if try file.isDestroyed(number) { return nil }
      throw DatabaseError(message: "the key of a value is missing")
    }
    cache.withLock { $0[place] = Slot(number: number, key: key) }
    return key
  }

  /// Destroys keys: what they have sealed is gone for good where no backup of the keys holds them.
  ///
  /// - Throws: `DatabaseError`, also when the log of their file is in use and cannot be emptied.
  func destroy(_ numbers: some Collection<Int64>) throws {
    try file.destroy(numbers)
    cache.withLock { slots in
      for number in numbers {
        let place = Int(number & (Self.cacheCount - 1))
        if slots[place].number == number { slots[place] = Slot() }
      }
    }
  }

  /// Draws a key that nobody uses, and sees to it that those after it are made soon.
  ///
  /// - Throws: `Failure` (`storage_unavailable`) where no further keys can be made, or kept in a backup.
  func draw() throws -> Int64 {
    while true {
      if let number = drawReady() { return number }
      do {
        try makeBlock(onlyIfNeeded: true)
      } catch {
        throw Failure.storageUnavailable
      }
    }
  }

  /// Draws a key that is made already; nil when there is none. It waits for nothing.
  func drawReady() -> Int64? {
    let (number, isLow) = ahead.withLock { ahead -> (Int64?, Bool) in
      if let free = ahead.free.popLast() { return (free, false) }
      guard ahead.next <= ahead.usable else { return (nil, false) }
      defer { ahead.next += 1 }
      let isLow = ahead.usable - ahead.next < ahead.blockCount / 2 && !ahead.isMaking
      if isLow { ahead.isMaking = true }
      return (ahead.next, isLow)
    }
    if isLow {
      DispatchQueue.global(qos: .utility).async { [self] in
        // What fails here fails again, and is told, when the keys are needed.
        try? makeBlock(onlyIfNeeded: false)
      }
    }
    return number
  }

  /// Makes the first keys, so that no write waits for them.
  func makeReady() throws { try makeBlock(onlyIfNeeded: true) }

  /// Takes back keys that have sealed nothing that was stored.
  func giveBack(_ numbers: some Sequence<Int64>) { ahead.withLock { $0.free += numbers } }

  /// Draws no number up to this one any more.
  func skip(past number: Int64) {
    ahead.withLock { ahead in
      ahead.free = []
      ahead.next = max(ahead.next, number + 1)
      ahead.usable = max(ahead.usable, number)
    }
  }

  /// - Parameter onlyIfNeeded: false makes one also while some are left.
  private func makeBlock(onlyIfNeeded: Bool) throws {
    try making.withLock { _ in
      defer { ahead.withLock { $0.isMaking = false } }
      let (usable, count, isNeeded) = ahead.withLock { ($0.usable, $0.blockCount, $0.next > $0.usable) }
      if onlyIfNeeded, !isNeeded { return }
      // Some may be there that no backup holds yet: of a run before, or of an attempt that failed.
      var block = try file.keys(in: usable + 1...usable + Self.blockMax)
      if block.isEmpty { block = try file.make(usable + 1...usable + count) }
      try keep(block.map(\.kept))
      cache.withLock { slots in
        for key in block {
          slots[Int(key.kept.number & (Self.cacheCount - 1))] = Slot(number: key.kept.number, key: key.key)
        }
      }
      ahead.withLock { ahead in
        ahead.usable = max(ahead.usable, block[block.count - 1].kept.number)
        ahead.blockCount = min(2 * count, Self.blockMax)
      }
    }
  }

  // MARK: Requests

  /// The digest of a request that was recorded on a day, under the key of that day, which is forgotten with the request.
  ///
  /// - Parameter isNew: false where the key is not made: what it has kept was forgotten, or lost with it.
  func requestDigest(_ digest: [UInt8], on day: Int, isNew: Bool) throws -> [UInt8]? {
    let known = replyKeys.withLock { $0[day] }
    let name = Self.replyName(day)
    guard let state = try known ?? (isNew ? file.secret(name) : file.knownSecret(name)).map({ HMAC<SHA256>(key: $0) })
    else { return nil }
    if known == nil {
      replyKeys.withLock { $0[day] = state }
      if isNew {
        DispatchQueue.global(qos: .utility).async { [self] in
          // What fails here fails again, and is told, when the key is needed.
          try? turnRequests(to: day)
        }
      }
    }
    var hash = state
    hash.update(data: digest)
    return Array(hash.finalize())
  }

  /// Makes the keys of a day and of the next one, so that no write waits for a sync but its own, and forgets those of
  /// requests that are forgotten.
  func turnRequests(to day: Int) throws {
    for day in [day, day + 1] { _ = try file.secret(Self.replyName(day)) }
    let oldest = day - Self.requestDays
    try file.forgetSecrets("request ", before: Self.replyName(oldest))
    replyKeys.withLock { keys in keys = keys.filter { $0.key >= oldest } }
  }

  /// Requests are remembered for 7 days; the days of two time zones are one more.
  private static let requestDays = 8

  private static func replyName(_ day: Int) -> String {
    let digits = String(day)
    return "request " + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  func close() throws {
    making.withLock { _ in }
    try file.close()
  }
}

/// A key as it stands in the file of the keys.
struct KeptKey: Sendable {
  var number: Int64
  /// 60 bytes.
  var wrapped: Data
}

/// Digests under a secret of the database: nobody finds a person or a report in the file by guessing who it may be.
struct KeyedDigests: Sendable {
  /// What is digested; digests of different kinds have nothing to do with each other.
  enum Kind: String {
    case person, nik, report
    /// A file of evidence, by its SHA-256.
    case file
    /// A report that was erased, about its person.
    case erasedReport = "erased_report"
    case idempotencyKey = "idempotency_key"
  }

  private let state: HMAC<SHA256>

  init(_ secret: SymmetricKey) { state = HMAC<SHA256>(key: secret) }

  /// 128 bits of HMAC-SHA-256 over kind and text.
  func digest(_ kind: Kind, _ text: String) -> String {
    var hash = state
    hash.update(data: Array("\(kind.rawValue) \(text)".utf8))
    return Base32.encode(hash.finalize().withUnsafeBytes { Array($0.prefix(16)) })
  }
}
