public import DequeModule

/// What waits, of several owners, who are served in turn: one owner's crowd delays another by one piece of it and not by
/// the crowd. Within one owner the first comes first.
///
/// Inlinable, since every write and every request of a crowded loop goes through it.
public struct RoundRobin<Owner: Hashable & Sendable, Element: Sendable>: Sendable {
  @usableFromInline var waiting: [Owner: Deque<Element>] = [:]
  /// The owners of what waits, the next one first.
  @usableFromInline var turn: Deque<Owner> = []
  @usableFromInline var total = 0

  /// Nothing waits.
  @inlinable public init() {}

  /// How much waits.
  @inlinable public var count: Int { total }

  /// How much of one owner waits.
  @inlinable public func count(of owner: Owner) -> Int { waiting[owner]?.count ?? 0 }

  /// How much of each owner waits; who has nothing waiting is left out.
  public var counts: [Owner: Int] { waiting.mapValues(\.count) }

  /// What each owner has put here first.
  public var firsts: [Element] { waiting.values.compactMap(\.first) }

  /// Puts something at the end of its owner's line.
  @inlinable public mutating func append(_ element: Element, of owner: Owner) {
    if waiting[owner] == nil { turn.append(owner) }
    waiting[owner, default: []].append(element)
    total += 1
  }

  /// Takes the next one; nil when nothing waits.
  @inlinable public mutating func popFirst() -> Element? {
    guard let owner = turn.popFirst(), let element = waiting[owner]?.popFirst() else { return nil }
    total -= 1
    if waiting[owner]?.isEmpty ?? true { waiting[owner] = nil } else { turn.append(owner) }
    return element
  }
}
