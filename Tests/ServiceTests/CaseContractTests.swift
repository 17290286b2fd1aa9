internal import Domain
internal import Service
internal import TestSupport
internal import Testing

/// What any store promises about cases and what belongs to one.
@Suite struct CaseContractTests {
  @Test(arguments: StoreFactory.all)
  func `every version of a case reads back as it was stored`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let first = try await bench.report(1)
      bench.clock.advance(seconds: 60)
      let second = try await bench.verify(first)
      #expect(second.version == 2 && second.progress.stage == .verified)
      try bench.read { reads throws in
        #expect(try reads.caseRecord(first.id) == second)
        #expect(try reads.caseRecord(first.id, version: 1) == first)
        #expect(try reads.caseRecord(first.id, version: 2) == second)
        #expect(try reads.caseRecord(first.id, version: 3) == nil)
        #expect(try reads.caseRecord(first.id, recordedBy: first.updatedAt) == first)
        #expect(try reads.caseRecord(first.id, recordedBy: second.updatedAt) == second)
        let stub = try #require(try reads.stub(first.id))
        #expect(stub.id == first.id && stub.version == 2)
        #expect(try reads.caseRecord(behind: stub) == second)
        #expect(try reads.history(first.id).map(\.version) == [1, 2])
        #expect(try reads.history(first.id, after: first.seq, limit: 1).map(\.seq) == [second.seq])
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a case that is not wanted is found as little as one that is absent`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let record = try await bench.report(1)
      #expect(try bench.store.stub(record.id, on: 1) { _ in true }?.id == record.id)
      #expect(try bench.store.stub(record.id, on: 1) { _ in false } == nil)
      #expect(try bench.store.stub(Sample.caseID(9), on: 1) { _ in true } == nil)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `agency, report number and person are taken once, and nothing of the second is written`(_ factory: StoreFactory)
    async throws
  {
    try await factory.run { bench in
      let record = try await bench.report(1)
      let refusal = await refusal {
        try await bench.report(2) { facts in
          facts.subject.nip = record.facts.subject.nip
          facts.source.agencyRef = record.facts.source.agencyRef
        }
      }
      #expect(refusal == .reportExists)
      try bench.read { reads throws in
        #expect(try reads.caseRecord(Sample.caseID(2)) == nil)
        #expect(try reads.existingReport(record.facts)?.id == record.id)
        #expect(try reads.existingReport(Sample.facts(3)) == nil)
        #expect(try reads.isFormerReport(record.facts) == false)
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a list holds the visible cases, newest first, page by page`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      for number in 1...5 { _ = try await bench.report(number) }
      var all = CaseQuery(caller: .bkn, today: Sample.date("2025-01-31"))
      all.limit = 2
      try bench.read { [all] reads throws in
        var (query, found) = (all, [CaseID]())
        while true {
          let page = try reads.cases(query)
          #expect(page.items.count <= 2)
          found += page.items.map(\.id)
          guard let next = page.next else { break }
          query.after = next
        }
        #expect(found == (1...5).reversed().map { Sample.caseID($0) })
        #expect(try reads.count(all) == 5)
        #expect(try reads.allCases(all).count == 5)
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a tie stands on both cases, once, as it was made first`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let (one, two) = (try await bench.report(1), try await bench.report(2))
      let link = Link(relation: .sameAct, other: two.id, linkedBy: .bawaslu, linkedAt: bench.clock.now)
      let isNew = try await bench.write { try $0.link(one, two, link) }
      let later = Link(relation: .sameAct, other: two.id, linkedBy: .bkn, linkedAt: bench.clock.now)
      let isNewAgain = try await bench.write { try $0.link(one, two, later) }
      #expect(isNew && !isNewAgain)
      try bench.read { reads throws in
        #expect(try reads.links(one.id).map(\.other) == [two.id])
        #expect(try reads.links(two.id).map(\.other) == [one.id])
        #expect(try reads.link(.sameAct, from: two.id, to: one.id)?.linkedBy == .bawaslu)
        #expect(try reads.link(.samePerson, from: one.id, to: two.id) == nil)
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `requests for corrections are numbered within their case, and keep how they ended`(_ factory: StoreFactory)
    async throws
  {
    try await factory.run { bench in
      let (record, now) = (try await bench.report(1), bench.clock.now)
      for number in 1...3 {
        let given = try await bench.write {
          try $0.requestCorrection(record, by: .panrb, patch: "{}", reason: "Uji.", at: now)
        }
        #expect(given == number)
      }
      var request = try #require(try bench.read { try $0.correctionRequests(record.id, after: 1, limit: 1) }.first)
      (request.state, request.decidedBy, request.decidedAt) = (.refused, .bawaslu, now)
      try await bench.write { [request] in try $0.decideCorrection(record, request) }
      let all = try bench.read { try $0.correctionRequests(record.id) }
      #expect(all.map(\.number) == [1, 2, 3] && all.map(\.state) == [.open, .refused, .open])
    }
  }

  @Test(arguments: StoreFactory.all)
  func `corrections that name another person are kept with the past that they withdraw`(_ factory: StoreFactory)
    async throws
  {
    try await factory.run { bench in
      var record = try await bench.report(1)
      let (first, actor) = (record, bench.context().actor)
      let details: [[(name: String, value: String)]] = [
        [("wrong_person", "subject")], [], [("request", "1"), ("wrong_person", "subject narrative")],
      ]
      let kinds: [EventKind] = [.correction, .correction, .correctionAcceptance]
      var sequences: [Int64] = []
      for (number, (kind, details)) in zip(kinds, details).enumerated() {
        record = try await bench.write { [record] write in
          // A request marks nothing until it is accepted.
          let asked = EventDraft(
            what: .correctionRequest, actor: actor, details: [("request", "\(number)"), ("wrong_person", "subject")])
          try write.append(asked, to: record)
          var corrected = record
          corrected.facts.subject.name = "Orang \(number)"
          return try write.update(record, to: corrected, EventDraft(what: kind, actor: actor, details: details))
        }
        sequences.append(record.seq)
      }
      try bench.read { reads throws in
        let marks = try reads.withdrawals(of: record.id)
        #expect(marks.map(\.seq) == [sequences[0], sequences[2]])
        #expect(marks.map(\.groups) == [.subject, [.subject, .narrative]])
        #expect(marks.allSatisfy { $0.recordedAt == bench.clock.now })
        #expect(try reads.requestMarks(of: record.id)[1] == RequestMark(seq: sequences[1] - 1, isOfWrongPerson: true))
        for (seq, later) in [
          (first.seq, marks), (sequences[0], [marks[1]]), (sequences[1], [marks[1]]), (record.seq, []),
        ] {
          let cases = try reads.pastCases(at: seq, after: .lowest, limit: 1).items
          #expect(cases.map(\.record.seq) == [seq] && cases.map(\.withdrawals) == [later])
          #expect(try reads.pastStubs(at: seq, after: .lowest, limit: 1).items.map(\.withdrawals) == [later])
          let place = CasePlace(id: record.id, version: cases[0].record.version)
          #expect(try reads.pastCases([place]).map(\.?.withdrawals) == [later])
        }
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `the clocks of a case are found with it`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let record = try await bench.report(1)
      let question = ClockQuery(caller: .bkn, today: Sample.date("2024-10-07"))
      try bench.read { reads throws in
        let found = try reads.clocks(question)
        #expect(!found.items.isEmpty && found.items.allSatisfy { $0.caseID == record.id })
        #expect(try reads.allClocks(question).count == found.items.count)
        #expect(try reads.clocksAreMarked() == false)
      }
    }
  }
}
