internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing

@testable import Storage

/// Every index is there for a named query: this is the list of them.
@Suite(.enabled(if: Shell.hasSQLite)) struct QueryPlanTests {
  /// The plan of a statement, as SQLite's own shell tells it.
  private func plan(_ sql: String, in path: String) throws -> String {
    try Shell.sqlite(path, "EXPLAIN QUERY PLAN " + sql.replacing("$", with: "\\$"))
  }

  @Test func `a question that is asked for every request goes over no table`() async throws {
    try await withFolder { folder in
      let path = folder + "/a.sqlite"
      try SQLiteStore(path: path, readerCount: 1).close()
      for kept in KeptStatement.allCases where !kept.stores {
        let plan = try plan(kept.sql, in: path)
        #expect(!plan.contains("SCAN event") && !plan.contains("SCAN case_") && !plan.isEmpty, "\(kept): \(plan)")
      }
    }
  }

  private typealias Filter = (name: String, change: @Sendable (inout CaseQuery) -> Void, index: String)

  private static let filters: [Filter] = [
    ("created", { _ in }, "SCAN r"),
    ("received", { $0.order = .received }, "case_record_received"),
    ("updated", { $0.order = .updated }, "SCAN e"),
    ("number", { $0.number = "2024-000001" }, "sqlite_autoindex_case_record_2"),
    ("agency_ref", { $0.agencyRef = "1" }, "sqlite_autoindex_case_record_3"),
    ("nip", { $0.nip = "1" }, "case_record_person"),
    ("nik", { $0.nik = "1" }, "PRIMARY KEY (nik_digest=?)"),
    ("region", { $0.region = RegionCode(stored: "16.71") }, "case_record_region"),
    ("institution", { $0.institution = "16.71" }, "case_record_institution"),
    ("stage", { $0.stages = [.blocked] }, "case_record_stage"),
    ("occurred", { $0.occurred = DateSpan(from: LegalDate(day: 1), until: LegalDate(day: 2)) }, "case_record_act"),
    ("recorded_late", { $0.recordedLate = true }, "case_record_recorded_late"),
  ]

  @Test(arguments: filters.indices) func `a list is found by the index that was made for it`(place: Int) async throws {
    let (name, change, index) = Self.filters[place]
    try await TemporaryStore.open { bench in
      for number in 1...3 { _ = try await bench.report(number, Sample.facts(number)) }
      var query = CaseQuery(caller: .bkn, today: LegalDate(day: 20_000))
      change(&query)
      let listing = try CaseListing(
        query, CaseListing.Finding(digest: { $1 }, words: { $0.joined() }))
      let sql = """
        SELECT \(CaseListing.stubColumns) FROM \(listing.tables) WHERE \(listing.condition.sql)
        ORDER BY \(listing.orderBy) LIMIT 50
        """
      let plan = try plan(sql, in: bench.path)
      #expect(plan.contains(index), "\(name): \(plan)")
    }
  }
}
