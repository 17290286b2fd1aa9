/// The statutory clocks of a case.
public enum ClockKind: String, Sendable, CaseIterable, Codable {
  case verification, study
  case ppkFollowUp = "ppk_follow_up"
  case appealFiling = "appeal_filing"
}

/// How a clock counts.
public enum ClockUnit: String, Sendable, CaseIterable, Codable {
  case days
  case workingDays = "working_days"
}

/// What the record alone says about a clock. Whether a running clock is overdue depends on today and is never stored.
public enum ClockState: String, Sendable, CaseIterable {
  case running, met, late
}

/// One clock of one case.
public struct Clock: Sendable, Equatable {
  public var kind: ClockKind
  public var startedOn: LegalDate
  /// The last day on which the act is in time.
  public var dueOn: LegalDate
  public var unit: ClockUnit
  /// Nil while it runs.
  public var stoppedOn: LegalDate?

  /// Makes a clock.
  public init(kind: ClockKind, startedOn: LegalDate, dueOn: LegalDate, unit: ClockUnit, stoppedOn: LegalDate?) {
    self.kind = kind
    self.startedOn = startedOn
    self.dueOn = dueOn
    self.unit = unit
    self.stoppedOn = stoppedOn
  }

  /// The state as the record alone tells it.
  public var state: ClockState {
    guard let stoppedOn else { return .running }
    return stoppedOn <= dueOn ? .met : .late
  }

  /// True when the clock runs and its due date is past on `date`.
  public func isOverdue(on date: LegalDate) -> Bool { stoppedOn == nil && dueOn < date }
}

/// Weekends and holidays, for clocks that count working days.
public struct WorkingCalendar: Sendable {
  private let holidays: Set<LegalDate>

  /// A calendar with these days off beside Saturdays and Sundays.
  public init(holidays: some Sequence<LegalDate>) { self.holidays = Set(holidays) }

  /// True unless the date is a Saturday, a Sunday or a holiday.
  public func isWorkingDay(_ date: LegalDate) -> Bool { !date.isWeekend && !holidays.contains(date) }

  /// The date on which the `count`th working day after `start` falls (`start` itself is not counted).
  public func date(_ count: Int, workingDaysAfter start: LegalDate) -> LegalDate {
    var date = start
    var left = count
    while left > 0 {
      date = date.adding(days: 1)
      if isWorkingDay(date) { left -= 1 }
    }
    return date
  }
}

extension CaseProgress {
  /// Derives the clocks from the milestones and the rules in force when each clock started.
  ///
  /// A clock of a case that ends another way (cancellation, lapse) stops on that day.
  func derivingClocks(_ reference: Reference) -> [Clock] {
    let end = stage.isFinal ? endedOn : nil
    func clock(_ kind: ClockKind, from start: LegalDate?, until stop: LegalDate?) -> Clock? {
      guard let start, let rule = reference.clockRule(kind, on: start) else { return nil }
      let due =
        switch rule.unit {
        case .days: start.adding(days: rule.length)
        case .workingDays: reference.calendar.date(rule.length, workingDaysAfter: start)
        }
      return Clock(kind: kind, startedOn: start, dueOn: due, unit: rule.unit, stoppedOn: stop ?? end)
    }
    let decided = milestones[.decided]
    let sanctionedOn = decision?.outcome == .sanctioned ? decided : nil
    // The first appeal stops the clock; the milestone is that of the latest one.
    let filed = milestones[.appealed].map { latest in clocks.first { $0.kind == .appealFiling }?.stoppedOn ?? latest }
    var appealFiling = clock(.appealFiling, from: sanctionedOn, until: filed)
    if filed == nil, let due = appealFiling?.dueOn, let stopped = appealFiling?.stoppedOn {
      // Nobody is late who does not appeal: the period simply ends.
      appealFiling?.stoppedOn = min(stopped, due)
    }
    return [
      clock(.verification, from: milestones[.received], until: milestones[.verified] ?? milestones[.rejected]),
      clock(.study, from: milestones[.verified], until: milestones[.studied]),
      clock(.ppkFollowUp, from: milestones[.recommended], until: decided),
      appealFiling,
    ].compactMap { $0 }
  }

  /// The day of the act that ended the case; a block may be released later.
  private var endedOn: LegalDate? {
    let ends: [Milestone] = [.rejected, .notProven, .exonerated, .closed, .cancelled, .lapsed]
    return ends.compactMap { milestones[$0] }.max()
  }
}
