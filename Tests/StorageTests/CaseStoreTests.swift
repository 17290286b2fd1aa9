internal import Domain
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct CaseStoreTests {
  /// Facts with every optional part filled in.
  private static func full(_ number: Int) -> Facts {
    Sample.facts(number) { facts in
      facts.subject.nik = NIK(stored: "1671012609860001")
      facts.subject.reportingClass = .kepalaWilayah
      facts.subject.positionTitle = "Camat \"Ilir\" 🏛"
      facts.act.knownOn = date("2024-10-05")
      facts.act.place = "Palembang"
      facts.act.channel = .socialMedia
      facts.act.narrative = "Baris satu\nbaris dua — 'kutip' \u{0001}"
      facts.act.urls = ["https://example.org/a?b=\"c\"", "https://example.org/é"]
      facts.act.supports = .candidate
      facts.act.onUnpaidLeave = false
      facts.act.witnesses = [Witness(name: "Saksi 1", contact: "0800"), Witness(name: "Saksi 2", contact: nil)]
      facts.source.channel = "sigaplapor"
      facts.reporter = Reporter(mode: .confidential, name: "Pelapor", contact: "pelapor@example.org")
      facts.motives = ["office", "kinship"]
    }
  }

  @Test(arguments: Stage.allCases, [false, true])
  func `a case reads back as it was stored, at every stage and in every version`(stage: Stage, isFull: Bool)
    async throws
  {
    try await TemporaryStore.open { bench in
      let facts = isFull ? Self.full(1) : Sample.facts()
      var versions = [try await bench.report(1, facts)]
      let road = Road(received: facts.source.receivedOn)
      for step in road.steps(to: stage, blocked: isFull && ![.received, .rejected].contains(stage)) {
        bench.clock.advance(seconds: 60)
        versions.append(try await bench.take(step, versions[0].id))
      }
      #expect(versions.map(\.version) == Array(1...versions.count))
      #expect(versions.last?.progress.stage == stage)
      #expect(try bench.record(versions[0].id) == versions.last)
      for version in versions {
        #expect(try bench.record(version.id, version: version.version) == version)
        #expect(try bench.record(version.id, recordedBy: version.updatedAt) == version)
      }
      #expect(try bench.record(versions[0].id, version: versions.count + 1) == nil)
    }
  }

  @Test func `a correction makes a version with facts of its own and leaves the earlier ones as they were`()
    async throws
  {
    try await TemporaryStore.open { bench in
      let first = try await bench.report(1, Self.full(1))
      let second = try await bench.take(Road(received: first.facts.source.receivedOn).steps(to: .verified)[0], first.id)
      let third = try await bench.correct(first.id) { facts in
        facts.subject.name = "Nama Benar"
        facts.subject.nip = Sample.nip(77)
        facts.act.witnesses = []
        facts.region = RegionCode(stored: "16")
        facts.reporter = Reporter(mode: .anonymous, name: nil, contact: nil)
      }
      #expect(try bench.record(first.id, version: 1) == first)
      #expect(try bench.record(first.id, version: 2) == second)
      #expect(try bench.record(first.id) == third)
      #expect(third.facts.subject.name == "Nama Benar")
      #expect(third.progress.stage == .verified)
      #expect(try bench.record(first.id, version: 2)?.facts.subject.name == first.facts.subject.name)
    }
  }

  @Test func `numbers count the cases of each year of receipt`() async throws {
    try await TemporaryStore.open { bench in
      let days = ["2024-10-06", "2023-12-31", "2024-01-01", "2023-01-01"]
      var numbers: [String] = []
      for (index, day) in days.enumerated() {
        let facts = Sample.facts(index) {
          $0.source.receivedOn = date(day)
          $0.act.occurredOn = date(day)
        }
        numbers.append(try await bench.report(index, facts).number)
      }
      #expect(numbers == ["2024-000001", "2023-000001", "2024-000002", "2023-000002"])
    }
  }

  @Test func `an agency reports one person once under one number`() async throws {
    try await TemporaryStore.open { bench in
      let facts = Sample.facts()
      let first = try await bench.report(1, facts)
      #expect(await refusal { try await bench.report(2, facts) } == .reportExists)
      _ = try await bench.report(3, Sample.facts { $0.subject.nip = Sample.nip(2) })
      _ = try await bench.report(4, Sample.facts { $0.source.agency = .bkn })
      let other = try await bench.report(5, Sample.facts { $0.source.agencyRef = "lain" })
      let taken = await refusal { try await bench.correct(other.id) { $0.source.agencyRef = facts.source.agencyRef } }
      #expect(taken == .reportExists)
      #expect(try bench.read { try $0.existingReport(facts)?.id } == first.id)
      #expect(try bench.record(other.id) == other)
    }
  }

  @Test(arguments: [true, false])
  func `a person without a NIP is known by NIK, or by name and institution`(hasNIK: Bool) async throws {
    try await TemporaryStore.open { bench in
      let facts = Sample.facts {
        $0.subject.nip = nil
        $0.subject.nik = hasNIK ? NIK(stored: "1671012609860001") : nil
      }
      _ = try await bench.report(1, facts)
      var again = facts
      again.subject.name = again.subject.name.uppercased()
      let sameSubject = again
      #expect(await refusal { try await bench.report(2, sameSubject) } == .reportExists)
      again.institution = Sample.central
      let elsewhere = again
      #expect(await refusal { try await bench.report(3, elsewhere) } == (hasNIK ? .reportExists : nil))
    }
  }

  @Test func `what is absent is nil, and its history is not found`() async throws {
    try await TemporaryStore.open { bench in
      let id = Sample.caseID(9)
      let stub = try bench.read { try $0.stub(id) }
      #expect(stub == nil)
      #expect(try bench.record(id) == nil)
      #expect(try bench.record(id, version: 1) == nil)
      #expect(try bench.record(id, recordedBy: bench.clock.now) == nil)
      #expect(try bench.record(id, effectiveOn: date("2025-01-01")) == nil)
      #expect(await refusal { try bench.read { try $0.history(id) } } == .notFound)
      #expect(await refusal { try bench.read { try $0.links(id) } } == .notFound)
    }
  }

  @Test func `a stub tells what decides visibility`() async throws {
    try await TemporaryStore.open { bench in
      let plain = try await bench.report(1, Sample.facts(1) { $0.institution = Sample.central })
      let far = try await bench.report(2, at: .recommended, Sample.facts(2) { $0.source.agency = .panrb })
      let stub = try #require(try bench.read { try $0.stub(plain.id) })
      #expect((stub.basis.owner, stub.basis.institutionKind) == (.bawaslu, .central))
      #expect(!stub.basis.verified && !stub.basis.recommended)
      let other = try #require(try bench.read { try $0.stub(far.id) })
      #expect((other.basis.owner, other.basis.institutionKind) == (.panrb, .regional))
      #expect(other.basis.verified && other.basis.recommended && other.version == 4)
    }
  }

  @Test func `a question that takes too long is refused, and the next one is answered`() async throws {
    var settings = StoreSettings()
    settings.readTimeout = .zero
    try await TemporaryStore.open(settings) { bench in
      let record = try await bench.report(1, Sample.facts())
      let query = bench.query()
      let code = await refusal {
        // The deadline is looked at every 10,000 steps of SQLite's machine, which one short question does not take.
        try bench.read { read in for _ in 0..<10_000 { _ = try read.count(query) } }
      }
      #expect(code == .busy)
      #expect(try bench.record(record.id) == record)
    }
  }

  @Test func `links hold both ways and only once`() async throws {
    try await TemporaryStore.open { bench in
      let one = try await bench.report(1, Sample.facts(1))
      let two = try await bench.report(2, Sample.facts(2))
      let link = Link(relation: .sameAct, other: two.id, linkedBy: .bkn, linkedAt: bench.clock.now)
      #expect(try await bench.store.write(by: .operator, dryRun: false) { try $0.link(one, two, link) })
      #expect(try await bench.store.write(by: .operator, dryRun: false) { try $0.link(one, two, link) } == false)
      #expect(try bench.read { try $0.links(one.id) }.map(\.other) == [two.id])
      #expect(try bench.read { try $0.links(two.id) }.map(\.other) == [one.id])
      #expect(try bench.read { try $0.links(two.id) }.first?.linkedBy == .bkn)
    }
  }

  @Test func `related cases share the report, the person or the act`() async throws {
    try await TemporaryStore.open { bench in
      let base = try await bench.report(1, Sample.facts(1))
      func other(_ number: Int, _ change: (inout Facts) -> Void) async throws {
        let facts = Sample.facts(number) {
          $0.act.occurredOn = date("2024-09-01")
          change(&$0)
        }
        _ = try await bench.report(number, facts)
      }
      try await other(2) { $0.source.agencyRef = base.facts.source.agencyRef }
      try await other(3) { $0.subject.nip = base.facts.subject.nip }
      try await other(4) { $0.act.occurredOn = base.facts.act.occurredOn }
      try await other(5) { _ in }
      let found = try bench.read { try $0.related(to: base, for: .bkn) }
      let shared = Dictionary(uniqueKeysWithValues: found.map { ($0.stub.id, $0.shared) })
      #expect(
        shared == [Sample.caseID(2): [.agencyRef], Sample.caseID(3): [.person], Sample.caseID(4): [.act]])
    }
  }

  @Test func `a thousand hidden cases of one act leave room for the visible one`() async throws {
    try await TemporaryStore.open { bench in
      let base = try await bench.report(1, Sample.facts(1))
      let context = bench.context(.bawaslu)
      for first in stride(from: 2, to: 1_102, by: 100) {
        try await bench.store.write(by: .operator, dryRun: false) { write in
          for number in first..<(first + 100) {
            let facts = Sample.facts(number) { $0.institution = Sample.central }
            let progress = try Lifecycle.open(facts, onBehalfOf: nil, context)
            let event = EventDraft(what: .created, actor: context.actor)
            _ = try write.create(Sample.caseID(number), facts, progress, event)
          }
        }
      }
      let visible = try await bench.report(1_200, Sample.facts(1_200))
      #expect(try bench.read { try $0.related(to: base, for: .kemendagri) }.map(\.stub.id) == [visible.id])
      #expect(try bench.read { try $0.related(to: base, for: .bkn) }.count == 1_000)
    }
  }

  @Test func `correction requests are numbered and keep how they ended`() async throws {
    try await TemporaryStore.open { bench in
      let record = try await bench.report(1, Sample.facts())
      let now = bench.clock.now
      for expected in 1...2 {
        let number = try await bench.store.write(by: .operator, dryRun: false) {
          let number = try $0.requestCorrection(record, by: .panrb, patch: "{}", reason: "Salah", at: now)
          let event = EventDraft(
            what: .correctionRequest, actor: TemporaryStore.actor, details: [("request", String(number))])
          try $0.append(event, to: record)
          return number
        }
        #expect(number == expected)
      }
      var requests = try bench.read { try $0.correctionRequests(record.id) }
      #expect(requests.map(\.state) == [.open, .open])
      #expect(requests.allSatisfy { $0.patch == "{}" && $0.reason == "Salah" })
      requests[1].state = .refused
      requests[1].decidedBy = .bawaslu
      requests[1].decidedAt = now
      requests[1].decisionReason = "Benar"
      let decided = requests[1]
      try await bench.store.write(by: .operator, dryRun: false) {
        try $0.decideCorrection(record, decided)
        let event = EventDraft(
          what: .correctionRefusal, actor: TemporaryStore.actor, details: [("request", "2")],
          texts: [("reason", "Benar", .narrative)])
        try $0.append(event, to: record)
      }
      requests = try bench.read { try $0.correctionRequests(record.id) }
      #expect(requests.map(\.state) == [.open, .refused])
      #expect(requests[1].decisionReason == "Benar")
      #expect(requests[0].decidedBy == nil)
    }
  }
}
