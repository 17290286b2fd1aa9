internal import DequeModule

/// What waits, of several owners, who are served in turn: one owner's crowd delays another by one piece of it and not by
/// the crowd. Within one owner the first comes first.
public struct RoundRobin<Owner: Hashable & Sendable, Element: Sendable>: Sendable {
  private var waiting: [Owner: Deque<Element>] = [:]
  /// The owners of what waits, the next one first.
  private var turn: Deque<Owner> = []
  /// How much waits.
  public private(set) var count = 0

  /// Nothing waits.
  public init() {}

  /// How much of one owner waits.
  public func count(of owner: Owner) -> Int { waiting[owner]?.count ?? 0 }

  /// How much of each owner waits; who has nothing waiting is left out.
  public var counts: [Owner: Int] { waiting.mapValues(\.count) }

  /// What each owner has put here first.
  public var firsts: [Element] { waiting.values.compactMap(\.first) }

  /// Puts something at the end of its owner's line.
  public mutating func append(_ element: Element, of owner: Owner) {
    if waiting[owner] == nil { turn.append(owner) }
    waiting[owner, default: []].append(element)
    count += 1
  }

  /// Takes the next one; nil when nothing waits.
  public mutating func popFirst() -> Element? {
    guard let owner = turn.popFirst(), let element = waiting[owner]?.popFirst() else { return nil }
    count -= 1
    if waiting[owner]?.isEmpty ?? true { waiting[owner] = nil } else { turn.append(owner) }
    return element
  }
}
