internal import Domain
internal import TestSupport
internal import Testing

@Suite struct SanctionTests {
  /// A case that is recommended, with the act on `day`; everything else happens in the era of PP 94/2021.
  private func recommended(actOn day: String, violation: String?) throws -> Case {
    try Fixture.record(at: .studied) { facts in
      facts.act.occurredOn = date(day)
      facts.violation =
        violation.map {
          ViolationRef(code: $0, catalogue: "skb-2022", category: "discipline", aspect: "politics")
        } ?? facts.violation
    }
  }

  private func decide(_ sanction: String?, _ reason: String? = nil, actOn day: String, violation: String = "DS-06")
    throws -> Case
  {
    var record = try recommended(actOn: day, violation: violation)
    let recommendation = Action.Content.recommendation(
      .recommended, letterNumber: "R", institution: nil, proposedSanction: nil)
    record = try Fixture.act(recommendation, by: .bkn, on: "2024-10-20", record)
    let decision = Action.Content.decision(
      .sanctioned, decreeNumber: "SK", sanction: sanction, deviationReason: reason)
    return try Fixture.act(decision, by: .bkn, on: "2024-10-25", record)
  }

  @Test(arguments: [
    ("BER-1", "2021-08-30", false), ("BER-1", "2021-08-31", true), ("SED-2", "2021-08-30", false),
    ("SED-2", "2021-08-31", true), ("P53-B1", "2021-08-30", true), ("P53-B1", "2021-08-31", false),
    ("P53-B5", "2021-08-30", true), ("P53-B5", "2024-10-02", false), ("P53-S1", "2021-08-30", true),
    ("P53-S1", "2021-08-31", true), ("P53-S2", "2024-10-02", true), ("P53-S3", "2024-10-02", true),
    ("RIN-1", "2021-08-30", true), ("RIN-1", "2021-08-31", true), ("MOR-BUKA", "2010-01-01", true),
    ("PTDH", "2021-08-30", true), ("PTDH", "2024-10-02", true),
  ])
  func `a sanction belongs to the regime of the act's date, or substitutes for one that cannot be carried out`(
    sanction: String, day: String, isKnown: Bool
  ) {
    let failure = refusal { try decide(sanction, "Alasan", actOn: day) }
    #expect(failure?.places == (isKnown ? nil : ["/sanction not_in_force"]))
  }

  @Test(arguments: [
    ("DS-06", "BER-1", true), ("DS-06", "BER-3", true), ("DS-06", "SED-1", false), ("DS-06", "MOR-BUKA", false),
    ("DS-06", "PTDH", false), ("DS-09", "SED-3", true), ("DS-09", "P53-S3", true), ("DS-09", "BER-1", false),
    ("KE-07", "MOR-TUTUP", true), ("KE-07", "RIN-1", false), ("DS-05", "PTDH", true), ("LN-13", "RIN-1", true),
    ("LN-13", "PTDH", true),
  ])
  func `a sanction outside the band of the form needs a reason`(violation: String, sanction: String, inBand: Bool)
    throws
  {
    let failure = refusal { try decide(sanction, actOn: "2024-10-02", violation: violation) }
    #expect(failure?.places == (inBand ? nil : ["/deviation_reason required"]))
    let decided = try decide(sanction, "Alasan", actOn: "2024-10-02", violation: violation)
    #expect(decided.progress.decision?.outsideBand == !inBand)
    #expect(decided.progress.decision?.deviationExplained == !inBand)
    #expect(decided.progress.decision?.sanction == sanction)
    #expect(decided.progress.decision?.sanctionLevel == Fixture.reference.sanctions[sanction]?.level)
  }

  @Test func `the band of an old act is the old regime's codes of the level`() throws {
    let decided = try decide("P53-B3", actOn: "2020-10-02")
    #expect(decided.progress.decision?.outsideBand == false)
    #expect(refusal { try decide("P53-S1", actOn: "2020-10-02") }?.places == ["/deviation_reason required"])
  }

  @Test func `a decision names a sanction exactly when it gives one`() throws {
    #expect(refusal { try decide(nil, actOn: "2024-10-02") }?.places == ["/sanction required"])
    #expect(refusal { try decide("XX", actOn: "2024-10-02") }?.places == ["/sanction unknown_code"])
    let record = try Fixture.record(at: .recommended)
    let decision = Action.Content.decision(.notProven, decreeNumber: "SK", sanction: "BER-1", deviationReason: nil)
    #expect(
      refusal { try Fixture.act(decision, by: .bkn, on: "2024-10-25", record) }?.places == ["/sanction not_allowed"])
  }

  @Test func `every form's sanctions have the level of its band`() {
    for violation in Fixture.reference.violations.values {
      for code in violation.sanctions {
        #expect(Fixture.reference.sanctions[code]?.level == violation.sanctionLevel, "\(violation.code) \(code)")
      }
    }
    for sanction in Fixture.reference.sanctions.values {
      if let substitute = sanction.interimSubstitute {
        #expect(Fixture.reference.sanctions[substitute]?.level == sanction.level)
      }
    }
  }
}
