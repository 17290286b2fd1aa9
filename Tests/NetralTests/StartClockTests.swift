internal import Foundation
internal import Glibc
internal import Testing

extension ProgramTests {
  /// A start while the clock is behind the newest event.
  @Suite("under a clock that is behind")
  struct StartClockTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    /// Makes a file whose newest event was stored so many seconds from now.
    private func makeFile(secondsAhead: Int) throws {
      let key = try makeReporter(database)
      let server = try RunningServer(database)
      #expect(try server.client(key).create("1").status == 201)
      try server.stop()
      let instant = (Int(Date().timeIntervalSince1970) + secondsAhead) * 1_000
      try sqlite(database, "UPDATE event SET recorded_at = \(instant)", readonly: false)
    }

    @Test("by little, it waits and says so once, then serves")
    func little() throws {
      try makeFile(secondsAhead: 4)
      let server = try RunningServer(database)
      #expect(try server.client().get("/readyz").status == 200)
      try server.stop()
      #expect(server.child.errors.split(separator: "\n").count { $0.contains("waits for the clock") } == 1)
    }

    @Test("by up to ten minutes, it can be told to stop while it waits")
    func stopped() throws {
      try makeFile(secondsAhead: 590)
      let child = try Child([program, "serve", "--database", database, "--port", "0"])
      try poll("that it waits") { child.errors.contains("waits for the clock") ? true : nil }
      #expect(child.output.isEmpty)
      child.send(SIGTERM)
      #expect(try child.wait() == .exit(0))
    }

    @Test("by more, it ends with 64 and both times, unless it is told to accept that", arguments: ["text", "json"])
    func more(format: String) throws {
      try makeFile(secondsAhead: 700)
      let serve = ["serve", "--database", database, "--port", "0"]
      let refused = try run([program] + serve, environment: ["NETRAL_LOG_FORMAT": format])
      #expect(refused.ending == .exit(64) && refused.output.isEmpty)
      #expect(refused.errors.matches(of: #/20\d\d-\d\d-\d\dT[0-9:.]+Z, and the newest event is of 20\d\d-/#).count == 1)
      #expect(refused.errors.contains("--accept-clock"))
      let server = try RunningServer(database, options: ["--accept-clock"])
      #expect(try server.client().get("/readyz").status == 200)
      try server.stop()
    }
  }
}
