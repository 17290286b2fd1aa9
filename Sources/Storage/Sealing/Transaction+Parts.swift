internal import Domain
internal import Foundation
internal import GRDB

/// Rows of `case_part`: written sealed, and read as what was sealed.
extension Transaction {
  /// What is selected of a row.
  static let partColumns = "part_key, data_key, version, salt, content"

  /// Writes what an event has brought.
  ///
  /// - Parameters:
  ///   - version: of the case after the event.
  ///   - keys: of the case as it is after the event.
  func insert(_ parts: [StoredPart], _ seq: Int64, of id: CaseID, _ version: Int, with keys: DataKeys) throws {
    for part in parts {
      let seal = try Seal(part, id, version, with: keys, requireVault(), &salts)
      try run(.insertPart) {
        $0.add(part.part.key(at: seq))
        $0.add(seal?.number)
        $0.add(seal == nil ? nil : version)
        $0.add(seal == nil ? part.salt : nil)
        if let seal { $0.add(seal.bytes) } else { $0.add(utf8: part.content) }
      }
    }
  }

  /// Hands over the content of a row; nothing of one that holds its salt alone, was erased, or cannot be opened since the
  /// key was destroyed, or there are none.
  func withContent(_ row: StoredRow, of id: CaseID, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    guard let number = row[1] as Int64? else {
      if let bytes = row.utf8(4) { try body(bytes) }
      return
    }
    guard let vault, !row.isNull(4), let part = CasePart(ofKey: row[0]), let key = try vault.key(number) else { return }
    let opened = try Seal.open(row.bytes(4), part, id, row[2], with: key)
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
    guard let number = row[1] as Int64? else {
      if !row.isNull(2) { throw DatabaseError(message: "what is not sealed has the version of what is") }
      return StoredPart(part: part, salt: row[3], content: row.utf8(4).map { Array($0) })
    }
    if row.isNull(4) { return StoredPart(part: part, salt: [], content: nil, absence: .erased) }
    guard let key = try vault?.key(number) else {
      return StoredPart(part: part, salt: [], content: nil, absence: .sealed)
    }
    let opened = [UInt8](try Seal.open(row.bytes(4), part, id, row[2], with: key))
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
    let number = try requireVault().draw()
    drawnKeys.append(number)
    try use(number)
    return number
  }

  /// Keys of a new case.
  func nextDataKeys() throws -> DataKeys { DataKeys(person: try nextDataKey(), reporter: try nextDataKey()) }

  /// Takes back keys that what was undone has drawn.
  func giveBackKeys(after count: Int) {
    vault?.giveBack(drawnKeys[count...])
    drawnKeys.removeSubrange(count...)
  }

  /// Counts a key as used.
  func use(_ number: Int64) throws {
    let last =
      try pending.lastNumbers[.dataKeys] ?? run(
        .lastNumber, { $0.add(Counter.dataKeys.name) }, { $0[0] as Int64 }) ?? 0
    pending.lastNumbers[.dataKeys] = max(last, number)
  }

  /// How a text is found that does not stand in the file.
  func digest(_ kind: KeyedDigests.Kind, _ text: String) throws -> String {
    try requireVault().digests.digest(kind, text)
  }
}
