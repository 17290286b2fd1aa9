internal import Domain
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

/// Every version of some cases that are moved and corrected in turn, kept beside the store.
private struct Kept {
  var versions: [Case] = []
  var head: Int64 = 0

  /// The versions that were current at a sequence, in ascending order of identity.
  func current(at seq: Int64) -> [Case] {
    Dictionary(grouping: versions.filter { $0.seq <= seq }, by: \.id).values.compactMap(\.last).sorted { $0.id < $1.id }
  }

  func now(_ id: CaseID) -> VisibilityBasis? { versions.last { $0.id == id }.map { VisibilityBasis($0) } }

  func before(_ record: Case) -> VisibilityBasis? {
    versions.last { $0.id == record.id && $0.version == record.version - 1 }.map { VisibilityBasis($0) }
  }
}

private let agencies: [AgencyCode] = [.bawaslu, .kasn, .kemendagri, .panrb]

@Suite struct PastTests {
  /// Seven cases; identities in another order than that of their creation, remarks in between.
  private func fill(_ bench: TemporaryStore) async throws -> Kept {
    var kept = Kept()
    let random = TestRandom(seed: 7)
    for number in [5, 2, 7, 1, 6, 3, 4] {
      let isCentral = number % 2 == 0
      kept.versions.append(
        try await bench.report(
          number,
          Sample.facts(number) {
            if isCentral { $0.institution = Sample.central }
            if number == 6 { $0.source.agency = .kemendagri }
          }))
      for _ in 0..<4 {
        let id = Sample.caseID(Int(random.next() % 7) + 1)
        let record = try #require(kept.versions.last { $0.id == id } ?? kept.versions.last)
        kept.versions.append(try await change(record, Int(random.next() % 3), bench))
      }
      let record = try #require(kept.versions.last)
      try await bench.store.write(by: .operator, dryRun: false) { write in
        try write.append(EventDraft(what: .act(.notes), actor: TemporaryStore.actor), to: record)
      }
    }
    kept.head = try bench.read { try $0.head() }
    return kept
  }

  private func change(_ record: Case, _ choice: Int, _ bench: TemporaryStore) async throws -> Case {
    let road = Road(received: record.facts.source.receivedOn, owner: record.facts.source.agency)
    let next: [Stage: Int] = [.received: 0, .verified: 1, .studied: 2]
    if choice > 0, let step = next[record.progress.stage] {
      return try await bench.take(road.steps(to: .recommended)[step], record.id)
    }
    return try await bench.correct(record.id) {
      $0.institution = $0.institution.kind == .regional ? Sample.central : Sample.regional
    }
  }

  @Test func `the past at every sequence is what was stored then, however it is paged`() async throws {
    try await TemporaryStore.open { bench in
      let kept = try await fill(bench)
      for seq in 0...kept.head {
        let wanted = kept.current(at: seq)
        for limit in [1, 3, 100] {
          let cases = try pages { id in try bench.read { try $0.pastCases(at: seq, after: id, limit: limit) } }
          #expect(cases.map(\.record) == wanted, "\(seq), \(limit)")
          #expect(cases.map(\.now) == wanted.map { kept.now($0.id) }, "\(seq), \(limit)")
          let stubs = try pages { id in try bench.read { try $0.pastStubs(at: seq, after: id, limit: limit) } }
          #expect(stubs.map(\.id) == wanted.map(\.id) && stubs.map(\.version) == wanted.map(\.version))
          #expect(stubs.map(\.then) == wanted.map { VisibilityBasis($0) })
          #expect(stubs.map(\.now) == wanted.map { kept.now($0.id) })
        }
        for agency in agencies {
          let count = wanted.count { record in
            guard let now = kept.now(record.id) else { return false }
            return PastCase(record: record, now: now).projection(for: agency) != nil
          }
          #expect(try bench.read { try $0.pastCount(at: seq, for: agency) } == count, "\(seq), \(agency)")
        }
      }
    }
  }

  @Test func `the changes after every sequence are the versions that followed it`() async throws {
    try await TemporaryStore.open { bench in
      let kept = try await fill(bench)
      for seq in 0...kept.head {
        for limit in [1, 2, 1_000] {
          let page = try bench.read { try $0.changes(after: seq, limit: limit) }
          let wanted = kept.versions.filter { $0.seq > seq }.prefix(limit)
          #expect(page.changes.map(\.seq) == wanted.map(\.seq) && page.head == kept.head)
          #expect(page.changes.map(\.version) == wanted.map(\.version))
          #expect(page.changes.map(\.current.id) == wanted.map(\.id))
          #expect(page.changes.map(\.after) == wanted.map { VisibilityBasis($0) })
          #expect(page.changes.map(\.before) == wanted.map { kept.before($0) })
          #expect(page.changes.map(\.current.basis) == wanted.map { kept.now($0.id) })
          #expect(page.reached == (wanted.count < limit ? kept.head : wanted.last?.seq))
        }
      }
    }
  }

  /// Every item, page by page.
  private func pages<Item>(_ page: (CaseID) throws -> PastPage<Item>) throws -> [Item] {
    var items: [Item] = []
    var id: CaseID? = .lowest
    while let start = id {
      let next = try page(start)
      items += next.items
      id = next.next
    }
    return items
  }
}
