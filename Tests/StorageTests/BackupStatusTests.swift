internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

/// What whoever watches over the service is told of backups.
@Suite struct BackupStatusTests {
  private func withStore<Value>(
    _ folder: String, backups: String?, _ body: (SQLiteStore) async throws -> Value
  ) async throws -> Value {
    var settings = StoreSettings()
    settings.backup.folder = backups
    settings.now = { instant("2025-01-31T02:00:00.500Z") }
    let store = try SQLiteStore(path: folder + "/netral.sqlite", readerCount: 1, settings: settings)
    do {
      let value = try await body(store)
      try store.close()
      return value
    } catch {
      try store.close()
      throw error
    }
  }

  @Test func `without a folder there is nothing to watch over`() async throws {
    try await withFolder { folder in
      try await withStore(folder, backups: nil) { store in
        #expect(store.backupStatus == BackupStatus())
        await #expect(throws: Failure.self) { try await store.backUp(dryRun: false) }
        await #expect(throws: Failure.self) { try await store.backups() }
        #expect(store.backupStatus == BackupStatus())
      }
    }
  }

  @Test func `a success is told of, also after a restart, and a failure with its reason`() async throws {
    try await withFolder { folder in
      let backups = folder + "/backups"
      let made = try await withStore(folder, backups: backups) { store in
        #expect(store.backupStatus.isConfigured && store.backupStatus.newest == nil)
        let made = try await store.backUp(dryRun: false)
        #expect(made.name == "netral-20250131T020000Z-0.sqlite")
        #expect(made.madeAt == instant("2025-01-31T02:00:00Z"))
        let listed = try await store.backups()
        #expect(listed == [made])
        // In the same second: a name of its own.
        let second = try await store.backUp(dryRun: false)
        #expect(second.name == "netral-20250131T020001Z-0.sqlite")
        let status = store.backupStatus
        #expect(status.newest == second && status.count == 2 && status.successes == 2 && status.failures == 0)
        #expect(!status.isRunning && status.lastFailure == nil)
        return second
      }
      try await withStore(folder, backups: backups) { store in
        let status = store.backupStatus
        #expect(status.newest == made && status.count == 2 && status.successes == 0)
      }
      let occupied = folder + "/occupied"
      try Data("x".utf8).write(to: URL(filePath: occupied))
      try await withStore(folder, backups: occupied) { store in
        let failure = await #expect(throws: Failure.self) { try await store.backUp(dryRun: false) }
        #expect(failure?.code == .storageUnavailable)
        let status = store.backupStatus
        #expect(status.newest == nil && status.successes == 0 && status.failures == 1 && !status.isRunning)
        #expect(status.lastFailureAt == instant("2025-01-31T02:00:00.500Z"))
        #expect(status.lastFailure == "the folder of backups cannot be used: Not a directory")
      }
    }
  }

  @Test func `a dry run proves a copy and leaves nothing behind, nor is anything told of it`() async throws {
    try await withFolder { folder in
      let backups = folder + "/backups"
      try await withStore(folder, backups: backups) { store in
        let tried = try await store.backUp(dryRun: true)
        #expect(tried.name == "netral-20250131T020000Z-0.sqlite" && tried.bytes > 0 && tried.sha256?.count == 64)
        #expect(try FileManager.default.contentsOfDirectory(atPath: backups) == [])
        var untouched = BackupStatus()
        untouched.isConfigured = true
        #expect(store.backupStatus == untouched)
        let made = try await store.backUp(dryRun: false)
        #expect(made == tried)
      }
      let occupied = folder + "/occupied"
      try Data("x".utf8).write(to: URL(filePath: occupied))
      try await withStore(folder, backups: occupied) { store in
        await #expect(throws: Failure.self) { try await store.backUp(dryRun: true) }
        #expect(store.backupStatus.failures == 0)
      }
    }
  }

  @Test func `of many that ask at once one is served, and the others are told`() async throws {
    try await withFolder { folder in
      try await withStore(folder, backups: folder + "/backups") { store in
        let codes = await withTaskGroup(of: FailureCode?.self) { group in
          for _ in 0..<8 {
            group.addTask {
              do {
                _ = try await store.backUp(dryRun: false)
                return nil
              } catch {
                return (error as? Failure)?.code ?? .internalError
              }
            }
          }
          return await group.reduce(into: [FailureCode?]()) { $0.append($1) }
        }
        let successes = codes.filter { $0 == nil }.count
        #expect(successes >= 1)
        #expect(codes.allSatisfy { $0 == nil || $0 == .backupRunning })
        let backups = try await store.backups()
        #expect(backups.count == successes)
        #expect(store.backupStatus.successes == successes)
      }
    }
  }
}
