internal import Foundation
internal import Glibc
internal import JSON
internal import Synchronization
internal import TestSupport
internal import Testing

/// What the server has acknowledged, gathered from many threads.
final class Acknowledged: Sendable {
  private let identities: Mutex<[String: String]> = Mutex([:])

  var count: Int { identities.withLock { $0.count } }
  var all: [String: String] { identities.withLock { $0 } }

  /// Takes note of an answer: a 201 names the case.
  func note(_ reference: String, _ reply: Reply) {
    guard reply.status == 201, let id = reply.json["id"].text else { return }
    identities.withLock { $0[reference] = id }
  }

  /// Expects that every acknowledged case is there with its history, and that a retry gets the first answer.
  func verify(_ client: Client, _ references: [String]? = nil) throws {
    let all = all
    for reference in references ?? all.keys.sorted() {
      guard let id = all[reference] else { continue }
      let shown = try client.get("/v1/cases/\(id)")
      #expect(shown.status == 200, "\(reference)")
      #expect(shown.text.contains("\"version\":1,"))
      #expect(shown.json["source"]["agency_ref"].text == reference)
      let events = try client.get("/v1/cases/\(id)/history").json["items"].items
      #expect(events.map { $0["what"].text } == ["created"], "\(reference)")
      let retry = try client.create(reference)
      #expect(retry.status == 201, "\(reference)")
      #expect(retry.fields["idempotency-replayed"] == "true", "\(reference)")
      #expect(retry.json["id"].text == id, "\(reference)")
      #expect(retry.fields["etag"] == shown.fields["etag"])
    }
  }
}

/// Expects that the file is whole: intact, its sequence without gaps, nothing twice and nothing halved.
func expectWhole(_ database: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  #expect(try sqlite(database, "PRAGMA integrity_check") == "ok", sourceLocation: sourceLocation)
  #expect(try sqlite(database, "PRAGMA foreign_key_check").isEmpty, sourceLocation: sourceLocation)
  let counts = try formerTables(
    database,
    """
    SELECT (SELECT count(*) FROM case_record) = (SELECT count(*) FROM case_version)
      AND (SELECT count(*) FROM case_record) = (SELECT count(*) FROM event)
      AND (SELECT count(*) FROM case_record) = (SELECT count(*) FROM idempotency)
      AND (SELECT coalesce(max(seq), 0) = count(*) FROM event)
      AND (SELECT count(DISTINCT agency_ref) = count(*) FROM case_record)
    """)
  #expect(counts == "1", sourceLocation: sourceLocation)
}

extension ProgramTests {
  @Suite("killed under load")
  struct CrashTests {
    private let threadCount = 6
    private let roundCount = 6

    @Test("loses nothing that it has acknowledged, and makes nothing twice")
    func killed() throws {
      let seed = UInt64.random(in: .min ... .max)
      print("kill -9 under load: seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      let folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      let key = try makeReporter(database)
      let acknowledged = Acknowledged()
      var sent: [String] = []
      for round in 1...roundCount {
        let server = try RunningServer(database)
        try verify(sent, acknowledged, try server.client(key))
        try expectWhole(database)
        let target = acknowledged.count + Int.random(in: 1...120, using: &generator)
        sent = try load(server, key, round, acknowledged, until: target)
      }
      let server = try RunningServer(database)
      try verify(sent, acknowledged, try server.client(key))
      try acknowledged.verify(try server.client(key))
      try server.stop()
      try expectWhole(database)
      #expect(acknowledged.count >= roundCount)
    }

    /// Creates cases from several threads and kills the server in the middle; returns everything that was sent.
    private func load(
      _ server: RunningServer, _ key: String, _ round: Int, _ acknowledged: Acknowledged, until target: Int
    ) throws -> [String] {
      let port = server.port
      let threads = Threads(threadCount) { thread -> [String] in
        var sent: [String] = []
        // The server dies under it: whatever fails then is not acknowledged.
        guard let client = try? Client(port: port, key: key) else { return sent }
        for number in 0..<2_000 {
          let reference = "R\(round)-\(thread)-\(number)"
          sent.append(reference)
          guard let reply = try? client.create(reference) else { break }
          acknowledged.note(reference, reply)
        }
        return sent
      }
      try poll("\(target) acknowledged creates") { acknowledged.count >= target ? true : nil }
      try server.kill()
      return try threads.values().flatMap { $0 }
    }

    /// What was acknowledged is there; what was not may be there or not, and a retry makes it once.
    private func verify(_ sent: [String], _ acknowledged: Acknowledged, _ client: Client) throws {
      try acknowledged.verify(client, sent)
      for reference in sent where acknowledged.all[reference] == nil {
        let reply = try client.create(reference)
        #expect(reply.status == 201, "\(reference): \(reply.text)")
        acknowledged.note(reference, reply)
      }
    }
  }
}
