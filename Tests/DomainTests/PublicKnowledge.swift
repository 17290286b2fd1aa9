internal import Domain

/// A sum of unknown cells: the number of times each is counted.
typealias CellSum = [Int: Int]

/// All that the releases of a world tell, as equations between the unknown cells: row x part x date, state x date, and
/// the rejected ones x date.
struct PublicKnowledge {
  private(set) var equations: [(sum: CellSum, value: Int)] = []
  let world: ReleaseWorld
  private let cellsPerDate: Int

  init(_ world: ReleaseWorld) {
    self.world = world
    cellsPerDate = world.keys.count * 3 + ReleaseWorld.leaves.count + 1
    for (date, release) in world.releases.enumerated() {
      guard let release else { continue }
      tell(release.tree, [], date)
      for node in release.beside { equations.append(([rejected(date): 1], node.count)) }
      if let table = release.tables["rows"] { tell(table, date) }
    }
  }

  func cell(_ row: Int, _ part: Int, _ date: Int) -> Int { date * cellsPerDate + row * 3 + part }
  func state(_ leaf: Int, _ date: Int) -> Int { date * cellsPerDate + world.keys.count * 3 + leaf }

  func rejected(_ date: Int) -> Int { state(ReleaseWorld.leaves.count, date) }

  /// How many cells there are.
  var cellCount: Int { cellsPerDate * world.parts.count }

  /// The true value of every cell.
  var truth: [Int] {
    world.parts.indices.flatMap { world.parts[$0].flatMap { $0 } + world.states[$0] + [world.rejected[$0]] }
  }

  /// The parts some rows count on a date.
  func sum(_ rows: some Sequence<Int>, _ parts: Range<Int>, _ date: Int) -> CellSum {
    var sum: CellSum = [:]
    for row in rows { for part in parts { sum[cell(row, part, date)] = 1 } }
    return sum
  }

  /// The states below a path.
  func sum(_ path: [String], _ date: Int) -> CellSum {
    var sum: CellSum = [:]
    for (index, leaf) in ReleaseWorld.leaves.enumerated() where leaf.path.starts(with: path) {
      sum[state(index, date)] = 1
    }
    return sum
  }

  /// The states that a cumulative count counts.
  func sum(_ count: CumulativeCount, _ date: Int) -> CellSum {
    var sum = sum(count.whole, date)
    for key in count.before { for cell in self.sum(count.node + [key], date).keys { sum[cell] = nil } }
    return sum
  }

  private mutating func tell(_ node: PublishedNode, _ path: [String], _ date: Int) {
    equations.append((sum(path, date), node.count))
    for child in node.children ?? [] { tell(child, path + [child.key], date) }
  }

  private mutating func tell(_ table: SuppressedTable, _ date: Int) {
    for metric in table.total.indices {
      equations.append((sum(world.keys.indices, metric..<3, date), table.total[metric]))
      // Table and tree count the same cases.
      var both = sum(world.keys.indices, metric..<3, date)
      for (index, leaf) in ReleaseWorld.leaves.enumerated() where leaf.part >= metric { both[state(index, date)] = -1 }
      equations.append((both, 0))
    }
    guard let rows = table.rows else { return }
    for (row, key) in world.keys.enumerated() where !table.suppressed.contains(key) {
      let counts = rows.first { $0.key == key }?.counts
      for metric in table.total.indices { equations.append((sum([row], metric..<3, date), counts?[metric] ?? 0)) }
    }
  }
}

/// What follows from equations by elimination, modulo a prime.
struct Elimination {
  private static let prime: Int = 2_147_483_647
  /// By its first cell, a combination of equations that counts that cell once.
  private var pivots: [Int: [Int: Int]] = [:]

  init(_ equations: some Sequence<CellSum>) {
    for equation in equations {
      guard let (first, rest) = reduced(equation) else { continue }
      let inverse = Self.power(rest[first] ?? 0, Self.prime - 2)
      pivots[first] = rest.mapValues { $0 * inverse % Self.prime }
    }
  }

  /// True when the equations give the value of the sum.
  func tells(_ sum: CellSum) -> Bool { reduced(sum) == nil }

  private func reduced(_ sum: CellSum) -> (first: Int, rest: [Int: Int])? {
    var rest = sum.mapValues { ($0 % Self.prime + Self.prime) % Self.prime }
    while let first = rest.keys.min(), let factor = rest[first] {
      guard let pivot = pivots[first] else { return (first, rest) }
      for (cell, count) in pivot {
        let value = ((rest[cell] ?? 0) + (Self.prime - factor) * count) % Self.prime
        rest[cell] = value == 0 ? nil : value
      }
    }
    return nil
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int {
    var (result, base, exponent) = (1, base, exponent)
    while exponent > 0 {
      if exponent & 1 == 1 { result = result * base % prime }
      base = base * base % prime
      exponent >>= 1
    }
    return result
  }
}
