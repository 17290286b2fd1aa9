internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension ProgramTests {
  /// `netral sync` that is cut off, killed and run again.
  @Suite("synchronisation, interrupted")
  struct InterruptionTests {
    private let agencies: Agencies

    init() throws { agencies = try Agencies() }

    private func partial(_ sql: String) throws -> String { try sqlite(agencies.replica("BKN") + ".partial", sql) }

    @Test("a snapshot that is cut off again and again goes on where it was, and only a whole replica gets the name")
    func cut() throws {
      let proxy = try FlakyProxy(to: agencies.server.port)
      defer { proxy.close() }
      var (counts, allowance) = ([Int](), 4_000)
      while true {
        proxy.cut(FlakyProxy.Cut(receivedBytes: allowance))
        let finished = try agencies.sync("BKN", "--quiet", "--retries", "0", port: proxy.port)
        if finished.ending == .exit(0) { break }
        expectRefused(finished, saying: "curl: (")
        #expect(!FileManager.default.fileExists(atPath: agencies.replica("BKN")))
        counts.append(Int(try partial("SELECT count(*) FROM cases")) ?? -1)
        if counts.last ?? 0 > 0 {
          #expect(try partial("SELECT max(id) = last_case_id OR complete FROM cases, sync_state") == "1")
        }
        allowance += 4_000
      }
      #expect(counts == counts.sorted() && Set(counts).count > 3, "\(counts)")
      try agencies.expectEqual("BKN")
      #expect(try agencies.folder.names().filter { $0.hasPrefix("BKN.") } == ["BKN.sqlite", "BKN.sqlite.lock"])
      try agencies.server.stop()
    }

    @Test("one run gets over cuts by itself, and says so")
    func retries() throws {
      let proxy = try FlakyProxy(to: agencies.server.port)
      defer { proxy.close() }
      proxy.cut(FlakyProxy.Cut(receivedBytes: 30_000))
      let job = try Child(agencies.arguments("BKN", ["--quiet"], port: proxy.port))
      try poll("the first cut") { job.errors.contains("asking again") ? true : nil }
      proxy.cut(FlakyProxy.Cut())
      #expect(try job.wait() == .exit(0), "\(job.errors)")
      #expect(job.errors.contains("netral sync: curl: ("))
      try agencies.expectEqual("BKN")
      try agencies.server.stop()
    }

    @Test("one run waits its turn when the server says that it is too much")
    func busy() throws {
      let agencies = try Agencies()
      var others = try (0..<4).map { _ in try agencies.client("BKN") }
      // Manifests that do not end keep the agency's four places.
      let head = ["Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"]
      let request = Client.request("POST", "/v1/reconciliations", head, nil, key: agencies.keys["BKN"])
      for other in others { try other.send(request + "1\r\n\n\r\n") }
      let job = try Child(agencies.arguments("BKN", ["--quiet"]))
      try poll("a refusal") { job.errors.contains("the server answers 429") ? true : nil }
      others = []
      #expect(try job.wait() == .exit(0), "\(job.errors)")
      #expect(job.errors.contains("; asking again in "))
      try agencies.expectEqual("BKN")
      try agencies.server.stop()
    }

    @Test("a page of the feed that is cut off is not applied")
    func cutPage() throws {
      #expect(try agencies.sync("BKN", "--quiet").ending == .exit(0))
      let file = agencies.replica("BKN")
      let seq = try sqlite(file, "SELECT seq FROM sync_state")
      for number in 1...40 { #expect(try agencies.client("BAWASLU").create("baru-\(number)").status == 201) }
      let proxy = try FlakyProxy(to: agencies.server.port)
      defer { proxy.close() }
      // The address belongs to what a replica is made of; the feed is 60 KB.
      try sqlite(file, "UPDATE sync_state SET server = 'http://127.0.0.1:\(proxy.port)'", readonly: false)
      proxy.cut(FlakyProxy.Cut(receivedBytes: 20_000))
      expectRefused(try agencies.sync("BKN", "--quiet", "--retries", "0", port: proxy.port), saying: "curl: (18)")
      #expect(try sqlite(file, "SELECT (SELECT count(*) FROM cases), seq FROM sync_state") == "2045|\(seq)")
      proxy.cut(FlakyProxy.Cut())
      #expect(try agencies.sync("BKN", "--quiet", port: proxy.port).ending == .exit(0))
      try agencies.expectEqual("BKN")
      try agencies.server.stop()
    }

    @Test("killed at any point, and run again until it is done", arguments: [SIGKILL, SIGTERM, SIGINT])
    func killed(signal: Int32) throws {
      let proxy = try FlakyProxy(to: agencies.server.port)
      defer { proxy.close() }
      let seed = UInt64.random(in: .min ... .max)
      print("sync killed: seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      for _ in 1...8 {
        // What comes through decides how far it gets: at the cut it waits before it asks again, and is met there.
        proxy.cut(FlakyProxy.Cut(receivedBytes: Int.random(in: 2_000...120_000, using: &generator)))
        let job = try Child(agencies.arguments("BKN", port: proxy.port))
        let words = [
          "snapshot: 0 %", "snapshot: 20 %", "snapshot: 80 %", "asking again", "changes:", "reconciliation:",
        ]
        let word = words.randomElement(using: &generator) ?? words[0]
        let ended = try poll("a point of the run") { () -> Bool? in
          if job.ending() != nil { return true }
          return job.errors.contains(word) || job.errors.contains("asking again") ? false : nil
        }
        if !ended { job.send(signal) }
        _ = try job.wait()
      }
      proxy.cut(FlakyProxy.Cut())
      let last = try agencies.sync("BKN", "--quiet", port: proxy.port)
      #expect(last.ending == .exit(0), "\(last.errors)")
      try agencies.expectEqual("BKN")
      #expect(try sqlite(agencies.replica("BKN"), "PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok")
      try agencies.server.stop()
    }

    @Test("the lines of docs/synchronising.md, run first and later, keep what the service exports")
    func script() throws {
      let script = projectFile("scripts/replicate")
      let page = try Page("docs/synchronising.md").text
      #expect(page.contains("```sh\n" + (try String(contentsOfFile: script, encoding: .utf8)) + "```"))
      let folder = agencies.folder.file("kept")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let words = [
        "bash", script, "http://127.0.0.1:\(agencies.server.port)", agencies.folder.file("KEMENDAGRI"), folder,
      ]
      for round in 1...2 {
        let finished = try run(words)
        #expect(finished.ending == .exit(0), "\(finished.errors)")
        #expect(finished.output.contains("\"in_agreement\":true"))
        let exported = try agencies.client("KEMENDAGRI").get("/v1/exports/cases").text.split(separator: "\n")
        let kept = try String(contentsOfFile: folder + "/cases.ndjson", encoding: .utf8).split(separator: "\n")
        #expect(kept.count > 100)
        #expect(Set(kept) == Set(exported.dropFirst().dropLast()) && kept.count == exported.count - 2)
        guard round == 1 else { continue }
        let id = try #require(kept[0].firstMatch(of: #/"id":"([^"]+)"/#)?.output.1)
        #expect(
          kept.map { $0.firstMatch(of: #/"id":"([^"]+)"/#)?.output.1 ?? "" }
            == kept.map { $0.firstMatch(of: #/"id":"([^"]+)"/#)?.output.1 ?? "" }.sorted())
        try agencies.change("BAWASLU", "PATCH", "", to: String(id), #"{"institution":"kemenag","reason":"Koreksi."}"#)
        let difficult =
          #"{"act":{"narrative":"a\tb\\\"etag\\\":\",\u2028é 1.50 \\ ","urls":["https://a.example/,"]}}"#
        let body = Sample.caseBody(difficult, agencyRef: "sulit")
        #expect(try agencies.client("BAWASLU").post("/v1/cases", body, idempotencyKey: "sulit").status == 201)
      }
      try agencies.server.stop()
    }
  }
}
