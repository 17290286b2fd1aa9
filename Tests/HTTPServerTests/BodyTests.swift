import Glibc
import HTTPServer
import HTTPTypes
import Testing

@Suite("A request body", .timeLimit(.minutes(10)))
struct BodyTests {
  @Test("is asked for with 100 Continue when the handler reads it")
  func expectContinue() async throws {
    let handler: Handler = { request in
      let body = try? await request.body.collect(bytesMax: 100)
      return text("\(body?.count ?? -1)")
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
      let interim = try client.reply()
      #expect(interim.status == 100)
      #expect(interim.fields.isEmpty)
      try client.send("hello")
      #expect(try client.reply().text == "5")
      #expect(try client.get("/").status == 200)
    }
  }

  @Test("is not asked for when the handler does not read it; the connection closes")
  func refusedExpectation() async throws {
    let handler: Handler = { _ in text("no", .forbidden) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
      let reply = try client.reply()
      #expect(reply.status == 403)
      #expect(reply.closes)
    }
  }

  @Test("that is short and unread is thrown away, and the connection stays open")
  func unreadShort() async throws {
    let handler: Handler = { request in text(request.target) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
      let reply = try client.reply()
      #expect(reply.text == "/1")
      #expect(!reply.closes)
      try client.send([UInt8](repeating: 71, count: 60_000))
      #expect(try client.get("/2").text == "/2")
      try client.send("POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")
      #expect(try client.reply().text == "/3")
      #expect(try client.get("/4").text == "/4")
    }
  }

  @Test(
    "that is long or of unknown length and unread closes the connection",
    arguments: ["Content-Length: 70000", "Transfer-Encoding: chunked"])
  func unreadLong(framing: String) async throws {
    let handler: Handler = { request in text(request.target) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST /1 HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
      let reply = try client.reply()
      #expect(reply.text == "/1")
      #expect(reply.closes)
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test("is refused by collect when it is larger than asked for, declared or not")
  func tooLarge() async throws {
    let handler: Handler = { request in
      do throws(BodyFailure) {
        return text("\(try await request.body.collect(bytesMax: 10).count)")
      } catch {
        return text("\(error) \(request.body.declaredBytes ?? -1)", .contentTooLarge)
      }
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789")
      #expect(try client.reply().text == "10")
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n0123456789a")
      #expect(try client.reply().text == "tooLarge 11")
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n")
      #expect(try client.reply().text == "tooLarge -1")
      #expect(try client.get("/").text == "0")
    }
  }

  @Test("is bounded by bodyBytesMax and streamBytesMax whatever the handler asks for")
  func bounds() async throws {
    let limits = Limits.with {
      $0.bodyBytesMax = 8
      $0.streamBytesMax = 16
    }
    let handler: Handler = { request in
      do throws(BodyFailure) {
        if request.path == "/collect" { return text("\(try await request.body.collect(bytesMax: 99).count)") }
        var count = 0
        while let piece = try await request.body.next() { count += piece.count }
        return text("\(count)")
      } catch {
        return text("\(error)", .contentTooLarge)
      }
    }
    try await withServer(limits, handler: handler) { server in
      let client = try Client(server)
      try client.send("POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789")
      #expect(try client.reply().text == "tooLarge")
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n0123456789abcdef")
      #expect(try client.reply().text == "16")
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n")
      #expect(try client.reply().text == "tooLarge")
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test("that nobody reads is not received beyond the socket's buffers")
  func backPressure() async throws {
    let mayRead = Signal()
    let handler: Handler = { request in
      await mayRead.wait()
      var count = 0
      do throws(BodyFailure) {
        while let piece = try await request.body.next() { count += piece.count }
      } catch {
        return text("\(error)", .badRequest)
      }
      return text("\(count)")
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      let total = 64 << 20
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(total)\r\n\r\n")
      client.setTimeout(SO_SNDTIMEO, milliseconds: 100)
      let piece = [UInt8](repeating: 0, count: 65_536)
      var sent = 0
      do {
        while sent < total { sent += try client.sendOnce(piece, from: max(0, piece.count - (total - sent))) }
      } catch let failure as ClientFailure {
        #expect(failure.errno == EAGAIN)
      }
      #expect(sent < total / 2)
      mayRead.raise()
      client.setTimeout(SO_SNDTIMEO, milliseconds: 120_000)
      while sent < total { sent += try client.sendOnce(piece, from: max(0, piece.count - (total - sent))) }
      #expect(try client.reply().text == "\(total)")
    }
  }

  @Test("can be read, and an answer written, off the loop")
  func offTheLoop() async throws {
    // The threads of the pool may be taken by other tests for longer than a body may take.
    let thread = OwnThread()
    let handler: Handler = { request in
      Response(
        status: .ok,
        body: .stream { stream in
          try await Task(executorPreference: thread) {
            while let piece = try await request.body.next() { try await stream.write(piece) }
          }.value
        })
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      let body = [UInt8](repeating: 120, count: 500_000)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
      try client.send(body)
      #expect(try client.reply().body == body)
      #expect(try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == ())
      #expect(try client.reply().body.isEmpty)
    }
  }

  @Test("tells a task that the handler left behind that its request is over")
  func leftBehind() async throws {
    let isReading = Signal()
    let outcome = Box<BodyFailure?>(nil)
    let isOver = Signal()
    // The threads of the pool may be taken by other tests for longer than a body may take.
    let thread = OwnThread()
    let handler: Handler = { request in
      guard request.method == .post else { return text("ok") }
      Task(executorPreference: thread) {
        do throws(BodyFailure) {
          while try await request.body.next() != nil { isReading.raise() }
        } catch {
          outcome.change { $0 = error }
        }
        isOver.raise()
      }
      await isReading.wait()
      // Time for the task to wait for more; the outcome is the same if it does not yet.
      for _ in 0..<50 { await Task.yield() }
      return text("early")
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx")
      #expect(try client.reply().text == "early")
      await isOver.wait()
      #expect(outcome.value == .disconnected)
      try client.send([UInt8](repeating: 71, count: 99))
      #expect(try client.get("/").text == "ok")
    }
  }

  @Test("cannot be read after its request is over")
  func stale() async throws {
    let kept = Box<RequestBody?>(nil)
    let handler: Handler = { request in
      guard let old = kept.value else {
        kept.change { $0 = request.body }
        return text("first")
      }
      var failure: BodyFailure?
      do throws(BodyFailure) { _ = try await old.next() } catch { failure = error }
      let own = try? await request.body.collect(bytesMax: 10)
      return text("\(failure == .disconnected) \(own == Array("new".utf8))")
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nold")
      #expect(try client.reply().text == "first")
      try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nnew")
      #expect(try client.reply().text == "true true")
      let body = try #require(kept.value)
      await #expect(throws: BodyFailure.disconnected) { _ = try await body.next() }
    }
  }
}
