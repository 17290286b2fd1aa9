internal import Domain
internal import Service
internal import TestSupport
internal import Testing

/// What any store promises about writes, snapshots and waiting.
@Suite struct RecordContractTests {
  private struct Mistake: Error {}

  @Test(arguments: StoreFactory.all)
  func `what a write returns is there on every reader`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let record = try await bench.report(1)
      #expect(bench.store.readerCount == 2)
      for reader in 0..<bench.store.readerCount {
        #expect(try bench.store.read(on: reader) { try $0.caseRecord(record.id) } == record)
      }
      #expect(try await bench.store.readLong(for: .operator) { try $0.caseRecord(record.id) } == record)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a dry run answers as a write does and leaves nothing`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let before = try bench.read { try $0.head() }
      let tried = try await bench.report(1, dryRun: true)
      #expect(tried.version == 1)
      #expect(try bench.read { try $0.caseRecord(tried.id) } == nil)
      #expect(try bench.read { try $0.head() } == before)
      #expect(try await bench.report(1).seq == tried.seq)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a write that throws leaves nothing, and its neighbours stay`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let first = try await bench.report(1)
      let (facts, context) = (Sample.facts(2), bench.context())
      await #expect(throws: Mistake.self) {
        try await bench.write { write -> Case in
          let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
          _ = try write.create(
            Sample.caseID(2), facts, progress, EventDraft(what: .created, actor: context.actor))
          throw Mistake()
        }
      }
      #expect(try bench.read { try $0.caseRecord(Sample.caseID(2)) } == nil)
      #expect(try await bench.report(3).seq == first.seq + 1)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `sequences ascend without a gap in the order of commits, whoever writes`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let head = try bench.read { try $0.head() }
      let sequences = try await withThrowingTaskGroup(of: Int64.self) { group in
        for number in 1...20 { group.addTask { try await bench.report(number).seq } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(sequences.sorted() == Array(head + 1...head + 20))
      let changes = try bench.read { try $0.changes(after: head, limit: 100) }
      #expect(changes.changes.map(\.seq) == sequences.sorted())
      #expect(changes.reached == changes.head && changes.head == head + 20)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a snapshot stays as it is while others write`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let record = try await bench.report(1)
      let seq = try bench.read { try $0.head() }
      _ = try await bench.verify(record)
      _ = try await bench.report(2)
      let past = try bench.read { try $0.pastCases(at: seq, after: .lowest, limit: 10) }
      #expect(past.items.map(\.record) == [record] && past.next == nil)
      #expect(try bench.read { try $0.pastCount(at: seq, for: .bkn) } == 1)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `an answer is remembered with its effect, for one owner and key`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let now = bench.clock.now
      let reply = StoredReply(requestDigest: [1, 2], status: 201, caseID: Sample.caseID(1), version: 1, resource: nil)
      try await bench.write { try $0.remember(reply, .agency(.bkn), "k", at: now) }
      let found = try #require(try bench.read { try $0.reply(.agency(.bkn), "k") })
      #expect(found.status == 201 && found.caseID == reply.caseID && found.version == 1 && found.recordedAt == now)
      #expect(try bench.read { try $0.isReply(found, to: [[3], [1, 2]]) && !$0.isReply(found, to: [[1], []]) })
      #expect(try bench.read { try $0.reply(.agency(.panrb), "k") } == nil)
      #expect(try bench.read { try $0.reply(.agency(.bkn), "l") } == nil)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `one who waits is told of what may be visible, and let go when the time is over`(_ factory: StoreFactory)
    async throws
  {
    try await factory.run { bench in
      let head = try bench.read { try $0.head() }
      let (store, none) = (bench.store, Duration.milliseconds(1))
      #expect(try await store.waitForChange(visibleTo: .bkn, after: head, atMost: none) == false)
      async let told = store.waitForChange(visibleTo: .bkn, after: head, atMost: .seconds(60))
      _ = try await bench.report(1)
      #expect(try await told)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `without a folder for them there are no backups`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      #expect(bench.store.backupStatus.isConfigured == false)
      #expect(await refusal { try await bench.store.backUp(dryRun: true) } == .backupsNotConfigured)
      #expect(await refusal { try await bench.store.backups() } == .backupsNotConfigured)
    }
  }
}
