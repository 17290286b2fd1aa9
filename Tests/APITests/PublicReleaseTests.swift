internal import Domain
internal import HTTPServer
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import API

@Suite("Public releases")
struct PublicReleaseTests {
  private static let funnel = "/v1/public/statistics/funnel?election=pilkada-2024"

  /// Reports cases of one place, received on a day.
  private func report(_ visitor: Visitor, _ count: Int, _ region: String, received: String, _ name: String) throws {
    for number in 0..<count {
      let changes = """
        {"region":"\(region)","institution":"\(region)",
         "act":{"occurred_on":"2024-10-01"},"source":{"received_on":"\(received)"}}
        """
      _ = try visitor.makeCase(changes, ref: "\(name)-\(number)")
    }
  }

  private func get(_ visitor: Visitor, _ target: String, _ fields: [(String, String)] = []) throws -> HTTPAnswer {
    try visitor.ask("GET", target, fields)
  }

  @Test("tell what anybody may know, hide small groups with what would tell them, and never change")
  func release() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-11-15T03:00:00Z")
      try report(visitor, 6, "16.71", received: "2024-10-06", "a")
      try report(visitor, 3, "73.71", received: "2024-10-06", "b")
      try report(visitor, 2, "33.74", received: "2024-10-06", "c")
      visitor.service.clock.set("2024-12-01T03:00:00Z")
      let answer = try get(visitor, Self.funnel + "&group_by=province")
      #expect(answer.status == 200 && answer.json["as_of"].string == "2024-10-31", "\(answer.text)")
      #expect(answer.json["total"]["reported"].int == 11 && answer.json["withheld"].bool == false)
      #expect(answer.json["groups"].items.map { $0["key"].string } == ["16"])
      #expect(answer.json["groups"][0]["reported"].int == 6)
      #expect(answer.json["suppressed"].strings == ["33", "73"])
      #expect(answer["cache-control"] == "public, max-age=3600")
      let tag = try #require(answer["etag"])
      #expect(try get(visitor, Self.funnel + "&group_by=province", [("If-None-Match", tag)]).status == 304)
      // What is recorded later belongs to a later release, even when it happened before.
      try report(visitor, 7, "73.71", received: "2024-10-07", "d")
      #expect(try get(visitor, Self.funnel + "&group_by=province").body == answer.body)
      try await visitor.service.reopen()
      let reopened = Visitor(visitor.service)
      #expect(try get(reopened, Self.funnel + "&group_by=province").body == answer.body)
      let lines = try get(reopened, Self.funnel + "&group_by=province", [("Accept", "text/csv")])
      let rows = try CSVReader.rows(lines.body).map(\.fields)
      #expect(rows.filter { $0[4] == "73" }.map { $0[8] } == [""])
      #expect(!answer.json.has("seq") && rows.first?.contains("seq") == false)
    }
  }

  @Test("are withheld when they would tell of a few cases beside one that was made")
  func subtraction() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-11-15T03:00:00Z")
      try report(visitor, 12, "16.71", received: "2024-10-06", "a")
      visitor.service.clock.set("2024-12-01T03:00:00Z")
      #expect(try get(visitor, Self.funnel).json["total"]["reported"].int == 12)
      try report(visitor, 2, "16.71", received: "2024-11-10", "b")
      visitor.service.clock.set("2024-12-31T03:00:00Z")
      let november = try get(visitor, Self.funnel).json
      #expect(november["as_of"].string == "2024-11-30" && november["withheld"].bool == true)
      #expect(!november.has("total"))
      try report(visitor, 4, "73.71", received: "2024-12-10", "c")
      visitor.service.clock.set("2025-01-31T03:00:00Z")
      let december = try get(visitor, Self.funnel + "&group_by=province").json
      #expect(december["total"]["reported"].int == 18)
      // 16 has grown by two and 73 has four: each would tell the other.
      #expect(december["groups"].items.isEmpty && december["total_only"].bool == true)
    }
  }

  @Test("are made in the order of their dates, whichever is asked for first, and by whom")
  func order() async throws {
    var bodies: [[[UInt8]]] = []
    for isNewestFirst in [true, false] {
      try await withService { visitor in
        visitor.service.clock.set("2025-01-31T03:00:00Z")
        for (index, day) in ["2024-10-06", "2024-11-06", "2024-12-06"].enumerated() {
          try report(visitor, 6 + index, "16.71", received: day, "a\(index)")
          try report(visitor, 3 + index, "73.71", received: day, "b\(index)")
          try report(visitor, 2, "33.74", received: day, "c\(index)")
        }
        let dates = ["2024-10-31", "2024-11-30", "2024-12-31"]
        if isNewestFirst { try await askTogether(visitor.service, Self.funnel) }
        bodies.append(try dates.map { try get(visitor, Self.funnel + "&group_by=province&as_of=\($0)").body })
        let stored = try visitor.service.store.read(on: 0) { try $0.publicReleaseDates(of: "pilkada-2024") }
        #expect(stored.count == 24 && stored.first?.description == "2023-01-31")
      }
    }
    #expect(bodies.first == bodies.last)
  }

  @Test("are judged again when others were stored than they were judged beside")
  func storedMeanwhile() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-11-30T03:00:00Z")
      _ = try get(visitor, Self.funnel)
      let stored = StoredRelease(
        election: "pilkada-2024", asOf: Sample.date("2024-10-31"), seq: 1, releasedAt: Timestamp(milliseconds: 0),
        document: Array("{}".utf8))
      _ = try await visitor.service.store.write(by: .operator, dryRun: false) { try $0.release(stored) }
      visitor.service.clock.set("2024-12-31T03:00:00Z")
      #expect(try get(visitor, Self.funnel).json["total"]["reported"].int == 0)
      #expect(try get(visitor, Self.funnel + "&as_of=2024-10-31").json["withheld"].bool == true)
    }
  }

  /// Asks for the same several times at once; all get the same.
  private func askTogether(_ service: Service, _ target: String) async throws {
    let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<4 {
        group.addTask(executorPreference: OwnThread()) { try Visitor(service).ask("GET", target, []).body }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(bodies.count == 1)
  }

  @Test("name a group of cases without a code by no name, and end with the second year after the voting")
  func withoutCode() async throws {
    try await withService { visitor in
      visitor.service.clock.set("2024-11-15T03:00:00Z")
      for number in 0..<6 { _ = try visitor.makeCase(#"{"violation":null}"#, ref: "a-\(number)") }
      visitor.service.clock.set("2024-12-01T03:00:00Z")
      let answer = try get(visitor, Self.funnel + "&group_by=category")
      #expect(answer.json["groups"].items.count == 1, "\(answer.text)")
      #expect(answer.json["groups"][0]["key"] == .null && answer.json["groups"][0]["reported"].int == 6)
      let lines = try get(visitor, Self.funnel + "&group_by=category", [("Accept", "text/csv")])
      #expect(try CSVReader.rows(lines.body).map(\.fields).contains { $0[4].isEmpty && $0[8] == "6" })
      let old = try get(visitor, "/v1/public/statistics/stages?election=pilkada-2018").json
      #expect(old["as_of"].string == "2020-12-31" && old["total"]["count"].int == 0)
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
        visitor.service.clock.set("2024-11-15T03:00:00Z")
        _ = try visitor.makeCase()
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
