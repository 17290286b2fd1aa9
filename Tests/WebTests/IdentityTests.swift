internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

/// Keys that are bound to client certificates, whose identities a proxy in front tells.
@Suite("A key bound to certificates")
struct IdentityTests {
  private static let identities = ["CN=sync,O=BKN,C=ID", "CN=desk\\, 2,O=BKN,C=ID"]

  /// Asks with a bound key and these lines of the field, through a trusted proxy or not.
  private func status(_ lines: [String], trusted: [String] = ["127.0.0.0/8"], bound: [String] = identities)
    async throws -> Int
  {
    var status = 0
    let networks = trusted.compactMap { Network($0) }
    try await withService(
      { $0.trustedProxies = networks },
      { visitor in
        let key = try await visitor.service.token(.agency(.bkn), [.casesRead], identities: bound)
        let fields = lines.map { ("Netral-Client-Identity", $0) }
        let answer = try visitor.ask(as: key, "GET", "/v1/cases", nil, fields)
        status = answer.status
        if status == 200 { return }
        // What is refused tells nothing that the answer to a key nobody has would not tell.
        let unknown = "ntk_000000000000_\(String(repeating: "A", count: 43))"
        let other = try visitor.ask(as: unknown, "GET", "/v1/cases", nil, fields)
        #expect(other.status == status && other.fieldNames == answer.fieldNames)
        #expect(other.textWithoutRequestID == answer.textWithoutRequestID)
      })
    return status
  }

  @Test("is taken with one of them, whose name is compared byte for byte", arguments: identities)
  func right(identity: String) async throws {
    #expect(try await status([identity]) == 200)
  }

  @Test(
    "is a bad key without, with another, or with more than one",
    arguments: [
      [], [""], ["CN=sync,O=KASN,C=ID"], ["CN=sync, O=BKN, C=ID"], ["cn=sync,O=BKN,C=ID"], ["CN=sync,O=BKN,C=ID,"],
      ["CN=sync,O=BKN"], [identities[0], identities[0]], [identities[0], "CN=x"], ["", identities[0]],
      [identities.joined(separator: ",")], [identities.joined(separator: "\t")],
    ])
  func wrong(lines: [String]) async throws {
    #expect(try await status(lines) == 401)
  }

  @Test("is a bad key when somebody who is not trusted names the certificate", arguments: [[], ["10.0.0.0/8", "::1"]])
  func forged(trusted: [String]) async throws {
    #expect(try await status([Self.identities[0]], trusted: trusted) == 401)
  }

  @Test("needs none when no certificate is named")
  func unbound() async throws {
    #expect(try await status([], bound: []) == 200)
    #expect(try await status(["CN=x"], bound: []) == 200)
  }

  @Test("shows them wherever keys are shown, and keeps them when it is rotated")
  func shown() async throws {
    let proxies = ["127.0.0.1"].compactMap { Network($0) }
    try await withService(
      { $0.trustedProxies = proxies },
      { visitor in
        let operatorKey = try await visitor.service.token(.operator, [.admin], identities: ["CN=operator"])
        func asOperator(_ method: String, _ target: String, _ body: String? = nil) throws -> HTTPAnswer {
          try visitor.ask(
            as: operatorKey, method, target, body, [visitor.freshKey(), ("Netral-Client-Identity", "CN=operator")])
        }
        let body = #"{"agency":"BKN","label":"x","scopes":["cases:read"],"identities":["CN=a,O=BKN","CN=b"]}"#
        let made = try asOperator("POST", "/v1/admin/keys", body)
        let id = try #require(made.json["id"].string)
        #expect(made.status == 201 && made.json["identities"].strings == ["CN=a,O=BKN", "CN=b"])
        let rotated = try asOperator("POST", "/v1/admin/keys/\(id)/rotation", "{}")
        #expect(rotated.status == 201 && rotated.json["identities"].strings == ["CN=a,O=BKN", "CN=b"])
        let listed = try asOperator("GET", "/v1/admin/keys").json["items"].items
        #expect(listed.filter { $0["identities"].strings == ["CN=a,O=BKN", "CN=b"] }.count == 2)
        // The file was written: it is so after a restart.
        try await visitor.reopen()
        for key in try [made, rotated].map({ try #require($0.json["key"].string) }) {
          #expect(try visitor.ask(as: key, "GET", "/v1/whoami").status == 401)
          let who = try visitor.ask(as: key, "GET", "/v1/whoami", nil, [("Netral-Client-Identity", "CN=b")])
          #expect(who.status == 200 && who.json["identities"].strings == ["CN=a,O=BKN", "CN=b"])
        }
      })
  }

  @Test("is what an operator needs who comes by a proxy, and no agency; one that is not trusted tells none")
  func operators() async throws {
    let name = "CN=operator,C=ID"
    let table: [(trusted: [String], fields: [(String, String)], unbound: Int, bound: Int)] = [
      ([], [], 200, 401), ([], [("Netral-Client-Identity", name)], 200, 401),
      ([], [("X-Forwarded-For", "192.0.2.1")], 401, 401), ([], [("Via", "1.1 x")], 401, 401),
      ([], [("Forwarded", "for=192.0.2.1"), ("Netral-Client-Identity", name)], 401, 401),
      (["127.0.0.0/8"], [], 401, 401), (["127.0.0.0/8"], [("Netral-Client-Identity", name)], 401, 200),
      (["127.0.0.0/8"], [("Netral-Client-Identity", "CN=other")], 401, 401), (["10.0.0.0/8"], [], 200, 401),
      (["127.0.0.0/8"], [("Forwarded", "for=127.0.0.1"), ("Netral-Client-Identity", name)], 401, 200),
    ]
    for (trusted, fields, unbound, bound) in table {
      try await withService(
        { $0.trustedProxies = trusted.compactMap { Network($0) } },
        { visitor in
          let agency = try await visitor.service.token(.agency(.bkn), [.casesRead])
          #expect(try visitor.ask(as: agency, "GET", "/v1/whoami", nil, fields).status == 200)
          let keys = [
            (try await visitor.service.token(.operator, [.admin]), unbound),
            (try await visitor.service.token(.operator, [.admin], identities: [name]), bound),
          ]
          for (key, status) in keys {
            for target in ["/v1/whoami", "/v1/admin/keys", "/metrics", "/openapi.json"] {
              let answer = try visitor.ask(as: key, "GET", target, nil, fields)
              #expect(answer.status == status, "\(trusted) \(fields) \(target)")
              if status == 200 { continue }
              let unknown = try visitor.ask(
                as: "ntk_000000000000_\(String(repeating: "A", count: 43))", "GET", target, nil, fields)
              #expect(answer.textWithoutRequestID == unknown.textWithoutRequestID)
              #expect(answer.comparableFields == unknown.comparableFields)
            }
          }
        })
    }
  }

  @Test("is bound to at most ten certificates of 256 characters")
  func limits() async throws {
    try await withService { visitor in
      let table: [([String], Int)] = [
        ((1...10).map { "CN=\($0)" }, 201), ((1...11).map { "CN=\($0)" }, 422),
        ([String(repeating: "x", count: 256)], 201), ([String(repeating: "x", count: 257)], 422),
      ]
      for (identities, wanted) in table {
        let list = identities.map { "\"\($0)\"" }.joined(separator: ",")
        let body = #"{"agency":"BKN","label":"x","scopes":["cases:read"],"identities":[\#(list)]}"#
        let made = try visitor.ask(as: Service.operatorName, "POST", "/v1/admin/keys", body, [visitor.freshKey()])
        #expect(made.status == wanted)
      }
    }
  }
}
