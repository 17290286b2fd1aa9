#if canImport(Glibc)
  @_exported import Glibc
#else
  @_exported import Darwin
#endif

/// What an attacker learns from 24 monthly releases of many random small elections.
struct Tally {
  var cells = 0
  var hits = 0
  var sure = 0
  var right = 0

  mutating func add(_ belief: [Double], _ support: ClosedRange<Int>, _ truth: Int) {
    let best = belief.indices.max { belief[$0] < belief[$1] } ?? 0
    let isHit = support.lowerBound + best == truth
    cells += 1
    hits += isHit ? 1 : 0
    guard belief[best] >= 0.95 else { return }
    sure += 1
    right += isHit ? 1 : 0
  }

  static func + (left: Tally, right: Tally) -> Tally {
    Tally(
      cells: left.cells + right.cells, hits: left.hits + right.hits, sure: left.sure + right.sure,
      right: left.right + right.right)
  }

  private static func percent(_ part: Int, _ whole: Int) -> String {
    guard whole > 0 else { return "-" }
    let tenths = (1_000 * part + whole / 2) / whole
    return "\(tenths / 10).\(tenths % 10) %"
  }

  var text: String {
    "\(cells) | \(Self.percent(hits, cells)) | \(Self.percent(sure, cells)) | \(Self.percent(right, sure))"
  }
}

/// What one knows beforehand: a number is Poisson with a known mean.
func guess(_ model: Model, _ share: Double, _ truth: [[Int]], _ tally: inout Tally) {
  var means = [0.0, 0.0, 0.0]
  for month in 0..<Model.months {
    means[0] += model.arrivals[month] * share
    means[1] += (means[0] - means[1]) * Model.recommendedShare
    means[2] += (means[1] - means[2]) * Model.followedUpShare
    for metric in 0..<3 where (1...4).contains(truth[month][metric]) {
      var weight = exp(-means[metric])
      let belief = (0..<60).map { count in
        defer { weight *= means[metric] / Double(count + 1) }
        return weight
      }
      tally.add(belief, 0...59, truth[month][metric])
    }
  }
}

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = arguments.first ?? 20
let seed = arguments.count > 1 ? arguments[1] : 1
let sweeps = arguments.count > 2 ? arguments[2] : 60
print("\(count) elections, \(sweeps) sweeps, seed \(seed); cells by month with a true number of 1 to 4")
print("")
print("| method | table | cells | best guess is right | posterior of 0.95 or more | of these right |")
print("| --- | --- | --- | --- | --- | --- |")
for method in Method.allCases {
  var (tallies, larger, everything) = (Model.groupings.map { _ in Tally() }, Tally(), Tally())
  var prior = Tally()
  for number in 0..<count {
    // The same elections for both methods.
    var random = Generator(seed: UInt64(seed) &* 1_000_003 &+ UInt64(number))
    let election = Election(&random, method)
    let attacker = Attacker(election, method, sweeps: sweeps, &random)
    for (index, group) in election.groups.enumerated() {
      for (chain, share) in zip(group, election.model.shares[index]) {
        for month in 0..<Model.months {
          for metric in 0..<3 {
            let (belief, support) =
              (attacker.belief(chain, month, metric), attacker.possible[chain][month][metric])
            let truth = election.truth[chain][month][metric]
            if (1...4).contains(truth) { tallies[index].add(belief, support, truth) }
            if truth > 4 { larger.add(belief, support, truth) }
            everything.add(belief, support, truth)
          }
        }
        guess(election.model, share, election.truth[chain], &prior)
      }
    }
  }
  for (name, tally) in zip(Model.groupings, tallies) { print("| \(method.rawValue) | \(name) | \(tally.text) |") }
  print("| \(method.rawValue) | all four | \(tallies.reduce(Tally(), +).text) |")
  print("| \(method.rawValue) | all four, numbers from 5 up | \(larger.text) |")
  print("| \(method.rawValue) | all four, all numbers | \(everything.text) |")
  if method == Method.allCases.last { print("| no release at all | all four | \(prior.text) |") }
}
