/// How comma-separated values are written for programs that expect something else than RFC 4180.
public struct TableDialect: Sendable, Equatable {
  /// What stands between fields. The raw value is how it is asked for.
  public enum Separator: String, Sendable, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab
  }

  /// What stands before the decimals of a number.
  public enum DecimalMark: String, Sendable, CaseIterable {
    case point = "."
    case comma = ","
  }

  public var separator: Separator
  public var decimalMark: DecimalMark
  /// Begins with a byte order mark, by which spreadsheets know UTF-8.
  public var hasByteOrderMark: Bool

  public init(
    separator: Separator = .comma, decimalMark: DecimalMark = .point, hasByteOrderMark: Bool = false
  ) {
    self.separator = separator
    self.decimalMark = decimalMark
    self.hasByteOrderMark = hasByteOrderMark
  }
}
