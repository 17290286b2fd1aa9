internal import Domain
internal import Service
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite struct CaseHistoryTests {
  /// Facts without a violation, and a road on which the study fills it in and notes stand between the acts.
  private static let facts = Sample.facts { facts in
    facts.violation = nil
    facts.act.urls = ["https://example.org/a"]
    facts.act.witnesses = [Witness(name: "Saksi", contact: nil)]
    facts.reporter = Reporter(mode: .named, name: "Pelapor", contact: nil)
  }

  private static func said(_ note: String) -> [Action.Said] { [.init(name: "text", text: note, group: .notes)] }

  private static func steps(to stage: Stage) -> [Road.Step] {
    let road = Road(received: facts.source.receivedOn)
    let steps = road.steps(to: stage).map { step in
      guard case .study(let found, _, let summary, _) = step.action.content else { return step }
      var step = step
      step.action.content = .study(found, violation: found == .violation ? "DS-06" : nil, summary: summary)
      return step
    }
    let note = road.step(.bkn, Road.Day.ended, .note(text: "Catatan"), said: said("Catatan"))
    return [road.step(.bkn, 0, .note(text: "Diterima"), said: said("Diterima"))] + steps + [note, note]
  }

  private static let created = EventDraft(
    what: .created, actor: TemporaryStore.actor, occurredOn: facts.source.receivedOn)

  private static func oneByOne(_ bench: TemporaryStore, _ steps: [Road.Step]) async throws -> Case {
    let progress = try Lifecycle.open(facts, onBehalfOf: nil, bench.context(.bawaslu))
    var record = try await bench.store.write(by: .operator, dryRun: false) { write in
      try write.create(Sample.caseID(1), facts, progress, created)
    }
    for step in steps {
      let (changed, event) = try Lifecycle.judge(step.action, on: record, bench.context(step.agency))
      record = try await bench.store.write(by: .operator, dryRun: false) { [record] write in
        if let changed { return try write.update(record, to: changed, event) }
        try write.append(event, to: record)
        return record
      }
    }
    return record
  }

  private static func atOnce(_ bench: TemporaryStore, _ steps: [Road.Step]) async throws -> Case {
    let progress = try Lifecycle.open(facts, onBehalfOf: nil, bench.context(.bawaslu))
    var history = CaseHistory(Sample.caseID(1), facts, progress, created)
    for step in steps { try history.take(step.action, bench.context(step.agency)) }
    return try await bench.store.write(by: .operator, dryRun: false) { [history] write in try write.create(history) }
  }

  /// Everything in the file about cases, but for what is drawn with each file.
  private static func rows(_ path: String) throws -> [String] {
    let columns = (RecordColumns.lasting + RecordColumns.facts + RecordColumns.progress).filter {
      $0 != "agency_ref_digest"
    }
    let event =
      "seq, case_key, version, what, agency, on_behalf_of, imported_by, key_id, occurred_on, recorded_at, stage"
    let questions =
      [
        "SELECT person_key, length(digest) FROM person", "SELECT * FROM counter",
        "SELECT \(columns.joined(separator: ", ")) FROM case_record",
        "SELECT \(event), changed, details, length(digest), progress, facts_seq, references_seq FROM event",
        """
        SELECT part_key, data_key, length(salt), CASE WHEN data_key IS NULL THEN content ELSE length(content) END
        FROM case_part
        """,
      ]
    return try questions.map { try Shell.sqlite(path, $0) }
  }

  @Test(.enabled(if: Shell.hasSQLite), arguments: Stage.allCases)
  func `a history stored at once is what its acts would have stored one by one`(stage: Stage) async throws {
    let steps = Self.steps(to: stage)
    let (single, singleRows) = try await TemporaryStore.open { bench in
      let single = try await Self.oneByOne(bench, steps)
      try await bench.store.bringWordsUpToDate(for: .operator)
      return (single, try Self.rows(bench.path))
    }
    let (whole, wholeRows) = try await TemporaryStore.open { bench in
      let whole = try await Self.atOnce(bench, steps)
      #expect(try bench.record(whole.id) == whole)
      try await bench.store.bringWordsUpToDate(for: .operator)
      return (whole, try Self.rows(bench.path))
    }
    #expect(single == whole)
    #expect(singleRows == wholeRows)
    #expect(singleRows.allSatisfy { !$0.isEmpty })
  }

  @Test func `an act that is refused leaves the history as it was`() async throws {
    try await TemporaryStore.open { bench in
      let progress = try Lifecycle.open(Self.facts, onBehalfOf: nil, bench.context(.bawaslu))
      var history = CaseHistory(Sample.caseID(1), Self.facts, progress, Self.created)
      let steps = Self.steps(to: .recommended)
      try history.take(steps[1].action, bench.context(.bkn))
      let before = history.record
      #expect(throws: Failure.self) { try history.take(steps[1].action, bench.context(.bkn)) }
      #expect(history.record == before && history.entries.count == 2)
    }
  }
}
