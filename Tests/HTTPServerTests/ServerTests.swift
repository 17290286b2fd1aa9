import Glibc
import HTTPServer
import HTTPTypes
import Testing

private let ok: Handler = { request in text("ok \(request.loopIndex)") }

@Suite("A server", .timeLimit(.minutes(10)))
struct ServerTests {
  @Test("answers 503 when all connections are taken, and lets in again when one closes", arguments: [true, false])
  func connectionLimit(perAddress: Bool) async throws {
    let limits = Limits.with {
      if perAddress { $0.connectionsPerAddressMax = 2 } else { $0.connectionsMax = 2 }
    }
    try await withServer(limits, handler: ok) { server in
      let first = try Client(server)
      #expect(try first.get("/").status == 200)
      do {
        let second = try Client(server)
        #expect(try second.get("/").status == 200)
        let third = try Client(server)
        let reply = try third.reply()
        #expect(reply.status == 503)
        #expect(reply.closes)
        #expect(try third.readToEnd().isEmpty)
        #expect(server.openConnections == 2)
      }
      // The server learns of the close in its own time: every try is a whole connection, so this is no busy wait.
      var statuses: [Int] = []
      while statuses.last != 200, statuses.count < 10_000 {
        let next = try Client(server)
        try next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        statuses.append(try next.reply().status)
      }
      #expect(statuses.last == 200)
      #expect(try first.get("/").status == 200)
    }
  }

  @Test("answers 503 when all requests are taken")
  func requestLimit() async throws {
    let isRunning = Signal()
    let mayEnd = Signal()
    let handler: Handler = { _ in
      isRunning.raise()
      await mayEnd.wait()
      return text("done")
    }
    try await withServer(.with { $0.requestsInFlightMax = 1 }, handler: handler) { server in
      let first = try Client(server)
      try first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      await isRunning.wait()
      let second = try Client(server)
      let refused = try second.get("/")
      #expect(refused.status == 503)
      #expect(refused.closes)
      mayEnd.raise()
      #expect(try first.reply().text == "done")
      #expect(try first.get("/").text == "done")
    }
  }

  @Test("finishes running requests at shutdown and takes no new ones")
  func shutdown() async throws {
    let isRunning = Signal()
    let mayEnd = Signal()
    let handler: Handler = { _ in
      isRunning.raise()
      await mayEnd.wait()
      return text("finished")
    }
    try await withServer(handler: handler) { server in
      let idle = try Client(server)
      let partial = try Client(server)
      try partial.send("GET / HT")
      let running = try Client(server)
      try running.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
      await isRunning.wait()
      let stopped = Task { await server.shutdown() }
      #expect(try idle.readToEnd().isEmpty)
      #expect(try partial.readToEnd().hasPrefix("HTTP/1.1 503 "))
      // The listeners close before the connections of their loop do, and each loop has to; a refusal is then certain.
      var isRefused = false
      for _ in 0..<10_000 where !isRefused {
        do {
          let late = try Client(server)
          _ = try late.readToEnd()
        } catch let failure as ClientFailure {
          isRefused = failure.errno == ECONNREFUSED
        }
      }
      #expect(isRefused)
      mayEnd.raise()
      let reply = try running.reply()
      #expect(reply.text == "finished")
      #expect(reply.closes)
      #expect(try running.readToEnd().isEmpty)
      await stopped.value
      #expect(server.openConnections == 0)
      await server.shutdown()
    }
  }

  @Test("cuts what still runs at the deadline of the shutdown, and cancels it")
  func shutdownDeadline() async throws {
    let isRunning = Signal()
    let isCancelled = Signal()
    let handler: Handler = { _ in
      await withTaskCancellationHandler {
        isRunning.raise()
        await isCancelled.wait()
      } onCancel: {
        isCancelled.raise()
      }
      return text("late")
    }
    try await withServer(.with { $0.shutdownDeadline = .milliseconds(50) }, handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      await isRunning.wait()
      await server.shutdown()
      await isCancelled.wait()
      #expect(server.openConnections == 0)
      #expect(try client.readToEnd().isEmpty)
    }
  }

  @Test("does not start on a port that another server has, and starts there afterwards", arguments: [1, 2])
  func busyPort(loopCount: Int) async throws {
    var port: UInt16 = 0
    try await withServer(loopCount: loopCount, handler: ok) { server in
      port = server.port
      for count in [1, 2] {
        let second = Server(
          configuration: .init(port: port, loopCount: count), faultResponse: { text("", $0.status) }, handler: ok)
        #expect(throws: StartFailure.addressInUse) { try second.start() }
        await second.shutdown()
      }
      let client = try Client(server)
      #expect(try client.get("/").status == 200)
    }
    let third = Server(configuration: .init(port: port), faultResponse: { text("", $0.status) }, handler: ok)
    try third.start()
    #expect(third.port == port)
    await third.shutdown()
  }

  @Test("refuses a host that is no address of this machine", arguments: ["", "nowhere", "192.0.2.1", "1.2.3"])
  func badHost(host: String) {
    let server = Server(configuration: .init(host: host), faultResponse: { text("", $0.status) }, handler: ok)
    #expect(throws: StartFailure.badAddress) { try server.start() }
  }

  @Test("listens on every address, and sees an IPv4 client as one", arguments: ["::", "0.0.0.0", "localhost"])
  func hosts(host: String) async throws {
    let handler: Handler = { text("\($0.peer)") }
    try await withServer(host: host, handler: handler) { server in
      let client = try Client(server)
      #expect(try client.get("/").text == "127.0.0.1")
      guard host == "::" else { return }
      let client6 = try Client(server, host: "::1")
      #expect(try client6.get("/").text == "::1")
    }
  }

  @Test("runs a handler on the thread of its loop, before and after it waits")
  func threads() async throws {
    let handler: Handler = { request in
      let before = pthread_self()
      await Task.yield()
      let isSame = await Task.detached { pthread_self() }.value != before && pthread_self() == before
      return text("\(request.loopIndex) \(isSame)")
    }
    try await withServer(loopCount: 2, handler: handler) { server in
      for _ in 0..<20 {
        let reply = try Client(server).get("/").text
        #expect(reply == "0 true" || reply == "1 true")
      }
    }
  }

  @Test("serves many connections at once")
  func manyConnections() async throws {
    let handler: Handler = { request in
      await Task.yield()
      return text(request.target)
    }
    try await withServer(handler: handler) { server in
      let clients = try (0..<400).map { _ in try Client(server) }
      for round in 0..<5 {
        for (index, client) in clients.enumerated() {
          try client.send("GET /\(round)-\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        for (index, client) in clients.enumerated() {
          #expect(try client.reply().text == "/\(round)-\(index)")
        }
      }
      #expect(server.openConnections == 400)
    }
  }

  @Test("serves clients that come and go on several threads")
  func churn() async throws {
    let handler: Handler = { text($0.target) }
    try await withServer(handler: handler) { server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<4 {
          group.addTask(executorPreference: OwnThread()) {
            for number in 0..<100 {
              let client = try Client(server)
              #expect(try client.get("/\(worker)-\(number)").text == "/\(worker)-\(number)")
              if number % 3 == 0 { client.reset() }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
