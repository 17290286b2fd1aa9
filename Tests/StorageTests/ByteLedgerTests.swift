internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite("Bytes that an agency may store on a day")
struct ByteLedgerTests {
  private static let now = Sample.instant("2024-10-20T03:00:00Z")

  private static func settings(_ bytesMax: Int, at now: Timestamp = now) -> StoreSettings {
    var settings = StoreSettings()
    settings.bytesPerAgencyPerDay = bytesMax
    settings.now = { now }
    return settings
  }

  private static func history(_ number: Int, narrative: Int, id: Int? = nil) -> CaseHistory {
    let facts = Sample.facts(number) { $0.act.narrative = String(repeating: "k", count: narrative) }
    let actor = Actor(agency: .bawaslu, importedBy: nil, keyID: "testtesttest")
    return CaseHistory(
      Sample.caseID(id ?? number), facts, CaseProgress(receivedOn: facts.source.receivedOn),
      EventDraft(what: .created, actor: actor, occurredOn: facts.source.receivedOn))
  }

  private static func create(
    _ store: SQLiteStore, _ number: Int, narrative: Int = 1_000, by agency: AgencyCode = .bawaslu, id: Int? = nil,
    dryRun: Bool = false
  ) async throws {
    let history = history(number, narrative: narrative, id: id)
    _ = try await store.write(by: .agency(agency), dryRun: dryRun) { try $0.create(history) }
  }

  private static func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "netral-ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      try await body(folder.appending(path: "t.sqlite").path)
    } catch {
      try FileManager.default.removeItem(at: folder)
      throw error
    }
    try FileManager.default.removeItem(at: folder)
  }

  @Test("are counted through a restart, spent by nobody else, and there again on the next day in Jakarta")
  func restart() async throws {
    try await Self.withFolder { path in
      let store = try SQLiteStore(path: path, readerCount: 1, settings: Self.settings(20_000))
      for number in 1...2 { try await Self.create(store, number, narrative: 3_000) }
      let used = store.use(of: .day(.bawaslu), at: Self.now).usedBytes
      #expect((12_000..<20_000).contains(used))
      await #expect(throws: Domain.Failure.self) { try await Self.create(store, 3, narrative: 3_000) }
      #expect(store.use(of: .day(.bawaslu), at: Self.now).usedBytes == used)
      try await Self.create(store, 4, by: .bkn)
      try store.close()

      let again = try SQLiteStore(path: path, readerCount: 1, settings: Self.settings(20_000))
      #expect(again.use(of: .day(.bawaslu), at: Self.now).usedBytes == used)
      do {
        try await Self.create(again, 3, narrative: 3_000)
        Issue.record("the day's bytes are spent")
      } catch let failure as Domain.Failure {
        #expect(failure.code == .tooManyRequests && failure.allowance?.name == .bytes)
        // Until midnight in Jakarta.
        #expect(failure.retryAfterSeconds == 14 * 3_600)
      }
      #expect(try again.read(on: 0) { try $0.caseRecord(Sample.caseID(3)) } == nil)
      try again.close()

      let tomorrow = Sample.instant("2024-10-20T17:00:00Z")
      let next = try SQLiteStore(path: path, readerCount: 1, settings: Self.settings(20_000, at: tomorrow))
      #expect(next.use(of: .day(.bawaslu), at: tomorrow).usedBytes == 0)
      try await Self.create(next, 3, narrative: 3_000)
      try next.close()
    }
  }

  @Test("are not spent by dry runs, nor by what is refused")
  func free() async throws {
    try await Self.withFolder { path in
      let store = try SQLiteStore(path: path, readerCount: 1, settings: Self.settings(20_000))
      for number in 1...20 { try await Self.create(store, number, narrative: 3_000, dryRun: true) }
      #expect(store.use(of: .day(.bawaslu), at: Self.now).usedBytes == 0)
      try await Self.create(store, 1)
      let used = store.use(of: .day(.bawaslu), at: Self.now).usedBytes
      for _ in 1...20 { await #expect(throws: Domain.Failure.self) { try await Self.create(store, 1, id: 100) } }
      #expect(store.use(of: .day(.bawaslu), at: Self.now).usedBytes == used)
      try store.close()
    }
  }

  @Test("are not overspent by writes that share a commit, and one that is too large sinks no other")
  func batch() async throws {
    try await Self.withFolder { path in
      let store = try SQLiteStore(path: path, readerCount: 1, settings: Self.settings(60_000))
      let kept = await withTaskGroup(of: Bool.self) { group in
        for number in 1...40 {
          group.addTask {
            do {
              try await Self.create(store, number, narrative: 3_000)
              return true
            } catch {
              return false
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      let use = store.use(of: .day(.bawaslu), at: Self.now)
      #expect(use.usedBytes <= use.bytesMax && kept > 0 && kept < 40)
      #expect(try store.read(on: 0) { try $0.head() } == Int64(kept))
      try store.close()
    }
  }
}
