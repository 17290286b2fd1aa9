internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ClassificationTests {
  private func ask(
    _ conduct: String?, on day: String, election: String = "pilkada-2024", contest: String? = nil,
    supports: Supports? = nil, leave: Bool = false, violation: String? = nil
  ) throws -> ClassificationAnswer {
    let determined = day >= "2024-09-22"
    return try Fixture.reference.classify(
      ClassificationQuestion(
        election: election, contest: contest, occurredOn: date(day),
        supports: supports ?? (determined ? .candidate : .prospectiveCandidate), onUnpaidLeave: leave,
        conduct: conduct, violation: violation))
  }

  @Test(arguments: [
    ("display_material", "KE-01", "DS-01"), ("online_campaign", "KE-02", "DS-02"),
    ("declaration_attendance", "KE-03", "DS-04"), ("social_media_engagement", "KE-04", "DS-06"),
    ("photo", "KE-05", "DS-07"), ("campaign_event", "KE-06", "DS-04"), ("spouse_campaign", "KE-07", "KE-07"),
    ("own_candidacy", "DS-03", "LN-13"), ("party_membership", "DS-05", "DS-05"),
    ("partisan_activity", "DS-08", "DS-08"), ("campaign_team", "DS-09", "DS-10"),
    ("independent_support", "DS-11", "LN-13"), ("partisan_decision", "DS-12", "DS-12"), ("other", "LN-13", "LN-13"),
  ])
  func `a conduct is one form until the day before the determination and another from that day on`(
    conduct: String, before: String, after: String
  ) throws {
    let earlier = try ask(conduct, on: "2024-09-21")
    #expect(earlier.violation?.code == before)
    #expect(!earlier.determined)
    let later = try ask(conduct, on: "2024-09-22")
    #expect(later.violation?.code == after)
    #expect(later.determined)
    #expect(later.determinedOn == "2024-09-22")
    #expect(earlier.reasons.count >= 2 && later.reasons.count >= 2)
    #expect(earlier.warnings.isEmpty && later.warnings.isEmpty)
  }

  @Test func `the table above names every conduct of the catalogue`() {
    #expect(Set(Fixture.reference.violations.values.map(\.conduct)).count == 14)
    #expect(Fixture.reference.violations.count == 20)
  }

  @Test(arguments: [
    ("own_candidacy", "2024-09-21"), ("spouse_campaign", "2024-09-21"), ("spouse_campaign", "2024-09-22"),
  ])
  func `a form that asks for a person in service does not fit one on unpaid leave`(conduct: String, day: String) throws
  {
    #expect(try ask(conduct, on: day).violation != nil)
    let onLeave = try ask(conduct, on: day, leave: true)
    #expect(onLeave.violation == nil)
    #expect(onLeave.reasons.last?.en.contains("CLTN") == true)
    #expect(try ask("photo", on: day, leave: true).violation != nil)
  }

  @Test(arguments: [
    ("2024-09-21", Supports.candidate, "KE-05"), ("2024-09-22", .prospectiveCandidate, "DS-07"),
  ])
  func `the date decides when the support named contradicts it, and the answer warns`(
    day: String, supports: Supports, code: String
  ) throws {
    let answer = try ask("photo", on: day, supports: supports)
    #expect(answer.violation?.code == code)
    #expect(answer.warnings.count == 1)
  }

  @Test(arguments: [
    ("pemilu-2024/legislative", "2023-11-02", "KE-05"), ("pemilu-2024/legislative", "2023-11-03", "DS-07"),
    ("pemilu-2024/presidential", "2023-11-12", "KE-05"), ("pemilu-2024/presidential", "2023-11-13", "DS-07"),
  ])
  func `each contest of an election has its own day`(contest: String, day: String, code: String) throws {
    #expect(try ask("photo", on: day, election: "pemilu-2024", contest: contest).violation?.code == code)
  }

  @Test func `a question names an election, a contest where there are several, and a conduct`() {
    let day = "2024-09-21"
    #expect(refusal { try ask("photo", on: day, election: "x") }?.places == ["/election unknown_code"])
    #expect(refusal { try ask("photo", on: day, election: "pemilu-2024") }?.places == ["/contest required"])
    #expect(refusal { try ask("photo", on: day, contest: "x") }?.places == ["/contest unknown_code"])
    #expect(refusal { try ask(nil, on: day) }?.places == ["/conduct required"])
    #expect(refusal { try ask("singing", on: day) }?.places == ["/conduct unknown_code"])
    #expect(refusal { try ask(nil, on: day, violation: "XX") }?.places == ["/violation unknown_code"])
    #expect(refusal { try ask("photo", on: day, violation: "DS-06") }?.places == ["/conduct inconsistent"])
  }

  @Test func `a violation that somebody has in mind stands for its conduct`() throws {
    #expect(try ask(nil, on: "2024-09-21", violation: "DS-06").violation?.code == "KE-04")
    #expect(try ask("photo", on: "2024-09-22", violation: "KE-05").violation?.code == "DS-07")
  }
}
