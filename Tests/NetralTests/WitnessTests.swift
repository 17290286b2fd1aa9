internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

/// A small record with witnesses at three agencies, which have exchanged their keys.
struct WitnessWorld {
  static let agencies = ["BAWASLU", "BKN", "PANRB"]

  let folder: TemporaryFolder
  let database: String
  /// The access keys, by agency.
  let keys: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    database = folder.file("netral.sqlite")
    var keys: [String: String] = [:]
    for agency in Self.agencies {
      keys[agency] = try makeKey(database, ["--agency", agency, "--scopes", "sync,cases:read,cases:write"])
      try writeKey(keys[agency] ?? "", to: folder.file(agency))
      let name = "\(agency.lowercased()).go.id"
      let made = try netral("witness", "key", "--key-file", folder.file("\(agency).witness-key"), "--name", name)
      guard made.ending == .exit(0) else { throw TestFailure("witness key: \(made.errors)") }
    }
    self.keys = keys
    // The first start draws the key of the record.
    try RunningServer(database).stop()
    try writePins(witnesses: Self.agencies)
  }

  var pins: String { folder.file("pins") }

  func writePins(witnesses: [String]) throws {
    let log = try sqlite(database, "SELECT cast(value AS TEXT) FROM setting WHERE name = 'record_key'")
    let lines =
      try ["# by hand", "log \(log)"] + witnesses.map { "witness \($0) \(try publicKey($0)) # at the meeting" }
    try (lines.joined(separator: "\n") + "\n").write(toFile: pins, atomically: true, encoding: .utf8)
  }

  func publicKey(_ agency: String) throws -> String {
    try netral("witness", "key", "--key-file", folder.file("\(agency).witness-key")).output
      .trimmingCharacters(in: .newlines)
  }

  func state(_ agency: String) -> String { folder.file("\(agency).state") }
  func checkpoint(_ agency: String) -> Data? { FileManager.default.contents(atPath: state(agency) + "/checkpoint") }
  func leafCount(_ agency: String, epoch: Int = 1) -> Int {
    (FileManager.default.contents(atPath: state(agency) + "/leaves-\(epoch)")?.count ?? 0) / 32
  }

  /// A round of an agency's witness.
  func witness(_ agency: String, _ server: RunningServer, _ options: String...) throws -> Finished {
    try witness(agency, port: server.port, options)
  }

  func witness(_ agency: String, port: UInt16, _ options: [String]) throws -> Finished {
    try run(
      [
        program, "witness", "run", "--server", "http://127.0.0.1:\(port)", "--key-file", folder.file(agency),
        "--state", state(agency), "--retries", "0",
      ] + watch(agency) + options)
  }

  /// The options with which `netral sync` watches, too.
  func watch(_ agency: String) -> [String] {
    ["--pins", pins, "--witness-key", folder.file("\(agency).witness-key")]
  }

  /// Two rounds of all, after which each has cosigned what the others have seen.
  func watchAll(_ server: RunningServer) throws {
    for _ in 1...2 { for agency in Self.agencies { _ = try witness(agency, server) } }
  }

  /// A copy of the file and of all that signs it: what whoever has the machine in hand can make.
  func copy(_ name: String) throws -> String {
    let path = folder.file(name)
    for suffix in ["", ".record-key", ".checkpoint", ".keys", ".master"] {
      try FileManager.default.copyItem(atPath: database + suffix, toPath: path + suffix)
    }
    return path
  }

  func create(_ reference: String, _ server: RunningServer) throws {
    let status = try server.client(keys["BAWASLU"]).create(reference).status
    guard status == 201 else { throw TestFailure("create: \(status)") }
    try settle(server)
  }

  /// Waits until all that was committed is signed.
  func settle(_ server: RunningServer) throws {
    // A checkpoint is signed soon after, and at least every second.
    let leaves = try server.client(keys["BKN"]).get("/v1/record/leaves?limit=10000").json["items"].items.count
    try poll("the checkpoint") {
      try server.client(keys["BKN"]).get("/v1/record/checkpoint").text.contains("\n\(leaves)\n") ? 1 : nil
    }
  }

  /// Expects that a round has found something, left the evidence, and left the state as it was.
  func expectFound(
    _ finished: Finished, _ status: Int32, _ agency: String, _ words: String, before: Data?,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(finished.ending == .exit(status), "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.errors.contains(words), "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(checkpoint(agency) == before, sourceLocation: sourceLocation)
    let evidence = try #require(try self.evidence(agency).last, sourceLocation: sourceLocation)
    for side in ["accepted", "shown"] {
      #expect(evidence[side]["note"].text?.contains("\u{2014} netral-") == true, sourceLocation: sourceLocation)
    }
    #expect(evidence["accepted"]["root"] != evidence["shown"]["root"], sourceLocation: sourceLocation)
  }

  /// The evidence that a witness has left, in the order of its names.
  func evidence(_ agency: String) throws -> [JSONValue] {
    try FileManager.default.contentsOfDirectory(atPath: state(agency)).filter { $0.hasPrefix("evidence-") }.sorted()
      .map { try JSONValue.parse([UInt8](Data(contentsOf: URL(filePath: state(agency) + "/" + $0)))) }
  }
}

extension ProgramTests {
  /// `netral witness` and `netral sync --pins` against real servers.
  @Suite("witnesses")
  struct WitnessTests {
    private let world: WitnessWorld

    init() throws { world = try WitnessWorld() }

    @Test("agencies cosign what each has seen, and a checkpoint goes by mail")
    func honest() throws {
      let server = try RunningServer(world.database)
      #expect(try world.witness("BKN", server).ending == .exit(6))
      try world.watchAll(server)
      for number in 1...3 {
        try world.create("\(number)", server)
        for agency in WitnessWorld.agencies {
          let finished = try world.witness(agency, server)
          #expect(finished.ending == .exit(0), "\(finished.errors)")
          #expect(finished.errors.isEmpty, "\(finished.errors)")
        }
      }
      // What has not changed is not cosigned anew within a day.
      let before = world.checkpoint("BKN")
      #expect(try world.witness("BKN", server, "--quiet").output.isEmpty)
      #expect(world.checkpoint("BKN") == before)

      let shown = try netral("witness", "show", "--state", world.state("BKN"))
      #expect(Data(shown.output.utf8) == before)
      let mail = world.folder.file("mail")
      try shown.output.write(toFile: mail, atomically: true, encoding: .utf8)
      let compared = try netral("witness", "compare", "--state", world.state("PANRB"), "--pins", world.pins, mail)
      #expect(compared.ending == .exit(0), "\(compared.errors)")
      for name in ["checkpoint", "leaves-1"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: world.state("BKN") + "/" + name)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
      }
      try server.stop()
    }

    @Test("a key is made once, for its owner alone, and signs a checkpoint by hand")
    func keys() throws {
      let path = world.folder.file("new-key")
      let unnamed = try netral("witness", "key", "--key-file", world.folder.file("unnamed-key"))
      #expect(unnamed.output.hasPrefix("witness-"), "\(unnamed.errors)")
      let made = try netral("witness", "key", "--key-file", path, "--name", "desk.go.id")
      #expect(made.output.hasPrefix("desk.go.id+"))
      #expect(try netral("witness", "key", "--key-file", path, "--name", "desk.go.id").output == made.output)
      expectRefused(try netral("witness", "key", "--key-file", path, "--name", "other"), saying: "another name")
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
      let note = world.database + ".checkpoint"
      let script = "exec \"$1\" witness sign --key-file \"$2\" < \"$3\""
      let signed = try run(["sh", "-c", script, "sh", program, path, note])
      #expect(signed.ending == .exit(0), "\(signed.errors)")
      #expect(
        signed.output.hasPrefix(String(decoding: FileManager.default.contents(atPath: note) ?? Data(), as: UTF8.self)))
      #expect(signed.output.contains("\u{2014} desk.go.id "))
      let foreign = try run(["sh", "-c", script, "sh", program, path, world.pins])
      expectRefused(foreign, saying: "no signed checkpoint")
      chmod(path, 0o644)
      expectRefused(try netral("witness", "key", "--key-file", path), saying: "chmod 600")
    }

    @Test("a history that was rebuilt with the stolen key is found, with the first leaf that differs")
    func rebuilt() throws {
      let fork = try world.copy("fork.sqlite")
      let common = Int(try sqlite(world.database, "SELECT count(*) FROM leaf")) ?? 0
      let server = try RunningServer(world.database)
      try world.create("true", server)
      try world.watchAll(server)
      try server.stop()
      let before = world.checkpoint("BKN")
      let count = world.leafCount("BKN")

      let other = try RunningServer(fork)
      try world.expectFound(
        try world.witness("BKN", other), 4, "BKN", "does not extend what was seen", before: before)
      for number in 1...8 { try world.create("false-\(number)", other) }
      try world.expectFound(
        try world.witness("BKN", other), 4, "BKN", "does not extend what was seen", before: before)
      #expect(try world.evidence("BKN").contains { $0["first_differing_leaf"].int == common })
      #expect(world.leafCount("BKN") == count)
      try other.stop()

      // The true one is still extended.
      let again = try RunningServer(world.database)
      #expect(try world.witness("BKN", again).ending == .exit(0))
      try again.stop()
    }

    @Test("two agencies that are shown two histories find it, by mail or from what the service lists")
    func split() throws {
      let fork = try world.copy("fork.sqlite")
      let one = try RunningServer(world.database)
      let other = try RunningServer(fork)
      try world.create("for-BKN", one)
      try world.create("for-PANRB", other)
      #expect(try world.witness("BKN", one).ending == .exit(6))
      #expect(try world.witness("PANRB", other).ending == .exit(6))
      try world.create("more-for-BKN", one)
      #expect(try world.witness("BKN", one).ending == .exit(6))
      try one.stop()
      try other.stop()

      let before = world.checkpoint("BKN")
      let mail = world.state("PANRB") + "/checkpoint"
      try world.expectFound(
        try netral("witness", "compare", "--state", world.state("BKN"), "--pins", world.pins, mail), 5, "BKN",
        "two histories", before: before)
      // The operator lists what the other has cosigned: he must, or the quorum is missed.
      try sqlite(
        world.database,
        """
        INSERT OR REPLACE INTO witness (agency, key, size, note, cosigned_at)
        VALUES ('PANRB', '\(try world.publicKey("PANRB"))', 20, CAST(readfile('\(mail)') AS TEXT), 0)
        """, readonly: false)
      let server = try RunningServer(world.database)
      try world.expectFound(
        try world.witness("BKN", server), 5, "BKN", "PANRB was shown other leaves", before: before)
      #expect(try world.evidence("BKN").count == 2)
      try server.stop()
    }

    @Test("a cosignature by a key that nobody has pinned does not count")
    func unknownKeys() throws {
      let server = try RunningServer(world.database)
      try world.watchAll(server)
      try world.writePins(witnesses: ["PANRB"])
      let finished = try world.witness("BKN", server)
      #expect(finished.ending == .exit(6))
      #expect(finished.errors.contains("BAWASLU: cosigns with a key that is not pinned"))
      #expect(finished.output.contains("cosigned too  PANRB\n"))
      #expect(try world.witness("BKN", server, "--quorum", "1").ending == .exit(0))
      try server.stop()
    }

    @Test("an agency that has ended verifies all, and hands nothing in")
    func ended() throws {
      let key = try makeKey(world.database, ["--agency", "KASN", "--scopes", "sync"])
      try writeKey(key, to: world.folder.file("KASN"))
      let made = try netral("witness", "key", "--key-file", world.folder.file("KASN.witness-key"))
      #expect(made.ending == .exit(0), "\(made.errors)")
      let server = try RunningServer(world.database)
      try world.create("1", server)
      try world.watchAll(server)
      for _ in 1...2 {
        let finished = try world.witness("KASN", server)
        #expect(finished.ending == .exit(0), "\(finished.errors)")
        #expect(finished.errors.split(separator: "\n").count == 1, "\(finished.errors)")
        #expect(finished.errors.contains("the agency has ended"), "\(finished.errors)")
        #expect(finished.output.contains("cosigned too  BAWASLU, BKN, PANRB"))
      }
      #expect(world.leafCount("KASN") > 0 && world.checkpoint("KASN") != nil)
      #expect(try !server.client(nil).get("/v1/record/witnesses").text.contains("KASN"))
      try server.stop()
    }

    @Test("what is no checkpoint of the record is refused, and nothing is stored")
    func badCheckpoints() throws {
      let note = String(
        decoding: try #require(FileManager.default.contents(atPath: world.database + ".checkpoint")), as: UTF8.self)
      let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let bad = [
        "", "<html></html>", String(note.prefix(60)), String(note.dropLast(10)), note.replacing("\n", with: "\r\n"),
        lines.prefix(3).joined(separator: "\n") + "\n", note.replacing("/1\n", with: "/2\n"),
        note.replacing("\n\(lines[1])\n", with: "\n0\(lines[1])\n"),
        note.replacing("\n\(lines[1])\n", with: "\n9999999\n"),
        note.replacing("netral-", with: "natral-"), note.dropLast() + "=\n", note + note,
      ]
      let site = world.folder.file("site")
      try FileManager.default.createDirectory(atPath: site + "/v1/record", withIntermediateDirectories: true)
      let child = try Child(["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", site])
      let port = try poll("the port") { child.output.firstMatch(of: /port (\d+)/).flatMap { UInt16($0.output.1) } }
      for text in bad {
        try text.write(toFile: site + "/v1/record/checkpoint", atomically: true, encoding: .utf8)
        let finished = try world.witness("BKN", port: port, [])
        expectRefused(finished, saying: "the service's checkpoint is not taken")
        #expect(finished.ending == .exit(1))
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.state("BKN")) == ["state.lock"])
      }
      child.send(SIGKILL)
      _ = try child.wait()
    }

    @Test("a restored record is gone on with when its epoch is accepted, and what is lost is named from the replica")
    func newEpoch() throws {
      let backup = try world.copy("backup.sqlite")
      let server = try RunningServer(world.database)
      try world.create("lost", server)
      let port = "\(server.port)"
      let sync = [
        program, "sync", "--server", "http://127.0.0.1:\(port)", "--key-file", world.folder.file("BKN"), "--into",
        world.folder.file("replica.sqlite"), "--retries", "0", "--quiet",
      ]
      let watched = sync + world.watch("BKN") + ["--quorum", "0"]
      let first = try run(watched)
      #expect(first.ending == .exit(0), "\(first.errors)")
      #expect(try run(sync.filter { $0 != "--quiet" }).errors.contains("nobody watches over the record"))
      try server.stop()

      // What a restoration leaves behind: the rows of the backup, and the mark that an epoch begins.
      try sqlite(
        backup, "INSERT INTO setting (name, value) VALUES ('record_restored', x'')", readonly: false)
      let restored = try RunningServer(backup, port: try #require(UInt16(port)))
      let refused = try run(watched)
      #expect(refused.ending == .exit(7), "\(refused.errors)")
      #expect(refused.errors.contains("--accept-epoch 2"))
      let accepted = try run(watched + ["--accept-epoch", "2", "--fresh"])
      #expect(accepted.ending == .exit(0), "\(accepted.errors)")
      let id = try #require(accepted.output.firstMatch(of: /case ([0-9a-f-]{36})/)).output.1
      #expect(try restored.client(world.keys["BKN"]).get("/v1/cases/\(id)").status == 404)
      #expect(accepted.output.contains("lost leaves   "))
      #expect(try run(watched).ending == .exit(0))
      try restored.stop()
    }
  }
}
