internal import Domain
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("A key")
struct KeyTests {
  private func create(_ visitor: Visitor, _ body: String, _ key: String) throws -> HTTPAnswer {
    try visitor.ask(as: Service.operatorName, "POST", "/v1/admin/keys", body, [("Idempotency-Key", key)])
  }

  @Test("is shown once, works at once and within its bounds, and ends at once")
  func lifetime() async throws {
    try await withService { visitor in
      let body =
        #"{"agency":"PANRB","label":"Sinkronisasi","scopes":["cases:read"],"expires_at":"2024-10-21T00:00:00Z","networks":["127.0.0.1/32"]}"#
      let made = try create(visitor, body, "k")
      let token = try #require(made.json["key"].string)
      let id = try #require(made.json["id"].string)
      #expect(made.status == 201 && made["location"] == "/v1/admin/keys/\(id)" && token.hasPrefix("ntk_\(id)_"))
      #expect(made["cache-control"] == "no-store")
      let again = try create(visitor, body, "k")
      #expect(again.status == 201 && again["idempotency-replayed"] == "true")
      #expect(again.json["id"].string == id && again.json["key"] == .null)
      let secret = token.split(separator: "_", maxSplits: 2)[2]
      for target in ["/v1/admin/keys", "/v1/admin/keys/\(id)"] {
        let shown = try visitor.ask(as: Service.operatorName, "GET", target)
        #expect(shown.status == 200 && !shown.text.contains(secret) && !shown.text.contains("digest"))
        #expect(shown.text.contains("Sinkronisasi"))
      }
      #expect(try visitor.ask(as: token, "GET", "/v1/cases").status == 200)
      #expect(try visitor.ask(as: token, "POST", "/v1/imports", "").status == 403)
      let who = try visitor.ask(as: token, "GET", "/v1/whoami").json
      #expect(who["agency"].string == "PANRB" && who["scopes"].strings == ["cases:read"])
      #expect(who["operator"].bool == false && who["networks"].strings == ["127.0.0.1/32"])
      #expect(who["mandates"].items.compactMap { $0["kind"].string }.contains("escalate"))
      let revoked = try visitor.ask(as: Service.operatorName, "DELETE", "/v1/admin/keys/\(id)")
      #expect(revoked.status == 204 && revoked.body.isEmpty)
      #expect(try visitor.ask(as: token, "GET", "/v1/cases").status == 401)
      let listed = try visitor.ask(as: Service.operatorName, "GET", "/v1/admin/keys/\(id)").json
      #expect(listed["revoked_at"].string == "2024-10-20T03:00:00.000Z")
      #expect(try visitor.ask(as: Service.operatorName, "DELETE", "/v1/admin/keys/\(id)").status == 204)
    }
  }

  @Test("ends at the moment it expires")
  func expiry() async throws {
    try await withService { visitor in
      let made = try create(
        visitor,
        #"{"agency":"BKN","label":"x","scopes":["cases:read"],"expires_at":"2024-10-20T04:00:00Z"}"#, "k")
      let token = made.json["key"].string ?? ""
      visitor.clock.set("2024-10-20T03:59:59Z")
      #expect(try visitor.ask(as: token, "GET", "/v1/whoami").status == 200)
      visitor.clock.set("2024-10-20T04:00:00Z")
      #expect(try visitor.ask(as: token, "GET", "/v1/whoami").status == 401)
    }
  }

  @Test("that is rotated overlaps with its successor, and no longer")
  func rotation() async throws {
    try await withService { visitor in
      let made = try create(visitor, #"{"agency":"BKN","label":"x","scopes":["cases:read","sync"]}"#, "k")
      let (old, id) = (made.json["key"].string ?? "", made.json["id"].string ?? "")
      func rotate(_ id: String, _ body: String) throws -> HTTPAnswer {
        try visitor.ask(
          as: Service.operatorName, "POST", "/v1/admin/keys/\(id)/rotation", body, [visitor.freshKey()])
      }
      for bad in [#"{"overlap_hours":721}"#, #"{"overlap_hours":-1}"#, #"{"overlap_hours":"1"}"#, #"{"x":1}"#] {
        #expect(try rotate(id, bad).status == 422, "\(bad)")
      }
      let rotated = try rotate(id, #"{"overlap_hours":2}"#)
      let new = try #require(rotated.json["key"].string)
      #expect(rotated.status == 201 && new != old)
      #expect(rotated.json["scopes"].strings == ["cases:read", "sync"] && rotated.json["revoked_at"] == .null)
      visitor.clock.advance(seconds: 7_199)
      #expect(try [old, new].map { try visitor.ask(as: $0, "GET", "/v1/whoami").status } == [200, 200])
      visitor.clock.advance(seconds: 1)
      #expect(try [old, new].map { try visitor.ask(as: $0, "GET", "/v1/whoami").status } == [401, 200])
      let late = try rotate(id, "{}")
      #expect(late.status == 409)
    }
  }

  @Test("that is being replaced does not live longer for being rotated again")
  func rotatedTwice() async throws {
    try await withService { visitor in
      let made = try create(visitor, #"{"agency":"BKN","label":"x","scopes":["cases:read"]}"#, "k")
      let (old, id) = (made.json["key"].string ?? "", made.json["id"].string ?? "")
      for hours in [1, 720] {
        let rotated = try visitor.ask(
          as: Service.operatorName, "POST", "/v1/admin/keys/\(id)/rotation", #"{"overlap_hours":\#(hours)}"#,
          [visitor.freshKey()])
        #expect(rotated.status == 201)
      }
      visitor.clock.advance(seconds: 3_600)
      #expect(try visitor.ask(as: old, "GET", "/v1/whoami").status == 401)
    }
  }

  @Test("ends after a year unless its scopes or its maker say otherwise")
  func ends() async throws {
    try await withService { visitor in
      let year = "2025-10-20T03:00:00.000Z"
      let quarter = "2025-01-18T03:00:00.000Z"
      let agency = #""agency":"BKN","scopes":["cases:read"]"#
      let operatorKey = #""operator":true,"scopes":["admin"]"#
      let table: [(owner: String, end: String, status: Int, expires: String?)] = [
        (agency, "", 201, year), (agency, #","expires_at":null"#, 201, year), (operatorKey, "", 201, quarter),
        (agency, #","expires_at":"never""#, 201, nil), (operatorKey, #","expires_at":"never""#, 422, nil),
        (agency, #","expires_at":"Never""#, 422, nil), (agency, #","expires_at":false"#, 422, nil),
        (agency, #","expires_at":"2034-01-01T00:00:00Z""#, 201, "2034-01-01T00:00:00.000Z"),
        (operatorKey, #","expires_at":"2025-01-18T03:00:00Z""#, 201, quarter),
        (operatorKey, #","expires_at":"2025-01-18T03:00:00.001Z""#, 422, nil),
        (agency, #","expires_at":"2024-10-20T03:00:00Z""#, 422, nil),
      ]
      for (number, row) in table.enumerated() {
        let made = try create(visitor, "{\(row.owner),\"label\":\"x\"\(row.end)}", "k\(number)")
        #expect(made.status == row.status, "\(row): \(made.text)")
        if row.status == 201 {
          #expect(made.json["expires_at"].string == row.expires, "\(row)")
        } else {
          #expect(made.json["errors"].items.compactMap { $0["pointer"].string } == ["/expires_at"], "\(row)")
        }
      }
    }
  }

  @Test("that is rotated begins its life anew, which the scopes bound")
  func rotatedLife() async throws {
    try await withService { visitor in
      let table = [
        (#""agency":"BKN","scopes":["cases:read"]"#, "2025-11-19T03:00:00.000Z"),
        (#""agency":"BKN","scopes":["cases:read"],"expires_at":"never""#, "2025-11-19T03:00:00.000Z"),
        (#""agency":"BKN","scopes":["cases:read"],"expires_at":"2025-01-18T03:00:00Z""#, "2025-02-17T03:00:00.000Z"),
        (#""operator":true,"scopes":["admin"]"#, "2025-02-17T03:00:00.000Z"),
      ]
      var ids: [String] = []
      for (number, row) in table.enumerated() {
        let made = try create(visitor, "{\(row.0),\"label\":\"x\"}", "k\(number)")
        ids.append(try #require(made.json["id"].string))
      }
      visitor.clock.advance(seconds: 30 * 86_400)
      for (id, row) in zip(ids, table) {
        let rotated = try visitor.ask(
          as: Service.operatorName, "POST", "/v1/admin/keys/\(id)/rotation", "{}", [visitor.freshKey()])
        #expect(rotated.json["expires_at"].string == row.1, "\(row)")
      }
    }
  }

  @Test("that ends within thirty days is told so by every answer to it, whatever it asks for")
  func warning() async throws {
    try await withService { visitor in
      let (now, month) = (visitor.clock.now, Int64(30 * 86_400))
      for (owner, scopes) in [(KeyOwner.agency(.bkn), [Scope.casesRead, .sync]), (.operator, [.admin])] {
        let soon = try await visitor.service.token(owner, Set(scopes), expiresAt: now.adding(seconds: month))
        let later = try await visitor.service.token(owner, Set(scopes), expiresAt: now.adding(seconds: month + 1))
        let rotated = try await visitor.service.token(owner, Set(scopes), revokedAt: now.adding(seconds: 60))
        let endless = try await visitor.service.token(owner, Set(scopes))
        let unknown = [("POST", "/v1/nothing"), ("GET", "/v1/imports"), ("OPTIONS", "/v1/cases"), ("PUT", "/livez")]
        let routes = routeTable().map { ($0.method, $0.path) } + unknown
        for route in routes {
          let path = route.1.replacing(/\{[a-z0-9]+\}/, with: "nothing")
          for (key, end) in [
            (soon, now.adding(seconds: month)), (rotated, now.adding(seconds: 60)), (later, nil), (endless, nil),
          ] {
            let answer = try visitor.ask(as: key, route.0, path, route.0 == "GET" ? nil : "{")
            #expect(answer["netral-key-expires"] == end?.description, "\(route) \(answer.status)")
          }
        }
      }
    }
  }

  @Test("that is wrong is told in every field")
  func wrongBodies() async throws {
    try await withService { visitor in
      let answer = try create(
        visitor,
        #"{"agency":"NOBODY","scopes":["x"],"networks":["1.2.3.4/99","a"],"expires_at":"2024-10-19T00:00:00Z","y":1,"identities":["CN=a"," CN=b","CN=ç",""]}"#,
        "k")
      #expect(
        Set(answer.json["errors"].items.compactMap { $0["pointer"].string })
          == [
            "/agency", "/label", "/scopes/0", "/networks/0", "/networks/1", "/expires_at", "/y",
            "/identities/2", "/identities/3",
          ])
    }
  }
}
