internal import DequeModule
internal import Domain
internal import Foundation

/// Work that waits for a thread, of several owners, who are served in turn: one owner's crowd delays another's work by
/// one piece of it and not by the crowd.
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
  private var waiting: [KeyOwner: Deque<Element>] = [:]
  /// The owners of what waits, the next one first.
  private var turn: Deque<KeyOwner> = []
  private var count = 0
  private var isClosed = false

  init(_ bounds: Bounds) { self.bounds = bounds }

  /// Puts work at the end of its owner's line.
  ///
  /// - Throws: `too_many_requests` when the owner's line is full; `busy` when all is, or the line is closed.
  func append(_ element: Element, of owner: KeyOwner) throws(Failure) {
    let refusal: Failure? = condition.withLock {
      if isClosed || count >= bounds.countMax { return .lineFull }
      let own = waiting[owner]?.count ?? 0
      if own >= bounds.ownerCountMax { return .ownLineFull }
      if own == 0 { turn.append(owner) }
      waiting[owner, default: []].append(element)
      count += 1
      condition.signal()
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Waits for work and takes at most `countMax` pieces, one owner after the other; nil once the line is closed and empty.
  func take(upTo countMax: Int) -> [Element]? {
    condition.withLock {
      while count == 0 && !isClosed { condition.wait() }
      guard count > 0 else { return nil }
      var taken: [Element] = []
      taken.reserveCapacity(min(countMax, count))
      while taken.count < countMax, let element = takeNext() { taken.append(element) }
      return taken
    }
  }

  /// Refuses further work; what waits is still taken.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  private func takeNext() -> Element? {
    guard let owner = turn.popFirst(), let element = waiting[owner]?.popFirst() else { return nil }
    count -= 1
    if waiting[owner]?.isEmpty ?? true { waiting[owner] = nil } else { turn.append(owner) }
    return element
  }
}

extension Failure {
  static let lineFull = Failure(
    .busy, en: "Too much work waits; try again shortly.",
    id: "Terlalu banyak pekerjaan menunggu; coba lagi sebentar lagi.")
  static let ownLineFull = Failure(
    .tooManyRequests, en: "Too much work of your agency waits; try again shortly.",
    id: "Terlalu banyak pekerjaan lembaga Anda menunggu; coba lagi sebentar lagi.")
}
