/// Numbers that look random and are the same in every run with one seed: SplitMix64.
struct Generator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

  mutating func pick(_ shares: [Double]) -> Int {
    var rest = Double.random(in: 0..<1, using: &self)
    for (index, share) in shares.enumerated() {
      if rest < share { return index }
      rest -= share
    }
    // Sums of shares fall short of 1 by a little.
    return shares.lastIndex { $0 > 0 } ?? 0
  }
}

/// How an election's cases come: what the attacker knows beforehand, exactly.
struct Model {
  static let months = 24
  /// Of what is not recommended yet (or recommended and not followed up), so many are in a month.
  static let recommendedShare = 0.2
  static let followedUpShare = 0.25
  static let groupings = ["province", "position_level", "category", "institution_kind"]

  /// Cases that are expected in a month.
  let arrivals: [Double]
  /// By grouping and code.
  let shares: [[Double]]

  init(_ random: inout Generator) {
    // Between 20 and 600 cases, as many small elections as large ones; half of them around the voting.
    let expected = 20 * pow(30, Double.random(in: 0...1, using: &random))
    arrivals = (0..<Self.months).map { expected * ((8..<14).contains($0) ? 0.5 / 6 : 0.5 / 18) }
    let provinces = (0..<38).map { _ in -log(Double.random(in: 0.001..<1, using: &random)) }
    let sum = provinces.reduce(0, +)
    shares = [
      provinces.map { $0 / sum }, [0.002, 0.005, 0.063, 0.15, 0.15, 0.45, 0.18], [0.45, 0.5, 0.01, 0.04], [0.93, 0.07],
    ]
  }
}

/// One random election: its true numbers, and what is shown of them.
struct Election {
  let model: Model
  /// By chain (the nation first, then the codes of each grouping), month and metric (reported, recommended, followed up).
  private(set) var truth: [[[Int]]] = []
  private(set) var shown: [[[Int]]] = []
  /// The chains of each grouping.
  let groups: [Range<Int>]

  private struct Case {
    var codes: [Int]
    var key: UInt32
    var reached = 0
  }

  init(_ random: inout Generator, _ method: Method) {
    model = Model(&random)
    var (start, groups) = (1, [Range<Int>]())
    for shares in model.shares {
      groups.append(start..<start + shares.count)
      start += shares.count
    }
    self.groups = groups
    truth = Array(repeating: [], count: start)
    shown = truth
    var cases: [Case] = []
    var exact: Set<Cell> = []
    for month in 0..<Model.months {
      for _ in 0..<Self.poisson(model.arrivals[month], &random) {
        let codes = model.shares.map { random.pick($0) }
        cases.append(Case(codes: codes, key: UInt32.random(in: 0...UInt32.max, using: &random)))
      }
      for index in cases.indices {
        if cases[index].reached == 0, random.chance(Model.recommendedShare) { cases[index].reached = 1 }
        if cases[index].reached == 1, random.chance(Model.followedUpShare) { cases[index].reached = 2 }
      }
      let cells = cells(cases, start)
      exact.formUnion(cells[0].filter { $0.count >= Perturbation.exactFrom })
      for chain in 0..<start {
        truth[chain].append(cells[chain].map(\.count))
        shown[chain].append(cells[chain].map { method.shown($0, exact) })
      }
    }
  }

  private func cells(_ cases: [Case], _ count: Int) -> [[Cell]] {
    var cells = Array(repeating: [Cell(), Cell(), Cell()], count: count)
    for item in cases {
      for metric in 0...item.reached {
        cells[0][metric].add(item.key)
        for (group, code) in zip(groups, item.codes) { cells[group.lowerBound + code][metric].add(item.key) }
      }
    }
    return cells
  }

  private static func poisson(_ mean: Double, _ random: inout Generator) -> Int {
    var (count, product) = (0, Double.random(in: 0..<1, using: &random))
    while product > exp(-mean) {
      count += 1
      product *= Double.random(in: 0..<1, using: &random)
    }
    return count
  }
}

/// How cells are shown, and what the attacker knows of it.
enum Method: String, CaseIterable {
  case cellKey = "cell key"
  case rounding = "rounding to 5"

  func shown(_ cell: Cell, _ exact: Set<Cell>) -> Int {
    switch self {
    case .cellKey: Perturbation.shown(cell, exact: exact)
    case .rounding: exact.contains(cell) ? cell.count : Self.rounded(cell.count)
    }
  }

  /// How likely a cell of `count` cases is shown as `shown`.
  func probability(_ shown: Int, of count: Int, isNation: Bool) -> Double {
    if isNation && count >= Perturbation.exactFrom { return shown == count ? 1 : 0 }
    switch self {
    case .rounding: return Self.rounded(count) == shown ? 1 : 0
    case .cellKey:
      let noise = shown - count + Perturbation.noiseMax
      guard (0...2 * Perturbation.noiseMax).contains(noise) else { return 0 }
      let row = Perturbation.weights[min(count, Perturbation.weights.count - 1)]
      return Double(row[noise]) / Double(Perturbation.weightSum)
    }
  }

  private static func rounded(_ count: Int) -> Int { (count + 2) / 5 * 5 }
}
