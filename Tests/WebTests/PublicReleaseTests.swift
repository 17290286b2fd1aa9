internal import Crypto
internal import Domain
internal import Foundation
internal import HTTPServer
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import Service
@testable internal import Web

@Suite("Public releases")
struct PublicReleaseTests {
  private static let funnel = "/v1/public/statistics/funnel?election=pilkada-2024"

  /// Reports cases of one place, received on a day.
  private func report(_ visitor: Visitor, _ count: Int, _ region: String, received: String, _ name: String) throws {
    for number in 0..<count {
      let changes = """
        {"region":"\(region)","institution":"\(region)",
         "act":{"occurred_on":"2024-08-01"},"source":{"received_on":"\(received)"}}
        """
      _ = try visitor.makeCase(changes, ref: "\(name)-\(number)")
    }
  }

  private func get(_ visitor: Visitor, _ target: String, _ fields: [(String, String)] = []) throws -> HTTPAnswer {
    try visitor.ask("GET", target, fields)
  }

  private func double(_ value: JSONValue) -> Double? {
    if case .number(let number) = value { number.double } else { nil }
  }

  private func make(_ visitor: Visitor) async { await visitor.service.api.services.releaseMaker.makeDue() }

  private func stored(_ visitor: Visitor) throws -> [StoredRelease] {
    try visitor.service.store.read(on: 0) { try $0.publicReleases(of: "pilkada-2024") }
  }

  /// The number that the file's own secret and the table give a set of cases, worked out from the beginning.
  private func expected(_ visitor: Visitor, _ region: String) throws -> Int {
    let secret = SymmetricKey(data: visitor.service.store.signingSecret)
    let label = Array("netral record keys of public releases".utf8)
    let key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: label, using: secret))
    let items = try visitor.get("/v1/cases?limit=200&region=\(region)", as: .bkn).json["items"].items
    var sum: UInt32 = 0
    for item in items {
      let uuid = try #require(item["id"].string.flatMap { UUID(uuidString: $0) })
      let bytes = withUnsafeBytes(of: uuid.uuid) { Array($0) }
      let code = Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
      sum &+= code[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    return items.count + Perturbation.noise(of: Cell(count: items.count, key: sum))
  }

  @Test("tell what anybody may know by the cell key method, name it, list every code, and never change")
  func release() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      try report(visitor, 6, "16.71", received: "2024-10-06", "a")
      try report(visitor, 3, "73.71", received: "2024-10-06", "b")
      try report(visitor, 2, "33.74", received: "2024-10-06", "c")
      visitor.service.clock.set("2024-11-30T23:00:00Z")
      await make(visitor)
      let answer = try get(visitor, Self.funnel + "&group_by=province")
      #expect(answer.status == 200 && answer.json["as_of"].string == "2024-10-31", "\(answer.text)")
      #expect(answer.json["definition"].string == "public-funnel/2")
      let groups = answer.json["groups"].items
      #expect(groups.count == 39 && groups.last?["key"] == .null)
      for (region, province) in [("16.71", "16"), ("73.71", "73"), ("33.74", "33")] {
        let group = try #require(groups.first { $0["key"].string == province })
        let number = try expected(visitor, region)
        #expect(group["reported"].int == number)
      }
      #expect(groups.filter { !["16", "33", "73"].contains($0["key"].string) }.allSatisfy { $0["reported"].int == 0 })
      #expect(answer.json["method"]["name"].string == "cell_key" && answer.json["method"]["additive"].bool == false)
      #expect(answer.json["method"]["weights"].items.count == Perturbation.weights.count)
      #expect(!answer.json.has("withheld") && !answer.json.has("suppressed") && !answer.json.has("seq"))
      #expect(answer["cache-control"] == "public, max-age=3600")
      let tag = try #require(answer["etag"])
      #expect(try get(visitor, Self.funnel + "&group_by=province", [("If-None-Match", tag)]).status == 304)
      // What is recorded later belongs to a later release, even when it happened before.
      try report(visitor, 7, "73.71", received: "2024-10-07", "d")
      #expect(try get(visitor, Self.funnel + "&group_by=province").body == answer.body)
      try await visitor.reopen()
      #expect(try get(visitor, Self.funnel + "&group_by=province").body == answer.body)
      let lines = try get(visitor, Self.funnel + "&group_by=province", [("Accept", "text/csv")])
      let rows = try CSVReader.rows(lines.body).map(\.fields)
      #expect(rows.count == 1 + 4 + 39 * 3 && rows.allSatisfy { !$0[8].isEmpty })
    }
  }

  @Test("show the same cases as the same number in every table and month, and their total exactly from 100 up")
  func consistency() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      try report(visitor, 100, "16.71", received: "2024-10-06", "a")
      visitor.service.clock.set("2024-11-15T03:00:00Z")
      try report(visitor, 9, "73.71", received: "2024-11-06", "b")
      visitor.service.clock.set("2025-02-15T03:00:00Z")
      await make(visitor)
      func reported(_ date: String, _ grouping: String, _ key: String) throws -> Int? {
        try get(visitor, Self.funnel + "&as_of=\(date)&group_by=\(grouping)").json["groups"].items
          .first { $0["key"].string == key }?["reported"].int
      }
      // All cases of October: exact in the total, and wherever they stand, then and later.
      for (grouping, key) in [("province", "16"), ("position_level", "pelaksana"), ("institution_kind", "regional")] {
        #expect(try reported("2024-10-31", grouping, key) == 100)
      }
      #expect(try reported("2024-11-30", "province", "16") == 100 && reported("2024-12-31", "province", "16") == 100)
      #expect(try reported("2024-11-30", "position_level", "pelaksana") == 109)
      let palembang = try reported("2024-11-30", "province", "73")
      #expect(try palembang == reported("2024-12-31", "province", "73") && palembang == expected(visitor, "73.71"))
      let stages = try get(visitor, "/v1/public/statistics/stages?election=pilkada-2024&as_of=2024-12-31").json["total"]
      let received = stages["parts"][0]["parts"][0]["parts"][0]
      #expect(stages["count"].int == 109 && received["key"].string == "received" && received["count"].int == 109)
      #expect(double(received["percent"]) == 100)
    }
  }

  @Test("give percentages of what is shown, at most 100, and null over 0")
  func percentages() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      for number in 0..<12 {
        let path = try visitor.makeCase(ref: "a-\(number)")
        try visitor.must("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
        try visitor.must("studies", on: path, as: .bawaslu, #"{"occurred_on":"2024-10-10","outcome":"violation"}"#)
        if number == 0 { continue }
        try visitor.must(
          "recommendations", on: path, as: .bkn,
          #"{"occurred_on":"2024-10-11","outcome":"recommended","letter_number":"R","proposed_sanction":"SED-1"}"#)
      }
      visitor.service.clock.set("2024-12-01T03:00:00Z")
      await make(visitor)
      let answer = try get(visitor, Self.funnel + "&group_by=province").json
      for figures in answer["groups"].items + [answer["total"]] {
        for (metric, base) in [("recommended", "reported"), ("followed_up", "recommended")] {
          let (part, whole) = (try #require(figures[metric].int), try #require(figures[base].int))
          let percent = figures["percentages"][metric]
          #expect(percent["of"].string == base)
          #expect(double(percent["percent"]) == Percentage.tenths(min(part, whole), of: whole))
          #expect(whole > 0 || percent["percent"] == .null)
        }
      }
    }
  }

  @Test("are made when they are due, with the record as it then is, and by no question")
  func moment() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      try report(visitor, 100, "16.71", received: "2024-10-06", "a")
      visitor.service.clock.set("2024-11-30T22:59:59Z")
      await make(visitor)
      let early = try get(visitor, Self.funnel + "&as_of=2024-10-31")
      #expect(early.status == 400 && early.json["errors"][0]["parameter"].string == "as_of")
      visitor.service.clock.advance(seconds: 1)
      for _ in 0..<3 {
        let due = try get(visitor, Self.funnel + "&as_of=2024-10-31")
        #expect(due.status == 503 && due.json["code"].string == "release_pending" && due["retry-after"] == "60")
        #expect(try get(visitor, Self.funnel).status == 503)
      }
      #expect(try stored(visitor).isEmpty)
      // Until it is made, the record goes on.
      try report(visitor, 5, "16.71", received: "2024-10-07", "b")
      await make(visitor)
      let made = try get(visitor, Self.funnel + "&as_of=2024-10-31").json
      #expect(made["total"]["reported"].int == 105 && made["released_at"].string == "2024-11-30T23:00:00.000Z")
      #expect(try stored(visitor).map(\.seq) == [105])
    }
  }

  @Test("are made while the service runs, as soon as they are due")
  func timer() async throws {
    try await withService(
      {
        $0.releaseInterval = .milliseconds(5)
        $0.publicRequestsPerMinute = 1_000_000
      },
      { visitor in
        visitor.service.clock.set("2024-10-15T03:00:00Z")
        try report(visitor, 100, "16.71", received: "2024-10-06", "a")
        visitor.service.clock.set("2024-11-30T22:59:59Z")
        #expect(try get(visitor, Self.funnel).status != 200)
        visitor.service.clock.set("2024-11-30T23:00:00Z")
        var answer = try get(visitor, Self.funnel)
        for _ in 0..<50_000 where answer.status != 200 { answer = try get(visitor, Self.funnel) }
        #expect(answer.json["total"]["reported"].int == 100, "\(answer.text)")
      })
  }

  @Test("of an election that is made known later are no more pending than those of others")
  func newElection() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      await make(visitor)
      let election = """
        [{"key":"uji-2023","name_id":"Uji","kind":"pilkada","voting_on":"2023-06-27","regions_count":1,
          "contests":[{"key":"uji-2023/default","determined_on":"2023-02-12","campaign_from":"2023-02-15",
            "campaign_until":"2023-06-23","confidence":"general_knowledge"}]}]
        """
      let put = try visitor.ask(as: Service.operatorName, "PUT", "/v1/admin/reference/elections", election)
      #expect(put.status == 200, "\(put.text)")
      await make(visitor)
      let answer = try get(visitor, "/v1/public/statistics/funnel?election=uji-2023")
      #expect(answer.status == 400, "\(answer.text)")
    }
  }

  @Test("that are missing at a start are made after it, oldest first; those before the first recorded case are not")
  func start() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      try report(visitor, 100, "16.71", received: "2024-08-06", "a")
      visitor.service.clock.set("2025-01-31T03:00:00Z")
      try await visitor.reopen()
      await make(visitor)
      #expect(try stored(visitor).map(\.asOf.description) == ["2024-10-31", "2024-11-30"])
      #expect(try stored(visitor).allSatisfy { $0.definition == 2 && $0.seq == 100 })
      // September has passed before the first case was recorded: its history may still be missing.
      let september = try get(visitor, Self.funnel + "&as_of=2024-09-30")
      #expect(september.status == 400 && september.json["errors"][0]["parameter"].string == "as_of")
      #expect(try get(visitor, "/v1/public/statistics/funnel?election=pilkada-2020").status == 400)
    }
  }

  @Test("of one election do not wait for those of another that cannot be made, which is tried again")
  func failure() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      _ = try visitor.makeCase(ref: "a")
      _ = try visitor.makeCase(#"{"election":"pilkada-2020"}"#, ref: "b")
      let damaged = StoredRelease(
        election: "pilkada-2020", asOf: Sample.date("2020-10-31"), definition: 2, seq: 1,
        releasedAt: Timestamp(milliseconds: 0), document: Array("[]".utf8))
      _ = try await visitor.service.store.write(by: .operator, dryRun: false) { try $0.release(damaged, by: nil) }
      visitor.service.clock.set("2024-12-01T03:00:00Z")
      try await visitor.reopen()
      await make(visitor)
      #expect(try get(visitor, Self.funnel).status == 200)
      let other = "/v1/public/statistics/funnel?election=pilkada-2020"
      let unreadable = try get(visitor, other)
      #expect(unreadable.status == 500, "\(unreadable.text)")
    }
  }

  @Test("name a group of cases without a code by no name, and end with the second year after the voting")
  func withoutCode() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-10-15T03:00:00Z")
      for number in 0..<100 { _ = try visitor.makeCase(#"{"violation":null}"#, ref: "a-\(number)") }
      visitor.service.clock.set("2024-12-01T03:00:00Z")
      await make(visitor)
      let answer = try get(visitor, Self.funnel + "&group_by=category")
      #expect(answer.json["groups"].items.map { $0["key"].string } == ["ethics", "discipline", "task_force", nil])
      #expect(answer.json["groups"][3]["key"] == .null && answer.json["groups"][3]["reported"].int == 100)
      let lines = try get(visitor, Self.funnel + "&group_by=category", [("Accept", "text/csv")])
      #expect(try CSVReader.rows(lines.body).map(\.fields).contains { $0[4].isEmpty && $0[8] == "100" })
      visitor.service.clock.set("2030-01-01T03:00:00Z")
      await make(visitor)
      #expect(try stored(visitor).last?.asOf.description == "2026-12-31")
    }
  }

  @Test(
    "name the parameter that is wrong and tell nothing to who asks for more",
    arguments: [
      ("funnel", "election"), ("funnel?election=x", "election"),
      ("funnel?election=pilkada-2024&as_of=2024-10-30", "as_of"),
      ("funnel?election=pilkada-2024&as_of=2024-11-30", "as_of"),
      ("funnel?election=pilkada-2024&as_of=2024-10-31", "as_of"),
      ("funnel?election=pilkada-2024&as_of=2022-12-31", "as_of"),
      ("funnel?election=pilkada-2018&as_of=2021-01-31", "as_of"),
      ("funnel?election=pilkada-2024&group_by=institution", "group_by"),
      ("stages?election=pilkada-2024&group_by=province", "group_by"),
      ("funnel?election=pilkada-2024&basis=recorded", "basis"), ("funnel?election=pilkada-2024&unit=person", "unit"),
      ("sanctions?election=pilkada-2024&region=16", "region"),
    ])
  func badInput(_ target: String, _ parameter: String) async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-11-30T03:00:00Z")
      _ = try visitor.makeCase()
      let answer = try get(visitor, "/v1/public/statistics/" + target)
      #expect(answer.status == 400 && answer.json["errors"][0]["parameter"].string == parameter, "\(answer.text)")
    }
  }

  @Test("are shown to one address as often as is set, and again after a while")
  func rate() async throws {
    try await withService(
      { $0.publicRequestsPerMinute = 3 },
      { visitor in
        visitor.service.clock.set("2024-10-15T03:00:00Z")
        _ = try visitor.makeCase()
        visitor.service.clock.set("2024-12-15T03:00:00Z")
        await make(visitor)
        let statuses = try (0..<4).map { _ in try get(visitor, Self.funnel).status }
        #expect(statuses == [200, 200, 200, 429])
        let refused = try get(visitor, Self.funnel)
        #expect(refused["retry-after"] == "20" && refused["ratelimit"] == "\"address\";r=0;t=20")
        #expect(refused["ratelimit-policy"] == "\"address\";q=3;w=60")
        visitor.service.clock.advance(seconds: 20)
        #expect(try get(visitor, Self.funnel).status == 200)
      })
  }
}
