internal import Domain
internal import TestSupport

/// The true counts of an election on several dates, and the releases made of them in some order.
struct ReleaseWorld {
  /// The states of the tree, as paths below the root; the part of the tables each belongs to.
  static let leaves: [(path: [String], part: Int)] = [
    (["not_recommended", "in_examination", "received"], 0), (["not_recommended", "in_examination", "verified"], 0),
    (["not_recommended", "in_examination", "studied"], 0), (["not_recommended", "not_proven"], 0),
    (["not_recommended", "cancelled"], 0), (["not_recommended", "lapsed"], 0),
    (["recommended", "awaiting", "ppk"], 1), (["recommended", "awaiting", "blocked"], 1),
    (["recommended", "awaiting", "lapsed"], 1), (["recommended", "followed_up", "sanctioned", "light"], 2),
    (["recommended", "followed_up", "sanctioned", "medium"], 2),
    (["recommended", "followed_up", "sanctioned", "heavy"], 2), (["recommended", "followed_up", "not_proven"], 2),
    (["recommended", "followed_up", "exonerated"], 2),
  ]
  static let metricPath = ["recommended", "followed_up"]

  /// The cases past the stages of examination, the recommendation, and a decision that was proven.
  static let cumulative = [
    CumulativeCount(of: [], besides: ["received"], in: ["not_recommended", "in_examination"]),
    CumulativeCount(of: [], besides: ["received", "verified"], in: ["not_recommended", "in_examination"]),
    CumulativeCount(of: [], besides: ["in_examination"], in: ["not_recommended"]),
    CumulativeCount(of: ["recommended"], besides: ["ppk"], in: ["recommended", "awaiting"]),
    CumulativeCount(of: metricPath, besides: ["not_proven"], in: metricPath),
  ]

  let seed: UInt64
  let keys: [String]
  private let judged: [CumulativeCount]
  /// By date and row: reported and no more, recommended and no more, followed up.
  var parts: [[[Int]]] = []
  /// By date and leaf.
  var states: [[Int]] = []
  /// By date.
  var rejected: [Int] = []
  /// True when no count of a row ever fell.
  let isGrowing: Bool
  /// By date; nil when withheld.
  private(set) var releases: [PublicRelease?] = []

  /// A random world.
  init(
    seed: UInt64, rows: ClosedRange<Int> = 2...40, dates: ClosedRange<Int> = 1...4, isGrowing: Bool? = nil,
    judging: [CumulativeCount] = Self.cumulative
  ) throws {
    judged = judging
    self.seed = seed
    let random = TestRandom(seed: seed)
    keys = (0..<random.within(rows)).map { "r\($0)" }
    self.isGrowing = isGrowing ?? (random.below(3) > 0)
    let pace = 1 + random.below(4)
    var now = keys.map { _ in [0, 0, 0] }
    for _ in 0..<random.within(dates) {
      for row in keys.indices where random.below(4) < pace {
        now[row] = Self.moved(now[row], random, isGrowing: self.isGrowing)
      }
      parts.append(now)
      states.append(Self.split((0..<3).map { part in now.reduce(0) { $0 + $1[part] } }, random))
    }
    let others = TestRandom(seed: seed + 1_000_000)
    for _ in parts { rejected.append((rejected.last ?? 0) + others.below(2) * others.below(12)) }
    try makeReleases(in: random.shuffled(Array(parts.indices)))
  }

  /// A world whose tables are given, by date; released in the order given.
  init(_ tables: [[String: [Int]]], made order: [Int]? = nil) throws {
    judged = Self.cumulative
    seed = 0
    isGrowing = false
    keys = Set(tables.flatMap(\.keys)).sorted()
    for table in tables {
      let rows = keys.map { table[$0] ?? [0, 0, 0] }
      parts.append(rows)
      states.append(Self.split((0..<3).map { part in rows.reduce(0) { $0 + $1[part] } }, nil))
    }
    rejected = tables.map { _ in 0 }
    try makeReleases(in: order ?? Array(tables.indices))
  }

  private mutating func makeReleases(in order: [Int]) throws {
    releases = parts.map { _ in nil }
    var made: [PublicRelease] = []
    for index in order {
      releases[index] = try counts(index).release(on: Self.date(index), against: made)
      if let release = releases[index] { made.append(release) }
    }
  }

  static func date(_ index: Int) -> LegalDate { LegalDate(day: 20_000 + 30 * index) }

  /// What is released of one date, if all may be told.
  func counts(_ date: Int) throws -> ReleaseCounts {
    let rows = keys.indices.map { row in
      let parts = parts[date][row]
      return (keys[row], [parts[0] + parts[1] + parts[2], parts[1] + parts[2], parts[2]])
    }
    let tree = Self.node("reported", Self.leaves.indices.map { (Self.leaves[$0].path[...], states[date][$0]) })
    return try ReleaseCounts(
      tree: tree, metricPath: Self.metricPath, cumulative: judged,
      beside: [CountNode("rejected", rejected[date])],
      tables: ["rows": try CountTable(metrics: 3, counts: Dictionary(uniqueKeysWithValues: rows))])
  }

  private static func node(_ key: String, _ leaves: [(path: ArraySlice<String>, count: Int)]) -> CountNode {
    if leaves.count == 1, leaves[0].path.isEmpty { return CountNode(key, leaves[0].count) }
    let keys = leaves.reduce(into: [String]()) { keys, leaf in
      if let first = leaf.path.first, keys.last != first { keys.append(first) }
    }
    return CountNode(
      key,
      keys.map { key in
        node(key, leaves.filter { $0.path.first == key }.map { ($0.path.dropFirst(), $0.count) })
      })
  }

  /// One step of a row: mostly small, seldom large, and back where counts may fall.
  private static func moved(_ old: [Int], _ random: TestRandom, isGrowing: Bool) -> [Int] {
    var new = old
    new[0] += random.below(3) == 0 ? random.below(40) : random.below(6)
    for part in 0..<2 where random.below(2) == 0 {
      let count = random.below(3) == 0 ? new[part] : min(new[part], random.below(6))
      new[part] -= count
      new[part + 1] += count
    }
    if !isGrowing, random.below(4) == 0 { new = new.map { $0 / (1 + random.below(3)) } }
    return new
  }

  private static func split(_ sums: [Int], _ random: TestRandom?) -> [Int] {
    var left = sums
    return leaves.indices.map { index in
      let part = leaves[index].part
      let isLast = index + 1 == leaves.count || leaves[index + 1].part != part
      let count = isLast ? left[part] : min(left[part], random.map { $0.below(3) * $0.below(12) } ?? 0)
      left[part] -= count
      return count
    }
  }
}

extension TestRandom {
  func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

  func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var elements = elements
    for index in elements.indices.dropFirst() { elements.swapAt(index, below(index + 1)) }
    return elements
  }
}
