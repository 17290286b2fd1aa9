internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import Domain

/// The statistical means, against published values, enumeration, and what chance must give.
@Suite struct IndependenceTests {
  /// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
  @Test(arguments: [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)])
  func `intervals are Wilson's`(count: Int, of: Int, low: Double, high: Double) {
    let (mine, mirrored) = (Share(count, of: of).interval, Share(of - count, of: of).interval)
    #expect(abs(mine.low - low) < 0.00005 && abs(mine.high - high) < 0.00005)
    #expect(abs(mirrored.low - (1 - mine.high)) < 1e-12 && abs(mirrored.high - (1 - mine.low)) < 1e-12)
  }

  @Test func `of nothing anything is possible`() {
    #expect(Share(0, of: 0).interval == (0, 1) && Share(0, of: 0).value == 0)
  }

  /// Tables by form, stratum and level.
  private func test(_ forms: [[[Int]]]) -> IndependenceTest? {
    let (strata, levels) = (forms[0].count, forms[0][0].count)
    var table = CountTable3(forms: forms.count, strata: strata, levels: levels)
    for (form, rows) in forms.enumerated() {
      for (stratum, row) in rows.enumerated() {
        for (level, count) in row.enumerated() {
          for _ in 0..<count { table.add(form: form, stratum: stratum, level: level) }
        }
      }
    }
    return table.test(forms: Array(forms.indices), strata: Array(0..<strata))
  }

  /// The statistic of a table, in the plainest way.
  private func pearson(_ rows: [[Int]]) -> Double {
    let total = Double(rows.joined().reduce(0, +))
    var sum = 0.0
    for row in rows {
      for level in row.indices {
        let expected = Double(row.reduce(0, +) * rows.reduce(0) { $0 + $1[level] }) / total
        if expected > 0 { sum += (Double(row[level]) - expected) * (Double(row[level]) - expected) / expected }
      }
    }
    return sum
  }

  /// The statistics of all orders in which levels can be dealt among the strata.
  private func allDeals(_ rows: [[Int]]) -> [Double] {
    let levels = rows.flatMap { row in row.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) } }
    let strata = rows.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element.reduce(0, +)) }
    func orders(_ items: [Int]) -> [[Int]] {
      guard items.count > 1 else { return [items] }
      return items.indices.flatMap { index in
        var rest = items
        let first = rest.remove(at: index)
        return orders(rest).map { [first] + $0 }
      }
    }
    return orders(levels).map { order in
      var dealt = rows.map { $0.map { _ in 0 } }
      for (stratum, level) in zip(strata, order) { dealt[stratum][level] += 1 }
      return pearson(dealt)
    }
  }

  @Test(arguments: [
    [[[3, 0], [0, 3]]], [[[2, 1], [1, 2]]], [[[3, 1], [0, 2]]], [[[2, 0, 0], [0, 2, 0], [0, 0, 2]]],
    [[[1, 1, 0], [0, 1, 1]]], [[[2, 0], [0, 2]], [[1, 1], [2, 0]]], [[[2, 0], [1, 1]], [[0, 2], [2, 0]]],
  ])
  func `p is the share of all deals that differ as much`(forms: [[[Int]]]) throws {
    let found = try #require(test(forms))
    let observed = forms.reduce(0) { $0 + pearson($1) }
    #expect(abs(found.statistic - observed) < 1e-9)
    let deals = forms.map(allDeals).reduce([0.0]) { sums, next in sums.flatMap { sum in next.map { sum + $0 } } }
    let exact = Double(deals.count { $0 >= observed - 1e-9 }) / Double(deals.count)
    // Four standard errors of so many deals.
    let error = (exact * (1 - exact) / Double(IndependenceTest.permutationsMax)).squareRoot()
    #expect(abs(found.p - exact) < 4 * error + 0.0003, "\(found.p), exactly \(exact)")
  }

  @Test func `there is no test where there is nothing to compare`() {
    #expect(test([[[3, 2], [0, 0]]]) == nil)
    #expect(test([[[3, 0], [2, 0]]]) == nil)
    // Two forms that each have one stratum, and two levels between them.
    #expect(test([[[3, 0], [0, 0]], [[0, 0], [0, 3]]]) == nil)
  }

  @Test func `a form with one stratum or one level changes nothing`() throws {
    let plain = try #require(test([[[6, 2], [3, 9]]]))
    let more = try #require(test([[[6, 2], [3, 9]], [[5, 5], [0, 0]], [[4, 0], [7, 0]]]))
    #expect(more == plain)
  }

  @Test func `where sanctions are dealt by chance every p is as likely`() throws {
    let random = TestRandom(seed: 11)
    let count = 60
    let values = try (0..<count).map { _ in
      var table = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
      for item in 0..<90 { table[item % 3][Int(random.next() % 3)] += 1 }
      return try #require(test([table])).p
    }.sorted()
    // Kolmogorov's bound at one in a thousand; the seed is fixed, so that the test does not fail by chance.
    let bound = 1.95 / Double(count).squareRoot()
    for (index, p) in values.enumerated() {
      #expect(abs(p - (Double(index) + 0.5) / Double(count)) < bound)
      #expect(p >= 1 / Double(IndependenceTest.permutationsMax + 1) && p <= 1)
    }
  }

  @Test(arguments: [
    (3, 4, 10), (1, 1, 2), (5, 5, 5), (10, 1, 500), (250, 250, 500), (499, 3, 500), (3, 499, 500), (40, 7, 60),
    (2_000, 900, 10_000), (0, 5, 9), (5, 0, 9),
  ])
  func `draws lie within their support, in the frequencies of the distribution`(draws: Int, marked: Int, of: Int) {
    let factorials = LogFactorials(upTo: of)
    let count = 20_000
    var seen: [Int: Int] = [:]
    // An even grid instead of chance: the frequencies are then those of the distribution but for its steps.
    for step in 0..<count {
      let unit = (Double(step) + 0.5) / Double(count)
      seen[factorials.hypergeometric(draws: draws, marked: marked, population: of, unit), default: 0] += 1
    }
    let support = max(0, draws + marked - of)...min(draws, marked)
    #expect(seen.keys.allSatisfy { support.contains($0) })
    let mean = seen.reduce(0.0) { $0 + Double($1.key * $1.value) } / Double(count)
    #expect(abs(mean - Double(draws) * Double(marked) / Double(of)) < 0.02, "\(mean)")
    func choose(_ n: Int, _ k: Int) -> Double {
      lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    }
    for number in support {
      let exact = exp(choose(marked, number) + choose(of - marked, draws - number) - choose(of, draws))
      let found = Double(seen[number] ?? 0) / Double(count)
      #expect(abs(found - exact) <= 1.5 / Double(count), "\(number): \(found), exactly \(exact)")
    }
  }
}
