internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct ReleaseStoreTests {
  private func release(_ asOf: String, _ document: String, definition: Int = 2) -> StoredRelease {
    StoredRelease(
      election: "pilkada-2024", asOf: Sample.date(asOf), definition: definition, seq: 9,
      releasedAt: Timestamp(milliseconds: 0), document: Array(document.utf8))
  }

  private func put(_ release: StoredRelease, in store: SQLiteStore) async throws -> StoredRelease? {
    try await store.write(by: .operator, dryRun: false) { try $0.release(release, by: nil) }
  }

  @Test func `a release is stored once, and a date that was withheld is released after all`() async throws {
    try await withFolder { folder in
      let store = try SQLiteStore(path: folder + "/netral.sqlite", readerCount: 1)
      #expect(try await put(release("2024-10-31", #"{"a":1}"#), in: store) != nil)
      #expect(try await put(release("2024-10-31", #"{"a":2}"#), in: store) == nil)
      #expect(try await put(release("2024-10-31", #"{"a":2}"#, definition: 3), in: store) == nil)
      #expect(try await put(release("2024-11-30", "{}", definition: 1), in: store) != nil)
      #expect(try await put(release("2024-11-30", #"{"a":3}"#), in: store) != nil)
      let stored = try store.read(on: 0) { try $0.publicReleases(of: "pilkada-2024") }
      #expect(stored.map { String(decoding: $0.document, as: UTF8.self) } == [#"{"a":1}"#, "{}", #"{"a":3}"#])
      #expect(try store.read(on: 0) { try $0.publicReleases(of: "pilkada-2020") }.isEmpty)
      try store.close()
    }
  }

  @Test func `releases of a file of definition 1 are kept as they are, those that were withheld too`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try SQLiteStore(path: path, readerCount: 1).close()
      let old = """
        DROP TABLE public_release;
        CREATE TABLE public_release (election TEXT NOT NULL, as_of TEXT NOT NULL, seq INTEGER NOT NULL,
          released_at INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (election, as_of)) STRICT, WITHOUT ROWID;
        INSERT INTO public_release VALUES ('pilkada-2024', '2024-10-31', 7, 99, '{\\"tree\\":1}'),
          ('pilkada-2024', '2024-11-30', 8, 100, '{}');
        DELETE FROM grdb_migrations WHERE identifier = 'm0008_releases';
        """
      _ = try Shell.output("sqlite3 '\(path)' \"\(old)\"")
      let store = try SQLiteStore(path: path, readerCount: 1)
      let stored = try store.read(on: 0) { try $0.publicReleases(of: "pilkada-2024") }
      #expect(stored.map(\.definition) == [1, 1] && stored.map(\.seq) == [7, 8])
      #expect(stored.map(\.releasedAt.milliseconds) == [99, 100] && stored.map(\.isWithheld) == [false, true])
      #expect(stored.first?.document == Array(#"{"tree":1}"#.utf8))
      try store.close()
    }
  }

  @Test func `the first recorded day of an election is that of its first case in Jakarta, whatever comes later`()
    async throws
  {
    try await TemporaryStore.open { bench in
      #expect(try bench.store.read(on: 0) { try $0.firstRecordedDays() }.isEmpty)
      _ = try await bench.report(1, at: .received, Sample.facts(1) { $0.election = "pilkada-2020" })
      bench.clock.advance(seconds: 86_400 * 3 + 3_600 * 16)
      _ = try await bench.report(2, at: .received, Sample.facts(2))
      bench.clock.advance(seconds: 86_400 * 30)
      for number in 3...4 {
        _ = try await bench.report(
          number, at: .received, Sample.facts(number) { $0.election = number == 3 ? "pilkada-2020" : "pilkada-2024" })
      }
      let days = try bench.store.read(on: 0) { try $0.firstRecordedDays() }
      #expect(days == ["pilkada-2020": Sample.date("2025-01-31"), "pilkada-2024": Sample.date("2025-02-04")])
    }
  }

  @Test func `identities of cases come in the order of their keys, a part at a time`() async throws {
    try await TemporaryStore.open { bench in
      var ids: [CaseID] = []
      for number in 1...5 { ids.append(try await bench.report(number, at: .received, Sample.facts(number)).id) }
      let first = try bench.store.read(on: 0) { try $0.caseIDs(after: 0, limit: 3) }
      let rest = try bench.store.read(on: 0) { try $0.caseIDs(after: first.last?.key ?? 0, limit: 3) }
      #expect((first + rest).map(\.id) == ids && first.count == 3 && rest.count == 2)
      #expect((first + rest).map(\.key) == [1, 2, 3, 4, 5])
    }
  }
}
