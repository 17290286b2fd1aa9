import Glibc
import HTTPServer
import HTTPTypes
import Testing

private let curl = "/usr/bin/curl"

@Suite("curl", .enabled(if: access(curl, X_OK) == 0), .timeLimit(.minutes(10)))
struct CurlTests {
  private let handler: Handler = { request in
    do throws(BodyFailure) {
      let body = try await request.body.collect(bytesMax: 1 << 20)
      return text("\(request.method) \(request.target) \(body.count)")
    } catch {
      return text("\(error)", .badRequest)
    }
  }

  @Test(
    "gets its answers",
    arguments: [
      ([], "GET /x?y=1 0"), (["-d", "hello"], "POST /x?y=1 5"), (["-X", "DELETE"], "DELETE /x?y=1 0"),
      (["-H", "Transfer-Encoding: chunked", "-d", "hello"], "POST /x?y=1 5"),
      (["-H", "Expect: 100-continue", "-d", "hello"], "POST /x?y=1 5"), (["--http1.0"], "GET /x?y=1 0"),
      (["-I", "-o", "/dev/null", "-w", "%{http_code} %header{content-length}"], "200 13"),
      (["-X", "OPTIONS", "--request-target", "*"], "OPTIONS * 0"),
      (["-H", "Host;", "-o", "/dev/null", "-w", "%{http_code}"], "400"),
      (["--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_version}"], "0"),
    ])
  func requests(options: [String], output: String) async throws {
    try await withServer(handler: handler) { server in
      let printed = try run(options + ["http://127.0.0.1:\(server.port)/x?y=1"])
      #expect(printed == output)
    }
  }

  @Test("keeps one connection for several requests")
  func keepAlive() async throws {
    try await withServer(handler: handler) { server in
      let address = "http://127.0.0.1:\(server.port)/[1-5]"
      let printed = try run(["-o", "/dev/null", "-w", "%{num_connects}", address])
      #expect(printed == "10000")
    }
  }

  private func run(_ arguments: [String]) throws -> String {
    let quoted = ([curl, "-s", "--max-time", "20"] + arguments).map { "'\($0)'" }
    guard let pipe = popen(quoted.joined(separator: " "), "r") else { throw ClientFailure(call: "popen", errno: errno) }
    defer { pclose(pipe) }
    var output: [UInt8] = []
    while case let byte = getc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: output, as: UTF8.self)
  }
}
