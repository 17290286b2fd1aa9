internal import Domain
internal import Foundation
internal import GRDB

/// Rows of `case_part`: written sealed, and read as what was sealed.
extension Transaction {
  /// What is selected of a row.
  static let partColumns = "part_key, content, data_key, salt"

  /// Writes what an event has brought.
  ///
  /// - Parameter keys: of the case as it is after the event.
  func insert(_ parts: [StoredPart], _ seq: Int64, of id: CaseID, with keys: DataKeys) throws {
    for part in parts {
      let partKey = part.part.key(at: seq)
      guard let number = keys.number(of: part.part) else {
        try run(.insertPart) {
          $0.add(partKey)
          $0.add(utf8: part.content)
          $0.add(nil as Int64?)
          $0.add(part.salt)
        }
        continue
      }
      let nonce = salts.next().prefix(12)
      let sealed = try Sealing.seal(part, partKey, of: id, with: requireVault().key(number), nonce: nonce)
      try run(.insertPart) {
        $0.add(partKey)
        $0.add(sealed)
        $0.add(number)
        $0.add(nil as [UInt8]?)
      }
    }
  }

  /// Hands over the content of a row; nothing of one that holds its salt alone, was erased, or cannot be opened for want of
  /// keys.
  func withContent(_ row: StoredRow, of id: CaseID, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    guard !row.isNull(1) else { return }
    guard let number = row[2] as Int64? else {
      if let bytes = row.utf8(1) { try body(bytes) }
      return
    }
    guard let vault else { return }
    let opened = try Sealing.open(row.bytes(1), row[0], of: id, with: vault.key(number))
    guard opened.count > 16 else { return }
    try opened.withUnsafeBytes { bytes in
      try body(UnsafeRawBufferPointer(rebasing: bytes[16...]).assumingMemoryBound(to: UInt8.self))
    }
  }

  /// A row as what was sealed.
  ///
  /// - Returns: nil for a group that nobody knows.
  func part(_ row: StoredRow, of id: CaseID) throws -> StoredPart? {
    guard let part = CasePart(ofKey: row[0]) else { return nil }
    guard let number = row[2] as Int64? else {
      return StoredPart(part: part, salt: row[3], content: row.utf8(1).map { Array($0) })
    }
    if row.isNull(1) { return StoredPart(part: part, salt: [], content: nil, absence: .erased) }
    guard let vault else { return StoredPart(part: part, salt: [], content: nil, absence: .sealed) }
    let opened = [UInt8](try Sealing.open(row.bytes(1), row[0], of: id, with: vault.key(number)))
    return StoredPart(part: part, salt: Array(opened[..<16]), content: opened.count > 16 ? Array(opened[16...]) : nil)
  }

  /// Some of what an event has brought.
  func parts(_ first: CasePart, _ last: CasePart, at seq: Int64, of id: CaseID) throws -> [StoredPart] {
    var parts: [StoredPart] = []
    try forEach(
      .parts,
      {
        $0.add(first.key(at: seq))
        $0.add(last.key(at: seq))
      }, { row in if let part = try part(row, of: id) { parts.append(part) } })
    return parts
  }

  /// - Throws: `DatabaseError` where a file was opened without its keys.
  func requireVault() throws -> Vault {
    guard let vault else { throw DatabaseError(message: "the keys of the database are missing") }
    return vault
  }

  /// The next key that nobody uses.
  func nextDataKey() throws -> Int64 {
    let number = try next(.dataKeys)
    try requireVault().require(number)
    return number
  }

  /// Keys of a new case.
  func nextDataKeys() throws -> DataKeys { DataKeys(person: try nextDataKey(), reporter: try nextDataKey()) }

  /// How a text is found that does not stand in the file.
  func digest(_ kind: KeyedDigests.Kind, _ text: String) throws -> String {
    try requireVault().digests.digest(kind, text)
  }
}
