internal import Domain
internal import TestSupport
internal import Testing

/// What the law says of grounds, rulings, blocks, and of whom a sanction is for.
@Suite struct LawFactTests {
  /// An act that may prove nothing, in each outcome, from the stage it is taken at.
  private static func acts(_ ground: NotProvenGround?) -> [(content: Action.Content, stage: Stage, proves: Bool)] {
    func study(_ outcome: StudyOutcome) -> Action.Content {
      .study(outcome, violation: nil, summary: nil, ground: ground)
    }
    func recommend(_ outcome: RecommendationOutcome) -> Action.Content {
      .recommendation(outcome, letterNumber: "R", institution: nil, proposedSanction: nil, ground: ground)
    }
    func decide(_ outcome: DecisionOutcome, _ sanction: String?) -> Action.Content {
      .decision(outcome, decreeNumber: "SK", sanction: sanction, deviationReason: nil, ground: ground)
    }
    return [
      (study(.violation), .verified, true), (study(.noViolation), .verified, false),
      (recommend(.recommended), .studied, true), (recommend(.notProven), .studied, false),
      (decide(.sanctioned, "BER-1"), .recommended, true), (decide(.notProven, nil), .recommended, false),
      (decide(.sanctioned, "BER-1"), .blocked, true), (decide(.notProven, nil), .blocked, false),
    ]
  }

  @Test(arguments: [nil] + NotProvenGround.allCases)
  func `a ground goes with an outcome that proves nothing, and with no other`(ground: NotProvenGround?) throws {
    for act in Self.acts(ground) {
      let record = try Fixture.record(at: act.stage)
      let agency: AgencyCode = act.stage == .verified ? .bawaslu : .bkn
      let take = { try Fixture.act(act.content, by: agency, on: "2024-12-02", record) }
      if act.proves && ground != nil {
        #expect(refusal(take)?.places == ["/ground not_allowed"], "\(act)")
      } else {
        let changed = try take()
        #expect(changed.progress.ground == ground && (changed.progress.stage == .notProven) == !act.proves, "\(act)")
      }
    }
  }

  @Test(arguments: BlockExtent.allCases)
  func `a block says how much it takes away, all of it when nothing is said`(extent: BlockExtent) throws {
    let record = try Fixture.record(at: .recommended)
    let blocked = try Fixture.act(.block(letterNumber: "B", extent: extent), by: .bkn, on: "2024-12-02", record)
    #expect(blocked.progress.block?.extent == extent)
    let plain = try Fixture.act(.block(letterNumber: "B"), by: .bkn, on: "2024-12-02", record)
    #expect(plain.progress.block?.extent == .full)
    let released = try Fixture.act(.blockRelease(proof: "SK"), by: .bkn, on: "2024-12-03", blocked)
    #expect(released.progress.block?.extent == extent)
  }

  /// A code of each level, for a PNS and an act of 2024.
  private static let codes = ["MOR-BUKA", "RIN-1", "SED-1", "BER-1", "PTDH"]

  @Test(arguments: codes, codes)
  func `a ruling reduces to a lower level, increases to a higher one, and changes to any other`(
    before: String, now: String
  )
    throws
  {
    let recommended = try Fixture.record(at: .recommended)
    let decision = Action.Content.decision(
      .sanctioned, decreeNumber: "SK", sanction: before, deviationReason: "Alasan")
    let decided = try Fixture.act(decision, by: .bkn, on: "2024-11-11", recommended)
    let appealed = try Fixture.act(.appeal(.bpasn), by: .bkn, on: "2024-11-12", decided)
    let step = Self.codes.firstIndex(of: now)! - Self.codes.firstIndex(of: before)!
    for outcome in RulingOutcome.allCases {
      let rule = { try Fixture.act(.ruling(outcome, sanction: now), by: .bkn, on: "2024-12-02", appealed) }
      switch outcome {
      case .upheld, .annulled: #expect(refusal(rule)?.places == ["/sanction not_allowed"])
      case .reduced where step >= 0, .increased where step <= 0:
        let failure = refusal(rule)
        #expect(failure?.places == ["/sanction inconsistent"])
        let recorded = try #require(decided.progress.decision?.sanctionLevel)
        #expect(failure?.errors.first?.detail.en.contains("on record, which is \(recorded)") == true)
      case .changed where step == 0: #expect(refusal(rule)?.places == ["/sanction inconsistent"])
      case .reduced, .increased, .changed:
        let ruled = try rule()
        #expect(ruled.progress.stage == .sanctioned && ruled.progress.appeal?.outcome == outcome)
        #expect(ruled.progress.decision?.sanction == now)
        #expect(ruled.progress.decision?.sanctionLevel == Fixture.reference.sanctions[now]?.level)
      }
    }
  }

  @Test(arguments: [RulingOutcome.reduced, .increased, .changed])
  func `a ruling that gives another sanction names one that is known and of the person's employment`(
    outcome: RulingOutcome
  ) throws {
    let appealed = try Fixture.record(at: .appealed)
    for (code, place) in [
      (nil, "required"), ("XX", "unknown_code"), ("P53-B1", "not_in_force"), ("PPPK-S1", "inconsistent"),
    ] {
      let failure = refusal { try Fixture.act(.ruling(outcome, sanction: code), by: .bkn, on: "2024-12-02", appealed) }
      #expect(failure?.places == ["/sanction \(place)"], "\(code ?? "-")")
    }
  }

  @Test(arguments: Employment.allCases)
  func `a sanction is proposed for, given to and ruled against whom it is for`(employment: Employment) throws {
    let studied = try Fixture.record(at: .studied) { facts in
      facts.subject.employment = employment
      facts.subject.nip = nil
    }
    let sanctions = Fixture.reference.sanctions.values.filter { $0.regime != "PP53_2010" }
    #expect(sanctions.count > 18)
    for sanction in sanctions {
      let own = sanction.code.hasPrefix("P") && sanction.code != "PTDH" ? "pppk" : "pns"
      let fits = sanction.level == "moral" || own == (employment == .cpns ? "pns" : employment.rawValue)
      let propose = Action.Content.recommendation(
        .recommended, letterNumber: "R", institution: nil, proposedSanction: sanction.code)
      let failure = refusal { try Fixture.act(propose, by: .bkn, on: "2024-10-20", studied) }
      #expect(failure?.places == (fits ? nil : ["/proposed_sanction inconsistent"]), "\(sanction.code)")
      let plain = Action.Content.recommendation(
        .recommended, letterNumber: "R", institution: nil, proposedSanction: nil)
      let recommended = try Fixture.act(plain, by: .bkn, on: "2024-10-20", studied)
      let decide = Action.Content.decision(
        .sanctioned, decreeNumber: "SK", sanction: sanction.code, deviationReason: "Alasan")
      let refused = refusal { try Fixture.act(decide, by: .bkn, on: "2024-10-25", recommended) }
      #expect(refused?.places == (fits ? nil : ["/sanction inconsistent"]), "\(sanction.code)")
      if !fits {
        let detail = try #require(refused?.errors.first?.detail.en)
        let named = Fixture.reference.sanctions.values.filter { detail.contains($0.code) }
        #expect(!named.isEmpty && named.allSatisfy { $0.level == sanction.level }, "\(detail)")
      }
    }
  }

  @Test func `a sanction on record stays when facts are corrected, whatever the employment`() throws {
    let sanctioned = try Fixture.record(at: .sanctioned)
    let code = try #require(sanctioned.progress.decision?.sanction)
    var facts = sanctioned.facts
    facts.subject.employment = .pppk
    facts.subject.nip = nil
    let corrected = try Lifecycle.correct(sanctioned, to: facts, Fixture.context(.bkn))
    #expect(corrected.facts.subject.employment == .pppk)
    #expect(corrected.progress.decision?.sanction == code)
    facts.act.narrative = "Uraian lain."
    #expect(try Lifecycle.correct(corrected, to: facts, Fixture.context(.bkn)).facts.act.narrative == "Uraian lain.")
    // A ruling that upholds it names no sanction; one that gives another goes by the employment.
    let appealed = try Fixture.act(.appeal(.court), by: .bkn, on: "2024-11-30", corrected)
    let upheld = try Fixture.act(.ruling(.upheld, sanction: nil), by: .bkn, on: "2024-12-02", appealed)
    #expect(upheld.progress.decision?.sanction == code)
    let ruling = Action.Content.ruling(.reduced, sanction: "PPPK-S2")
    #expect(try Fixture.act(ruling, by: .bkn, on: "2024-12-02", appealed).progress.decision?.sanction == "PPPK-S2")
  }

  @Test func `an election with re-votes has its own contest unless another is named`() throws {
    let election = try #require(Fixture.reference.elections["pilkada-2024"])
    #expect(election.contests.map(\.key) == ["pilkada-2024/default", "pilkada-2024/psu-16.11"])
    #expect(election.contests.map(\.votingOn) == [nil, "2025-04-19"])
    func place(_ election: String, _ contest: String) -> Result<String, Failure> {
      Result { () throws(Failure) in
        let facts = Sample.facts { ($0.election, $0.contest) = (election, contest) }
        return try Fixture.reference.facts(from: CaseDraft(facts), until: date("2024-12-01")).contest
      }
    }
    #expect(try place("pilkada-2024", "").get() == "pilkada-2024/default")
    #expect(try place("pilkada-2024", "pilkada-2024/psu-16.11").get() == "pilkada-2024/psu-16.11")
    #expect(try place("national-2029", "national-2029/dpd").get() == "national-2029/dpd")
    #expect(refusal { try place("national-2029", "").get() }?.places == ["/contest required"])
    #expect(refusal { try place("regional-2031", "regional-2031/x").get() }?.places == ["/contest unknown_code"])
    let later = Fixture.reference.elections.values.filter { ["national", "regional"].contains($0.kind) }
    #expect(later.count == 2 && later.allSatisfy { $0.votingOn == nil })
  }

  @Test func `motives and channels are reference data with labels, and their days`() throws {
    func rows(_ kind: ReferenceKind, on day: String) -> [String] {
      Fixture.reference.entries.filter { $0.kind == kind && $0.isValid(on: date(day)) }.map(\.code)
    }
    #expect(rows(.motives, on: "2024-01-01").count == 9)
    #expect(
      rows(.motives, on: "2024-01-01").suffix(3) == ["shared_background", "debt_of_gratitude", "candidate_pressure"])
    let always = ["sigaplapor", "sp4n_lapor", "letter", "media", "public", "other"]
    #expect(Set(rows(.sourceChannels, on: "2023-01-30")) == Set(always))
    #expect(Set(rows(.sourceChannels, on: "2023-03-21")) == Set(always + ["siapnet", "sbt"]))
    #expect(Set(rows(.sourceChannels, on: "2025-11-13")) == Set(always + ["sbt", "sinergi_asn"]))
  }

  @Test func `the mandate to block names its law`() {
    let block = Fixture.reference.mandates.filter { $0.kind == .block }
    #expect(block.count == 1 && block.allSatisfy { $0.legalBasis.hasPrefix("Perpres 116/2022 Pasal 20 ayat (4)") })
    #expect(block.allSatisfy { $0.legalBasis.contains("Peraturan BKN 1/2023 (in force 2023-01-10)") })
  }
}
