internal import Domain
internal import GRDB

/// Reads the columns of one row from left to right.
struct ColumnReader {
  let row: StoredRow
  var column: Int

  init(_ row: StoredRow, from column: Int) {
    self.row = row
    self.column = column
  }

  mutating func optionalText() -> String? {
    defer { column += 1 }
    return row[column]
  }

  mutating func text() -> String {
    defer { column += 1 }
    return row[column]
  }

  mutating func optionalInt() -> Int? {
    defer { column += 1 }
    return row[column]
  }

  mutating func int() -> Int {
    defer { column += 1 }
    return row[column]
  }

  /// Two columns: the clocks, and the days on which their stops were recorded.
  mutating func clocks() throws -> [Clock] {
    defer { column += 2 }
    return try row.utf8(column).map { try ClockColumn.clocks($0, recorded: row.utf8(column + 1)) } ?? []
  }

  mutating func flag() -> Bool? { optionalInt().map { $0 != 0 } }

  mutating func date() -> LegalDate? {
    defer { column += 1 }
    return row.date(column)
  }

  /// A date that is stored as a number of days.
  mutating func day() -> LegalDate? { optionalInt().map { LegalDate(day: $0) } }

  mutating func requiredDate() throws -> LegalDate {
    guard let date = date() else { throw DatabaseError(message: "a stored date is missing or malformed") }
    return date
  }

  mutating func optional<Code: RawRepresentable>(_ type: Code.Type) -> Code? where Code.RawValue == String {
    optionalText().flatMap { Code(rawValue: $0) }
  }

  mutating func code<Code: RawRepresentable>(_ type: Code.Type) throws -> Code where Code.RawValue == String {
    defer { column += 1 }
    return try row.code(column)
  }
}
