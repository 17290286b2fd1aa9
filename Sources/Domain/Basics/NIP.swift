/// The employee number of a civil servant: 18 digits, of a PNS (NIP) or a PPPK (NI PPPK).
///
/// Birth date (8), first appointment (PNS: YYYYMM; PPPK: year 4 and contract count 2), sex (1 man, 2 woman), serial (3).
/// It reveals birth date and sex: personal data, never in logs, paths, metrics or errors.
public struct NIP: Hashable, Sendable {
  /// The 18 digits.
  public let text: String
  /// Year of the first appointment: the cohort statistics group by.
  public let appointmentYear: Int

  /// Parses and checks the 18 digits; nil when they cannot be a number of a person with this employment.
  ///
  /// The month of appointment is checked for PNS and CPNS alone: in its place a PPPK has a contract count.
  public init?(_ text: String, employment: Employment) {
    guard let digits = decimalDigits(text, count: 18) else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1) } }
    guard let birth = LegalDate(year: number(0..<4), month: number(4..<6), dayOfMonth: number(6..<8)) else {
      return nil
    }
    let year = number(8..<12)
    guard (1950...2100).contains(year), year - birth.year >= 15, digits[14] == 1 || digits[14] == 2 else { return nil }
    if employment == .pppk {
      guard number(12..<14) >= 1 else { return nil }
    } else {
      guard (1...12).contains(number(12..<14)) else { return nil }
    }
    guard number(15..<18) >= 1 else { return nil }
    self.text = text
    self.appointmentYear = year
  }

  /// A number that was checked when it was stored.
  public init(stored text: String) {
    self.text = text
    self.appointmentYear = Int(text.dropFirst(8).prefix(4)) ?? 0
  }
}

extension NIP {
  /// True unless the year of the first appointment lies after the day.
  func appointedBy(_ day: LegalDate) -> Bool { appointmentYear <= day.year }
}

func decimalDigits(_ text: String, count: Int) -> [UInt8]? {
  guard text.utf8.count == count else { return nil }
  var digits: [UInt8] = []
  digits.reserveCapacity(count)
  for byte in text.utf8 {
    guard byte >= 48, byte <= 57 else { return nil }
    digits.append(byte - 48)
  }
  return digits
}
