internal import Domain
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct HistoryTests {
  @Test func `every act, correction and remark stands in the history, oldest first`() async throws {
    try await TemporaryStore.open { bench in
      let record = try await bench.report(1, Sample.facts())
      let road = Road(received: record.facts.source.receivedOn)
      for step in road.steps(to: .recommended) {
        bench.clock.advance(seconds: 60)
        _ = try await bench.take(step, record.id)
      }
      let current = try await bench.correct(record.id) { $0.subject.name = "Nama Benar" }
      try await bench.store.write(by: .operator, dryRun: false) { write in
        let event = EventDraft(
          what: .act(.notes), actor: Actor(agency: .panrb, importedBy: .bkn, keyID: "testtesttest"), onBehalfOf: .kasn,
          occurredOn: date("2024-11-01"), texts: [("text", "Catatan", .notes)])
        try write.append(event, to: current)
      }
      let events = try bench.read { try $0.history(record.id) }
      #expect(
        events.map(\.what.rawValue) == [
          "created", "verifications", "studies", "recommendations", "correction", "notes",
        ])
      #expect(events.map(\.seq) == [1, 2, 3, 4, 5, 6])
      #expect(events.map(\.version) == [1, 2, 3, 4, 5, 5])
      #expect(events.map(\.stage) == [.received, .verified, .studied, .recommended, .recommended, .recommended])
      #expect(events.map(\.agency) == [.bawaslu, .bkn, .bawaslu, .bkn, .bkn, .panrb])
      #expect(events[0].occurredOn == nil && events[4].occurredOn == nil)
      #expect(events[3].occurredOn == date("2024-10-20"))
      #expect(events[1].recordedAt == instant("2025-01-31T02:01:00Z"))
      #expect(events[3].details.map(\.name) == ["outcome", "letter_number", "proposed_sanction"])
      #expect(events[3].details.map(\.value) == ["recommended", "R-1", "BER-1"])
      #expect(events[2].texts.map(\.text) == ["Ringkasan kajian"])
      #expect(events[2].texts.map(\.group) == [.narrative])
      #expect(events[4].changed == ["subject.name"])
      #expect((events[5].onBehalfOf, events[5].importedBy) == (.kasn, .bkn))
      #expect(try bench.record(record.id) == current)
    }
  }

  @Test func `as of a recorded instant a case is what was stored by then, with the facts of then`() async throws {
    try await TemporaryStore.open { bench in
      let created = try await bench.report(1, Sample.facts())
      bench.clock.advance(seconds: 3600)
      let verified = try await bench.take(Road(received: date("2024-10-06")).steps(to: .verified)[0], created.id)
      bench.clock.advance(seconds: 3600)
      let corrected = try await bench.correct(created.id) {
        $0.subject.name = "Nama Benar"
        $0.source.receivedOn = date("2024-10-05")
      }
      func recorded(_ text: String) throws -> Case? {
        try bench.record(created.id, recordedBy: instant(text))
      }
      #expect(try recorded("2025-01-31T01:59:59.999Z") == nil)
      #expect(try recorded("2025-01-31T02:00:00Z") == created)
      #expect(try recorded("2025-01-31T02:59:59.999Z") == created)
      #expect(try recorded("2025-01-31T03:00:00Z") == verified)
      #expect(try recorded("2025-01-31T04:00:00Z") == corrected)
      #expect(try recorded("2030-01-01T00:00:00Z") == corrected)
    }
  }

  @Test func `as of an effective day a case has gone as far as its acts up to that day, with the facts of now`()
    async throws
  {
    try await TemporaryStore.open { bench in
      let record = try await bench.report(1, at: .sanctioned, blocked: true, Sample.facts())
      let current = try await bench.correct(record.id) { $0.subject.name = "Nama Benar" }
      func stage(_ day: String) throws -> Stage? {
        let found = try bench.record(record.id, effectiveOn: date(day))
        #expect(found.map { $0.facts == current.facts } ?? true)
        return found?.progress.stage
      }
      #expect(try stage("2024-10-05") == nil)
      #expect(try stage("2024-10-06") == .received)
      #expect(try stage("2024-10-08") == .received)
      #expect(try stage("2024-10-09") == .verified)
      #expect(try stage("2024-10-14") == .studied)
      #expect(try stage("2024-10-20") == .recommended)
      #expect(try stage("2024-11-12") == .blocked)
      #expect(try stage("2024-11-14") == .blocked)
      #expect(try stage("2024-11-15") == .sanctioned)
      #expect(
        try bench.record(record.id, effectiveOn: date("2025-01-01"))?.progress
          == current.progress)
    }
  }

  @Test(arguments: [Stage.received, .verified, .sanctioned])
  func `as of an effective day the clocks follow a corrected day of receipt`(stage: Stage) async throws {
    try await TemporaryStore.open { bench in
      let record = try await bench.report(1, at: stage, Sample.facts())
      let current = try await bench.correct(record.id) { $0.source.receivedOn = date("2024-10-04") }
      func effective(_ day: String) throws -> Case? {
        try bench.record(record.id, effectiveOn: date(day))
      }
      #expect(try effective("2024-10-03") == nil)
      #expect(try effective("2025-01-01")?.progress == current.progress)
      let early = try #require(try effective("2024-10-04"))
      #expect(early.progress.milestones[.received] == date("2024-10-04"))
      #expect(
        early.progress.clocks == [
          Clock(
            kind: .verification, startedOn: date("2024-10-04"), dueOn: date("2024-10-11"), unit: .days, stoppedOn: nil)
        ])
    }
  }

  @Test func `a key's end never moves back`() async throws {
    try await TemporaryStore.open { bench in
      let key = AccessKey(
        id: "abcdefghijkl", owner: .operator, label: "x", scopes: [.admin], createdAt: bench.clock.now, expiresAt: nil,
        revokedAt: nil, networks: [], secretDigest: Array(repeating: 1, count: 32))
      let early = bench.clock.now
      try await bench.store.write(by: .operator, dryRun: false) { write in
        try write.insert(key, by: "test")
        try write.revoke(key.id, at: early, by: "test")
        try write.revoke(key.id, at: early.adding(seconds: 3600), by: "test")
        #expect(try write.key(key.id)?.revokedAt == early)
      }
      #expect(bench.store.keys[key.id]?.revokedAt == early)
    }
  }

  @Test func `the recorded time follows the order of commits, even when the clock goes back`() async throws {
    try await TemporaryStore.open { bench in
      let first = try await bench.report(1, Sample.facts())
      bench.clock.advance(seconds: -3600)
      let second = try await bench.correct(first.id) { $0.motives = ["family"] }
      #expect(second.updatedAt == first.updatedAt)
      bench.clock.advance(seconds: 7200)
      let third = try await bench.correct(first.id) { $0.motives = ["office"] }
      #expect(third.updatedAt == first.updatedAt.adding(seconds: 3600))
    }
  }
}
