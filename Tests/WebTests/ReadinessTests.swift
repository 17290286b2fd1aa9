internal import Dispatch
internal import Domain
internal import HTTPServer
internal import JSON
internal import Service
internal import Storage
internal import TestSupport
internal import Testing
internal import Web

@Suite("Readiness", .timeLimit(.minutes(10)))
struct ReadinessTests {
  private func failed(_ answer: HTTPAnswer) -> [String] {
    #expect(answer.status == 503 && answer["retry-after"] != nil, "\(answer.text)")
    #expect(answer.json["code"].string == "storage_unavailable")
    for error in answer.json["errors"].items { #expect(error["code"].string == "unavailable") }
    return answer.json["errors"].items.compactMap { $0["parameter"].string }
  }

  @Test("names its checks, and leaves nothing behind")
  func ready() async throws {
    try await withService { visitor in
      let answer = try visitor.ask("GET", "/readyz", [])
      #expect(answer.text == #"{"status":"ready","checks":{"read":"ok","write":"ok","queue":"ok","disk":"ok"}}"#)
      #expect(try visitor.get("/v1/changes", as: .bkn).json["head"].int == 0)
      #expect(try visitor.ask("GET", "/livez", []).text == #"{"status":"ok"}"#)
    }
  }

  @Test("is over when the disk has less room than is asked for")
  func lowDisk() async throws {
    try await withService(
      { $0.diskFreeBytesMin = .max },
      { visitor in
        let answer = try visitor.ask("GET", "/readyz", [("Accept-Language", "id")])
        #expect(failed(answer) == ["disk"])
        #expect(answer.json["errors"][0]["detail"].string == "Ruang disk hampir habis.")
        // What is kept on the disk is still served.
        #expect(try visitor.get("/v1/cases", as: .bkn).status == 200)
      })
  }

  @Test("is looked at once for all who ask together")
  func shared() async throws {
    try await withService { visitor in
      let store = visitor.service.store
      let blocked = BlockedWriter(store)
      await blocked.hasBegun()
      let before = store.condition().commits.seconds.count
      let clients = try (0..<40).map { _ in try visitor.newClient() }
      for client in clients { try client.send("GET", "/readyz", [], nil) }
      // All of them are being answered, and one of them has a write in the line.
      while visitor.service.server.requestsInFlight < 40 || store.condition().queued.isEmpty { await Task.yield() }
      #expect(store.condition().queued == [.operator: 1])
      try await blocked.release()
      for client in clients { #expect(try client.answer().status == 200) }
      // The writer's own, and one for all probes.
      #expect(store.condition().commits.seconds.count == before + 2)
    }
  }

  @Test("is over soon when writes stand, comes back with them, and sends no further write after one that hangs")
  func behind() async throws {
    try await withService(
      { $0.readyWaitMax = .milliseconds(20) },
      { visitor in
        let store = visitor.service.store
        // On a busy machine a probe may be late without a fault of anybody.
        while try visitor.ask("GET", "/readyz", []).status != 200 { await Task.yield() }
        let blocked = BlockedWriter(store)
        await blocked.hasBegun()
        // The good result ends by itself.
        while try visitor.ask("GET", "/readyz", []).status == 200 { await Task.yield() }
        #expect(failed(try visitor.ask("GET", "/readyz", [])) == ["write", "queue"])
        #expect(failed(try visitor.ask("GET", "/readyz", [])) == ["write", "queue"])
        #expect(store.condition().queued == [.operator: 1])
        let metrics = try visitor.metrics()
        #expect(metrics["netral_write_queue_depth"] == 1)
        #expect(metrics["netral_write_queue_depth_by_owner", "owner=operator"] == 1)
        #expect((metrics["netral_write_queue_oldest_seconds"] ?? 0) >= 0.02)
        try await blocked.release()
        while !store.condition().queued.isEmpty { await Task.yield() }
        while try visitor.ask("GET", "/readyz", []).status != 200 { await Task.yield() }
      })
  }

  @Test("is over when the line of writes is full")
  func full() async throws {
    try await withService(
      { $0.readyWaitMax = .milliseconds(20) },
      { visitor in
        let store = visitor.service.store
        let blocked = BlockedWriter(store)
        await blocked.hasBegun()
        let waiting = Task { try await store.write(by: .agency(.bkn), dryRun: true) { _ in } }
        while !store.condition().isFull { await Task.yield() }
        #expect(failed(try visitor.ask("GET", "/readyz", [])).prefix(2) == ["write", "queue"])
        try await blocked.release()
        try await waiting.value
      }, store: { $0.queueMax = 1 })
  }
}

/// A write that holds the writer until it is released.
private final class BlockedWriter: Sendable {
  private let began = DispatchSemaphore(value: 0)
  private let end = DispatchSemaphore(value: 0)
  private let write: Task<Void, any Error>

  init(_ store: SQLiteStore) {
    write = Task { [began, end] in
      try await store.write(by: .operator, dryRun: false) { _ in
        began.signal()
        end.wait()
      }
    }
  }

  func hasBegun() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [began] in
        began.wait()
        continuation.resume()
      }
    }
  }

  func release() async throws {
    end.signal()
    try await write.value
  }
}
