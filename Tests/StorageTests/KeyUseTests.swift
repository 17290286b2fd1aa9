internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

/// When keys were used last: to the hour, with whatever commit comes next.
@Suite struct KeyUseTests {
  private let ids = ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]

  private func insertKeys(_ store: SQLiteStore) async throws {
    let keys = ids.map(TemporaryStore.key)
    try await store.write(by: .operator, dryRun: false) { write in for key in keys { try write.insert(key, by: "test") }
    }
  }

  private func stored(_ path: String) throws -> String {
    try Shell.output("sqlite3 '\(path)' 'SELECT id, used_at FROM access_key WHERE used_at IS NOT NULL ORDER BY id'")
      .trimmingCharacters(in: .newlines)
  }

  @Test func `a use is known at once, costs no commit, and is written down by the next one`() async throws {
    try await TemporaryStore.open { bench in
      try await insertKeys(bench.store)
      let commits = bench.store.condition().commits.seconds.count
      let used = instant("2025-01-31T02:59:59.999Z")
      for reader in [0, 1, 0] { bench.store.noteUse(of: ids[0], at: used, on: reader) }
      #expect(try bench.store.keyUses(on: 1) == [ids[0]: instant("2025-01-31T02:00:00Z")])
      #expect(bench.store.condition().commits.seconds.count == commits)
      #expect(try stored(bench.path).isEmpty)
      _ = try await bench.report(1, Sample.facts(1))
      #expect(try stored(bench.path) == "\(ids[0])|\(instant("2025-01-31T02:00:00Z").milliseconds)")
      bench.store.noteUse(of: ids[0], at: instant("2025-01-31T03:00:00Z"), on: 1)
      #expect(try bench.store.keyUses(on: 0) == [ids[0]: instant("2025-01-31T03:00:00Z")])
    }
  }

  @Test func `what no commit has written is written at the end, and known after the next start`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let first = try SQLiteStore(path: path, readerCount: 1)
      try await insertKeys(first)
      first.noteUse(of: ids[1], at: instant("2025-01-31T05:30:00Z"), on: 0)
      try first.close()
      let second = try SQLiteStore(path: path, readerCount: 1)
      #expect(try second.keyUses(on: 0) == [ids[1]: instant("2025-01-31T05:00:00Z")])
      try second.close()
    }
  }

  @Test func `a batch that is undone takes no use with it`() async throws {
    try await TemporaryStore.open { bench in
      try await insertKeys(bench.store)
      bench.store.noteUse(of: ids[0], at: bench.clock.now, on: 0)
      #expect(
        await refusal { try await bench.store.write(by: .operator, dryRun: false) { _ in throw Failure.notFound } }
          == .notFound)
      #expect(try stored(bench.path).isEmpty)
      _ = try await bench.report(1, Sample.facts(1))
      #expect(try !stored(bench.path).isEmpty)
    }
  }

  @Test func `who made a key and of which it was made are kept`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let first = try SQLiteStore(path: path, readerCount: 1)
      var key = TemporaryStore.key(ids[0])
      (key.madeBy, key.rotatedFrom) = (AccessKey.commandLine, ids[1])
      let made = key
      try await first.write(by: .operator, dryRun: false) { try $0.insert(made, by: "test") }
      try first.close()
      let second = try SQLiteStore(path: path, readerCount: 1)
      #expect(second.keys[key.id] == key)
      try second.close()
    }
  }
}
