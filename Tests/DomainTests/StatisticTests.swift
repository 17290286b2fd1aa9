internal import TestSupport
internal import Testing

@testable internal import Domain

/// What must hold of statistics whatever the history is; a failure names the seed of its history.
@Suite struct StatisticTests {
  private static let dates = stride(from: -20, through: 480, by: 25).map { RandomHistory.firstDay.adding(days: $0) }
  private static let seeds: [UInt64] = [1, 2, 3]

  /// Every kind of question, in both bases and by every unit it takes.
  private func questions(
    _ asOf: LegalDate, groupings: [StatisticGrouping?] = [nil], bases: [StatisticBasis] = StatisticBasis.allCases
  ) -> [StatisticQuestion] {
    var questions: [StatisticQuestion] = []
    for kind in StatisticKind.allCases {
      for unit in kind == .timeliness ? [.case] : StatisticUnit.allCases {
        for basis in bases {
          for grouping in groupings {
            var question = StatisticQuestion(kind, asOf: asOf)
            (question.unit, question.basis, question.groupBy) = (unit, basis, grouping)
            questions.append(question)
            guard kind == .sanctions else { continue }
            question.of = .proposed
            questions.append(question)
          }
        }
      }
    }
    return questions
  }

  private func answer(_ question: StatisticQuestion, _ states: CaseStates, at seq: Int64? = nil) -> StatisticResult {
    states.answer(question, for: nil, at: seq, Fixture.reference)
  }

  @Test(arguments: seeds) func `groups add up to the whole`(seed: UInt64) throws {
    let states = try RandomHistory(seed: seed).states()
    for asOf in [Self.dates[9], Self.dates[20]] {
      for question in questions(asOf, groupings: StatisticGrouping.allCases) {
        #expect(numbers(answer(question, states)).add, "seed \(seed) \(question)")
        // The whole is the same as without groups, and there is something to add up.
        var plain = question
        plain.groupBy = nil
        let whole = numbers(answer(plain, states)).whole
        #expect(numbers(answer(question, states)).whole == whole, "seed \(seed) \(question)")
        if asOf == Self.dates[20] { #expect(whole.contains { $0.value > 0 }, "seed \(seed) \(question)") }
      }
    }
  }

  /// The numbers of the whole, and whether those of the groups add up to them.
  private func numbers(_ result: StatisticResult) -> (whole: [String: Int], add: Bool) {
    func sum<Figures>(_ grouped: Grouped<Figures>, _ read: (Figures) -> [String: Int]) -> ([String: Int], Bool) {
      let whole = read(grouped.total).filter { $0.value > 0 }
      return (
        whole,
        grouped.groups.reduce(into: [:]) { $0.merge(read($1.figures).filter { $0.value > 0 }, uniquingKeysWith: +) }
          == whole
      )
    }
    switch result {
    case .funnel(let grouped):
      return sum(grouped) { counts in
        Dictionary(uniqueKeysWithValues: FunnelMetric.allCases.map { ($0.rawValue, counts[$0]) })
      }
    case .stages(let grouped):
      return sum(grouped) { counts in Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0.rawValue, counts[$0]) })
      }
    case .sanctions(let grouped):
      return sum(grouped) { counts in
        Dictionary(uniqueKeysWithValues: counts.items.map { ("\($0.level) \($0.code ?? "")", $0.count) })
      }
    case .timeliness(let grouped):
      return sum(grouped) { times in
        var all = Dictionary(uniqueKeysWithValues: TimelinessInterval.allCases.map { ($0.rawValue, times[$0].count) })
        for kind in ClockKind.allCases {
          for count in ClockCount.allCases { all["\(kind) \(count)"] = times[kind, count] }
        }
        return all
      }
    case .equalTreatment(let answer):
      func read(_ stratum: EqualTreatment.Stratum) -> [String: Int] {
        var all = Dictionary(uniqueKeysWithValues: stratum.levels.map { ($0.level, $0.share.count) })
        (all["n"], all["outside"], all["explained"]) = (stratum.count, stratum.outsideBand.count, stratum.explained)
        all["days"] = stratum.days.count
        return all.filter { $0.value > 0 }
      }
      let whole = read(answer.total)
      return (whole, answer.strata.reduce(into: [:]) { $0.merge(read($1), uniquingKeysWith: +) } == whole)
    }
  }

  @Test(arguments: seeds) func `what has been reached by a date is not undone by a later one`(seed: UInt64) throws {
    let states = try RandomHistory(seed: seed, cases: 200).states()
    for unit in StatisticUnit.allCases {
      var before = FunnelCounts(StatisticQuestion(.funnel, asOf: date("2024-01-01")))
      for asOf in Self.dates {
        var question = StatisticQuestion(.funnel, asOf: asOf)
        question.unit = unit
        guard case .funnel(let now) = answer(question, states) else { continue }
        for metric in [FunnelMetric.verified, .recommended, .followedUp, .exonerated] {
          #expect(now.total[metric] >= before[metric], "seed \(seed) \(unit) \(asOf) \(metric)")
        }
        #expect(now.total[.reported] + now.total[.rejected] >= before[.reported] + before[.rejected], "seed \(seed)")
        before = now.total
      }
      let isRich = before[.exonerated] > 0 && (unit != .case || before[.rejected] > 0)
      #expect(isRich, "the history of seed \(seed) is poor")
    }
  }

  @Test(arguments: seeds) func `both bases agree where everything was recorded on its day`(seed: UInt64) throws {
    let states = try RandomHistory(seed: seed, onItsDay: true).states()
    for agency in [nil, AgencyCode.kemendagri] {
      for asOf in Self.dates {
        for question in questions(asOf, groupings: [nil, .category], bases: [.effective]) {
          var recorded = question
          recorded.basis = .recorded
          #expect(
            states.answer(question, for: agency, Fixture.reference)
              == states.answer(recorded, for: agency, Fixture.reference), "seed \(seed) \(question)")
        }
      }
    }
  }

  @Test(arguments: seeds) func `the record as it was at a sequence is the record that held no more`(seed: UInt64) throws
  {
    let history = try RandomHistory(seed: seed)
    let states = history.states()
    let head = Int64(history.versions.count)
    for seq in stride(from: 1, through: head, by: 17) {
      let earlier = history.states(upTo: seq)
      for asOf in [Self.dates[8], Self.dates[20]] {
        for question in questions(asOf, groupings: [nil, .positionLevel]) {
          #expect(answer(question, states, at: seq) == answer(question, earlier), "seed \(seed) \(seq) \(question)")
        }
      }
    }
  }

  @Test(arguments: seeds) func `no answer depends on the order in which a file is read`(seed: UInt64) throws {
    let history = try RandomHistory(seed: seed, cases: 120)
    let byCase = history.versions.sorted { ($0.key, $0.seq) < ($1.key, $1.seq) }
    let backwards = history.versions.sorted { (-$0.key, $0.seq) < (-$1.key, $1.seq) }
    let states = history.states()
    for question in questions(Self.dates[20], groupings: [nil, .positionLevel, .region, .cohort]) {
      for other in [byCase, backwards] {
        #expect(answer(question, states) == answer(question, RandomHistory.states(other)), "seed \(seed) \(question)")
      }
    }
  }

  @Test(arguments: seeds) func `differences are the cases that have another part in the answer`(seed: UInt64) throws {
    let history = try RandomHistory(seed: seed)
    let states = history.states()
    let head = Int64(history.versions.count)
    for then in stride(from: 1, through: head, by: 23) {
      for question in questions(Self.dates[16], groupings: [nil, .category]) {
        let found = states.differences(in: question, for: nil, from: then, to: head, Fixture.reference)
        if found.isEmpty {
          #expect(answer(question, states, at: then) == answer(question, states), "seed \(seed) \(then) \(question)")
        }
        // By case each counts for itself, so that the answers of one case alone tell whether its part has changed.
        guard question.unit == .case, question.kind != .equalTreatment else { continue }
        let alone = Dictionary(grouping: history.versions, by: \.key).filter { _, versions in
          let now = RandomHistory.states(versions)
          return answer(question, now, at: then) != answer(question, now)
        }
        #expect(Set(found.map(\.caseKey)) == Set(alone.keys), "seed \(seed) \(then) \(question)")
      }
    }
  }

  @Test func `the day of receipt and the form are known now, in every state of the past`() throws {
    // Received on 6 October 2024 and verified on the 15th: late, until the receipt is found to be of the 10th.
    var record = try Fixture.newCase()
    var versions = [RandomHistory.Version(key: 1, seq: 1, recordedOn: date("2024-10-06"), record: record)]
    func add(_ change: (Case) throws -> Case) throws {
      record = try change(record)
      let seq = Int64(versions.count + 1)
      versions.append(RandomHistory.Version(key: 1, seq: seq, recordedOn: date("2025-01-10"), record: record))
    }
    try add { try Fixture.act(.verification(.accepted, reason: nil), by: .bkn, on: "2024-10-15", $0) }
    try add {
      try Fixture.act(.study(.violation, violation: nil, summary: nil), by: .bawaslu, on: "2024-10-17", $0)
    }
    try add {
      try Fixture.act(
        .recommendation(.recommended, letterNumber: "R", institution: nil, proposedSanction: nil), by: .bkn,
        on: "2024-10-20", $0)
    }
    let decision = Action.Content.decision(.sanctioned, decreeNumber: "SK", sanction: "BER-1", deviationReason: nil)
    try add { try Fixture.act(decision, by: .bkn, on: "2024-11-01", $0) }
    try add { try Fixture.act(.appeal(.objection), by: .bkn, on: "2024-11-10", $0) }
    let before = RandomHistory.states(versions)
    try add { record in
      var facts = record.facts
      facts.source.receivedOn = date("2024-10-10")
      let form = Fixture.reference.violations["KE-02"]
      facts.violation = form.map {
        ViolationRef(code: $0.code, catalogue: $0.catalogue, category: $0.category, aspect: $0.aspect)
      }
      return try Lifecycle.correct(record, to: facts, Fixture.context(.bkn), movesReceipt: true)
    }
    let after = RandomHistory.states(versions)

    func standing(_ states: CaseStates, _ day: String) -> ClockCount? {
      guard case .timeliness(let times) = answer(StatisticQuestion(.timeliness, asOf: date(day)), states) else {
        return nil
      }
      return ClockCount.allCases.first { times.total[.verification, $0] > 0 }
    }
    let days = ["2024-10-14", "2024-10-16", "2024-11-05"]
    #expect(days.map { standing(before, $0) } == [.overdue, .late, .late])
    #expect(days.map { standing(after, $0) } == [.running, .recordedLate, .recordedLate])

    // A heavy sanction is inside the band of DS-06, and outside of that of KE-02: on the day of the decision, too.
    func outside(_ states: CaseStates, _ day: String) -> Int? {
      guard case .equalTreatment(let found) = answer(StatisticQuestion(.equalTreatment, asOf: date(day)), states) else {
        return nil
      }
      return found.total.outsideBand.count
    }
    #expect(["2024-11-05", "2024-11-15"].map { outside(before, $0) } == [0, 0])
    #expect(["2024-11-05", "2024-11-15"].map { outside(after, $0) } == [1, 1])
  }
}
