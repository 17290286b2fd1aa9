internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("A block that was made validly")
struct ValidBlockTests {
  private func rule(_ length: Int, _ unit: String) -> String {
    """
    [{"kind":"ppk_follow_up","from":"2024-02-06","length":\(length),"unit":"\(unit)","starts_at":"recommended",\
    "stops_at":["decided"],"time_zone":"Asia/Jakarta","legal_basis":"SK"}]
    """
  }

  @Test("stays, whatever moves the clock of the PPK and whatever day a decision is given that arrives later")
  func stays() async throws {
    try await withService { visitor in
      func put(_ length: Int, _ unit: String) throws {
        let answer = try visitor.ask(
          as: Service.operatorName, "PUT", "/v1/admin/reference/clock-rules", rule(length, unit))
        guard answer.status == 200 else { throw Unexpected(answer) }
      }
      func clock(_ path: String) throws -> JSONValue {
        try visitor.get(path, as: .bkn).json["clocks"].items.first { $0["kind"].string == "ppk_follow_up" } ?? .null
      }
      try put(10, "days")
      visitor.clock.set("2024-10-12T03:00:00Z")
      let path = try visitor.makeCase(#"{"source":{"received_on":"2024-09-25"},"act":{"occurred_on":"2024-09-20"}}"#)
      for (kind, who) in [
        (ActionKind.verifications, AgencyCode.bkn), (.studies, .bawaslu), (.recommendations, .bkn),
      ] {
        try visitor.must(kind.rawValue, on: path, as: who, ActionBodies.valid(kind, on: "2024-10-01"))
      }
      try visitor.must("blocks", on: path, as: .bkn, ActionBodies.valid(.blocks, on: "2024-10-12"))
      // The rule that BKN published gives the PPK until the 21st: the block was made before that day, and validly.
      try put(14, "working_days")
      #expect(try clock(path)["due_on"].string == "2024-10-21")
      #expect(try visitor.get(path, as: .bkn).json["stage"].string == "blocked")

      visitor.clock.set("2024-10-30T03:00:00Z")
      // A decision is not dated before what is on record, and being refused it touches nothing.
      let before = try visitor.get(path, as: .bkn).body
      let early = try visitor.act("decisions", on: path, as: .bkn, ActionBodies.valid(.decisions, on: "2024-10-11"))
      #expect(early.status == 422 && early.json["errors"][0]["pointer"].string == "/occurred_on", "\(early.text)")
      #expect(try visitor.get(path, as: .bkn).body == before)
      try visitor.must("decisions", on: path, as: .bkn, ActionBodies.valid(.decisions, on: "2024-10-15"))
      let decided = try visitor.get(path, as: .bkn).json
      #expect(decided["stage"].string == "sanctioned")
      #expect(decided["block"]["blocked_on"].string == "2024-10-12" && decided["block"]["released_on"] == .null)
      let stopped = try clock(path)
      #expect(stopped["state"].string == "met" && stopped["recorded_late"].bool == true)
      #expect(stopped["recorded_on"].string == "2024-10-30")
      for basis in ["effective", "recorded"] {
        let counts = try visitor.get("/v1/statistics/funnel?basis=\(basis)", as: .bkn).json["total"]
        #expect(counts["blocked"].int == 1 && counts["followed_up"].int == 1 && counts["in_process"].int == 0)
      }
      let released = try visitor.act(
        "block-releases", on: path, as: .bkn, ActionBodies.valid(.blockReleases, on: "2024-10-30"))
      #expect(released.status == 201 && released.json["stage"].string == "sanctioned", "\(released.text)")
      #expect(released.json["block"]["released_on"].string == "2024-10-30")
      #expect(try visitor.get("/v1/statistics/funnel", as: .bkn).json["total"]["blocked"].int == 0)
    }
  }
}
