internal import Foundation
internal import Glibc
internal import Testing

extension ProgramTests {
  @Suite("does not start")
  struct StartFaultTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func serve(_ options: [String] = [], _ environment: [String: String] = [:]) throws -> Finished {
      try run([program, "serve", "--database", database, "--port", "0"] + options, environment: environment)
    }

    @Test(
      "with a wrong setting of the environment, which it names",
      arguments: [
        ("NETRAL_PORT", "70000"), ("NETRAL_PORT", "-1"), ("NETRAL_PORT", "http"), ("NETRAL_PORT", ""),
        ("NETRAL_LOOPS", "0"), ("NETRAL_LOOPS", "many"), ("NETRAL_LOG_LEVEL", "loud"),
        ("NETRAL_LOG_FORMAT", "xml"), ("NETRAL_DISK_FREE_BYTES_MIN", "-1"),
        ("NETRAL_TRUSTED_PROXIES", "10.0.0.0/33"), ("NETRAL_TRUSTED_PROXIES", "10.0.0.1,proxy"),
        ("NETRAL_STREAMS_MAX", "0"), ("NETRAL_BACKUP_KEEP", "5s"), ("NETRAL_BACKUP_BYTES_PER_SECOND", "1"),
        ("NETRAL_BYTES_PER_AGENCY_PER_DAY", "1e7"), ("NETRAL_SHUTDOWN_DEADLINE_SECONDS", "0"),
        ("NETRAL_SHUTDOWN_DEADLINE_SECONDS", "0.5"), ("NETRAL_SHUTDOWN_DEADLINE_SECONDS", "9999999999999999999999"),
        ("NETRAL_CONNECTIONS_MAX", "0x10"),
      ])
    func wrongSetting(name: String, value: String) throws {
      let finished = try run([program, "serve", "--database", database], environment: [name: value])
      expectRefused(finished, saying: name)
      #expect(try folder.names().isEmpty)
    }

    @Test(
      "with a wrong flag, which it names",
      arguments: [
        (["--port", "70000"], "port"), (["--port", "x"], "--port"), (["--port"], "--port"),
        (["--ports", "1"], "--ports"),
        (["extra"], "extra"), (["--host", "nowhere.invalid"], "host"), (["--host", "192.0.2.1"], "host"),
        (["--database"], "--database"),
      ])
    func wrongFlag(options: [String], words: String) throws {
      expectRefused(try serve(options), saying: words)
    }

    @Test("as an unknown command")
    func unknownCommand() throws { expectRefused(try netral("server"), saying: "server") }

    @Test("on a file that a running server has, which goes on")
    func locked() throws {
      let server = try RunningServer(database)
      expectRefused(try serve(), saying: database, "another process")
      #expect(try server.client().get("/readyz").status == 200)
      try server.stop()
      try RunningServer(database).stop()
    }

    @Test("on a file that a running server has by another name")
    func lockedByAnotherName() throws {
      let server = try RunningServer(database)
      let (link, linked) = (folder.file("link.sqlite"), folder.file("linked"))
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "netral.sqlite")
      try FileManager.default.createSymbolicLink(atPath: linked, withDestinationPath: folder.path)
      for path in [link, linked + "/netral.sqlite", linked + "/link.sqlite", folder.path + "/./netral.sqlite"] {
        expectRefused(try netral("serve", "--database", path, "--port", "0"), saying: "another process")
      }
      try server.stop()
      try RunningServer(link).stop()
    }

    @Test("on a link to nothing, or without a name")
    func noName() throws {
      let link = folder.file("link.sqlite")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nothing.sqlite")
      expectRefused(try netral("migrate", "--database", ""), saying: "--database: give a text, not empty")
      for path in [link, folder.path + "/none/", folder.path + "/none/../netral.sqlite"] {
        expectRefused(try netral("migrate", "--database", path), saying: "cannot be opened")
      }
      #expect(try folder.names() == ["link.sqlite"])
    }

    @Test("with too few descriptors", arguments: [10, 12, 14, 16, 18, 20, 22])
    func fewDescriptors(count: Int) throws {
      let limited = ["sh", "-c", "ulimit -n \(count); exec \"$@\"", "sh", program, "serve", "--port", "0"]
      let finished = try run(limited + ["--database", database], environment: ["NETRAL_LOOPS": "8"])
      expectRefused(finished, saying: "Error: ")
      #expect(!finished.errors.contains("PRAGMA"))
      try RunningServer(database).stop()
    }

    @Test("on a busy port, which stays with its owner")
    func busyPort() throws {
      let other = folder.file("other.sqlite")
      let server = try RunningServer(database)
      expectRefused(
        try run([program, "serve", "--database", other, "--port", "\(server.port)"]), saying: "port")
      #expect(try server.client().get("/readyz").status == 200)
      try server.stop()
      try RunningServer(other).stop()
    }

    @Test("on a foreign SQLite file, a text, a folder or a broken file, and changes nothing")
    func foreign() throws {
      try sqlite(folder.file("foreign"), "CREATE TABLE t (x); INSERT INTO t VALUES (1)", readonly: false)
      try sqlite(folder.file("tagged"), "PRAGMA application_id = 7", readonly: false)
      try "Only a text, and no database at all.\n".write(toFile: folder.file("text"), atomically: true, encoding: .utf8)
      try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
      try "inside".write(toFile: folder.file("folder/file"), atomically: true, encoding: .utf8)
      #expect(try netral("migrate", "--database", folder.file("broken")).ending == .exit(0))
      let handle = try #require(FileHandle(forWritingAtPath: folder.file("broken")))
      try handle.truncate(atOffset: 5_000)
      try handle.close()
      let names = { try folder.names().filter { !$0.hasSuffix(".lock") } }
      let namesBefore = try names()
      for (name, words) in [
        ("foreign", "is not a Netral database"), ("tagged", "is not a Netral database"),
        ("text", "is not a Netral database"), ("folder", "cannot be opened"), ("broken", "cannot be opened"),
      ] {
        let path = folder.file(name)
        let before = FileManager.default.contents(atPath: path)
        expectRefused(try run([program, "serve", "--database", path, "--port", "0"]), saying: path, words)
        expectRefused(try run([program, "migrate", "--database", path]), saying: path, words)
        #expect(FileManager.default.contents(atPath: path) == before, "\(name)")
      }
      #expect(try names() == namesBefore)
    }

    @Test("on a file of a newer version")
    func newer() throws {
      #expect(try netral("migrate", "--database", database).ending == .exit(0))
      try sqlite(database, "INSERT INTO grdb_migrations VALUES ('m9999_future')", readonly: false)
      expectRefused(try serve(), saying: database, "newer version")
      let steps = try FileManager.default.contentsOfDirectory(atPath: projectFile("migrations/sql")).count
      #expect(try sqlite(database, "SELECT count(*) FROM grdb_migrations") == "\(steps + 1)")
    }

    @Test("on a file it may not read", .enabled(if: geteuid() != 0, "the superuser may read every file"))
    func unreadable() throws {
      #expect(try netral("migrate", "--database", database).ending == .exit(0))
      chmod(database, 0)
      expectRefused(try serve(), saying: database, "cannot be opened")
    }

    @Test("in a folder that does not exist, and does not make it")
    func missingFolder() throws {
      let path = folder.file("none/netral.sqlite")
      for command in ["serve", "migrate", "demo"] {
        expectRefused(try run([program, command, "--database", path]), saying: path, "No such file or directory")
      }
      #expect(try folder.names().isEmpty)
    }

    @Test("when it is killed while it makes the file, and starts the next time", .enabled(if: strace.works, strace.why))
    func killedAtFirstStart() throws {
      var kills = 0
      for sync in 1...120 {
        let path = folder.file("cut-\(sync).sqlite")
        let cut = try run(
          strace.command("-e", "inject=fsync,fdatasync:signal=SIGKILL:when=\(sync)")
            + [program, "migrate", "--database", path])
        if cut.ending == .exit(0) { break }
        kills += 1
        let again = try netral("migrate", "--database", path)
        #expect(again.ending == .exit(0), "after a kill at sync \(sync): \(again.errors)")
        #expect(try sqlite(path, "PRAGMA integrity_check; SELECT count(*) > 500 FROM reference") == "ok\n1")
      }
      #expect((5...119).contains(kills), "\(kills) kills")
    }
  }
}
