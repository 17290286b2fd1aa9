internal import Domain
internal import Foundation
internal import GRDB
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct OpeningTests {
  /// How opening fails; nil when it does not.
  private func failure(_ path: String) throws -> OpenFailure? {
    do {
      try SQLiteStore(path: path, readerCount: 1).close()
      return nil
    } catch let failure as OpenFailure {
      return failure
    }
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `a new file is private, holds the initial data, and keeps its secret`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let first = try SQLiteStore(path: path, readerCount: 2)
      let secret = first.signingSecret
      #expect(secret.count == 32 && Set(secret).count > 8)
      #expect(first.readerCount == 2)
      #expect(first.keys.isEmpty)
      for suffix in ["", "-wal", "-shm", ".lock"] {
        #expect(try mode(path + suffix) == 0o600, "\(suffix)")
      }
      let entries = first.reference.entries
      try first.close()
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      let second = try SQLiteStore(path: path, readerCount: 1)
      #expect(second.signingSecret == secret)
      #expect(second.reference.entries == entries)
      try second.close()
      let other = try SQLiteStore(path: folder + "/other.sqlite", readerCount: 1)
      #expect(other.signingSecret != secret)
      try other.close()
    }
  }

  @Test func `what was acknowledged is there after closing and opening again`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let first = TemporaryStore(path: path, store: try SQLiteStore(path: path, readerCount: 1), clock: FixedClock())
      let record = try await first.report(1, at: .appealed, blocked: true, Sample.facts())
      try first.store.close()
      let second = TemporaryStore(path: path, store: try SQLiteStore(path: path, readerCount: 1), clock: FixedClock())
      #expect(try second.record(record.id) == record)
      #expect(try await second.report(2, Sample.facts(2)).seq == record.seq + 1)
      try second.store.close()
    }
  }

  @Test func `a second writer is kept out until the first has closed`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      let first = try SQLiteStore(path: path, readerCount: 1)
      guard case .locked(path)? = try failure(path) else {
        Issue.record("a second store opened the file")
        return
      }
      _ = try first.read(on: 0) { try $0.stub(Sample.caseID(1)) }
      try first.close()
      #expect(try failure(path) == nil)
    }
  }

  @Test(arguments: [
    "", "CREATE TABLE other (a); INSERT INTO other VALUES (1);", "PRAGMA application_id = 7; CREATE TABLE other (a);",
  ])
  func `a database of another program is refused and left as it was`(sql: String) async throws {
    try await withFolder { folder in
      let path = folder + "/other.sqlite"
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try $0.execute(sql: sql.isEmpty ? "CREATE VIEW v AS SELECT 1" : sql) }
      try queue.close()
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      guard case .foreign(path)? = try failure(path) else {
        Issue.record("the file of another program was taken")
        return
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(try failure(path).map { "\($0)" } == "\(path): is not a Netral database")
    }
  }

  @Test(arguments: [40, 5_000, 70_000])
  func `a text file is refused and left as it was`(size: Int) async throws {
    try await withFolder { folder in
      let path = folder + "/notes.txt"
      let before = Data(repeating: UInt8(ascii: "a"), count: size)
      try before.write(to: URL(fileURLWithPath: path))
      guard case .foreign(path)? = try failure(path) else {
        Issue.record("a text file was taken")
        return
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test func `a file of a newer version is refused and left as it was`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try SQLiteStore(path: path, readerCount: 1).close()
      let queue = try DatabaseQueue(path: path)
      try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('m9999_future')") }
      try queue.close()
      guard case .newer(path)? = try failure(path) else {
        Issue.record("a newer file was taken")
        return
      }
      let found = try Shell.output("ls '\(folder)'").split(separator: "\n").map(String.init)
      #expect(!found.contains { $0.contains("before-migration") })
    }
  }

  @Test func `a path that cannot be a file is unreadable`() async throws {
    try await withFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: false)
      for path in [folder + "/missing/netral.sqlite", folder + "/folder"] {
        guard case .unreadable(path, _)? = try failure(path) else {
          Issue.record("\(path) was taken")
          return
        }
      }
    }
  }

  @Test func `a file that failed to open is not locked by the attempt`() async throws {
    try await withFolder { folder in
      let path = folder + "/netral.sqlite"
      try Data("no database".utf8).write(to: URL(fileURLWithPath: path))
      #expect(try failure(path) != nil)
      try FileManager.default.removeItem(atPath: path)
      #expect(try failure(path) == nil)
    }
  }
}
