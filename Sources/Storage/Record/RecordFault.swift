internal import GRDB

/// Something in the file that is not what was recorded. It names the place and never a value.
struct RecordFault: Error, Equatable, CustomStringConvertible {
  /// The leaf that says otherwise; nil where none speaks of the row.
  var leaf: Int64?
  var table: String
  /// The key of the row.
  var row: String
  /// What is wrong with it, as the rest of a sentence.
  var what: String

  init(_ table: String, _ row: some CustomStringConvertible, _ what: String, leaf: Int64? = nil) {
    (self.leaf, self.table, self.row, self.what) = (leaf, table, row.description, what)
  }

  var description: String { (leaf.map { "leaf \($0): " } ?? "") + "\(table) \(row): \(what)" }

  /// Reads something, and blames a row for what cannot be read.
  ///
  /// - Throws: `RecordFault`; what SQLite answers when the file itself cannot be read, or nobody wants to know any longer.
  static func blaming<Value>(
    _ table: String, _ row: some CustomStringConvertible, leaf: Int64? = nil, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let fault as RecordFault {
      throw fault
    } catch let error as DatabaseError where error.resultCode != .SQLITE_ERROR {
      throw error
    } catch {
      throw RecordFault(table, row, "it cannot be read", leaf: leaf)
    }
  }
}
