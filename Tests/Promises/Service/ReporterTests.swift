internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import SealedReporters
@testable internal import Service
@testable internal import Web

@Suite("A sealing key")
struct SealingKeyTests {
  /// Encodings of points of low order, and of what is no canonical encoding of any point.
  static let low = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "cdeb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
    "4c9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
    "d9ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "daffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "dbffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0900000000000000000000000000000000000000000000000000000000000080",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ].map { hex in
    let digits = Array(hex)
    return Data(stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 })
      .base64EncodedString()
  }

  @Test("is refused where its point is of low order, or not written in its one form", arguments: low)
  func lowOrder(text: String) async throws {
    #expect(throws: SealingPublicKey.Fault.lowOrder) { try SealingPublicKey(text) }
    #expect(
      !ReporterSeal.isWellFormed(SealedCopy(keyID: "x", enc: text, ciphertext: Data(count: 272).base64EncodedString())))
  }

  @Test("is active once its possession is proved, by its own agency, and ends when another one takes over")
  func registration() async throws {
    try await withService { visitor in
      func put(_ body: String, as who: AgencyCode = .bawaslu, of code: String = "BAWASLU", _ query: String = "") throws
        -> HTTPAnswer
      {
        try visitor.ask(as: who, "PUT", "/v1/agencies/\(code)/sealing-key\(query)", body)
      }
      for (body, pointer) in [
        ("{}", "/public_key"), (#"{"public_key":1}"#, "/public_key"), (#"{"public_key":"x"}"#, "/public_key"),
        (#"{"public_key":"\#(Data(count: 31).base64EncodedString())"}"#, "/public_key"),
        (#"{"public_key":"\#(Self.low[4])"}"#, "/public_key"), (#"{"public_key":"x","more":1}"#, "/more"),
      ] {
        let answer = try put(body)
        #expect(answer.status == 422 && answer.json["errors"][0]["pointer"].string == pointer, "\(answer.text)")
      }
      let world = try ReporterWorld(visitor)
      #expect(try put(world.body, of: "XX").status == 404)
      #expect(try put(world.body, as: .bkn).json["code"].string == "not_owner")
      #expect(try put(world.body, as: .kasn, of: "KASN").json["code"].string == "agency_ended")
      let key = SealingPrivateKey()
      let publicKey = try key.publicKey.text
      let first = try put(#"{"public_key":"\#(publicKey)"}"#)
      #expect(first.status == 202)
      #expect(try visitor.get("/v1/agencies/BAWASLU/sealing-key", as: .panrb).json["keys"].items.isEmpty)
      let nonce = try #require(
        key.nonce(
          enc: first.json["enc"].string ?? "", ciphertext: first.json["ciphertext"].string ?? "", of: .bawaslu,
          keyID: first.json["key_id"].string ?? ""))
      let other = try SealingPrivateKey().publicKey.text
      for (key, nonce) in [(publicKey, "AAAA"), (publicKey, ""), (other, nonce)] {
        let answer = try put(#"{"public_key":"\#(key)","nonce":"\#(nonce)"}"#)
        #expect(answer.status == 422, "\(answer.text)")
      }
      // Of another agency the nonce of the same key is another one.
      #expect(try put(#"{"public_key":"\#(publicKey)","nonce":"\#(nonce)"}"#, as: .bkn, of: "BKN").status == 422)
      let body = #"{"public_key":"\#(publicKey)","nonce":"\#(nonce)"}"#
      #expect(try put(body, "?dry_run=true").status == 200)
      #expect(try visitor.get("/v1/agencies/BAWASLU/sealing-key", as: .panrb).json["keys"].items.isEmpty)
      visitor.clock.advance(seconds: 1_300)
      #expect(try put(body).status == 422, "a nonce is good for minutes")
      for _ in 1...3 { _ = try world.register() }
      #expect(try visitor.get("/v1/agencies/BAWASLU/sealing-key", as: .panrb).json["keys"].items.count == 3)
      let last = try world.register()
      #expect(last.status == 200 && last.json["keys"].items.count == 4)
      #expect(try world.register().json["errors"][0]["pointer"].string == "/ends")
      let ends = last.json["keys"].items.prefix(2).compactMap { $0["key_id"].string }
      #expect(try world.register(ending: ["nobody"]).json["errors"][0]["pointer"].string == "/ends/0")
      #expect(try world.register(ending: ends).json["keys"].items.count == 3)
      let leaves = try visitor.get("/v1/record/administration", as: .panrb).json["items"].items.filter {
        $0["kind"].string == "sealing_key"
      }
      #expect(leaves.count == 5 && leaves[4]["content"]["ends"].strings == ends)
      // The feed tells an agency its own keys, and nobody else's.
      #expect(try visitor.get("/v1/changes", as: .bawaslu).json["sealing_keys"].items.count == 3)
      #expect(!(try visitor.get("/v1/changes", as: .bkn).json.has("sealing_keys")))
      try await visitor.reopen()
      #expect(try visitor.get("/v1/agencies/BAWASLU/sealing-key", as: .panrb).json["keys"].items.count == 3)
      // An ended key does not come back; one that is active ends others, and the same again changes nothing.
      let (id, active) = try #require(world.keys.first { !ends.contains($0.key) })
      for ended in ends {
        let text = try #require(try world.keys[ended]?.publicKey.text)
        let answer = try put(#"{"public_key":"\#(text)"}"#)
        #expect(answer.json["errors"][0]["pointer"].string == "/public_key", "\(answer.text)")
      }
      let rest = world.keys.keys.filter { $0 != id && !ends.contains($0) }
      for _ in 1...2 {
        #expect(try world.register(active, ending: rest).json["keys"].items.map { $0["key_id"].string } == [id])
      }
      #expect(try world.register(active, ending: [id]).json["errors"][0]["pointer"].string == "/ends/0")
    }
  }
}

/// An agency that registers keys, and opens what is sealed to them.
final class ReporterWorld {
  private let visitor: Visitor
  private(set) var keys: [String: SealingPrivateKey] = [:]
  let body: String

  init(_ visitor: Visitor) throws {
    self.visitor = visitor
    body = #"{"public_key":"\#(try SealingPrivateKey().publicKey.text)"}"#
  }

  @discardableResult func register(
    _ key: SealingPrivateKey = SealingPrivateKey(), of agency: AgencyCode = .bawaslu, ending ends: [String] = []
  ) throws -> HTTPAnswer {
    let text = try key.publicKey.text
    func put(_ body: String) throws -> HTTPAnswer {
      try visitor.ask(as: agency, "PUT", "/v1/agencies/\(agency)/sealing-key", body)
    }
    let ended = ends.map { "\"\($0)\"" }.joined(separator: ",")
    let asked = try put(#"{"public_key":"\#(text)","ends":[\#(ended)]}"#)
    guard asked.status == 202 else { return asked }
    let challenge = asked.json
    let id = challenge["key_id"].string ?? ""
    let nonce =
      key.nonce(
        enc: challenge["enc"].string ?? "", ciphertext: challenge["ciphertext"].string ?? "", of: agency, keyID: id)
      ?? ""
    let answer = try put(#"{"public_key":"\#(text)","nonce":"\#(nonce)","ends":[\#(ended)]}"#)
    if answer.status == 200 { keys[id] = key }
    return answer
  }

  /// Every copy of a reporter, opened.
  func opened(_ record: JSONValue) -> [String] {
    record["reporter"]["sealed"].items.map { copy in
      let sealed = SealedCopy(
        keyID: copy["key_id"].string ?? "", enc: copy["enc"].string ?? "", ciphertext: copy["ciphertext"].string ?? "")
      let found = keys[sealed.keyID]?.open(
        sealed, of: .bawaslu, report: record["source"]["agency_ref"].string ?? "")
      return found.map { "\($0.name) \($0.contact ?? "-")" } ?? "sealed"
    }
  }

  func sealed(_ name: String, report: String, to ids: [String]? = nil) throws -> String {
    let active = try visitor.get("/v1/agencies/BAWASLU/sealing-key", as: .bawaslu).json["keys"].items.map { key in
      SealingKey(
        id: key["key_id"].string ?? "", agency: .bawaslu, publicKey: key["public_key"].string ?? "",
        registeredAt: visitor.clock.now)
    }
    let copies = try ReporterSeal.seal(
      name: name, contact: nil, to: active.filter { ids?.contains($0.id) ?? true }, of: .bawaslu, report: report)
    return "["
      + copies.map { #"{"key_id":"\#($0.keyID)","enc":"\#($0.enc)","ciphertext":"\#($0.ciphertext)"}"# }
      .joined(separator: ",") + "]"
  }
}

@Suite("A sealed reporter")
struct SealedReporterTests {
  private static let open = #"{"reporter":{"mode":"named","name":"Kolibri Satu","contact":"kolibri@example.org"}}"#

  @Test("is read by its agency alone, whoever looks by whatever door, and stays as it was sealed")
  func carried() async throws {
    try await withService { visitor in
      let world = try ReporterWorld(visitor)
      let clear = try visitor.makeCase(Self.open, ref: "R-0")
      for _ in 1...2 { try world.register() }
      let path = try visitor.makeCase(Self.open, ref: "R-1")
      let made = try visitor.get(path, as: .bawaslu).json
      #expect(world.opened(made) == Array(repeating: "Kolibri Satu kolibri@example.org", count: 2))
      #expect(made["reporter"]["mode"].string == "named" && made["reporter"]["name"] == .null)
      try visitor.must("verifications", on: path, as: .bkn, #"{"occurred_on":"2024-10-09","outcome":"accepted"}"#)
      #expect(try visitor.patch(path, as: .bawaslu, #"{"motives":["office"],"reason":"x"}"#).status == 200)
      #expect(try visitor.patch(path, as: .bkn, #"{"act":{"place":"Lain"},"reason":"x"}"#).status == 200)
      let later = try visitor.get(path, as: .bawaslu).json
      #expect(later["reporter"] == made["reporter"] && later["version"].int == 4)
      #expect(try visitor.get("\(path)?as_of=2024-10-15T00:00:00Z", as: .bawaslu).status == 404)
      for agency in agencies {
        for target in [
          path, "\(path)/history", "\(path)/history?proof=true", "/v1/cases", "/v1/cases?format=csv", "/v1/changes",
          "/v1/changes?proof=true", "/v1/exports/cases", "/v1/exports/cases?format=csv", "/v1/record/leaves?proof=true",
        ] {
          let text = try visitor.get(target, as: agency).text
          let isBefore = text.contains(clear.dropFirst("/v1/cases/".count)) || target.contains("format=csv")
          #expect(!text.contains("olibri") || (agency == .bawaslu && isBefore), "\(agency) \(target)")
          if agency != .bawaslu { #expect(!text.contains("ciphertext"), "\(agency) \(target)") }
        }
      }
      // Who gives it anew has it sealed anew; what was in clear before stays until then.
      #expect(try visitor.get(clear, as: .bawaslu).json["reporter"]["name"].string == "Kolibri Satu")
      // The same words are enough.
      let again = try visitor.patch(
        clear, as: .bawaslu, #"{"reporter":{"name":"Kolibri Satu","contact":"kolibri@example.org"},"reason":"x"}"#)
      #expect(again.status == 200 && world.opened(again.json).count == 2, "\(again.text)")
      for one in [path, clear] {
        let patched = try visitor.patch(one, as: .bawaslu, #"{"reporter":{"name":"Kolibri Dua"},"reason":"x"}"#)
        #expect(patched.status == 200 && !patched.text.contains("Kolibri"), "\(patched.text)")
        #expect(world.opened(patched.json).allSatisfy { $0.hasPrefix("Kolibri Dua") }, "\(world.opened(patched.json))")
      }
      let asked = try visitor.post(
        "\(path)/correction-requests", as: .bawaslu, #"{"patch":{"reporter":{"name":"Kolibri Tiga"}},"reason":"x"}"#)
      #expect(
        asked.status == 422 && asked.json["errors"][0]["pointer"].string == "/patch/reporter/name", "\(asked.text)")
      let gone = try visitor.patch(
        path, as: .bawaslu, #"{"reporter":{"mode":"anonymous","sealed":null},"reason":"x"}"#)
      #expect(gone.status == 200 && !gone.json["reporter"].has("sealed"), "\(gone.text)")
    }
  }

  @Test("comes sealed as well, to each active key, and then nobody here has seen it")
  func bySealedCopies() async throws {
    try await withService { visitor in
      let world = try ReporterWorld(visitor)
      func create(_ reporter: String, _ ref: String) throws -> HTTPAnswer {
        let whole = reporter.contains(#""name""#) ? reporter : reporter.dropLast() + #","name":null,"contact":null}"#
        return try visitor.post("/v1/cases", as: .bawaslu, Sample.caseBody(#"{"reporter":\#(whole)}"#, agencyRef: ref))
      }
      let stray = #"{"mode":"named","sealed":[{"key_id":"x","enc":"x","ciphertext":"x"}]}"#
      #expect(try create(stray, "C-0").json["errors"][0]["pointer"].string == "/reporter/sealed", "nobody has a key")
      for _ in 1...2 { try world.register() }
      let copies = try world.sealed("Kolibri", report: "C-1")
      let made = try create(#"{"mode":"confidential","sealed":\#(copies)}"#, "C-1")
      #expect(made.status == 201 && world.opened(made.json) == ["Kolibri -", "Kolibri -"], "\(made.text)")
      // Sealed for one report it opens none of another one.
      let moved = try create(#"{"mode":"confidential","sealed":\#(copies)}"#, "C-2")
      #expect(moved.status == 201 && world.opened(moved.json) == ["sealed", "sealed"])
      let one = try world.sealed("Kolibri", report: "C-3", to: Array(world.keys.keys.prefix(1)))
      let low = copies.replacing(/"enc":"[^"]+"/, with: #""enc":"\#(SealingKeyTests.low[1])""#)
      let short = copies.replacing(/"ciphertext":"[^"]+"/, with: #""ciphertext":"AAAA""#)
      for (reporter, pointer) in [
        (#"{"mode":"named","sealed":\#(one)}"#, "/reporter/sealed"), (stray, "/reporter/sealed"),
        (#"{"mode":"named","sealed":\#(low)}"#, "/reporter/sealed/0"),
        (#"{"mode":"named","sealed":\#(short)}"#, "/reporter/sealed/0"),
        (#"{"mode":"named","name":"Kolibri","contact":null,"sealed":\#(copies)}"#, "/reporter/name"),
        (#"{"mode":"anonymous","sealed":\#(copies)}"#, "/reporter/sealed"),
        (#"{"mode":"named","sealed":[]}"#, "/reporter/name"), (#"{"mode":"named","sealed":"x"}"#, "/reporter/sealed"),
        (#"{"mode":"named","sealed":[{}]}"#, "/reporter/sealed/0/key_id"),
      ] {
        let answer = try create(reporter, "C-3")
        let pointers = answer.json["errors"].items.compactMap { $0["pointer"].string }
        #expect(answer.status == 422 && pointers.contains(pointer), "\(reporter.prefix(80)) \(answer.text)")
      }
    }
  }

  @Test("is not compared: a line that brings the report again is the same, in clear or sealed")
  func imports() async throws {
    try await withService { visitor in
      let world = try ReporterWorld(visitor)
      try world.register()
      func line(_ reporter: String) -> String {
        let changes = #"{"source":{"agency":"BAWASLU"},"reporter":\#(reporter)}"#
        return #"{"case":\#(Sample.caseBody(changes, agencyRef: "I-1"))}"#.replacing("\n", with: " ")
      }
      let open = line(#"{"mode":"named","name":"Kolibri"}"#)
      let copies = try world.sealed("Kolibri", report: "I-1")
      let sealed = line(#"{"mode":"named","name":null,"contact":null,"sealed":\#(copies)}"#)
      for (text, status) in [
        (open, "created"), (open, "duplicate"), (sealed, "duplicate"),
        (line(#"{"mode":"confidential","name":"Kolibri"}"#), "differs"),
      ] {
        let answer = try visitor.importLines([text]).text
        #expect(answer.contains(#""status":"\#(status)""#), "\(answer)")
      }
      let list = try visitor.get("/v1/cases", as: .bawaslu).json["items"].items
      #expect(list.count == 1 && world.opened(list[0]) == ["Kolibri -"])
      // Keys have changed since: what was sealed before is still brought in and accepted, and not posted.
      try world.register(ending: Array(world.keys.keys))
      let path = "/v1/cases/\(list[0]["id"].string ?? "")"
      let patch = #"{"reporter":{"sealed":\#(try world.sealed("Kolibri Dua", report: "I-1"))}}"#
      let asked = try visitor.post(
        "\(path)/correction-requests", as: .bawaslu, #"{"patch":\#(patch),"reason":"x"}"#)
      #expect(asked.status == 201, "\(asked.text)")
      try world.register(ending: Array(world.keys.keys))
      #expect(try visitor.importLines([sealed]).text.contains(#""status":"duplicate""#))
      let moved = sealed.replacing("I-1", with: "I-2")
      #expect(try visitor.importLines([moved]).text.contains(#""status":"created""#))
      let posted = try visitor.patch(path, as: .bawaslu, patch.dropLast() + #","reason":"x"}"#)
      #expect(posted.json["errors"][0]["pointer"].string == "/reporter/sealed", "\(posted.text)")
      let number = asked.json["number"].int ?? 0
      let accepted = try visitor.ask(
        as: .bawaslu, "POST", "\(path)/correction-requests/\(number)/acceptance", #"{"reason":"x"}"#,
        [("If-Match", try visitor.etag(path, as: .bawaslu))])
      #expect(accepted.status == 201 && world.opened(accepted.json) == ["Kolibri Dua -"], "\(accepted.text)")
    }
  }

  @Test("of an agency that has ended is sealed to the keys of the one that carries on its tasks")
  func successor() async throws {
    try await withService { visitor in
      let world = try ReporterWorld(visitor)
      #expect(try world.register(of: .bkn).status == 200)
      let change =
        #"{"election":"pemilu-2024","contest":"pemilu-2024/presidential","act":{"occurred_on":"2024-01-10"},"#
        + #""source":{"received_on":"2024-01-15"},"reporter":{"mode":"named","name":"Kolibri"}}"#
      // The store takes no reporter in clear where somebody has a key for it.
      let made = try visitor.post(
        "/v1/cases", as: .bkn, merged(Sample.caseBody(change), #"{"on_behalf_of":"KASN"}"#))
      #expect(made.status == 201 && made.json["source"]["agency"].string == "KASN", "\(made.text)")
      let reference = visitor.service.api.services.sealingKeys.records.reference
      let today = LegalDate(inJakarta: visitor.clock.now)
      #expect(reference.sealingKeys(for: .kasn, on: today).map(\.id) == Array(world.keys.keys))
      #expect(reference.sealingKeys(for: .panrb, on: today).isEmpty)
    }
  }
}
