internal import API
internal import Domain
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

@Suite("A long stream")
struct FairShareTests {
  /// Begins a reconciliation that holds its place until its manifest comes or the connection ends.
  private func begin(_ visitor: Visitor, _ who: AgencyCode) throws -> HTTPClient {
    let client = try visitor.newClient()
    try client.send(
      Array(
        """
        POST /v1/reconciliations HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \
        \(visitor.service.tokens[who.rawValue] ?? "")\r\nContent-Type: application/x-ndjson\r\n\
        Expect: 100-continue\r\nContent-Length: 3\r\n\r\n
        """.utf8))
    return client
  }

  @Test("or any body that does not come is counted for its agency alone")
  func slowBodies() async throws {
    try await withService {
      $0.requestsPerAgencyMax = 2
    } _: { visitor in
      let slow = try begin(visitor, .bkn)
      #expect(try slow.answer(toHead: true).status == 100)
      let slower = try begin(visitor, .bkn)
      #expect(try slower.answer(toHead: true).status == 100)
      let refused = try visitor.importLines(["{}"], as: .bkn)
      #expect(refused.status == 429 && refused.json["code"].string == "too_many_requests")
      #expect(try visitor.get("/v1/cases", as: .bkn).status == 200)
      #expect(try visitor.importLines(["{}"], as: .panrb).status == 200)
      try slow.send(Array("\n\n\n".utf8))
      #expect(try slow.answer().status == 200)
      #expect(try visitor.importLines(["{}"], as: .bkn).status == 200)
    }
  }

  @Test("beyond an agency's share is refused with 429, beyond all with 503, and what ends makes room")
  func slots() async throws {
    try await withService {
      $0.streamsMax = 3
      $0.streamsPerAgencyMax = 2
    } _: { visitor in
      // The interim answer says that the handler waits for the body, and so has its place.
      let first = try begin(visitor, .bkn)
      #expect(try first.answer(toHead: true).status == 100)
      let second = try begin(visitor, .bkn)
      #expect(try second.answer(toHead: true).status == 100)
      let third = try visitor.get("/v1/exports/cases", as: .bkn)
      #expect(third.status == 429 && third["retry-after"] == "1" && third["ratelimit"] != nil)
      #expect(third.json["code"].string == "too_many_requests")
      #expect(try visitor.get("/v1/cases", as: .bkn).status == 200)
      let other = try begin(visitor, .panrb)
      #expect(try other.answer(toHead: true).status == 100)
      let late = try visitor.get("/v1/exports/cases", as: .kasn)
      #expect(late.status == 503 && late["retry-after"] == "1" && late.json["code"].string == "busy")
      try first.send(Array("\n\n\n".utf8))
      #expect(try first.answer().json["certificate"]["in_agreement"].bool == true)
      #expect(try visitor.get("/v1/exports/cases", as: .kasn).status == 200)
      #expect(try visitor.importLines([], as: .bkn).status == 200)
    }
  }
}
