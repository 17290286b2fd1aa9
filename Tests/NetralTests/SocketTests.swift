internal import Foundation
internal import Glibc
internal import Testing

extension ProgramTests {
  /// The program as `deploy/` has it: behind a proxy that comes by a socket in the file system.
  @Suite("at a socket in the file system")
  struct SocketTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }
    private var socket: String { folder.file("http.sock") }

    init() throws { folder = try TemporaryFolder() }

    private func serve() throws -> RunningServer { try RunningServer(database, options: ["--host", "unix:\(socket)"]) }

    /// The status of an answer.
    private func status(_ path: String, _ key: String? = nil, _ fields: String...) throws -> String {
      let all = (key.map { ["Authorization: Bearer \($0)"] } ?? []) + fields
      let asked = try run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", socket, "http://localhost\(path)"]
          + all.flatMap { ["-H", $0] })
      return asked.output
    }

    @Test("believes whoever comes by it, and takes an operator's key with an identity alone")
    func trust() throws {
      let agency = ["--agency", "BKN", "--scopes", "cases:read"]
      let (open, elsewhere) = (
        try makeKey(database, agency), try makeKey(database, agency + ["--networks", "10.0.0.0/8"])
      )
      let loose = try makeKey(database, ["--operator", "--scopes", "admin"])
      let bound = try makeKey(database, ["--operator", "--scopes", "admin", "--identities", "CN=a,O=b"])
      let server = try serve()
      #expect(server.child.output == "netral serves \(database) at unix:\(socket)\n")
      #expect(try status("/v1/cases", open) == "200")
      #expect(try status("/v1/cases", elsewhere) == "401")
      #expect(try status("/v1/cases", elsewhere, "Forwarded: for=10.1.2.3") == "200")
      for path in ["/v1/whoami", "/v1/admin/keys", "/metrics"] {
        #expect(try status(path, loose) == "401")
        #expect(try status(path, loose, "Netral-Client-Identity: CN=a,O=b") == "401")
        #expect(try status(path, bound) == "401")
        #expect(try status(path, bound, "Netral-Client-Identity: CN=a,O=b") == "200")
      }
      #expect(try status("/metrics") == "401")
      try server.stop()
      #expect(!FileManager.default.fileExists(atPath: socket))
      #expect(server.child.errors.contains("refusal=operator_without_identity refused_key="))
    }

    @Test("takes the place of one that was killed, and never of one that lives")
    func names() throws {
      try serve().kill()
      #expect(FileManager.default.fileExists(atPath: socket))
      let server = try serve()
      #expect(try status("/readyz") == "200")
      let other = ["serve", "--database", folder.file("other.sqlite"), "--host", "unix:\(socket)"]
      expectRefused(try run([program] + other), saying: "another process listens on this socket")
      #expect(try status("/readyz") == "200")
      try server.stop()
    }
  }
}
