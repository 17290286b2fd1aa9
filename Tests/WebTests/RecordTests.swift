internal import Domain
internal import Foundation
internal import JSON
internal import Merkle
internal import Storage
internal import TestSupport
internal import Testing

/// The record as a stranger meets it: its checkpoints, tiles, proofs and receipts.
@Suite("The record")
struct RecordTests {
  /// The newest checkpoint, once it has so many leaves.
  private func checkpoint(_ visitor: Visitor, atLeast size: Int64 = 1) throws -> Checkpoint {
    for _ in 0..<200 {
      let note = try SignedNote(try visitor.ask("GET", "/v1/record/checkpoint", []).body)
      let checkpoint = try Checkpoint(text: note.text)
      if checkpoint.size >= size {
        let key = try #require(visitor.service.store.logKey)
        #expect(try note.isSigned(by: key) && checkpoint.origin == key.name)
        return checkpoint
      }
      usleep(20_000)
    }
    throw Mismatch("no checkpoint of \(size) leaves")
  }

  private func receipt(_ answer: HTTPAnswer) throws -> (index: Int64, hash: Hash) {
    let words = try #require(answer["netral-leaf"]).split(separator: " ")
    return (try #require(Int64(words[0])), try #require(Hash(base64: words[1])))
  }

  private func hashes(_ visitor: Visitor, of size: Int64) throws -> [Hash] {
    try Tile.needed(to: size).filter { $0.level == 0 }.flatMap { tile in
      let answer = try visitor.ask("GET", "/v1/record/\(tile.path)", [])
      #expect(answer.status == 200 && answer["cache-control"]?.hasPrefix("public") == true, "\(tile.path)")
      return try #require(tile.hashes(answer.body))
    }
  }

  /// The hash of the leaf that a proof is of, after a look at what it discloses.
  private func leaf(_ proof: JSONValue, of shown: JSONValue) throws -> Hash {
    let groups = proof["groups"].members.map { ($0.name, $0.value.string ?? "") }
    for text in proof["disclosures"].items.compactMap(\.string) {
      let digest = Base64URL.encode(Hash(of: Array(text.utf8)).bytes)
      let parts = try JSONValue.parse(try #require(Base64URL.decode(text))).items
      let name = try #require(parts[1].string)
      #expect(groups.contains { $0.0 == name && $0.1 == digest }, "\(name)")
      #expect(parts[0].string?.count == 22)
      try compare(parts[2], shown, name)
    }
    let members = groups.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
    let text =
      #"{"kind":"event","agency":"\#(proof["agency"].string ?? "")","seq":\#(proof["seq"].int ?? 0),"groups":{\#(members)}}"#
    return MerkleTree.leaf(Array(text.utf8))
  }

  /// Every value that is disclosed of the facts is the one that is shown.
  private func compare(_ value: JSONValue, _ shown: JSONValue, _ place: String) throws {
    guard ["facts", "subject", "narrative", "reporter"].contains(place.split(separator: "/")[0]) else { return }
    if case .object(let object) = value {
      for (name, part) in object.members { try compare(part, shown[name], "\(place)/\(name)") }
    } else {
      #expect(value == shown, "\(place)")
    }
  }

  @Test("gives every write a receipt, which stands in the tree of a signed checkpoint")
  func receipts() async throws {
    try await withService { visitor in
      let key = visitor.freshKey()
      let body = Sample.caseBody(agencyRef: "r-1")
      let made = try visitor.ask(as: .bawaslu, "POST", "/v1/cases", body, [key])
      let again = try visitor.ask(as: .bawaslu, "POST", "/v1/cases", body, [key])
      #expect(made.status == 201 && again["idempotency-replayed"] == "true")
      #expect(made["netral-leaf"] == again["netral-leaf"])
      let path = try #require(made["location"])
      let verified = try visitor.act(
        "verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      let token = #"{"agency":"BKN","label":"x","scopes":["cases:read"]}"#
      let maker = Service.operatorName
      let newKey = try visitor.ask(as: maker, "POST", "/v1/admin/keys", token, [visitor.freshKey()])
      let wish = #"{"patch":{"motives":["family"]},"reason":"x"}"#
      let request = try visitor.post("\(path)/correction-requests", as: .panrb, wish)
      let answers = [made, verified, newKey, request]
      let receipts = try answers.map(receipt)
      #expect(Set(receipts.map(\.index)).count == answers.count)
      let checkpoint = try checkpoint(visitor, atLeast: (receipts.map(\.index).max() ?? 0) + 1)
      let hashes = try hashes(visitor, of: checkpoint.size)
      #expect(MerkleTree.root(of: hashes) == checkpoint.root)
      for receipt in receipts { #expect(hashes[Int(receipt.index)] == receipt.hash) }
      for refused in ["tile/0/001", "tile/0/000.p/255", "tile/1/000", "tile/00/000", "tile/0/0", "tile/0/000.p/256"] {
        #expect(try visitor.ask("GET", "/v1/record/\(refused)", []).status == 404, "\(refused)")
      }
      let tried = try visitor.act(
        "notes", on: path, as: .bkn, ActionBodies.valid(.notes, on: "2024-10-09"), dryRun: true)
      #expect(tried.status == 201 && tried["netral-leaf"] == nil)
      #expect(try visitor.get(path, as: .bkn)["netral-leaf"] == nil)
    }
  }

  @Test("proves what the feed, a snapshot and a history show, to each agency as much as it sees")
  func proofs() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(ref: "proved-1")
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      try visitor.must("notes", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","text":"Catatan kami."}"#)
      for who in [AgencyCode.bawaslu, .bkn, .panrb, .kemendagri] {
        let feed = try visitor.get("/v1/changes?proof=true", as: who).json["changes"].items
        let lines = try visitor.get("/v1/exports/cases?proof=true", as: who).lines.map {
          try JSONValue.parse(Array($0.utf8))
        }
        let events = try visitor.get("\(path)/history?proof=true", as: who).json["items"].items
        let shown = feed.filter { $0.has("case") } + lines.filter { $0.has("case") } + events
        let last = try #require(shown.compactMap { $0["proof"]["leaf"].int }.max())
        let checkpoint = try checkpoint(visitor, atLeast: Int64(last) + 1)
        let hashes = try hashes(visitor, of: checkpoint.size)
        for shown in shown {
          let proof = shown["proof"]
          let index = try #require(proof["leaf"].int)
          #expect(try leaf(proof, of: shown["case"]) == hashes[index], "\(who) \(shown)")
          let disclosed = proof["disclosures"].items.compactMap(\.string).compactMap {
            Base64URL.decode($0).map { String(decoding: $0, as: UTF8.self) }
          }
          #expect(disclosed.contains { $0.contains(#"","core",{"#) })
          // No more than is shown.
          let redacted = shown["case"]["redacted"].items.compactMap(\.string)
          for group in redacted { #expect(!disclosed.contains { $0.contains(#"","\#(group)""#) }, "\(who) \(group)") }
          if who != .bkn { #expect(!disclosed.contains { $0.contains("Catatan kami") }, "\(who)") }
          #expect(!disclosed.contains { $0.contains(#""store""#) })
        }
      }
      #expect(try visitor.get("/v1/exports/cases?proof=true&format=csv", as: .bkn).status == 400)
    }
  }

  @Test("shows what every leaf commits to, and opens to each agency what it is shown elsewhere, and no more")
  func leaves() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase(ref: "leaf-1")
      try visitor.must("verifications", on: path, as: .bkn, ActionBodies.valid(.verifications, on: "2024-10-09"))
      for who in [AgencyCode.bkn, .panrb] {
        try visitor.must("notes", on: path, as: who, #"{"occurred_on":"2024-10-09","text":"Catatan kami."}"#)
      }
      let wish = #"{"patch":{"motives":["family"]},"reason":"x"}"#
      let request = try visitor.post("\(path)/correction-requests", as: .panrb, wish)
      let central = Sample.caseBody(#"{"institution":"kemenag"}"#, agencyRef: "leaf-2")
      let other = try visitor.ask(as: .bawaslu, "POST", "/v1/cases", central, [visitor.freshKey()])
      let token = #"{"agency":"BKN","label":"x","scopes":["cases:read"]}"#
      let key = try visitor.ask(as: Service.operatorName, "POST", "/v1/admin/keys", token, [visitor.freshKey()])
      let size = try checkpoint(visitor, atLeast: try receipt(key).index + 1).size
      let hashes = try hashes(visitor, of: size)
      #expect(request.status == 201 && other.status == 201)

      for who in [AgencyCode.bawaslu, .bkn, .panrb, .kemendagri] {
        var inHistories: Set<Int> = []
        for line in try visitor.get("/v1/cases?format=ndjson", as: who).lines {
          guard let id = try JSONValue.parse(Array(line.utf8))["id"].string else { continue }
          let events = try visitor.get("/v1/cases/\(id)/history?proof=true", as: who).json["items"].items
          inHistories.formUnion(events.compactMap { $0["proof"]["leaf"].int })
        }
        let items = try visitor.get("/v1/record/leaves?proof=true&limit=\(size)", as: who).json["items"].items
        #expect(items.count == Int(size))
        var opened: Set<Int> = []
        for (index, item) in items.enumerated() {
          // What an agency may not know of is not opened: not even which leaves are of one case.
          #expect(item.has("proof") || item["kind"].string == "event", "\(who) \(item)")
          if item.has("proof") { #expect(try leaf(item) == hashes[index], "\(who) \(item)") }
          let kind = try #require(item["kind"].string)
          let isOpen = !item["proof"]["disclosures"].items.isEmpty
          if isOpen, kind == "event" { opened.insert(index) }
          if !isOpen, kind == "event" {
            let isOfNote = item["proof"].has("groups") && !item["proof"]["groups"].has("facts")
            #expect(who == .kemendagri ? !item.has("proof") : isOfNote, "\(who) \(item)")
          }
          if ["key", "key_end"].contains(kind) { #expect(isOpen == (item["agency"].string == who.rawValue), "\(who)") }
        }
        #expect(opened == inHistories, "\(who)")
      }
      #expect(try visitor.get("/v1/record/leaves?proof=true&format=csv", as: .bkn).status == 400)
      #expect(try visitor.get("/v1/record/leaves", as: .bkn).json["items"].items.allSatisfy { !$0.has("proof") })
    }
  }

  /// The hash of a leaf as it is listed, after a look at what it discloses: its core alone.
  private func leaf(_ item: JSONValue) throws -> Hash {
    let groups = item["proof"]["groups"].members.map { ($0.name, $0.value.string ?? "") }
    for text in item["proof"]["disclosures"].items.compactMap(\.string) {
      let digest = Base64URL.encode(Hash(of: Array(text.utf8)).bytes)
      #expect(groups.contains { $0 == ("core", digest) })
    }
    let agency = item["agency"].string.map { ",\"agency\":\"\($0)\"" } ?? ""
    let seq = item["seq"].int.map { ",\"seq\":\($0)" } ?? ""
    let members = groups.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
    return MerkleTree.leaf(
      Array("{\"kind\":\"\(item["kind"].string ?? "")\"\(agency)\(seq),\"groups\":{\(members)}}".utf8))
  }

  @Test("takes the cosignature of a registered key, and nothing that is behind, foreign, unsigned or of the future")
  func cosignatures() async throws {
    try await withService { visitor in
      let signer = try NoteSigner.generate(name: "bkn.example", type: .cosignature)
      func hand(in bytes: [UInt8]) throws -> HTTPAnswer {
        let text = String(decoding: bytes, as: UTF8.self)
        return try visitor.ask(as: .bkn, "POST", "/v1/record/cosignatures", text, [("Content-Type", "text/plain")])
      }
      let now = visitor.clock.now.milliseconds / 1_000
      func cosigned(_ time: Int64, _ change: (inout SignedNote) throws -> Void = { _ in }) throws -> [UInt8] {
        var note = try SignedNote(try visitor.ask("GET", "/v1/record/checkpoint", []).body)
        try change(&note)
        try note.cosign(with: signer, at: time)
        return note.bytes
      }
      _ = try checkpoint(visitor)
      #expect(try hand(in: cosigned(now)).status == 422)
      for bad in ["", "x", #"{"key":"bkn.example+00000000+AAAA"}"#] {
        #expect(try visitor.ask(as: .bkn, "PUT", "/v1/record/witness", bad).status >= 400)
      }
      let body = #"{"key":"\#(signer.verifier.text)"}"#
      #expect(try visitor.ask(as: .bkn, "PUT", "/v1/record/witness", body).json["agency"].string == "BKN")
      let other = try NoteSigner.generate(name: "bkn.example", type: .cosignature)
      let first = try cosigned(now)
      for bad in [
        try cosigned(now + 3_600), Array(first.dropLast()),
        Array(String(decoding: first, as: UTF8.self).utf8.dropFirst()),
        try SignedNote(first).text.utf8.map { $0 },
        try { () -> [UInt8] in
          var note = try SignedNote(try visitor.ask("GET", "/v1/record/checkpoint", []).body)
          try note.cosign(with: other, at: now)
          return note.bytes
        }(),
        try { () -> [UInt8] in
          let size = try Checkpoint(text: SignedNote(first).text).size + 1
          let key = try NoteSigner.generate(name: "netral/1", type: .ed25519)
          var note = try SignedNote(
            text: Checkpoint(origin: "netral/1", size: size, root: MerkleTree.emptyRoot).text)
          try note.sign(with: key)
          try note.cosign(with: signer, at: now)
          return note.bytes
        }(),
      ] {
        let answer = try hand(in: bad)
        #expect(answer.status == 422 && answer.json["errors"].items.count == 1, "\(answer.text)")
      }
      #expect(try visitor.ask("GET", "/v1/record/witnesses", []).json["items"][0]["size"] == .null)
      #expect(try hand(in: first).status == 201)
      let size = try Checkpoint(text: SignedNote(first).text).size
      _ = try visitor.makeCase()
      _ = try checkpoint(visitor, atLeast: size + 1)
      let second = try hand(in: cosigned(now + 1))
      #expect(second.status == 201 && second.json["size"].int.map(Int64.init) ?? 0 > size)
      let behind = try hand(in: first)
      #expect(behind.status == 409 && behind.json["code"].string == "checkpoint_conflict")
      #expect(behind.json["detail"].string?.contains("\(second.json["size"].int ?? 0)") == true)
      let served = try SignedNote(try visitor.ask("GET", "/v1/record/checkpoint", []).body)
      #expect(try served.cosigningTime(of: signer.verifier) == now + 1)
    }
  }

  @Test("shows administration to everybody, keys in full to their own agency alone")
  func administration() async throws {
    try await withService { visitor in
      let token = #"{"agency":"BKN","label":"rahasia kami","scopes":["cases:read"]}"#
      let maker = Service.operatorName
      let made = try visitor.ask(as: maker, "POST", "/v1/admin/keys", token, [visitor.freshKey()])
      let id = try #require(made.json["id"].string)
      #expect(try visitor.ask(as: maker, "DELETE", "/v1/admin/keys/\(id)").status == 204)
      let row =
        #"[{"date":"2027-01-01","name_id":"Uji","name_en":"Test","kind":"holiday","source":"Uji","confidence":"full"}]"#
      #expect(try visitor.ask(as: maker, "PUT", "/v1/admin/reference/holidays", row).status == 200)
      func leaves(_ who: String) throws -> [JSONValue] {
        try visitor.ask(as: who, "GET", "/v1/record/administration").json["items"].items
      }
      let (own, foreign) = (try leaves("BKN"), try leaves("PANRB"))
      #expect(own.count == foreign.count && own.map { $0["hash"] } == foreign.map { $0["hash"] })
      let key = try #require(own.first { $0["content"]["id"].string == id && $0["kind"].string == "key" })
      #expect(key["content"]["label"].string == "rahasia kami" && key["content"]["by"].string != nil)
      #expect(own.contains { $0["kind"].string == "key_end" && $0["content"]["id"].string == id })
      #expect(!foreign.contains { $0["content"]["id"].string == id })
      #expect(foreign.contains { $0["index"] == key["index"] && $0["content"] == .null })
      let change = try #require(foreign.last { $0["kind"].string == "reference" })
      #expect(
        change["content"]["rows"][0]["before"] == .null && change["content"]["rows"][0]["code"].string == "2027-01-01")
      #expect(change["content"]["by"].string != nil && own.first?["kind"].string == "origin")
      let text = try visitor.ask(as: "BKN", "GET", "/v1/record/administration").text
      let secret = try #require(made.json["key"].string?.split(separator: "_").last)
      #expect(!text.contains(secret))
    }
  }
}
