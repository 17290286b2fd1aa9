internal import Domain
internal import GRDB

/// The feed: events that made versions, in the order of their commits.
extension Transaction {
  func head() throws -> Int64 { try fetchOne("SELECT coalesce(max(seq), 0) FROM event", []) { $0[0] } ?? 0 }

  func oldest() throws -> Int64 { try fetchOne("SELECT coalesce(min(seq), 1) FROM event", []) { $0[0] } ?? 1 }

  func changes(after seq: Int64, limit: Int) throws -> ChangePage {
    let head = try head()
    let scanned = seq + Self.scannedMax
    let end = try gapEnd(after: seq, upTo: scanned) ?? scanned
    let before = 3 + CaseListing.basisWidth
    let changes = try fetch(Self.changesSQL, [seq, end, limit]) { row in
      Change(
        seq: row[0], what: try row.code(1), version: row[2],
        before: row.isNull(before) ? nil : try CaseListing.basis(row, from: before),
        after: try CaseListing.basis(row, from: 3),
        current: try CaseListing.stub(row, from: before + CaseListing.basisWidth))
    }
    let reached = changes.count < limit ? min(end, head) : changes.last?.seq ?? head
    return ChangePage(changes: changes, reached: reached, head: head)
  }

  /// Events that one question looks through, however few of them made a version.
  private static let scannedMax: Int64 = 10_000

  private static let changesSQL = """
    SELECT e.seq, e.what, e.version, \(CaseListing.basisColumns(of: "e")), \(CaseListing.basisColumns(of: "p")),
      \(CaseListing.stubColumns)
    FROM event e
    JOIN case_record r ON r.case_key = e.case_key
    LEFT JOIN event p ON p.seq =
      (SELECT max(seq) FROM event WHERE case_key = e.case_key AND seq < e.seq AND progress IS NOT NULL)
    WHERE e.seq > ? AND e.seq <= ? AND e.progress IS NOT NULL ORDER BY e.seq LIMIT ?
    """
}
