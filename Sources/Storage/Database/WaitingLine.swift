internal import CSQLite
internal import Domain
internal import Fairness
internal import Foundation

/// Work that waits for a thread, of several owners, who are served in turn.
///
/// `@unchecked Sendable`: every variable is touched under `condition` alone.
final class WaitingLine<Element: Sendable>: @unchecked Sendable {
  /// How much may wait.
  struct Bounds: Sendable {
    /// Of all owners; one more is refused as `busy`.
    var countMax: Int
    /// Of one owner; one more is refused as `too_many_requests`.
    var ownerCountMax: Int
  }

  private let bounds: Bounds
  private let condition = NSCondition()
  private var waiting = RoundRobin<KeyOwner, (element: Element, since: Int64)>()
  private var isClosed = false

  init(_ bounds: Bounds) { self.bounds = bounds }

  /// Puts work at the end of its owner's line.
  ///
  /// - Throws: `too_many_requests` when the owner's line is full; `busy` when all is, or the line is closed.
  func append(_ element: Element, of owner: KeyOwner) throws(Failure) {
    let refusal: Failure? = condition.withLock {
      if isClosed || waiting.count >= bounds.countMax { return .lineFull }
      if waiting.count(of: owner) >= bounds.ownerCountMax { return .ownLineFull }
      waiting.append((element, csqlite_monotonic_nanoseconds()), of: owner)
      condition.signal()
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Waits for work and takes at most `countMax` pieces, one owner after the other; nil once the line is closed and empty.
  func take(upTo countMax: Int) -> [Element]? {
    condition.withLock {
      while waiting.count == 0 && !isClosed { condition.wait() }
      guard waiting.count > 0 else { return nil }
      var taken: [Element] = []
      taken.reserveCapacity(min(countMax, waiting.count))
      while taken.count < countMax, let next = waiting.popFirst() { taken.append(next.element) }
      return taken
    }
  }

  /// How much of each owner waits, and how long the oldest has.
  var crowd: (counts: [KeyOwner: Int], oldest: Duration) {
    condition.withLock {
      let now = csqlite_monotonic_nanoseconds()
      return (waiting.counts, .nanoseconds(now - (waiting.firsts.map(\.since).min() ?? now)))
    }
  }

  /// True once no further work is taken.
  var isClosing: Bool { condition.withLock { isClosed } }

  /// Refuses further work; what waits is still taken.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}

extension Failure {
  static let lineFull = Failure(
    .busy, en: "Too much work waits; try again shortly.",
    inIndonesian: "Terlalu banyak pekerjaan menunggu; coba lagi sebentar lagi.")
  static let ownLineFull = Failure(
    .tooManyRequests, en: "Too much work of your agency waits; try again shortly.",
    inIndonesian: "Terlalu banyak pekerjaan lembaga Anda menunggu; coba lagi sebentar lagi.")
}
