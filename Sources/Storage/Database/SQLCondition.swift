internal import GRDB

/// A condition on rows, with what is bound to it from left to right.
struct SQLCondition {
  let sql: String
  let arguments: [(any DatabaseValueConvertible)?]

  init(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = []) {
    self.sql = sql
    self.arguments = arguments
  }

  /// That all of them hold.
  static func all(_ parts: [SQLCondition]) -> SQLCondition { joined(parts, by: " AND ") ?? SQLCondition("TRUE") }

  /// That one of them holds.
  static func any(_ parts: [SQLCondition]) -> SQLCondition { joined(parts, by: " OR ") ?? SQLCondition("FALSE") }

  /// That it does not hold.
  static prefix func ! (condition: SQLCondition) -> SQLCondition {
    SQLCondition("NOT (\(condition.sql))", condition.arguments)
  }

  private static func joined(_ parts: [SQLCondition], by word: String) -> SQLCondition? {
    guard parts.count > 1 else { return parts.first }
    return SQLCondition("(\(parts.map(\.sql).joined(separator: word)))", parts.flatMap(\.arguments))
  }
}
