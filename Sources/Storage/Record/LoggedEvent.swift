internal import Domain
internal import GRDB
internal import Merkle

/// An event with all that its leaf commits to, as the file has it.
struct LoggedEvent {
  var document: EventDocument
  var key: Int64
  var factsSeq: Int64?
  var referencesSeq: Int64?
  /// Nil before the file was logged.
  var leaf: Int64?
  var commitments: Commitments?
  /// The rows of `case_part` that it has brought.
  var parts: [StoredPart] = []

  /// Which event has told of the files that the version has; nil where it has none, or no version was made.
  var evidenceSeq: Int64? {
    get throws {
      guard commitments?[.evidence] != nil, let progress = document.state?.progress else { return nil }
      return try progress.withUnsafeBufferPointer { try ProgressDocument.progress($0).evidenceSeq }
    }
  }
}

extension Transaction {
  /// The next events after a sequence, in their order.
  ///
  /// - Parameter withParts: false where the rows of `case_part` are not wanted.
  func loggedEvents(after seq: Int64, limit: Int, withParts: Bool = true) throws -> [LoggedEvent] {
    var events = try fetch(
      """
      SELECT \(EventDocument.columns), e.case_key, e.facts_seq, e.references_seq, e.leaf_index, e.commitments
      FROM event e JOIN case_record r ON r.case_key = e.case_key WHERE e.seq > ? ORDER BY e.seq LIMIT ?
      """, [seq, limit]
    ) { row in
      let width = EventDocument.width
      return LoggedEvent(
        document: try EventDocument(row), key: row[width], factsSeq: row[width + 1], referencesSeq: row[width + 2],
        leaf: row[width + 3], commitments: row.isNull(width + 4) ? nil : Commitments(row[width + 4] as [UInt8]))
    }
    guard withParts, let first = events.first?.document.seq, let last = events.last?.document.seq else {
      return events
    }
    let cases = Dictionary(uniqueKeysWithValues: events.map { ($0.document.seq, $0.document.id) })
    let parts = try fetch(
      "SELECT \(Self.partColumns) FROM case_part WHERE part_key BETWEEN ? AND ? ORDER BY part_key",
      [first * 16, last * 16 + 15]
    ) { row -> (seq: Int64, part: StoredPart)? in
      let seq = row[0] as Int64 / 16
      return try cases[seq].flatMap { try part(row, of: $0) }.map { (seq, $0) }
    }.compactMap { $0 }
    let byEvent = Dictionary(grouping: parts) { $0.seq }.mapValues { $0.map(\.part) }
    for index in events.indices { events[index].parts = byEvent[events[index].document.seq] ?? [] }
    return events
  }
}
