/// Why and where a text is not acceptable CSV.
public struct CSVError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: String, Sendable, CaseIterable, CustomStringConvertible {
    case unclosedQuote
    case strayQuote
    case strayCarriageReturn
    case badUTF8

    /// An English sentence part that never quotes the input.
    public var description: String {
      switch self {
      case .unclosedQuote: "a quoted field that does not end"
      case .strayQuote: "a quote inside a field without quotes, or text after a closing quote"
      case .strayCarriageReturn: "a carriage return outside quotes without a line feed after it"
      case .badUTF8: "a field that is not valid UTF-8"
      }
    }
  }

  /// The line of the text, counted from 1 by line feeds; for an unclosed quote the line where it opens, for bad UTF-8
  /// the line where its field begins.
  public let line: Int

  /// What is wrong.
  public let reason: Reason

  /// The reason and the line in English; never quotes the input.
  public var description: String {
    "\(reason) (line \(line))"
  }
}

/// Reads comma-separated values strictly by RFC 4180, with CRLF or LF line ends. Where the first line has semicolons and no
/// commas outside quotes they separate, as spreadsheets write in countries with a decimal comma.
public enum CSVReader {
  /// Reads a whole text into rows, each with the line on which it begins, counted from 1.
  ///
  /// A UTF-8 byte order mark is skipped; the last row may lack its line end; an empty line is a row of one empty field;
  /// rows may differ in the number of fields, which is for the caller to judge.
  ///
  /// - Throws: ``CSVError`` at the first fault.
  public static func rows(_ bytes: [UInt8]) throws(CSVError) -> [(line: Int, fields: [String])] {
    try bytes.withUnsafeBufferPointer { (text) throws(CSVError) in
      var parser = CSVParser(text: text, separator: separator(of: text))
      return try parser.rows()
    }
  }
}

extension CSVReader {
  private static func separator(of text: UnsafeBufferPointer<UInt8>) -> UInt8 {
    var (isQuoted, semicolons) = (false, 0)
    for byte in text {
      if byte == Byte.quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == Byte.comma { return Byte.comma }
      if byte == Byte.lineFeed { break }
      if byte == UInt8(ascii: ";") { semicolons += 1 }
    }
    return semicolons > 0 ? UInt8(ascii: ";") : Byte.comma
  }
}

private struct CSVParser {
  private enum FieldEnd {
    case comma, line
  }

  private let text: UnsafeBufferPointer<UInt8>
  private let separator: UInt8
  private var offset: Int
  private var line = 1

  init(text: UnsafeBufferPointer<UInt8>, separator: UInt8) {
    self.text = text
    self.separator = separator
    offset = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func rows() throws(CSVError) -> [(line: Int, fields: [String])] {
    var rows: [(line: Int, fields: [String])] = []
    while offset < text.count {
      let line = line
      var fields: [String] = []
      repeat {
        fields.append(try field())
      } while try fieldEnd() == .comma
      rows.append((line, fields))
    }
    return rows
  }

  private mutating func field() throws(CSVError) -> String {
    if offset < text.count, text[offset] == Byte.quote { return try quotedField() }
    let start = offset
    scan: while offset < text.count {
      switch text[offset] {
      case separator, Byte.lineFeed, Byte.carriageReturn: break scan
      case Byte.quote: throw CSVError(line: line, reason: .strayQuote)
      default: offset += 1
      }
    }
    return try string(UnsafeBufferPointer(rebasing: text[start..<offset]), line: line)
  }

  private mutating func quotedField() throws(CSVError) -> String {
    let firstLine = line
    var bytes: [UInt8] = []
    offset += 1
    while let quote = text[offset...].firstIndex(of: Byte.quote) {
      bytes.append(contentsOf: text[offset..<quote])
      offset = quote + 1
      guard offset < text.count, text[offset] == Byte.quote else {
        line += bytes.count { $0 == Byte.lineFeed }
        return try bytes.withUnsafeBufferPointer { (bytes) throws(CSVError) in try string(bytes, line: firstLine) }
      }
      bytes.append(Byte.quote)
      offset += 1
    }
    throw CSVError(line: firstLine, reason: .unclosedQuote)
  }

  /// Reads what stands after a field: a comma, a line end or the end of the text.
  private mutating func fieldEnd() throws(CSVError) -> FieldEnd {
    guard offset < text.count else { return .line }
    switch text[offset] {
    case separator:
      offset += 1
      return .comma
    case Byte.carriageReturn:
      guard offset + 1 < text.count, text[offset + 1] == Byte.lineFeed else {
        throw CSVError(line: line, reason: .strayCarriageReturn)
      }
      offset += 2
    case Byte.lineFeed:
      offset += 1
    default:
      throw CSVError(line: line, reason: .strayQuote)
    }
    line += 1
    return .line
  }

  private func string(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) throws(CSVError) -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else { throw CSVError(line: line, reason: .badUTF8) }
    return string
  }
}
