internal import Domain
internal import TestSupport
internal import Testing

@Suite struct WorkingCalendarTests {
  private let calendar = WorkingCalendar(holidays: [date("2024-12-25"), date("2024-12-26"), date("2025-01-01")])

  @Test(arguments: [
    ("2024-12-23", true), ("2024-12-25", false), ("2024-12-26", false), ("2024-12-27", true), ("2024-12-28", false),
    ("2024-12-29", false), ("2025-01-01", false), ("2025-12-25", true),
  ])
  func `weekends and holidays are no working days`(day: String, isWorking: Bool) {
    #expect(calendar.isWorkingDay(date(day)) == isWorking)
  }

  @Test(arguments: [
    (0, "2024-12-23", "2024-12-23"), (1, "2024-12-23", "2024-12-24"), (2, "2024-12-23", "2024-12-27"),
    (3, "2024-12-23", "2024-12-30"), (5, "2024-12-23", "2025-01-02"), (1, "2024-12-28", "2024-12-30"),
    (1, "2024-12-25", "2024-12-27"), (14, "2024-11-05", "2024-11-25"),
  ])
  func `a period of working days skips what is none and does not count its first day`(
    count: Int, start: String, due: String
  ) {
    #expect(calendar.date(count, workingDaysAfter: date(start)).description == due)
  }
}

@Suite struct ClockTests {
  private func clock(_ kind: ClockKind, _ record: Case) -> Clock? { record.progress.clocks.first { $0.kind == kind } }

  @Test func `each clock starts, is due and stops where the handbook says`() throws {
    let received = try Fixture.record(at: .received)
    #expect(received.progress.clocks.map(\.kind) == [.verification])
    #expect(clock(.verification, received)?.dueOn == date("2024-10-13"))
    #expect(clock(.verification, received)?.state == .running)
    let verified = try Fixture.record(at: .verified)
    #expect(clock(.verification, verified)?.stoppedOn == date("2024-10-09"))
    #expect(clock(.study, verified)?.dueOn == date("2024-10-14"))  // Wednesday, then Thursday, Friday, Monday.
    #expect(clock(.study, verified)?.unit == .workingDays)
    let studied = try Fixture.record(at: .studied)
    #expect(clock(.study, studied)?.state == .met)
    let recommended = try Fixture.record(at: .recommended)
    #expect(clock(.ppkFollowUp, recommended)?.dueOn == date("2024-11-07"))
    #expect(clock(.ppkFollowUp, recommended)?.state == .running)
    let sanctioned = try Fixture.record(at: .sanctioned)
    #expect(clock(.ppkFollowUp, sanctioned)?.state == .late)  // 2024-11-15.
    #expect(clock(.appealFiling, sanctioned)?.dueOn == date("2024-12-06"))
    let appealed = try Fixture.record(at: .appealed)
    #expect(clock(.appealFiling, appealed)?.stoppedOn == date("2024-11-20"))
    #expect(appealed.progress.clocks.map(\.kind) == ClockKind.allCases)
  }

  @Test func `a block does not stop the clock of the PPK`() throws {
    let blocked = try Fixture.record(at: .blocked)
    #expect(clock(.ppkFollowUp, blocked)?.state == .running)
  }

  @Test(arguments: [("2024-10-13", ClockState.met), ("2024-10-14", .late)])
  func `an act on the due date is in time and one the day after is not`(day: String, state: ClockState) throws {
    let record = try Fixture.act(
      .verification(.accepted, reason: nil), by: .bkn, on: day, try Fixture.record(at: .received))
    #expect(clock(.verification, record)?.state == state)
  }

  @Test func `a running clock is overdue from the day after it is due`() throws {
    let clock = try #require(clock(.ppkFollowUp, try Fixture.record(at: .recommended)))
    #expect(!clock.isOverdue(on: clock.dueOn))
    #expect(clock.isOverdue(on: clock.dueOn.adding(days: 1)))
    let stopped = try #require(self.clock(.ppkFollowUp, try Fixture.record(at: .sanctioned)))
    #expect(!stopped.isOverdue(on: Fixture.today))
  }

  @Test(arguments: [Stage.rejected, .notProven, .cancelled, .lapsed, .closed, .exonerated])
  func `no clock of a case that has ended runs`(stage: Stage) throws {
    for blocked in [false, true] where !(blocked && stage == .rejected) {
      let record = try Fixture.record(at: stage, blocked: blocked)
      #expect(record.progress.clocks.allSatisfy { $0.stoppedOn != nil })
    }
  }

  @Test(arguments: [Stage.cancelled, .lapsed])
  func `the release of a block after the end does not move the clocks`(stage: Stage) throws {
    let ended = try Fixture.record(at: stage, blocked: true)
    let released = try Fixture.act(.blockRelease(proof: "Surat"), by: .bkn, on: "2025-01-15", ended)
    #expect(clock(.ppkFollowUp, ended)?.stoppedOn == date("2024-11-30"))
    #expect(released.progress.clocks == ended.progress.clocks)
  }

  @Test func `whoever does not appeal is not late`() throws {
    let sanctioned = try Fixture.record(at: .sanctioned)
    let late = try Fixture.act(.closure(idisReference: "I-1"), by: .bkn, on: "2025-01-20", sanctioned)
    #expect(clock(.appealFiling, late)?.stoppedOn == date("2024-12-06"))
    #expect(clock(.appealFiling, late)?.state == .met)
    let early = try Fixture.act(.closure(idisReference: "I-1"), by: .bkn, on: "2024-11-20", sanctioned)
    #expect(clock(.appealFiling, early)?.stoppedOn == date("2024-11-20"))
  }

  @Test func `a second appeal does not make the first one late`() throws {
    var record = try Fixture.record(at: .appealed)
    record = try Fixture.act(.ruling(.upheld, sanction: nil), by: .bkn, on: "2024-12-10", record)
    record = try Fixture.act(.appeal(.bpasn), by: .bkn, on: "2024-12-20", record)
    #expect(clock(.appealFiling, record)?.stoppedOn == date("2024-11-20"))
    #expect(clock(.appealFiling, record)?.state == .met)
  }

  @Test func `holidays that were imported move a clock of working days`() throws {
    let holiday = try Fixture.row(
      .holidays, #"{"date":"2024-10-14","name_id":"Libur","kind":"holiday","source":"SKB"}"#)
    let next = try Fixture.row(
      .holidays, #"{"date":"2025-01-01","name_id":"Libur","kind":"holiday","source":"SKB"}"#)
    let reference = try Fixture.reference.adding([holiday, next])
    let record = try Fixture.act(
      .verification(.accepted, reason: nil), by: .bkn, on: "2024-10-09", try Fixture.record(at: .received),
      reference)
    #expect(clock(.study, record)?.dueOn == date("2024-10-15"))
    #expect(clock(.verification, record)?.dueOn == date("2024-10-13"))
  }

  @Test(arguments: [("2024-12-31", "2025-01-07"), ("2025-01-01", "2025-01-06")])
  func `a clock follows the rule in force on the day it starts`(received: String, due: String) throws {
    let rule =
      #""starts_at":"received","stops_at":["verified","rejected"],"time_zone":"Asia/Jakarta","legal_basis":"SK""#
    let reference = try Fixture.reference.adding([
      try Fixture.row(.clockRules, #"{"kind":"verification","length":7,"unit":"days","until":"2024-12-31",\#(rule)}"#),
      try Fixture.row(.clockRules, #"{"kind":"verification","length":5,"unit":"days","from":"2025-01-01",\#(rule)}"#),
    ])
    let facts = Sample.facts { $0.source.receivedOn = date(received) }
    let progress = try Lifecycle.open(facts, onBehalfOf: nil, Fixture.context(.bawaslu, reference))
    #expect(progress.clocks.map(\.dueOn.description) == [due])
  }

  @Test func `a corrected day of receipt moves the clock and must precede what followed`() throws {
    let verified = try Fixture.record(at: .verified)
    var facts = verified.facts
    facts.source.receivedOn = date("2024-10-05")
    let corrected = try Lifecycle.correct(verified, to: facts, Fixture.context(.bawaslu), movesReceipt: true)
    #expect(clock(.verification, corrected)?.dueOn == date("2024-10-12"))
    #expect(corrected.progress.milestones[.received] == date("2024-10-05"))
    #expect(corrected.progress.stage == .verified)
    facts.source.receivedOn = date("2024-10-10")
    let failure = refusal { try Lifecycle.correct(verified, to: facts, Fixture.context(.bawaslu), movesReceipt: true) }
    #expect(failure?.places == ["/source/received_on inconsistent"])
  }
}
