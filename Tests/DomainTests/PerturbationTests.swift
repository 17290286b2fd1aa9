internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing

@Suite struct PerturbationTests {
  private static let noises = Array(-Perturbation.noiseMax...Perturbation.noiseMax)

  private static func probabilities(_ row: Int) -> [Double] {
    Perturbation.weights[row].map { Double($0) / Double(Perturbation.weightSum) }
  }

  private static func moment(_ power: Int, _ probabilities: [Double]) -> Double {
    zip(noises, probabilities).reduce(0) { $0 + pow(Double($1.0), Double(power)) * $1.1 }
  }

  @Test(arguments: Perturbation.weights.indices)
  func `a row adds up, has mean 0 and its variance, and shows neither 1 nor 2 nor less than 0`(row: Int) {
    let weights = Perturbation.weights[row]
    #expect(weights.count == Self.noises.count && weights.reduce(0, +) == Perturbation.weightSum)
    #expect(abs(Self.moment(1, Self.probabilities(row))) < 1e-8)
    let variance = row == 0 ? 0 : Perturbation.variance
    #expect(abs(Self.moment(2, Self.probabilities(row)) - variance) < 1e-8)
    for (noise, weight) in zip(Self.noises, weights) where weight > 0 {
      #expect(row + noise >= 0 && !Perturbation.notShown.contains(row + noise), "\(row) is shown as \(row + noise)")
    }
  }

  /// Newton's method on the dual: the distribution of maximum entropy is exp(a·v + b·v²) over what may be added.
  private static func maximumEntropy(_ row: Int) -> [Double] {
    let allowed = noises.filter { row + $0 >= 0 && !Perturbation.notShown.contains(row + $0) }
    var (a, b) = (0.0, 0.0)
    var found: [Double] = []
    for _ in 0..<500 {
      let weights = noises.map { allowed.contains($0) ? exp(a * Double($0) + b * Double($0 * $0)) : 0 }
      let sum = weights.reduce(0, +)
      found = weights.map { $0 / sum }
      let moments = (0...4).map { moment($0, found) }
      let (first, second) = (moments[1], moments[2] - Perturbation.variance)
      let (aa, ab, bb) = (
        moments[2] - moments[1] * moments[1], moments[3] - moments[1] * moments[2], moments[4] - moments[2] * moments[2]
      )
      let determinant = aa * bb - ab * ab
      let step = ((bb * first - ab * second) / determinant, (aa * second - ab * first) / determinant)
      let length = abs(step.0) + abs(step.1)
      if length < 1e-14 { break }
      let damping = min(1, 1 / length)
      (a, b) = (a - damping * step.0, b - damping * step.1)
    }
    return found
  }

  @Test(arguments: Perturbation.weights.indices.dropFirst())
  func `a row is the distribution of maximum entropy, derived anew`(row: Int) {
    for (shipped, derived) in zip(Self.probabilities(row), Self.maximumEntropy(row)) {
      #expect(abs(shipped - derived) < 1e-9)
    }
    // Every larger number has the last row, since nothing is forbidden for it any more.
    let last = Perturbation.weights.count - 1
    #expect(last - Perturbation.noiseMax > Perturbation.notShown.upperBound)
    #expect(zip(Self.maximumEntropy(last), Self.maximumEntropy(last + 5)).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7, 99, 100, 5_000])
  func `keys that are spread evenly give noise as often as the table says`(count: Int) {
    let keys = 1 << 16
    var seen: [Int: Int] = [:]
    for index in 0..<keys {
      seen[Perturbation.noise(of: Cell(count: count, key: UInt32(index << 16) | 0x7FFF)), default: 0] += 1
    }
    for (noise, probability) in zip(Self.noises, Self.probabilities(min(count, 6))) {
      #expect(abs(Double(seen[noise] ?? 0) / Double(keys) - probability) < 1e-4)
    }
  }

  @Test func `the ends of the keys fall into the first and the last part of a row`() {
    #expect(Perturbation.noise(of: Cell(count: 6, key: 0)) == -3)
    #expect(Perturbation.noise(of: Cell(count: 6, key: 259_880_509)) == -3)
    #expect(Perturbation.noise(of: Cell(count: 6, key: 259_880_510)) == -2)
    #expect(Perturbation.noise(of: Cell(count: 6, key: .max)) == 3)
    #expect(Perturbation.noise(of: Cell(count: 1, key: .max)) == 3)
    #expect(Perturbation.noise(of: Cell(count: 0, key: .max)) == 0)
  }

  @Test func `a set of cases is one cell, in whatever order and parts they come, and one case more is another`() {
    let random = TestRandom(seed: 5)
    let keys = (0..<40).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    func cell(_ keys: some Sequence<UInt32>) -> Cell { keys.reduce(into: Cell()) { $0.add($1) } }
    #expect(cell(keys) == cell(keys.reversed()) && cell(keys) == cell(keys[..<13]) + cell(keys[13...]))
    #expect(cell(keys) != cell(keys.dropLast()) && cell(keys[..<5]) != cell(keys[1..<6]))
  }

  @Test func `noise of sets that differ by one case has nothing in common`() {
    let random = TestRandom(seed: 9)
    var products = 0.0
    let rounds = 20_000
    for _ in 0..<rounds {
      var cell = Cell(count: 20, key: UInt32(truncatingIfNeeded: random.next()))
      let before = Perturbation.noise(of: cell)
      cell.add(UInt32(truncatingIfNeeded: random.next()))
      products += Double(before * Perturbation.noise(of: cell))
    }
    #expect(abs(products / Double(rounds)) < 0.1, "the covariance is 0, that of one set with itself 2.5")
  }
}
