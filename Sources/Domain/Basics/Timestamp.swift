/// An instant in UTC with a resolution of one millisecond.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public let milliseconds: Int64

  /// The instant `milliseconds` after 1970-01-01T00:00:00Z.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Parses an RFC 3339 date-time with `Z` or a numeric offset and up to nine digits of a second; nil for
  /// anything else. Digits past the millisecond are cut.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") else { return nil }
    guard let date = LegalDate(String(decoding: bytes[0..<10], as: UTF8.self)) else { return nil }
    guard bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let hour = Self.number(bytes[11..<13], max: 23), let minute = Self.number(bytes[14..<16], max: 59),
      let second = Self.number(bytes[17..<19], max: 59)
    else { return nil }
    var index = 19
    var fraction = 0
    if bytes[index] == UInt8(ascii: ".") {
      let digits = bytes[(index + 1)...].prefix { $0 >= 48 && $0 <= 57 }
      guard (1...9).contains(digits.count) else { return nil }
      for place in 0..<3 {
        fraction = fraction * 10 + (place < digits.count ? Int(digits[digits.startIndex + place] - 48) : 0)
      }
      index += 1 + digits.count
    }
    guard let offsetMinutes = Self.offset(bytes[index...]) else { return nil }
    let seconds = date.day * 86_400 + hour * 3600 + (minute - offsetMinutes) * 60 + second
    self.milliseconds = Int64(seconds) * 1000 + Int64(fraction)
  }

  /// The instant `seconds` later (earlier when negative).
  public func adding(seconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + seconds * 1000) }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  /// RFC 3339 in UTC with milliseconds, for example `2024-10-06T03:12:09.250Z`.
  public var description: String {
    let days = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000
    let rest = Int(milliseconds - days * 86_400_000)
    let (year, month, dayOfMonth) = LegalDate(day: Int(days)).components
    return String(unsafeUninitializedCapacity: 24) { buffer in
      LegalDate.write(year, digits: 4, to: buffer, at: 0)
      buffer[4] = UInt8(ascii: "-")
      LegalDate.write(month, digits: 2, to: buffer, at: 5)
      buffer[7] = UInt8(ascii: "-")
      LegalDate.write(dayOfMonth, digits: 2, to: buffer, at: 8)
      buffer[10] = UInt8(ascii: "T")
      LegalDate.write(rest / 3_600_000, digits: 2, to: buffer, at: 11)
      buffer[13] = UInt8(ascii: ":")
      LegalDate.write(rest / 60_000 % 60, digits: 2, to: buffer, at: 14)
      buffer[16] = UInt8(ascii: ":")
      LegalDate.write(rest / 1000 % 60, digits: 2, to: buffer, at: 17)
      buffer[19] = UInt8(ascii: ".")
      LegalDate.write(rest % 1000, digits: 3, to: buffer, at: 20)
      buffer[23] = UInt8(ascii: "Z")
      return 24
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>, max: Int) -> Int? {
    var value = 0
    for digit in digits {
      guard digit >= 48, digit <= 57 else { return nil }
      value = value * 10 + Int(digit - 48)
    }
    return value <= max ? value : nil
  }

  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if bytes.count == 1 { return first == UInt8(ascii: "Z") || first == UInt8(ascii: "z") ? 0 : nil }
    guard bytes.count == 6, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") else { return nil }
    let start = bytes.startIndex
    guard bytes[start + 3] == UInt8(ascii: ":"), let hours = number(bytes[(start + 1)..<(start + 3)], max: 23),
      let minutes = number(bytes[(start + 4)..<(start + 6)], max: 59)
    else { return nil }
    return (hours * 60 + minutes) * (first == UInt8(ascii: "-") ? -1 : 1)
  }
}
