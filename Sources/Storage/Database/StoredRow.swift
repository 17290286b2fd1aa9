internal import CSQLite
internal import Domain
internal import Foundation
internal import GRDB

/// One row of a running statement, read by column index; good until the next step.
///
/// GRDB's `Row` makes a dictionary of column names each time, which costs more than reading a case's eighty columns.
struct StoredRow {
  fileprivate let statement: OpaquePointer

  func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

  subscript(column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }
  subscript(column: Int) -> Int { Int(sqlite3_column_int64(statement, Int32(column))) }
  subscript(column: Int) -> Bool { sqlite3_column_int64(statement, Int32(column)) != 0 }
  subscript(column: Int) -> Int64? { isNull(column) ? nil : self[column] as Int64 }
  subscript(column: Int) -> Int? { isNull(column) ? nil : self[column] as Int }
  subscript(column: Int) -> String { self[column] as String? ?? "" }

  subscript(column: Int) -> String? {
    utf8(column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A date; nil for NULL and for anything else. Dates are most of what a case is read from.
  func date(_ column: Int) -> LegalDate? {
    utf8(column).flatMap { LegalDate(utf8: $0) }
  }

  /// A date that is stored as a number of days.
  func day(_ column: Int) -> LegalDate? { (self[column] as Int?).map { LegalDate(day: $0) } }

  /// The bytes of a text, good until the next step; nil for NULL.
  func utf8(_ column: Int) -> UnsafeBufferPointer<UInt8>? {
    guard let text = sqlite3_column_text(statement, Int32(column)) else { return nil }
    return UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, Int32(column))))
  }

  subscript(column: Int) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
  }

  /// Reads the sixteen bytes of an identity.
  ///
  /// - Throws: `DatabaseError` when the column holds anything else.
  func identity(_ column: Int) throws -> CaseID {
    guard let bytes = sqlite3_column_blob(statement, Int32(column)),
      sqlite3_column_bytes(statement, Int32(column)) == 16
    else { throw DatabaseError(message: "an identity does not have sixteen bytes") }
    return CaseID(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

extension Transaction {
  /// Runs a cached question and maps at most `limit` rows.
  func fetch<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], limit: Int = .max, _ map: (StoredRow) throws -> Value
  ) throws -> [Value] {
    let statement = try database.cachedStatement(sql: sql)
    if !statement.isReadonly { count(arguments) }
    statement.setUncheckedArguments(StatementArguments(arguments))
    return try rows(of: statement.sqliteStatement, limit: limit, map)
  }

  /// The same until `goesOn` says of a row that it is to be the last.
  func fetch<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], while goesOn: (Value) -> Bool,
    _ map: (StoredRow) throws -> Value
  ) throws -> [Value] {
    let statement = try database.cachedStatement(sql: sql)
    statement.setUncheckedArguments(StatementArguments(arguments))
    return try rows(of: statement.sqliteStatement, limit: .max, while: goesOn, map)
  }

  /// Runs a kept statement and gives what `map` makes of its first row.
  func run<Value>(_ kept: KeptStatement, _ bind: (inout Arguments) -> Void, _ map: (StoredRow) throws -> Value) throws
    -> Value?
  {
    let pointer = try self.kept.statement(kept, database)
    var arguments = Arguments(of: pointer, room: self.kept.room)
    bind(&arguments)
    try arguments.check()
    if kept.stores { pending.jobBytes += arguments.byteCount }
    // The outcome of a reset repeats that of the last step, which has been judged by then.
    defer { sqlite3_reset(pointer) }
    return try step(pointer) ? map(StoredRow(statement: pointer)) : nil
  }

  /// Runs a kept question and hands over its rows one by one.
  func forEach(_ kept: KeptStatement, _ bind: (inout Arguments) -> Void, _ body: (StoredRow) throws -> Void) throws {
    let pointer = try self.kept.statement(kept, database)
    var arguments = Arguments(of: pointer, room: self.kept.room)
    bind(&arguments)
    try arguments.check()
    // The outcome of a reset repeats that of the last step, which has been judged by then.
    defer { sqlite3_reset(pointer) }
    while try step(pointer) { try body(StoredRow(statement: pointer)) }
  }

  /// Runs a kept statement that gives no rows.
  func run(_ kept: KeptStatement, _ bind: (inout Arguments) -> Void) throws { _ = try run(kept, bind) { _ in } }

  /// Runs a cached statement without arguments and rows, such as `BEGIN`.
  func run(_ sql: String) throws {
    _ = try rows(of: try database.cachedStatement(sql: sql).sqliteStatement, limit: 1) { _ in }
  }

  private func rows<Value>(
    of pointer: OpaquePointer, limit: Int, while goesOn: (Value) -> Bool = { _ in true },
    _ map: (StoredRow) throws -> Value
  ) throws -> [Value] {
    // The outcome of a reset repeats that of the last step, which has been judged by then.
    defer { sqlite3_reset(pointer) }
    var values: [Value] = []
    while values.count < limit, try step(pointer) {
      values.append(try map(StoredRow(statement: pointer)))
      if !goesOn(values[values.count - 1]) { break }
    }
    return values
  }

  /// True when there is a row.
  private func step(_ pointer: OpaquePointer) throws -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let resultCode = ResultCode(rawValue: sqlite3_extended_errcode(database.sqliteConnection))
      throw DatabaseError(resultCode: resultCode, message: database.lastErrorMessage)
    }
  }

  /// Runs a cached question for its first row.
  func fetchOne<Value>(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ map: (StoredRow) throws -> Value
  ) throws -> Value? {
    try fetch(sql, arguments, limit: 1, map).first
  }
}
