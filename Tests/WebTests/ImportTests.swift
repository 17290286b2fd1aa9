internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("An import")
struct ImportTests {
  private static func line(_ index: Int, agency: String = "BAWASLU", actions: [String] = []) -> String {
    let body = merged(Sample.caseBody(agencyRef: "i\(index)"), #"{"source":{"agency":"\#(agency)"}}"#)
    return "{\"case\":\(body),\"actions\":[\(actions.joined(separator: ","))]}"
  }

  private static let history = [
    #"{"action":"verifications","agency":"BKN","occurred_on":"2024-10-08","outcome":"accepted"}"#,
    #"{"action":"studies","agency":"BAWASLU","occurred_on":"2024-10-09","outcome":"violation"}"#,
    #"{"action":"recommendations","agency":"BKN","occurred_on":"2024-10-10","outcome":"recommended","letter_number":"R"}"#,
  ]

  private func results(_ answer: HTTPAnswer) -> [JSONValue] {
    answer.lines.map { (try? JSONValue.parse(Array($0.utf8))) ?? .null }
  }

  private func statuses(_ answer: HTTPAnswer) -> [String] { results(answer).compactMap { $0["status"].string } }

  @Test("brings in whole histories, judged as if each agency had acted, and says who imported")
  func histories() async throws {
    try await withService { visitor in
      let answer = try visitor.importLines([Self.line(1, agency: "PANRB", actions: Self.history)], as: .kemendagri)
      #expect(answer.status == 200 && answer["content-type"] == "application/x-ndjson")
      let result = results(answer)[0]
      #expect(result["line"].int == 1 && result["status"].string == "created")
      let path = "/v1/cases/\(result["id"].string ?? "")"
      let record = try visitor.get(path, as: .bkn).json
      #expect(record["stage"].string == "recommended" && record["source"]["agency"].string == "PANRB")
      #expect(record["version"].int == 4)
      let events = try visitor.get("\(path)/history", as: .bkn).json["items"].items
      #expect(events.compactMap { $0["agency"].string } == ["PANRB", "BKN", "BAWASLU", "BKN"])
      #expect(events.allSatisfy { $0["imported_by"].string == "KEMENDAGRI" })
      #expect(
        events.compactMap { $0["occurred_on"].string } == ["2024-10-06", "2024-10-08", "2024-10-09", "2024-10-10"])
      let own = results(try visitor.importLines([Self.line(2, agency: "BKN", actions: [Self.history[0]])], as: .bkn))
      let ownEvents = try visitor.get("/v1/cases/\(own[0]["id"].string ?? "")/history", as: .bkn).json["items"].items
      #expect(ownEvents.count == 2 && ownEvents.allSatisfy { $0["imported_by"] == .null })
    }
  }

  private static let broken: [(line: String, code: String, pointer: String?)] = [
    ("{", "malformed_json", nil), ("[]", "invalid", ""), ("{}", "invalid", "/case"),
    (#"{"case":{}}"#, "invalid", "/case/election"), (line(90) + "x", "malformed_json", nil),
    (merged(line(91), #"{"nothing":1}"#), "invalid", "/nothing"),
    (merged(line(91), #"{"case":{"source":{"agency":null}}}"#), "invalid", "/case/source/agency"),
    (merged(line(91), #"{"case":{"region":"99"}}"#), "invalid", "/case/region"),
    (merged(line(91), #"{"case":{"source":{"agency":"KASN"}}}"#), "mandate_missing", nil),
    (line(91, actions: [#"{"action":"nothing","agency":"BKN"}"#]), "invalid", "/actions/0/action"),
    (line(91, actions: [history[0], history[2]]), "stage_conflict", nil),
    (
      line(91, actions: [history[0], history[1].replacing("10-09", with: "10-07")]), "invalid", "/actions/1/occurred_on"
    ),
    (line(91, actions: [history[0].replacing("BKN", with: "KASN")]), "mandate_missing", nil),
    (
      line(91, actions: [history[0], #"{"action":"notes","agency":"BKN","occurred_on":"2024-10-08"}"#]), "invalid",
      "/actions/1/text"
    ),
  ]

  @Test("goes on after a broken line, and keeps nothing of that line")
  func brokenLines() async throws {
    try await withService { visitor in
      var lines: [String] = []
      for (index, broken) in Self.broken.enumerated() { lines += [Self.line(index), broken.line] }
      lines += ["", "  ", Self.line(50)]
      let answer = try visitor.importLines(lines)
      let results = results(answer)
      let numbers = Array(1...(Self.broken.count * 2)) + [Self.broken.count * 2 + 3]
      #expect(results.compactMap { $0["line"].int } == numbers)
      for (index, broken) in Self.broken.enumerated() {
        #expect(results[index * 2]["status"].string == "created")
        let result = results[index * 2 + 1]
        #expect(result["status"].string == "invalid" && !result.has("id"))
        #expect(result["problem"]["code"].string == broken.code, "\(broken.line): \(result)")
        if let pointer = broken.pointer {
          let pointers = result["problem"]["errors"].items.compactMap { $0["pointer"].string }
          #expect(pointers.contains(pointer), "\(broken.line): \(pointers)")
        }
      }
      #expect(results.last?["status"].string == "created")
      let count = try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int
      #expect(count == Self.broken.count + 1)
      #expect(try visitor.get("/v1/cases?count=exact&agency_ref=i91", as: .bkn).json["count"].int == 0)
    }
  }

  @Test("that is sent again changes nothing: every line is a duplicate")
  func resent() async throws {
    try await withService { visitor in
      let lines = (0..<150).map { Self.line($0, actions: $0 % 2 == 0 ? Self.history : []) }
      let first = try visitor.importLines(lines)
      #expect(statuses(first) == Array(repeating: "created", count: 150))
      let before = try visitor.get("/v1/cases?limit=200", as: .bkn).body
      visitor.clock.advance(seconds: 60)
      let again = try visitor.importLines(lines)
      #expect(statuses(again) == Array(repeating: "duplicate", count: 150))
      #expect(results(again).map { $0["id"].string } == results(first).map { $0["id"].string })
      #expect(try visitor.get("/v1/cases?limit=200", as: .bkn).body == before)
      let twice = try visitor.importLines([Self.line(900), Self.line(900)])
      #expect(statuses(twice) == ["created", "duplicate"])
    }
  }

  /// Rows in each table that a case has rows in.
  private static let counts =
    ["person", "case_record", "case_nik", "event", "case_part", "former_report"]

  private func rows(_ visitor: Visitor) throws -> String {
    let questions =
      Self.counts.map { "SELECT '\($0)', count(*) FROM \($0)" }
      + ["SELECT 'last', sum(last) FROM counter WHERE day IS NULL"]
    let path = visitor.service.folder.appending(path: "t.sqlite").path
    return try Shell.sqlite(path, questions.joined(separator: " UNION ALL ") + ";")
  }

  @Test("leaves no row anywhere of a line whose third action fails", .enabled(if: Shell.hasSQLite))
  func thirdAction() async throws {
    try await withService { visitor in
      let failing = Self.history[2].replacing("BKN", with: "KASN")
      #expect(statuses(try visitor.importLines([Self.line(0, actions: Self.history)])) == ["created"])
      let before = try rows(visitor)
      let result = results(
        try visitor.importLines([Self.line(1, actions: [Self.history[0], Self.history[1], failing])]))
      #expect(result[0]["status"].string == "invalid" && result[0]["problem"]["code"].string == "mandate_missing")
      #expect(try rows(visitor) == before)
    }
  }

  @Test("makes identities that ascend, together with those of single reports")
  func ascending() async throws {
    try await withService { visitor in
      var ids: [String] = []
      for round in 0..<3 {
        ids += results(try visitor.importLines((0..<20).map { Self.line(round * 100 + $0) })).compactMap {
          $0["id"].string
        }
        ids.append(String(try visitor.makeCase(ref: "single \(round)").suffix(36)))
        if round == 0 { visitor.clock.advance(seconds: -5) }
      }
      #expect(ids.count == 63 && ids == ids.sorted() && Set(ids).count == 63)
    }
  }

  @Test("gives results in order to a client that sends everything before it reads")
  func slowReader() async throws {
    try await withService { visitor in
      // Broken lines are short and their results long, so that the answer cannot wait in buffers.
      let lines = (0..<4_000).map { $0 % 8 == 0 ? Self.line($0) : #"{"case":{}}"# }
      let answer = try visitor.importLines(lines)
      let results = results(answer)
      #expect(answer.body.count > 2 << 20)
      #expect(results.map { $0["line"].int } == Array(1...4_000))
      #expect(results.enumerated().allSatisfy { ($0 % 8 == 0) == ($1["status"].string == "created") })
      let page = try visitor.get("/v1/cases?count=exact", as: .bkn).json
      #expect(page["count"].int == 500)
    }
  }

  @Test("answers each line as it comes to a client that waits for the result before it sends the next")
  func lockStep() async throws {
    try await withService { visitor in
      let client = try startUpload(visitor)
      for index in 0..<5 {
        let line = Array((Self.line(index) + "\n").utf8)
        try client.send(Array("\(String(line.count, radix: 16))\r\n".utf8) + line + [13, 10])
        if index == 0 { #expect(try client.head().status == 200) }
        let result = try JSONValue.parse(try client.chunk())
        #expect(result["line"].int == index + 1 && result["status"].string == "created")
      }
      try client.send(Array("0\r\n\r\n".utf8))
      #expect(try client.chunk().isEmpty)
    }
  }

  @Test("is answered when its body has come where a trusted proxy passes it on, which could do no two things at once")
  func proxied() async throws {
    let proxy = try #require(Network("127.0.0.0/8"))
    try await withService(
      { $0.trustedProxies = [proxy] },
      { visitor in
        let lines = (0..<600).map { $0 == 7 ? "{" : Self.line($0) }
        let answer = try visitor.importLines(lines)
        #expect(results(answer).map { $0["line"].int } == Array(1...600))
        #expect(statuses(answer).count { $0 == "created" } == 599)
        // An answer that begins before the end of its body has no length.
        #expect(answer["content-length"] == "\(answer.body.count)")
      })
  }

  @Test("ends with what to do when its results are too many to wait for the end of its body")
  func tooManyLines() async throws {
    let proxy = try #require(Network("127.0.0.0/8"))
    try await withService(
      { $0.trustedProxies = [proxy] },
      { visitor in
        let client = try startUpload(visitor)
        // Broken lines are short and their results long.
        let body = Array(String(repeating: "{\"case\":{}}\n", count: 20_000).utf8)
        try client.send(Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8))
        #expect(try client.head().status == 200)
        let text = try client.chunk()
        #expect((8 << 20..<10 << 20).contains(text.count))
        let lines = text.split(separator: 10)
        #expect(try JSONValue.parse(Array(lines.last ?? []))["problem"]["code"].string == "content_too_large")
        #expect(try JSONValue.parse(Array(lines.dropLast().last ?? []))["line"].int == lines.count - 1)
        #expect(throws: HTTPClientFailure.self) { try client.chunk() }
      })
  }

  private let shortLines: (inout APISettings) -> Void = { $0.lineBytesMax = 2_000 }

  @Test("refuses a line over the limit and takes the next one")
  func longLine() async throws {
    try await withService(shortLines) { visitor in
      let long = Self.line(1) + String(repeating: " ", count: 200_000)
      let answer = try visitor.importLines([Self.line(0), long, Self.line(2), String(repeating: "x", count: 3_000)])
      #expect(statuses(answer) == ["created", "invalid", "created", "invalid"])
      #expect(results(answer).compactMap { $0["line"].int } == [1, 2, 3, 4])
      #expect(results(answer)[1]["problem"]["code"].string == "content_too_large")
    }
  }

  @Test("answers in the caller's language and takes CRLF and a last line without an end")
  func lineEnds() async throws {
    try await withService { visitor in
      let body = Self.line(0) + "\r\n\r\n" + Self.line(1) + "\r\n{"
      let answer = try visitor.ask(
        as: .bawaslu, "POST", "/v1/imports", body,
        [("Content-Type", "application/x-ndjson"), ("Accept-Language", "id")])
      #expect(statuses(answer) == ["created", "created", "invalid"])
      #expect(results(answer).map { $0["line"].int } == [1, 3, 4])
      #expect(results(answer)[2]["problem"]["title"].string == "JSON rusak")
      #expect(try visitor.importLines([]).body.isEmpty)
    }
  }

  private func startUpload(_ visitor: Visitor) throws -> HTTPClient {
    let client = try visitor.newClient()
    try client.send(
      "POST", "/v1/imports",
      [
        ("Authorization", "Bearer \(visitor.service.tokens["BAWASLU"] ?? "")"),
        ("Content-Type", "application/x-ndjson"), ("Transfer-Encoding", "chunked"),
      ], nil)
    return client
  }

  @Test("in chunks cut anywhere gives what it gives in one piece", arguments: [1, 7, 61, 640, 4_099])
  func chunks(_ size: Int) async throws {
    try await withService { visitor in
      let lines = (0..<6).map { Self.line($0, actions: Self.history) } + ["{", Self.line(7)]
      let bytes = Array((lines.joined(separator: "\n") + "\n").replacing("Contoh", with: "Contôh 😀").utf8)
      let client = try startUpload(visitor)
      var chunked: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        let piece = bytes[start..<min(start + size, bytes.count)]
        chunked += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10]
      }
      try client.send(chunked + Array("0\r\n\r\n".utf8))
      let answer = try client.answer()
      #expect(statuses(answer) == Array(repeating: "created", count: 6) + ["invalid", "created"])
      let name = try visitor.get("/v1/cases?agency_ref=i0", as: .bkn).json["items"][0]["subject"]["name"].string
      #expect(name == "Pegawai Contôh 😀")
    }
  }

  @Test("that breaks off keeps whole lines only, and sending it again completes it")
  func brokenOff() async throws {
    try await withService { visitor in
      let lines = (0..<40).map { Self.line($0, actions: Self.history) }
      let client = try startUpload(visitor)
      let part = Array((lines[..<20].joined(separator: "\n") + "\n" + lines[20].prefix(300)).utf8)
      try client.send(Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10])
      client.endSending()
      // The server ends the answer when it has seen the end: then everything it took is stored.
      _ = try? client.rest()
      let stored = try visitor.get("/v1/cases?count=exact&limit=200", as: .bkn).json
      #expect((0...20).contains(stored["count"].int ?? -1))
      #expect(stored["items"].items.allSatisfy { $0["stage"].string == "recommended" })
      let again = try visitor.importLines(lines)
      let count = stored["count"].int ?? 0
      #expect(statuses(again).filter { $0 == "duplicate" }.count == count)
      #expect(statuses(again).filter { $0 == "created" }.count == 40 - count)
      let complete = try visitor.get("/v1/cases?count=exact&limit=200", as: .bkn).json
      #expect(complete["count"].int == 40)
      #expect(complete["items"].items.allSatisfy { $0["version"].int == 4 })
    }
  }

  @Test("whose body breaks off ends with a line that says so, and without the end of the answer")
  func problemLine() async throws {
    try await withService { visitor in
      for broken in ["", "zz\r\n"] {
        let client = try startUpload(visitor)
        let line = Array((Self.line(broken.isEmpty ? 0 : 1) + "\n").utf8)
        try client.send(Array("\(String(line.count, radix: 16))\r\n".utf8) + line + [13, 10])
        #expect(try client.head().status == 200)
        #expect(try JSONValue.parse(try client.chunk())["status"].string == "created")
        if broken.isEmpty { client.endSending() } else { try client.send(Array(broken.utf8)) }
        let problem = try JSONValue.parse(try client.chunk())["problem"]
        #expect(problem["code"].string == "malformed_request" && problem["request_id"].string != nil)
        #expect(throws: HTTPClientFailure.self) { try client.chunk() }
      }
      let metrics = try visitor.metrics()
      #expect(metrics["netral_answers_broken_off_total", "reason=failed"] == 2)
      #expect(metrics["netral_http_requests_total", "code=200", "method=POST", "route=/v1/imports"] == 2)
      #expect(metrics["netral_streams_running"] == 0)
    }
  }

  @Test("as a dry run judges every line and stores none")
  func dryRun() async throws {
    try await withService { visitor in
      let lines = [Self.line(0, actions: Self.history), "{", Self.line(1)]
      let dry = try visitor.importLines(lines, "?dry_run=true")
      #expect(statuses(dry) == ["created", "invalid", "created"] && dry["netral-dry-run"] == "true")
      #expect(try visitor.get("/v1/cases?count=exact", as: .bkn).json["count"].int == 0)
      #expect(statuses(try visitor.importLines(lines)) == ["created", "invalid", "created"])
    }
  }
}
