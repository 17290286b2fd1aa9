internal import Domain
internal import GRDB
internal import Service

/// Lists: a question becomes one statement whose conditions begin with what the caller may see.
extension Transaction {
  func cases(_ query: CaseQuery) throws -> CasePage {
    var listing = try CaseListing(query, finding)
    listing.restrictToPage()
    let condition = listing.condition
    let sql = """
      SELECT \(CaseListing.stubColumns), \(listing.orderValue) FROM \(listing.tables)
      WHERE \(condition.sql) ORDER BY \(listing.orderBy) LIMIT ?
      """
    var rows = try fetch(sql, condition.arguments + [query.limit + 1]) { row in
      (stub: try CaseListing.stub(row), value: row[CaseListing.stubWidth] as String)
    }
    let hasMore = rows.count > query.limit
    if hasMore { rows.removeLast() }
    return CasePage(rows: rows, hasMore: hasMore)
  }

  /// Every case that is asked for, in its order, from one state of the file.
  func allCases(_ query: CaseQuery) throws -> [CasePlace] {
    var listing = try CaseListing(query, finding)
    listing.restrictToPage()
    let condition = listing.condition
    let sql = """
      SELECT r.id, r.version FROM \(listing.tables) WHERE \(condition.sql) ORDER BY \(listing.orderBy)
      """
    return try fetch(sql, condition.arguments) { row in
      CasePlace(id: try row.identity(0), version: row[1])
    }
  }

  private var finding: CaseListing.Finding {
    CaseListing.Finding(digest: digest, words: { try self.matching($0) })
  }

  func count(_ query: CaseQuery) throws -> Int {
    try countCases(CaseListing(query, finding).matching, for: query.caller)
  }

  /// Counts cases of `case_record r` that meet a condition and exist for an agency.
  ///
  /// Disputed cases are few and have an index of their own, so that they are taken off: asking each row for it would keep
  /// SQLite from counting by an index alone.
  func countCases(_ condition: SQLCondition, for agency: AgencyCode) throws -> Int {
    let hidden = !Visibility.undisputed(for: agency, in: "r")
    return try fetchOne(
      """
      SELECT (SELECT count(*) FROM case_record r WHERE \(condition.sql))
        - (SELECT count(*) FROM case_record r
           WHERE r.disputed_for IS NOT NULL AND \(hidden.sql) AND \(condition.sql))
      """, condition.arguments + hidden.arguments + condition.arguments
    ) { $0[0] } ?? 0
  }
}
