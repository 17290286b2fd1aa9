import Glibc
import HTTPServer
import HTTPTypes
import Synchronization
import Testing

private struct Broken: Error {}

@Suite("A response", .timeLimit(.minutes(10)))
struct ResponseTests {
  @Test("to HEAD has the fields of GET and no body")
  func head() async throws {
    let handler: Handler = { request in
      request.path == "/stream"
        ? Response(status: .ok, body: .stream { try await $0.write([1]) }) : text("0123456789")
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      for path in ["/", "/stream", "/"] {
        try client.send("HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try client.reply(toHead: true)
        #expect(reply.status == 200)
        #expect(reply.fields["content-length"] == (path == "/" ? "10" : nil))
      }
      #expect(try client.get("/").text == "0123456789")
      try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n")
      #expect(try client.reply(toHead: true).status == 200)
      #expect(try client.reply().text.hasPrefix("fault: "))
    }
  }

  @Test("closes the connection of an HTTP/1.0 client, streamed or not")
  func http10() async throws {
    let handler: Handler = { request in
      request.path == "/stream"
        ? Response(status: .ok, body: .stream { for _ in 0..<3 { try await $0.write(Array("abc".utf8)) } })
        : text("plain")
    }
    try await withServer(handler: handler) { server in
      for (path, body) in [("/", "plain"), ("/stream", "abcabcabc")] {
        let client = try Client(server)
        try client.send("GET \(path) HTTP/1.0\r\n\r\n")
        let reply = try client.reply()
        #expect(reply.closes)
        #expect(!reply.isChunked)
        #expect(reply.text == body)
        #expect(try client.readToEnd().isEmpty)
      }
    }
  }

  @Test("has no body and no length with 204 and 304", arguments: [204, 304])
  func bodiless(status: Int) async throws {
    let handler: Handler = { _ in text("no", HTTPResponse.Status(code: status)) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      for _ in 0..<2 {
        let reply = try client.get("/")
        #expect(reply.status == status)
        #expect(reply.fields["content-length"] == nil)
        #expect(reply.fields["transfer-encoding"] == nil)
      }
    }
  }

  @Test("cannot be split by its field values, and its framing is the server's")
  func injection() async throws {
    let length = try #require(HTTPField.Name("content-LENGTH"))
    let handler: Handler = { _ in
      Response(
        status: .ok,
        fields: [
          .init(name: .location, value: "/a\r\nSet-Cookie: b=c\r\n\r\n<html>\0"), .init(name: length, value: "99"),
          .init(name: .transferEncoding, value: "chunked"), .init(name: .date, value: "never"),
        ],
        body: .bytes([120]))
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      let reply = try client.get("/")
      #expect(reply.fields["location"] == "/a  Set-Cookie: b=c    <html> ")
      #expect(reply.fields["set-cookie"] == nil)
      #expect(reply.fields["content-length"] == "1")
      #expect(reply.fields["transfer-encoding"] == nil)
      #expect(reply.fields["date"] != "never")
      #expect(reply.text == "x")
    }
  }

  @Test("closes when the handler asks for it, and is 500 when the handler's status is no answer")
  func closing() async throws {
    let handler: Handler = { request in
      request.path == "/bad"
        ? Response(status: HTTPResponse.Status(code: 101))
        : Response(status: .ok, fields: [.init(name: .connection, value: "Close")])
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      #expect(try client.get("/").closes)
      #expect(try client.readToEnd().isEmpty)
      let other = try Client(server)
      #expect(try other.get("/bad").status == 500)
      #expect(try other.readToEnd().isEmpty)
    }
  }

  @Test("of any size arrives as it was made", arguments: [0, 1, 4_095, 4_096, 70_000, 5_000_000])
  func sizes(count: Int) async throws {
    let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let handler: Handler = { request in
      let write: @Sendable (ResponseStream) async throws -> Void = { stream in
        for start in stride(from: 0, to: count, by: 10_001) {
          try await stream.write(Array(body[start..<min(count, start + 10_001)]))
        }
      }
      return switch request.path {
      case "/stream": Response(status: .ok, body: .stream(write))
      case "/sized": Response(status: .ok, body: .sized(count, write))
      default: Response(status: .ok, body: .bytes(body))
      }
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.reply().body == body)
      let streamed = try client.reply()
      #expect(streamed.isChunked)
      #expect(streamed.body == body)
      let sized = try client.get("/sized")
      #expect(!sized.isChunked && sized.body == body)
      #expect(try client.get("/").body == body)
      try client.send("HEAD /sized HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.replyHead().fields["content-length"] == "\(count)")
      #expect(try client.get("/").body == body)
    }
  }

  @Test("that is longer or shorter than was told is cut where that shows", arguments: [3, 5])
  func wrongSize(written: Int) async throws {
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .sized(4) { stream in for _ in 0..<written { try await stream.write(Array("a".utf8)) } })
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.replyHead().fields["content-length"] == "4")
      #expect(throws: ClientFailure.self) { _ = try client.readToEnd() }
    }
  }

  @Test("streams while the request streams")
  func bothWays() async throws {
    let handler: Handler = { request in
      Response(
        status: .ok,
        body: .stream { stream in while let piece = try await request.body.next() { try await stream.write(piece) } })
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      #expect(try client.replyHead().isChunked)
      for number in 0..<20 {
        try client.send("4\r\nab\(10 + number)\r\n")
        #expect(try client.chunk() == Array("ab\(10 + number)".utf8))
      }
      try client.send("0\r\n\r\n")
      #expect(try client.chunk().isEmpty)
      #expect(try client.get("/").status == 200)
    }
  }

  @Test("whose stream fails is seen as truncated")
  func brokenStream() async throws {
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .stream { stream in
          try await stream.write(Array("part".utf8))
          throw Broken()
        })
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.replyHead().isChunked)
      #expect(try client.readToEnd() == "4\r\npart\r\n")
      let old = try Client(server)
      try old.send("GET / HTTP/1.0\r\n\r\n")
      #expect(throws: ClientFailure.self) { try old.readToEnd() }
    }
  }

  @Test("that the client does not take is held back, then cut, with little memory used")
  func slowReader() async throws {
    let written = Box(0)
    let isCut = Signal()
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .stream { stream in
          defer { isCut.raise() }
          for _ in 0..<4_096 {
            try await stream.write([UInt8](repeating: 0, count: 65_536))
            written.change { $0 += 65_536 }
          }
        })
    }
    try await withServer(.with { $0.writeTimeout = .milliseconds(100) }, handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      await isCut.wait()
      // The sockets of both sides hold a few MiB; the server's own share is streamBufferBytes and one write.
      #expect(written.value < 32 << 20)
    }
  }

  @Test("is cut when the client takes of it now and then, but too slowly, however fast it was before")
  func drippingReader() async throws {
    let isCut = Signal()
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .stream { stream in
          defer { isCut.raise() }
          while true { try await stream.write([UInt8](repeating: 0, count: 65_536)) }
        })
    }
    let limits = Limits.with {
      $0.writeTimeout = .milliseconds(100)
      $0.answerBytesPerSecondMin = 1 << 50
    }
    try await withServer(limits, handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      // Without the limit this would never end.
      #expect(throws: ClientFailure.self) { while true { _ = try client.take(1 << 20) } }
      await isCut.wait()
    }
  }

  @Test("makes its writer throw, and its task cancelled, when the client is gone")
  func disconnect() async throws {
    let failure = Box<StreamFailure?>(nil)
    let wasCancelled = Box(false)
    let isOver = Signal()
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .stream { stream in
          do throws(StreamFailure) {
            while true { try await stream.write([UInt8](repeating: 0, count: 65_536)) }
          } catch {
            failure.change { $0 = error }
            wasCancelled.change { $0 = Task.isCancelled }
            isOver.raise()
          }
        })
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try client.take(100_000)
      client.reset()
      await isOver.wait()
      #expect(failure.value == .disconnected)
      #expect(wasCancelled.value)
    }
  }
}
