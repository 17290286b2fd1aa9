import HTTPServer
import HTTPTypes
import Synchronization
import Testing

@Suite("The account of an answer", .timeLimit(.minutes(10)))
struct AccountTests {
  private final class Account: AnswerAccount {
    let held = Atomic<Int>(0)
    let highest = Atomic<Int>(0)
    let isCharged = Signal()
    let isSettled = Signal()

    func count(_ bytes: Int) {
      let now = held.add(bytes, ordering: .sequentiallyConsistent).newValue
      if now > highest.load(ordering: .sequentiallyConsistent) { highest.store(now, ordering: .sequentiallyConsistent) }
      (now == 0 ? isSettled : isCharged).raise()
    }
  }

  private enum Body: CaseIterable { case stream, bytes }

  private static func answer(_ body: Body, _ account: Account) -> Response {
    var response = Response(status: .ok)
    switch body {
    case .stream:
      response.body = .stream { stream in
        for _ in 0..<64 { try await stream.write([UInt8](repeating: 0, count: 1 << 20)) }
      }
    case .bytes: response.body = .bytes([UInt8](repeating: 0, count: 64 << 20))
    }
    response.account = account
    return response
  }

  @Test(
    "is charged with what the client leaves lying, and gets all of it back when the client takes it or goes",
    arguments: Body.allCases, [true, false])
  private func returned(_ body: Body, takes: Bool) async throws {
    let account = Account()
    let handler: Handler = { _ in Self.answer(body, account) }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      // What the system takes of 64 MiB is far less than the rest.
      await account.isCharged.wait()
      if takes { _ = try client.take(64 << 20) } else { client.reset() }
      await account.isSettled.wait()
      withExtendedLifetime(client) {}
    }
    #expect(account.held.load(ordering: .sequentiallyConsistent) == 0)
    let highest = account.highest.load(ordering: .sequentiallyConsistent)
    #expect(highest > 0 && highest <= (body == .bytes ? 65 << 20 : 3 << 20))
  }

  @Test("is charged with nothing for what the system takes at once")
  func small() async throws {
    let account = Account()
    let handler: Handler = { _ in
      var response = Response(status: .ok, body: .bytes([UInt8](repeating: 0, count: 1_000)))
      response.account = account
      return response
    }
    try await withServer(handler: handler) { server in
      let client = try Client(server)
      for _ in 0..<10 {
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try client.take(1_000)
      }
    }
    #expect(account.highest.load(ordering: .sequentiallyConsistent) == 0)
  }
}
