/// What a public release is made from.
extension CaseStates {
  /// The groupings of public releases: none follows from another.
  public static let releasedGroupings: [StatisticGrouping] = [.province, .positionLevel, .category, .institutionKind]

  /// What growth may not be small beside that of a node: cases that came past being received, verified, studied, or
  /// recommended, and cases that were sanctioned. That of reported and rejected cases together is always judged.
  /// Where no fact is corrected, all of them only grow, but for cases that wait for the PPK again after a block.
  private static let releasedCumulative = [
    CumulativeCount(of: [], besides: ["received"], in: ["not_recommended", "in_examination"]),
    CumulativeCount(of: [], besides: ["received", "verified"], in: ["not_recommended", "in_examination"]),
    CumulativeCount(of: [], besides: ["in_examination"], in: ["not_recommended"]),
    CumulativeCount(of: ["recommended"], besides: ["recommended"], in: ["recommended", "not_followed_up"]),
    CumulativeCount(
      of: ["recommended", "followed_up"], besides: ["not_proven", "other"], in: ["recommended", "followed_up"]),
  ]

  /// The true counts of an election's cases on a date, as known now.
  ///
  /// - Throws: `internal_error` when they do not agree with each other.
  public func releaseCounts(of election: String, on date: LegalDate, _ reference: Reference) throws(Failure)
    -> ReleaseCounts
  {
    var filter = StatisticFilter()
    filter.election = election
    var tally = ReleaseTally(levels: codes.sanctions.texts.count)
    var tables = Self.releasedGroupings.map { _ in [Int: [Int]]() }
    if let selection = StateSelection(filter, for: nil, codes) {
      let view = StateView(basis: .effective, day: Self.day(date), seq: .max)
      forEachCase(view, selection) { counted, _ in
        guard let reached = tally.add(counted.entry) else { return }
        for (index, grouping) in Self.releasedGroupings.enumerated() {
          let number = Self.group(counted.facts, by: grouping)
          for metric in 0...reached { tables[index][number, default: [0, 0, 0]][metric] += 1 }
        }
      }
    }
    var named: [String: CountTable] = [:]
    for (grouping, rows) in zip(Self.releasedGroupings, tables) {
      let keys = groupKeys(grouping)
      var counts: [String: [Int]] = [:]
      for (number, row) in rows { counts[keys[number] ?? Self.withoutCode] = row }
      named[grouping.rawValue] = try CountTable(metrics: 3, counts: counts)
    }
    return try ReleaseCounts(
      tree: tally.tree(codes.sanctions, reference), metricPath: ["recommended", "followed_up"],
      cumulative: Self.releasedCumulative, beside: [CountNode("rejected", tally.rejected)], tables: named)
  }

  /// The key of a row whose cases have no code of the grouping: the one text that is no code.
  public static let withoutCode = ""
}

/// The counts of the tree, as they come.
private struct ReleaseTally {
  private var examined: [Stage: Int] = [:]
  private var recommended: [Stage: Int] = [:]
  private var followedUp: [Stage: Int] = [:]
  /// Of cases whose sanction stands, by the number of its code.
  private var sanctions: [Int]
  private(set) var rejected = 0

  init(levels: Int) { sanctions = Array(repeating: 0, count: levels) }

  /// Counts a case; returns how far it has come: 0 reported, 1 recommended, 2 followed up; nil when it was rejected.
  mutating func add(_ entry: CaseStates.Entry) -> Int? {
    let stage = Stage.allCases[Int(entry.stage)]
    if entry.has(.rejected) {
      rejected += 1
      return nil
    }
    if entry.has(.decided) {
      if entry.sanction != 0 && !ended(stage) {
        sanctions[Int(entry.sanction)] += 1
      } else {
        followedUp[stage, default: 0] += 1
      }
      return 2
    }
    if entry.has(.recommended) {
      recommended[stage, default: 0] += 1
      return 1
    }
    examined[stage, default: 0] += 1
    return 0
  }

  private func ended(_ stage: Stage) -> Bool { stage == .cancelled || stage == .lapsed }

  func tree(_ codes: CodeTable, _ reference: Reference) -> CountNode {
    let examination: [Stage] = [.received, .verified, .studied]
    let inExamination = CountNode("in_examination", examination.map { CountNode($0.rawValue, examined[$0] ?? 0) })
    let ends = Self.leaves(examined.filter { !examination.contains($0.key) }, [.notProven, .cancelled, .lapsed])
    let notFollowedUp = Self.leaves(recommended, [.recommended, .blocked, .cancelled, .lapsed])
    let followed = Self.leaves(followedUp, [.notProven, .exonerated, .cancelled, .lapsed])
    return CountNode(
      "reported",
      [
        CountNode("not_recommended", [inExamination] + ends),
        CountNode(
          "recommended",
          [
            CountNode("not_followed_up", notFollowedUp),
            CountNode("followed_up", [CountNode("sanctioned", sanctionsByLevel(codes, reference))] + followed),
          ]),
      ])
  }

  /// The named stages, and what stands at any other one: the parts always make up the whole.
  private static func leaves(_ counts: [Stage: Int], _ stages: [Stage]) -> [CountNode] {
    let rest = counts.filter { !stages.contains($0.key) }.values.reduce(0, +)
    return stages.map { CountNode($0.rawValue, counts[$0] ?? 0) } + [CountNode("other", rest)]
  }

  private func sanctionsByLevel(_ codes: CodeTable, _ reference: Reference) -> [CountNode] {
    var counts: [String: Int] = [:]
    for (code, count) in zip(codes.texts, sanctions) where count > 0 {
      counts[reference.sanctions[code]?.level ?? "unknown", default: 0] += count
    }
    let levels = SanctionOutcome.levels + counts.keys.filter { !SanctionOutcome.levels.contains($0) }.sorted()
    return levels.map { CountNode($0, counts[$0] ?? 0) }
  }
}
