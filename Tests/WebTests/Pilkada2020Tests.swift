internal import Domain
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import netral

/// What was published of Pilkada 2020, day by day, and what later knowledge makes of it.
@Suite struct Pilkada2020Tests {
  /// What the funnel counts at one date, by metric.
  private struct Row {
    let date: String
    let counts: [String: Int]

    init(_ date: String, _ counts: [String: Int]) {
      self.date = date
      self.counts = counts
    }
  }

  /// What KASN published, and BKN on 5 November; the first block of this history is one of October. Who is recommended,
  /// neither followed up nor blocked, is in process: 283 - 99 = 184, 372 - 194 = 178, 492 - 256 = 236,
  /// 606 - 362 - 72 = 172.
  private static let published = [
    Row("2020-06-26", ["reported": 369, "recommended": 283, "followed_up": 99, "blocked": 0, "in_process": 184]),
    Row("2020-07-31", ["reported": 456, "blocked": 0]),
    Row("2020-08-19", ["reported": 490, "recommended": 372, "followed_up": 194, "blocked": 0, "in_process": 178]),
    Row("2020-09-30", ["reported": 694, "recommended": 492, "followed_up": 256, "blocked": 0, "in_process": 236]),
    Row("2020-11-05", ["reported": 827, "recommended": 606, "followed_up": 362, "blocked": 72, "in_process": 172]),
  ]

  /// The same after the changes of ``LaterChanges``, whose names stand in brackets:
  ///
  /// - [election] is gone everywhere, with its recommendation and decision: -1 reported, recommended, followed up.
  /// - [late1, late2] were received on 27 June and not on the 26th: -2 reported on 26 June alone.
  /// - [early] was received on 31 July and not on 1 August: +1 reported on 31 July alone.
  /// - [namesake] is about the person of another case that was recommended, too: -1 person reported and recommended
  ///   everywhere. It alone is in process, so that its person still is.
  /// - [decided], 10 August: +1 followed up, -1 in process from 19 August on.
  /// - [annulled], 15 September: +1 exonerated from 30 September on; a decision it was all the same.
  /// - [cancelled], 15 October: still reported and recommended, -1 in process on 5 November.
  /// - [released], 1 November: -1 blocked, +1 in process on 5 November.
  /// - [rejected], 4 November: -1 reported, +1 rejected on 5 November.
  /// - [moved], [reclassified], [changed] count in other groups and with another sanction.
  private static let corrected = [
    Row(
      "2020-06-26",
      ["reported": 365, "recommended": 281, "followed_up": 98, "blocked": 0, "in_process": 184, "exonerated": 0]),
    Row("2020-07-31", ["reported": 455, "blocked": 0, "exonerated": 0]),
    Row(
      "2020-08-19",
      ["reported": 488, "recommended": 370, "followed_up": 194, "blocked": 0, "in_process": 177, "exonerated": 0]),
    Row(
      "2020-09-30",
      ["reported": 692, "recommended": 490, "followed_up": 256, "blocked": 0, "in_process": 235, "exonerated": 1]),
    Row(
      "2020-11-05",
      [
        "reported": 824, "recommended": 604, "followed_up": 362, "blocked": 71, "in_process": 171, "exonerated": 1,
        "rejected": 1,
      ]),
  ]

  private func funnel(_ date: String, _ basis: String, _ more: String = "&unit=person") -> String {
    "/v1/statistics/funnel?election=pilkada-2020&as_of=\(date)&basis=\(basis)\(more)"
  }

  private func expect(_ rows: [Row], _ basis: String, _ visitor: Visitor) throws {
    for row in rows {
      let total = try visitor.get(funnel(row.date, basis), as: .bkn).json["total"]
      for (metric, count) in row.counts { #expect(total[metric].int == count, "\(basis) \(row.date) \(metric)") }
    }
  }

  @Test func `recorded answers stay what they were, and effective ones follow what became known later`() async throws {
    try await withService { visitor in
      var days = try RecordedDays(DemoPilkada2020.lines())
      var recorded: [HTTPAnswer] = []
      for row in Self.published {
        try await days.record(until: Sample.date(row.date), visitor.service)
        recorded.append(try visitor.get(funnel(row.date, "recorded"), as: .bkn))
      }
      visitor.clock.set("2020-11-06T03:00:00Z")
      for basis in ["effective", "recorded"] { try expect(Self.published, basis, visitor) }
      let figures = try Issued(visitor, funnel)
      let kemendagri = try visitor.get(funnel("2020-06-26", "effective"), as: .kemendagri)

      visitor.clock.set("2021-03-01T03:00:00Z")
      let changes = try LaterChanges(days.items, visitor)
      try expect(Self.published, "recorded", visitor)
      try expect(Self.corrected, "effective", visitor)
      for (row, answer) in zip(Self.published, recorded) {
        let again = try visitor.get(funnel(row.date, "recorded"), as: .bkn)
        #expect(again.body == answer.body && again["etag"] == answer["etag"], "\(row.date)")
      }
      try compare(figures, changes, visitor)
      try compare(kemendagri, changes, visitor)
    }
  }

  /// Figures of 6 November 2020.
  private struct Issued {
    let june, november, categories, sanctions, recorded: String

    init(_ visitor: Visitor, _ funnel: (String, String, String) -> String) throws {
      func issue(_ target: String) throws -> String {
        try #require(try visitor.get(target, as: .bkn).json["figure_id"].string)
      }
      june = try issue(funnel("2020-06-26", "effective", "&unit=person"))
      november = try issue(funnel("2020-11-05", "effective", "&unit=person"))
      recorded = try issue(funnel("2020-11-05", "recorded", "&unit=person"))
      categories = try issue(funnel("2020-11-05", "effective", "&group_by=category"))
      sanctions = try issue("/v1/statistics/sanctions?election=pilkada-2020&as_of=2020-11-05")
    }
  }

  /// What is told of a figure: each difference as `group metric difference`, and the cases.
  private func changes(of figure: String, _ visitor: Visitor, as agency: AgencyCode = .bkn) throws -> (
    differences: Set<String>, cases: Set<String>, today: JSONValue
  ) {
    let today = try visitor.get("/v1/figures/\(figure)", as: agency).json["today"]
    let differences = today["differences"].items.map { item in
      let group = item["whole"].bool == true ? "all" : item["group"].string ?? ""
      let difference = item["difference"].int ?? 0
      #expect((item["now"].int ?? 0) - (item["then"].int ?? 0) == difference)
      return "\(group) \(item["metric"].string ?? "") \(difference)"
    }
    #expect(today["reproduced"].bool == true && today["same"].bool == differences.isEmpty)
    return (Set(differences), Set(today["cases"]["items"].items.compactMap { $0["case_id"].string }), today)
  }

  /// Figures that BKN was given before the changes.
  private func compare(_ figures: Issued, _ made: LaterChanges, _ visitor: Visitor) throws {
    let recorded = try changes(of: figures.recorded, visitor)
    #expect(recorded.today["same"].bool == true && recorded.differences.isEmpty && recorded.cases.isEmpty)

    let june = try changes(of: figures.june, visitor)
    #expect(june.cases == made.ids("election", "late1", "late2", "namesake"))
    // The two of late June were not verified by then.
    #expect(june.differences == ["all reported -4", "all verified -2", "all recommended -2", "all followed_up -1"])

    let november = try changes(of: figures.november, visitor)
    #expect(
      november.cases
        == made.ids("election", "namesake", "decided", "annulled", "cancelled", "released", "rejected"))
    #expect(
      november.differences == [
        "all reported -3", "all verified -2", "all recommended -2", "all blocked -1", "all in_process -1",
        "all exonerated 1", "all rejected 1",
      ])
    let annulled = november.today["cases"]["items"].items.first {
      made.ids("annulled").contains($0["case_id"].string ?? "")
    }
    #expect(annulled?["changes"].items.map { $0["what"].string } == ["appeals", "rulings"])
    #expect(annulled?["then"]["stage"].string == "sanctioned" && annulled?["now"]["stage"].string == "exonerated")
    let election = november.today["cases"]["items"].items.first {
      made.ids("election").contains($0["case_id"].string ?? "")
    }
    #expect(election?["now"] == .null && election?["changes"][0]["changed"].strings == ["election", "contest"])

    // By case the namesake is one of its own; the reclassified one goes from ethics to discipline with all it counts for,
    // as the one of another election goes from ethics to nowhere. The new decision is one on discipline, and so is what
    // was rejected: one report more and one less.
    let categories = try changes(of: figures.categories, visitor)
    #expect(
      categories.cases
        == made.ids("election", "reclassified", "decided", "annulled", "cancelled", "released", "rejected"))
    #expect(
      Set(categories.differences.filter { $0.hasPrefix("all") }) == [
        "all reported -2", "all verified -1", "all recommended -1", "all blocked -1", "all in_process -1",
        "all exonerated 1", "all rejected 1",
      ])
    let followedUp = categories.differences.filter { $0.contains("followed_up") || $0.contains("reported") }
    #expect(
      Set(followedUp) == ["all reported -2", "ethics reported -2", "ethics followed_up -2", "discipline followed_up 2"])

    // The sanction of the annulled one is gone, that of the changed one another, that of another election not here, and
    // one decision is new.
    let sanctions = try changes(of: figures.sanctions, visitor)
    #expect(sanctions.cases == made.ids("election", "decided", "annulled", "changed"))
    #expect(sanctions.differences.isSuperset(of: ["all levels.annulled 1", "all levels.light 2"]))
  }

  /// A figure of KEMENDAGRI, which sees regional cases: of five persons less four cases are shown, as the fifth is
  /// hidden now; what was central before and after is told nowhere.
  private func compare(_ figure: HTTPAnswer, _ made: LaterChanges, _ visitor: Visitor) throws {
    let id = try #require(figure.json["figure_id"].string)
    let answer = try changes(of: id, visitor, as: .kemendagri)
    #expect(
      answer.differences == ["all reported -5", "all verified -3", "all recommended -3", "all followed_up -2"])
    #expect(answer.cases == made.ids("election", "late1", "late2", "namesake"))
    let text = try visitor.get("/v1/figures/\(id)", as: .kemendagri).text
    for hidden in ["moved", "rejected"] {
      for secret in made.secrets(of: hidden) { #expect(!text.contains(secret), "\(hidden)") }
    }
    // What counts all cases is not for those who see some.
    let all = try visitor.get(funnel("2020-11-05", "effective"), as: .bkn).json["figure_id"].string
    #expect(try visitor.get("/v1/figures/\(try #require(all))", as: .kemendagri).status == 404)
  }
}
