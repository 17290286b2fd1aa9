/// Appends comma-separated values (RFC 4180): CRLF line ends, UTF-8, no byte order mark, quotes only where needed.
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

  /// A writer with nothing written.
  public init() {}

  /// Writes a text field; `nil` and the empty text are both an empty field.
  public mutating func field(_ text: String?) {
    guard var text, !text.isEmpty else { return beginField(isBlank: true) }
    beginField(isBlank: false)
    text.withUTF8 { text in
      // What would be a byte order mark at the start of a text is a part of the field in quotes.
      let needsQuotes =
        text.starts(with: [0xEF, 0xBB, 0xBF])
        || text.contains {
          $0 == Byte.quote || $0 == Byte.comma || $0 == Byte.lineFeed || $0 == Byte.carriageReturn
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
      bytes.append(Byte.comma)
      row = .filled
    }
  }

  private static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): true
    case Byte.tab, Byte.carriageReturn: true
    default: false
    }
  }
}
