internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct WriterTests {
  @Test func `500 writes at once, some of which fail or are tried only, leave a sequence without a gap`() async throws {
    try await TemporaryStore.open { bench in
      let outcomes = try await withThrowingTaskGroup(of: (number: Int, seq: Int64?).self) { group in
        for number in 0..<500 {
          group.addTask { (number, try await Self.write(number, bench)) }
        }
        return try await group.reduce(into: [Int: Int64]()) { $0[$1.number] = $1.seq }
      }
      let kept = (0..<500).filter { $0 % 5 != 0 && $0 % 7 != 0 }
      #expect(outcomes.keys.sorted() == kept)
      #expect(outcomes.values.sorted() == (1...kept.count).map { Int64($0) })
      let stubs = try bench.all(bench.query { ($0.limit, $0.order, $0.descending) = (200, .updated, false) })
      let records = try stubs.map { try #require(try bench.record($0.id)) }
      #expect(records.map(\.seq) == (1...kept.count).map { Int64($0) })
      let numbers = records.map(\.number)
      #expect(numbers == numbers.sorted() && Set(numbers).count == kept.count)
      #expect(numbers.last == "2024-000" + String(kept.count))
      for record in records {
        #expect(try bench.read { try $0.history(record.id) }.map(\.seq) == [record.seq])
      }
    }
  }

  /// The service looks again some seconds later, and that may be after its end.
  @Test func `erasures are not finished in a file that is closed`() async throws {
    try await withFolder { folder in
      let store = try SQLiteStore(path: folder + "/closed.sqlite", readerCount: 1)
      try store.close()
      #expect(try await store.finishErasures() == .nothing)
    }
  }

  /// Every fifth write fails after its work, every seventh is a dry run; gives the sequence of one that stays.
  private static func write(_ number: Int, _ bench: TemporaryStore) async throws -> Int64? {
    let facts = Sample.facts(number)
    if number % 5 == 0 {
      let code = await refusal {
        try await bench.store.write(by: .operator, dryRun: number % 2 == 0) { write in
          let event = EventDraft(what: .created, actor: TemporaryStore.actor)
          let progress = CaseProgress(receivedOn: facts.source.receivedOn)
          _ = try write.create(Sample.caseID(number), facts, progress, event)
          throw Failure.notFound
        }
      }
      #expect(code == .notFound)
      return nil
    }
    let isTrial = number % 7 == 0
    let record = try await bench.report(number, dryRun: isTrial, facts)
    #expect(record.version == 1)
    return isTrial ? nil : record.seq
  }

  @Test func `a trial answers as if it counted and leaves nothing`() async throws {
    try await TemporaryStore.open { bench in
      let trial = try await bench.report(1, dryRun: true, Sample.facts())
      #expect((trial.seq, trial.number) == (1, "2024-000001"))
      #expect(try bench.record(trial.id) == nil)
      try await bench.store.bringWordsUpToDate(for: .operator)
      #expect(try bench.all(bench.query { $0.words = ["uraian"] }).isEmpty)
      let real = try await bench.report(1, Sample.facts())
      #expect(real == trial)
    }
  }

  /// Holds the writer, queues as many writes as may wait, and lets it go once one more was refused as busy.
  private func batch<Value: Sendable>(
    of count: Int, _ bench: TemporaryStore, _ body: @escaping @Sendable (Int) async throws -> Value
  ) async throws -> (values: [Result<Value, any Error>], refused: Int) {
    let gate = DispatchSemaphore(value: 0)
    await withCheckedContinuation { started in
      Task {
        try await bench.store.write(by: .operator, dryRun: false) { _ in
          started.resume()
          gate.wait()
        }
      }
    }
    return await withTaskGroup(of: Result<Value, any Error>.self) { group in
      for number in 0...count {
        group.addTask {
          do {
            return .success(try await body(number))
          } catch {
            return .failure(error)
          }
        }
      }
      // Nothing can end before the gate opens but the one write that finds no place.
      let first = await group.next()
      let refused = if case .failure(let error)? = first, (error as? Failure)?.code == .busy { 1 } else { 0 }
      gate.signal()
      var values: [Result<Value, any Error>] = []
      for await value in group { values.append(value) }
      return (values, refused)
    }
  }

  @Test func `a full queue refuses at once and keeps what it has taken`() async throws {
    var settings = StoreSettings()
    settings.queueMax = 8
    try await TemporaryStore.open(settings) { bench in
      let (values, refused) = try await batch(of: 8, bench) { try await bench.report($0, Sample.facts($0)) }
      #expect(refused == 1)
      #expect(values.count == 8)
      for value in values { #expect(try value.get().version == 1) }
      #expect(try bench.read { try $0.count(bench.query()) } == 8)
    }
  }

  @Test func `one write that fails leaves the others of its commit alone`() async throws {
    var settings = StoreSettings()
    settings.queueMax = 6
    try await TemporaryStore.open(settings) { bench in
      let before = try await bench.report(100, Sample.facts(100))
      let (values, refused) = try await batch(of: 6, bench) { number -> Int in
        return try await bench.store.write(by: .operator, dryRun: false) { write in
          let facts = Sample.facts(number)
          let event = EventDraft(what: .created, actor: TemporaryStore.actor)
          let progress = CaseProgress(receivedOn: facts.source.receivedOn)
          _ = try write.create(Sample.caseID(number), facts, progress, event)
          if number % 2 == 1 { throw Failure.notFound }
          // A reader sees the commit as a whole or not at all.
          let seen = try bench.store.read(on: 1) { try $0.count(CaseQuery(caller: .bkn, today: date("2025-01-31"))) }
          #expect(seen == 1)
          return number
        }
      }
      #expect(refused == 1)
      let kept = values.compactMap { try? $0.get() }
      let failed = values.count - kept.count
      #expect(kept.allSatisfy { $0 % 2 == 0 })
      #expect(kept.count >= 3 && failed >= 2 && kept.count + failed == 6)
      let stubs = try bench.all(bench.query { ($0.order, $0.descending) = (.updated, false) })
      #expect(Set(stubs.map(\.id)) == Set(kept.map { Sample.caseID($0) } + [before.id]))
      let records = try stubs.map { try #require(try bench.record($0.id)) }
      #expect(records.map(\.seq) == (1...kept.count + 1).map { Int64($0) })
    }
  }

  @Test func `one write stores several cases, and one that is refused leaves nothing and takes no number`() async throws
  {
    try await TemporaryStore.open { bench in
      let context = bench.context(.bawaslu)
      let codes = try await bench.store.write(by: .operator, dryRun: false) { write in
        func create(_ number: Int, _ facts: Facts) throws -> FailureCode? {
          let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
          let event = EventDraft(what: .created, actor: context.actor)
          do {
            _ = try write.create(Sample.caseID(number), facts, progress, event)
            return nil
          } catch {
            return (error as? Failure)?.code
          }
        }
        return [try create(1, Sample.facts(1)), try create(2, Sample.facts(1)), try create(3, Sample.facts(3))]
      }
      #expect(codes == [nil, .reportExists, nil])
      let stubs = try bench.all(bench.query { $0.descending = false })
      #expect(stubs.map(\.id) == [Sample.caseID(1), Sample.caseID(3)])
      #expect(try bench.record(Sample.caseID(3))?.seq == 2)
      #expect(try bench.record(Sample.caseID(3))?.number == "2024-000002")
    }
  }

  @Test func `keys and reference data are seen by all after their commit, and not when it failed`() async throws {
    try await TemporaryStore.open { bench in
      let key = AccessKey(
        id: "abcdefghijkl", owner: .agency(.bkn), label: "Uji", scopes: [.casesRead, .sync],
        createdAt: bench.clock.now, expiresAt: bench.clock.now.adding(seconds: 60), revokedAt: nil,
        networks: ["10.0.0.0/8", "::1/128"], identities: ["CN=sync 1,O=BKN", "CN=b"],
        secretDigest: Array(repeating: 9, count: 32))
      let holiday = ReferenceEntry(
        kind: .holidays, code: "2025-10-14", from: "", until: nil,
        json: #"{"date":"2025-10-14","name_id":"Libur","kind":"holiday","source":"SKB"}"#)
      func put(dryRun: Bool, fails: Bool) async throws {
        try await bench.store.write(by: .operator, dryRun: dryRun) { write in
          try write.insert(key, by: "test")
          try write.put([holiday], by: "test")
          if fails { throw Failure.notFound }
        }
      }
      try await put(dryRun: true, fails: false)
      #expect(await refusal { try await put(dryRun: false, fails: true) } == .notFound)
      #expect(bench.store.keys.isEmpty)
      #expect(bench.store.reference.calendar.isWorkingDay(date("2025-10-14")))
      try await put(dryRun: false, fails: false)
      #expect(bench.store.keys == [key.id: key])
      #expect(!bench.store.reference.calendar.isWorkingDay(date("2025-10-14")))
      let end = bench.clock.now
      try await bench.store.write(by: .operator, dryRun: false) { write in
        try write.revoke(key.id, at: end, by: "test")
      }
      #expect(bench.store.keys[key.id]?.revokedAt == end)
    }
  }
}
