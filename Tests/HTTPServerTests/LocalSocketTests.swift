import Foundation
import Glibc
import HTTPServer
import HTTPTypes
import Testing

private let told: Handler = { text("\($0.peer) \($0.loopIndex)") }

@Suite("A socket in the file system", .timeLimit(.minutes(10)))
final class LocalSocketTests {
  private let folder = "/tmp/netral-socket-\(UUID().uuidString.prefix(8))"
  private var path: String { folder + "/http.sock" }
  private var host: String { "unix:" + path }

  init() { #expect(mkdir(folder, 0o700) == 0) }

  deinit {
    unlink(path)
    rmdir(folder)
  }

  private func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  private func server(loopCount: Int = 2) -> Server {
    Server(
      configuration: .init(host: host, loopCount: loopCount), faultResponse: { text("", $0.status) }, handler: told)
  }

  @Test("serves, with mode 0660 whatever the umask is, and goes with the server", arguments: [1, 2, 5])
  func serves(loopCount: Int) async throws {
    try await withServer(host: host, loopCount: loopCount, handler: told) { server in
      #expect(server.port == 0)
      #expect(status(path).map { $0.st_mode } == S_IFSOCK | 0o660)
      let client = try Client(path: path)
      for _ in 0..<3 { #expect(try client.get("/").text.hasPrefix("unix ")) }
      #expect(server.openConnections == 1)
    }
    #expect(status(path) == nil)
  }

  @Test("gives every loop as many connections as the others, and takes none of an address for too many")
  func distribution() async throws {
    let limits = Limits.with { $0.connectionsPerAddressMax = 1 }
    try await withServer(host: host, loopCount: 3, limits, handler: told) { server in
      let clients = try (0..<30).map { _ in try Client(path: path) }
      let answers = try clients.map { try $0.get("/").text }
      for loop in 0..<3 { #expect(answers.count { $0 == "unix \(loop)" } == 10) }
      #expect(server.openConnections == 30)
    }
  }

  @Test("answers 503 when all connections are taken")
  func connectionLimit() async throws {
    try await withServer(host: host, .with { $0.connectionsMax = 2 }, handler: told) { _ in
      let clients = try (0..<2).map { _ in try Client(path: path) }
      for client in clients { #expect(try client.get("/").status == 200) }
      let third = try Client(path: path)
      #expect(try third.reply().status == 503)
      #expect(try third.readToEnd().isEmpty)
    }
  }

  @Test("carries long bodies both ways")
  func longBodies() async throws {
    let handler: Handler = { request in
      do {
        return Response(status: .ok, body: .bytes(try await request.body.collect(bytesMax: 1 << 20)))
      } catch {
        return text("\(error)", .badRequest)
      }
    }
    try await withServer(host: host, handler: handler) { _ in
      let body = String(repeating: "0123456789abcdef", count: 60_000)
      let client = try Client(path: path)
      for _ in 0..<3 {
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(try client.reply().text == body)
      }
    }
  }

  @Test("finishes what runs at the shutdown, and its name is gone at once")
  func shutdown() async throws {
    let isRunning = Signal()
    let mayEnd = Signal()
    let handler: Handler = { _ in
      isRunning.raise()
      await mayEnd.wait()
      return text("finished")
    }
    try await withServer(host: host, handler: handler) { server in
      let idle = try Client(path: path)
      let running = try Client(path: path)
      try running.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      await isRunning.wait()
      let stopped = Task { await server.shutdown() }
      #expect(try idle.readToEnd().isEmpty)
      while status(path) != nil { await Task.yield() }
      #expect(throws: ClientFailure.self) { try Client(path: path) }
      mayEnd.raise()
      #expect(try running.reply().text == "finished")
      await stopped.value
      #expect(server.openConnections == 0)
    }
  }

  @Test("of a living server is refused to another, and of a dead process is taken over")
  func names() async throws {
    try await withServer(host: host, handler: told) { _ in
      let second = server()
      #expect(throws: StartFailure.socketInUse) { try second.start() }
      let client = try Client(path: path)
      #expect(try client.get("/").status == 200)
    }
    // As a process that was killed leaves it: bound, and nobody there.
    let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(dead, $0, 110) }
    }
    close(dead)
    #expect(bound == 0 && status(path) != nil)
    try await withServer(host: host, handler: told) { _ in
      let client = try Client(path: path)
      #expect(try client.get("/").status == 200)
    }
  }

  @Test("does not take the place of a file of another kind, and is not made where there is no folder")
  func otherFiles() throws {
    try Data("kept".utf8).write(to: URL(filePath: path))
    #expect(throws: StartFailure.notASocket) { try server().start() }
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("kept".utf8))
    let nowhere = Server(
      configuration: .init(host: "unix:\(folder)/none/http.sock"), faultResponse: { text("", $0.status) },
      handler: told)
    #expect(throws: StartFailure.system(errno: ENOENT)) { try nowhere.start() }
  }

  @Test("that another server has made meanwhile under the same name stays")
  func othersName() async throws {
    let first = server()
    try first.start()
    #expect(unlink(path) == 0)
    let second = server()
    try second.start()
    await first.shutdown()
    let client = try Client(path: path)
    #expect(try client.get("/").status == 200)
    await second.shutdown()
    #expect(status(path) == nil)
  }

  @Test("has an absolute path that a socket can have")
  func paths() {
    let long = String(repeating: "x", count: SocketPath.bytesMax - 1)
    for host in ["unix:/a", "unix:/run/netral/http.sock", "unix:/" + long] {
      #expect(SocketPath(host: host)?.path == String(host.dropFirst(5)), "\(host)")
    }
    for host in ["unix:", "unix:/", "unix:a", "/a", "UNIX:/a", "unix:/\(long)x", "unix:/a\0b", "unix://" + long] {
      #expect(SocketPath(host: host) == nil, "\(host)")
    }
  }
}
