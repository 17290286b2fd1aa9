internal import Domain
internal import Foundation
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct ClockStoreTests {
  private func holiday(_ days: String...) -> [ReferenceEntry] {
    (days + ["2025-01-01"]).map {
      ReferenceEntry(
        kind: .holidays, code: $0, from: "", until: nil,
        json: #"{"date":"\#($0)","name_id":"Libur","kind":"holiday","source":"SKB"}"#)
    }
  }

  /// Changes the holidays as an operator does, and leaves the clocks to be derived.
  private func put(_ rows: [ReferenceEntry], _ bench: TemporaryStore, dryRun: Bool = false) async throws {
    try await bench.store.write(by: .operator, dryRun: dryRun) { write in
      try write.put(rows, by: "test")
      try write.markClocks(by: "operatorkey1")
    }
  }

  private func derive(_ bench: TemporaryStore, limit: Int) async throws -> ClockDerivationStep? {
    try await bench.store.write(by: .operator, dryRun: false) { try $0.deriveClocks(limit: limit) }
  }

  private func act(
    _ content: Action.Content, _ agency: AgencyCode, _ day: String, _ id: CaseID, _ bench: TemporaryStore
  )
    async throws -> Case
  {
    try await bench.take(Road(received: date(day)).step(agency, 0, content), id)
  }

  @Test func `pauses are stored with the case, its versions, and the day it would be due`() async throws {
    try await TemporaryStore.open { bench in
      let record = try await bench.report(1, Sample.facts(1))
      func pause(_ until: String) -> Action.Content {
        .clockPause(.verification, until: date(until), ground: .awaitingDocument, reason: "Dokumen")
      }
      let paused = try await act(pause("2024-11-07"), .bkn, "2024-10-08", record.id, bench)
      #expect(try bench.record(record.id) == paused)
      let overdue = bench.query { $0.overdue = true }
      let inPause = bench.query {
        ($0.overdue, $0.today) = (true, date("2024-11-12"))
      }
      #expect(try bench.all(inPause).isEmpty)
      let open = try bench.read { try $0.openClocks(on: date("2024-10-30")) }
      #expect(open == [OpenClockCount(kind: .verification, state: .paused, count: 1)])
      #expect(try bench.read { try $0.openClocks(on: date("2024-11-07")) }.map(\.state) == [.running])
      #expect(try bench.read { try $0.openClocks(on: date("2024-11-13")) }.map(\.state) == [.overdue])
      let resumption = Action.Content.clockResumption(.verification, reason: "Lengkap")
      let resumed = try await act(resumption, .bkn, "2024-10-10", record.id, bench)
      #expect(try bench.record(record.id) == resumed)
      #expect(try bench.record(record.id, version: 2)?.progress == paused.progress)
      #expect(try bench.record(record.id, version: 1)?.progress == record.progress)
      #expect(try bench.all(overdue).map(\.id) == [record.id])
      let again = try await act(pause("2024-10-13"), .bkn, "2024-10-12", record.id, bench)
      #expect(again.progress.clock(.verification)?.pauses.count == 2)
      #expect(try bench.record(record.id) == again)
      for (day, progress) in [
        ("2024-10-07", record.progress), ("2024-10-08", paused.progress), ("2024-10-11", resumed.progress),
        ("2024-12-31", again.progress),
      ] {
        #expect(try bench.record(record.id, effectiveOn: date(day))?.progress == progress, "\(day)")
      }
    }
  }

  @Test func `open clocks follow a holiday, each with a version and an event; stopped ones stay`() async throws {
    try await TemporaryStore.open { bench in
      var before: [CaseID: Case] = [:]
      for (number, stage) in Stage.allCases.enumerated() {
        let record = try await bench.report(number, at: stage, Sample.facts(number))
        before[record.id] = record
      }
      let head = try bench.read { try $0.head() }
      // The study clock ends on the 14th; the fourteen working days for the appeal take in the 18th of November.
      try await put(holiday("2024-10-14", "2024-11-18"), bench, dryRun: true)
      #expect(try bench.read { try $0.clocksAreMarked() } == false)
      try await put(holiday("2024-10-14", "2024-11-18"), bench)
      #expect(try await derive(bench, limit: 100) == ClockDerivationStep(changedCases: 2, isLast: true))
      #expect(try await derive(bench, limit: 100) == nil)
      #expect(try bench.read { try $0.head() } == head + 2)
      for (id, old) in before {
        let new = try #require(try bench.record(id))
        guard [.verified, .sanctioned].contains(old.progress.stage) else {
          #expect(new == old, "\(old.progress.stage)")
          continue
        }
        let kind: ClockKind = old.progress.stage == .verified ? .study : .appealFiling
        let due = kind == .study ? "2024-10-15" : "2024-12-09"
        #expect(new.version == old.version + 1 && new.progress.clock(kind)?.dueOn == date(due))
        #expect(new.progress.stage == old.progress.stage && new.progress.milestones == old.progress.milestones)
        let event = try #require(try bench.read { try $0.history(id) }.last)
        #expect(event.what == .clockDerivation && event.agency == .operator && event.occurredOn == nil)
        #expect(event.details.map(\.name) == [kind.rawValue] && event.version == new.version)
        // As of a day after the last act the clock is the one known now.
        #expect(try bench.record(id, effectiveOn: date("2025-01-30"))?.progress == new.progress)
      }
      let changes = try bench.read { try $0.changes(after: head, limit: 10) }.changes
      #expect(changes.map { $0.type(for: .panrb) } == [.updated, .updated])
    }
  }

  @Test func `what was broken off in the middle goes on when the file is opened again`() async throws {
    try await withFolder { folder in
      var settings = StoreSettings()
      settings.now = { instant("2025-01-31T02:00:00Z") }
      let path = folder + "/netral.sqlite"
      func open() throws -> TemporaryStore {
        TemporaryStore(
          path: path, store: try SQLiteStore(path: path, readerCount: 1, settings: settings), clock: FixedClock())
      }
      var bench = try open()
      for number in 1...7 { _ = try await bench.report(number, at: .verified, Sample.facts(number)) }
      try await put(holiday("2024-10-14"), bench)
      #expect(try await derive(bench, limit: 3) == ClockDerivationStep(changedCases: 3, isLast: false))
      // An act in between is judged by the new holidays already.
      let study = Action.Content.study(.violation, violation: nil, summary: nil)
      let studied = try await act(study, .bawaslu, "2024-10-15", Sample.caseID(5), bench)
      #expect(studied.progress.clock(.study)?.state == .met)
      try bench.store.close()
      bench = try open()
      #expect(try bench.read { try $0.clocksAreMarked() })
      #expect(try await derive(bench, limit: 10) == ClockDerivationStep(changedCases: 3, isLast: true))
      #expect(try bench.read { try $0.clocksAreMarked() } == false)
      for number in 1...7 {
        let record = try #require(try bench.record(Sample.caseID(number)))
        #expect(record.progress.clock(.study)?.dueOn == date("2024-10-15"), "\(number)")
        #expect(record.version == 3, "\(number)")
      }
      try bench.store.close()
    }
  }

  @Test func `a change in the middle begins anew, and nothing changes twice`() async throws {
    try await TemporaryStore.open { bench in
      for number in 1...5 { _ = try await bench.report(number, at: .verified, Sample.facts(number)) }
      try await put(holiday("2024-10-14"), bench)
      #expect(try await derive(bench, limit: 2)?.changedCases == 2)
      try await put(holiday("2024-10-15"), bench)
      var changed = 0
      while let step = try await derive(bench, limit: 2) { changed += step.changedCases }
      #expect(changed == 5)
      for number in 1...5 {
        let record = try #require(try bench.record(Sample.caseID(number)))
        #expect(record.progress.clock(.study)?.dueOn == date("2024-10-16"), "\(number)")
        #expect(record.version == (number <= 2 ? 4 : 3), "\(number)")
      }
    }
  }

  @Test func `a write sees the rules of the one before it in the same commit, and not those of one undone`()
    async throws
  {
    try await TemporaryStore.open { bench in
      let days = try await bench.store.write(by: .operator, dryRun: false) { write in
        let before = try write.currentReference()
        try write.put(holiday("2024-10-14"), by: "test")
        let after = try write.currentReference()
        return [before, after].map { $0.calendar.isWorkingDay(date("2024-10-14")) }
      }
      #expect(days == [true, false])
      let (same, other) = try await bench.store.write(by: .operator, dryRun: false) { write in
        (try write.currentReference().isSame(as: write.currentReference()), try write.currentReference())
      }
      #expect(same && other.isSame(as: bench.store.reference))
    }
  }
}
