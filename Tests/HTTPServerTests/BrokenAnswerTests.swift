import HTTPServer
import HTTPTypes
import Testing

private struct Broken: Error {}

@Suite("An answer that breaks off", .timeLimit(.minutes(10)))
struct BrokenAnswerTests {
  private enum Body: CaseIterable { case stream, bytes }

  /// What is told of an answer of some 64 MiB, more than the sockets of both sides hold.
  private static func answer(_ body: Body, _ told: Box<[String]>, _ isTold: Signal) -> Response {
    let piece = [UInt8](repeating: 0, count: 65_536)
    var response = Response(status: .ok)
    switch body {
    case .stream: response.body = .stream { stream in for _ in 0..<1_024 { try await stream.write(piece) } }
    case .bytes: response.body = .bytes([UInt8](repeating: 0, count: 64 << 20))
    }
    response.whenBroken = { reason in
      told.change { $0.append("\(reason)") }
      isTold.raise()
    }
    return response
  }

  @Test("because the client takes nothing, says so once", arguments: Body.allCases)
  private func slow(_ body: Body) async throws {
    let (told, isTold) = (Box<[String]>([]), Signal())
    let handler: Handler = { _ in Self.answer(body, told, isTold) }
    try await withServer(
      .with { $0.writeTimeout = .milliseconds(100) }, handler: handler
    ) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      await isTold.wait()
      withExtendedLifetime(client) {}
    }
    #expect(told.value == ["clientTooSlow"])
  }

  @Test("because the client has gone, says so once", arguments: Body.allCases)
  private func gone(_ body: Body) async throws {
    let (told, isTold) = (Box<[String]>([]), Signal())
    let handler: Handler = { _ in Self.answer(body, told, isTold) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try client.take(100_000)
      client.reset()
      await isTold.wait()
      withExtendedLifetime(client) {}
    }
    #expect(told.value == ["clientGone"])
  }

  @Test("because the server stops, says so once", arguments: Body.allCases)
  private func stopped(_ body: Body) async throws {
    let (told, isTold) = (Box<[String]>([]), Signal())
    let handler: Handler = { _ in Self.answer(body, told, isTold) }
    try await withServer(
      .with { $0.shutdownDeadline = .milliseconds(50) }, handler: handler
    ) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try client.take(100_000)
      await server.shutdown()
      await isTold.wait()
      withExtendedLifetime(client) {}
    }
    #expect(told.value == ["shutDown"])
  }

  @Test("because its stream fails, says so once, and a whole one says nothing")
  func failed() async throws {
    let told = Box<[String]>([])
    let handler: Handler = { request in
      var response = Response(
        status: .ok,
        body: .stream { stream in
          try await stream.write(Array("part".utf8))
          if request.path == "/broken" { throw Broken() }
        })
      response.whenBroken = { reason in told.change { $0.append("\(request.path) \(reason)") } }
      return response
    }
    try await withServer(handler: handler) { server in
      for path in ["/", "/broken", "/"] {
        let client = try Client(server)
        try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        _ = try client.readToEnd()
      }
    }
    #expect(told.value.count == 1)
    #expect(told.value.first?.hasPrefix("/broken failed(") == true)
  }
}
