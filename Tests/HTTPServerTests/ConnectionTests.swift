import Glibc
import HTTPServer
import HTTPTypes
import Testing

/// Answers with method, target and body of the request.
private let echo: Handler = { request in
  do throws(BodyFailure) {
    let body = try await request.body.collect(bytesMax: 1 << 20)
    return text("\(request.method) \(request.target) \(String(decoding: body, as: UTF8.self))")
  } catch {
    return text("\(error)", error == .tooSlow ? .requestTimeout : error == .tooLarge ? .contentTooLarge : .badRequest)
  }
}

@Suite("A connection", .timeLimit(.minutes(10)))
struct ConnectionTests {
  @Test("stays open for further requests")
  func keepAlive() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      for number in 0..<20 {
        let reply = try client.get("/\(number)?q")
        #expect(reply.status == 200)
        #expect(reply.text == "GET /\(number)?q ")
        #expect(!reply.closes)
        #expect(reply.fields["date"]?.hasSuffix(" GMT") == true)
      }
      #expect(server.openConnections == 1)
    }
  }

  @Test("answers pipelined requests in order")
  func pipelining() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      let requests = (0..<200).map { number in
        number % 2 == 0
          ? "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
          : "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"
      }
      try client.send(requests.joined())
      for number in 0..<200 {
        #expect(try client.reply().text == (number % 2 == 0 ? "GET /\(number) " : "POST /\(number) body"))
      }
    }
  }

  @Test("takes a request that comes byte by byte")
  func splitPackets() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      let chunked =
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;e\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
      for byte in Array(chunked.utf8) { try client.send([byte]) }
      #expect(try client.reply().text == "POST /x abcde")
      #expect(try client.get("/y").text == "GET /y ")
    }
  }

  @Test("closes with an answer after a request with Connection: close")
  func close() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
      let reply = try client.reply()
      #expect(reply.status == 200)
      #expect(reply.closes)
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test("answers a client that has closed its side after a full request, and after several")
  func halfClose() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
      client.halfClose()
      #expect(try client.reply().text == "GET /1 ")
      #expect(try client.reply().text == "POST /2 x")
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test("lets a client read its answer that has sent more than is taken, and closed its side")
  func halfCloseWithExcess() async throws {
    try await withServer(handler: echo) { server in
      for _ in 0..<20 {
        let client = try Client(server)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        try client.send([UInt8](repeating: 120, count: 200_000))
        client.halfClose()
        #expect(try client.reply().text == "GET / ")
        #expect(try client.readToEnd().isEmpty)
      }
    }
  }

  @Test("closes silently when nothing came in time")
  func idle() async throws {
    try await withServer(.with { $0.idleTimeout = .milliseconds(50) }, handler: echo) { server in
      let fresh = try Client(server)
      #expect(try fresh.readToEnd().isEmpty)
      let used = try Client(server)
      #expect(try used.get("/").status == 200)
      #expect(try used.readToEnd().isEmpty)
    }
  }

  @Test("answers 408 to a head that does not end in time", arguments: ["G", "GET / HTTP/1.1\r\nHost: a\r\n", "\r\n"])
  func slowHead(start: String) async throws {
    try await withServer(.with { $0.headTimeout = .milliseconds(50) }, handler: echo) { server in
      let client = try Client(server)
      try client.send(start)
      let reply = try client.reply()
      #expect(reply.status == 408)
      #expect(reply.closes)
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test("answers 400 to a head that the client's end cuts off")
  func truncatedHead() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHo")
      client.halfClose()
      #expect(try client.reply().status == 400)
    }
  }

  @Test("tells the handler that a body is too slow")
  func slowBody() async throws {
    let limits = Limits.with { $0.bodyGrace = .milliseconds(50) }
    try await withServer(limits, handler: echo) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
      let reply = try client.reply()
      #expect(reply.status == 408)
      #expect(reply.text == "tooSlow")
      #expect(reply.closes)
    }
  }

  @Test("tells the handler that a body was cut off", arguments: ["Content-Length: 10", "Transfer-Encoding: chunked"])
  func truncatedBody(framing: String) async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n4\r\nhal")
      client.halfClose()
      let reply = try client.reply()
      #expect(reply.text == "disconnected")
      #expect(reply.closes)
    }
  }

  @Test("tells the handler that chunks are malformed, and closes")
  func malformedBody() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n")
      let reply = try client.reply()
      #expect(reply.text == "malformed")
      #expect(reply.closes)
    }
  }

  @Test("answers a fault so that the client can read it although it goes on sending")
  func lingering() async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nBad Name: x\r\n\r\n")
      try client.send([UInt8](repeating: 120, count: 300_000))
      let reply = try client.reply()
      #expect(reply.status == 400)
      #expect(reply.closes)
      #expect(reply.text == "fault: a field name is not a token directly before a colon")
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test(
    "answers who sends all of a refused body before reading anything",
    arguments: [401, 413, 415, 429],
    ["Content-Length: \(8 << 20)\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n800000\r\n"])
  func refusedBody(status: Int, framing: String) async throws {
    let handler: Handler = { _ in text("refused", .init(code: status)) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing)
      // In pieces: what lies in the system's buffers alone would not show who is cut off.
      let piece = [UInt8](repeating: 120, count: 1 << 20)
      for _ in 0..<8 { try client.send(piece) }
      client.halfClose()
      let reply = try client.reply()
      #expect(reply.status == status)
      #expect(reply.closes)
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test(
    "answers its own faults with their status",
    arguments: [
      (414, "GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\n"),
      (431, "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 40_000)),
      (501, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), (505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      (417, "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n"),
      (413, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n"),
    ])
  func faults(status: Int, bytes: String) async throws {
    try await withServer(handler: echo) { server in
      let client = try Client(server)
      try client.send(bytes)
      let reply = try client.reply()
      #expect(reply.status == status)
      #expect(reply.closes)
      #expect(try client.readToEnd().isEmpty)
    }
  }
}

@Suite("Request smuggling", .timeLimit(.minutes(10)))
struct SmugglingTests {
  static let hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

  static let attempts: [String] = [
    "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
    "Content-Length: 4\r\nContent-Length: 50\r\n\r\nabcd",
    "Content-Length: 4, 50\r\n\r\nabcd",
    "Content-Length: +4\r\n\r\nabcd",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n",
    " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "X: x\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding\r\n: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n1 \r\nZ\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n",
  ]

  @Test("never reaches the handler with what is hidden in a request", arguments: attempts)
  func attempt(rest: String) async throws {
    let seen = Box<[String]>([])
    let handler: Handler = { request in
      seen.change { $0.append(request.target) }
      return await echo(request)
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST /outer HTTP/1.1\r\nHost: a\r\n" + rest + Self.hidden)
      let answer = try client.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 501 "), "\(answer)")
      #expect(answer.contains("Connection: close\r\n"))
      #expect(!seen.value.contains("/smuggled"))
    }
  }
}
