internal import Foundation
internal import Glibc
internal import Service
internal import Testing

extension ProgramTests {
  @Suite("restoring")
  struct RestoreTests {
    private let world: BackupWorld
    private let backup: String
    private var target: String { world.folder.file("new.sqlite") }

    init() throws {
      world = try BackupWorld()
      guard try world.backUp().ending == .exit(0), let name = world.finished().first else {
        throw TestFailure("no backup")
      }
      backup = "\(world.backups)/\(name)"
    }

    private func restore(_ options: String...) throws -> Finished {
      try run([program, "restore", "--from", backup, "--into", target, "--keys", world.database + ".keys"] + options)
    }

    @Test("makes a new private file that serves what was backed up")
    func restores() throws {
      let finished = try restore()
      #expect(finished.ending == .exit(0), "\(finished.errors)")
      let lines = finished.output.split(separator: "\n").map(String.init)
      for line in [
        "sequence\t6052", "sha256\tchecked", "rows of case_record\t2045", "schema\tof this program",
        "keys\teach sealed value was opened",
      ] {
        #expect(lines.contains(line), "\(line)")
      }
      #expect(try world.mode(target) == 0o600)
      #expect(try sqlite(target, "SELECT count(*) FROM setting WHERE name = 'record_restored'") == "1")
      for table in ["event", "case_part", "access_key"] {
        #expect(try sqlite(target, "SELECT * FROM \(table)") == sqlite(world.database, "SELECT * FROM \(table)"))
      }
      let server = try RunningServer(target)
      #expect(try server.client(try world.key("BAWASLU")).create("after").status == 201)
      try server.stop()
      // None that was given out since the backup comes again.
      #expect(Int(try sqlite(target, "SELECT max(seq) FROM event")) ?? 0 > 100_006_052)
    }

    @Test("refuses a file that is there, a log that is left of one, and a database in use")
    func refusals() throws {
      for name in ["new.sqlite", "new.sqlite-wal"] {
        let path = world.folder.file(name)
        try Data("mine".utf8).write(to: URL(filePath: path))
        expectRefused(try restore(), saying: name, "already exists")
        #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
        try FileManager.default.removeItem(atPath: path)
      }
      let server = try RunningServer(world.database)
      #expect(try server.client(try world.key("BAWASLU")).create("after").status == 201)
      expectRefused(
        try netral("restore", "--from", world.database, "--into", target), saying: "database in use")
      expectRefused(
        try netral("restore", "--from", backup, "--into", world.database), saying: "already exists")
      try server.stop()
      expectRefused(try netral("restore", "--from", backup), saying: "--into", "--verify")
      expectRefused(try netral("restore", "--from", world.folder.path, "--into", target), saying: "no backup in it")
      expectNothing()
    }

    @Test("refuses a pipe in the place of the backup or of its sum, and waits for nobody")
    func pipe() throws {
      let pipe = world.folder.file("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      expectRefused(try netral("restore", "--from", pipe, "--into", target), saying: pipe, "no regular file")
      try FileManager.default.removeItem(atPath: backup + ".sha256")
      #expect(mkfifo(backup + ".sha256", 0o600) == 0)
      expectRefused(try restore(), saying: "SHA-256")
      expectNothing()
    }

    private func expectNothing(_ location: SourceLocation = #_sourceLocation) {
      let left = (try? world.folder.names().filter { $0.hasPrefix("new") }) ?? ["?"]
      #expect(left.isEmpty, sourceLocation: location)
    }

    @Test(
      "refuses a file that is truncated, altered, foreign, newer, or of another sum",
      arguments: [
        "truncated", "flipped", "unsummed flip", "foreign", "newer", "gap", "dangling", "altered", "sum of another",
      ])
    func unsound(how: String) throws {
      let handle = try #require(FileHandle(forUpdatingAtPath: backup))
      switch how {
      case "truncated":
        try handle.truncate(atOffset: 3_000_000)
        try FileManager.default.removeItem(atPath: backup + ".sha256")
      case "flipped", "unsummed flip":
        // In the middle of a page of a table: its cells no longer fit.
        let offset: UInt64 = 4_096 * 900
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(repeating: 0xFF, count: how == "flipped" ? 1 : 16))
        if how != "flipped" { try FileManager.default.removeItem(atPath: backup + ".sha256") }
      case "sum of another":
        let sum = String(repeating: "0", count: 64) + "  netral-20200101T000000Z-1.sqlite\n"
        try sum.write(toFile: backup + ".sha256", atomically: true, encoding: .utf8)
      default:
        try FileManager.default.removeItem(atPath: backup + ".sha256")
        let sql = [
          "foreign": "PRAGMA application_id = 7", "newer": "INSERT INTO grdb_migrations VALUES ('m9999_future')",
          "gap": "PRAGMA foreign_keys = OFF; DELETE FROM event WHERE seq = 6000;",
          "dangling": "PRAGMA foreign_keys = OFF; DELETE FROM case_record WHERE case_key = 1",
          "altered": "UPDATE access_key SET label = 'altered'",
        ]
        try sqlite(backup, sql[how] ?? "", readonly: false)
      }
      try handle.close()
      let words = [
        "foreign": "is not a Netral database", "newer": "newer version", "gap": "event 6000: it is missing",
        "dangling": "foreign_key_check", "altered": "label is not what was recorded", "flipped": "SHA-256",
        "sum of another": "SHA-256",
      ]
      expectRefused(try restore("--without-sum"), saying: words[how] ?? "Error: ")
      expectRefused(
        try netral("restore", "--from", world.backups, "--verify", "--without-sum"), saying: words[how] ?? "Error: ")
      expectNothing()
    }

    @Test("refuses a backup whose sum is gone, by its name and by its folder, until it is told to do without")
    func withoutSum() throws {
      try FileManager.default.removeItem(atPath: backup + ".sha256")
      // Sound to every check but that of the sum.
      try sqlite(backup, "UPDATE access_key SET used_at = 0", readonly: false)
      expectRefused(try restore(), saying: "no SHA-256", "--without-sum")
      expectRefused(
        try netral("restore", "--from", world.backups, "--verify"), saying: "no backup", "SHA-256", "--without-sum")
      expectNothing()
      let finished = try restore("--without-sum")
      #expect(finished.ending == .exit(0), "\(finished.errors)")
      #expect(finished.output.contains("sha256\tnone beside the backup\n"))
    }

    @Test("leaves alone whatever lies beside the new file, and leaves nothing there itself, also of an older schema")
    func neighbours() throws {
      let mine = ["new.sqlite.partial", "new.sqlite.lock", "new.sqlite.before-migration"].map(world.folder.file)
      for path in mine { try Data("mine".utf8).write(to: URL(filePath: path)) }
      let link = world.folder.file("new.sqlite.link.partial")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: mine[0])
      let released = projectFile("Tests/NetralTests/released/m0001.sqlite.gz")
      let old = world.folder.file("old.sqlite")
      #expect(try run(["sh", "-c", "gunzip -c '\(released)' > '\(old)'"]).ending == .exit(0))
      let before = try world.folder.names()
      let finished = try netral("restore", "--from", old, "--into", target, "--verify", "--without-sum")
      #expect(finished.ending == .exit(0), "\(finished.errors)")
      #expect(finished.output.contains("migrations were made"))
      #expect(try Set(world.folder.names()) == Set(before + ["new.sqlite", "new.sqlite.keys", "new.sqlite.master"]))
      #expect(try world.mode(target) == 0o600)
      for path in mine { #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8)) }
      #expect(try sqlite(target, "PRAGMA integrity_check") == "ok")
      for path in mine { try FileManager.default.removeItem(atPath: path) }
      #expect(try netral("migrate", "--database", target).ending == .exit(0))
    }

    @Test(
      "of the release before sealing is restored, backed up and looked at as it is, and sealed with its first start")
    func unsealed() throws {
      let old = world.folder.file("old.sqlite")
      let packed = projectFile("Tests/NetralTests/released/m0018")
      #expect(try run(["sh", "-c", "gunzip -c '\(packed).sqlite.gz' > '\(old)'"]).ending == .exit(0))
      chmod(old, 0o600)
      let finished = try netral("restore", "--from", old, "--into", target, "--without-sum")
      #expect(finished.ending == .exit(0) && finished.output.contains("nothing is sealed"), "\(finished)")
      let copied = try netral("backup", "--database", target, "--into", world.folder.file("b"))
      #expect(copied.ending == .exit(0), "\(copied.errors)")
      #expect(!(try netral("doctor", "--full", "--database", target).output.contains("not sound")))
      let migrated = try netral("migrate", "--database", target)
      #expect(migrated.ending == .exit(0) && migrated.errors.contains("sealed now"), "\(migrated)")
    }

    @Test("of which many make one file lets one of them make it, whole, and refuses the others")
    func race() throws {
      let (backup, target, keys) = (backup, target, world.database + ".keys")
      let endings = try inParallel(4) { _ in
        try run([program, "restore", "--from", backup, "--into", target, "--keys", keys])
      }
      #expect(endings.count { $0.ending == .exit(0) } == 1)
      for finished in endings where finished.ending != .exit(0) { expectRefused(finished, saying: "already exists") }
      #expect(try sqlite(target, "PRAGMA integrity_check; SELECT max(seq) FROM event") == "ok\n6052")
      #expect(
        try world.folder.names().filter { $0.hasPrefix("new") }.sorted() == [
          "new.sqlite", "new.sqlite.keys", "new.sqlite.master",
        ])
    }

    @Test(
      "sets a server back, and netral sync says so: before anything else has happened, and after",
      arguments: [false, true])
    func setBack(hasPassed: Bool) throws {
      let live = try RunningServer(world.database)
      let (port, reporter, keyFile) = (live.port, try world.key("BAWASLU"), world.folder.file("BKN"))
      try writeKey(try world.key("BKN"), to: keyFile)
      func sync(_ options: String...) throws -> Finished {
        try run(
          [
            program, "sync", "--server", "http://127.0.0.1:\(port)", "--key-file", keyFile, "--into",
            world.folder.file("replica.sqlite"),
          ] + options)
      }
      #expect(try sync().ending == .exit(0))
      for number in 1...3 { #expect(try live.client(reporter).create("lost-\(number)").status == 201) }
      let synced = try sync()
      #expect(synced.output.contains("in agreement  yes"), "\(synced)")
      try live.stop()

      #expect(try restore().ending == .exit(0))
      let restored = try RunningServer(target, port: port)
      if hasPassed {
        for number in 1...5 { #expect(try restored.client(reporter).create("new-\(number)").status == 201) }
      }
      let told = try sync()
      #expect(told.ending == .exit(1) && told.errors.contains("410") && told.errors.contains("--fresh"), "\(told)")
      let fresh = try sync("--fresh")
      #expect(fresh.output.contains("in agreement  yes"), "\(fresh)")
      try restored.stop()
    }

    @Test("is practised with the newest backup and leaves nothing behind")
    func drill() throws {
      try Data("x".utf8).write(to: URL(filePath: "\(world.backups)/netral-20200101T000000Z-1.sqlite"))
      let temporary = world.folder.file("temporary")
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
      let drill = try run(
        [program, "restore", "--from", world.backups, "--verify"],
        environment: ["TMPDIR": temporary, "NETRAL_KEYS_BACKUP_FOLDER": world.database + ".keys"])
      #expect(drill.ending == .exit(0), "\(drill.errors)")
      #expect(drill.output.contains("keys\teach sealed value was opened"))
      let blind = try run(
        [program, "restore", "--from", world.backups, "--verify"], environment: ["TMPDIR": temporary])
      #expect(blind.ending == .exit(0) && blind.output.contains("keys\tnone given"), "\(blind)")
      #expect(drill.output.contains("sequence\t6052\n"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty)
    }
  }
}
