/// Appends comma-separated values (RFC 4180): CRLF line ends, UTF-8, no byte order mark. A field with a comma, a semicolon, a
/// tab, a quote or a line end is quoted: whichever of them a reader divides by, it finds the same fields.
///
/// Spreadsheets run a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula. A text field
/// that begins so is prefixed by an apostrophe (the OWASP advice on CSV injection). Numbers are not affected, and
/// ``CSVReader`` does not take the apostrophe away.
public struct CSVWriter: Sendable {
  private enum Row {
    case empty, oneBlankField, filled
  }

  /// What is written so far. Whole rows may be taken out between rows.
  public var bytes: [UInt8] = []

  private var row = Row.empty

  /// What stands between fields.
  public let separator: UInt8

  /// A writer with nothing written.
  ///
  /// - Parameter separator: what stands between fields: a comma, a semicolon or a tab.
  public init(separator: UInt8 = UInt8(ascii: ",")) { self.separator = separator }

  /// Writes a text field; `nil` and the empty text are both an empty field.
  public mutating func field(_ text: String?) {
    guard var text, !text.isEmpty else { return beginField(isBlank: true) }
    beginField(isBlank: false)
    text.withUTF8 { text in
      // What would be a byte order mark at the start of a text is a part of the field in quotes.
      let needsQuotes =
        text.starts(with: [0xEF, 0xBB, 0xBF])
        || text.contains {
          $0 == Byte.quote || Self.separators.contains($0) || $0 == Byte.lineFeed || $0 == Byte.carriageReturn
        }
      if needsQuotes { bytes.append(Byte.quote) }
      if text.first.map(Self.beginsFormula) == true { bytes.append(UInt8(ascii: "'")) }
      var runStart = 0
      while needsQuotes, let quote = text[runStart...].firstIndex(of: Byte.quote) {
        bytes.append(contentsOf: text[runStart...quote])
        bytes.append(Byte.quote)
        runStart = quote + 1
      }
      bytes.append(contentsOf: text[runStart...])
      if needsQuotes { bytes.append(Byte.quote) }
    }
  }

  /// Writes an integer field; `nil` is an empty field.
  public mutating func field(_ int: Int?) {
    beginField(isBlank: int == nil)
    guard let int else { return }
    bytes.append(addingCapacity: DecimalDigits.lengthMax) { span in
      span.withUnsafeMutableBufferPointer { room, count in
        if let start = room.baseAddress { count = DecimalDigits.write(int, to: start) }
      }
    }
  }

  /// Writes a number as it is spelled, which no reader runs as a formula; `nil` is an empty field.
  public mutating func number(_ spelling: String?) {
    beginField(isBlank: spelling == nil)
    guard let spelling else { return }
    let needsQuotes = separator == Byte.comma && spelling.utf8.contains(Byte.comma)
    if needsQuotes { bytes.append(Byte.quote) }
    bytes.append(contentsOf: spelling.utf8)
    if needsQuotes { bytes.append(Byte.quote) }
  }

  /// Writes `true` or `false`; `nil` is an empty field.
  public mutating func field(_ bool: Bool?) {
    beginField(isBlank: bool == nil)
    if let bool { bytes.append(contentsOf: (bool ? "true" : "false").utf8) }
  }

  /// Ends the row, which has at least one field.
  ///
  /// A row of one empty field is written `""`: many readers skip an empty line.
  public mutating func endRow() {
    precondition(row != .empty, "RFC 4180 has no row without a field")
    if row == .oneBlankField { bytes.append(contentsOf: [Byte.quote, Byte.quote]) }
    bytes.append(contentsOf: [Byte.carriageReturn, Byte.lineFeed])
    row = .empty
  }

  private mutating func beginField(isBlank: Bool) {
    if row == .empty {
      row = isBlank ? .oneBlankField : .filled
    } else {
      bytes.append(separator)
      row = .filled
    }
  }

  private static let separators: [UInt8] = [Byte.comma, UInt8(ascii: ";"), Byte.tab]

  private static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): true
    case Byte.tab, Byte.carriageReturn: true
    default: false
    }
  }
}
