/// The national identity number: 16 digits. Region (6), birth date DDMMYY with 40 added to the day for women, serial (4).
public struct NIK: Hashable, Sendable {
  /// The 16 digits.
  public let text: String

  /// Parses and checks the 16 digits; nil when they cannot be an identity number.
  public init?(_ text: String) {
    guard let digits = decimalDigits(text, count: 16) else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1) } }
    let day = number(6..<8) > 40 ? number(6..<8) - 40 : number(6..<8)
    // The century is not in the number; 2000 is a leap year, so that 29 February is never refused wrongly.
    let year = number(10..<12)
    let exists = [1900 + year, 2000 + year].contains {
      LegalDate(year: $0, month: number(8..<10), dayOfMonth: day) != nil
    }
    guard exists, number(0..<2) >= 11, number(2..<4) >= 1, number(4..<6) >= 1, number(12..<16) >= 1 else { return nil }
    self.text = text
  }

  /// A number that was checked when it was stored.
  public init(stored text: String) { self.text = text }
}
