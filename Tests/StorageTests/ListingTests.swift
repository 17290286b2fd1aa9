internal import Domain
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

private let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb]

@Suite struct ListingTests {
  /// Cases of every kind: each owner, regional and central, at each stage that opens or closes a group.
  private func fill(_ bench: TemporaryStore) async throws -> [Case] {
    var records: [Case] = []
    for owner in agencies {
      for institution in [Sample.regional, Sample.central] {
        for (stage, blocked) in [(Stage.received, false), (.rejected, false), (.verified, false), (.cancelled, true)] {
          let number = records.count + 1
          let facts = Sample.facts(number) { facts in
            facts.source.agency = owner
            facts.source.receivedOn = date("2024-07-06")
            facts.act.occurredOn = date("2024-07-01")
            facts.act.narrative = "kata kunci\(number) bersama"
            facts.subject.name = "Contoh, Orang\(number)"
            facts.subject.nik = NIK("167101260986\(1_000 + number)")
            facts.institution = institution
          }
          records.append(try await bench.report(number, at: stage, blocked: blocked, facts))
        }
      }
    }
    return records
  }

  @Test func `a list holds exactly the cases the policy shows, for every agency`() async throws {
    try await TemporaryStore.open { bench in
      let records = try await fill(bench)
      for caller in agencies + [AgencyCode(rawValue: "ANRI")] {
        let visible = records.filter { Visibility.projection(of: $0, for: caller) != nil }
        let found = try bench.all(bench.query(caller) { $0.limit = 7 })
        #expect(found.map(\.id) == visible.reversed().map(\.id), "\(caller)")
        #expect(try bench.read { try $0.count(bench.query(caller)) } == visible.count)
        for stub in found {
          let record = try #require(records.first { $0.id == stub.id })
          #expect(
            Visibility.projection(of: stub, for: caller) == Visibility.projection(of: record, for: caller))
        }
      }
    }
  }

  @Test func `a filter on a number or on words matches exactly where the group is open`() async throws {
    try await TemporaryStore.open { bench in
      let records = try await fill(bench)
      try await bench.store.bringWordsUpToDate(for: .operator)
      for caller in agencies + [AgencyCode(rawValue: "ANRI")] {
        for (index, record) in records.enumerated() {
          let projection = Visibility.projection(of: record, for: caller)
          let byNIP = bench.query(caller) { $0.nip = record.facts.subject.nip?.text }
          #expect(try bench.all(byNIP).map(\.id) == (projection?.shows(.subject) == true ? [record.id] : []))
          #expect(try bench.read { try $0.count(byNIP) } == (projection?.shows(.subject) == true ? 1 : 0))
          let byNIK = bench.query(caller) { $0.nik = record.facts.subject.nik?.text }
          #expect(try bench.all(byNIK).map(\.id) == (projection?.shows(.subject) == true ? [record.id] : []))
          let byName = bench.query(caller) { $0.nameWords = ["orang\(index + 1)", "CONTOH"] }
          #expect(try bench.all(byName).map(\.id) == (projection?.shows(.subject) == true ? [record.id] : []))
          let byWord = bench.query(caller) { $0.words = ["kunci\(index + 1)"] }
          #expect(try bench.all(byWord).map(\.id) == (projection?.shows(.narrative) == true ? [record.id] : []))
        }
        let common = try bench.all(bench.query(caller) { $0.words = ["bersama"] }).map(\.id)
        let open = records.filter { Visibility.projection(of: $0, for: caller)?.shows(.narrative) == true }
        #expect(common == open.reversed().map(\.id))
      }
    }
  }

  @Test func `words are found by their corrected text, all of them, whatever they contain`() async throws {
    try await TemporaryStore.open { bench in
      let one = try await bench.report(1, Sample.facts(1) { $0.act.narrative = "Foto bersama calon di kantor" })
      _ = try await bench.report(2, Sample.facts(2) { $0.act.narrative = "Foto di rumah" })
      func found(_ words: String...) throws -> [CaseID] { try bench.all(bench.query { $0.words = words }).map(\.id) }
      try await bench.store.bringWordsUpToDate(for: .operator)
      #expect(try found("foto").count == 2)
      #expect(try found("FOTO", "kantor") == [one.id])
      #expect(try found("foto", "jembatan").isEmpty)
      for hostile in [
        "\"", "*", "foto*", "NEAR(", "AND", "narrative:foto", "^foto", "-foto", "'; --", "(", "kan\" OR \"foto", "!!!",
        "", "foto\u{0}", "\u{0}",
      ] {
        let matches = try found(hostile, "kantor")
        #expect(matches == [one.id] || matches.isEmpty, "\(hostile)")
      }
      #expect(try found("OR").isEmpty)
      _ = try await bench.correct(one.id) { $0.act.narrative = "Hadir pada deklarasi" }
      try await bench.store.bringWordsUpToDate(for: .operator)
      #expect(try found("kantor").isEmpty)
      #expect(try found("deklarasi") == [one.id])
    }
  }

  @Test func `each filter finds what it says`() async throws {
    try await TemporaryStore.open { bench in
      var records: [Case] = []
      for (number, stage) in (Stage.allCases + Stage.allCases).enumerated() {
        let received = number % 2 == 0 ? date("2024-10-06") : date("2025-01-28")
        let facts = Sample.facts(number) { facts in
          facts.source.receivedOn = received
          facts.source.agency = number % 3 == 0 ? .panrb : .bawaslu
          facts.act.occurredOn = number % 4 == 0 ? date("2024-10-01") : received.adding(days: -10)
          facts.election = number % 5 == 0 ? "pilkada-2020" : "pilkada-2024"
          facts.region = RegionCode(stored: ["16", "16.71", "17", "16.01", "15.71"][number % 5])
          facts.institution = number % 4 == 1 ? Sample.central : Sample.regional
          facts.subject.positionLevel = number % 3 == 1 ? .administrator : .pelaksana
          if number % 2 == 1 {
            facts.violation = ViolationRef(
              code: "LN-13", catalogue: "skb-2022", category: "task_force", aspect: "other")
          }
        }
        records.append(try await bench.report(number, at: stage, facts))
      }
      for filter in Filter.all {
        let expected = records.filter(filter.matches).reversed().map(\.id)
        #expect(!expected.isEmpty && expected.count < records.count, "\(filter.name)")
        let query = bench.query { query in
          query.limit = 3
          filter.set(&query)
        }
        #expect(try bench.all(query).map(\.id) == expected, "\(filter.name)")
        #expect(try bench.read { try $0.count(query) } == expected.count, "\(filter.name)")
      }
    }
  }

  @Test(arguments: CaseQuery.Order.allCases, [true, false])
  func `pages miss nothing and double nothing while cases come in`(order: CaseQuery.Order, descending: Bool)
    async throws
  {
    try await TemporaryStore.open { bench in
      func insert(_ number: Int) async throws {
        let facts = Sample.facts(number) {
          $0.source.receivedOn = date("2024-10-06").adding(days: number * 7 % 11)
        }
        _ = try await bench.report(number, facts)
      }
      for number in 1...23 { try await insert(number) }
      _ = try await bench.correct(Sample.caseID(5)) { $0.subject.name = "Nama Benar" }
      let before = Set((1...23).map { Sample.caseID($0) })
      var query = bench.query {
        $0.order = order
        $0.descending = descending
        $0.limit = 4
      }
      var found: [CaseStub] = []
      var number = 23
      while true {
        let page = try bench.read { try $0.cases(query) }
        #expect(page.items.count == 4 || page.next == nil)
        found += page.items
        guard let next = page.next else { break }
        query.after = next
        if number < 60 {
          for _ in 0..<3 {
            number += 1
            try await insert(number)
          }
        }
      }
      #expect(Set(found.map(\.id)).count == found.count)
      #expect(before.isSubset(of: Set(found.map(\.id))))
      let records = try found.map { try #require(try bench.record($0.id)) }
      let places = zip(found, records).map { stub, record -> (Int64, Int64) in
        switch order {
        case .created: return (stub.key, 0)
        case .updated: return (record.seq, 0)
        case .received: return (Int64(record.facts.source.receivedOn.day), stub.key)
        }
      }
      for (one, two) in zip(places, places.dropFirst()) { #expect(descending ? one > two : one < two) }
    }
  }

  @Test func `a page that ends with the last case has no next one`() async throws {
    try await TemporaryStore.open { bench in
      let empty = try bench.read { try $0.cases(bench.query()) }
      #expect(empty.items.isEmpty && empty.next == nil)
      for number in 1...4 { _ = try await bench.report(number, Sample.facts(number)) }
      #expect(try bench.read { try $0.cases(bench.query { $0.limit = 4 }) }.next == nil)
      #expect(try bench.read { try $0.cases(bench.query { $0.limit = 3 }) }.next != nil)
    }
  }
}
