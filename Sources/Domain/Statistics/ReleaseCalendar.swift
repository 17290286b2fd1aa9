/// On which dates releases of an election are made, and when.
public struct ReleaseCalendar: Sendable {
  /// The last days of months, from January of the year before the voting to December of the second year after it.
  public let dates: [LegalDate]

  public init(votingOn: LegalDate) {
    let year = votingOn.year
    dates = (year - 1...year + 2).flatMap { year in
      (1...12).compactMap { month in Self.firstDay(year, month + 1)?.adding(days: -1) }
    }
  }

  /// The instant from which a month that ends on `date` is released: 06:00 in Jakarta on the first day of the month after
  /// the next. Agencies finish recording meanwhile what happened in it: the longest clock of the law is 14 working days.
  public static func dueAt(_ date: LegalDate) -> Timestamp {
    let (year, month, _) = date.components
    let day = firstDay(year, month + 2)?.day ?? date.day + 31
    return Timestamp(milliseconds: (Int64(day) * 24 + 6 - 7) * 3_600_000)
  }

  /// The newest instant at which releases have been due.
  public static func newestDue(at now: Timestamp) -> Timestamp {
    let today = LegalDate(inJakarta: now)
    let (year, month, _) = today.components
    // The month before the last is due today at the latest, that before it was due a month ago.
    let ends = [-1, -2].compactMap { firstDay(year, month + $0)?.adding(days: -1) }
    return ends.map(dueAt).first { $0 <= now } ?? Timestamp(milliseconds: 0)
  }

  /// The dates whose releases may have been made by `now`.
  public func due(at now: Timestamp) -> ArraySlice<LegalDate> { dates.prefix { Self.dueAt($0) <= now } }

  /// The first day of a month, counted on beyond the year's ends.
  private static func firstDay(_ year: Int, _ month: Int) -> LegalDate? {
    let months = year * 12 + month - 1
    return LegalDate(year: months / 12, month: months % 12 + 1, dayOfMonth: 1)
  }
}
