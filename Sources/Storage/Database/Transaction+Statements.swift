internal import CSQLite
internal import GRDB

/// How statements run on the connection of a transaction.
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
    let pointer = try bound(kept, bind)
    // The outcome of a reset repeats that of the last step, which has been judged by then.
    defer { sqlite3_reset(pointer) }
    return try step(pointer) ? map(StoredRow(pointer)) : nil
  }

  /// Runs a kept question and hands over its rows one by one.
  func forEach(_ kept: KeptStatement, _ bind: (inout Arguments) -> Void, _ body: (StoredRow) throws -> Void) throws {
    let pointer = try bound(kept, bind)
    // The outcome of a reset repeats that of the last step, which has been judged by then.
    defer { sqlite3_reset(pointer) }
    while try step(pointer) { try body(StoredRow(pointer)) }
  }

  /// A kept statement with its arguments; what it will store is counted.
  private func bound(_ kept: KeptStatement, _ bind: (inout Arguments) -> Void) throws -> OpaquePointer {
    let pointer = try self.kept.statement(kept, database)
    var arguments = Arguments(of: pointer, room: self.kept.room)
    bind(&arguments)
    try arguments.check()
    if kept.stores { pending.jobBytes += arguments.byteCount }
    return pointer
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
      values.append(try map(StoredRow(pointer)))
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
