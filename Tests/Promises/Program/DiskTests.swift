internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

/// A small file system in memory that can be filled up. Mounting needs the superuser.
final class SmallDisk {
  /// Whether one can be made here; found out by trying.
  static let works: Bool = (try? SmallDisk(mebibytes: 1)) != nil

  private let folder: TemporaryFolder
  private let others: TemporaryFolder
  private var filler: String { folder.file("filler") }

  init(mebibytes: Int) throws {
    folder = try TemporaryFolder()
    others = try TemporaryFolder()
    let mounted = try run(["mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", folder.path])
    guard mounted.ending == .exit(0) else { throw TestFailure("mount: \(mounted.errors)") }
  }

  deinit {
    // Lazily: a server that a failed test left may still be there. A mount that stays harms no test.
    _ = try? run(["umount", "-l", folder.path])
  }

  func file(_ name: String) -> String { folder.file(name) }

  /// A file that takes no space of the disk.
  func outside(_ name: String) -> String { others.file(name) }

  /// What lies there, without locks and what fills it up.
  func names() throws -> [String] { try folder.names().filter { !$0.hasSuffix(".lock") && $0 != "filler" } }

  /// Takes all the space there is.
  func fill() throws {
    let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw TestFailure("open: errno \(errno)") }
    defer { close(descriptor) }
    let block = [UInt8](repeating: 0, count: 4_096)
    while write(descriptor, block, block.count) > 0 {}
    guard errno == ENOSPC else { throw TestFailure("write: errno \(errno)") }
  }

  /// Takes some of the space.
  func take(bytes: Int) throws { try Data(count: bytes).write(to: URL(filePath: filler)) }

  /// Gives the space back.
  func free() throws { try FileManager.default.removeItem(atPath: filler) }
}

/// Expects what a write gets that the disk does not take.
func expectUnavailable(_ reply: Reply, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(reply.status == 503, "\(reply.text)", sourceLocation: sourceLocation)
  #expect(reply.problemCode == "storage_unavailable", "\(reply.text)", sourceLocation: sourceLocation)
  #expect(reply.fields["retry-after"].flatMap { Int($0) } != nil, sourceLocation: sourceLocation)
}

extension ProgramTests {
  @Suite("with a full disk", .enabled(if: SmallDisk.works, "a small file system cannot be mounted here"))
  struct FullDiskTests {
    @Test("refuses writes and goes on reading, and takes writes again once there is space")
    func fillsUpWhileRunning() throws {
      let disk = try SmallDisk(mebibytes: 16)
      let database = disk.file("netral.sqlite")
      let key = try makeReporter(database)
      // The whole disk is smaller than what must be free without this.
      var server = try RunningServer(database, environment: ["NETRAL_DISK_FREE_BYTES_MIN": "1"])
      let client = try server.client(key)
      let acknowledged = Acknowledged()
      for number in 1...5 { acknowledged.note("before-\(number)", try client.create("before-\(number)")) }
      #expect(acknowledged.count == 5)

      try disk.fill()
      var refused = try createUntilRefused(client, acknowledged)
      refused += try createFromManyThreads(server.port, key, acknowledged)
      #expect(refused.count > 1)
      try acknowledged.verify(client, (1...5).map { "before-\($0)" })
      #expect(try client.get("/v1/cases?limit=5").status == 200)
      let probe = try client.get("/readyz")
      expectUnavailable(probe)
      #expect(probe.json["errors"].items.map { $0["parameter"].text } == ["write", "disk"], "\(probe.text)")
      #expect(try client.get("/livez").status == 200)

      try disk.free()
      let ready = try client.get("/readyz")
      #expect(ready.text == #"{"status":"ready","checks":{"read":"ok","write":"ok","queue":"ok","disk":"ok"}}"#)
      for reference in refused {
        let reply = try client.create(reference)
        #expect(reply.status == 201, "\(reply.text)")
        #expect(reply.fields["idempotency-replayed"] == nil)
        acknowledged.note(reference, reply)
      }
      try server.kill()
      server = try RunningServer(database)
      try acknowledged.verify(try server.client(key))
      try server.stop()
      try expectWhole(database)
    }

    private func createUntilRefused(_ client: Client, _ acknowledged: Acknowledged) throws -> [String] {
      for number in 1...500 {
        // There may be room left in the log that was written before.
        let reply = try client.create("full-\(number)")
        acknowledged.note("full-\(number)", reply)
        if reply.status == 201 { continue }
        expectUnavailable(reply)
        return ["full-\(number)"]
      }
      throw TestFailure("a full disk takes everything")
    }

    private func createFromManyThreads(_ port: UInt16, _ key: String, _ acknowledged: Acknowledged) throws -> [String] {
      let replies = try inParallel(8) { thread in
        let client = try Client(port: port, key: key)
        return try (1...10).map { number in
          let reference = "many-\(thread)-\(number)"
          return (reference, try client.create(reference))
        }
      }
      var refused: [String] = []
      for (reference, reply) in replies.flatMap({ $0 }) {
        acknowledged.note(reference, reply)
        if reply.status == 201 { continue }
        expectUnavailable(reply)
        refused.append(reference)
      }
      return refused
    }

    @Test("refuses an import, or breaks it off and keeps what it has told of")
    func importing() throws {
      let disk = try SmallDisk(mebibytes: 8)
      let database = disk.file("netral.sqlite")
      let key = try makeKey(database, ["--agency", "BAWASLU", "--scopes", "imports,cases:read"])
      var server = try RunningServer(database)
      let text = (1...3_000).map { number in
        let record = Sample.caseBody("{\"source\":{\"agency\":\"BAWASLU\"}}", agencyRef: "\(number)")
        return "{\"case\":\(record),\"actions\":[]}\n"
      }
      // The day's budget is half of what is free now; then somebody else takes so much that the disk is full before.
      let first = Sample.caseBody("{\"source\":{\"agency\":\"BAWASLU\"}}", agencyRef: "0")
      let begun = try server.client(key).ask(
        "POST", "/v1/imports", ["Content-Type": "application/x-ndjson"], "{\"case\":\(first),\"actions\":[]}\n")
      #expect(begun.status == 200)
      try disk.take(bytes: 7 << 19)
      let lines = disk.outside("lines.ndjson")
      try text.joined().write(toFile: lines, atomically: false, encoding: .utf8)
      let curl = [
        "curl", "-s", "--max-time", "20", "-H", "Authorization: Bearer \(key)", "-H",
        "Content-Type: application/x-ndjson", "--data-binary", "@\(lines)",
        "http://127.0.0.1:\(server.port)/v1/imports",
      ]
      let brokenOff = try run(curl)
      #expect(brokenOff.ending != .exit(0))
      var told = brokenOff.output.split(separator: "\n")
      let last = try JSONValue.parse(Array((told.popLast() ?? "").utf8))
      #expect(last["problem"]["code"].text == "storage_unavailable")
      #expect((1..<3_000).contains(told.count))
      try disk.fill()
      // There may be room left in the log that was written before: what begins there is broken off.
      let unavailable = (20..<30).lazy.compactMap { part in
        try? server.client(key).ask(
          "POST", "/v1/imports", ["Content-Type": "application/x-ndjson"],
          text[(part * 100)..<(part * 100 + 100)].joined())
      }.first { $0.status != 200 }
      expectUnavailable(try #require(unavailable))
      try server.kill()
      server = try RunningServer(database)
      let client = try server.client(key)
      for line in told {
        let result = try JSONValue.parse(Array(line.utf8))
        #expect(result["status"].text == "created")
        #expect(try client.get("/v1/cases/\(result["id"].text ?? "")").status == 200)
      }
      try server.kill()
    }

    @Test("stops when it is told to, and has everything at the next start")
    func stopsWhileFull() throws {
      let disk = try SmallDisk(mebibytes: 16)
      let database = disk.file("netral.sqlite")
      let key = try makeReporter(database)
      var server = try RunningServer(database)
      let acknowledged = Acknowledged()
      let client = try server.client(key)
      for number in 1...40 { acknowledged.note("\(number)", try client.create("\(number)")) }
      #expect(acknowledged.count == 40)
      try disk.fill()
      _ = try createUntilRefused(client, acknowledged)
      server.child.send(SIGTERM)
      if case .signal(let signal) = try server.child.wait() { Issue.record("ended by signal \(signal)") }
      try disk.free()
      server = try RunningServer(database)
      try acknowledged.verify(try server.client(key))
      try server.stop()
      try expectWhole(database)
    }

    @Test("does not start, says so in one line, and leaves no half-made file", arguments: ["serve", "migrate", "demo"])
    func startsOnFull(command: String) throws {
      let disk = try SmallDisk(mebibytes: 1)
      try disk.fill()
      expectRefused(try netral(command, "--database", disk.file("netral.sqlite")), saying: "netral.sqlite", "full")
      #expect(try disk.names().isEmpty)
    }

    @Test("does not start on a file that is there, and starts once there is space")
    func startsOnFileOnFull() throws {
      let disk = try SmallDisk(mebibytes: 8)
      let database = disk.file("netral.sqlite")
      let key = try makeReporter(database)
      try disk.fill()
      let create = ["key", "create", "--database", database, "--label", "x", "--operator", "--scopes", "admin"]
      expectRefused(try run([program] + create), saying: database, "full")
      expectRefused(try netral("serve", "--database", database), saying: database, "full")
      try disk.free()
      let server = try RunningServer(database)
      #expect(try server.client(key).create("1").status == 201)
      try server.stop()
    }

    @Test("that fills up while demo runs, leaves no half-made file")
    func demoFillsUp() throws {
      let disk = try SmallDisk(mebibytes: 4)
      expectRefused(
        try netral("demo", "--database", disk.file("netral.sqlite")), saying: "netral.sqlite", "cannot be filled")
      #expect(try disk.names().isEmpty)
    }
  }

  @Suite("with a disk that fails", .enabled(if: strace.works, strace.why))
  struct FailingDiskTests {
    @Test(
      "acknowledges nothing that was not synced",
      arguments: ["fdatasync:error=EIO:when=4", "fdatasync:error=EIO:when=4+", "fsync,fdatasync:error=EIO:when=2+3"])
    func failingSync(when: String) throws {
      let folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      let key = try makeReporter(database)
      var server = try RunningServer(
        database, wrapper: strace.command("-e", "inject=\(when)"))
      let client = try server.client(key)
      let acknowledged = Acknowledged()
      var refused: [String] = []
      for number in 1...12 {
        let reply = try client.create("\(number)")
        acknowledged.note("\(number)", reply)
        if reply.status == 201 { continue }
        expectUnavailable(reply)
        refused.append("\(number)")
        #expect(try client.get("/v1/cases?limit=5").status == 200)
      }
      #expect(!refused.isEmpty)
      #expect(acknowledged.count + refused.count == 12)
      try server.kill()
      server = try RunningServer(database)
      let later = try server.client(key)
      try acknowledged.verify(later)
      for reference in refused { acknowledged.note(reference, try later.create(reference)) }
      #expect(acknowledged.count == 12)
      try server.stop()
      try expectWhole(database)
    }
  }
}
