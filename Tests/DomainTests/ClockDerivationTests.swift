internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ClockDerivationTests {
  /// Days off that an operator imports; the whole table has some in every year.
  private func reference(holidays days: String...) throws -> Reference {
    try Fixture.reference.adding(
      (days + ["2025-01-01"]).map {
        try Fixture.row(.holidays, #"{"date":"\#($0)","name_id":"Libur","kind":"holiday","source":"SKB"}"#)
      })
  }

  private func rule(_ kind: ClockKind, _ length: Int, _ unit: ClockUnit, _ more: String = "") throws -> ReferenceEntry {
    // The newest row of the PPK's clock begins on a day.
    let more = kind == .ppkFollowUp ? more + #","from":"2024-02-06""# : more
    let stops = kind.stopsAt.map(\.rawValue).sorted().map { "\"\($0)\"" }.joined(separator: ",")
    return try Fixture.row(
      .clockRules,
      """
      {"kind":"\(kind.rawValue)","length":\(length),"unit":"\(unit.rawValue)","starts_at":"\(kind.startsAt.rawValue)",\
      "stops_at":[\(stops)],"time_zone":"Asia/Jakarta","legal_basis":"SK"\(more)}
      """)
  }

  private func derived(_ record: Case, _ reference: Reference) -> (changed: Case, event: EventDraft)? {
    Lifecycle.deriveClocks(of: record, reference, by: "operatorkey1")
  }

  @Test func `a new day off moves an open clock and says from when to when`() throws {
    let verified = try Fixture.record(at: .verified)
    let (changed, event) = try #require(derived(verified, try reference(holidays: "2024-10-14")))
    #expect(changed.progress.clock(.study)?.dueOn == date("2024-10-15"))
    #expect(changed.progress.clock(.verification) == verified.progress.clock(.verification))
    #expect(event.what == .clockDerivation && event.occurredOn == nil && event.texts.isEmpty)
    #expect(event.actor == Actor(agency: AgencyCode(rawValue: "OPERATOR"), importedBy: nil, keyID: "operatorkey1"))
    #expect(event.details.map(\.name) == ["study"])
    #expect(event.details.map(\.value) == ["2024-10-14 > 2024-10-15"])
    #expect(derived(verified, try reference(holidays: "2024-10-15")) == nil)
    #expect(derived(verified, Fixture.reference) == nil)
  }

  @Test(arguments: Stage.allCases)
  func `a clock that has stopped stays as it was judged, whatever is decreed later`(stage: Stage) throws {
    for blocked in [false, true] {
      var record = try Fixture.record(at: stage, blocked: blocked)
      let stopped = record.progress.clocks.filter { $0.stoppedOn != nil }
      let later = try Fixture.reference.adding(
        try ClockKind.allCases.map { try rule($0, 1, .days) } + [
          Fixture.row(.holidays, #"{"date":"2025-01-02","name_id":"L","kind":"holiday","source":"S"}"#)
        ])
      if let (changed, _) = derived(record, later) { record = changed }
      // The case's own acts and corrections leave them alone too.
      if stage == .received { record = try Fixture.act(.note(text: "x"), by: .bkn, on: "2025-01-20", record, later) }
      var facts = record.facts
      facts.motives = ["office"]
      record = try Lifecycle.correct(record, to: facts, Fixture.context(.bawaslu, later))
      #expect(record.progress.clocks.filter { $0.stoppedOn != nil } == stopped, "\(stage) \(blocked)")
    }
  }

  @Test func `a day off never turns met into late, nor one taken back late into met`() throws {
    let off = try reference(holidays: "2024-10-14")
    let verified = try Fixture.act(
      .verification(.accepted, reason: nil), by: .bkn, on: "2024-10-09", try Fixture.record(at: .received), off)
    let study = Action.Content.study(.violation, violation: nil, summary: nil)
    let met = try Fixture.act(study, by: .bawaslu, on: "2024-10-15", verified, off)
    #expect(met.progress.clock(.study)?.state == .met)
    let late = try Fixture.act(study, by: .bawaslu, on: "2024-10-15", try Fixture.record(at: .verified))
    #expect(late.progress.clock(.study)?.state == .late)
    let recommend = Action.Content.recommendation(
      .recommended, letterNumber: "R", institution: nil, proposedSanction: nil)
    let back = try off.adding([
      try Fixture.row(.holidays, #"{"date":"2024-10-14","name_id":"Dicabut","kind":"working_day","source":"SKB"}"#)
    ])
    for (record, reference, state) in [(met, back, ClockState.met), (late, off, .late)] {
      #expect(derived(record, reference) == nil)
      let next = try Fixture.act(recommend, by: .bkn, on: "2024-10-20", record, reference)
      #expect(next.progress.clock(.study)?.state == state)
    }
    #expect(back.calendar.isWorkingDay(date("2024-10-14")) && !off.calendar.isWorkingDay(date("2024-10-14")))
  }

  @Test func `a rule that changes moves, makes or takes away an open clock alone`() throws {
    let received = try Fixture.record(at: .received)
    let longer = try Fixture.reference.adding([try rule(.verification, 10, .days)])
    #expect(derived(received, longer)?.event.details.map(\.value) == ["2024-10-13 > 2024-10-16"])
    // Five working days after a Sunday end on the Friday.
    let unit = try Fixture.reference.adding([try rule(.verification, 5, .workingDays)])
    #expect(derived(received, unit)?.event.details.map(\.value) == ["2024-10-13 days > 2024-10-11 working_days"])
    // No operator can take a rule away, but a file may lack one.
    let entries = Fixture.reference.entries.filter { $0.kind != .clockRules || $0.code != "verification" }
    let ended = try Reference(entries: entries)
    let without = try #require(derived(received, ended))
    #expect(without.changed.progress.clocks.isEmpty)
    #expect(without.event.details.map(\.value) == ["2024-10-13 > -"])
    let again = try #require(derived(without.changed, Fixture.reference))
    #expect(again.changed.progress.clocks == received.progress.clocks)
    #expect(again.event.details.map(\.value) == ["- > 2024-10-13"])
    // Of a period that is over no clock is made.
    let verified = try Fixture.act(
      .verification(.accepted, reason: nil), by: .bkn, on: "2024-10-20", without.changed, ended)
    #expect(derived(verified, Fixture.reference)?.changed.progress.clock(.verification) == nil)
  }

  @Test func `pauses are kept when rules move the clock, and when facts are corrected`() throws {
    var record = try Fixture.record(at: .received)
    record = try Fixture.act(
      .clockPause(.verification, until: date("2024-10-18"), ground: .other, reason: "x"), by: .bkn, on: "2024-10-08",
      record)
    let paused = try #require(derived(record, try Fixture.reference.adding([try rule(.verification, 9, .days)])))
    #expect(paused.changed.progress.clock(.verification)?.pauses == record.progress.clock(.verification)?.pauses)
    #expect(paused.changed.progress.clock(.verification)?.dueOn == date("2024-10-25"))
    record = try Fixture.act(.clockResumption(.verification, reason: "y"), by: .bkn, on: "2024-10-10", record)
    var facts = record.facts
    facts.source.receivedOn = date("2024-10-04")
    let corrected = try Lifecycle.correct(record, to: facts, Fixture.context(.bawaslu), movesReceipt: true)
    #expect(corrected.progress.clock(.verification)?.dueOn == date("2024-10-13"))
    #expect(corrected.progress.clock(.verification)?.pauses == record.progress.clock(.verification)?.pauses)
  }
}
