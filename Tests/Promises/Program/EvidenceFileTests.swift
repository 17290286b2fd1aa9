internal import Crypto
internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// Files of evidence on the disk: whole or not there, wherever something is cut off; in backups; in replicas.
  @Suite("files of evidence")
  struct EvidenceFileTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }
    private let keys: [String: String]
    private let operatorKey: String

    init() throws {
      folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      keys = try Dictionary(
        uniqueKeysWithValues: ["BAWASLU", "BKN"].map {
          ($0, try makeKey(database, ["--agency", $0, "--scopes", "cases:read,cases:write,imports,sync"]))
        })
      operatorKey = try makeKey(database, ["--operator", "--scopes", "admin"])
    }

    private static let words = "Zqsberkasrahasia"

    private static func bytes(_ mark: String, _ count: Int) -> [UInt8] {
      Array("\(words) \(mark)\n".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: count)
    }

    private static func sha256(_ bytes: [UInt8]) -> String {
      SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func makeCase(_ reference: String, _ server: RunningServer) throws -> String {
      let made = try server.client(keys["BAWASLU"]).create(reference)
      return try #require(made.json["id"].text)
    }

    private func head(_ id: String, _ count: Int, _ client: Client) throws -> [UInt8] {
      let tag = try client.get("/v1/cases/\(id)").fields["etag"] ?? ""
      return Array(
        """
        POST /v1/cases/\(id)/evidence?kind=document HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(keys["BAWASLU"] ?? "")\r
        Content-Type: text/plain\r\nIf-Match: \(tag)\r\nContent-Length: \(count)\r\n\r\n
        """.utf8)
    }

    @discardableResult
    private func bring(_ bytes: [UInt8], to id: String, _ server: RunningServer) throws -> Reply {
      let client = try server.client(keys["BAWASLU"])
      try client.send(head(id, bytes.count, client) + bytes)
      return try client.reply()
    }

    /// The files on the disk; those that are being brought begin with `new/`.
    private func stored(_ database: String? = nil) throws -> [String] {
      let root = (database ?? self.database) + ".files"
      return (try? FileManager.default.subpathsOfDirectory(atPath: root))?.filter { path in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
      } ?? []
    }

    /// Every row has its file, and every file its row.
    private func expectWhole(_ what: String) throws {
      let named = try sqlite(database, "SELECT substr(name, 1, 2) || '/' || name FROM evidence_file")
      #expect(try stored().sorted() == named.split(separator: "\n").map(String.init).sorted(), "\(what)")
    }

    @Test("are whole or not there after a hundred uploads that were cut off, by client or server, at any byte")
    func cutOff() throws {
      let seed = ProcessInfo.processInfo.environment["NETRAL_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...9_999)
      print("evidence rounds: seed \(seed)")
      var random = SeededGenerator(seed: seed)
      var server = try RunningServer(database)
      let id = try makeCase("cut", server)
      var kept: [String] = []
      for round in 0..<100 {
        let bytes = Self.bytes("\(round)", Int.random(in: 0...700_000, using: &random))
        let cut = Int.random(in: 0...bytes.count, using: &random)
        let client = try server.client(keys["BAWASLU"])
        try client.send(head(id, bytes.count, client) + bytes[..<cut])
        switch round % 4 {
        case 0:
          // The rest comes while the server is killed.
          let rest = Array(bytes[cut...])
          if Bool.random(using: &random) { try? client.send(rest) }
          usleep(UInt32.random(in: 0...20_000, using: &random))
          try server.kill()
          server = try RunningServer(database)
        case 1: client.reset()
        case 2: break
        default:
          try client.send(Array(bytes[cut...]))
          #expect(try client.reply().status == 201)
          kept.append(Self.sha256(bytes))
        }
        if round % 4 != 2 { continue }
        // Whatever was acknowledged is there.
        let reader = try server.client(keys["BKN"])
        if let last = kept.last { #expect(try reader.get("/v1/cases/\(id)/evidence/\(last)").status == 200) }
      }
      try server.stop()
      server = try RunningServer(database)
      try expectWhole("seed \(seed)")
      let listed = try server.client(keys["BKN"]).get("/v1/cases/\(id)/evidence").json["items"].items
      #expect(Set(listed.compactMap { $0["sha256"].text }).isSuperset(of: kept))
      try server.stop()
      let doctor = try netral("doctor", "--full", "--database", database).output
      #expect(doctor.contains("ok\tevidence") && doctor.contains("ok\tintegrity"), "\(doctor)")
    }

    @Test(
      "are whole or not there, wherever an upload was killed at a sync", .enabled(if: strace.works, strace.why))
    func killedAtSync() throws {
      var server = try RunningServer(database)
      let id = try makeCase("sync", server)
      try server.stop()
      var (there, notThere) = (0, 0)
      for sync in 1...40 {
        let bytes = Self.bytes("\(sync)", 100_000)
        do {
          server = try RunningServer(
            database, wrapper: strace.command("-e", "inject=fsync,fdatasync:signal=SIGKILL:when=\(sync)"))
          let reply = try? bring(bytes, to: id, server)
          if reply?.status == 201 { there += 1 }
          try server.kill()
          server = try RunningServer(database)
          try expectWhole("killed at sync \(sync)")
          let status = try server.client(keys["BKN"]).get("/v1/cases/\(id)/evidence/\(Self.sha256(bytes))").status
          #expect(status == 200 || reply?.status != 201 && status == 404, "killed at sync \(sync)")
          if status == 404 { notThere += 1 }
          try server.stop()
          if reply?.status == 201 { break }
        } catch is TestFailure {
          // It was killed before it had said where it listens.
        }
      }
      #expect(there > 0 && notThere > 0, "\(there) \(notThere)")
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tevidence"))
    }

    @Test("come back from a backup, every one; go from all copies with their case; reach replicas, and leave them")
    func copies() throws {
      let environment = ["NETRAL_BACKUP_FOLDER": folder.file("b"), "NETRAL_KEYS_BACKUP_FOLDER": folder.file("k")]
      var server = try RunningServer(database, environment: environment)
      func backUp() throws {
        let answer = try server.client(operatorKey).ask("POST", "/v1/admin/backups", [:], "")
        #expect(answer.status == 201, "\(answer.text)")
      }
      let ids = try ["1", "2", "3"].map { try makeCase($0, server) }
      let (one, two, shared) = (Self.bytes("one", 200_000), Self.bytes("two", 5), Self.bytes("shared", 70_000))
      for (id, bytes) in [(ids[0], one), (ids[0], shared), (ids[1], two), (ids[2], shared)] {
        #expect(try bring(bytes, to: id, server).status == 201)
      }
      #expect(try stored().count == 3)
      // Nothing stands in clear, in no file.
      for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
        let bytes = FileManager.default.contents(atPath: folder.file(path)) ?? Data()
        for text in [Self.words, Self.sha256(one)] where bytes.range(of: Data(text.utf8)) != nil {
          Issue.record("\(text) in \(path)")
        }
      }
      try backUp()
      let copies = {
        try FileManager.default.subpathsOfDirectory(atPath: self.folder.file("b/files")).filter {
          $0.count > 3 && $0.dropFirst(2).first == "/"
        }
      }
      #expect(try copies().count == 3)
      let written = try copies().map {
        try FileManager.default.attributesOfItem(atPath: folder.file("b/files/\($0)"))[.modificationDate] as? Date
      }
      try backUp()
      #expect(
        try copies().map {
          try FileManager.default.attributesOfItem(atPath: folder.file("b/files/\($0)"))[.modificationDate] as? Date
        } == written, "what is there is not copied again")

      let (key, replica, files) = (folder.file("key"), folder.file("r.sqlite"), folder.file("r.files"))
      try writeKey(keys["BKN"] ?? "", to: key)
      func sync() throws -> Finished {
        try netral(
          "sync", "--server", "http://127.0.0.1:\(server.port)", "--key-file", key, "--into", replica, "--evidence",
          files)
      }
      let synced = try sync()
      #expect(synced.ending == .exit(0) && synced.output.contains("3 fetched, 0 deleted"), "\(synced)")
      for bytes in [one, two, shared] {
        let sha256 = Self.sha256(bytes)
        let path = "\(files)/\(sha256.prefix(2))/\(sha256).txt"
        #expect(FileManager.default.contents(atPath: path) == Data(bytes))
      }
      // One that was cut off is taken up, one that is something else is fetched anew.
      let (first, second) = (Self.sha256(one), Self.sha256(two))
      let paths = [first, second].map { "\(files)/\($0.prefix(2))/\($0).txt" }
      try Data(one.prefix(99_999)).write(to: URL(filePath: paths[0] + ".partial"))
      try Data([1]).write(to: URL(filePath: paths[1] + ".partial"))
      for path in paths { try FileManager.default.removeItem(atPath: path) }
      let again = try sync()
      #expect(again.ending == .exit(0) && again.output.contains("2 fetched"), "\(again)")
      #expect(FileManager.default.contents(atPath: paths[0]) == Data(one))
      #expect(FileManager.default.contents(atPath: paths[1]) == Data(two))

      // A case goes, and with it what it alone has had.
      let client = try server.client(keys["BAWASLU"])
      func change(_ path: String, _ body: String) throws {
        let tag = try client.get("/v1/cases/\(ids[0])").fields["etag"] ?? ""
        #expect(try client.ask("POST", "/v1/cases/\(ids[0])/\(path)", ["If-Match": tag], body).status == 201)
      }
      let old = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder.file("b")).filter { $0.hasSuffix(".sqlite") }.min())
      try change("cancellations", #"{"occurred_on":"2024-10-10","reason":"x"}"#)
      try change("erasures", #"{"ground":"subject_request"}"#)
      #expect(try stored().count == 2)
      #expect(try sync().output.contains("0 fetched, 1 deleted"))
      #expect(!FileManager.default.fileExists(atPath: paths[0]))
      try backUp()
      // Backups of before name it still; it goes with the last of them.
      #expect(try copies().count == 3)
      try server.stop()
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tevidence\t2 files"))

      // Backups of before and after bring back every file that is not erased.
      for (target, from) in [("x.sqlite", folder.file("b/\(old)")), ("y.sqlite", folder.file("b"))] {
        let finished = try netral(
          "restore", "--from", from, "--into", folder.file(target), "--keys", folder.file("k"), "--master-key",
          database + ".master")
        #expect(finished.ending == .exit(0), "\(finished)")
        server = try RunningServer(folder.file(target))
        let reader = try server.client(keys["BKN"])
        #expect(try reader.get("/v1/cases/\(ids[1])/evidence/\(second)").body == two)
        #expect(try reader.get("/v1/cases/\(ids[2])/evidence/\(Self.sha256(shared))").body == shared)
        #expect(try reader.get("/v1/cases/\(ids[0])/evidence/\(first)").status == 404)
        try server.stop()
        #expect(try stored(folder.file(target)).filter { !$0.hasPrefix("set-aside") }.count == 2)
        #expect(try netral("doctor", "--full", "--database", folder.file(target)).output.contains("ok\tevidence"))
        // A backup of what was restored takes nothing from those beside it.
        let made = try run([program, "backup", "--database", folder.file(target)], environment: environment)
        #expect(made.ending == .exit(0), "\(made)")
        #expect(try copies().count == 3)
      }
      // One that was compressed counts as well.
      let compressed = folder.file("b/\(old).gz")
      try FileManager.default.moveItem(atPath: folder.file("b/\(old)"), toPath: compressed)
      let fewer = environment.merging(["NETRAL_BACKUP_KEEP": "1"]) { $1 }
      for count in [3, 2] {
        #expect(try run([program, "backup", "--database", database], environment: fewer).ending == .exit(0))
        #expect(try copies().count == count)
        unlink(compressed)
      }
    }

    @Test("that were damaged are named by doctor, refused by backup and restore, and given to nobody")
    func damage() throws {
      let environment = ["NETRAL_BACKUP_FOLDER": folder.file("b"), "NETRAL_KEYS_BACKUP_FOLDER": folder.file("k")]
      let server = try RunningServer(database, environment: environment)
      let id = try makeCase("1", server)
      try bring(Self.bytes("one", 100_000), to: id, server)
      func backUp() throws -> Finished {
        try run([program, "backup", "--database", database], environment: environment)
      }
      func doctor() throws -> String { try netral("doctor", "--full", "--database", database).output }
      #expect(try backUp().ending == .exit(0))
      let name = try #require(try stored().first)
      let (path, copy) = (database + ".files/" + name, folder.file("b/files/" + name))
      let whole = try Data(contentsOf: URL(filePath: path))
      var flipped = whole
      flipped[70_000] ^= 1
      try server.stop()
      for (bytes, words) in [
        (flipped, "is not what was sealed"), (whole.dropLast(), "has another length"), (nil, "is missing"),
      ] {
        try FileManager.default.removeItem(atPath: path)
        if let bytes { try bytes.write(to: URL(filePath: path)) }
        #expect(try doctor().contains("fault\tevidence") && doctor().contains(words), "\(words)")
        // The copy that is there already is good; without it there is none.
        #expect(try backUp().ending == .exit(0))
        try FileManager.default.removeItem(atPath: copy)
        // The record is backed up all the same.
        let finished = try backUp()
        #expect(finished.ending != .exit(0) && finished.errors.contains("was made, but 1 files"), "\(finished)")
        try FileManager.default.createDirectory(
          atPath: URL(filePath: copy).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try whole.write(to: URL(filePath: copy))
        try whole.write(to: URL(filePath: path))
      }
      #expect(try doctor().contains("ok\tevidence"))
      for bytes in [flipped, whole.dropLast()] {
        try bytes.write(to: URL(filePath: copy))
        expectRefused(
          try netral(
            "restore", "--from", folder.file("b"), "--into", folder.file("x.sqlite"), "--keys", folder.file("k"),
            "--master-key", database + ".master"), saying: "file of evidence")
        #expect(access(folder.file("x.sqlite"), F_OK) != 0)
        #expect(try stored(folder.file("x.sqlite")).isEmpty)
      }
      // Mended, it goes; a damaged file beside the new one is no reason to fail.
      try whole.write(to: URL(filePath: copy))
      let beside = folder.file("x.sqlite.files/" + name)
      try FileManager.default.createDirectory(
        atPath: URL(filePath: beside).deletingLastPathComponent().path, withIntermediateDirectories: true)
      try flipped.write(to: URL(filePath: beside))
      let restored = try netral(
        "restore", "--from", folder.file("b"), "--into", folder.file("x.sqlite"), "--keys", folder.file("k"),
        "--master-key", database + ".master")
      #expect(restored.ending == .exit(0) && restored.output.contains("files\t1"), "\(restored)")
      #expect(try Data(contentsOf: URL(filePath: beside)) == whole)
    }

    @Test("that a restored file does not know are set aside once, and not deleted")
    func setAside() throws {
      let environment = ["NETRAL_BACKUP_FOLDER": folder.file("b"), "NETRAL_KEYS_BACKUP_FOLDER": folder.file("k")]
      var server = try RunningServer(database, environment: environment)
      let id = try makeCase("1", server)
      #expect(try server.client(operatorKey).ask("POST", "/v1/admin/backups", [:], "").status == 201)
      try bring(Self.bytes("later", 10), to: id, server)
      let name = try #require(try stored().first).split(separator: "/").last ?? ""
      try server.stop()
      let finished = try netral(
        "restore", "--from", folder.file("b"), "--into", folder.file("x.sqlite"), "--keys", database + ".keys",
        "--master-key", database + ".master")
      #expect(finished.ending == .exit(0), "\(finished)")
      try FileManager.default.moveItem(atPath: database + ".files", toPath: folder.file("x.sqlite.files"))
      let target = folder.file("x.sqlite")
      for round in 0..<2 {
        server = try RunningServer(target)
        if round == 1 { #expect(try bring(Self.bytes("again", 10), to: id, server).status == 201) }
        try server.stop()
        let left = try stored(target)
        #expect(left.contains("set-aside-1/\(name)") && left.count == round + 1, "\(left)")
      }
    }

    @Test("come two hundred at once in a memory that does not grow with them")
    func manyAtOnce() throws {
      let server = try RunningServer(database, environment: ["NETRAL_BYTES_PER_AGENCY_PER_DAY": "\(4 << 30)"])
      let lines = (1...200).map { number in
        let body = Sample.caseBody(#"{"source":{"agency":"BAWASLU"}}"#, agencyRef: "M-\(number)")
        return "{\"case\":\(body)}"
      }
      let answer = try server.client(keys["BAWASLU"]).ask(
        "POST", "/v1/imports", ["Content-Type": "application/x-ndjson"], lines.joined(separator: "\n"))
      let ids = answer.text.split(separator: "\n").compactMap { (try? JSONValue.parse(Array($0.utf8)))?["id"].text }
      #expect(ids.count == 200, "\(answer.text.prefix(300))")
      func memory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(server.child.pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
      }
      func bringAll(_ pieces: Int) throws {
        let clients = try ids.map { _ in try server.client(keys["BAWASLU"]) }
        let piece = [UInt8](repeating: UInt8(ascii: "b"), count: 65_536)
        let start = Self.bytes("\(pieces)", 0)
        for (id, client) in zip(ids, clients) {
          try client.send(head(id, start.count + pieces * piece.count, client) + start)
        }
        for _ in 0..<pieces { for client in clients { try client.send(piece) } }
        for client in clients { #expect(try client.reply().status == 201) }
      }
      try bringAll(24)
      let before = try memory()
      try bringAll(72)
      // In kilobytes: three times the bytes on the way, 600 MiB more.
      let after = try memory()
      #expect(after - before < 60_000, "\(before) \(after)")
      // All of them are one file.
      #expect(try stored().count == 2)
      try server.stop()
    }

    @Test("are scanned by clamd with a signature of our own, also when it comes late", .enabled(if: clamd != nil))
    func scanned() throws {
      let signatures = folder.file("signatures")
      try FileManager.default.createDirectory(atPath: signatures, withIntermediateDirectories: false)
      let mark = "netral-uji-berbahaya"
      let hexadecimal = mark.utf8.map { String($0, radix: 16) }.joined()
      try "Netral.Test:0:*:\(hexadecimal)\n".write(toFile: signatures + "/own.ndb", atomically: true, encoding: .utf8)
      // A socket has a short name.
      let socket = "/tmp/netral-clamd-\(getpid())"
      defer { unlink(socket) }
      try """
      Foreground yes
      LocalSocket \(socket)
      DatabaseDirectory \(signatures)
      StreamMaxLength 1M
      TemporaryDirectory \(folder.path)
      """.write(toFile: folder.file("clamd.conf"), atomically: true, encoding: .utf8)
      let server = try RunningServer(database, environment: ["NETRAL_CLAMD": socket])
      let id = try makeCase("1", server)
      let (good, bad) = (Self.bytes("baik", 400_000), Self.bytes(mark, 400_000))
      for bytes in [good, bad] { #expect(try bring(bytes, to: id, server).status == 201) }
      let reader = try server.client(keys["BKN"])
      func scans() throws -> [String] {
        try reader.get("/v1/cases/\(id)/evidence").json["items"].items.compactMap { $0["scan"].text }
      }
      #expect(try scans() == ["pending", "pending"])
      #expect(try reader.get("/v1/cases/\(id)/evidence/\(Self.sha256(good))").status == 404)
      let scanner = try Child([clamd ?? "", "-F", "-c", folder.file("clamd.conf")])
      defer { scanner.send(SIGKILL) }
      // It is asked again within half a minute, and at once when another file comes.
      try poll("the socket of clamd") { access(socket, F_OK) == 0 ? true : nil }
      usleep(300_000)
      #expect(try bring(Self.bytes("lagi", 5), to: id, server).status == 201)
      try poll("what clamd has found", seconds: 60) { try scans() == ["clean", "infected", "clean"] ? true : nil }
      #expect(try reader.get("/v1/cases/\(id)/evidence/\(Self.sha256(good))").body == good)
      for name in ["BAWASLU", "BKN"] {
        let client = try server.client(keys[name])
        #expect(try client.get("/v1/cases/\(id)/evidence/\(Self.sha256(bad))").status == 404)
      }
      // One that clamd does not take waits, and keeps no other one waiting.
      for bytes in [Self.bytes("panjang", 2_000_000), Self.bytes("pendek", 5)] {
        #expect(try bring(bytes, to: id, server).status == 201)
      }
      try poll("the file after it", seconds: 60) {
        try scans() == ["clean", "infected", "clean", "pending", "clean"] ? true : nil
      }
      try server.stop()
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tevidence"))
    }
  }
}

/// The scanner, where it is installed.
private let clamd: String? = ["/usr/sbin/clamd", "/usr/local/sbin/clamd"].first { path in access(path, X_OK) == 0 }
