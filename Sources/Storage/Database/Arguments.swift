internal import CSQLite
internal import Domain
internal import Foundation
internal import GRDB
internal import Merkle

/// The arguments of one run of a statement, bound from left to right with no box and no array in between.
///
/// What SQLite refuses is kept until the statement runs, so that a row reads as a list of its values.
struct Arguments {
  private let statement: OpaquePointer
  /// What is free of the room for texts and blobs, where they stay until the statement has run: SQLite's own copies would
  /// cost an allocation each.
  private var room: UnsafeMutableRawBufferPointer
  private var count: Int32 = 0
  private var refusal: Int32?
  /// Bytes of the values, without SQLite's own.
  private(set) var byteCount: Int64 = 0

  init(of statement: OpaquePointer, room: UnsafeMutableRawBufferPointer) {
    self.statement = statement
    self.room = room
  }

  mutating func add(_ number: Int64?) {
    guard let number else { return addNull() }
    byteCount += 8
    note(sqlite3_bind_int64(statement, next(), number))
  }

  mutating func add(_ number: Int?) { add(number.map { Int64($0) }) }
  mutating func add(_ flag: Bool?) { add(flag.map { $0 ? 1 : 0 as Int64 }) }
  mutating func add(_ instant: Timestamp) { add(instant.milliseconds) }
  mutating func add(_ date: LegalDate?) { add(date?.description) }
  /// A date as days since 1970-01-01.
  mutating func add(day date: LegalDate?) { add(date.map { Int64($0.day) }) }
  mutating func add<Code: RawRepresentable>(_ code: Code?) where Code.RawValue == String { add(code?.rawValue) }

  mutating func add(_ text: String?) {
    guard var text else { return addNull() }
    text.withUTF8 { add(text: $0) }
  }

  /// A text as its bytes.
  mutating func add(utf8 bytes: [UInt8]?) {
    guard let bytes else { return addNull() }
    bytes.withUnsafeBufferPointer { add(text: $0) }
  }

  private mutating func add(text bytes: UnsafeBufferPointer<UInt8>) {
    byteCount += Int64(bytes.count)
    guard let copy = copied(UnsafeRawBufferPointer(bytes)) else {
      note(csqlite_bind_text_copy(statement, next(), bytes.baseAddress, Int32(bytes.count)))
      return
    }
    note(sqlite3_bind_text(statement, next(), copy.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil))
  }

  /// A copy in the room; nil where that is too small.
  private mutating func copied(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer? {
    guard bytes.count <= room.count, let copy = room.baseAddress else { return nil }
    room.copyMemory(from: bytes)
    room = UnsafeMutableRawBufferPointer(rebasing: room[bytes.count...])
    return copy
  }

  mutating func add(_ id: CaseID?) {
    if let id { add(id) } else { addNull() }
  }

  mutating func add(_ id: CaseID) { withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { add($0) } }

  mutating func add(_ bytes: [UInt8]?) {
    guard let bytes else { return addNull() }
    bytes.withUnsafeBytes { add($0) }
  }

  mutating func add(_ data: Data) { data.withUnsafeBytes { add($0) } }

  mutating func add(_ hash: Hash) { hash.withUnsafeBytes { add($0) } }

  /// - Throws: `DatabaseError` when SQLite refused an argument, be it for want of memory.
  func check() throws {
    if let refusal { throw DatabaseError(resultCode: ResultCode(rawValue: refusal)) }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    byteCount += Int64(bytes.count)
    guard let copy = copied(bytes) else {
      note(csqlite_bind_copy(statement, next(), bytes.baseAddress, Int32(bytes.count)))
      return
    }
    note(sqlite3_bind_blob(statement, next(), copy, Int32(bytes.count), nil))
  }

  private mutating func addNull() { note(sqlite3_bind_null(statement, next())) }

  private mutating func next() -> Int32 {
    count += 1
    return count
  }

  private mutating func note(_ code: Int32) {
    if code != SQLITE_OK && refusal == nil { refusal = code }
  }
}
