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

  private func content(_ kind: ClockKind, _ until: String) -> Action.Content {
    .clockPause(kind, until: date(until), ground: .awaitingDocument, reason: "Menunggu dokumen")
  }

  /// A pause of thirty days unless `until` says otherwise.
  private func pause(_ kind: ClockKind, on day: String, until: String? = nil, by agency: AgencyCode, _ record: Case)
    throws -> Case
  {
    try Fixture.act(
      content(kind, until ?? date(day).adding(days: 30).description), by: agency, on: day, record)
  }

  private func paused(_ from: String, _ until: String, isResumed: Bool = false) -> ClockPause {
    ClockPause(from: date(from), until: date(until), ground: .awaitingDocument, isResumed: isResumed)
  }

  private func resume(_ kind: ClockKind, on day: String, by agency: AgencyCode, _ record: Case) throws -> Case {
    try Fixture.act(.clockResumption(kind, reason: "Dokumen lengkap"), by: agency, on: day, record)
  }

  private func verify(on day: String, _ record: Case) throws -> Case {
    try Fixture.act(.verification(.accepted, reason: nil), by: .bkn, on: day, record)
  }

  @Test(arguments: PauseLine.all)
  func `paused days do not count`(line: PauseLine) {
    let pauses = line.pauses.map { ClockPause(from: date($0.from), until: $0.until.map { date($0) }) }
    let due = calendar.date(line.length, line.unit, after: date(line.start), without: pauses)
    #expect(due == date(line.due))
  }

  @Test func `a pause counts from its start, ends by itself, and is shortened by a resumption`() throws {
    let received = try Fixture.record(at: .received)
    let stopped = try pause(.verification, on: "2024-10-10", until: "2024-10-20", by: .bkn, received)
    #expect(stopped.progress.stage == .received && stopped.progress.milestones == received.progress.milestones)
    let clock = try #require(find(.verification, stopped))
    // What is stored says nothing of today.
    #expect(clock.state == .running && clock.dueOn == date("2024-10-23") && clock.pausedDays == 10)
    #expect(clock.pauses == [paused("2024-10-10", "2024-10-20")])
    let standings: [(String, ClockStanding)] = [
      ("2024-10-10", .paused), ("2024-10-19", .paused), ("2024-10-20", .running), ("2024-10-23", .running),
      ("2024-10-24", .overdue),
    ]
    for (day, standing) in standings { #expect(clock.standing(on: date(day)) == standing, "\(day)") }
    #expect(try find(.verification, verify(on: "2024-10-23", stopped))?.state == .met)
    #expect(try find(.verification, verify(on: "2024-10-24", stopped))?.state == .late)

    let resumed = try resume(.verification, on: "2024-10-15", by: .panrb, stopped)
    let running = try #require(find(.verification, resumed))
    #expect(running.state == .running && running.dueOn == date("2024-10-18"))
    #expect(running.pauses == [paused("2024-10-10", "2024-10-15", isResumed: true)])
    #expect(running.isOverdue(on: date("2024-10-19")) && !running.isOverdue(on: date("2024-10-18")))
  }

  @Test func `a pause of an earlier release stays until somebody resumes it`() throws {
    var record = try Fixture.record(at: .received)
    record.progress.clocks[0].pauses = [ClockPause(from: date("2024-10-10"), until: nil)]
    let clock = record.progress.clocks[0]
    #expect(clock.state == .paused && clock.standing(on: date("2025-06-01")) == .paused)
    #expect(!clock.isOverdue(on: date("2025-06-01")) && clock.isPaused(on: date("2025-06-01")))
    #expect(refusal { try pause(.verification, on: "2024-10-12", by: .bkn, record) }?.code == .clockConflict)
    let resumed = try resume(.verification, on: "2024-12-10", by: .panrb, record)
    let running = try #require(find(.verification, resumed))
    #expect(running.dueOn == date("2024-12-13") && running.pausedDays == 61)
    // It has used up all days.
    #expect(refusal { try pause(.verification, on: "2024-12-11", by: .bkn, resumed) }?.code == .clockConflict)
    #expect(try find(.verification, verify(on: "2024-12-13", resumed))?.state == .met)
  }

  @Test func `no block falls while the PPK's clock is paused`() throws {
    let recommended = try Fixture.record(at: .recommended)
    let last = try #require(find(.ppkFollowUp, recommended)?.dueOn)
    let until = last.adding(days: 30)
    let stopped = try pause(.ppkFollowUp, on: last.description, by: .bkn, recommended)
    #expect(
      find(.ppkFollowUp, stopped)?.dueOn
        == WorkingCalendar(holidays: []).date(1, workingDaysAfter: until.adding(days: -1)))
    let block = Action.Content.block(letterNumber: "B-1")
    for day in [last, last.adding(days: 1), until] {
      #expect(refusal { try Fixture.act(block, by: .bkn, on: day.description, stopped) }?.code == .clockRunning)
    }
    let resumption = last.adding(days: 1).description
    let resumed = try resume(.ppkFollowUp, on: resumption, by: .bkn, stopped)
    let due = try #require(find(.ppkFollowUp, resumed)?.dueOn)
    #expect(refusal { try Fixture.act(block, by: .bkn, on: due.description, resumed) }?.code == .clockRunning)
    let next = due.adding(days: 1).description
    #expect(try Fixture.act(block, by: .bkn, on: next, resumed).progress.stage == .blocked)
  }

  @Test(
    arguments: [
      // Day of the pause, day on which the clock runs again, what is wrong.
      ("2024-10-10", "2024-10-10", ["/until inconsistent"]), ("2024-10-10", "2024-10-09", ["/until inconsistent"]),
      ("2024-10-10", "2024-10-11", nil), ("2024-10-10", "2024-11-09", nil),
      ("2024-10-10", "2024-11-10", ["/until range"]), ("2024-10-10", "2030-01-01", ["/until range"]),
    ] as [(String, String, [String]?)])
  func `a pause names a day within thirty`(from: String, until: String, places: [String]?) throws {
    let received = try Fixture.record(at: .received)
    #expect(refusal { try pause(.verification, on: from, until: until, by: .bkn, received) }?.places == places)
  }

  @Test func `a rule may allow fewer days or more, and sixty are all there are`() throws {
    let received = try Fixture.record(at: .received)
    func rule(_ days: Int) throws -> Reference {
      try Fixture.reference.adding([
        Fixture.row(
          .clockRules,
          """
          {"kind":"verification","length":7,"unit":"days","starts_at":"received","stops_at":["verified","rejected"],\
          "time_zone":"Asia/Jakarta","legal_basis":"SK","pause_days_max":\(days)}
          """)
      ])
    }
    for days in [1, 10, 45, 60] {
      let reference = try rule(days)
      for length in [days, days + 1] {
        let until = date("2024-10-10").adding(days: length).description
        let failure = refusal {
          try Fixture.act(content(.verification, until), by: .bkn, on: "2024-10-10", received, reference)
        }
        #expect(failure?.places == (length > days ? ["/until range"] : nil))
      }
    }
    for wrong in [0, -1, 61] { #expect(refusal { try rule(wrong) }?.places == ["/0/pause_days_max range"]) }

    var record = try pause(.verification, on: "2024-10-10", until: "2024-11-09", by: .bkn, received)
    record = try pause(.verification, on: "2024-11-09", until: "2024-11-29", by: .bkn, record)
    let left = { (until: String) in
      refusal { try pause(.verification, on: "2024-11-30", until: until, by: .bkn, record) }
    }
    #expect(left("2024-12-11")?.places == ["/until range"] && left("2024-12-10") == nil)
    record = try pause(.verification, on: "2024-11-30", until: "2024-12-10", by: .bkn, record)
    #expect(find(.verification, record)?.pausedDays == 60)
    let none = refusal { try pause(.verification, on: "2024-12-10", until: "2024-12-11", by: .bkn, record) }
    #expect(none?.code == .clockConflict && none?.allowedActions?.contains("clock-pauses") == false)
  }

  @Test func `a pause that is over is not shortened afterwards, but in a history`() throws {
    let stopped = try pause(
      .verification, on: "2024-10-10", until: "2024-10-20", by: .bkn, try Fixture.record(at: .received))
    let resumption = Action(
      occurredOn: date("2024-10-12"), onBehalfOf: nil, note: nil, content: .clockResumption(.verification, reason: "x"),
      said: [])
    // Resumed on the 12th the clock would be due on the 15th: after that day nobody is made late by it.
    for (today, code) in [
      ("2024-10-12", nil), ("2024-10-15", nil), ("2024-10-16", .invalid), ("2024-10-19", .invalid),
      ("2024-10-20", .clockConflict), ("2025-01-01", .clockConflict),
    ] as [(String, FailureCode?)] {
      let now = Fixture.context(.bkn, today: date(today), isHistory: false)
      let failure = refusal { try Lifecycle.apply(resumption, to: stopped, now) }
      #expect(failure?.code == code, "\(today)")
      if code == .invalid { #expect(failure?.places == ["/occurred_on range"]) }
      let history = Fixture.context(.bkn, today: date(today))
      #expect(refusal { try Lifecycle.apply(resumption, to: stopped, history) } == nil)
    }
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
        occurredOn: date(day), onBehalfOf: nil, note: nil, content: content(.verification, "2024-10-20"),
        said: [])
      let context = Fixture.context(.bkn, today: date(today), isHistory: false)
      let failure = refusal { try Lifecycle.apply(pause, to: received, context) }
      #expect(failure?.code == (isPossible ? nil : .clockConflict))
      if !isPossible { #expect(failure?.detail.en.contains("whatever day") == true) }
      #expect(Lifecycle.allowedActions(for: .bkn, received, context).contains("clock-pauses") == isPossible)
      // A history that is brought in tells what was done then.
      let history = Fixture.context(.bkn, today: date(today))
      #expect(try Lifecycle.apply(pause, to: received, history).progress.openClock?.pauses.count == 1)
    }
  }

  @Test func `an act that stops a paused clock ends the pause and is in time`() throws {
    let held = try pause(.verification, on: "2024-10-13", by: .bkn, try Fixture.record(at: .received))
    for day in ["2024-10-13", "2024-10-14", "2024-11-11", "2024-11-12"] {
      let stopped = try #require(find(.verification, try verify(on: day, held)))
      #expect(stopped.stoppedOn == date(day) && stopped.state == .met)
      #expect(stopped.pauses == [paused("2024-10-13", day)])
      #expect(stopped.dueOn == date(day))
    }
    let cancelled = try Fixture.act(.cancellation(reason: "Ganda"), by: .bawaslu, on: "2024-11-05", held)
    #expect(find(.verification, cancelled)?.pauses.last?.until == date("2024-11-05"))
    #expect(find(.verification, cancelled)?.state == .met)
  }

  @Test func `a pause that begins after the clock has stopped has no effect`() throws {
    var record = try pause(.verification, on: "2024-10-08", by: .bkn, try Fixture.record(at: .received))
    record = try resume(.verification, on: "2024-10-10", by: .bkn, record)
    record = try pause(.verification, on: "2024-10-12", by: .bkn, record)
    let stopped = try #require(find(.verification, try verify(on: "2024-10-09", record)))
    #expect(stopped.pauses == [paused("2024-10-08", "2024-10-09", isResumed: true)])
    #expect(stopped.dueOn == date("2024-10-14") && stopped.state == .met)
  }

  @Test func `each clock is paused by whoever holds its mandate, while it is open`() throws {
    let lines: [(stage: Stage, kind: ClockKind, agency: AgencyCode, other: AgencyCode, day: String)] = [
      (.received, .verification, .kemendagri, .kasn, "2024-10-10"), (.verified, .study, .bawaslu, .bkn, "2024-10-10"),
      (.recommended, .ppkFollowUp, .bkn, .bawaslu, "2024-10-25"),
      (.sanctioned, .appealFiling, .panrb, .bawaslu, "2024-11-20"),
    ]
    for line in lines {
      let record = try Fixture.record(at: line.stage)
      let paused = try pause(line.kind, on: line.day, by: line.agency, record)
      #expect(find(line.kind, paused)?.isPaused(on: date(line.day)) == true)
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
    let content = content(.ppkFollowUp, "2024-08-10")
    #expect(refusal { try Fixture.act(content, by: .bkn, on: "2024-07-25", record) }?.code == .mandateMissing)
    let paused = try Fixture.act(content, by: .bkn, on: "2024-07-25", behalf: .kasn, record)
    #expect(find(.ppkFollowUp, paused)?.isPaused(on: date("2024-07-25")) == true)
  }

  @Test func `pauses follow one another, after the start of the clock and not in the future`() throws {
    let received = try Fixture.record(at: .received)
    let places = { (body: () throws -> Case) in refusal(body)?.places }
    #expect(
      places { try pause(.verification, on: "2024-10-05", by: .bkn, received) } == ["/occurred_on inconsistent"])
    var record = try pause(.verification, on: "2024-10-08", by: .bkn, received)
    #expect(places { try resume(.verification, on: "2024-10-07", by: .bkn, record) } == ["/occurred_on inconsistent"])
    #expect(refusal { try resume(.verification, on: "2025-07-01", by: .bkn, record) }?.code == .clockConflict)
    record = try resume(.verification, on: "2024-10-10", by: .bkn, record)
    #expect(refusal { try pause(.verification, on: "2024-10-09", by: .bkn, record) }?.code == .clockConflict)
    #expect(places { try pause(.verification, on: "2024-10-07", by: .bkn, record) } == ["/occurred_on inconsistent"])
    record = try pause(.verification, on: "2024-10-10", by: .bkn, record)
    #expect(find(.verification, record)?.pauses.count == 2)
    // While one lasts there is no other, whatever day it is given.
    for day in ["2024-10-10", "2024-11-08"] {
      #expect(refusal { try pause(.verification, on: day, by: .bkn, record) }?.code == .clockConflict)
    }
  }

  @Test func `an appeal that is filed while its clock is paused is in time`() throws {
    let paused = try pause(.appealFiling, on: "2024-12-06", by: .bkn, try Fixture.record(at: .sanctioned))
    let appealed = try Fixture.act(.appeal(.court), by: .bkn, on: "2024-12-20", paused)
    #expect(find(.appealFiling, appealed)?.state == .met)
    let closed = try Fixture.act(.closure(idisReference: "I"), by: .bkn, on: "2024-12-20", paused)
    #expect(find(.appealFiling, closed)?.stoppedOn == date("2024-12-20"))
    #expect(find(.appealFiling, closed)?.pauses.last?.until == date("2024-12-20"))
  }
}
