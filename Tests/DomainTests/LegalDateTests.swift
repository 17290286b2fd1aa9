internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing

@Suite struct LegalDateTests {
  @Test func `every day from 1900 to 2199 reads back from its parts and its text`() throws {
    let first = date("1900-01-01")
    let last = date("2199-12-31")
    #expect(last.day - first.day == 300 * 365 + 72)  // 75 years divisible by four, less 1900, 2100 and no other.
    var previous = ""
    for day in first.day...last.day {
      let parts = LegalDate(day: day).components
      let text = LegalDate(day: day).description
      let made = LegalDate(year: parts.year, month: parts.month, dayOfMonth: parts.dayOfMonth)
      guard made?.day == day, LegalDate(text)?.day == day, previous < text else {
        Issue.record("day \(day) gives \(text) after \(previous)")
        return
      }
      previous = text
    }
  }

  @Test func `dates and weekends agree with Foundation's calendar`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for day in stride(from: date("1900-01-01").day, through: date("2199-12-31").day, by: 53) {
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
      let ours = LegalDate(day: day)
      #expect(ours.components == (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0))
      #expect(ours.isWeekend == (parts.weekday == 1 || parts.weekday == 7))
    }
  }

  @Test(arguments: [
    ("1900", false), ("1904", true), ("2000", true), ("2023", false), ("2024", true), ("2100", false), ("2196", true),
  ])
  func `29 February exists in leap years alone`(year: String, isLeap: Bool) {
    #expect((LegalDate("\(year)-02-29") != nil) == isLeap)
    #expect(LegalDate("\(year)-02-28")?.adding(days: 1).description == (isLeap ? "\(year)-02-29" : "\(year)-03-01"))
  }

  @Test(arguments: [
    "", "2024", "2024-1-01", "2024-01-1", "2024-00-01", "2024-13-01", "2024-01-00", "2024-01-32", "2024-04-31",
    "1899-12-31", "2200-01-01", "0000-01-01", "2024/01/01", "2024-01/01", "20240101", "2024-01-01 ", " 2024-01-01",
    "2024-01-01T", "-024-01-01", "+024-01-01", "2024-0a-01", "2024-01-0١", "２０２４-01-01", "2024-01-0\u{0}",
  ])
  func `a text that is no date is refused`(text: String) {
    #expect(LegalDate(text) == nil)
  }

  @Test(arguments: [
    ("2024-10-06T16:59:59.999Z", "2024-10-06"), ("2024-10-06T17:00:00Z", "2024-10-07"),
    ("2024-12-31T17:00:00Z", "2025-01-01"), ("1970-01-01T00:00:00Z", "1970-01-01"),
    ("1969-12-31T17:00:00Z", "1970-01-01"), ("1969-12-31T16:59:59Z", "1969-12-31"),
    ("1969-12-31T16:59:59.999Z", "1969-12-31"), ("1950-06-15T16:59:59.500Z", "1950-06-15"),
  ])
  func `a day in Jakarta begins at 17 o'clock UTC`(instant: String, day: String) {
    #expect(LegalDate(inJakarta: Sample.instant(instant)).description == day)
  }

  @Test func `dates compare and add by days`() {
    #expect(date("2024-02-28") < date("2024-02-29"))
    #expect(date("2024-12-31").adding(days: 1) == date("2025-01-01"))
    #expect(date("2024-03-01").adding(days: -1) == date("2024-02-29"))
    #expect(date("2024-03-01").year == 2024)
  }
}

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2024-10-06T03:12:09Z", 1_728_184_329_000),
    ("2024-10-06T03:12:09.2Z", 1_728_184_329_200), ("2024-10-06T03:12:09.25Z", 1_728_184_329_250),
    ("2024-10-06T03:12:09.250999999Z", 1_728_184_329_250), ("2024-10-06t03:12:09z", 1_728_184_329_000),
    ("2024-10-06T10:12:09+07:00", 1_728_184_329_000), ("2024-10-05T22:42:09.25-04:30", 1_728_184_329_250),
    ("1969-12-31T23:59:59.999Z", -1), ("2024-02-29T23:59:59-00:00", 1_709_251_199_000),
  ])
  func `an RFC 3339 text gives its milliseconds`(text: String, milliseconds: Int64) {
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2024-10-06", "2024-10-06T03:12Z", "2024-10-06T03:12:09", "2024-10-06 03:12:09Z", "2024-10-06T24:00:00Z",
    "2024-10-06T03:60:09Z", "2024-10-06T03:12:60Z", "2024-02-30T03:12:09Z", "2024-10-06T03:12:09.Z",
    "2024-10-06T03:12:09.1234567890Z", "2024-10-06T03:12:09+7:00", "2024-10-06T03:12:09+0700",
    "2024-10-06T03:12:09+24:00", "2024-10-06T03:12:09+07:60", "2024-10-06T03:12:09ZZ", "2024-10-06T03:12:09Z ",
    "2024-10-06T03-12-09Z", "2024-10-06T0a:12:09Z", "2024-10-06T03:12:09.", "2024-10-06T03:12:09,5Z",
  ])
  func `a text that is no instant is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [
    "1900-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.001Z",
    "2199-12-31T23:59:59.999Z",
  ])
  func `an instant reads back from its text`(text: String) {
    #expect(Timestamp(text)?.description == text)
  }

  @Test func `instants compare and add by seconds`() {
    let instant = Sample.instant("2024-10-06T03:12:09.250Z")
    #expect(instant.adding(seconds: 60).description == "2024-10-06T03:13:09.250Z")
    #expect(instant.adding(seconds: -1) < instant)
  }
}
