internal import Domain
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct ClockListingTests {
  private static let today = date("2024-11-15")

  /// Cases at every stage, of two institutions, owners and months; some clocks are paused.
  private func fill(_ bench: TemporaryStore) async throws -> [Case] {
    var records: [Case] = []
    for (number, stage) in (Stage.allCases + Stage.allCases + Stage.allCases).enumerated() {
      let facts = Sample.facts(number) { facts in
        facts.source.receivedOn = date("2024-10-06").adding(days: number * 11 % 37)
        facts.source.agency = number % 3 == 0 ? .panrb : .bawaslu
        facts.institution = number % 4 == 1 ? Sample.central : Sample.regional
        facts.region = RegionCode(stored: ["16", "16.71", "17"][number % 3])
      }
      var record = try await bench.report(number, at: stage, facts)
      if number % 2 == 0, let clock = record.progress.openClock {
        let agency: AgencyCode = clock.kind == .study ? .bawaslu : .bkn
        let latest = try #require(record.progress.milestones.latest)
        let pause = Road(received: latest).step(agency, 0, pause(clock.kind, number, latest))
        if !clock.isOverdue(on: latest) { record = try await bench.take(pause, record.id) }
      }
      records.append(record)
    }
    return records
  }

  /// Some last until after the day of the questions, some are over by then.
  private func pause(_ kind: ClockKind, _ number: Int, _ day: LegalDate) -> Action.Content {
    .clockPause(
      kind, until: day.adding(days: number % 3 == 0 ? 5 : 30), ground: .awaitingDocument, reason: "Dokumen")
  }

  private func query(_ caller: AgencyCode = .bkn, _ change: (inout ClockQuery) -> Void = { _ in }) -> ClockQuery {
    var query = ClockQuery(caller: caller, today: Self.today)
    query.casesMax = 4
    change(&query)
    return query
  }

  private func all(_ query: ClockQuery, _ bench: TemporaryStore) throws -> (items: [ListedClock], pages: [Int]) {
    var query = query
    var (items, pages): ([ListedClock], [Int]) = ([], [])
    while true {
      let page = try bench.read { try $0.clocks(query) }
      #expect(page.items.count <= query.limit)
      items += page.items
      pages.append(page.items.count)
      guard let next = page.next else { return (items, pages) }
      query.after = next
    }
  }

  private func text(_ id: CaseID, _ clock: Clock) -> String {
    "\(id) \(clock.kind.rawValue) \(clock.dueOn) \(clock.standing(on: Self.today).rawValue)"
  }

  /// What a question must find, written again by hand.
  private func wanted(
    _ records: [Case], _ standings: Set<ClockStanding>, byDue: Bool = false, _ matches: (Case, Clock) -> Bool
  ) -> [String] {
    var found: [(due: LegalDate, number: Int, text: String)] = []
    for (number, record) in records.enumerated() {
      for clock in record.progress.clocks where matches(record, clock) {
        let isOver = clock.dueOn < Self.today
        let standing: ClockStanding =
          if let stop = clock.stoppedOn {
            stop <= clock.dueOn ? .met : .late
          } else if isOver {
            clock.kind == .appealFiling ? .met : .overdue
          } else {
            clock.pauses.last?.until.map { $0 > Self.today } ?? false ? .paused : .running
          }
        if standings.contains(standing) { found.append((clock.dueOn, number, text(record.id, clock))) }
      }
    }
    if byDue { found.sort { ($0.due, $0.number) < ($1.due, $1.number) } }
    return found.map(\.text)
  }

  @Test(arguments: [1, 3, 200])
  func `a list finds each clock once, whatever the size of its pages`(limit: Int) async throws {
    try await TemporaryStore.open { bench in
      let records = try await fill(bench)
      func check(
        _ name: String, _ standings: Set<ClockStanding>, byDue: Bool = false, _ change: (inout ClockQuery) -> Void,
        _ matches: (Case, Clock) -> Bool
      ) throws {
        let question = query { query in
          query.limit = limit
          query.standings = standings
          change(&query)
        }
        let expected = wanted(records, standings, byDue: byDue, matches)
        #expect(!expected.isEmpty, "\(name)")
        #expect(try all(question, bench).items.map { text($0.caseID, $0.clock) } == expected, "\(name)")
      }
      let open: Set<ClockStanding> = [.running, .paused, .overdue]
      try check("open", open, byDue: true, { _ in }, { _, _ in true })
      for standing in open { try check("\(standing)", [standing], byDue: true, { _ in }, { _, _ in true }) }
      try check("ppk", open, byDue: true, { $0.kind = .ppkFollowUp }, { $1.kind == .ppkFollowUp })
      try check(
        "institution", open, byDue: true, { $0.institution = Sample.regional.code },
        { record, _ in record.facts.institution.kind == .regional })
      try check(
        "province", open, byDue: true, { $0.region = RegionCode("16") },
        { record, _ in record.facts.region.province == "16" })
      try check(
        "due", open, byDue: true, { ($0.dueFrom, $0.dueBefore) = (date("2024-10-20"), date("2024-11-20")) },
        { $1.dueOn >= date("2024-10-20") && $1.dueOn < date("2024-11-20") })
      try check("everything", Set(ClockStanding.allCases), { _ in }, { _, _ in true })
      try check("stopped", [.met, .late], { _ in }, { _, _ in true })
      try check("appeals", [.running, .met], { $0.kind = .appealFiling }, { $1.kind == .appealFiling })
      for standings in [[.running], [.paused], [.running, .paused], open] as [Set<ClockStanding>] {
        try check(
          "open appeals", standings, byDue: true, { $0.kind = .appealFiling }, { $1.kind == .appealFiling })
      }
      try check(
        "late in time", [.late], { $0.dueBefore = date("2024-11-20") }, { $1.dueOn < date("2024-11-20") })
    }
  }

  @Test func `a page of cases gone over may be empty and is not the last one for that`() async throws {
    try await TemporaryStore.open { bench in
      let records = try await fill(bench)
      let (late, pages) = try all(query { $0.standings = [.late] }, bench)
      #expect(pages.count == (records.count + 3) / 4 && !late.isEmpty)
      let (none, empty) = try all(
        query {
          $0.standings = [.late]
          $0.election = "pilkada-2020"
        }, bench)
      #expect(none.isEmpty && empty == pages.map { _ in 0 })
    }
  }

  @Test func `clocks are listed of the cases the policy shows`() async throws {
    try await TemporaryStore.open { bench in
      let records = try await fill(bench)
      for caller in [AgencyCode.bawaslu, .bkn, .kasn, .kemendagri, .panrb, AgencyCode(rawValue: "ANRI")] {
        let visible = records.filter { Visibility.projection(of: $0, for: caller) != nil }
        for standings in [[ClockStanding.running, .paused, .overdue], ClockStanding.allCases] {
          let (items, _) = try all(query(caller) { $0.standings = Set(standings) }, bench)
          let isAll = standings.count == ClockStanding.allCases.count
          let expected = wanted(visible, Set(standings), byDue: !isAll) { _, _ in true }
          #expect(items.map { text($0.caseID, $0.clock) } == expected, "\(caller)")
          #expect(items.allSatisfy { Visibility.projection(of: $0.basis, for: caller) != nil })
        }
      }
    }
  }
}
