internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("A conditional request")
struct PreconditionTests {
  private static let changes: [(method: String, suffix: String, body: String)] = [
    ("POST", "/verifications", #"{"occurred_on":"2024-10-08","outcome":"accepted"}"#),
    ("POST", "/notes", #"{"occurred_on":"2024-10-08","text":"x"}"#),
    ("PATCH", "", #"{"motives":["office"],"reason":"x"}"#),
    ("POST", "/correction-requests/1/acceptance", #"{"reason":"x"}"#),
    ("POST", "/correction-requests/1/refusal", #"{"reason":"x"}"#),
  ]

  @Test("that changes a case needs If-Match: 428 without, 412 with a stale one and the current tag")
  func ifMatch() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      #expect(
        try visitor.post(
          "\(path)/correction-requests", as: .bkn, #"{"patch":{"motives":["x"]},"reason":"x"}"#
        ).status == 201)
      let current = try visitor.etag(path, as: .bawaslu)
      for change in Self.changes {
        let target = path + change.suffix
        let without = try visitor.ask(as: .bawaslu, change.method, target, change.body)
        #expect(without.status == 428 && without.json["code"].string == "precondition_required", "\(target)")
        #expect(without.json["errors"][0]["parameter"].string == "If-Match")
        for bad in ["W/\(current)", "nonsense", "3-1-7", "\"", "W/\"1-7\"", "\(current), W/\(current)", ""] {
          let answer = try visitor.ask(as: .bawaslu, change.method, target, change.body, [("If-Match", bad)])
          #expect(answer.status == 400 && answer.json["code"].string == "malformed_request", "\(target) \(bad)")
          #expect(answer.json["errors"][0]["parameter"].string == "If-Match")
        }
        let parts = current.split(separator: "-", maxSplits: 1)
        #expect(parts.first == "\"4")
        // The last one is the form of the tag that earlier releases gave.
        let stales = ["\"4-0-15\"", "\"4-1-0\"", "\"1\"", "\"4-2-15\", \"4-3-15\"", "\"3-\(parts[1])", "\"\(parts[1])"]
        for stale in stales {
          let answer = try visitor.ask(as: .bawaslu, change.method, target, change.body, [("If-Match", stale)])
          #expect(answer.status == 412 && answer.json["code"].string == "version_mismatch", "\(target) \(stale)")
          #expect(answer["etag"] == current && answer.json["current_etag"].string == current)
        }
      }
      #expect(try visitor.etag(path, as: .bawaslu) == current)
      let one = try visitor.ask(
        as: .bawaslu, "PATCH", path, Self.changes[2].body, [("If-Match", "\"4-7-7\", \(current)")])
      #expect(one.status == 200 && one["etag"] != current)
    }
  }

  @Test("of two at once wins, the other gets 412 and the tag of the winner")
  func race() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let etag = try visitor.etag(path, as: .bkn)
      let clients = try (0..<8).map { _ in try visitor.newClient() }
      for (index, client) in clients.enumerated() {
        let fields = [
          ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), ("Content-Type", "application/json"),
          ("If-Match", etag),
        ]
        let body = #"{"motives":["m\#(index)"],"reason":"x"}"#
        try client.send("PATCH", path, fields, Array(body.utf8))
      }
      let answers = try clients.map { try $0.answer() }
      let winners = answers.filter { $0.status == 200 }
      #expect(winners.count == 1 && answers.filter { $0.status == 412 }.count == 7)
      let current = try visitor.get(path, as: .bkn)
      #expect(current["etag"] == winners.first?["etag"] && current.body == winners.first?.body)
      #expect(answers.filter { $0.status == 412 }.allSatisfy { $0["etag"] == current["etag"] })
      #expect(current.json["version"].int == 2)
    }
  }

  @Test("with If-None-Match gets 304 without a body while nothing has changed")
  func ifNoneMatch() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let etag = try visitor.etag(path, as: .bkn)
      for known in [etag, "W/\(etag)", "\"9-9\", \(etag)", "*"] {
        for method in ["GET", "HEAD"] {
          let answer = try visitor.ask(as: .bkn, method, path, nil, [("If-None-Match", known)])
          #expect(answer.status == 304 && answer.body.isEmpty && answer["etag"] == etag, "\(method) \(known)")
        }
      }
      for unknown in ["\"4-9-9\"", "\"1\"", String(etag.dropLast()), "\"" + etag.dropFirst(3)] {
        #expect(try visitor.get(path, as: .bkn, [("If-None-Match", unknown)]).status == 200, "\(unknown)")
      }
      try visitor.must("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-08","outcome":"accepted"}"#)
      #expect(try visitor.get(path, as: .bkn, [("If-None-Match", etag)]).status == 200)
    }
  }

  @Test("sees a tag of representation, version and what is shown, never of the key")
  func tags() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(as: .kemendagri)
      let second = try await visitor.service.token(.agency(.bkn), [.casesRead])
      #expect(try visitor.ask(as: second, "GET", path)["etag"] == visitor.etag(path, as: .bkn))
      #expect(try visitor.etag(path, as: .bawaslu) == visitor.etag(path, as: .bkn))
      #expect(try visitor.etag(path, as: .kemendagri) != visitor.etag(path, as: .bkn))
      #expect(try visitor.etag(path, as: .panrb) != visitor.etag(path, as: .bkn))
    }
  }
}
