internal import Domain
internal import HTTPServer
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@Suite("Who waits for a change")
struct WaitingTests {
  @Test("is answered by the change, and only by one that is visible")
  func answered() async throws {
    try await withService { visitor in
      let head = try visitor.get("/v1/changes", as: .kemendagri).json["head"].int ?? -1
      let waiting = try visitor.newClient()
      try waiting.ask(visitor, .kemendagri, "/v1/changes?after=\(head)&wait=60")
      // Of a central institution and of another agency: KEMENDAGRI does not see it.
      _ = try visitor.makeCase(#"{"institution":"kemenag"}"#, ref: "hidden")
      let shown = try visitor.makeCase(ref: "shown")
      let answer = try waiting.answer().json
      #expect(answer["changes"].items.map { $0["case"]["source"]["agency_ref"].string } == ["shown"])
      #expect(answer["changes"][0]["type"].string == "created")
      #expect("/v1/cases/\(answer["changes"][0]["case_id"].string ?? "")" == shown)
    }
  }

  @Test("gets an empty page with the cursor when nothing happens")
  func nothingHappens() async throws {
    try await withService { visitor in
      let answer = try visitor.get("/v1/changes?wait=1", as: .bkn).json
      #expect(answer["changes"].items.isEmpty && answer["next_after"].int == 0 && answer["head"].int == 0)
    }
  }

  @Test("waits beside a thousand, others are served meanwhile, and one commit wakes them all")
  func aThousand() async throws {
    try await withService { visitor in
      let clients = try (0..<1_000).map { _ in try visitor.newClient() }
      for (index, client) in clients.enumerated() {
        try client.ask(visitor, agencies[index % 5], "/v1/changes?wait=60")
        // No more at once than may be in flight: who waits is not, but who comes in is.
        if index % 50 == 49 { #expect(try visitor.get("/v1/cases", as: .bkn).status == 200) }
      }
      let path = try visitor.makeCase()
      for client in clients {
        let answer = try client.answer()
        #expect(answer.status == 200 && answer.json["changes"].items.count == 1)
        #expect(answer.json["changes"][0]["case_id"].string.map { "/v1/cases/\($0)" } == path)
      }
    } server: { limits in
      limits.connectionsPerAddressMax = 1_100
      limits.requestsInFlightMax = 400
    }
  }

  @Test("is let go when the server closes")
  func closing() async throws {
    let service = try await Service()
    let client = try HTTPClient(port: service.server.port)
    let visitor = Visitor(service)
    try client.ask(visitor, .bkn, "/v1/changes?wait=60")
    _ = try visitor.get("/v1/cases", as: .bkn)
    service.store.stopWaiting()
    #expect(try client.answer().status == 200)
    try await service.close()
  }

  @Test("is refused with Retry-After when many of the agency wait, while others still may")
  func tooMany() async throws {
    try await withService { visitor in
      let first = try visitor.newClient()
      try first.ask(visitor, .bkn, "/v1/changes?wait=60")
      let second = try visitor.newClient()
      try second.ask(visitor, .bkn, "/v1/changes?wait=60")
      // One of the two has the only place of its agency; the other is told so.
      let answers = [first, second]
      _ = try visitor.get("/v1/cases", as: .panrb)
      let other = try visitor.newClient()
      try other.ask(visitor, .panrb, "/v1/changes?wait=1")
      let answer = try other.answer()
      #expect(answer.status == 200, "\(answer.text)")
      _ = try visitor.makeCase()
      let statuses = try answers.map { try $0.answer() }
      #expect(Set(statuses.map(\.status)) == [200, 429])
      let refused = try #require(statuses.first { $0.status == 429 })
      #expect(refused["retry-after"] == "1" && refused["ratelimit"] != nil)
      #expect(refused.json["code"].string == "too_many_requests")
    } store: {
      $0.waitersMax = 2
    }
  }
}

extension HTTPClient {
  /// Sends a GET with the key of an agency and does not wait for the answer.
  fileprivate func ask(_ visitor: Visitor, _ who: AgencyCode, _ target: String) throws {
    try send("GET", target, [("Authorization", "Bearer \(visitor.service.tokens[who.rawValue] ?? "")")], nil)
  }
}
