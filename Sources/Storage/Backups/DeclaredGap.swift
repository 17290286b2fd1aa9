internal import Domain
internal import JSON

/// Sequences that a restoration has passed over, as the file declares them and as leaves name them.
struct DeclaredGap: Hashable {
  /// The first sequence that is passed over.
  var first: Int64
  /// The last one: the next event comes after it.
  var last: Int64
  var declaredAt: Timestamp

  /// Writes all gaps of a file as a member of a leaf.
  static func write(_ gaps: [DeclaredGap], to writer: inout JSONWriter) {
    writer.objects("gaps", of: gaps) { writer, gap in
      writer.member("first", gap.first)
      writer.member("last", gap.last)
      writer.member("declared_at", gap.declaredAt.description)
    }
  }
}

extension Transaction {
  /// All gaps that restorations have declared, in the order of their sequences.
  func declaredGaps() throws -> [DeclaredGap] {
    try fetch("SELECT first, last, declared_at FROM sequence_gap ORDER BY first", []) { row in
      DeclaredGap(first: row[0], last: row[1], declaredAt: Timestamp(milliseconds: row[2]))
    }
  }
}
