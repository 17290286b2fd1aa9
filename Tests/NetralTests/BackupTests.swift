internal import Foundation
internal import Glibc
internal import JSON
internal import Service
internal import Synchronization
internal import TestSupport
internal import Testing

/// A database of some size, and the folder its backups go into.
struct BackupWorld {
  let folder: TemporaryFolder
  let keys: [String: String]

  /// The demo data, made once: 7 MB, which the slowest backup takes seven seconds for.
  private static let demo = Result { () throws -> (folder: TemporaryFolder, keys: [String: String]) in
    let folder = try TemporaryFolder()
    let made = try netral("demo", "--database", folder.file("demo.sqlite"))
    guard made.ending == .exit(0) else { throw TestFailure("demo: \(made.errors)") }
    let pairs = made.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    return (folder, Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) }))
  }

  init() throws {
    folder = try TemporaryFolder()
    let demo = try Self.demo.get()
    keys = demo.keys
    // With the key of its record: the service does not take it for a copy that goes astray.
    for suffix in ["", ".record-key", ".checkpoint", ".keys", ".master"] {
      try FileManager.default.copyItem(atPath: demo.folder.file("demo.sqlite\(suffix)"), toPath: database + suffix)
    }
  }

  var database: String { folder.file("netral.sqlite") }
  var backups: String { folder.file("backups") }
  static let slow = ["NETRAL_BACKUP_BYTES_PER_SECOND": "1048576"]

  /// What lies in the folder of backups, without the files that say whose it is and what is erased; nothing when it is
  /// not there.
  func names() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: backups)) ?? [])
      .filter { !["netral-database-id", "netral.erasures"].contains($0) }.sorted()
  }

  /// Puts a file into the folder of backups that passes for one by its name and its sum.
  func plant(_ name: String, _ contents: Data = Data("x".utf8), summed: Bool = true) throws {
    let path = "\(backups)/\(name)"
    try contents.write(to: URL(filePath: path))
    chmod(path, 0o600)
    guard summed else { return }
    let sum = try run(["sha256sum", path]).output.prefix(64)
    try "\(sum)  \(name)\n".write(toFile: path + ".sha256", atomically: true, encoding: .utf8)
    chmod(path + ".sha256", 0o600)
  }

  /// What passes for a backup.
  func finished() -> [String] { names().filter { $0.hasSuffix(".sqlite") } }

  func backUp(_ options: String..., environment: [String: String] = [:]) throws -> Finished {
    try run(
      [program, "backup", "--database", database, "--into", backups] + options, environment: environment)
  }

  func serve(_ environment: [String: String] = [:]) throws -> RunningServer {
    try RunningServer(
      database, environment: environment.merging(["NETRAL_BACKUP_FOLDER": backups]) { first, _ in first })
  }

  func key(_ name: String) throws -> String {
    guard let key = keys[name] else { throw TestFailure("no key of \(name)") }
    return key
  }

  func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  /// Starts a slow backup and waits until it copies.
  func startSlowly() throws -> Child {
    let child = try Child(
      [program, "backup", "--database", database, "--into", backups], environment: Self.slow)
    try pollForPartial()
    return child
  }

  func pollForPartial() throws {
    try poll("a copy that grows") { () -> Bool? in
      guard let name = names().first(where: { $0.hasSuffix(".partial") }) else { return nil }
      var status = stat()
      return stat("\(backups)/\(name)", &status) == 0 && status.st_size > 1 << 20 ? true : nil
    }
  }
}

extension ProgramTests {
  @Suite("backups")
  struct BackupTests {
    private let world: BackupWorld

    init() throws { world = try BackupWorld() }

    @Test("made while cases are created hold the record of their sequence, to the last value of every table")
    func underWrites() throws {
      // Two seconds for a copy, in which the clients do not pause.
      let server = try world.serve(["NETRAL_BACKUP_BYTES_PER_SECOND": "4194304"])
      let (port, reporter) = (server.port, try world.key("BAWASLU"))
      let isOver = Mutex(false)
      let creating = Threads(4) { thread in
        let client = try Client(port: port, key: reporter)
        var count = 0
        while !isOver.withLock({ $0 }) {
          count += 1
          guard try client.create("t\(thread)-\(count)").status == 201 else { throw TestFailure("create") }
        }
        return count
      }
      let admin = try server.client(try world.key("OPERATOR"))
      var made: [JSONValue] = []
      for _ in 1...2 {
        let reply = try admin.ask("POST", "/v1/admin/backups")
        #expect(reply.status == 201, "\(reply.text)")
        made.append(reply.json)
      }
      let tried = try admin.ask("POST", "/v1/admin/backups?dry_run=true")
      #expect(tried.status == 201, "\(tried.text)")
      #expect(world.finished().count == 2)
      isOver.withLock { $0 = true }
      let created = try creating.values().reduce(0, +)
      let head = 6_052 + created
      let seqs = made.compactMap { $0["seq"].int }
      #expect(try sqlite(world.database, "SELECT max(seq) FROM event") == "\(head)")
      #expect(seqs.count == 2 && seqs[0] < seqs[1] && seqs[1] < head, "\(seqs), \(head)")
      let listed = try admin.get("/v1/admin/backups").json["items"].items
      #expect(listed.map { $0["name"].string } == made.reversed().map { $0["name"].string })

      for backup in made {
        let path = "\(world.backups)/\(backup["name"].string ?? "")"
        let seq = try #require(backup["seq"].int)
        #expect(backup["bytes"].int == (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int))
        #expect(
          try run(["sha256sum", path]).output.split(separator: " ").first.map(String.init) == backup["sha256"].string)
        #expect(
          try sqlite(path, "PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT max(seq) FROM event")
            == "ok\n\(seq)")
        // What is never changed, as it stands in the live file up to that sequence.
        for sql in [
          "SELECT * FROM event WHERE seq <= \(seq) ORDER BY seq",
          "SELECT * FROM case_part WHERE part_key / 16 <= \(seq) ORDER BY part_key",
        ] {
          #expect(try sqlite(path, sql) == sqlite(world.database, sql), "\(sql)")
        }
      }
      let first = try #require(made.first)
      try expectExportEqual(
        "\(world.backups)/\(first["name"].string ?? "")", try #require(first["seq"].int), server)
      try server.stop()
    }

    /// The whole of what an agency is shown: from the live file at a sequence, and from the backup, served.
    private func expectExportEqual(_ backup: String, _ seq: Int, _ live: RunningServer) throws {
      let restored = world.folder.file("restored-\(seq)-\(UUID().uuidString).sqlite")
      #expect(
        try netral("restore", "--from", backup, "--into", restored, "--keys", world.database + ".keys").ending
          == .exit(0))
      let server = try RunningServer(restored)
      func lines(_ server: RunningServer) throws -> [Substring] {
        let reply = try server.client(try world.key("BKN")).get("/v1/exports/cases?seq=\(seq)")
        #expect(reply.status == 200)
        return reply.text.split(separator: "\n").filter { $0.contains("\"case\":") }
      }
      let (mine, theirs) = (try lines(live), try lines(server))
      #expect(mine.count > 2_000)
      #expect(mine == theirs)
      try server.stop()
    }

    @Test("are for their owner alone, carry a sum that sha256sum accepts, and leave the live file as it is")
    func privacy() throws {
      let before = FileManager.default.contents(atPath: world.database)
      let made = try world.backUp()
      #expect(made.ending == .exit(0), "\(made.errors)")
      #expect(FileManager.default.contents(atPath: world.database) == before)
      let name = try #require(world.finished().first)
      #expect(name.wholeMatch(of: #/netral-\d{8}T\d{6}Z-6052\.sqlite/#) != nil)
      #expect(world.names() == [name, name + ".sha256"])
      #expect(made.output.hasPrefix("\(name)\t"))
      #expect(try world.mode(world.backups) == 0o700)
      for name in world.names() { #expect(try world.mode("\(world.backups)/\(name)") == 0o600) }
      let checked = try run(["sh", "-c", "cd '\(world.backups)' && sha256sum -c *.sha256"])
      #expect(checked.output == "\(name): OK\n")
      // One file and nothing beside it, also when it is read.
      #expect(try sqlite("\(world.backups)/\(name)", "PRAGMA journal_mode") == "delete")
      #expect(world.names() == [name, name + ".sha256"])
    }

    @Test("do not go into a folder that everybody may write to")
    func openFolder() throws {
      try FileManager.default.createDirectory(atPath: world.backups, withIntermediateDirectories: false)
      chmod(world.backups, 0o777)
      expectRefused(try world.backUp(), saying: "everybody may write to it", "chmod 700")
      #expect(world.names().isEmpty)
      chmod(world.backups, 0o750)
      #expect(try world.backUp().ending == .exit(0))
    }

    @Test("that are too many go, oldest first, and nothing else does")
    func retention() throws {
      try FileManager.default.createDirectory(atPath: world.backups, withIntermediateDirectories: false)
      let old = ["netral-20200101T000000Z-5.sqlite", "netral-20210101T000000Z-6.sqlite"]
      // The clock may have been ahead: such a one is the oldest of all, and what was just made stays all the same.
      let future = "netral-20990101T000000Z-9.sqlite"
      // Nobody knows what these are: they neither count nor go.
      let unproved = ["netral-20980101T000000Z-9.sqlite", "netral-20970101T000000Z-9.sqlite"]
      let foreign = [
        "netral.sqlite", "other.sqlite", "netral-20200101T000000Z-5.sqlite.txt", "netral-2020-5.sqlite",
        "xnetral-20200101T000000Z-5.sqlite", "netral-20200101T000000Z-5.sqlite.my-partial-notes.txt",
        "netral-20180101T000000Z-3.sqlite.gz", "netral-20180101T000000Z-3.sqlite.sha256",
        "netral-20170101T000000Z-3.sqlite.sha256",
      ]
      let orphans = [
        "netral-20190101T000000Z-4.sqlite.partial", "netral-20190101T000000Z-4.sqlite.partial-journal",
        "netral-20190101T000000Z-4.sqlite.sha256", "netral-20190101T000000Z-4.sqlite.sha256.partial",
      ]
      for name in old + [future] { try world.plant(name) }
      for name in foreign + orphans + unproved.prefix(1) { try world.plant(name, summed: false) }
      try world.plant(unproved[1], Data())
      expectRefused(try world.backUp("--keep", "0"), saying: "--keep: give a number")
      #expect(try world.backUp("--keep", "2").ending == .exit(0))
      let new = try #require(world.finished().first { $0.hasSuffix("-6052.sqlite") })
      // Other things still lie beside the first sum.
      let stays = foreign + unproved + [unproved[1] + ".sha256", old[0] + ".sha256"]
      #expect(Set(world.names()) == Set(stays + [old[1], old[1] + ".sha256", new, new + ".sha256"]))
      #expect(try world.backUp("--keep", "1").ending == .exit(0))
      #expect(Set(world.finished()).subtracting(stays).count == 1)
    }

    @Test("made after the file was set back are kept before older ones with higher sequences")
    func setBack() throws {
      try FileManager.default.createDirectory(atPath: world.backups, withIntermediateDirectories: false)
      try world.plant("netral-20200101T000000Z-900000.sqlite")
      for _ in 1...2 { #expect(try world.backUp("--keep", "2").ending == .exit(0)) }
      #expect(world.finished().count == 2)
      #expect(world.finished().allSatisfy { $0.hasSuffix("-6052.sqlite") })
    }

    @Test(
      "of a wrong clock hide nothing: not how old the good ones are, nor that there is none, nor which is the newest")
    func future() throws {
      #expect(try world.backUp().ending == .exit(0))
      let good = try #require(world.finished().first)
      let path = "\(world.backups)/\(good)"
      let future = "netral-20990101T000000Z-1.sqlite"
      try world.plant(future, try Data(contentsOf: URL(filePath: path)))
      try world.plant("netral-20980101T000000Z-1.sqlite", Data(), summed: false)
      let server = try world.serve()
      let admin = try server.client(try world.key("OPERATOR"))
      let listed = try admin.get("/v1/admin/backups").json["items"].items.map { $0["name"].string }
      #expect(listed == [good, future])
      let metrics = try server.client().get("/metrics").text
      #expect(metrics.contains("\nnetral_backups_ahead_of_clock 1\n"))
      #expect(metrics.contains("\nnetral_backup_age_seconds "))
      try server.stop()
      let drill = try netral("restore", "--from", world.backups, "--verify")
      #expect(drill.output.hasPrefix("backup\t\(path)\n"), "\(drill)")

      for suffix in ["", ".sha256"] { try FileManager.default.removeItem(atPath: path + suffix) }
      let second = try world.serve()
      let later = try second.client().get("/metrics").text
      #expect(later.contains("\nnetral_backups_ahead_of_clock 1\n"))
      #expect(!later.contains("netral_backup_age_seconds"))
      #expect(try second.client(try world.key("OPERATOR")).ask("POST", "/v1/admin/backups").status == 201)
      try second.stop()
      #expect(world.finished().contains { $0.hasSuffix("-6052.sqlite") })
    }

    @Test("of one database refuse the folder of another's, also one of a release that did not say whose it is")
    func otherDatabase() throws {
      let other = world.folder.file("other.sqlite")
      #expect(try netral("migrate", "--database", other).ending == .exit(0))
      let (mine, theirs) = (world, [program, "backup", "--database", other, "--into", world.backups, "--keep", "1"])
      #expect(try mine.backUp().ending == .exit(0))
      let before = mine.names()
      expectRefused(try run(theirs), saying: "another database")
      let note = mine.backups + "/netral-database-id"
      #expect(try mine.mode(note) == 0o600)
      try FileManager.default.removeItem(atPath: note)
      expectRefused(try run(theirs), saying: "another database")
      let doctor = try run(
        [program, "doctor", "--database", other], environment: ["NETRAL_BACKUP_FOLDER": mine.backups])
      #expect(
        doctor.output.contains("fault\tbackup\tthe folder of backups cannot be used: it holds backups of another"))
      #expect(mine.names() == before)
      #expect(try mine.backUp().ending == .exit(0))
      #expect(mine.names().count == before.count + 2)
      try "x".write(toFile: note, atomically: true, encoding: .utf8)
      expectRefused(try mine.backUp(), saying: "malformed")
      // What was restored is the same database.
      try FileManager.default.removeItem(atPath: note)
      let restored = mine.folder.file("restored.sqlite")
      #expect(
        try netral("restore", "--from", mine.backups, "--into", restored, "--keys", mine.database + ".keys").ending
          == .exit(0))
      #expect(try netral("backup", "--database", restored, "--into", mine.backups).ending == .exit(0))
    }

    @Test("that are killed half-way leave nothing that looks like one, and the next clears up")
    func killed() throws {
      let child = try world.startSlowly()
      child.send(SIGKILL)
      _ = try child.wait()
      #expect(world.finished().isEmpty)
      #expect(!world.names().isEmpty)
      #expect(try world.backUp().ending == .exit(0))
      #expect(world.names().count == 2)
      // As long as one is made, another is refused, by a server, too.
      let other = try world.startSlowly()
      expectRefused(try world.backUp(), saying: "another backup is being made")
      let server = try world.serve(BackupWorld.slow)
      let admin = try server.client(try world.key("OPERATOR"))
      let refused = try admin.ask("POST", "/v1/admin/backups", [:], "{}")
      #expect(refused.status == 409)
      #expect(refused.problemCode == "backup_running")
      other.send(SIGKILL)
      _ = try other.wait()
      // What that one has left must not pass for what the server makes.
      for name in world.names() where name.contains("partial") {
        try FileManager.default.removeItem(atPath: "\(world.backups)/\(name)")
      }
      // The server's own: it ends when the server is told to stop, and leaves nothing. Its few seconds begin when all is ready.
      let (key, late) = (try world.key("OPERATOR"), try server.client(try world.key("OPERATOR")))
      try admin.send(Client.request("POST", "/v1/admin/backups", [:], nil, key: key))
      try world.pollForPartial()
      let second = try late.ask("POST", "/v1/admin/backups")
      #expect(second.problemCode == "backup_running")
      try server.stop()
      #expect(world.names().filter { $0.contains("partial") }.isEmpty)
      #expect(world.finished().count == 1)
    }

    @Test(
      "for which the disk has no room, or not to the end, leave nothing", .enabled(if: SmallDisk.works, "no small disk")
    )
    func fullDisk() throws {
      for fillsLater in [false, true] {
        let disk = try SmallDisk(mebibytes: fillsLater ? 16 : 6)
        let child = try Child(
          [program, "backup", "--database", world.database, "--into", disk.file("backups")],
          environment: BackupWorld.slow)
        if fillsLater {
          try poll("a copy") { (try? FileManager.default.contentsOfDirectory(atPath: disk.file("backups")))?.first }
          try disk.fill()
        }
        #expect(try child.wait() == .exit(1))
        #expect(child.errors.contains(fillsLater ? "full" : "no room"), "\(child.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.file("backups")).isEmpty)
      }
    }

    @Test("have no folder: both requests say so, and no body can name one")
    func withoutFolder() throws {
      let server = try RunningServer(world.database)
      let admin = try server.client(try world.key("OPERATOR"))
      for method in ["GET", "POST"] {
        let reply = try admin.ask(method, "/v1/admin/backups")
        #expect(reply.status == 409)
        #expect(reply.problemCode == "backups_not_configured")
      }
      let named = try admin.ask("POST", "/v1/admin/backups", [:], #"{"folder":"\#(world.backups)"}"#)
      #expect(named.status == 422)
      try server.stop()
      expectRefused(try netral("backup", "--database", world.database), saying: "--into", "NETRAL_BACKUP_FOLDER")
      #expect(try world.folder.names().filter { !$0.hasPrefix("netral.sqlite") }.isEmpty)
    }
  }
}
