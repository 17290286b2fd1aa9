internal import Foundation
internal import Glibc
internal import JSON
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// Reporters whom their agency alone reads, as somebody else's HPKE and `netral open` see them.
  @Suite("sealed reporters")
  struct SealedReporterTests {
    private let folder: TemporaryFolder
    private var database: String { folder.file("netral.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func hpke(_ words: String..., input: String = "") throws -> [String] {
      let file = folder.file("input")
      try input.write(toFile: file, atomically: true, encoding: .utf8)
      let script = projectFile("Tests/NetralTests/hpke.py")
      let finished = try run(
        ["sh", "-c", "exec \"$@\" < '\(file)'", "sh", projectFile(".build-python") + "/bin/python", "-B", script]
          + words)
      guard finished.ending == .exit(0) else { throw TestFailure("hpke.py \(words): \(finished.errors.suffix(300))") }
      return finished.output.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func report(_ ref: String, _ reporter: String) -> String {
      """
      {"election": "pilkada-2024", "region": "16.71", "institution": "16.71", "violation": "DS-06",
       "subject": {"name": "Pegawai", "identifier_missing": true, "position_level": "pelaksana"},
       "act": {"occurred_on": "2024-10-02", "narrative": "Uraian."},
       "source": {"kind": "laporan", "agency_ref": "\(ref)", "received_on": "2024-10-06"}, "reporter": \(reporter)}
      """
    }

    @Test("are opened by pyhpke as we have sealed them, and by us as pyhpke has")
    func interoperable() throws {
      let access = try makeReporter(database)
      let server = try RunningServer(database)
      let client = try server.client(access)
      let path = "/v1/agencies/BAWASLU/sealing-key"
      // A key of theirs, whose possession they prove.
      let pair = try hpke("key")
      let challenge = try client.ask("PUT", path, [:], #"{"public_key":"\#(pair[1])"}"#)
      #expect(challenge.status == 202, "\(challenge.text)")
      func member(_ name: String) -> String { challenge.json[name].text ?? "" }
      let nonce = try hpke(
        "open", pair[0], member("enc"), member("ciphertext"), "netral possession 1 BAWASLU \(member("key_id"))", "")[0]
      let registered = try client.ask("PUT", path, [:], #"{"public_key":"\#(pair[1])","nonce":"\#(nonce)"}"#)
      #expect(registered.status == 200, "\(registered.text)")
      let theirs = registered.json["keys"].items.first?["key_id"].text ?? ""
      let made = try client.post(
        "/v1/cases", Self.report("S-1", #"{"mode": "named", "name": "Pelapor Rahasia", "contact": "0812"}"#),
        idempotencyKey: "one")
      #expect(made.status == 201 && !made.text.contains("Rahasia"), "\(made.text)")
      let copy = made.json["reporter"]["sealed"].items.first ?? .null
      let opened = try hpke(
        "open", pair[0], copy["enc"].text ?? "", copy["ciphertext"].text ?? "", "netral reporter 1 BAWASLU \(theirs)",
        "S-1")[0]
      let plain = Data(base64Encoded: opened) ?? Data()
      #expect(plain.count == 256)
      #expect(
        String(decoding: plain, as: UTF8.self).trimmingCharacters(in: .whitespaces)
          == #"{"name":"Pelapor Rahasia","contact":"0812"}"#)
      // A key of ours takes over from it; what they seal to it we open.
      let file = folder.file("own.sealing")
      let own = try netral("open", "--private-key", file, "--new").output.trimmingCharacters(in: .newlines)
      #expect(try netral("open", "--private-key", file, "--new").output.contains(own), "a key that is there stays")
      let asked = try client.ask("PUT", path, [:], #"{"public_key":"\#(own)","ends":["\#(theirs)"]}"#)
      try asked.text.write(toFile: folder.file("challenge"), atomically: true, encoding: .utf8)
      let answer = try netral("open", "--private-key", file, folder.file("challenge"))
      for _ in 1...2 {
        let taken = try client.ask("PUT", path, [:], answer.output)
        #expect(taken.status == 200 && taken.json["keys"].items.count == 1, "also when it is sent again: \(taken.text)")
      }
      let taken = try client.get(path)
      let ours = taken.json["keys"].items.first?["key_id"].text ?? ""
      let text = #"{"name":"Pelapor Tersegel","contact":null}"#
      let sealed = try hpke(
        "seal", own, "netral reporter 1 BAWASLU \(ours)", "S-2",
        input: text + String(repeating: " ", count: 256 - text.utf8.count))
      let reporter = """
        {"mode": "confidential", "sealed": [{"key_id": "\(ours)", "enc": "\(sealed[0])", "ciphertext": "\(sealed[1])"}]}
        """
      let second = try client.post("/v1/cases", Self.report("S-2", reporter), idempotencyKey: "two")
      #expect(second.status == 201, "\(second.text)")
      #expect(second.json["reporter"]["sealed"].items.first?["ciphertext"].text == sealed[1])
      try server.stop()
      for reply in [second.text, try list(client: nil, access)] {
        try reply.write(toFile: folder.file("case.json"), atomically: true, encoding: .utf8)
        let shown = try netral("open", "--private-key", file, folder.file("case.json"))
        #expect(shown.output.contains("Pelapor Tersegel") && !shown.output.contains(sealed[1]), "\(shown)")
        // What was sealed to the other key stays sealed, and the status says so.
        #expect(shown.ending == (reply == second.text ? .exit(0) : .exit(3)), "\(shown.ending)")
      }
      // A number that a correction has changed since is given by hand; another one opens nothing.
      try second.text.replacing("S-2", with: "S-9").write(
        toFile: folder.file("case.json"), atomically: true, encoding: .utf8)
      #expect(try netral("open", "--private-key", file, folder.file("case.json")).ending == .exit(3))
      let by = try netral("open", "--private-key", file, "--agency-ref", "S-2", folder.file("case.json"))
      #expect(by.ending == .exit(0) && by.output.contains("Pelapor Tersegel"))
    }

    private func list(client: Client?, _ access: String) throws -> String {
      let server = try RunningServer(database)
      defer { try? server.stop() }
      return try server.client(access).get("/v1/cases?format=ndjson").text
    }

    @Test("are opened by the owner of the key alone, and a file that is none is told in one line")
    func badKeys() throws {
      let file = folder.file("own.sealing")
      expectRefused(try netral("open", "--private-key", file), saying: "cannot be read")
      #expect(try netral("open", "--private-key", file, "--new").ending == .exit(0))
      chmod(file, 0o644)
      expectRefused(try netral("open", "--private-key", file, "--new"), saying: "for its owner alone")
      chmod(file, 0o600)
      for (text, words) in [
        ("{", "is no JSON"), ("[]", "no object"), (#"{"code":"not_found"}"#, "neither a case nor a challenge"),
        (#"{"agency":"X","keys":[]}"#, "registered already"),
        (#"{"agency":"X","key_id":"x","enc":"x","ciphertext":"x"}"#, "was not sealed to this key"),
      ] {
        try text.write(toFile: folder.file("input.json"), atomically: true, encoding: .utf8)
        expectRefused(try netral("open", "--private-key", file, folder.file("input.json")), saying: words)
      }
      try "not a key".write(toFile: file, atomically: false, encoding: .utf8)
      expectRefused(try netral("open", "--private-key", file), saying: "no private sealing key")
    }

    @Test("are sealed by the pinned key, or the job that follows ends with 8")
    func pinned() throws {
      let access = try makeKey(database, ["--agency", "BAWASLU", "--scopes", "cases:read,cases:write,sync"])
      let server = try RunningServer(database)
      let client = try server.client(access)
      #expect(try client.create("one").status == 201)
      let (key, own, pins) = (folder.file("key"), folder.file("own"), folder.file("pins"))
      try writeKey(access, to: key)
      let published = try netral("witness", "key", "--key-file", own, "--name", "bawaslu.go.id").output
      let log = try netral("record", "key", "--database", database).output
      let sealing = folder.file("own.sealing")
      let publicKey = try netral("open", "--private-key", sealing, "--new").output.trimmingCharacters(in: .newlines)
      func sync(_ lines: String, into replica: String = "r.sqlite") throws -> Finished {
        try "log \(log)witness BAWASLU \(published)\(lines)".write(toFile: pins, atomically: true, encoding: .utf8)
        return try netral(
          "sync", "--server", "http://127.0.0.1:\(server.port)", "--key-file", key, "--into", folder.file(replica),
          "--pins", pins, "--witness-key", own, "--quorum", "0", "--retries", "0", "--quiet")
      }
      #expect(try sync("").ending == .exit(0))
      let missing = try sync("sealing BAWASLU \(publicKey)\n")
      #expect(missing.ending == .exit(8) && missing.errors.contains("does not seal reporters"), "\(missing)")
      let challenge = try client.ask(
        "PUT", "/v1/agencies/BAWASLU/sealing-key", [:], #"{"public_key":"\#(publicKey)"}"#)
      try challenge.text.write(toFile: folder.file("challenge"), atomically: true, encoding: .utf8)
      let body = try netral("open", "--private-key", sealing, folder.file("challenge")).output
      #expect(try client.ask("PUT", "/v1/agencies/BAWASLU/sealing-key", [:], body).status == 200)
      let strange = try sync("")
      #expect(strange.ending == .exit(8) && strange.errors.contains("is not pinned"), "\(strange)")
      let finished = try sync("sealing BAWASLU \(publicKey)\n")
      #expect(finished.ending == .exit(0), "\(finished)")
      expectRefused(try sync("sealing BAWASLU x\n"), saying: "no sealing key")
      // A key that comes and goes between two runs has left its copies.
      let stolen = folder.file("stolen.sealing")
      let other = try netral("open", "--private-key", stolen, "--new").output.trimmingCharacters(in: .newlines)
      let firstID = try client.get("/v1/agencies/BAWASLU/sealing-key").json["keys"].items.first?["key_id"].text ?? ""
      func register(_ file: String, _ key: String, ends: String) throws {
        let path = "/v1/agencies/BAWASLU/sealing-key"
        let challenge = try client.ask("PUT", path, [:], #"{"public_key":"\#(key)","ends":["\#(ends)"]}"#)
        try challenge.text.write(toFile: folder.file("challenge"), atomically: true, encoding: .utf8)
        let body = try netral("open", "--private-key", file, folder.file("challenge")).output
        #expect(try client.ask("PUT", path, [:], body).status == 200)
      }
      try register(stolen, other, ends: firstID)
      let swapped = try client.get("/v1/agencies/BAWASLU/sealing-key").json["keys"].items.first?["key_id"].text ?? ""
      let made = try client.post(
        "/v1/cases", Self.report("S-7", #"{"mode": "named", "name": "Pelapor", "contact": null}"#),
        idempotencyKey: "two")
      #expect(made.status == 201)
      let third = folder.file("third.sealing")
      let last = try netral("open", "--private-key", third, "--new").output.trimmingCharacters(in: .newlines)
      try register(third, last, ends: swapped)
      let lines = "sealing BAWASLU \(last)\nsealing-ended BAWASLU \(publicKey)\n"
      for database in ["r.sqlite", "new.sqlite"] {
        let caught = try sync(lines, into: database)
        #expect(caught.ending == .exit(8) && caught.errors.contains("no line of the file of pins names"), "\(caught)")
        #expect(!caught.errors.contains("what the service shows"), "\(caught)")
      }
      let followed = try sync(lines + "sealing-ended BAWASLU \(other)\n")
      #expect(followed.ending == .exit(0), "\(followed)")
      try server.stop()
      #expect(try netral("doctor", "--full", "--database", database).output.contains("ok\tintegrity"))
    }
  }
}
