/// Weekends and holidays, for clocks that count working days.
public struct WorkingCalendar: Sendable {
  private let holidays: Set<LegalDate>

  /// A calendar with these days off beside Saturdays and Sundays.
  public init(holidays: some Sequence<LegalDate>) { self.holidays = Set(holidays) }

  /// True unless the date is a Saturday, a Sunday or a holiday.
  public func isWorkingDay(_ date: LegalDate) -> Bool { !date.isWeekend && !holidays.contains(date) }

  /// The date on which the `count`th working day after `start` falls (`start` itself is not counted).
  public func date(_ count: Int, workingDaysAfter start: LegalDate) -> LegalDate {
    date(count, .workingDays, after: start, without: [])
  }

  /// The date on which the `count`th day that counts falls; `start` itself does not, nor do paused days. A pause that is
  /// open takes no days away: how many it will take is not known yet.
  public func date(_ count: Int, _ unit: ClockUnit, after start: LegalDate, without pauses: [ClockPause]) -> LegalDate {
    if pauses.isEmpty && unit == .days { return start.adding(days: count) }
    var date = start
    var left = count
    while left > 0 {
      date = date.adding(days: 1)
      if let end = pauses.lazy.compactMap({ $0.end(over: date) }).first {
        date = end.adding(days: -1)
      } else if unit == .days || isWorkingDay(date) {
        left -= 1
      }
    }
    return date
  }
}

extension ClockPause {
  /// The day on which a pause that takes in `date` ends; nil when it does not, or is open.
  fileprivate func end(over date: LegalDate) -> LegalDate? {
    guard let until, from <= date, date < until else { return nil }
    return until
  }
}
