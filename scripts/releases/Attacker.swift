/// One cell through the months: three nested numbers, and how likely they are by what is known of it alone.
struct Chain {
  let shown: [[Int]]
  /// By month and metric: the numbers that are possible, and how likely each is shown as it is.
  private let lows: [[Int]]
  private let chances: [[[Double]]]
  /// By month: how likely so many cases come.
  private let arrivals: [[Double]]

  init(_ shown: [[Int]], _ means: [Double], _ method: Method, isNation: Bool) {
    self.shown = shown
    lows = shown.map { $0.map { max(0, $0 - 3) } }
    chances = zip(shown, lows).map { shown, lows in
      zip(shown, lows).map { shown, low in
        (low...shown + 3).map { method.probability(shown, of: $0, isNation: isNation) }
      }
    }
    arrivals = means.map(Chain.poisson)
  }

  var possible: [[ClosedRange<Int>]] {
    zip(lows, shown).map { zip($0, $1).map { $0...$1 + 3 } }
  }

  @inline(__always)
  func chance(_ count: Int, _ month: Int, _ metric: Int) -> Double {
    let index = count - lows[month][metric]
    return chances[month][metric].indices.contains(index) ? chances[month][metric][index] : 0
  }

  /// How likely a month is after the one before. While a number stands still its set of cases is the same, and where it
  /// is that of the metric around it, too: then the same number is shown.
  @inline(__always)
  func step(_ old: Counts, _ new: Counts, _ month: Int) -> Double {
    guard new.a >= old.a, new.b >= old.b, new.c >= old.c, new.a >= new.b, new.b >= new.c,
      new.a - old.a < arrivals[month].count
    else { return 0 }
    let now = shown[month]
    let before = month == 0 ? [0, 0, 0] : shown[month - 1]
    let isA = new.a == old.a ? (now[0] == before[0] ? 1 : 0) : chance(new.a, month, 0)
    guard isA > 0 else { return 0 }
    let isB =
      new.b == new.a
      ? (now[1] == now[0] ? 1 : 0)
      : new.b == old.b ? (now[1] == before[1] ? 1 : 0) : chance(new.b, month, 1)
    guard isB > 0 else { return 0 }
    let isC =
      new.c == new.b
      ? (now[2] == now[1] ? 1 : 0)
      : new.c == old.c ? (now[2] == before[2] ? 1 : 0) : chance(new.c, month, 2)
    guard isC > 0 else { return 0 }
    return isA * isB * isC * arrivals[month][new.a - old.a]
      * Binomial.recommended[new.a - old.b, new.b - old.b] * Binomial.followedUp[new.b - old.c, new.c - old.c]
  }

  private static func poisson(_ mean: Double) -> [Double] {
    var (weights, weight) = ([Double](), exp(-mean))
    for count in 0..<200 {
      weights.append(weight)
      weight *= mean / Double(count + 1)
    }
    return weights
  }
}

/// Reported, recommended, followed up.
struct Counts: Equatable {
  var a = 0
  var b = 0
  var c = 0

  init(_ a: Int, _ b: Int, _ c: Int) { (self.a, self.b, self.c) = (a, b, c) }
  init(_ counts: [Int]) { self.init(counts[0], counts[1], counts[2]) }

  subscript(metric: Int) -> Int { metric == 0 ? a : metric == 1 ? b : c }
  @inline(__always)
  func adding(_ other: Counts, times sign: Int) -> Counts {
    Counts(a + sign * other.a, b + sign * other.b, c + sign * other.c)
  }
}

/// How likely so many of some are taken.
struct Binomial {
  static let recommended = Binomial(Model.recommendedShare)
  static let followedUp = Binomial(Model.followedUpShare)

  private static let side = 1_000
  private var weights = [Double](repeating: 0, count: side * side)

  private init(_ share: Double) {
    weights[0] = 1
    for of in 1..<Self.side {
      for taken in 0...of {
        let stays = weights[(of - 1) * Self.side + taken] * (1 - share)
        weights[of * Self.side + taken] =
          taken == 0 ? stays : stays + weights[(of - 1) * Self.side + taken - 1] * share
      }
    }
  }

  subscript(of: Int, taken: Int) -> Double { of < Self.side ? weights[of * Self.side + taken] : 0 }
}

/// Who knows the method, its table, how cases come, and all tables of all months, and asks what each number is.
///
/// What follows for a cell from everything at once cannot be written down, so it is sampled (block Gibbs): again and again
/// the whole course of a few cells is drawn anew beside all others, by going forwards and backwards over the months. Two
/// cells of a table exchange cases, so that their total stays; or one cell of each table and the nation change together.
/// The draws begin at the truth, which is one of them: where there are too few, the attacker comes out too strong.
struct Attacker {
  private let chains: [Chain]
  private let election: Election
  private let sweeps: Int
  /// By chain and month.
  private var counts: [[Counts]]
  /// By chain, month and metric, from the lowest possible number on: how often it was drawn, each time as likely as it
  /// was beside the others.
  private(set) var beliefs: [[[[Double]]]]
  let possible: [[[ClosedRange<Int>]]]

  init(_ election: Election, _ method: Method, sweeps: Int, _ random: inout Generator) {
    let model = election.model
    let shares = [1.0] + model.shares.flatMap { $0 }
    chains = shares.indices.map { chain in
      Chain(election.shown[chain], model.arrivals.map { $0 * shares[chain] }, method, isNation: chain == 0)
    }
    self.election = election
    self.sweeps = sweeps
    counts = election.truth.map { $0.map { Counts($0) } }
    possible = chains.map(\.possible)
    beliefs = possible.map { $0.map { $0.map { [Double](repeating: 0, count: $0.count) } } }
    for sweep in 0..<sweeps { self.sweep(keeps: sweep >= sweeps / 5, &random) }
  }

  private mutating func sweep(keeps: Bool, _ random: inout Generator) {
    for group in election.groups {
      // Each cell once, each with another one.
      var order = Array(group)
      order.shuffle(using: &random)
      for index in stride(from: 0, to: order.count - 1, by: 2) {
        draw([(order[index], 1), (order[index + 1], -1)], keeps, &random)
      }
      if order.count > 2 { draw([(order[order.count - 1], 1), (order[0], -1)], keeps, &random) }
    }
    for _ in 0..<3 {
      let cells = zip(election.groups, election.model.shares).map { ($0.lowerBound + random.pick($1), 1) }
      draw([(0, 1)] + cells, keeps, &random)
    }
  }

  /// Draws the course of some cells anew, all others given: each changes by the same, up or down.
  private mutating func draw(_ block: [(chain: Int, sign: Int)], _ keeps: Bool, _ random: inout Generator) {
    let months = Model.months
    var moves: [[Counts]] = []
    var forward: [[Double]] = []
    var steps: [[(from: Int, to: Int, weight: Double)]] = []
    for month in 0..<months {
      moves.append(self.moves(block, month))
      var (next, taken) = ([Double](repeating: 0, count: moves[month].count), [(from: Int, to: Int, weight: Double)]())
      for (from, old) in (month == 0 ? [Counts(0, 0, 0)] : moves[month - 1]).enumerated() {
        let reached = month == 0 ? 1 : forward[month - 1][from]
        guard reached > 0 else { continue }
        for (to, new) in moves[month].enumerated() {
          var weight = 1.0
          for (chain, sign) in block {
            let before = month == 0 ? Counts(0, 0, 0) : counts[chain][month - 1].adding(old, times: sign)
            weight *= chains[chain].step(before, counts[chain][month].adding(new, times: sign), month)
            if weight == 0 { break }
          }
          guard weight > 0 else { continue }
          next[to] += weight * reached
          taken.append((from, to, weight))
        }
      }
      let sum = next.reduce(0, +)
      // The truth itself is always possible, unless two cells are one set by chance.
      guard sum > 0 else { return }
      forward.append(next.map { $0 / sum })
      steps.append(taken)
    }
    if keeps { keep(block, moves, forward, steps) }
    var at = random.pick(forward[months - 1])
    for month in stride(from: months - 1, through: 0, by: -1) {
      let move = moves[month][at]
      for (chain, sign) in block { counts[chain][month] = counts[chain][month].adding(move, times: sign) }
      guard month > 0 else { break }
      let into = steps[month].filter { $0.to == at }
      let weights = into.map { $0.weight * forward[month - 1][$0.from] }
      let sum = weights.reduce(0, +)
      at = into[random.pick(weights.map { $0 / sum })].from
    }
  }

  /// By how much the cells may change in a month.
  private func moves(_ block: [(chain: Int, sign: Int)], _ month: Int) -> [Counts] {
    let changes = (0..<3).map { metric in
      (-6...6).filter { change in
        block.allSatisfy {
          chains[$0.chain].chance(counts[$0.chain][month][metric] + $0.sign * change, month, metric) > 0
        }
      }
    }
    return changes[0].flatMap { a in
      changes[1].flatMap { b in
        changes[2].compactMap { c in
          let move = Counts(a, b, c)
          let isNested = block.allSatisfy { chain, sign in
            let new = counts[chain][month].adding(move, times: sign)
            return new.a >= new.b && new.b >= new.c
          }
          return isNested ? move : nil
        }
      }
    }
  }

  private mutating func keep(
    _ block: [(chain: Int, sign: Int)], _ moves: [[Counts]], _ forward: [[Double]],
    _ steps: [[(from: Int, to: Int, weight: Double)]]
  ) {
    var backward = [Double](repeating: 1, count: moves[Model.months - 1].count)
    for month in stride(from: Model.months - 1, through: 0, by: -1) {
      let weights = zip(forward[month], backward).map(*)
      let sum = weights.reduce(0, +)
      for (move, weight) in zip(moves[month], weights) where weight > 0 {
        for (chain, sign) in block {
          let new = counts[chain][month].adding(move, times: sign)
          for metric in 0..<3 {
            beliefs[chain][month][metric][new[metric] - possible[chain][month][metric].lowerBound] += weight / sum
          }
        }
      }
      guard month > 0 else { break }
      var before = [Double](repeating: 0, count: moves[month - 1].count)
      for (from, to, weight) in steps[month] { before[from] += weight * backward[to] }
      let all = before.reduce(0, +)
      backward = before.map { $0 / all }
    }
  }

  /// What the attacker thinks of a number.
  func belief(_ chain: Int, _ month: Int, _ metric: Int) -> [Double] {
    let weights = beliefs[chain][month][metric]
    let sum = weights.reduce(0, +)
    return sum > 0 ? weights.map { $0 / sum } : weights
  }
}
