internal import Domain
internal import TestSupport
internal import Testing

/// A pause as the handbook counts: its days do not.
struct PauseLine: Sendable {
  let length: Int
  let unit: ClockUnit
  let start: String
  /// First day and day of resumption of each pause.
  let pauses: [(from: String, until: String?)]
  let due: String

  init(_ length: Int, _ unit: ClockUnit, _ start: String, _ pauses: [(String, String?)], due: String) {
    self.length = length
    self.unit = unit
    self.start = start
    self.pauses = pauses.map { (from: $0.0, until: $0.1) }
    self.due = due
  }

  /// 2024-12-25 (a Wednesday), 2024-12-26 and 2025-01-01 are holidays.
  static let all: [PauseLine] = [
    PauseLine(7, .days, "2024-10-06", [], due: "2024-10-13"),
    // Two days stood still, then one more, then none.
    PauseLine(7, .days, "2024-10-06", [("2024-10-08", "2024-10-10")], due: "2024-10-15"),
    PauseLine(7, .days, "2024-10-06", [("2024-10-08", "2024-10-10"), ("2024-10-10", "2024-10-11")], due: "2024-10-16"),
    PauseLine(7, .days, "2024-10-06", [("2024-10-08", "2024-10-08")], due: "2024-10-13"),
    // On the last day, and over the end of a month.
    PauseLine(7, .days, "2024-10-06", [("2024-10-13", "2024-11-02")], due: "2024-11-02"),
    // From the first day that counts, and from the start, which does not count anyway.
    PauseLine(7, .days, "2024-10-06", [("2024-10-07", "2024-10-09")], due: "2024-10-15"),
    PauseLine(7, .days, "2024-10-06", [("2024-10-06", "2024-10-09")], due: "2024-10-15"),
    PauseLine(7, .days, "2024-10-06", [("2024-10-06", "2024-10-07")], due: "2024-10-13"),
    // An open pause has not taken any day yet; one after the due date takes none.
    PauseLine(7, .days, "2024-10-06", [("2024-10-08", nil)], due: "2024-10-13"),
    PauseLine(7, .days, "2024-10-06", [("2024-10-08", "2024-10-10"), ("2024-10-12", nil)], due: "2024-10-15"),
    PauseLine(7, .days, "2024-10-06", [("2024-10-14", "2024-10-20")], due: "2024-10-13"),
    PauseLine(7, .days, "2024-12-23", [("2024-12-25", "2024-12-26")], due: "2024-12-31"),
    PauseLine(3, .workingDays, "2024-10-09", [], due: "2024-10-14"),
    // Thursday, then Friday; Monday instead of Friday; a whole week.
    PauseLine(3, .workingDays, "2024-10-09", [("2024-10-11", "2024-10-12")], due: "2024-10-15"),
    PauseLine(3, .workingDays, "2024-10-09", [("2024-10-11", "2024-10-14")], due: "2024-10-15"),
    PauseLine(3, .workingDays, "2024-10-09", [("2024-10-12", "2024-10-14")], due: "2024-10-14"),
    PauseLine(3, .workingDays, "2024-10-09", [("2024-10-10", "2024-10-17")], due: "2024-10-21"),
    PauseLine(3, .workingDays, "2024-10-09", [("2024-10-10", nil)], due: "2024-10-14"),
    // A pause over a holiday takes the working days beside it alone.
    PauseLine(3, .workingDays, "2024-12-23", [], due: "2024-12-30"),
    PauseLine(3, .workingDays, "2024-12-23", [("2024-12-25", "2024-12-27")], due: "2024-12-30"),
    PauseLine(3, .workingDays, "2024-12-23", [("2024-12-24", "2024-12-27")], due: "2024-12-31"),
    PauseLine(3, .workingDays, "2024-12-23", [("2024-12-30", "2025-01-01")], due: "2025-01-02"),
    PauseLine(
      3, .workingDays, "2024-12-23", [("2024-12-24", "2024-12-25"), ("2024-12-27", "2024-12-28")], due: "2025-01-02"),
  ]
}

@Suite struct ClockPauseTests {
  private let calendar = WorkingCalendar(holidays: ["2024-12-25", "2024-12-26", "2025-01-01"].map { date($0) })

  private func find(_ kind: ClockKind, _ record: Case) -> Clock? { record.progress.clock(kind) }

  private func pause(_ kind: ClockKind, on day: String, by agency: AgencyCode, _ record: Case) throws -> Case {
    try Fixture.act(.clockPause(kind, reason: "Menunggu dokumen"), by: agency, on: day, record)
  }

  private func resume(_ kind: ClockKind, on day: String, by agency: AgencyCode, _ record: Case) throws -> Case {
    try Fixture.act(.clockResumption(kind, reason: "Dokumen lengkap"), by: agency, on: day, record)
  }

  private func verify(on day: String, _ record: Case) throws -> Case {
    try Fixture.act(.verification(accepted: true, reason: nil), by: .bkn, on: day, record)
  }

  @Test(arguments: PauseLine.all)
  func `paused days do not count`(line: PauseLine) {
    let pauses = line.pauses.map { ClockPause(from: date($0.from), until: $0.until.map { date($0) }) }
    let due = calendar.date(line.length, line.unit, after: date(line.start), without: pauses)
    #expect(due == date(line.due))
  }

  @Test func `a paused clock is never overdue, and runs on after its resumption`() throws {
    let received = try Fixture.record(at: .received)
    let paused = try pause(.verification, on: "2024-10-10", by: .bkn, received)
    #expect(paused.progress.stage == .received && paused.progress.milestones == received.progress.milestones)
    let clock = try #require(find(.verification, paused))
    #expect(clock.state == .paused && clock.dueOn == date("2024-10-13") && !clock.isOverdue(on: date("2025-06-01")))
    let resumed = try resume(.verification, on: "2024-12-10", by: .panrb, paused)
    let running = try #require(find(.verification, resumed))
    #expect(running.state == .running && running.dueOn == date("2024-12-13"))
    #expect(running.pauses == [ClockPause(from: date("2024-10-10"), until: date("2024-12-10"))])
    #expect(running.isOverdue(on: date("2024-12-14")) && !running.isOverdue(on: date("2024-12-13")))
    #expect(try find(.verification, verify(on: "2024-12-13", resumed))?.state == .met)
    #expect(try find(.verification, verify(on: "2024-12-14", resumed))?.state == .late)
  }

  @Test func `no block falls while the PPK's clock is paused`() throws {
    let recommended = try Fixture.record(at: .recommended)
    let paused = try pause(.ppkFollowUp, on: "2024-10-30", by: .bkn, recommended)
    let block = Action.Content.block(letterNumber: "B-1")
    #expect(refusal { try Fixture.act(block, by: .bkn, on: "2024-12-31", paused) }?.code == .clockRunning)
    let resumed = try resume(.ppkFollowUp, on: "2024-11-30", by: .bkn, paused)
    #expect(find(.ppkFollowUp, resumed)?.dueOn == date("2024-11-30"))
    #expect(refusal { try Fixture.act(block, by: .bkn, on: "2024-11-30", resumed) }?.code == .clockRunning)
    #expect(try Fixture.act(block, by: .bkn, on: "2024-12-01", resumed).progress.stage == .blocked)
  }

  @Test(arguments: [("2024-10-12", true), ("2024-10-13", true), ("2024-10-14", false)])
  func `a clock can be paused until it is due and no longer`(day: String, isPossible: Bool) throws {
    let received = try Fixture.record(at: .received)
    let failure = refusal { try pause(.verification, on: day, by: .bkn, received) }
    #expect(failure?.code == (isPossible ? nil : .clockConflict))
  }

  @Test(arguments: [("2024-10-13", true), ("2024-10-14", false), ("2027-01-04", false)])
  func `a clock that is overdue today is not paused, whatever day the pause is given`(today: String, isPossible: Bool)
    throws
  {
    let received = try Fixture.record(at: .received)
    for day in ["2024-10-08", "2024-10-13"] {
      let pause = Action(
        occurredOn: date(day), onBehalfOf: nil, note: nil, content: .clockPause(.verification, reason: "x"))
      let context = Fixture.context(.bkn, today: date(today), isHistory: false)
      let failure = refusal { try Lifecycle.apply(pause, to: received, context) }
      #expect(failure?.code == (isPossible ? nil : .clockConflict))
      if !isPossible { #expect(failure?.detail.en.contains("whatever day") == true) }
      #expect(Lifecycle.allowedActions(for: .bkn, received, context).contains("clock-pauses") == isPossible)
      // A history that is brought in tells what was done then.
      let history = Fixture.context(.bkn, today: date(today))
      #expect(try Lifecycle.apply(pause, to: received, history).progress.openClock?.isPaused == true)
    }
  }

  @Test func `an act that stops a paused clock ends the pause and is in time`() throws {
    let paused = try pause(.verification, on: "2024-10-13", by: .bkn, try Fixture.record(at: .received))
    for day in ["2024-10-13", "2024-10-14", "2024-12-30"] {
      let stopped = try #require(find(.verification, try verify(on: day, paused)))
      #expect(stopped.stoppedOn == date(day) && stopped.state == .met)
      #expect(stopped.pauses == [ClockPause(from: date("2024-10-13"), until: date(day))])
      #expect(stopped.dueOn == date(day))
    }
    let cancelled = try Fixture.act(.cancellation(reason: "Ganda"), by: .bawaslu, on: "2024-11-20", paused)
    #expect(find(.verification, cancelled)?.pauses.last?.until == date("2024-11-20"))
    #expect(find(.verification, cancelled)?.state == .met)
  }

  @Test func `a pause that begins after the clock has stopped has no effect`() throws {
    var record = try pause(.verification, on: "2024-10-08", by: .bkn, try Fixture.record(at: .received))
    record = try resume(.verification, on: "2024-10-10", by: .bkn, record)
    record = try pause(.verification, on: "2024-10-12", by: .bkn, record)
    let stopped = try #require(find(.verification, try verify(on: "2024-10-09", record)))
    #expect(stopped.pauses == [ClockPause(from: date("2024-10-08"), until: date("2024-10-09"))])
    #expect(stopped.dueOn == date("2024-10-14") && stopped.state == .met)
  }

  @Test func `each clock is paused by whoever holds its mandate, while it is open`() throws {
    let lines: [(stage: Stage, kind: ClockKind, agency: AgencyCode, other: AgencyCode, day: String)] = [
      (.received, .verification, .kemendagri, .kasn, "2024-10-10"), (.verified, .study, .bawaslu, .bkn, "2024-10-10"),
      (.recommended, .ppkFollowUp, .bkn, .bawaslu, "2024-10-25"),
      (.sanctioned, .appealFiling, .panrb, .bawaslu, "2024-11-10"),
    ]
    for line in lines {
      let record = try Fixture.record(at: line.stage)
      let paused = try pause(line.kind, on: line.day, by: line.agency, record)
      #expect(find(line.kind, paused)?.state == .paused)
      #expect(refusal { try pause(line.kind, on: line.day, by: line.other, record) }?.code == .mandateMissing)
      #expect(refusal { try resume(line.kind, on: line.day, by: line.other, paused) }?.code == .mandateMissing)
      #expect(refusal { try resume(line.kind, on: line.day, by: line.agency, record) }?.code == .clockConflict)
      #expect(refusal { try pause(line.kind, on: line.day, by: line.agency, paused) }?.code == .clockConflict)
      for kind in ClockKind.allCases where kind != line.kind {
        let failure = refusal { try pause(kind, on: line.day, by: .bkn, record) }
        #expect(failure?.code == .clockConflict && failure?.allowedActions != nil)
      }
    }
    for stage in [Stage.studied, .appealed, .rejected, .closed] {
      let failure = refusal { try pause(.study, on: "2024-12-20", by: .bawaslu, try Fixture.record(at: stage)) }
      #expect(failure?.code == .stageConflict)
    }
  }

  @Test func `a successor pauses in the place of its predecessor`() throws {
    let record = try Fixture.record(at: .recommended, received: Fixture.receivedUnderKASN)
    let content = Action.Content.clockPause(.ppkFollowUp, reason: "Surat PPK")
    #expect(refusal { try Fixture.act(content, by: .bkn, on: "2024-07-25", record) }?.code == .mandateMissing)
    let paused = try Fixture.act(content, by: .bkn, on: "2024-07-25", behalf: .kasn, record)
    #expect(find(.ppkFollowUp, paused)?.state == .paused)
  }

  @Test func `pauses follow one another, after the start of the clock and not in the future`() throws {
    let received = try Fixture.record(at: .received)
    let places = { (body: () throws -> Case) in refusal(body)?.places }
    #expect(
      places { try pause(.verification, on: "2024-10-05", by: .bkn, received) } == ["/occurred_on inconsistent"])
    var record = try pause(.verification, on: "2024-10-08", by: .bkn, received)
    #expect(places { try resume(.verification, on: "2024-10-07", by: .bkn, record) } == ["/occurred_on inconsistent"])
    #expect(places { try resume(.verification, on: "2025-07-01", by: .bkn, record) } == ["/occurred_on range"])
    record = try resume(.verification, on: "2024-10-10", by: .bkn, record)
    #expect(places { try pause(.verification, on: "2024-10-09", by: .bkn, record) } == ["/occurred_on inconsistent"])
    record = try pause(.verification, on: "2024-10-10", by: .bkn, record)
    #expect(find(.verification, record)?.pauses.count == 2)
  }

  @Test func `the reason of a pause belongs to the narrative and the clock to everyone`() {
    let pause = Action(
      occurredOn: date("2024-10-10"), onBehalfOf: nil, note: nil, content: .clockPause(.study, reason: "Saksi sakit"))
    #expect(pause.details.map(\.name) == ["clock"] && pause.details.map(\.value) == ["study"])
    #expect(pause.texts.map(\.name) == ["reason"] && pause.texts.map(\.group) == [.narrative])
  }

  @Test func `an appeal that is filed while its clock is paused is in time`() throws {
    let paused = try pause(.appealFiling, on: "2024-11-25", by: .bkn, try Fixture.record(at: .sanctioned))
    let appealed = try Fixture.act(.appeal(.court), by: .bkn, on: "2025-02-03", paused)
    #expect(find(.appealFiling, appealed)?.state == .met)
    let closed = try Fixture.act(.closure(idisReference: "I"), by: .bkn, on: "2025-02-03", paused)
    #expect(find(.appealFiling, closed)?.stoppedOn == date("2025-02-03"))
    #expect(find(.appealFiling, closed)?.pauses.last?.until == date("2025-02-03"))
  }
}
