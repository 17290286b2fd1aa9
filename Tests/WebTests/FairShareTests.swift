internal import Domain
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing
internal import Web

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

  /// Begins a case whose body does not come.
  private func beginCase(_ visitor: Visitor, _ who: AgencyCode, _ framing: String) throws -> HTTPClient {
    let client = try visitor.newClient()
    let key = visitor.freshKey()
    try client.send(
      Array(
        """
        POST /v1/cases HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \
        \(visitor.service.tokens[who.rawValue] ?? "")\r\nContent-Type: application/json\r\n\
        \(key.0): \(key.1)\r\nExpect: 100-continue\r\n\(framing)\r\n\r\n
        """.utf8))
    return client
  }

  @Test("or bodies that are held whole take so many bytes of an agency, and so many of all")
  func heldBodies() async throws {
    try await withService {
      $0.heldBodyBytesPerAgencyMax = 1_000_000
      $0.heldBodyBytesMax = 1_500_000
    } _: { visitor in
      func ask(_ who: AgencyCode, _ bytes: Int) throws -> HTTPClient {
        try beginCase(visitor, who, "Content-Length: \(bytes)")
      }
      let long = try ask(.bkn, 900_000)
      #expect(try long.answer(toHead: true).status == 100)
      let refused = try ask(.bkn, 200_000).answer()
      #expect(refused.status == 429 && refused.json["code"].string == "too_many_requests")
      #expect(refused["retry-after"] != nil)
      // What is short, and what needs no body, goes on.
      #expect(try visitor.makeCase(as: .bkn).isEmpty == false)
      #expect(try visitor.get("/v1/cases", as: .bkn).status == 200)
      let other = try ask(.panrb, 500_000)
      #expect(try other.answer(toHead: true).status == 100)
      let busy = try ask(.bawaslu, 200_000).answer()
      #expect(busy.status == 503 && busy.json["code"].string == "busy")
      // A chunked body takes room as it comes, and imports take none: they are read line by line.
      let chunked = try beginCase(visitor, .kemendagri, "Transfer-Encoding: chunked")
      #expect(try chunked.answer(toHead: true).status == 100)
      let piece = String(repeating: " ", count: 60_000)
      for _ in 0..<3 { try chunked.send(Array("\(String(60_000, radix: 16))\r\n\(piece)\r\n".utf8)) }
      #expect(try chunked.answer().status == 503)
      let line = "{" + String(repeating: " ", count: 800_000) + "}"
      #expect(try visitor.importLines([line], as: .bawaslu).status == 200)
      // What has ended makes room.
      try long.send(Array(repeating: UInt8(ascii: " "), count: 900_000))
      #expect(try long.answer().status == 400)
      let next = try ask(.bkn, 900_000)
      #expect(try next.answer(toHead: true).status == 100)
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
