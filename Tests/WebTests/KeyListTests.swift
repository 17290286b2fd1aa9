internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

/// GET /v1/keys: what an agency is told of its own keys.
@Suite("The list of an agency's keys")
struct KeyListTests {
  private func asOperator(_ visitor: Visitor, _ method: String, _ target: String, _ body: String? = nil) throws
    -> HTTPAnswer
  {
    try visitor.ask(as: Service.operatorName, method, target, body, [visitor.freshKey()])
  }

  private func make(_ visitor: Visitor, _ agency: String, _ label: String) throws -> (id: String, key: String) {
    let body = "{\"agency\":\"\(agency)\",\"label\":\"\(label)\",\"scopes\":[\"cases:read\"]}"
    let made = try asOperator(visitor, "POST", "/v1/admin/keys", body).json
    return (made["id"].string ?? "", made["key"].string ?? "")
  }

  @Test("has every key, made, rotated or ended, with who made it and when, and is the same for each of them")
  func whole() async throws {
    try await withService { visitor in
      let operatorID = try visitor.ask(as: Service.operatorName, "GET", "/v1/whoami").json["id"].string
      visitor.clock.advance(seconds: 60)
      let first = try make(visitor, "BKN", "satu")
      _ = try make(visitor, "PANRB", "lain")
      visitor.clock.advance(seconds: 3_600)
      let rotation = "/v1/admin/keys/\(first.id)/rotation"
      let rotated = try asOperator(visitor, "POST", rotation, #"{"overlap_hours":0}"#).json
      let (second, key) = (rotated["id"].string ?? "", rotated["key"].string ?? "")
      #expect(try asOperator(visitor, "DELETE", "/v1/admin/keys/\(second)").status == 204)
      visitor.clock.advance(seconds: 60)
      let third = try make(visitor, "BKN", "tiga")
      let list = try visitor.ask(as: third.key, "GET", "/v1/keys")
      #expect(list.status == 200 && list.json["next_cursor"] == .null)
      let items = list.json["items"].items
      #expect(items.compactMap { $0["id"].string }.prefix(3) == [third.id, second, first.id])
      // The last one is that with which the service of the tests begins.
      #expect(items.count == 4 && items.allSatisfy { $0["agency"].string == "BKN" })
      #expect(items.map { $0["made_by"].string } == [operatorID, operatorID, operatorID, nil])
      #expect(items.map { $0["made_by_label"].string } == ["test", "test", "test", nil])
      #expect(items.map { $0["rotated_from"].string } == [nil, first.id, nil, nil])
      let moment = items[1]["created_at"].string
      #expect(items.map { $0["revoked_at"].string } == [nil, moment, moment, nil])
      #expect(items[0]["last_used_at"].string == "2024-10-20T04:00:00.000Z" && items[1]["last_used_at"] == .null)
      for secret in [first.key, key, third.key].map({ $0.split(separator: "_", maxSplits: 2)[2] }) {
        #expect(!list.text.contains(secret) && !list.text.contains("digest"))
      }
      #expect(try visitor.get("/v1/keys", as: .bkn).json["items"].items.count == 4)
      #expect(try visitor.get("/v1/keys", as: .panrb).json["items"].items.count == 2)
      #expect(try visitor.get("/v1/keys", as: .kasn).json["items"].items.count == 1)
      #expect(try visitor.ask(as: Service.operatorName, "GET", "/v1/keys").status == 403)
    }
  }

  @Test("tells the hour of the last use, also after a restart, whatever the answer was")
  func uses() async throws {
    try await withService { visitor in
      let made = try make(visitor, "BKN", "x")
      func lastUse() throws -> String? {
        let items = try visitor.get("/v1/keys", as: .bkn).json["items"].items
        return items.first { $0["id"].string == made.id }?["last_used_at"].string
      }
      #expect(try lastUse() == nil)
      #expect(try visitor.ask(as: made.key + "x", "GET", "/v1/cases").status == 401)
      #expect(try lastUse() == nil)
      visitor.clock.set("2024-10-21T05:59:00Z")
      #expect(try visitor.ask(as: made.key, "POST", "/v1/imports", "").status == 403)
      #expect(try lastUse() == "2024-10-21T05:00:00.000Z")
      try await visitor.reopen()
      #expect(try lastUse() == "2024-10-21T05:00:00.000Z")
      let shown = try asOperator(visitor, "GET", "/v1/admin/keys/\(made.id)").json
      #expect(shown["last_used_at"].string == "2024-10-21T05:00:00.000Z")
    }
  }

  @Test("is paged, and whole as lines and rows")
  func forms() async throws {
    try await withService { visitor in
      let made = try (0..<4).map { try make(visitor, "BKN", "=\($0)").id }
      var (ids, target, pages) = ([String](), "/v1/keys?limit=2", 0)
      while pages < 9 {
        let page = try visitor.get(target, as: .bkn)
        ids += page.json["items"].items.compactMap { $0["id"].string }
        pages += 1
        guard let cursor = page.json["next_cursor"].string else { break }
        #expect(page["link"] == "</v1/keys?cursor=\(cursor)&limit=2>; rel=\"next\"")
        #expect(try visitor.get("/v1/keys?cursor=\(cursor)", as: .panrb).status == 400)
        #expect(try visitor.get("/v1/cases?cursor=\(cursor)", as: .bkn).status == 400)
        target = "/v1/keys?limit=2&cursor=\(cursor)"
      }
      #expect(pages == 3 && ids.count == 5 && Set(ids).isSuperset(of: made))
      let lines = try visitor.get("/v1/keys", as: .bkn, [("Accept", "application/x-ndjson")])
      #expect(lines.lines.count == 5 && lines["link"] == nil)
      let rows = try visitor.get("/v1/keys", as: .bkn, [("Accept", "text/csv")])
      #expect(rows["content-type"] == "text/csv; charset=utf-8; header=present")
      #expect(rows.text.split(separator: "\r\n").count == 6)
      #expect(rows.text.hasPrefix("id,label,scopes,") && rows.text.contains(",'=3,cases:read,"))
      #expect(try visitor.get("/v1/keys?limit=0", as: .bkn).status == 400)
      #expect(try visitor.get("/v1/keys?agency=PANRB", as: .bkn).status == 400)
      #expect(try visitor.get("/v1/keys", as: .bkn, [("Accept", "text/html")]).status == 406)
    }
  }
}
