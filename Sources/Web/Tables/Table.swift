internal import Crypto
internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Sheets

/// A table as one answer has it: what rows are written with, and what stands around them.
struct Table: Sendable {
  private let title: LocalizedText
  private let columns: [TableColumn]
  private let language: Language
  private let dialect: TableDialect
  /// The places of the columns among those that rows are written with; nil: they are the same.
  private let kept: [Int]?
  /// Nil for comma-separated values.
  private let book: Workbook?

  /// - Parameters:
  ///   - columns: all that rows are written with.
  ///   - fields: which of them it has; nil: all.
  /// - Returns: nil when the answer is to be JSON or lines.
  init?(_ call: Call, _ title: LocalizedText, _ columns: [TableColumn], _ fields: ChosenFields? = nil) {
    kept = fields?.columns
    let columns = kept.map { $0.map { columns[$0] } } ?? columns
    switch call.format {
    case .json, .ndjson, .html, .jsonld: return nil
    case .csv: book = nil
    case .xlsx:
      let headings = columns.map { $0.label.text(in: call.language) }
      book = Workbook(named: title.text(in: call.language), headings: headings)
    }
    (self.title, self.columns, language, dialect) = (title, columns, call.language, call.dialect)
  }

  /// Writes rows; parts of a table have a writer each.
  var writer: TableWriter { TableWriter(book == nil ? .csv(dialect) : .worksheet, keeping: kept) }

  /// What stands before the rows: headings, which in comma-separated values are the names that the API has.
  func begin() -> [UInt8] {
    if let book { return book.begin() }
    var writer = TableWriter(.csv(dialect))
    for column in columns { writer.field(column.name) }
    writer.endRow()
    return (dialect.hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []) + writer.bytes
  }

  /// Rows, in their order.
  func add(_ rows: [UInt8]) -> [UInt8] { book?.add(rows) ?? rows }

  /// What stands after them.
  func finish() -> [UInt8] { book?.finish() ?? [] }

  /// A table that is written at once.
  func whole(_ rows: [UInt8]) -> [UInt8] { begin() + add(rows) + finish() }

  /// An answer without a body yet.
  var answer: Answer {
    var answer = Answer(contentType: (book == nil ? ListFormat.csv : .xlsx).contentType)
    // Labels beside codes are in the caller's language.
    answer.fields.append(Response.Field(name: .contentLanguage, value: language.tag))
    if book != nil {
      let name = "\(title.en.lowercased().replacing(" ", with: "-")).xlsx"
      answer.fields.append(Response.Field(name: .contentDisposition, value: "attachment; filename=\"\(name)\""))
    }
    return answer
  }

  /// An answer that is the whole table.
  ///
  /// - Parameter isTagged: whether it has an entity tag, which is a digest of it: who has the table is told so.
  func answer(_ rows: [UInt8], isTagged: Bool = false) -> Answer {
    var answer = answer
    let bytes = whole(rows)
    if isTagged { answer.etag = "\"\(Base32.encode(SHA256.hash(data: bytes).prefix(15)))\"" }
    answer.body = .bytes(bytes)
    return answer
  }

  /// - Throws: `invalid` when no worksheet holds so many rows.
  func requireRoom(forRows count: Int) throws(Failure) {
    if book != nil, let refusal = TableRoom.refusal(ofRows: count) { throw refusal }
  }
}

/// What a worksheet has room for.
enum TableRoom {
  /// Nil when there is room.
  static func refusal(ofRows count: Int) -> Failure? {
    guard count >= TableWriter.rowsMax else { return nil }
    return Failure(
      .invalid,
      en: "A worksheet holds \(TableWriter.rowsMax) rows with its heading, and these are \(count): ask for CSV.",
      inIndonesian:
        "Lembar kerja memuat \(TableWriter.rowsMax) baris termasuk judul, sedangkan ini \(count): minta CSV.",
      errors: [FieldError(parameter: "format", .range)])
  }
}

/// A column of a table.
struct TableColumn: Sendable {
  /// As the API calls it; the heading of comma-separated values.
  let name: String
  /// As people call it; the heading of a worksheet.
  let label: LocalizedText
  /// The member whose value it holds; its own name where no member does.
  let path: String

  init(_ name: String, _ label: LocalizedText, at path: String? = nil) {
    (self.name, self.label, self.path) = (name, label, path ?? name)
  }

  /// A column that is called the same wherever it stands.
  init(_ name: String, at path: String? = nil) { self.init(name, ColumnLabel.of(name), at: path) }
}

extension TableWriter {
  mutating func field(_ date: LegalDate?) { self.date(date?.day, spelled: date?.description) }
  mutating func field(_ instant: Timestamp?) { self.instant(instant?.milliseconds, spelled: instant?.description) }
  /// A date as it is spelled in reference data; what is none stays a text.
  mutating func date(spelled text: String?) { date(text.flatMap { LegalDate($0)?.day }, spelled: text) }
}

extension HTTPField.Name {
  static let contentDisposition = known("Content-Disposition")
}
