internal import CSQLite
internal import Domain
internal import Foundation
internal import GRDB

/// One row of a running statement, read by column index; good until the next step.
///
/// GRDB's `Row` makes a dictionary of column names each time, which costs more than reading a case's eighty columns.
struct StoredRow {
  private let statement: OpaquePointer

  /// The row at which a statement stands.
  init(_ statement: OpaquePointer) { self.statement = statement }

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

  /// The bytes of a blob, good until the next step.
  func bytes(_ column: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: sqlite3_column_blob(statement, Int32(column)), count: Int(sqlite3_column_bytes(statement, Int32(column))))
  }

  subscript(column: Int) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
  }

  /// A code of a closed set.
  ///
  /// - Throws: `DatabaseError` when the column holds anything else.
  func code<Code: RawRepresentable>(_ column: Int) throws -> Code where Code.RawValue == String {
    guard let code = Code(rawValue: self[column]) else { throw DatabaseError(message: "a stored code is unknown") }
    return code
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
