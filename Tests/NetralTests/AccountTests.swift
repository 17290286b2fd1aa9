internal import Domain
internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// `netral sync --pins` against a true service, and against one that alters what it shows.
  @Suite("accounts")
  struct AccountTests {
    private let world: WitnessWorld

    init() throws { world = try WitnessWorld() }

    private func sync(_ agency: String, _ port: UInt16, _ options: String...) throws -> Finished {
      try run(
        [
          program, "sync", "--server", "http://127.0.0.1:\(port)", "--key-file", world.folder.file(agency), "--into",
          world.folder.file("\(agency).sqlite"), "--retries", "0", "--quiet", "--quorum", "0",
        ] + world.watch(agency) + options)
    }

    /// Starts a service between an agency and the true one.
    private func lie(_ kind: String, _ id: String, to agency: String, _ server: RunningServer) throws -> (
      child: Child, port: UInt16
    ) {
      let child = try Child([
        "python3", projectFile("Tests/NetralTests/liar.py"), "\(server.port)", world.keys[agency] ?? "", kind, id,
      ])
      return (child, try poll("the port") { UInt16(child.output.trimmingCharacters(in: .newlines)) })
    }

    /// Tells the replica of an agency that the service has moved.
    private func move(_ agency: String, to port: UInt16) throws {
      try sqlite(
        world.folder.file("\(agency).sqlite"), "UPDATE sync_state SET server = 'http://127.0.0.1:\(port)'",
        readonly: false)
    }

    /// Some cases at several stages, with notes and requests, which change none. The last one is new.
    private func cases(_ server: RunningServer) throws -> [String] {
      let (owner, reader) = (try server.client(world.keys["BAWASLU"]), try server.client(world.keys["BKN"]))
      var ids: [String] = []
      for number in 1...4 {
        let made = try owner.create("account-\(number)")
        ids.append(try #require(made.json["id"].text, "\(made.text)"))
      }
      for (id, act) in [(ids[0], ActionKind.verifications), (ids[1], .verifications), (ids[0], .notes)] {
        try self.act(act, on: id, reader)
      }
      try world.settle(server)
      return ids
    }

    private func act(_ kind: ActionKind, on id: String, _ client: Client) throws {
      let tag = try #require(try client.get("/v1/cases/\(id)").fields["etag"])
      let body = ActionBodies.valid(kind, on: "2024-10-09")
      let done = try client.ask("POST", "/v1/cases/\(id)/\(kind.rawValue)", ["If-Match": tag], body)
      #expect((200...201).contains(done.status), "\(done.text)")
    }

    @Test("of a true service are complete, for who sees all cases and for who does not")
    func honest() throws {
      let server = try RunningServer(world.database)
      let ids = try cases(server)
      for agency in WitnessWorld.agencies {
        let finished = try sync(agency, server.port)
        #expect(finished.ending == .exit(0), "\(agency): \(finished.errors) \(finished.output)")
        let replica = world.folder.file("\(agency).sqlite")
        let leaves = try sqlite(world.database, "SELECT count(*) FROM leaf WHERE kind = 'event'")
        #expect(try sqlite(replica, "SELECT accounted > \(leaves) FROM sync_state") == "1")
        #expect(try sqlite(replica, "SELECT count(*) FROM case_leaves") == "4")
        #expect(try sqlite(replica, "SELECT count(*) FROM withheld_leaves") == "0")
      }
      try act(.verifications, on: ids[2], server.client(world.keys["BKN"]))
      try world.settle(server)
      #expect(try sync("BKN", server.port).ending == .exit(0))

      // A replica from before is made anew, since nobody has held its cases against their leaves.
      let replica = world.folder.file("BKN.sqlite")
      try sqlite(replica, "DELETE FROM case_leaves", readonly: false)
      #expect(try sync("BKN", server.port).ending == .exit(0))
      #expect(try sqlite(replica, "SELECT count(*) FROM case_leaves") == "4")
      try server.stop()
    }

    @Test(
      "of a service that alters what it shows end with a status of their own, and evidence",
      arguments: [
        ("alter", "subject.name of case"), ("decision", "stage of case"), ("borrow", "is not what leaf"),
        ("relabel", "is shown as another one"), ("cut", "is not listed"), ("clock", "clocks of case"),
        ("redact", "withholds subject"), ("far", "does not have there"),
      ])
    func altered(kind: String, words: String) throws {
      let server = try RunningServer(world.database)
      let ids = try cases(server)
      let (liar, port) = try lie(kind, ids[0], to: "BKN", server)
      let finished = try sync("BKN", port)
      #expect(finished.ending == .exit(8), "\(finished.errors)")
      #expect(finished.errors.contains(words), "\(finished.errors)")
      #expect(finished.errors.contains("the evidence is in "))
      let folder = world.folder.file("BKN.sqlite.witness")
      let name = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("evidence-") })
      let evidence = try JSONValue.parse([UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(name)"))))
      #expect(evidence["reason"].text?.contains(words) == true)
      liar.send(SIGKILL)
      _ = try liar.wait()
      // The true service is still believed, and nothing of what was false is kept.
      let after = try sync("BKN", server.port)
      #expect(after.ending == .exit(0), "\(after.errors)")
      #expect(try sqlite(world.folder.file("BKN.sqlite"), "SELECT count(*) FROM cases WHERE json LIKE '%Lain%'") == "0")
      try server.stop()
    }

    @Test("are complete where a snapshot withholds who was named by mistake, since the right one follows")
    func wrongPerson() throws {
      let server = try RunningServer(world.database)
      let owner = try server.client(world.keys["PANRB"])
      let id = try #require(try owner.create("account-1").json["id"].text)
      let seq = try sqlite(world.database, "SELECT max(seq) FROM event")
      let tag = try #require(try owner.get("/v1/cases/\(id)").fields["etag"])
      let right = #"{"subject":{"name":"Orang Benar"},"wrong_person":true,"reason":"Orang lain."}"#
      #expect(try owner.ask("PATCH", "/v1/cases/\(id)", ["If-Match": tag], right).status == 200)
      try world.settle(server)
      let (liar, port) = try lie("past-\(seq)", id, to: "BAWASLU", server)
      let finished = try sync("BAWASLU", port)
      #expect(finished.ending == .exit(0), "\(finished.errors) \(finished.output)")
      let replica = world.folder.file("BAWASLU.sqlite")
      #expect(try sqlite(replica, "SELECT json ->> '$.subject.name' FROM cases") == "Orang Benar")
      #expect(try sqlite(replica, "SELECT count(*) FROM case_leaves") == "1")
      #expect(try sqlite(replica, "SELECT count(*) FROM withheld_leaves") == "0")
      liar.send(SIGKILL)
      _ = try liar.wait()
      try server.stop()
    }

    @Test("hand back the own reports that a restoration has lost, and name what is to be recorded again")
    func giveBack() throws {
      let token = try makeKey(world.database, ["--agency", "BAWASLU", "--scopes", "sync,imports"])
      let backup = try world.copy("backup.sqlite")
      let server = try RunningServer(world.database)
      let ids = try cases(server)
      for agency in ["BAWASLU", "BKN"] { #expect(try sync(agency, server.port).ending == .exit(0)) }
      let port = server.port
      try server.stop()

      // What a restoration leaves behind: the rows of the backup, and the mark that an epoch begins.
      try sqlite(backup, "INSERT INTO setting (name, value) VALUES ('record_restored', x'')", readonly: false)
      let restored = try RunningServer(backup, port: port)
      expectRefused(try sync("BAWASLU", port, "--give-back"), saying: "may not be used here")
      try writeKey(token, to: world.folder.file("BAWASLU"))
      let replica = world.folder.file("BAWASLU.sqlite")
      let before = try sqlite(replica, "SELECT id, version FROM cases ORDER BY id")
      let given = try sync("BAWASLU", port, "--give-back")
      #expect(given.ending == .exit(3), "\(given.errors)")
      #expect(given.output.split(separator: "\n").count == 4)
      for id in ids { #expect(given.output.contains("given back    case \(id) as "), "\(given.output)") }
      #expect(given.output.contains("\(ids[1]) as ") && given.output.contains("; record again: verified 2024-10-09"))
      #expect(try sqlite(replica, "SELECT id, version FROM cases ORDER BY id") == before)
      let again = try sync("BAWASLU", port, "--give-back")
      #expect(again.output.replacing("on record     ", with: "given back    ") == given.output)
      #expect(try restored.client(world.keys["BAWASLU"]).get("/v1/cases").json["items"].items.count == 4)
      let other = try sync("BKN", port, "--give-back")
      #expect(other.ending == .exit(3) && other.output.contains("of BAWASLU"), "\(other.errors)")

      // The facts are those of before, whoever asks.
      let members = ["subject", "act", "source", "reporter", "violation", "region", "motives", "institution"]
      let list =
        "SELECT \(members.map { "json -> '$.\($0)'" }.joined(separator: ", ")) FROM cases ORDER BY agency_ref"
      let old = try sqlite(replica, list)
      let accepted = try sync("BAWASLU", port, "--accept-epoch", "2", "--fresh")
      #expect(accepted.ending == .exit(0), "\(accepted.errors)")
      #expect(try sqlite(replica, list) == old)
      try restored.stop()
    }

    @Test(
      "of a service that goes back on what it has shown end with a status of their own",
      arguments: [
        ("rollback", 8, "was shown with leaf"), ("withdraw", 8, "versions are kept back"), ("below", 1, "without leaf"),
      ])
    func goingBack(kind: String, status: Int32, words: String) throws {
      let server = try RunningServer(world.database)
      let ids = try cases(server)
      let (liar, port) = try lie(kind, ids[2], to: "BKN", server)
      #expect(try sync("BKN", server.port).ending == .exit(0))
      try act(.verifications, on: ids[2], server.client(world.keys["BKN"]))
      try world.settle(server)
      if kind != "below" {
        #expect(try sync("BKN", server.port).ending == .exit(0))
        try act(.verifications, on: ids[3], server.client(world.keys["BKN"]))
        try world.settle(server)
      }
      let replica = world.folder.file("BKN.sqlite")
      let before = try sqlite(replica, "SELECT id, version FROM cases ORDER BY id")
      try move("BKN", to: port)
      let finished = try sync("BKN", port)
      #expect(finished.ending == .exit(status), "\(finished.errors)")
      #expect(finished.errors.contains(words), "\(finished.errors)")
      if kind == "withdraw" {
        #expect(finished.output.contains("kept back     leaf "), "\(finished.output)")
      } else {
        #expect(try sqlite(replica, "SELECT id, version FROM cases ORDER BY id") == before)
      }
      liar.send(SIGKILL)
      _ = try liar.wait()
      try server.stop()
    }

    @Test("of a service whose feed stands still while the record goes on end with a status of their own")
    func frozen() throws {
      let server = try RunningServer(world.database)
      let ids = try cases(server)
      #expect(try sync("BKN", server.port).ending == .exit(0))
      let (liar, port) = try lie("freeze", ids[2], to: "BKN", server)
      try move("BKN", to: port)
      for id in ids[2...] {
        try act(.verifications, on: id, server.client(world.keys["BKN"]))
        try world.settle(server)
        let finished = try sync("BKN", port)
        // What was signed after the feed was asked for, nobody can tell from what is kept back.
        #expect(finished.ending == .exit(id == ids[2] ? 0 : 8), "\(finished.errors)")
      }
      liar.send(SIGKILL)
      _ = try liar.wait()
      try move("BKN", to: server.port)
      #expect(try sync("BKN", server.port).ending == .exit(0))
      try server.stop()
    }

    @Test("name a case that is kept back, once, and go on")
    func hidden() throws {
      let server = try RunningServer(world.database)
      let ids = try cases(server)
      let (liar, port) = try lie("hide", ids[0], to: "BKN", server)
      let finished = try sync("BKN", port)
      #expect(finished.ending == .exit(8), "\(finished.errors)")
      #expect(finished.output.contains("kept back     leaf "), "\(finished.output)")
      let replica = world.folder.file("BKN.sqlite")
      #expect(try sqlite(replica, "SELECT count(*), count(case_id) FROM withheld_leaves") == "2|0")
      #expect(try sqlite(replica, "SELECT count(*) FROM cases") == "3")
      let again = try sync("BKN", port)
      #expect(again.ending == .exit(0), "\(again.errors)")
      #expect(try sync("BKN", server.port, "--fresh").ending == .exit(0))
      #expect(try sqlite(replica, "SELECT count(*) FROM withheld_leaves") == "0")
      liar.send(SIGKILL)
      _ = try liar.wait()
      try server.stop()
    }
  }
}
