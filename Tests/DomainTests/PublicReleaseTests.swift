internal import Domain
internal import Testing

@Suite struct PublicReleaseTests {
  /// Counts of an election: what is not recommended, awaits the PPK, and was followed up, by row.
  private func counts(_ rows: [String: [Int]], rejected: Int = 0) throws -> ReleaseCounts {
    let sums = (0..<3).map { part in rows.values.reduce(0) { $0 + $1[part] } }
    let tree = CountNode(
      "reported",
      [
        CountNode(
          "not_recommended", [CountNode("received", sums[0] / 2), CountNode("verified", sums[0] - sums[0] / 2)]),
        CountNode("recommended", [CountNode("awaiting", sums[1]), CountNode("followed_up", sums[2])]),
      ])
    let table = try CountTable(
      metrics: 3, counts: rows.mapValues { [$0[0] + $0[1] + $0[2], $0[1] + $0[2], $0[2]] })
    return try ReleaseCounts(
      tree: tree, metricPath: ["recommended", "followed_up"], beside: [CountNode("rejected", rejected)],
      tables: ["region": table])
  }

  @Test func `a release tells all where nothing is small`() throws {
    let release = try #require(
      try counts(["a": [20, 5, 7], "b": [10, 9, 8]], rejected: 6).release(on: date("2024-10-31"), against: []))
    #expect(release.tree.count == 59)
    #expect(release.tree.count(at: ["recommended", "followed_up"]) == 15)
    #expect(release.tree.count(at: ["not_recommended", "received"]) == 15)
    #expect(release.beside.map(\.count) == [6])
    #expect(release.tables["region"]?.total == [59, 29, 15])
    #expect(release.tables["region"]?.rows?.map(\.counts) == [[32, 12, 7], [27, 17, 8]])
  }

  /// The three parts of all cases, and how many counts are told: reported, recommended, followed up.
  @Test(arguments: [
    ([100, 20, 10], 3), ([0, 0, 0], 3), ([100, 0, 0], 3), ([100, 3, 10], 2), ([100, 10, 3], 2), ([100, 2, 1], 1),
    ([3, 50, 50], 1), ([1, 1, 4], 1), ([1, 1, 2], 0), ([3, 0, 0], 0),
  ])
  func `small parts of all cases leave coarser counts, in tree and tables alike`(parts: [Int], told: Int) throws {
    let release = try counts(["a": parts]).release(on: date("2024-10-31"), against: [])
    let sums = [parts[0] + parts[1] + parts[2], parts[1] + parts[2], parts[2]]
    #expect(release?.tables["region"]?.total ?? [] == Array(sums.prefix(told)))
    #expect(release?.tree.count(at: ["recommended"]) == (told > 1 ? sums[1] : nil))
    #expect(release?.tree.count(at: ["recommended", "followed_up"]) == (told > 2 ? sums[2] : nil))
  }

  @Test func `a date on which all cases are 1 to 4 more than on another is withheld`() throws {
    let first = try #require(try counts(["a": [20, 0, 0]]).release(on: date("2024-10-31"), against: []))
    for (reported, isTold) in [(15, true), (16, false), (19, false), (20, true), (21, false), (24, false), (25, true)] {
      let release = try counts(["a": [reported, 0, 0]]).release(on: date("2024-11-30"), against: [first])
      #expect((release != nil) == isTold, "\(reported)")
    }
  }

  @Test func `a part that moved by 1 to 4 is hidden with its neighbours`() throws {
    let first = try #require(try counts(["a": [20, 10, 10]]).release(on: date("2024-10-31"), against: []))
    #expect(first.tables["region"]?.total.count == 3)
    let second = try #require(try counts(["a": [25, 8, 12]]).release(on: date("2024-11-30"), against: [first]))
    #expect(second.tree.count(at: ["recommended"]) == 20)
    #expect(second.tree.children?.last?.children == nil)
    #expect(second.tables["region"]?.total == [45, 20])
  }

  @Test func `a small number of rejected cases is left out, and nothing else for it`() throws {
    let first = try #require(try counts(["a": [20, 5, 7]], rejected: 4).release(on: date("2024-10-31"), against: []))
    #expect(first.beside.isEmpty)
    let second = try #require(
      try counts(["a": [20, 5, 7]], rejected: 6).release(on: date("2024-11-30"), against: [first]))
    #expect(second.beside.map(\.count) == [6])
    let third = try #require(
      try counts(["a": [20, 5, 7]], rejected: 8).release(on: date("2024-12-31"), against: [second, first]))
    #expect(third.beside.isEmpty)
    #expect(third.tree == first.tree)
  }

  @Test func `few cases reported do not follow from reported and rejected ones together`() throws {
    let first = try #require(
      try counts(["a": [20, 15, 15]], rejected: 10).release(on: date("2024-10-31"), against: []))
    // Eight of those reported were rejected, and two came: 42 and 20 less 50 and 10.
    let next = try counts(["a": [10, 16, 16]], rejected: 20)
    let second = try #require(try next.release(on: date("2024-11-30"), against: [first]))
    #expect(second.tree.count == 42 && second.beside.isEmpty)
    let more = try counts(["a": [10, 16, 16]], rejected: 23)
    #expect(try more.release(on: date("2024-11-30"), against: [first])?.beside.map(\.count) == [23])
  }

  /// What stands at received, verified, studied and an end, on two dates, and what is hidden on the second.
  @Test(arguments: [
    ([20, 20, 20, 10], [15, 27, 27, 10], []), ([20, 20, 20, 10], [30, 20, 20, 10], []),
    // Two came past received: nine went on to studied, and there are seven fewer at verified.
    ([30, 20, 20, 10], [42, 13, 29, 10], ["received", "verified"]),
    // Three came past verified: eight ended, and there are five fewer at studied.
    ([30, 30, 20, 10], [30, 40, 15, 18], ["received", "studied"]),
  ]) func `few cases that go on do not follow from where cases stand`(old: [Int], new: [Int], hidden: [String])
    throws
  {
    func counts(_ stages: [Int]) throws -> ReleaseCounts {
      let examined = zip(["received", "verified", "studied"], stages).map { CountNode($0, $1) }
      let tree = CountNode(
        "reported",
        [
          CountNode("not_recommended", [CountNode("in_examination", examined), CountNode("lapsed", stages[3])]),
          CountNode("recommended", 50),
        ])
      return try ReleaseCounts(
        tree: tree, metricPath: ["recommended"], cumulative: Array(ReleaseWorld.cumulative.prefix(3)), beside: [],
        tables: [:])
    }
    let first = try #require(try counts(old).release(on: date("2024-10-31"), against: []))
    let second = try #require(try counts(new).release(on: date("2024-11-30"), against: [first]))
    let node = try #require(second.tree.node(at: ["not_recommended", "in_examination"]))
    #expect((node.children == nil ? ["received", "studied", "verified"] : node.suppressed) == hidden)
  }

  @Test func `counts that cannot be are refused, and end nothing`() {
    for counts in [["a": [5, 6]], ["a": [5]], ["a": [5, -1]]] {
      #expect(throws: Failure.self) { try CountTable(metrics: 2, counts: counts) }
    }
    for tree in [CountNode("all", -1), CountNode("all", [CountNode("x", 2), CountNode("x", 3)])] {
      #expect(throws: Failure.self) { try ReleaseCounts(tree: tree, metricPath: [], beside: [], tables: [:]) }
    }
    #expect(throws: Failure.self) {
      try ReleaseCounts(
        tree: CountNode("all", 7), metricPath: [], beside: [],
        tables: ["region": CountTable(metrics: 1, counts: ["a": [6]])])
    }
    #expect(throws: Failure.self) {
      let release = try #require(try counts(["a": [20, 5, 7]]).release(on: date("2024-10-31"), against: []))
      _ = try counts(["a": [20, 5, 7]]).release(on: date("2024-10-31"), against: [release])
    }
  }

  @Test func `what lies below a hidden part is hidden`() throws {
    let tree = CountNode(
      "all",
      [
        CountNode("small", [CountNode("x", 2), CountNode("y", 0)]),
        CountNode("cover", [CountNode("x", 6), CountNode("y", 7)]),
        CountNode("large", [CountNode("x", 30), CountNode("y", 3), CountNode("z", 9), CountNode("none", 0)]),
      ])
    let told = try #require(tree.published(on: date("2024-10-31"), against: []))
    #expect(told.suppressed == ["cover", "small"])
    #expect(told.children?.map(\.key) == ["large"])
    #expect(told.children?.first?.suppressed == ["y", "z"])
    #expect(told.children?.first?.children?.map(\.key) == ["none", "x"])
    #expect(told.count(at: ["large", "none"]) == 0)
    #expect(told.count(at: ["small", "y"]) == nil)
  }
}
