internal import Domain
internal import TestSupport
internal import Testing

@Suite struct PublicReleaseTests {
  private let random = TestRandom(seed: 3)

  private func cell(_ count: Int) -> Cell { Cell(count: count, key: UInt32(truncatingIfNeeded: random.next())) }

  /// An election all of whose cases are in row `a`, but for those of row `b`.
  private func cells(_ all: Cell, _ rows: [(String, Cell)]) -> ReleaseCells {
    ReleaseCells(
      tree: CellNode("reported", all), beside: [CellNode("rejected", Cell())],
      tables: ["region": rows.map { CellRow(key: $0.0, cells: [$0.1]) }], totals: [all])
  }

  @Test func `totals of the whole country from 100 up are exact wherever the same cases stand`() throws {
    for _ in 0..<200 {
      let (all, part) = (cell(100 + Int(random.next() % 50)), cell(120))
      let release = cells(all, [("a", all), ("b", Cell()), ("c", part)]).release(on: date("2024-10-31"))
      let rows = try #require(release.tables["region"]?.rows)
      #expect(release.tree.count == all.count && rows[0].counts == [all.count] && rows[1].counts == [0])
      #expect(rows[2].counts == [120 + Perturbation.noise(of: part)])
    }
  }

  @Test func `totals below 100 are perturbed, and the same cases are the same number in total and table`() throws {
    var moved = 0
    for _ in 0..<200 {
      let all = cell(99)
      let release = cells(all, [("a", all)]).release(on: date("2024-10-31"))
      #expect(release.tree.count == release.tables["region"]?.rows?[0].counts[0])
      moved += release.tree.count == 99 ? 0 : 1
    }
    #expect(moved > 100)
  }

  @Test func `what a release showed as it is stays so when it is the total no more`() throws {
    for _ in 0..<50 {
      let (old, new) = (cell(150), cell(1))
      let first = cells(old, [("a", old)]).release(on: date("2024-10-31"))
      let second = cells(old + new, [("a", old), ("b", new)]).release(on: date("2024-11-30"), exact: first.exact)
      #expect(second.tree.count == 151 && second.tables["region"]?.rows?[0].counts == [150])
      #expect(second.exact == [old, old + new])
    }
  }

  @Test func `no cell is shown as 1 or 2, or below 0, and only an empty one is certain`() throws {
    var shown: [Int: Set<Int>] = [:]
    for count in 0...12 {
      for _ in 0..<500 {
        let part = cell(count)
        let told = cells(cell(1_000), [("a", count == 0 ? Cell() : part)]).release(on: date("2024-10-31"))
        shown[count, default: []].insert(try #require(told.tables["region"]?.rows?[0].counts[0]))
      }
    }
    #expect(shown[0] == [0] && shown[1] == [0, 3, 4] && shown[2] == [0, 3, 4, 5] && shown[3] == [0, 3, 4, 5, 6])
    #expect(shown[4] == [3, 4, 5, 6, 7] && shown[5] == [3, 4, 5, 6, 7, 8] && shown[9] == Set(6...12))
  }
}
