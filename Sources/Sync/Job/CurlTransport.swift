internal import Foundation
internal import Glibc

/// Requests to the service through the system's `curl`, which knows TLS, client certificates and proxies as
/// administrators know them.
public struct CurlTransport {
  /// One request.
  struct Request {
    /// From `/v1` on.
    var target: String
    var isCompressed = false
    /// The byte from which on it is asked for; nil: from the first one.
    var firstByte: Int?
    /// Which part of a file the body is, and of how many bytes; nil: nothing is said.
    var contentRange: String?
    /// What a request with a body does.
    var method = "POST"
    var accept = "application/x-ndjson"
    var contentType = "application/x-ndjson"
    /// The body in parts, until nil; no body: a GET.
    var nextPart: (() throws -> [UInt8]?)?
  }

  /// The address that `/v1` stands under, without a slash at its end.
  let server: String
  private let key: String
  private let configPath: String?

  /// - Parameters:
  ///   - server: the address that `/v1` stands under, without a slash at its end.
  ///   - configPath: a file of curl's own options.
  public init(server: String, key: String, configPath: String?) {
    (self.server, self.key, self.configPath) = (server, key, configPath)
  }

  /// Sends a request and reads the head of the answer.
  ///
  /// - Throws: `SyncFault`.
  func send(_ request: Request) throws -> CurlAnswer {
    let exchange = try CurlExchange(arguments: arguments(request), secret: secret, nextPart: request.nextPart)
    return try CurlAnswer(exchange)
  }

  /// Asks for bodies of known lengths, one after the other over one connection.
  ///
  /// - Throws: `SyncFault`, also when a body ends before its length.
  func sendAll(_ wanted: [(target: String, byteCount: Int)]) throws -> [[UInt8]] {
    guard let first = wanted.first else { return [] }
    let request = Request(target: first.target, accept: "application/octet-stream")
    let exchange = try CurlExchange(
      arguments: arguments(request) + wanted.dropFirst().map { server + $0.target }, secret: secret, nextPart: nil)
    return try wanted.map { _, byteCount in
      let answer = try CurlAnswer(exchange)
      guard let bytes = try exchange.nextBytes(byteCount) else { throw try answer.cut() }
      return bytes
    }
  }

  /// Asks for a body of a known length, or for the rest of it, piece by piece.
  ///
  /// - Throws: `SyncFault`, also when the body ends before its length; what `take` throws.
  func fetch(_ target: String, from firstByte: Int, of byteCount: Int, _ take: ([UInt8]) throws -> Void) throws {
    var request = Request(target: target, accept: "*/*")
    if firstByte > 0 { request.firstByte = firstByte }
    let exchange = try CurlExchange(arguments: arguments(request), secret: secret, nextPart: nil)
    let answer = try CurlAnswer(exchange)
    var left = byteCount - firstByte
    while left > 0 {
      guard let bytes = try exchange.nextBytes(min(left, 1 << 20)) else { throw try answer.cut() }
      try take(bytes)
      left -= bytes.count
    }
  }

  /// What curl reads from a pipe: nobody sees it in the list of processes.
  private var secret: [UInt8] { Array("header = \"Authorization: Bearer \(key)\"\n".utf8) }

  private func arguments(_ request: Request) -> [String] {
    // First and foremost without ~/.curlrc, which may turn anything into anything.
    var arguments = ["curl", "--disable", "--silent", "--show-error", "--include", "--globoff"]
    arguments += ["--proto", "=http,https", "--suppress-connect-headers", "--user-agent", "netral-sync"]
    // A connection that gives nothing for five minutes is dead: a reconciliation is the longest silence.
    arguments += ["--connect-timeout", "30", "--speed-limit", "1", "--speed-time", "300"]
    arguments += ["--config", "/dev/fd/\(CurlExchange.secretDescriptor)"]
    if let configPath { arguments += ["--config", configPath] }
    if request.isCompressed { arguments.append("--compressed") }
    if let first = request.firstByte { arguments += ["--header", "Range: bytes=\(first)-"] }
    arguments += ["--header", "Accept: \(request.accept)"]
    if let range = request.contentRange { arguments += ["--header", "Content-Range: \(range)"] }
    if request.nextPart != nil {
      arguments += ["--request", request.method, "--header", "Content-Type: \(request.contentType)"]
      arguments += ["--upload-file", "-"]
    }
    return arguments + [server + request.target]
  }
}

/// Why the service did not give what was asked for.
public enum SyncFault: Error {
  /// It may well answer when it is asked again.
  case passing(String, retryAfterSeconds: Int?)
  /// It has refused, and will refuse again. The code is that of the problem document, if it sent one.
  case refused(String, code: String?)
}

/// One run of curl: what it sends is drawn from `nextPart`, what it receives is read line by line.
///
/// Both ways go through one `poll`, since curl stops sending while nobody takes what it receives.
final class CurlExchange {
  /// Where curl finds the secret.
  static let secretDescriptor: Int32 = 3

  private let process: pid_t
  private var input: Descriptor?
  private var output: Descriptor?
  private var errors: Descriptor?
  private let nextPart: (() throws -> [UInt8]?)?
  private var part: ArraySlice<UInt8> = []
  private var received = LineBuffer()
  private var errorText: [UInt8] = []
  private var status: Int32?

  /// - Throws: `SyncFault.refused` when curl cannot be started.
  init(arguments: [String], secret: [UInt8], nextPart: (() throws -> [UInt8]?)?) throws {
    self.nextPart = nextPart
    let secretPipe = try Pipe()
    let inputPipe = nextPart == nil ? nil : try Pipe()
    let outputPipe = try Pipe()
    let errorPipe = try Pipe()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let inputPipe {
      posix_spawn_file_actions_adddup2(&actions, inputPipe.reading.number, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, outputPipe.writing.number, 1)
    posix_spawn_file_actions_adddup2(&actions, errorPipe.writing.number, 2)
    posix_spawn_file_actions_adddup2(&actions, secretPipe.reading.number, Self.secretDescriptor)
    // A pipe takes 4 KiB at least without a reader.
    try secretPipe.writing.write(secret)
    // The child's ends are known by their numbers alone, and must stay open until it has them.
    process = try withExtendedLifetime((secretPipe, inputPipe, outputPipe, errorPipe)) {
      try Self.spawn(arguments, &actions)
    }
    input = inputPipe?.writing
    input?.makeNonblocking()
    output = outputPipe.reading
    errors = errorPipe.reading
  }

  private static func spawn(_ arguments: [String], _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // We ignore SIGPIPE; curl shall end by it when we are no longer there to read.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in argv { free(pointer) } }
    var process = pid_t()
    let result = posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, environ)
    guard result == 0 else {
      throw SyncFault.refused("\(arguments[0]) cannot be run: \(String(cString: strerror(result)))", code: nil)
    }
    return process
  }

  deinit {
    guard status == nil else { return }
    kill(process, SIGKILL)
    var ignored: Int32 = 0
    waitpid(process, &ignored, 0)
  }

  /// The next line without its end; nil at the end of the answer. A last line without an end is one unless it was cut.
  ///
  /// - Throws: `SyncFault`, and what drawing the body throws.
  func nextLine() throws -> [UInt8]? {
    while true {
      if let line = received.nextLine() { return line }
      guard received.count <= LineBuffer.lineBytesMax else {
        throw SyncFault.refused("the server sends a line of more than \(LineBuffer.lineBytesMax >> 20) MiB", code: nil)
      }
      if output == nil {
        let rest = received.rest
        received = LineBuffer()
        return try rest.isEmpty || fault() != nil ? nil : rest
      }
      try exchange()
    }
  }

  /// The next bytes, whatever they are; nil when the answer ends before.
  ///
  /// - Throws: `SyncFault`.
  func nextBytes(_ count: Int) throws -> [UInt8]? {
    while received.count < count, output != nil { try exchange() }
    return received.nextBytes(count)
  }

  /// What is left of the answer, up to so many bytes.
  func rest(countMax: Int) throws -> [UInt8] {
    while output != nil, received.count < countMax { try exchange() }
    return received.rest
  }

  /// Waits until something can be read or written, and does it.
  private func exchange() throws {
    if part.isEmpty, input != nil {
      part = try nextPart?()?[...] ?? []
      if part.isEmpty { input = nil }
    }
    var watched = [output, errors].map { pollfd(fd: $0?.number ?? -1, events: Int16(POLLIN), revents: 0) }
    watched.append(pollfd(fd: input?.number ?? -1, events: Int16(POLLOUT), revents: 0))
    guard poll(&watched, 3, -1) >= 0 || errno == EINTR else {
      throw SyncFault.refused("poll: errno \(errno)", code: nil)
    }
    if watched[2].revents != 0 {
      // curl takes no more when the server has refused: the answer says why.
      if let count = input?.writeSome(part) { part = part.dropFirst(count) } else { (input, part) = (nil, []) }
    }
    if watched[1].revents != 0, let errors {
      let bytes = try errors.read(4_096)
      if bytes.isEmpty { self.errors = nil }
      errorText = (errorText + bytes).suffix(4_096)
    }
    if watched[0].revents != 0, let output {
      let bytes = try output.read(65_536)
      if bytes.isEmpty { self.output = nil }
      received.append(bytes)
    }
  }

  /// What went wrong on the way, in curl's words; nil when nothing did. Whether to ask again is curl's status.
  func fault() throws -> SyncFault? {
    input = nil
    while output != nil || errors != nil { try exchange() }
    if status == nil {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      self.status = status
    }
    guard let status, status != 0 else { return nil }
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    let lines = String(decoding: errorText, as: UTF8.self).split(separator: "\n")
    // Other lines may be a trace that --curl-config has asked for, with the key in it.
    let text = lines.last { $0.hasPrefix("curl: (") }.map(String.init) ?? "curl has ended with status \(code)"
    return Self.passing.contains(code) ? .passing(text, retryAfterSeconds: nil) : .refused(text, code: nil)
  }

  /// Statuses of curl that say nothing about the next try: resolving, connecting, TLS hand-shake, timeouts, cuts; and
  /// an end by a signal.
  private static let passing: Set<Int32> = [-1, 5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 61, 92, 95, 96]
}
