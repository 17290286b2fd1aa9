public import Domain
internal import Foundation
internal import GRDB
internal import Glibc
internal import Sheets

/// What a replica's tables are written as for programs that people look into.
public enum SpreadsheetForm: Sendable {
  /// Comma-separated values under the names of the columns.
  case csv
  /// Workbooks under headings in this language.
  case xlsx(Language)

  fileprivate var ending: String {
    switch self {
    case .csv: "csv"
    case .xlsx: "xlsx"
    }
  }
}

extension Replica {
  /// Writes a spreadsheet of each table of cases: `cases.csv` (without the JSON), `clocks.csv` and so on.
  ///
  /// Each is written under another name and then renamed, so that a reader finds the old one or the new one whole.
  ///
  /// - Throws: `ReplicaFailure`, also when a workbook has no room for a table.
  public func writeSpreadsheets(into folder: String, as form: SpreadsheetForm = .csv) throws {
    for table in [ReplicaSchema.cases] + ReplicaSchema.lists {
      let columns = table.columns.filter { $0.name != "json" }
      let names = table.names.filter { $0 != "json" }
      let keyCount = names.count - columns.count
      let path = "\(folder)/\(table.name).\(form.ending)"
      try read { database in
        if case .xlsx = form {
          let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.name)") ?? 0
          guard count < TableWriter.rowsMax else {
            throw ReplicaFailure.unusable(path, reason: "a worksheet has no room for \(count) rows; write --csv")
          }
        }
        let sheet = try Spreadsheet(path: path, named: table.name, names, form)
        let order = table.names.prefix(keyCount).joined(separator: ", ")
        let rows = try Row.fetchCursor(
          database, sql: "SELECT \(names.joined(separator: ", ")) FROM \(table.name) ORDER BY \(order)")
        while let row = try rows.next() {
          sheet.rows.name(row: row[0])
          sheet.rows.field(row[0] as String)
          if keyCount == 2 { sheet.rows.field(row[1] as Int) }
          for (index, column) in columns.enumerated() { sheet.write(row, keyCount + index, column.kind) }
          sheet.rows.endRow()
          try sheet.writeOut(atLeast: 65_536)
        }
        try sheet.finish()
      }
    }
  }
}

/// A file that gets its name once it is whole.
private final class Spreadsheet {
  var rows: TableWriter
  private let book: Workbook?
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32

  init(path: String, named name: String, _ columns: [String], _ form: SpreadsheetForm) throws {
    self.path = path
    switch form {
    case .csv:
      (rows, book) = (TableWriter(.csv(TableDialect())), nil)
    case .xlsx(let language):
      rows = TableWriter(.worksheet)
      book = Workbook(named: name, headings: columns.map { ColumnLabel.of($0).text(in: language) })
    }
    let url = URL(filePath: path)
    temporaryPath = url.deletingLastPathComponent().path + "/.\(url.lastPathComponent).partial"
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
    if let book {
      try write(book.begin())
    } else {
      for column in columns { rows.field(column) }
      rows.endRow()
    }
  }

  deinit { close(descriptor) }

  /// Writes the value of a column.
  func write(_ row: Row, _ index: Int, _ kind: ReplicaColumn.Kind) {
    switch kind {
    case .text, .list, .item, .received: rows.field(row[index] as String?)
    case .date:
      let text = row[index] as String?
      rows.date(text.flatMap { LegalDate($0)?.day }, spelled: text)
    case .instant:
      let text = row[index] as String?
      rows.instant(text.flatMap { Timestamp($0)?.milliseconds }, spelled: text)
    case .identifier: rows.identifier(row[index] as String?)
    case .integer: rows.field(row[index] as Int?)
    case .flag: rows.field(row[index] as Bool?)
    }
  }

  /// Writes what has been gathered when it is that much.
  func writeOut(atLeast count: Int) throws {
    guard rows.bytes.count >= count else { return }
    try write(book?.add(rows.bytes) ?? rows.bytes)
    rows.bytes.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw Self.failure(path) }
      rest = rest.dropFirst(written)
    }
  }

  func finish() throws {
    try writeOut(atLeast: 0)
    if let book { try write(book.finish()) }
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> ReplicaFailure {
    .unusable(path, reason: String(cString: strerror(errno)))
  }
}
