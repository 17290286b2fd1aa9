internal import Domain
internal import HTTPServer
internal import Service
internal import TestSupport
internal import Testing

@testable import Web

@Suite("A rate")
struct RateTests {
  private let start = Sample.instant("2024-11-15T03:00:00Z")

  @Test("gives as much as is allowed at once, and then as time passes, to the second")
  func fills() {
    let rate = Rate<String>(Allowance(.key, 3, perSeconds: 60))
    func take(_ count: Int = 1, after seconds: Int64) -> Int? {
      rate.take(count, by: "a", at: start.adding(seconds: seconds))
    }
    #expect((0..<3).map { _ in take(after: 0) } == [nil, nil, nil])
    #expect(take(after: 0) == 20 && take(after: 19) == 1 && take(after: 20) == nil)
    #expect(take(2, after: 40) == 20 && take(after: 40) == nil)
    #expect(rate.take(by: "b", at: start) == nil)
    #expect(take(3, after: 3_600) == nil && take(3, after: 3_600) == 60)
    #expect(take(4, after: 7_200) == 20, "more than is ever allowed is never given")
  }

  @Test("keeps nobody out when the clock is set back")
  func clockSetBack() {
    let rate = Rate<String>(Allowance(.key, 1, perSeconds: 60))
    func take(_ seconds: Int64) -> Int? { rate.take(by: "a", at: start.adding(seconds: seconds)) }
    #expect(take(0) == nil && take(0) == 60)
    #expect(take(-30) == nil && take(-30) == 60)
    #expect(take(-86_400) == nil && take(-86_400) == 60 && take(-86_340) == nil)
  }

  @Test("remembers who has used most, whoever else comes")
  func eviction() throws {
    let rate = Rate<AddressBlock>(Allowance(.key, 2, perSeconds: 60), ownersMax: 10)
    func take(_ host: Int, after seconds: Int64) throws -> Int? {
      let address = try #require(PeerAddress("192.0.2.\(host)"))
      return rate.take(by: AddressBlock(address), at: start.adding(seconds: seconds))
    }
    for host in 1...9 { #expect(try take(host, after: 0) == nil) }
    for _ in 0..<2 { #expect(try take(10, after: 40) == nil) }
    // Those of 40 seconds ago are full again, and forgotten.
    #expect(try take(11, after: 41) == nil)
    #expect(try take(10, after: 42) == 28)
    // Nobody is full now: the one that will be first goes.
    for host in 12...60 { #expect(try take(host, after: 42) == nil) }
    #expect(try take(10, after: 43) == 27)
  }

  @Test("gives exactly what is allowed to many threads that take at once")
  func threads() async {
    let rate = Rate<Int>(Allowance(.key, 1_000, perSeconds: 60))
    let start = start
    let given = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<1_000).count { rate.take(by: $0 & 1, at: start) == nil } }
      }
      return await group.reduce(0, +)
    }
    #expect(given == 2_000)
  }

  @Test("counts a household of IPv6 as one")
  func households() throws {
    func block(_ text: String) throws -> AddressBlock { AddressBlock(try #require(PeerAddress(text))) }
    #expect(try block("2001:db8::1") == block("2001:db8:0:0:ffff::2"))
    #expect(try block("2001:db8::1") != block("2001:db8:0:1::1"))
    #expect(try block("192.0.2.1") != block("192.0.2.2"))
  }
}

@Suite("A key that is not valid")
struct FailedKeyTests {
  private static func authorization(_ text: String) -> [(String, String)] { [("Authorization", "Bearer \(text)")] }

  /// A key for every way in which one can be invalid.
  private func invalid(_ service: Service) async throws -> [(name: String, text: String)] {
    let owner = KeyOwner.agency(.bkn)
    let good = try await service.token(owner, [.casesRead])
    let other = try await service.token(owner, [.casesRead])
    let (name, secret) = (String(good.prefix(17)), String(good.dropFirst(17)))
    func changed(_ letter: Character) -> String { letter == "A" ? "B" : "A" }
    var keys: [(name: String, text: String)] = []
    keys.append(("unknown", "ntk_000000000000_\(secret)"))
    keys.append(("secret of another key", name + other.suffix(43)))
    keys.append(("first letter", name + changed(secret.first ?? "A") + secret.dropFirst()))
    keys.append(("last letter", name + secret.dropLast(1) + changed(secret.last ?? "A")))
    let now = service.clock.now
    keys.append(("expired", try await service.token(owner, [.casesRead], expiresAt: now)))
    keys.append(("revoked", try await service.token(owner, [.casesRead], revokedAt: now)))
    keys.append(("of another network", try await service.token(owner, [.casesRead], networks: ["10.0.0.0/8"])))
    keys.append(("of the operator, revoked", try await service.token(.operator, [.admin], revokedAt: now)))
    keys.append(("malformed", "ntk_short"))
    return keys
  }

  @Test("is answered alike, whatever is wrong with it, before and after the limit")
  func alike() async throws {
    try await withService(
      { $0.failedKeysPerMinute = 9 },
      { visitor in
        let keys = try await invalid(visitor.service)
        for expected in [401, 429] {
          var first: HTTPAnswer?
          for key in keys {
            let answer = try visitor.ask("GET", "/v1/cases", Self.authorization(key.text))
            #expect(answer.status == expected, "\(key.name)")
            #expect(answer.textWithoutRequestID == (first ?? answer).textWithoutRequestID, "\(key.name)")
            #expect(answer.comparableFields == (first ?? answer).comparableFields, "\(key.name)")
            first = answer
          }
        }
      })
  }

  @Test("is refused for a while when there were many, and a valid one from the same address never")
  func limit() async throws {
    try await withService(
      { $0.failedKeysPerMinute = 3 },
      { visitor in
        let wrong = "ntk_000000000000_\(String(repeating: "A", count: 43))"
        func statuses(_ count: Int) throws -> [Int] {
          try (0..<count).map { _ in try visitor.ask("GET", "/v1/cases", Self.authorization(wrong)).status }
        }
        #expect(try statuses(5) == [401, 401, 401, 429, 429])
        let refused = try visitor.ask("GET", "/v1/cases", Self.authorization("x"))
        #expect(refused.status == 429 && refused.json["code"].string == "too_many_requests")
        #expect(refused["retry-after"] == "20" && refused["ratelimit"] == "\"failed-authentication\";r=0;t=20")
        #expect(refused["ratelimit-policy"] == "\"failed-authentication\";q=3;w=60")
        #expect(try visitor.get("/v1/cases", as: .bkn).status == 200)
        #expect(try visitor.ask("GET", "/v1/cases", []).status == 401)
        #expect(try visitor.ask("GET", "/livez", Self.authorization(wrong)).status == 200)
        visitor.clock.advance(seconds: 20)
        #expect(try statuses(2) == [401, 429])
        #expect(try visitor.get("/v1/cases", as: .bkn).status == 200)
      })
  }

  @Test("is counted for the client behind a trusted proxy, and for the key it names wherever it comes from")
  func proxies() async throws {
    let proxy = try #require(Network("127.0.0.0/8"))
    try await withService(
      {
        $0.failedKeysPerMinute = 2
        $0.trustedProxies = [proxy]
      },
      { visitor in
        func ask(_ client: String, _ key: String) throws -> Int {
          let text = "ntk_\(String(repeating: key, count: 12))_\(String(repeating: "A", count: 43))"
          return try visitor.ask(
            "GET", "/v1/cases", Self.authorization(text) + [("Forwarded", "for=\"[\(client)]\"")]
          ).status
        }
        let byAddress = try ["a", "b", "c"].map { try ask("2001:db8::1", $0) }
        #expect(byAddress == [401, 401, 429])
        #expect(try ask("2001:db8::2", "d") == 429)
        #expect(try ask("2001:db8:0:1::1", "e") == 401)
        let byKey = try [3, 4, 5].map { try ask("2001:db8:0:\($0)::1", "f") }
        #expect(byKey == [401, 401, 429])
      })
  }

  @Test("is compared in every byte, and an unknown one with as many")
  func comparison() {
    let token = Token(random: { 7 })
    #expect(token.matches(token.digest))
    #expect(Token.noDigest.count == token.digest.count && !token.matches(Token.noDigest))
    for index in token.digest.indices {
      for bit in 0..<8 {
        var other = token.digest
        other[index] ^= 1 << UInt8(bit)
        #expect(!token.matches(other))
      }
    }
    #expect(!token.matches([]) && !token.matches(token.digest + [0]) && !token.matches(token.digest.dropLast()))
  }
}

@Suite("A valid key")
struct KeyRateTests {
  @Test("is served as often in a second as is set, each key by itself")
  func requests() async throws {
    try await withService(
      { $0.requestsPerKeyPerSecond = 2 },
      { visitor in
        #expect(try (0..<3).map { _ in try visitor.get("/v1/whoami", as: .bkn).status } == [200, 200, 429])
        let refused = try visitor.get("/v1/whoami", as: .bkn)
        #expect(refused["retry-after"] == "1" && refused["ratelimit-policy"] == "\"key\";q=2;w=1")
        #expect(try visitor.get("/v1/whoami", as: .panrb).status == 200)
        visitor.clock.advance(seconds: 1)
        #expect(try (0..<3).map { _ in try visitor.get("/v1/whoami", as: .bkn).status } == [200, 200, 429])
      })
  }

  @Test("may ask for as much long work as is set, and is told when it may ask again")
  func costs() async throws {
    try await withService(
      { $0.costPerAgencyPerHour = 32 },
      { visitor in
        _ = try visitor.makeCase()
        let funnel = "/v1/statistics/funnel?election=pilkada-2024"
        // What is known already costs nothing, and neither does what asks for nothing sensible.
        let senseless = ["seq=x", "after=x", "seq=-1", "x=1"]
        #expect(
          try senseless.map { try visitor.get("/v1/exports/cases?\($0)", as: .bkn).status } == [400, 400, 400, 400])
        #expect(try (0..<50).map { _ in try visitor.get(funnel, as: .bkn).status } == Array(repeating: 200, count: 50))
        #expect(try visitor.get("/v1/exports/cases", as: .bkn).status == 200)
        #expect(try visitor.importLines([], as: .bkn).status == 200)
        let manifest = try visitor.ask(
          as: .bkn, "POST", "/v1/reconciliations?dry_run=true", "", [("Content-Type", "application/x-ndjson")])
        #expect(manifest.status == 200)
        let refused = try visitor.get("/v1/exports/cases", as: .bkn)
        // One unit is left, and each takes 112.5 seconds.
        #expect(refused.status == 429 && refused["retry-after"] == "1013")
        #expect(refused["ratelimit"] == "\"cost\";r=0;t=1013" && refused["ratelimit-policy"] == "\"cost\";q=32;w=3600")
        #expect(try visitor.get(funnel + "&group_by=province", as: .bkn).status == 200)
        #expect(try visitor.get(funnel + "&group_by=category", as: .bkn).status == 429)
        for target in [funnel, "/v1/cases"] { #expect(try visitor.get(target, as: .bkn).status == 200) }
        #expect(try visitor.get("/v1/exports/cases", as: .panrb).status == 200)
        visitor.clock.advance(seconds: 3_600)
        #expect(try visitor.get("/v1/exports/cases", as: .bkn).status == 200)
      })
  }

  @Test("that is revoked ends the import that it has begun")
  func revokedMeanwhile() async throws {
    try await withService { visitor in
      let text = try await visitor.service.token(.agency(.bawaslu), [.imports])
      let client = try visitor.newClient()
      let head =
        "POST /v1/imports HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(text)\r\n"
        + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
      try client.send(Array((head + "3\r\n{}\n\r\n").utf8))
      #expect(try client.head().status == 200)
      #expect(try String(decoding: client.chunk(), as: UTF8.self).contains("invalid"))
      let id = text.split(separator: "_")[1]
      let revoked = try visitor.ask(as: Service.operatorName, "DELETE", "/v1/admin/keys/\(id)")
      #expect(revoked.status == 204)
      try client.send(Array("3\r\n{}\n\r\n".utf8))
      #expect(try String(decoding: client.chunk(), as: UTF8.self).contains("unauthenticated"))
      #expect(throws: HTTPClientFailure.self) { try client.chunk() }
    }
  }

  @Test("that is bound to a network is judged by what the proxy says, whatever the client says before")
  func claimedAddress() async throws {
    let proxy = try #require(Network("127.0.0.0/8"))
    try await withService(
      { $0.trustedProxies = [proxy] },
      { visitor in
        let key = try await visitor.service.token(.agency(.bkn), [.casesRead], networks: ["192.0.2.0/24"])
        func status(_ forwarded: String) throws -> Int {
          try visitor.ask("GET", "/v1/whoami", [("Authorization", "Bearer \(key)"), ("Forwarded", forwarded)]).status
        }
        #expect(try status("for=198.51.100.1, for=192.0.2.7") == 200)
        for claim in [
          "for=192.0.2.7", "for=192.0.2.7;x=\u{600}", "\u{600}", "for=\"192.0.2.7", "for=192.0.2.7;",
          "for=192.0.2.7\u{200D}",
        ] { #expect(try status("\(claim), for=198.51.100.1") == 401, "\(claim)") }
      })
  }
}
