internal import Glibc
internal import JSON

/// An answer as it came over the wire.
struct Reply: Sendable {
  var status = 0
  /// By lower-case name.
  var fields: [String: String] = [:]
  var body: [UInt8] = []

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
  /// The `code` of a problem document.
  var problemCode: String? {
    fields["content-type"] == "application/problem+json" ? json["code"].text : nil
  }
}

extension JSONValue {
  /// A member; null when there is none.
  subscript(name: String) -> JSONValue {
    if case .object(let object) = self { object[name] ?? .null } else { .null }
  }
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}

/// A blocking client of one keep-alive connection; every wait ends after 30 seconds.
final class Client {
  private let descriptor: Int32
  private let key: String?
  private var received: [UInt8] = []

  /// - Parameter key: sent with every request, unless nil.
  init(port: UInt16, key: String? = nil) throws {
    self.key = key
    // With SOCK_CLOEXEC, so that no program started by a test holds the connection open.
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard descriptor >= 0 else { throw TestFailure("socket: errno \(errno)") }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    var time = timeval(tv_sec: 120, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 16) }
    }
    guard result == 0 else { throw TestFailure("connect: errno \(errno)") }
  }

  deinit { close(descriptor) }

  /// Gives the connection up at once, as a network that breaks would.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    var name = sockaddr()
    name.sa_family = sa_family_t(AF_UNSPEC)
    connect(descriptor, &name, socklen_t(MemoryLayout<sockaddr>.size))
  }

  func get(_ path: String) throws -> Reply { try ask("GET", path) }

  /// Posts JSON under an idempotency key.
  func post(_ path: String, _ body: String, idempotencyKey: String) throws -> Reply {
    try ask("POST", path, ["Idempotency-Key": idempotencyKey], body)
  }

  func ask(_ method: String, _ path: String, _ fields: [String: String] = [:], _ body: String? = nil) throws -> Reply {
    try send(Self.request(method, path, fields, body, key: key))
    return try reply()
  }

  static func request(
    _ method: String, _ path: String, _ fields: [String: String] = [:], _ body: String?, key: String?
  ) -> String {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    if let key { head += "Authorization: Bearer \(key)\r\n" }
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    if let body {
      head += "Content-Length: \(body.utf8.count)\r\n"
      if fields["Content-Type"] == nil { head += "Content-Type: application/json\r\n" }
    }
    return head + "\r\n" + (body ?? "")
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw TestFailure("send: errno \(errno)") }
      sent += count
    }
  }

  /// Says that nothing more will be sent.
  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next answer, framed by its length or in chunks.
  func reply() throws -> Reply {
    var reply = try head()
    if reply.fields["transfer-encoding"] == "chunked" {
      while case let size = Int(try line(), radix: 16) ?? 0, size > 0 {
        reply.body += try take(size)
        _ = try take(2)
      }
      _ = try line()
    } else if let length = reply.fields["content-length"].flatMap({ Int($0) }) {
      reply.body = try take(length)
    }
    return reply
  }

  /// The head of the next answer; a body stays to be read.
  func head() throws -> Reply {
    var reply = Reply()
    let status = try line().split(separator: " ")
    guard status.count >= 2, let code = Int(status[1]) else { throw TestFailure("no status line") }
    reply.status = code
    while case let line = try line(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw TestFailure("no field line: \(line)") }
      reply.fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    return reply
  }

  /// True once the other side has closed.
  func isAtEnd() throws -> Bool { try received.isEmpty && !receive() }

  private func line() throws -> String {
    while true {
      if let end = received.firstIndex(of: 10) {
        return String(decoding: try take(end + 1).dropLast(2), as: UTF8.self)
      }
      guard try receive() else { throw TestFailure("the connection has ended") }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw TestFailure("the connection has ended") }
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { throw TestFailure("recv: errno \(errno)") }
    received += buffer[..<count]
    return count > 0
  }
}
