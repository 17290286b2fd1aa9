internal import Domain
internal import GRDB

/// Rows as they stood before anything was sealed, for the steps of the schema that read and write them.
enum FormerRows {
  static func insert(_ parts: [StoredPart], _ seq: Int64, _ transaction: Transaction) throws {
    for part in parts {
      try transaction.run(.insertFormerPart) {
        $0.add(part.part.key(at: seq))
        $0.add(part.salt)
        $0.add(utf8: part.content)
      }
    }
  }

  /// What the events of a page have brought, by event.
  static func parts(_ first: Int64, _ last: Int64, _ transaction: Transaction) throws -> [Int64: [StoredPart]] {
    let parts = try transaction.fetch(
      "SELECT part_key, salt, content FROM case_part WHERE part_key BETWEEN ? AND ? ORDER BY part_key",
      [first * 16, last * 16 + 15]
    ) { row -> (seq: Int64, part: StoredPart)? in
      let key: Int64 = row[0]
      return CasePart(ofKey: key).map {
        (key / 16, StoredPart(part: $0, salt: row[1], content: row.utf8(2).map { Array($0) }))
      }
    }.compactMap { $0 }
    return Dictionary(grouping: parts) { $0.seq }.mapValues { $0.map(\.part) }
  }

  /// What a request for correction asks for, as its event commits to it.
  static func wish(_ number: String, _ key: Int64, _ transaction: Transaction) throws -> [UInt8]? {
    try transaction.fetchOne(
      "SELECT requested_by, requested_at, patch, reason FROM correction_request WHERE case_key = ? AND number = ?",
      [key, Int64(number)]
    ) { row in
      CorrectionName.wish(
        by: row[0], at: Timestamp(milliseconds: row[1]), patch: row[2], reason: row[3])
    }
  }
}
