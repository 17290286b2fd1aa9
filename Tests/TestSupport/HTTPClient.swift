internal import Glibc
public import JSON

/// One answer as it came over the wire.
public struct HTTPAnswer: Sendable {
  public var status = 0
  /// The field lines in the order received, names in lower case.
  public var fields: [(name: String, value: String)] = []
  public var body: [UInt8] = []

  /// The first field with this name, given in lower case.
  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
  public var text: String { String(decoding: body, as: UTF8.self) }
  public var lines: [String] { text.split(separator: "\n").map(String.init) }
  public var fieldNames: [String] { fields.map(\.name) }
  /// Every field line but the two that differ between any two answers.
  public var comparableFields: [String] {
    fields.filter { $0.name != "date" && $0.name != "x-request-id" }.map { "\($0.name): \($0.value)" }
  }
  /// The body as JSON; null when it is none, so that every look into it fails an expectation.
  public var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
  /// The body but for `request_id`, which differs between any two answers.
  public var textWithoutRequestID: String {
    guard case .object(var members) = json, case .string(let id)? = members["request_id"] else { return text }
    members["request_id"] = nil
    return text.replacing(id, with: "-")
  }
}

/// Why the client could not go on.
public struct HTTPClientFailure: Error {
  public let call: String
  public let errno: Int32
}

/// A blocking client on one connection to this machine; it sends exactly what it is told to.
public final class HTTPClient {
  private let descriptor: Int32
  private var received: [UInt8] = []
  /// True once the server has said or shown that it closes.
  public private(set) var isOver = false

  /// Connects to a port of this machine.
  ///
  /// - Parameter receiveBufferBytes: what the system takes for this client while it reads nothing; nil: as it likes.
  public init(port: UInt16, receiveBufferBytes: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | 0o2000000, 0)
    guard descriptor >= 0 else { throw HTTPClientFailure(call: "socket", errno: errno) }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    if var bytes = receiveBufferBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var time = timeval(tv_sec: 300, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, 16) }
    }
    guard result == 0 else { throw HTTPClientFailure(call: "connect", errno: errno) }
  }

  deinit { close(descriptor) }

  /// Sends bytes as they are.
  public func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count >= 0 else { throw HTTPClientFailure(call: "send", errno: errno) }
      sent += count
    }
  }

  /// Sends a whole request with its length.
  public func send(_ method: String, _ target: String, _ fields: [(String, String)], _ body: [UInt8]?) throws {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: test\r\n"
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    try send(Array((head + "\r\n").utf8) + (body ?? []))
  }

  /// Says that nothing more will be sent.
  public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next answer; `isHead` when the request was HEAD, whose answer has no body.
  public func answer(toHead isHead: Bool = false) throws -> HTTPAnswer {
    var answer = try head()
    let status = answer.status
    if isHead || status == 204 || status == 304 { return answer }
    if answer["transfer-encoding"] == "chunked" {
      while case let chunk = try chunk(), !chunk.isEmpty { answer.body += chunk }
    } else if let length = answer["content-length"].flatMap({ Int($0) }) {
      answer.body = try take(length)
    } else {
      while try receive() {}
      answer.body = received
      received = []
    }
    return answer
  }

  /// The head of the next answer; its body is for the caller to read.
  public func head() throws -> HTTPAnswer {
    var answer = HTTPAnswer()
    let first = try line().split(separator: " ", maxSplits: 2)
    guard first.count >= 2, let status = Int(first[1]) else { throw HTTPClientFailure(call: "status", errno: 0) }
    answer.status = status
    while case let line = try line(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      answer.fields.append((parts[0].lowercased(), String(parts[1].drop { $0 == " " })))
    }
    if answer["connection"] == "close" { isOver = true }
    return answer
  }

  /// Everything up to the server's end.
  public func rest() throws -> String {
    while try receive() {}
    defer { received = [] }
    return String(decoding: received, as: UTF8.self)
  }

  /// The next chunk of a chunked answer; empty at the end.
  public func chunk() throws -> [UInt8] {
    guard let size = Int(try line(), radix: 16) else { throw HTTPClientFailure(call: "chunk", errno: 0) }
    let data = try take(size)
    _ = try line()
    return data
  }

  private func line() throws -> String {
    while true {
      if let end = received.firstIndex(of: 10) {
        return String(decoding: try take(end + 1).dropLast(2), as: UTF8.self)
      }
      guard try receive() else { throw HTTPClientFailure(call: "end", errno: 0) }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw HTTPClientFailure(call: "end", errno: 0) }
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { throw HTTPClientFailure(call: "recv", errno: errno) }
    if count == 0 { isOver = true }
    received += buffer[..<count]
    return count > 0
  }
}
