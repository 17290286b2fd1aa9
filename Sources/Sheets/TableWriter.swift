internal import JSON

/// Writes the rows of a table: comma-separated values, or rows of a worksheet (ECMA-376 Part 1, 18.3.1.73).
///
/// Rows are independent of what stands before them, so that parts of a table may be written at the same time.
public struct TableWriter: Sendable {
  /// What rows are written as.
  public enum Form: Sendable, Equatable {
    case csv(TableDialect)
    case worksheet
  }

  /// What a cell of a worksheet holds at most, in UTF-16 units (a limit of Excel).
  public static let cellUnitsMax = 32_767
  /// Rows of a worksheet, the heading among them (a limit of Excel).
  public static let rowsMax = 1_048_576

  /// What is written so far. Whole rows may be taken out between rows.
  public var bytes: [UInt8] {
    get { isWorksheet ? sheet : csv.bytes }
    set { if isWorksheet { sheet = newValue } else { csv.bytes = newValue } }
  }

  private let isWorksheet: Bool
  private let decimalMark: TableDialect.DecimalMark
  private var csv: CSVWriter
  private var sheet: [UInt8] = []
  private var isInRow = false
  private var rowName = ""
  /// The places of the fields of a row that it keeps, in their order; nil: all of them, as they are written.
  private let kept: [Int]?
  /// Where each field of the row begins.
  private var starts: [Int] = []

  /// A writer with nothing written.
  ///
  /// - Parameter kept: the places of the fields that a row keeps, in the order in which it has them; nil: every field.
  public init(_ form: Form, keeping kept: [Int]? = nil) {
    self.kept = kept
    switch form {
    case .csv(let dialect):
      (isWorksheet, decimalMark) = (false, dialect.decimalMark)
      csv = CSVWriter(separator: dialect.separator.byte)
    case .worksheet:
      (isWorksheet, decimalMark, csv) = (true, .point, CSVWriter())
    }
  }

  /// Says what the next row is about: a text that is too long for a cell ends in "…" and this.
  public mutating func name(row: String) { rowName = row }

  /// Writes a text; nil and the empty text are both an empty field.
  public mutating func field(_ text: String?) {
    guard isWorksheet else {
      begin()
      return csv.field(text)
    }
    guard let text, !text.isEmpty else { return emptyCell() }
    cell("<c t=\"inlineStr\"><is><t")
    write(Self.fitting(text, rowName))
    append("</t></is></c>")
  }

  /// Writes a number that identifies somebody, which is a text. A cell of a worksheet without one holds a blank: programs that
  /// guess types by a column's texts, as pandas does, would else take it for a column of decimals and change the others.
  public mutating func identifier(_ digits: String?) { field(digits ?? (isWorksheet ? " " : nil)) }

  /// Writes a whole number.
  public mutating func field(_ number: Int?) {
    guard isWorksheet else {
      begin()
      return csv.field(number)
    }
    guard let number else { return emptyCell() }
    value("\(number)", style: nil)
  }

  /// Writes a number that is spelled with a point, such as `52.0`.
  public mutating func number(_ spelling: String?) {
    if isWorksheet {
      if let spelling { value(spelling, style: nil) } else { emptyCell() }
    } else {
      begin()
      csv.number(decimalMark == .point ? spelling : spelling?.replacing(".", with: ","))
    }
  }

  /// Writes `true` or `false`.
  public mutating func field(_ flag: Bool?) {
    guard isWorksheet else {
      begin()
      return csv.field(flag)
    }
    guard let flag else { return emptyCell() }
    cell("<c t=\"b\"><v>")
    append(flag ? "1</v></c>" : "0</v></c>")
  }

  /// Writes a date.
  ///
  /// - Parameters:
  ///   - day: days since 1970-01-01; nil is an empty field.
  ///   - spelling: `YYYY-MM-DD`.
  public mutating func date(_ day: Int?, spelled spelling: String?) {
    // Spreadsheets take 1900 for a leap year: their numbers are right from March of that year on.
    guard isWorksheet, let day, day > Self.firstSafeDay else { return field(spelling) }
    value("\(day + Self.daysFrom1900)", style: Style.date)
  }

  /// Writes an instant.
  ///
  /// - Parameters:
  ///   - milliseconds: since 1970-01-01T00:00:00Z; nil is an empty field.
  ///   - spelling: as RFC 3339 has it.
  public mutating func instant(_ milliseconds: Int64?, spelled spelling: String?) {
    guard isWorksheet, let milliseconds, milliseconds > 0 else { return field(spelling) }
    value("\(Double(milliseconds) / 86_400_000 + Double(Self.daysFrom1900))", style: Style.instant)
  }

  /// Ends the row, which has at least one field.
  public mutating func endRow() {
    if let kept { keep(kept) }
    guard isWorksheet else { return csv.endRow() }
    precondition(isInRow, "a row has a field")
    append("</row>")
    isInRow = false
  }

  // MARK: Fields

  private mutating func begin() { if kept != nil { starts.append(bytes.count) } }

  /// Leaves the chosen fields of the row and no other. The row of one field is as it was written.
  private mutating func keep(_ kept: [Int]) {
    defer { starts.removeAll(keepingCapacity: true) }
    guard starts.count > 1, let first = starts.first else { return }
    let written = bytes[first...]
    var row: [UInt8] = []
    for (index, place) in kept.enumerated() {
      if !isWorksheet, index > 0 { row.append(csv.separator) }
      let end = place + 1 < starts.count ? starts[place + 1] : written.endIndex
      row += written[(starts[place] + (isWorksheet || place == 0 ? 0 : 1))..<end]
    }
    // As the writer of values ends a row of one empty field.
    if row.isEmpty { row = Array("\"\"".utf8) }
    bytes.replaceSubrange(first..., with: row)
  }

  // MARK: Cells

  /// Positions in the list of cell formats (``WorkbookParts/styles``).
  enum Style {
    static let date = 1, instant = 2, heading = 3
  }

  /// From 1899-12-30, which is day 0 of a spreadsheet, to 1970-01-01.
  private static let daysFrom1900 = 25_569
  /// 1900-03-01.
  private static let firstSafeDay = -25_508

  /// A text as it fits a cell.
  static func fitting(_ text: String, _ name: String) -> String {
    // No text has more UTF-16 units than bytes.
    if text.utf8.count <= cellUnitsMax || text.utf16.count <= cellUnitsMax { return text }
    let end = name.isEmpty ? "…" : "… \(name)"
    var units = text.utf16.prefix(cellUnitsMax - end.utf16.count)
    // A pair is not cut in two.
    if let last = units.last, UTF16.isLeadSurrogate(last) { units = units.dropLast() }
    return String(decoding: units, as: UTF16.self) + end
  }

  private mutating func emptyCell() { cell("<c/>") }

  private mutating func value(_ spelling: String, style: Int?) {
    cell(style.map { "<c s=\"\($0)\"><v>" } ?? "<c><v>")
    append(spelling)
    append("</v></c>")
  }

  private mutating func cell(_ start: String) {
    if !isInRow { append("<row>") }
    isInRow = true
    begin()
    append(start)
  }

  /// The text of an element whose start tag is still open.
  private mutating func write(_ text: String) {
    let isTrimmed = text.utf8.first != UInt8(ascii: " ") && text.utf8.last != UInt8(ascii: " ")
    append(isTrimmed && !text.utf8.contains(where: { $0 < 0x20 }) ? ">" : " xml:space=\"preserve\">")
    XMLText.append(text, to: &sheet)
  }

  private mutating func append(_ text: String) { sheet.append(contentsOf: text.utf8) }
}

extension TableDialect.Separator {
  var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .tab: UInt8(ascii: "\t")
    }
  }
}
