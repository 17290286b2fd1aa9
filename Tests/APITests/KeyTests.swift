internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

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
            "/agency", "/label", "/scopes/0", "/networks/0", "/networks/1", "/expires_at", "/y", "/identities/1",
            "/identities/2", "/identities/3",
          ])
    }
  }
}
