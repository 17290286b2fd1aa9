internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ReleaseCalendarTests {
  private let calendar = ReleaseCalendar(votingOn: date("2024-11-27"))

  @Test func `months run from January of the year before the voting to December of the second year after it`() {
    #expect(calendar.dates.count == 48)
    #expect(calendar.dates.first == date("2023-01-31") && calendar.dates.last == date("2026-12-31"))
    #expect(calendar.dates.contains(date("2024-02-29")) && calendar.dates.contains(date("2025-02-28")))
  }

  @Test(arguments: [
    ("2024-10-31", "2024-11-30T23:00:00Z"), ("2024-11-30", "2024-12-31T23:00:00Z"),
    ("2024-12-31", "2025-01-31T23:00:00Z"), ("2024-01-31", "2024-02-29T23:00:00Z"),
  ])
  func `a month is due at six in Jakarta on the first day of the month after the next`(month: String, due: String) {
    let instant = Sample.instant(due)
    #expect(ReleaseCalendar.dueAt(date(month)) == instant)
    #expect(calendar.due(at: instant).last == date(month))
    #expect(calendar.due(at: Timestamp(milliseconds: instant.milliseconds - 1)).last != date(month))
    #expect(ReleaseCalendar.newestDue(at: instant) == instant)
    #expect(ReleaseCalendar.newestDue(at: instant.adding(seconds: 86_400 * 20)) == instant)
    #expect(ReleaseCalendar.newestDue(at: instant.adding(seconds: -1)) < instant)
    #expect(ReleaseCalendar.newestDue(at: instant.adding(seconds: -1)) > instant.adding(seconds: -86_400 * 32))
  }

  @Test func `nothing is due before the first month has passed, and nothing more after the last`() {
    #expect(calendar.due(at: Sample.instant("2023-02-28T22:59:59Z")).isEmpty)
    #expect(calendar.due(at: Sample.instant("2030-01-01T00:00:00Z")).count == 48)
  }
}
