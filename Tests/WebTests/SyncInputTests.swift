internal import Domain
internal import Foundation
internal import Gzip
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

private let lines = ("Content-Type", "application/x-ndjson")
private let id1 = "00000000-0000-7000-8000-000000000001"
private let id2 = "00000000-0000-7000-8000-000000000002"
private let good = #"{"id":"\#(id1)","version":1,"etag":"\"1-0\""}"#

/// A request that is refused, and how.
private struct Refused {
  var target: String
  var status: Int
  var code: String
  var fields: [(String, String)] = []

  init(_ target: String, _ status: Int, _ code: String, _ fields: [(String, String)] = []) {
    (self.target, self.status, self.code, self.fields) = (target, status, code, fields)
  }
}

private let sequences = ["", "-1", "x", "1.0", "1e3", "0x1", "9223372036854775807", "99999999999999999999", "%00"]

private let queries: [Refused] =
  ["/v1/changes?after=", "/v1/exports/cases?seq="].flatMap { base in
    sequences.map { Refused(base + $0, 400, "invalid_parameter") }
      + ["1", "4611686018427387903"].map { Refused(base + $0, 400, "sequence_ahead") }
  } + ["0", "1001", "-1", "x", ""].map { Refused("/v1/changes?limit=\($0)", 400, "invalid_parameter") }
  + ["-1", "61", "x", "0.5"].map { Refused("/v1/changes?wait=\($0)", 400, "invalid_parameter") }
  + ["x", "", "{\(id1)}", "\(id1)0"].map {
    Refused("/v1/exports/cases?seq=0&after=\($0)", 400, "invalid_parameter")
  }
  + ["/v1/changes?page=1", "/v1/exports/cases?limit=1", "/v1/reconciliations?page=1"].map {
    Refused($0, 400, "unknown_parameter")
  }
  + ["/v1/changes?after=0&after=0", "/v1/exports/cases?seq=0&seq=0"].map { Refused($0, 400, "invalid_parameter") }
  + [
    Refused("/v1/changes", 406, "not_acceptable", [("Accept", "text/csv")]),
    Refused("/v1/exports/cases", 406, "not_acceptable", [("Accept", "application/json")]),
    Refused("/v1/exports/cases", 406, "not_acceptable", [("Accept", "application/x-ndjson;q=0")]),
    Refused("/v1/reconciliations?limit=0", 400, "invalid_parameter"),
    Refused("/v1/reconciliations?limit=201", 400, "invalid_parameter"),
    Refused("/v1/reconciliations?agency=NOBODY", 400, "invalid_parameter"),
    Refused("/v1/reconciliations?cursor=x", 400, "invalid_cursor"),
  ]

/// A manifest that is refused with 422, and the place it is told.
private let manifests: [(text: String, pointer: String)] = [
  (#"{"id":"\#(id1)","version":1,"et"#, "/lines/1"),
  (good + "\n" + #"{"id":"\#(id2)","version"#, "/lines/2"),
  (good + "\n" + good, "/lines/2/id"),
  (good.replacing(id1, with: id2) + "\n" + good, "/lines/2/id"),
  ("[]", "/lines/1"), ("1", "/lines/1"), ("\u{FEFF}\u{FEFF}" + good, "/lines/1"),
  ("{}", "/lines/1/id"),
  (#"{"id":"x","version":1,"etag":"x"}"#, "/lines/1/id"),
  (#"{"id":"\#(id1)","etag":"x"}"#, "/lines/1/version"),
  (#"{"id":"\#(id1)","version":0,"etag":"x"}"#, "/lines/1/version"),
  (#"{"id":"\#(id1)","version":1.5,"etag":"x"}"#, "/lines/1/version"),
  (#"{"id":"\#(id1)","version":99999999999999999999,"etag":"x"}"#, "/lines/1/version"),
  (#"{"id":"\#(id1)","version":1}"#, "/lines/1/etag"),
  (#"{"id":"\#(id1)","version":1,"etag":null}"#, "/lines/1/etag"),
  (#"{"id":"\#(id1)","version":1,"etag":"x","more":1}"#, "/lines/1/more"),
  (#"{"id":"\#(id1)","id":"\#(id1)","version":1,"etag":"x"}"#, "/lines/1"),
  (#"{"snapshot":{"seq":1,"count":0}}"#, "/lines/1"),
  ("\n\n" + good + "\n" + String(repeating: " ", count: 2_000) + "\n", "/lines/4"),
]

@Suite("Bad input to the synchronisation")
struct SyncInputTests {
  @Test("is refused with a documented code")
  func query() async throws {
    try await withService { visitor in
      for refused in queries {
        let answer = try visitor.get(refused.target, as: .bkn, refused.fields)
        expectProblem(answer, refused.status, refused.code, refused.target)
      }
    }
  }

  @Test("is refused at its line, as a document and as lines, and leaves no certificate")
  func manifest() async throws {
    try await withService { visitor in
      for (manifest, accept) in manifests.flatMap({ [($0, "application/json"), ($0, "application/x-ndjson")] }) {
        let answer = try visitor.ask(
          as: .bkn, "POST", "/v1/reconciliations", manifest.text, [lines, ("Accept", accept)])
        // Lines may have begun by then: the problem is the last one.
        let problem =
          answer.status == 200 ? try JSONValue.parse(Array((answer.lines.last ?? "").utf8))["problem"] : answer.json
        #expect(accept != "application/json" || answer.status == 422)
        #expect(
          problem["status"].int == 422 && problem["code"].string == "invalid",
          "\(manifest): \(answer.status) \(answer.text)")
        let pointer = problem["errors"][0]["pointer"].string ?? ""
        #expect(pointer.hasPrefix(manifest.pointer), "\(manifest): \(pointer)")
      }
      #expect(try visitor.get("/v1/reconciliations", as: .bkn).json["items"].items.isEmpty)
    }
  }

  @Test("is refused before a body is read: its type, its coding, its sequence")
  func head() async throws {
    try await withService { visitor in
      func post(_ target: String, _ fields: [(String, String)]) throws -> HTTPAnswer {
        try visitor.ask(as: .bkn, "POST", target, good, fields)
      }
      let target = "/v1/reconciliations"
      for type in ["application/json", "text/csv", "x", ""] {
        expectProblem(try post(target, [("Content-Type", type)]), 415, "unsupported_media_type")
      }
      for coding in ["br", "deflate", "gzip, gzip", "zstd"] {
        expectProblem(try post(target, [lines, ("Content-Encoding", coding)]), 415, "unsupported_media_type")
      }
      expectProblem(try post(target, [lines, ("Accept", "text/csv")]), 406, "not_acceptable")
      expectProblem(try post("\(target)?seq=1", [lines]), 400, "sequence_ahead")
      for seq in sequences { expectProblem(try post("\(target)?seq=\(seq)", [lines]), 400, "invalid_parameter") }
      expectProblem(try post("\(target)?limit=1", [lines]), 400, "unknown_parameter")
      expectProblem(try post("\(target)?dry_run=1", [lines]), 400, "invalid_parameter")
      #expect(try visitor.get(target, as: .bkn).json["items"].items.isEmpty)
    }
  }

  @Test("with gzip: corrupt, broken off, followed by something, or none at all")
  func gzip() async throws {
    try await withService { visitor in
      let whole = packed(Array(good.utf8))
      var corrupt = whole
      corrupt[corrupt.count - 6] ^= 0xFF
      let bodies = [corrupt, Array(whole.dropLast(3)), whole + [1], Array(good.utf8), []]
      for target in ["/v1/reconciliations", "/v1/imports"] {
        for body in bodies {
          let answer = try post(visitor, target, body)
          #expect(isRefused(answer), "\(target) \(body.count): \(answer.status) \(answer.text)")
        }
      }
      #expect(try visitor.get("/v1/reconciliations", as: .bkn).json["items"].items.isEmpty)
      #expect(try visitor.get("/v1/cases", as: .bkn).json["items"].items.isEmpty)
      #expect(try post(visitor, "/v1/reconciliations", whole).json["counts"]["unknown"].int == 1)
    }
  }

  @Test("with a few bytes that stand for many more than are taken", arguments: ["/v1/reconciliations", "/v1/imports"])
  func bomb(_ target: String) async throws {
    let settings = { (settings: inout APISettings) in settings.decodedBytesMax = 1 << 20 }
    try await withService(settings) { visitor in
      for filling in [UInt8(ascii: "x"), UInt8(ascii: "\n")] {
        let answer = try post(visitor, target, packed(Array(repeating: filling, count: 4 << 20)))
        #expect(isRefused(answer), "\(target): \(answer.status) \(answer.text)")
      }
      #expect(try visitor.get("/v1/cases", as: .bkn).json["items"].items.isEmpty)
      #expect(try visitor.get("/v1/reconciliations", as: .bkn).json["items"].items.isEmpty)
    }
  }

  @Test("a cursor of another agency, of another list or with another filter opens nothing")
  func cursors() async throws {
    try await withService { visitor in
      for agency in [AgencyCode.bkn, .kasn] {
        for _ in 0..<2 {
          let answer = try visitor.ask(as: agency, "POST", "/v1/reconciliations", "", [lines])
          #expect(answer.status == 200, "\(answer.text)")
        }
      }
      for number in 1...2 { _ = try visitor.makeCase(ref: "\(number)") }
      func cursor(_ target: String, _ agency: AgencyCode) throws -> String {
        try visitor.get(target, as: agency).json["next_cursor"].string ?? ""
      }
      let target = "/v1/reconciliations"
      let own = try cursor("\(target)?limit=1", .bkn)
      let filtered = try cursor("\(target)?limit=1&agency=KASN", .bkn)
      let cases = try cursor("/v1/cases?limit=1", .bkn)
      #expect(try visitor.get("\(target)?cursor=\(own)", as: .bkn).json["items"].items.count == 3)
      #expect(try visitor.get("\(target)?cursor=\(filtered)", as: .bkn).json["items"].items.count == 1)
      for (agency, text) in [
        (AgencyCode.kasn, own), (.bkn, cases), (.bkn, "\(filtered)&agency=BKN"), (.bkn, String(own.dropLast())),
      ] {
        expectProblem(try visitor.get("\(target)?cursor=\(text)", as: agency), 400, "invalid_cursor")
      }
      expectProblem(try visitor.get("/v1/cases?cursor=\(own)", as: .bkn), 400, "invalid_cursor")
    }
  }

  @Test("lines tell of what is missing after the last line of the manifest")
  func missingAtTheEnd() async throws {
    try await withService { visitor in
      let path = try visitor.makeCase()
      let answer = try visitor.ask(
        as: .bkn, "POST", "/v1/reconciliations", good + "\n", [lines, ("Accept", "application/x-ndjson")])
      let items = try answer.lines.map { try JSONValue.parse(Array($0.utf8)) }
      #expect(items.map(\.names) == [["unknown"], ["missing"], ["certificate"]], "\(answer.text)")
      #expect(items[1]["missing"]["id"].string == path.split(separator: "/").last.map(String.init))
    }
  }

  private func packed(_ bytes: [UInt8]) -> [UInt8] {
    let deflater = Deflater()
    return deflater.compress(bytes) + deflater.finish()
  }

  private func post(_ visitor: Visitor, _ target: String, _ gzip: [UInt8]) throws -> HTTPAnswer {
    let key = ("Authorization", "Bearer \(visitor.service.tokens["BKN"] ?? "")")
    return try visitor.ask("POST", target, [key, lines, ("Content-Encoding", "gzip")], bytes: gzip)
  }

  /// A problem; or, of an import that has begun, results of lines of which none was taken.
  private func isRefused(_ answer: HTTPAnswer) -> Bool {
    [400, 413, 415, 422].contains(answer.status) && answer["content-type"] == "application/problem+json"
      || answer["content-type"] == "application/x-ndjson" && !answer.text.contains(#""status":"created""#)
  }

  private func expectProblem(
    _ answer: HTTPAnswer, _ status: Int, _ code: String, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      answer.status == status && answer.json["code"].string == code
        && answer["content-type"] == "application/problem+json", "\(what) \(answer.status) \(answer.text)",
      sourceLocation: sourceLocation)
  }
}
