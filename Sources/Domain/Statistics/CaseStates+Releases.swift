/// What a public release is made from.
extension CaseStates {
  /// The groupings of public releases: none follows from another.
  public static let releasedGroupings: [StatisticGrouping] = [.province, .positionLevel, .category, .institutionKind]

  /// The key of a row whose cases have no code of the grouping: the one text that is no code.
  public static let withoutCode = ""

  /// The cells of an election's cases on a date, as known now.
  ///
  /// - Parameter recordKeys: the record key of every case, by the key under which the store keeps the case.
  /// - Throws: `internal_error` when a case has no record key.
  public func releaseCells(
    of election: String, on date: LegalDate, recordKeys: [UInt32], _ reference: Reference
  ) throws(Failure) -> ReleaseCells {
    guard recordKeys.count >= heads.count else {
      throw Failure(.internalError, en: "A case has no record key.", inIndonesian: "Ada kasus tanpa kunci rekaman.")
    }
    var filter = StatisticFilter()
    filter.election = election
    var tally = ReleaseTally(sanctionCount: codes.sanctions.texts.count)
    var tables = Self.releasedGroupings.map { _ in [Int: [Cell]]() }
    if let selection = StateSelection(filter, for: nil, codes) {
      let view = StateView(basis: .effective, day: Self.day(date), seq: .max)
      forEachCase(view, selection) { counted, _ in
        let recordKey = recordKeys[counted.key]
        guard let reached = tally.add(counted.entry, recordKey) else { return }
        for (index, grouping) in Self.releasedGroupings.enumerated() {
          let number = Self.group(counted.facts, by: grouping)
          for metric in 0...reached {
            tables[index][number, default: ReleaseTally.noCells][metric].add(recordKey)
          }
        }
      }
    }
    var named: [String: [CellRow]] = [:]
    for (grouping, cells) in zip(Self.releasedGroupings, tables) {
      named[grouping.rawValue] = rows(cells, grouping, reference)
    }
    return tally.cells(codes.sanctions, reference, tables: named)
  }

  /// A row for every code that reference data know, and one for the cases that have none of them: that a row is there
  /// tells of no case.
  private func rows(_ cells: [Int: [Cell]], _ grouping: StatisticGrouping, _ reference: Reference) -> [CellRow] {
    let keys = groupKeys(grouping)
    let known = reference.releasedCodes(of: grouping)
    var byKey: [String: [Cell]] = [:]
    for (number, row) in cells {
      let key = keys[number].flatMap { known.contains($0) ? $0 : nil } ?? Self.withoutCode
      byKey[key] = byKey[key].map { zip($0, row).map(+) } ?? row
    }
    return (known + [Self.withoutCode]).map { CellRow(key: $0, cells: byKey[$0] ?? ReleaseTally.noCells) }
  }
}

extension Reference {
  /// Every code of a grouping of public releases, of whatever time, in order.
  func releasedCodes(of grouping: StatisticGrouping) -> [String] {
    switch grouping {
    case .province: regions.keys.filter { RegionCode(stored: $0).isProvince }.sorted()
    case .positionLevel: PositionLevel.allCases.map(\.rawValue)
    case .category: Violation.categories
    case .institutionKind: InstitutionKind.allCases.map(\.rawValue)
    default: []
    }
  }
}

/// The branches of the tree of a public release that are neither a stage nor a metric nor a level of sanctions.
public enum ReleaseBranch: String, Sendable {
  case notRecommended = "not_recommended"
  case inExamination = "in_examination"
  case notFollowedUp = "not_followed_up"
  case other
}

/// The cells of the tree, as they come.
private struct ReleaseTally {
  /// Reported, recommended, followed up.
  static let noCells = [Cell(), Cell(), Cell()]

  private var examined: [Stage: Cell] = [:]
  private var recommended: [Stage: Cell] = [:]
  private var followedUp: [Stage: Cell] = [:]
  /// Of cases whose sanction stands, by the number of its code.
  private var sanctions: [Cell]
  private var rejected = Cell()

  init(sanctionCount: Int) { sanctions = Array(repeating: Cell(), count: sanctionCount) }

  /// Counts a case; returns how far it has come: 0 reported, 1 recommended, 2 followed up; nil when it was rejected.
  mutating func add(_ entry: CaseStates.Entry, _ recordKey: UInt32) -> Int? {
    let stage = Stage.allCases[Int(entry.stage)]
    if entry.has(.rejected) {
      rejected.add(recordKey)
      return nil
    }
    if entry.has(.decided) {
      if entry.sanction != 0 && stage != .cancelled && stage != .lapsed {
        sanctions[Int(entry.sanction)].add(recordKey)
      } else {
        followedUp[stage, default: Cell()].add(recordKey)
      }
      return 2
    }
    if entry.has(.recommended) {
      recommended[stage, default: Cell()].add(recordKey)
      return 1
    }
    examined[stage, default: Cell()].add(recordKey)
    return 0
  }

  func cells(_ codes: CodeTable, _ reference: Reference, tables: [String: [CellRow]]) -> ReleaseCells {
    let examination: [Stage] = [.received, .verified, .studied]
    let inExamination = CellNode(
      ReleaseBranch.inExamination.rawValue, examination.map { CellNode($0.rawValue, examined[$0] ?? Cell()) })
    let ends = Self.leaves(examined.filter { !examination.contains($0.key) }, [.notProven, .cancelled, .lapsed])
    let notFollowedUp = Self.leaves(recommended, [.recommended, .blocked, .cancelled, .lapsed])
    let otherwise = Self.leaves(followedUp, [.notProven, .exonerated, .cancelled, .lapsed])
    let sanctioned = CellNode(Stage.sanctioned.rawValue, sanctionsByLevel(codes, reference))
    let followedUp = CellNode(FunnelMetric.followedUp.rawValue, [sanctioned] + otherwise)
    let recommended = CellNode(
      FunnelMetric.recommended.rawValue, [CellNode(ReleaseBranch.notFollowedUp.rawValue, notFollowedUp), followedUp])
    let reported = CellNode(
      FunnelMetric.reported.rawValue,
      [CellNode(ReleaseBranch.notRecommended.rawValue, [inExamination] + ends), recommended])
    return ReleaseCells(
      tree: reported, beside: [CellNode(FunnelMetric.rejected.rawValue, rejected)], tables: tables,
      totals: [reported.cell, recommended.cell, followedUp.cell, sanctioned.cell, rejected])
  }

  /// The named stages, and what stands at any other one: the parts always make up the whole.
  private static func leaves(_ cells: [Stage: Cell], _ stages: [Stage]) -> [CellNode] {
    let rest = cells.filter { !stages.contains($0.key) }.values.reduce(Cell(), +)
    return stages.map { CellNode($0.rawValue, cells[$0] ?? Cell()) } + [CellNode(ReleaseBranch.other.rawValue, rest)]
  }

  /// Every level there is, and the sanctions of which none is known.
  private func sanctionsByLevel(_ codes: CodeTable, _ reference: Reference) -> [CellNode] {
    var cells: [String: Cell] = [:]
    for (outcome, cell) in zip(SanctionOutcome.all(codes, reference), sanctions) where cell.count > 0 {
      let level = SanctionOutcome.levels.contains(outcome.level) ? outcome.level : SanctionOutcome.unknown.rawValue
      cells[level] = (cells[level] ?? Cell()) + cell
    }
    return (SanctionOutcome.levels + [SanctionOutcome.unknown.rawValue]).map { CellNode($0, cells[$0] ?? Cell()) }
  }
}
