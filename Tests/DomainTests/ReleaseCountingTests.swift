internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ReleaseCountingTests {
  private static let election = "pilkada-2024"

  @Test func `cases without a category and those of one named none are two rows`() throws {
    var versions = Array(try RandomHistory(seed: 1, cases: 20).versions.prefix(8))
    for index in versions.indices {
      versions[index].key = Int64(index + 1)
      versions[index].record.facts.election = Self.election
      versions[index].record.facts.violation =
        index < 3 ? nil : ViolationRef(code: "X-1", catalogue: "x", category: "none", aspect: "x")
    }
    let counts = try RandomHistory.states(versions).releaseCounts(
      of: Self.election, on: date("2025-12-31"), Fixture.reference)
    let rows = try #require(counts.tables["category"]?.rows)
    #expect(Set(rows.map(\.key)) == ["", "none"])
    #expect(try counts.release(on: date("2025-12-31"), against: []) != nil)
  }

  @Test(arguments: UInt64(1)...20) func `cumulative counts only grow where nothing is corrected`(seed: UInt64) throws {
    let states = try RandomHistory(seed: seed, cases: 120, onItsDay: true).states()
    var before: [Int] = []
    var grown = 0
    for month in 1...12 {
      let day = RandomHistory.firstDay.adding(days: 30 * month)
      let counts = try states.releaseCounts(of: Self.election, on: day, Fixture.reference)
      var now = [counts.tree.count + (counts.beside.first?.count ?? 0)]
      now += try counts.cumulative.map { count in
        let node = try #require(Self.node(counts.tree, count.node), "the tree has \(count.node)")
        #expect(count.before.isSubset(of: node.children.map(\.key)) && node.children.count > count.before.count)
        let outside = node.children.filter { count.before.contains($0.key) }.map(\.count).reduce(0, +)
        return try #require(Self.node(counts.tree, count.whole)).count - outside
      }
      for (index, (old, new)) in zip(before, now).enumerated() {
        // A case whose block is released waits for the PPK again.
        let mayFall = index > 0 && counts.cumulative[index - 1].before == ["recommended"]
        #expect(old <= new || mayFall, "day \(day): \(before), then \(now)")
        grown += old < new ? 1 : 0
      }
      before = now
    }
    #expect(grown > 20)
  }

  private static func node(_ tree: CountNode, _ path: [String]) -> CountNode? {
    path.reduce(tree as CountNode?) { node, key in node?.children.first { $0.key == key } }
  }
}
