/// On which dates releases of an election are made, and from when on.
public struct ReleaseCalendar: Sendable {
  /// Days after the end of a month until it is released. Agencies finish recording what happened in the month: the
  /// longest clock of the law is 14 working days, and a release stays as it is made.
  public static let graceDays = 30

  /// The last days of months, from January of the year before the voting to December of the second year after it.
  public let dates: [LegalDate]

  /// Makes the calendar of an election.
  public init(votingOn: LegalDate) {
    let year = votingOn.year
    dates = (year - 1...year + 2).flatMap { year in
      (1...12).compactMap { month in
        let next = LegalDate(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, dayOfMonth: 1)
        return next?.adding(days: -1)
      }
    }
  }

  /// The dates whose releases may be made on a day.
  public func due(on today: LegalDate) -> ArraySlice<LegalDate> {
    dates.prefix { $0.adding(days: Self.graceDays) < today }
  }
}
