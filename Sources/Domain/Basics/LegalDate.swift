/// A calendar date of the proleptic Gregorian calendar, as the law counts days: no time, no zone.
public struct LegalDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let day: Int

  /// The date `day` days after 1970-01-01.
  public init(day: Int) { self.day = day }

  /// The date of a year, a month (1...12) and a day of the month; nil when there is no such date or the year is
  /// outside 1900...2199.
  public init?(year: Int, month: Int, dayOfMonth: Int) {
    guard (1900...2199).contains(year), (1...12).contains(month), dayOfMonth >= 1 else { return nil }
    guard dayOfMonth <= Self.daysInMonth(month, year: year) else { return nil }
    // Days from civil date, with years that begin in March so that the leap day is the last one.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.day = era * 146_097 + dayOfEra - 719_468
  }

  /// Parses `YYYY-MM-DD`; nil for anything else.
  public init?(_ text: String) {
    var text = text
    guard let date = text.withUTF8({ LegalDate(utf8: $0) }) else { return nil }
    self = date
  }

  /// Parses the bytes of `YYYY-MM-DD`; nil for anything else.
  public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else { return nil }
    func number(_ digits: Range<Int>) -> Int? {
      var number = 0
      for index in digits {
        guard text[index] >= 48, text[index] <= 57 else { return nil }
        number = number * 10 + Int(text[index] - 48)
      }
      return number
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    self.init(year: year, month: month, dayOfMonth: day)
  }

  /// The date in Western Indonesia Time (UTC+7 all year), where the deadlines of this law are judged.
  public init(inJakarta instant: Timestamp) {
    let milliseconds = instant.milliseconds + 7 * 3_600_000
    self.day = Int(milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000)
  }

  /// The date in Eastern Indonesia Time (UTC+9 all year): the latest that it is anywhere in the country.
  public init(inJayapura instant: Timestamp) { self.init(inJakarta: instant.adding(seconds: 2 * 3_600)) }

  /// The first moment of the day in Western Indonesia Time.
  public var startInJakarta: Timestamp { Timestamp(milliseconds: Int64(day) * 86_400_000 - 7 * 3_600_000) }

  /// Year, month (1...12) and day of the month.
  public var components: (year: Int, month: Int, dayOfMonth: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  /// The year.
  public var year: Int { components.year }

  /// True on Saturday and Sunday. (1970-01-01 was a Thursday.)
  public var isWeekend: Bool {
    let weekday = ((day + 3) % 7 + 7) % 7
    return weekday >= 5
  }

  /// The date `days` later (earlier when negative).
  public func adding(days: Int) -> LegalDate { LegalDate(day: day + days) }

  /// The same day of a later year; of 29 February the last day of the month where the year has none.
  public func adding(years: Int) -> LegalDate {
    let (year, month, dayOfMonth) = components
    return LegalDate(year: year + years, month: month, dayOfMonth: dayOfMonth)
      ?? LegalDate(year: year + years, month: month, dayOfMonth: dayOfMonth - 1) ?? LegalDate(day: .max / 2)
  }

  public static func < (left: LegalDate, right: LegalDate) -> Bool { left.day < right.day }

  /// `YYYY-MM-DD`.
  public var description: String {
    let (year, month, dayOfMonth) = components
    return String(unsafeUninitializedCapacity: 10) { buffer in
      Self.write(year, digits: 4, to: buffer, at: 0)
      buffer[4] = UInt8(ascii: "-")
      Self.write(month, digits: 2, to: buffer, at: 5)
      buffer[7] = UInt8(ascii: "-")
      Self.write(dayOfMonth, digits: 2, to: buffer, at: 8)
      return 10
    }
  }

  static func write(_ number: Int, digits: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
    var rest = number
    for index in stride(from: offset + digits - 1, through: offset, by: -1) {
      buffer[index] = UInt8(48 + rest % 10)
      rest /= 10
    }
  }

  private static func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
