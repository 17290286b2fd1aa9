internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ReleaseCountingTests {
  private static let election = "pilkada-2024"
  private static let lastDay = date("2026-12-31")

  /// Record keys that name their case: sums of them tell which cases a cell has.
  private static func recordKeys(_ count: Int) -> [UInt32] { (0...UInt32(count)).map { $0 &* 2_654_435_761 } }

  @Test(arguments: UInt64(1)...20) func `cells have the cases that figures count, by every grouping`(seed: UInt64)
    throws
  {
    let states = try RandomHistory(seed: seed, cases: 120).states()
    for month in stride(from: 1, through: 15, by: 2) {
      let day = RandomHistory.firstDay.adding(days: 30 * month)
      let cells = try states.releaseCells(
        of: Self.election, on: day, recordKeys: Self.recordKeys(120), Fixture.reference)
      for grouping in CaseStates.releasedGroupings {
        var question = StatisticQuestion(.funnel, asOf: day)
        question.groupBy = grouping
        question.filter.election = Self.election
        guard case .funnel(let figures) = states.answer(question, for: nil, Fixture.reference) else { continue }
        let rows = try #require(cells.tables[grouping.rawValue])
        #expect(Set(rows.map(\.key)).count == rows.count)
        for row in rows {
          let key = row.key == CaseStates.withoutCode ? nil : row.key
          let counts = figures.groups.first { $0.key == key }.map { group in
            [FunnelMetric.reported, .recommended, .followedUp].map { group.figures[$0] }
          }
          #expect(row.cells.map(\.count) == counts ?? [0, 0, 0])
        }
        // Every table shares out the same cases, so that their keys add up.
        for metric in 0..<3 {
          #expect(rows.map { $0.cells[metric] }.reduce(Cell(), +) == cells.totals[metric])
        }
      }
      #expect(cells.tree.cell == cells.totals[0] && cells.beside.map(\.cell) == [cells.totals[4]])
    }
  }

  @Test func `a cell's key is the sum of the record keys of its cases`() throws {
    var versions = Array(try RandomHistory(seed: 4, cases: 30).versions.prefix(30))
    for index in versions.indices {
      versions[index].key = Int64(index + 1)
      versions[index].record.facts.election = index % 3 == 0 ? "pilkada-2020" : Self.election
    }
    let keys = Self.recordKeys(30)
    let cells = try RandomHistory.states(versions).releaseCells(
      of: Self.election, on: Self.lastDay, recordKeys: keys, Fixture.reference)
    var expected = Cell()
    for version in versions
    where version.record.facts.election == Self.election && version.record.progress.milestones[.rejected] == nil {
      expected.add(keys[Int(version.key)])
    }
    #expect(cells.tree.cell == expected && expected.count > 10)
  }

  @Test func `every code has a row and every stage and level a part, whether or not there is a case`() throws {
    let none = try CaseStates().releaseCells(of: Self.election, on: Self.lastDay, recordKeys: [], Fixture.reference)
    let some = try RandomHistory(seed: 2, cases: 60).states()
      .releaseCells(of: Self.election, on: Self.lastDay, recordKeys: Self.recordKeys(60), Fixture.reference)
    #expect(none.tables.mapValues { $0.map(\.key) } == some.tables.mapValues { $0.map(\.key) })
    #expect(Self.keys(none.tree) == Self.keys(some.tree) && Self.keys(none.tree).count > 25)
    #expect(none.tables["province"]?.count == 39 && none.tables["position_level"]?.count == 8)
    #expect(none.tables["category"]?.map(\.key) == ["ethics", "discipline", "task_force", ""])
    #expect(none.tables["institution_kind"]?.map(\.key) == ["regional", "central", ""])
    #expect(none.tree.cell == Cell() && some.tree.cell.count > 40)
  }

  private static func keys(_ node: CellNode) -> [String] { [node.key] + node.children.flatMap(keys) }

  @Test func `cases without a category and those of one that is none are one row`() throws {
    var versions = Array(try RandomHistory(seed: 1, cases: 20).versions.prefix(8))
    for index in versions.indices {
      versions[index].key = Int64(index + 1)
      versions[index].record.facts.election = Self.election
      versions[index].record.facts.violation =
        index < 3 ? nil : ViolationRef(code: "X-1", catalogue: "x", category: "none", aspect: "x")
    }
    let rows = try RandomHistory.states(versions).releaseCells(
      of: Self.election, on: Self.lastDay, recordKeys: Self.recordKeys(8), Fixture.reference
    ).tables["category"]
    #expect(rows?.last?.cells[0].count == rows?.map { $0.cells[0].count }.reduce(0, +))
  }

  @Test func `a case without a record key makes no release`() throws {
    let states = try RandomHistory(seed: 1, cases: 20).states()
    #expect(throws: Failure.self) {
      try states.releaseCells(
        of: Self.election, on: Self.lastDay, recordKeys: Self.recordKeys(19), Fixture.reference)
    }
  }
}
