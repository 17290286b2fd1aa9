internal import Foundation
internal import Glibc
internal import JSON
internal import Service
internal import TestSupport
internal import Testing

extension ProgramTests {
  @Suite("the doctor")
  struct DoctorTests {
    private let world: BackupWorld

    init() throws { world = try BackupWorld() }

    /// What is worse than all right, without what depends on the machine the tests run on.
    private func findings(_ options: String..., levels: Set<String> = ["warning", "fault"]) throws -> [String] {
      let finished = try run(
        [program, "doctor", "--json", "--database", world.database] + options,
        environment: ["NETRAL_BACKUP_FOLDER": world.backups])
      let findings = try JSONValue.parse(Array(finished.output.utf8))["findings"].items
      #expect(!findings.isEmpty)
      let isFaulty = findings.contains { $0["level"].string == "fault" }
      #expect(finished.ending == .exit(isFaulty ? 1 : 0), "\(finished.errors)")
      #expect(finished.errors.isEmpty)
      // Warned of everywhere where one command has started everything.
      let machine: Set = ["file system", "sync", "room", "master key", "backup of keys"]
      return findings.compactMap { finding in
        guard let check = finding["check"].string, !machine.contains(check), let level = finding["level"].string,
          levels.contains(level), let text = finding["text"].string, !text.contains("synchronis")
        else { return nil }
        #expect(level == "ok" || finding["advice"].string != nil, "\(text)")
        return "\(level): \(text)"
      }
    }

    @Test("finds nothing in a sound file, with and without a server, and changes nothing")
    func sound() throws {
      #expect(try world.backUp().ending == .exit(0))
      let before = FileManager.default.contents(atPath: world.database)
      #expect(try findings().isEmpty)
      #expect(try findings("--full").isEmpty)
      #expect(FileManager.default.contents(atPath: world.database) == before)
      let server = try world.serve()
      #expect(try server.client(try world.key("BAWASLU")).create("while").status == 201)
      #expect(try findings("--full").isEmpty)
      #expect(try findings(levels: ["ok"]).contains("ok: no sequence is missing up to 6053"))
      #expect(try server.client(try world.key("BAWASLU")).create("after").status == 201)
      try server.stop()
      let names = try world.folder.names().filter { !$0.hasPrefix("netral.sqlite") }
      #expect(names == ["backups"])
    }

    @Test(
      "finds what is wrong with a file",
      arguments: [
        (
          "DELETE FROM event WHERE seq = 6000", "fault: the file is not sound: of the sequences", "--json"
        ),
        ("DELETE FROM case_record WHERE case_key = 1", "fault: the file is not sound: foreign_key_check", "--full"),
        ("DELETE FROM case_part WHERE part_key = 99", "fault: the file is not sound: a part of a case", "--full"),
        ("INSERT INTO grdb_migrations VALUES ('m9999_future')", "fault: a newer program has written", "--json"),
        ("UPDATE event SET recorded_at = recorded_at + 100000000 WHERE seq = 6052", "fault: the clock is", "--json"),
        ("DELETE FROM access_key WHERE agency IS NULL", "warning: there is no operator's key", "--json"),
        (
          "UPDATE access_key SET expires_at = (SELECT max(recorded_at) FROM event) + 86400000 WHERE agency = 'BKN'",
          "warning: 1 of 6 valid keys end within 30 days", "--json"
        ),
        (
          "UPDATE access_key SET expires_at = NULL WHERE agency = 'BKN'", "warning: 1 of 6 valid keys never end: ",
          "--json"
        ),
        ("PRAGMA journal_mode = DELETE", "warning: the file is not in WAL mode", "--json"),
        ("PRAGMA application_id = 7", "fault: \(0)", "--json"),
      ])
    func wrong(sql: String, words: String, option: String) throws {
      #expect(try world.backUp().ending == .exit(0))
      try sqlite(world.database, "PRAGMA foreign_keys = OFF; \(sql)", readonly: false)
      let words = words == "fault: 0" ? "fault: \(world.database): is not a Netral database" : words
      let found = try findings(option)
      #expect(found.count == 1 && found.first?.hasPrefix(words) == true, "\(found)")
    }

    @Test("finds modes that let others read, and backups that are missing or old")
    func surroundings() throws {
      #expect(try findings() == ["fault: the folder of backups cannot be used: No such file or directory"])
      try FileManager.default.createDirectory(
        atPath: world.backups, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
      chmod(world.database, 0o640)
      let old = "\(world.backups)/netral-20200101T000000Z-5.sqlite"
      try Data("x".utf8).write(to: URL(filePath: old))
      chmod(old, 0o644)
      // One of the future hides nothing, and neither does an empty one.
      try world.plant("netral-20200202T000000Z-5.sqlite")
      try world.plant("netral-20990101T000000Z-1.sqlite")
      let found = try findings()
      for words in [
        "fault: the database has the mode 0640", "fault: the folder of backups has the mode 0755",
        "fault: a backup has the mode 0644", "warning: 1 files with the name of a backup",
        "fault: the times of 1 backups lie ahead",
        "fault: the newest backup is",
      ] {
        #expect(found.contains { $0.hasPrefix(words) }, "\(words): \(found)")
      }
      #expect(found.count == 6)
    }

    @Test("finds a folder that others may write to")
    func openFolder() throws {
      #expect(try world.backUp().ending == .exit(0))
      for (mode, isFault) in [(0o755, false), (0o777, true), (0o1777, true), (0o770, true)] {
        chmod(world.folder.path, mode_t(mode))
        let words = "fault: the folder of the database has the mode 0\(String(mode, radix: 8))"
        let found = try findings()
        #expect(found.count == (isFault ? 1 : 0) && found.allSatisfy { $0.hasPrefix(words) }, "\(mode): \(found)")
      }
    }

    @Test(
      "finds files and folders that somebody else owns", .enabled(if: geteuid() == 0, "only root can give files away"))
    func foreignOwner() throws {
      #expect(try world.backUp().ending == .exit(0))
      let (stranger, other): (uid_t, uid_t) = (65_533, 65_532)
      chown(world.folder.path, stranger, 0)
      #expect(try findings().map { $0.prefix(51) } == ["fault: the folder of the database belongs to the us"])
      // A database of the server's user, with folders of that user or of root; one of its files root has made.
      chown(world.database, stranger, 0)
      for path in ["-wal", "-shm", ".record-key", ".checkpoint", ".keys", ".words", ".master"].map({
        world.database + $0
      }) {
        chown(path, stranger, 0)
      }
      let lock = world.database + ".lock"
      try Data().write(to: URL(filePath: lock))
      chmod(lock, 0o600)
      #expect(try findings() == ["fault: its lock belongs to the user 0, who may do with it what they like"])
      chown(lock, stranger, 0)
      chown(world.backups, other, 0)
      #expect(
        try findings() == ["fault: the folder of backups belongs to the user 65532, who may do with it what they like"])
    }

    @Test("says that memory is no disk", .enabled(if: SmallDisk.works, "a small file system cannot be mounted here"))
    func memory() throws {
      let disk = try SmallDisk(mebibytes: 16)
      #expect(try netral("migrate", "--database", disk.file("netral.sqlite")).ending == .exit(0))
      let finished = try netral("doctor", "--database", disk.file("netral.sqlite"))
      #expect(finished.ending == .exit(1))
      #expect(finished.output.contains("fault\tfile system\tthe database lies on tmpfs"))
      #expect(Set(try disk.names()).isSuperset(of: ["netral.sqlite", "netral.sqlite-shm", "netral.sqlite-wal"]))
    }
  }
}
