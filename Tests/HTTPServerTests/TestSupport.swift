import Dispatch
import Glibc
import HTTPServer
import HTTPTypes
import Synchronization
import Testing

/// A plain answer with a text.
func text(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
  Response(status: status, body: .bytes(Array(text.utf8)))
}

/// A thread of its own for tasks that block, so that they do not take one from the tasks they wait for.
final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "blocking test")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs a server on a free port while `body` runs on a thread of its own, and shuts it down whatever happens.
func withServer(
  host: String = "127.0.0.1", loopCount: Int = 2, _ limits: Limits = .forTests, handler: @escaping Handler,
  _ body: (Server) async throws -> Void
) async throws {
  let server = Server(
    configuration: .init(host: host, loopCount: loopCount, limits: limits),
    faultResponse: { fault in text("fault: \(fault)", fault.status) },
    handler: handler)
  try server.start()
  do {
    try await withTaskExecutorPreference(OwnThread()) { try await body(server) }
  } catch {
    await server.shutdown()
    throw error
  }
  await server.shutdown()
}

extension Limits {
  /// The defaults, with a deadline that ends a hanging test, and that no busy machine reaches.
  static var forTests: Limits { .with { $0.shutdownDeadline = .seconds(60) } }

  static func with(_ change: (inout Limits) -> Void) -> Limits {
    var limits = Limits()
    change(&limits)
    return limits
  }
}

/// Something that happens once and that others wait for.
final class Signal: Sendable {
  private struct State {
    var isRaised = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func raise() {
    let waiters = state.withLock { state in
      state.isRaised = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { waiter in
      let isRaised = state.withLock { state in
        if !state.isRaised { state.waiters.append(waiter) }
        return state.isRaised
      }
      if isRaised { waiter.resume() }
    }
  }
}

/// A value that several threads may change.
final class Box<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  var value: Value { mutex.withLock { $0 } }

  func change(_ body: (inout Value) -> Void) { mutex.withLock { body(&$0) } }
}

/// An error of the test's own client.
struct ClientFailure: Error {
  let call: String
  let errno: Int32
}

/// One answer as it came over the wire.
struct Reply {
  var status = 0
  var fields: [String: String] = [:]
  var body: [UInt8] = []
  var isChunked = false

  var text: String { String(decoding: body, as: UTF8.self) }
  var closes: Bool { fields["connection"] == "close" }
}

/// A blocking client that sends exactly what it is told to.
final class Client {
  let descriptor: Int32
  private var received: [UInt8] = []

  init(_ server: Server, host: String = "127.0.0.1") throws {
    let isIPv6 = host.contains(":")
    // With SOCK_CLOEXEC, so that no program started by a test holds the connection open.
    descriptor = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard descriptor >= 0 else { throw ClientFailure(call: "socket", errno: errno) }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    setTimeout(SO_RCVTIMEO, milliseconds: 120_000)
    setTimeout(SO_SNDTIMEO, milliseconds: 120_000)
    let result = isIPv6 ? connect6(server.port) : connect4(server.port)
    guard result == 0 else { throw ClientFailure(call: "connect", errno: errno) }
  }

  /// Connects to a socket in the file system.
  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard descriptor >= 0 else { throw ClientFailure(call: "socket", errno: errno) }
    setTimeout(SO_RCVTIMEO, milliseconds: 120_000)
    setTimeout(SO_SNDTIMEO, milliseconds: 120_000)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 110) }
    }
    guard result == 0 else { throw ClientFailure(call: "connect", errno: errno) }
  }

  deinit { close(descriptor) }

  func setTimeout(_ option: Int32, milliseconds: Int) {
    var time = timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
    setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  private func connect4(_ port: UInt16) -> Int32 {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 16) }
    }
  }

  private func connect6(_ port: UInt16) -> Int32 {
    var name = sockaddr_in6()
    name.sin6_family = sa_family_t(AF_INET6)
    name.sin6_port = port.bigEndian
    name.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 28) }
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count { sent += try sendOnce(bytes, from: sent) }
  }

  /// Sends what fits before the time-out; throws EAGAIN when nothing did.
  func sendOnce(_ bytes: [UInt8], from start: Int = 0) throws -> Int {
    let count = bytes.withUnsafeBytes { buffer in
      Glibc.send(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start, Int32(MSG_NOSIGNAL))
    }
    guard count >= 0 else { throw ClientFailure(call: "send", errno: errno) }
    return count
  }

  func get(_ path: String) throws -> Reply {
    try send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
    return try reply()
  }

  func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends the connection with a reset.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    var name = sockaddr()
    name.sa_family = sa_family_t(AF_UNSPEC)
    connect(descriptor, &name, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// Receives more; false at the end.
  func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { throw ClientFailure(call: "recv", errno: errno) }
    received += buffer[..<count]
    return count > 0
  }

  /// Everything up to the server's end.
  func readToEnd() throws -> String {
    while try receive() {}
    defer { received = [] }
    return String(decoding: received, as: UTF8.self)
  }

  /// Takes exactly `count` bytes.
  func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw ClientFailure(call: "end", errno: 0) }
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  func takeLine() throws -> String {
    while true {
      if let end = received.firstIndex(of: 10) {
        return String(decoding: try take(end + 1).dropLast(2), as: UTF8.self)
      }
      guard try receive() else { throw ClientFailure(call: "end", errno: 0) }
    }
  }

  /// The next answer, with its body as its framing says.
  func reply(toHead isHead: Bool = false) throws -> Reply {
    var reply = try replyHead()
    if isHead || reply.status < 200 || reply.status == 204 || reply.status == 304 { return reply }
    if reply.isChunked {
      while true {
        let chunk = try chunk()
        if chunk.isEmpty { return reply }
        reply.body += chunk
      }
    }
    if let length = reply.fields["content-length"].flatMap({ Int($0) }) {
      reply.body = try take(length)
    } else {
      reply.body = Array(try readToEnd().utf8)
    }
    return reply
  }

  func replyHead() throws -> Reply {
    let line = try takeLine().split(separator: " ", maxSplits: 2)
    var reply = Reply()
    reply.status = try #require(Int(line[1]))
    while case let line = try takeLine(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1)
      let name = parts[0].lowercased()
      #expect(reply.fields[name] == nil, "the field \(name) came twice")
      reply.fields[name] = String(parts[1].drop { $0 == " " })
    }
    reply.isChunked = reply.fields["transfer-encoding"] == "chunked"
    return reply
  }

  /// The next chunk; empty at the last.
  func chunk() throws -> [UInt8] {
    let size = try #require(Int(try takeLine(), radix: 16))
    let data = try take(size)
    #expect(try takeLine().isEmpty)
    return data
  }
}
