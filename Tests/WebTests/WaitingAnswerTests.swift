internal import Domain
internal import HTTPServer
internal import JSON
internal import TestSupport
internal import Testing
internal import Web

@Suite("Answers that wait for their clients")
struct WaitingAnswerTests {
  private static let bytesMax = 24 << 20
  private static let ownBytesMax = 8 << 20

  /// A busy machine must not have the server cut those that read nothing.
  private static func patiently(_ limits: inout Limits) { limits.writeTimeout = .seconds(300) }

  /// A page of some 3 MB, of which the system takes only a part while nobody reads it.
  private static func fill(_ visitor: Visitor, from first: Int = 0) throws -> String {
    let story = String(repeating: "ꦧ", count: 20_000)
    let urls = (0..<50).map { #""https://contoh.test/\#($0)/\#(String(repeating: "x", count: 2_000))""# }
    var last = ""
    for number in first..<(first + 20) {
      last = try visitor.makeCase(
        #"{"subject":{"nip":"198609262015051\#(String(1_001 + number).suffix(3))"},"#
          + #""act":{"narrative":"\#(story)","urls":[\#(urls.joined(separator: ","))]}}"#, ref: "fat-\(number)")
    }
    return last
  }

  private static func waiting(_ visitor: Visitor) throws -> Double {
    let client = try visitor.newClient()
    try client.send("GET", "/metrics", [("Authorization", "Bearer \(visitor.service.tokens["OPERATOR"] ?? "")")], nil)
    let line = try client.answer().lines.first { $0.hasPrefix("netral_waiting_answer_bytes ") }
    return line.flatMap { Double($0.split(separator: " ")[1]) } ?? -1
  }

  private static func send(_ visitor: Visitor, _ method: String, _ target: String, as agency: AgencyCode) throws
    -> HTTPClient
  {
    let client = try HTTPClient(port: visitor.service.server.port, receiveBufferBytes: 65_536)
    let key = ("Authorization", "Bearer \(visitor.service.tokens[agency.rawValue] ?? "")")
    let body = method == "POST" ? Array(#"{"limit":200}"#.utf8) : nil
    try client.send(method, target, [key] + (body == nil ? [] : [("Content-Type", "application/json")]), body)
    return client
  }

  @Test("take so much memory of an agency; then its next request is refused, until they are gone")
  func bounded() async throws {
    try await withService(
      {
        $0.waitingAnswerBytesMax = Self.bytesMax
        $0.waitingAnswerBytesPerAgencyMax = Self.ownBytesMax
      },
      { visitor in
        let path = try Self.fill(visitor)
        var idle: [HTTPClient] = []
        for agency in [AgencyCode.bawaslu, .bkn] {
          for _ in 0..<20 {
            idle.append(try Self.send(visitor, "GET", "/v1/cases?limit=200", as: agency))
            idle.append(try Self.send(visitor, "POST", "/v1/case-searches", as: agency))
            // Whether the one before was counted already is seen by its own loop.
            _ = try Self.waiting(visitor)
          }
          #expect(try Self.waiting(visitor) <= Double(Self.bytesMax))
        }
        #expect(try Self.waiting(visitor) > Double(Self.ownBytesMax))
        // Who leaves them lying is told so before anything is done, by reads and by writes alike.
        for _ in 0..<2 {
          let answer = try visitor.get("/v1/cases?limit=200", as: .bkn)
          #expect(answer.status == 429 && answer.json["code"].string == "too_many_requests")
          #expect(answer["retry-after"] != nil && answer["ratelimit"] != nil)
        }
        // Another agency is served, and so are operations.
        #expect(try visitor.get("/v1/cases?limit=1", as: .panrb).status == 200)
        #expect(try visitor.ask("GET", "/livez", []).status == 200)
        #expect(try visitor.ask("GET", "/openapi.json", []).status == 200)
        idle = []
        while try Self.waiting(visitor) > 0 { await Task.yield() }
        #expect(try visitor.get("/v1/cases?limit=200", as: .bkn).status == 200)
        #expect(try visitor.get(path, as: .bkn).status == 200)
      }, server: Self.patiently)
  }

  @Test("fill what all may take together: then everyone is told to come again")
  func all() async throws {
    try await withService(
      {
        $0.waitingAnswerBytesMax = 6 << 20
        $0.waitingAnswerBytesPerAgencyMax = 4 << 20
      },
      { visitor in
        _ = try Self.fill(visitor)
        var idle: [HTTPClient] = []
        for agency in [AgencyCode.bawaslu, .kasn] {
          for _ in 0..<12 {
            idle.append(try Self.send(visitor, "GET", "/v1/cases?limit=200", as: agency))
            _ = try Self.waiting(visitor)
          }
        }
        let answer = try visitor.get("/v1/cases?limit=200", as: .bkn)
        #expect(answer.status == 503 && answer.json["code"].string == "busy", "\(answer.text.prefix(200))")
        #expect(answer["retry-after"] != nil)
        #expect(!idle.isEmpty)
      }, server: Self.patiently)
  }

  @Test("leave no room for the answer to what was written: it comes without its body, and says so")
  func written() async throws {
    // A page is full at 4 MiB less 32 KiB: what is left then is less than the last case needs, which is the longest.
    try await withService(
      { $0.waitingAnswerBytesPerAgencyMax = (4 << 20) - 32_000 },
      { visitor in
        for first in [0, 20] { _ = try Self.fill(visitor, from: first) }
        let witnesses = (10..<60).map { #"{"name":"\#($0)\#(String(repeating: "𝄞", count: 198))"}"# }
        let longest = try visitor.makeCase(
          #"{"act":{"narrative":"\#(String(repeating: "𝄞", count: 20_000))","#
            + #""urls":["https://contoh.test/\#(String(repeating: "x", count: 2_000))"],"#
            + #""witnesses":[\#(witnesses.joined(separator: ","))]}}"#, ref: "longest")
        let etag = try #require(try visitor.ask(as: .bawaslu, "HEAD", longest)["etag"])
        let idle = try Self.send(visitor, "GET", "/v1/cases?limit=200&sort=created", as: .bawaslu)
        while try Self.waiting(visitor) < 3_000_000 { await Task.yield() }
        let body = #"{"reason":"x","motives":["office"]}"#
        let answer = try visitor.ask(as: .bawaslu, "PATCH", longest, body, [("If-Match", etag)])
        #expect(answer.status == 200 && answer.body.isEmpty && answer["preference-applied"] == "return=minimal")
        #expect(answer["etag"]?.hasPrefix("\"4-") == true)
        #expect(try visitor.get(longest, as: .bawaslu).status == 429)
        #expect(try visitor.get(longest, as: .bkn).json["motives"].strings == ["office"])
        withExtendedLifetime(idle) {}
      }, server: Self.patiently)
  }

  @Test("cost an agency nothing whose clients read: a hundred long ones after another")
  func read() async throws {
    try await withService(
      { $0.waitingAnswerBytesPerAgencyMax = 4 << 20 },
      { visitor in
        _ = try Self.fill(visitor)
        for _ in 0..<30 {
          let answer = try visitor.get("/v1/cases?limit=200", as: .bkn)
          #expect(answer.status == 200 && answer.body.count > 3_000_000)
        }
      }, server: Self.patiently)
  }
}
