internal import Crypto
internal import Domain
internal import Foundation
internal import JSON
internal import Service
internal import TestSupport
internal import Testing

@Suite("An Idempotency-Key")
struct IdempotencyTests {
  private static func creations(_ path: String, _ other: String) -> [(target: String, body: String)] {
    [
      ("/v1/cases", Sample.caseBody(agencyRef: "NEW")),
      ("\(path)/correction-requests", #"{"patch":{"motives":["office"]},"reason":"x"}"#),
      ("\(path)/links", #"{"case_id":"\#(other)","relation":"same_act"}"#),
    ]
  }

  @Test(
    "that is missing or unusable is refused where something is created",
    arguments: [
      (nil, "idempotency_key_missing"), ("", "idempotency_key_missing"), ("with blank", "malformed_request"),
      ("ümlaut", "malformed_request"), (String(repeating: "k", count: 256), "malformed_request"),
    ])
  func missing(_ key: String?, _ code: String) async throws {
    try await withService { visitor in
      let (path, other) = (try visitor.makeCase(), try visitor.makeCase(ref: "2"))
      for (target, body) in Self.creations(path, String(other.split(separator: "/").last ?? "")) {
        let answer = try visitor.ask(as: .bkn, "POST", target, body, key.map { [("Idempotency-Key", $0)] } ?? [])
        #expect(answer.status == 400 && answer.json["code"].string == code, "\(target)")
        #expect(answer.json["errors"][0]["parameter"].string == "Idempotency-Key")
      }
    }
  }

  @Test("with the same body gets the first answer again, whatever has happened since")
  func replay() async throws {
    try await withService { visitor in
      let (path, other) = (try visitor.makeCase(), try visitor.makeCase(ref: "2"))
      let creations = Self.creations(path, String(other.split(separator: "/").last ?? ""))
      var firsts: [HTTPAnswer] = []
      for (index, creation) in creations.enumerated() {
        let fields = [("Idempotency-Key", "k\(index)")]
        let first = try visitor.ask(as: .bkn, "POST", creation.target, creation.body, fields)
        #expect(first.status == 201 && first["idempotency-replayed"] == nil, "\(creation.target): \(first.text)")
        firsts.append(first)
      }
      visitor.clock.advance(seconds: 3_600)
      try visitor.must("verifications", on: firsts[0]["location"] ?? "", as: .bkn, verified)
      let decision = try visitor.act(
        "correction-requests/1/refusal", on: path, as: .bawaslu, #"{"reason":"Tidak benar."}"#)
      #expect(decision.status == 201)
      for (index, creation) in creations.enumerated() {
        let again = try visitor.ask(
          as: .bkn, "POST", creation.target, creation.body, [("Idempotency-Key", "k\(index)")])
        #expect(again.status == 201 && again.text == firsts[index].text, "\(creation.target)")
        #expect(again["idempotency-replayed"] == "true" && again["location"] == firsts[index]["location"])
        #expect(again["etag"] == firsts[index]["etag"])
      }
      #expect(try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int == 3)
    }
  }

  private let verified = #"{"occurred_on":"2024-10-08","outcome":"accepted"}"#

  @Test("is of the same request whatever order, spacing and spelling it comes in")
  func spelling() async throws {
    try await withService { visitor in
      let key = [("Idempotency-Key", "k")]
      let body = Sample.caseBody()
      let value = try JSONValue.parse(Array(body.utf8))
      guard case .object(let object) = value else { return }
      var turned = JSONWriter()
      turned.value(.object(JSONObject(object.members.reversed().map { ($0.name, $0.value) })))
      let escaped = body.replacing("Pegawai", with: "\\u0050egawai")
      let first = try visitor.ask(as: .bkn, "POST", "/v1/cases", body, key)
      #expect(first.status == 201, "\(first.text)")
      for (target, other) in [
        ("/v1/cases", body + "\n "), ("/v1/cases", String(decoding: turned.bytes, as: UTF8.self)),
        ("/v1/cases", escaped), ("/v1/c%61ses?", body), ("/v1/cases", "\u{FEFF}" + body),
      ] {
        let again = try visitor.ask(as: .bkn, "POST", target, other, key)
        #expect(again.status == 201 && again["idempotency-replayed"] == "true", "\(other) \(again.text)")
        #expect(again.body == first.body)
      }
      // A list is in an order, and a number is what is written.
      let list = #"{"act":{"urls":["https://a.test","https://b.test"]}}"#
      let one = try visitor.ask(
        as: .bkn, "POST", "/v1/cases", Sample.caseBody(list, agencyRef: "u"), [("Idempotency-Key", "u")])
      #expect(one.status == 201)
      let other = #"{"act":{"urls":["https://b.test","https://a.test"]}}"#
      let two = try visitor.ask(
        as: .bkn, "POST", "/v1/cases", Sample.caseBody(other, agencyRef: "u"), [("Idempotency-Key", "u")])
      #expect(two.status == 422)
    }
  }

  @Test("of an earlier release, which took the bytes as they were sent, still counts")
  func earlierDigest() async throws {
    try await withService { visitor in
      let body = Sample.caseBody() + " "
      let made = try visitor.ask(as: .bkn, "POST", "/v1/cases", body, [("Idempotency-Key", "new")])
      let digest = Array(SHA256.hash(data: Data("POST /v1/cases\n\(body)".utf8)))
      let id = try #require(CaseID(made.json["id"].string ?? ""))
      let now = visitor.clock.now
      try await visitor.service.store.write(by: .agency(.bkn), dryRun: false) { write in
        let reply = StoredReply(requestDigest: digest, status: 201, caseID: id, version: 1, resource: nil)
        try write.remember(reply, .agency(.bkn), "old", at: now)
      }
      let again = try visitor.ask(as: .bkn, "POST", "/v1/cases", body, [("Idempotency-Key", "old")])
      #expect(again.status == 201 && again["idempotency-replayed"] == "true" && again.body == made.body)
      let other = try visitor.ask(as: .bkn, "POST", "/v1/cases", body + " ", [("Idempotency-Key", "old")])
      #expect(other.status == 422)
    }
  }

  @Test("of a note is kept: the note is there once")
  func notes() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let etag = try visitor.etag(path, as: .bkn)
      let note = #"{"occurred_on":"2024-10-09","text":"Catatan."}"#
      let fields = [("If-Match", etag), ("Idempotency-Key", "note")]
      let answers = try (0..<3).map { _ in try visitor.ask(as: .bkn, "POST", "\(path)/notes", note, fields) }
      #expect(answers.map(\.status) == [201, 201, 201])
      #expect(answers.map { $0["idempotency-replayed"] } == [nil, "true", "true"])
      let events = try visitor.get("\(path)/history", as: .bkn).json["items"].items
      #expect(events.count { $0["what"].string == "notes" } == 1)
      let other = note.replacing("Catatan", with: "Lain")
      #expect(try visitor.ask(as: .bkn, "POST", "\(path)/notes", other, fields).status == 422)
    }
  }

  @Test("with another body, address or query is refused; another agency's same key is its own")
  func reuse() async throws {
    try await withService { visitor in
      let key = [("Idempotency-Key", "k")]
      let body = Sample.caseBody()
      let first = try visitor.ask(as: .bkn, "POST", "/v1/cases", body, key)
      #expect(first.status == 201)
      let others = [("/v1/cases", Sample.caseBody(agencyRef: "2")), ("/v1/cases", "{}")]
      for (target, other) in others {
        let answer = try visitor.ask(as: .bkn, "POST", target, other, key)
        #expect(answer.status == 422, "\(other)")
        if other != "{}" { #expect(answer.json["code"].string == "idempotency_key_reused") }
      }
      let path = first["location"] ?? ""
      let request = try visitor.ask(
        as: .bkn, "POST", "\(path)/correction-requests", #"{"patch":{"motives":["x"]},"reason":"x"}"#, key)
      #expect(request.status == 422 && request.json["code"].string == "idempotency_key_reused")
      #expect(try visitor.ask(as: .panrb, "POST", "/v1/cases", body, key).status == 201)
    }
  }

  @Test("is kept seven days and is free again afterwards")
  func lifetime() async throws {
    try await withService { visitor in
      let key = [("Idempotency-Key", "k")]
      #expect(try visitor.ask(as: .bkn, "POST", "/v1/cases", Sample.caseBody(), key).status == 201)
      visitor.clock.advance(seconds: 7 * 86_400 - 1)
      let late = try visitor.ask(as: .bkn, "POST", "/v1/cases", Sample.caseBody(), key)
      #expect(late.status == 201 && late["idempotency-replayed"] == "true")
      visitor.clock.advance(seconds: 2)
      let after = try visitor.ask(as: .bkn, "POST", "/v1/cases", Sample.caseBody(agencyRef: "2"), key)
      #expect(after.status == 201 && after["idempotency-replayed"] == nil)
    }
  }

  @Test("of 64 clients at once makes one case, and all get the same answer")
  func concurrentClients() async throws {
    try await withService { visitor in
      let clients = try (0..<64).map { _ in try visitor.newClient() }
      let fields = [
        ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")"), ("Content-Type", "application/json"),
        ("Idempotency-Key", "one"),
      ]
      for client in clients { try client.send("POST", "/v1/cases", fields, Array(Sample.caseBody().utf8)) }
      let answers = try clients.map { try $0.answer() }
      #expect(answers.allSatisfy { $0.status == 201 && $0.body == answers[0].body })
      #expect(answers.filter { $0["idempotency-replayed"] == nil }.count == 1)
      #expect(Set(answers.map { $0["location"] ?? "" }).count == 1 && Set(answers.map { $0["etag"] ?? "" }).count == 1)
      #expect(try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int == 1)
    }
  }

  @Test("saves a retry of an action or a correction from 412")
  func retriedAction() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let etag = try visitor.etag(path, as: .bkn)
      let fields = [("If-Match", etag), ("Idempotency-Key", "a")]
      let first = try visitor.ask(as: .bkn, "POST", "\(path)/verifications", verified, fields)
      let again = try visitor.ask(as: .bkn, "POST", "\(path)/verifications", verified, fields)
      #expect(first.status == 201 && again.status == 201 && first.body == again.body)
      #expect(again["idempotency-replayed"] == "true" && again["etag"] == first["etag"])
      let patch = #"{"motives":["office"],"reason":"x"}"#
      let patchFields = [("If-Match", first["etag"] ?? ""), ("Idempotency-Key", "p")]
      let corrected = try (0..<2).map { _ in try visitor.ask(as: .bkn, "PATCH", path, patch, patchFields) }
      #expect(corrected.map(\.status) == [200, 200] && corrected[0].body == corrected[1].body)
      let without = try visitor.ask(as: .bkn, "POST", "\(path)/verifications", verified, [("If-Match", etag)])
      #expect(without.status == 412)
      let history = try visitor.get("\(path)/history", as: .bkn).json["items"].items
      #expect(history.compactMap { $0["what"].string } == ["created", "verifications", "correction"])
    }
  }

  @Test("is not used up by a refused request or a dry run")
  func refused() async throws {
    try await withService { visitor in
      let key = [("Idempotency-Key", "k")]
      #expect(try visitor.ask(as: .bkn, "POST", "/v1/cases", "{}", key).status == 422)
      let dry = try visitor.ask(as: .bkn, "POST", "/v1/cases?dry_run=true", Sample.caseBody(), key)
      #expect(dry.status == 201)
      let real = try visitor.ask(as: .bkn, "POST", "/v1/cases", Sample.caseBody(), key)
      #expect(real.status == 201 && real["idempotency-replayed"] == nil)
    }
  }

  @Test("is not needed to be safe: a number is taken once per agency and person")
  func reportNumber() async throws {
    try await withService { visitor in
      _ = try visitor.makeCase()
      let again = try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody())
      #expect(again.status == 409 && again.json["code"].string == "report_exists")
      #expect(again.json["errors"][0]["pointer"].string == "/source/agency_ref")
      #expect(try visitor.post("/v1/cases", as: .bkn, Sample.caseBody()).status == 201)
      let other = Sample.caseBody(#"{"subject":{"nip":"198609262015051002"}}"#)
      #expect(try visitor.post("/v1/cases", as: .bawaslu, other).status == 201)
    }
  }
}
