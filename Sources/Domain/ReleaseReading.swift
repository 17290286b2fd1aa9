/// What one table of one release says: sums over sets of rows that share out all keys. A row that is told is a set by
/// itself, what is not told is one set, and a key that stands nowhere counts 0.
struct ReleaseReading {
  let date: LegalDate
  private let total: [Int]
  private let told: [String: [Int]]
  private let isWhole: Bool
  /// The rows that are not told; empty when none is told.
  private let block: Set<String>
  private let blockCounts: [Int]

  /// Reads a released table.
  init(_ released: DatedTable) {
    date = released.date
    total = released.table.total
    isWhole = released.table.rows == nil
    let rows = released.table.rows ?? []
    told = Dictionary(rows.map { ($0.key, $0.counts) }) { first, _ in first }
    block = Set(released.table.suppressed)
    blockCounts = Counts.subtracting(total, rows.map(\.counts).reduce(total.map { _ in 0 }, Counts.adding))
  }

  /// The count of a row; nil when it is not told.
  private func counts(_ key: String) -> [Int]? {
    if isWhole || block.contains(key) { return nil }
    return told[key] ?? total.map { _ in 0 }
  }

  /// The sum over a set of rows that takes in the block as a whole or not at all.
  private func sum(_ keys: Set<String>) -> [Int] {
    let single = keys.compactMap { told[$0] }.reduce(total.map { _ in 0 }, Counts.adding)
    return block.isEmpty || !block.isSubset(of: keys) ? single : Counts.adding(single, blockCounts)
  }

  /// The growth of a set of rows, in the counts both releases have, since (or until) another release.
  private func change(_ keys: Set<String>, from other: ReleaseReading) -> [Int] {
    Counts.subtracting(sum(keys), other.sum(keys))
  }

  /// The finest set around the block, and around `row` too if it were hidden, whose sum another release tells as well.
  private func joined(with other: ReleaseReading, hiding row: String? = nil) -> Set<String> {
    let hidden = row.map { block.union([$0]) } ?? block
    return hidden.isDisjoint(with: other.block) ? hidden : hidden.union(other.block)
  }

  /// The rows to hide in any case: those told in a `past` release too of which the difference is small.
  ///
  /// - Parameter shown: the rows this release tells that are not 0, smallest first; so in the functions below.
  func smallMoves(since past: [ReleaseReading], _ shown: [CountRow]) -> Set<String>? {
    let moved = shown.map(\.key).filter { key in
      past.contains { $0.counts(key) != nil && !Counts.areTellable(change([key], from: $0)) }
    }
    return moved.isEmpty ? nil : Set(moved)
  }

  /// True when hiding `row` leaves no small difference of what is hidden to any of the `past` releases.
  func isMended(by row: CountRow, beside past: [ReleaseReading]) -> Bool {
    past.allSatisfy { $0.isWhole || Counts.areTellable(change(joined(with: $0, hiding: row.key), from: $0)) }
  }

  /// The rows to hide next because what this release tells reveals something beside the `past` ones; nil when nothing
  /// does.
  func revealing(_ past: [ReleaseReading], _ shown: [CountRow]) -> Set<String>? {
    guard !shown.isEmpty else { return nil }
    for other in past where !other.isWhole {
      if let keys = revealingDifference(other, past, shown) { return keys }
    }
    return revealingBounds(past, shown)
  }

  /// The rows to hide because a difference of blocks to another release is small.
  ///
  /// The finest sets whose sum both releases tell are the rows told in both, and the two blocks: one set where they
  /// overlap, else two. All other sets that both tell are made of these.
  private func revealingDifference(_ other: ReleaseReading, _ past: [ReleaseReading], _ shown: [CountRow])
    -> Set<String>?
  {
    if block.isDisjoint(with: other.block), !Counts.areTellable(change(other.block, from: other)),
      let row = shown.first(where: { other.block.contains($0.key) })
    {
      return [row.key]
    }
    let hidden = joined(with: other)
    guard !block.isEmpty, !Counts.areTellable(change(hidden, from: other)) else { return nil }
    // Only rows that are not in the set change its difference.
    let outside = shown.filter { !hidden.contains($0.key) }
    let mending =
      outside.first { isMended(by: $0, beside: past) } ?? outside.first { isMended(by: $0, beside: [other]) }
    return (mending ?? outside.first).map { [$0.key] } ?? Set(shown.map(\.key))
  }
}

extension ReleaseReading {
  /// The rows to hide because counts that can only grow, told before and after a date, leave too little room between
  /// them for what a release of that date hides.
  private func revealingBounds(_ past: [ReleaseReading], _ shown: [CountRow]) -> Set<String>? {
    if isPressed(by: past) { return shown.first.map { [$0.key] } }
    for (index, other) in past.enumerated() where shown.contains(where: { other.block.contains($0.key) }) {
      let rest = past[..<index] + past[(index + 1)...]
      guard other.isPressed(by: rest + [self]), !other.isPressed(by: Array(rest)) else { continue }
      return shown.first { other.block.contains($0.key) }.map { [$0.key] }
    }
    return nil
  }

  /// What other releases say of one count of a row on this release's date, for one who holds that it only grows.
  private struct Bounds {
    var low: Int?
    var high: Int?
    var known: Int? { low == high ? low : nil }
  }

  private func bounds(_ keys: [String], _ metric: Int, _ others: [ReleaseReading]) -> [Bounds] {
    var bounds = keys.map { _ in Bounds() }
    for other in others where metric < other.total.count && !other.isWhole {
      let isStill = change(joined(with: other), from: other)[metric] == 0
      for (index, key) in keys.enumerated() {
        guard let count = other.counts(key)?[metric] else { continue }
        if isStill || other.date < date { bounds[index].low = max(bounds[index].low ?? count, count) }
        if isStill || other.date > date { bounds[index].high = min(bounds[index].high ?? count, count) }
      }
    }
    return bounds
  }

  /// True when the others tell so much of the block's rows that a small part of one of them, a single row, or a small
  /// group of cases that joined is told apart.
  private func isPressed(by others: [ReleaseReading]) -> Bool {
    guard !block.isEmpty else { return false }
    let keys = block.sorted()
    let bounds = total.indices.map { self.bounds(keys, $0, others) }
    let isPressed = total.indices.contains { metric in
      let open = bounds[metric].filter { $0.known == nil }
      let rest = blockCounts[metric] - bounds[metric].compactMap(\.known).reduce(0, +)
      return !Self.isRoomy(rest, open, atLeast: metric == 0 ? 1 : 0)
    }
    // A part is known where both counts it lies between are.
    return isPressed
      || total.indices.dropLast().contains { metric in
        let known = zip(bounds[metric], bounds[metric + 1]).compactMap { outer, inner in
          outer.known.flatMap { outer in inner.known.map { outer - $0 } }
        }
        let rest = blockCounts[metric] - blockCounts[metric + 1] - known.reduce(0, +)
        let isSingle = known.count == keys.count - 1 && rest > 0
        return isSingle || !(known + [rest]).allSatisfy(Suppression.isTellable)
      }
  }

  /// True when `sum`, which rows with these bounds count together, tells neither one of them nor that few cases joined.
  ///
  /// - Parameter least: what each row counts at least: one that is suppressed is not 0.
  private static func isRoomy(_ sum: Int, _ open: [Bounds], atLeast least: Int) -> Bool {
    guard sum != 0 else { return true }
    guard Suppression.isTellable(sum), open.count != 1 else { return false }
    let lows = open.compactMap(\.low)
    if lows.count == open.count, !Suppression.isTellable(sum - lows.reduce(0, +)) { return false }
    let floors = open.map { max($0.low ?? least, least) }
    if floors != lows, least > 0, sum <= floors.reduce(0, +) { return false }
    let highs = open.compactMap(\.high)
    return highs.count < open.count || Suppression.isTellable(highs.reduce(0, +) - sum)
  }
}
