internal import Domain
internal import JSON
internal import Service
internal import TestSupport
internal import Testing

/// What any store promises about keys, reference data and figures.
@Suite struct AdministrationContractTests {
  private static let key = AccessKey(
    id: "000000000001", owner: .agency(.bkn), label: "Uji", scopes: [.casesRead],
    createdAt: Sample.instant("2025-01-01T00:00:00Z"), expiresAt: nil, revokedAt: nil, networks: [],
    secretDigest: Array(repeating: 9, count: 32))

  @Test(arguments: StoreFactory.all)
  func `a key is known once it is stored, and its end never moves back`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let (key, now) = (Self.key, bench.clock.now)
      #expect(bench.store.key(key.id, on: Sample.date("2025-01-31")) == nil)
      try await bench.write { write in
        try write.insert(key, by: "test")
        #expect(try write.key(key.id) == key)
      }
      #expect(bench.store.keys[key.id] == key)
      #expect(bench.store.key(key.id, on: Sample.date("2025-01-31"))?.key == key)
      try await bench.write { try $0.revoke(key.id, at: now, by: "test") }
      try await bench.write { try $0.revoke(key.id, at: now.adding(seconds: 60), by: "test") }
      #expect(bench.store.keys[key.id]?.revokedAt == now)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `the use of a key is told to the hour after the next commit`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      try await bench.write { try $0.insert(Self.key, by: "test") }
      #expect(try bench.store.keyUses(on: 0)[Self.key.id] == nil)
      bench.store.noteUse(of: Self.key.id, at: Sample.instant("2025-01-31T02:40:00Z"), on: 1)
      _ = try await bench.report(1)
      #expect(try bench.store.keyUses(on: 0)[Self.key.id] == Sample.instant("2025-01-31T02:00:00Z"))
    }
  }

  @Test(arguments: StoreFactory.all)
  func `rows of reference data are seen by the write that puts them, and by all once it is committed`(
    _ factory: StoreFactory
  ) async throws {
    try await factory.run { bench in
      let text =
        #"{"date":"2026-02-03","name_id":"Uji","name_en":"Test","kind":"holiday","source":"Uji","confidence":"full"}"#
      let row = try JSONValue.parse(Array(text.utf8))
      let entry = try #require(ReferenceEntry(kind: .holidays, row: row))
      let before = bench.store.revision
      #expect(!bench.store.reference.entries.contains { $0.kind == .holidays && $0.json == entry.json })
      try await bench.write { write in
        try write.put([entry], by: "test")
        #expect(try write.currentReference().entries.contains { $0.kind == .holidays && $0.json == entry.json })
      }
      #expect(bench.store.reference.entries.contains { $0.kind == .holidays && $0.json == entry.json })
      #expect(bench.store.revision != before)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `the figure that was stored first under a name stays`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let figure = Figure(
        id: "fig_1", scope: nil, kind: .funnel, definition: "funnel/1", question: "as_of=2025-01-01", seq: 0,
        referenceRevision: 4, issuedAt: bench.clock.now, answer: Array("{}".utf8))
      var other = figure
      other.answer = Array(#"{"a":1}"#.utf8)
      let first = try await bench.write { try $0.issue(figure) }
      let second = try await bench.write { [other] in try $0.issue(other) }
      #expect(first == figure && second == figure)
      try bench.read { reads throws in
        #expect(try reads.figure("fig_1") == figure)
        #expect(try reads.figureTerms("fig_1")?.question == figure.question)
        #expect(try reads.figure("fig_2") == nil)
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `published figures and certificates are numbered, newest first`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let published = PublishedFigure(
        number: 0, agency: .bkn, asOf: Sample.date("2024-12-31"), publishedOn: nil, election: "pilkada-2024",
        region: nil, unit: .case, values: [.reported: 7], source: "Uji", registeredAt: bench.clock.now)
      let certificate = Certificate(
        number: 0, agency: .bkn, seq: 0, cases: 0, missing: 0, outdated: 0, unknown: 0,
        digest: Array(repeating: 1, count: 32), issuedAt: bench.clock.now)
      for _ in 1...2 {
        try await bench.write { write in
          _ = try write.register(published, by: "testtesttest")
          _ = try write.certify(certificate, by: "testtesttest")
        }
      }
      try bench.read { reads throws in
        let figures = try reads.publishedFigures("pilkada-2024", before: .max, limit: 10)
        let certificates = try reads.certificates(of: .bkn, before: .max, limit: 10)
        #expect(figures.count == 2 && figures[0].number > figures[1].number && figures[0].values == published.values)
        #expect(try reads.publishedFigure(figures[1].number) == figures[1])
        #expect(certificates.count == 2 && certificates[0].number > certificates[1].number)
        #expect(try reads.certificates(of: .panrb, before: .max, limit: 10).isEmpty)
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a release of a date is stored once`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let release = StoredRelease(
        election: "pilkada-2024", asOf: Sample.date("2024-10-31"), definition: 2, seq: 0,
        releasedAt: Timestamp(milliseconds: 0), document: Array(#"{"a":1}"#.utf8))
      let first = try await bench.write { try $0.release(release, by: nil) }
      let second = try await bench.write { try $0.release(release, by: nil) }
      #expect(first != nil && second == nil)
      let stored = try bench.read { try $0.publicReleases(of: "pilkada-2024") }
      #expect(stored.map(\.document) == [release.document])
      #expect(try bench.read { try $0.publicReleases(of: "pilkada-2020") }.isEmpty)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `statistics are counted from what was committed`(_ factory: StoreFactory) async throws {
    try await factory.run { bench in
      let record = try await bench.report(1)
      let seq = try await bench.store.readStates(for: .operator) { states, reads throws in
        #expect(try reads.head() == states.seq)
        return states.seq
      }
      #expect(seq == record.seq && bench.store.revision.seq == record.seq)
    }
  }
}
