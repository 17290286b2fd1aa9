internal import Domain
internal import Service
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct IdempotencyTests {
  private let reply = StoredReply(
    requestDigest: Array(repeating: 7, count: 32), status: 201, caseID: Sample.caseID(1), version: 3, resource: "r-1")

  private func remember(_ bench: TemporaryStore, _ owner: KeyOwner, _ key: String, dryRun: Bool = false) async throws {
    let now = bench.clock.now
    try await bench.store.write(by: .operator, dryRun: dryRun) { [reply] in try $0.remember(reply, owner, key, at: now)
    }
  }

  /// The reply that is found, as it was given to be remembered; nil where the request was another one.
  private func find(
    _ bench: TemporaryStore, _ owner: KeyOwner, _ key: String, digest: [UInt8] = Array(repeating: 7, count: 32)
  ) throws -> StoredReply? {
    try bench.store.read(on: 0) { reads in
      guard var reply = try reads.reply(owner, key), try reads.isReply(reply, to: [[], digest]) else { return nil }
      #expect(reply.requestDigest != digest)
      (reply.requestDigest, reply.recordedAt) = (digest, Timestamp(milliseconds: 0))
      return reply
    }
  }

  @Test func `a reply to another request is none to this one`() async throws {
    try await TemporaryStore.open { bench in
      try await remember(bench, .agency(.bkn), "k")
      #expect(try find(bench, .agency(.bkn), "k", digest: Array(repeating: 8, count: 32)) == nil)
    }
  }

  @Test func `a reply is found by its owner and key alone`() async throws {
    try await TemporaryStore.open { bench in
      try await remember(bench, .agency(.bkn), "k")
      #expect(try find(bench, .agency(.bkn), "k") == reply)
      #expect(try find(bench, .agency(.bkn), "K") == nil)
      #expect(try find(bench, .agency(.panrb), "k") == nil)
      #expect(try find(bench, .operator, "k") == nil)
      try await remember(bench, .operator, "k")
      #expect(try find(bench, .operator, "k") == reply)
    }
  }

  @Test func `a reply without a case reads back`() async throws {
    try await TemporaryStore.open { bench in
      let bare = StoredReply(requestDigest: [1], status: 204, caseID: nil, version: nil, resource: nil)
      let now = bench.clock.now
      try await bench.store.write(by: .operator, dryRun: false) { try $0.remember(bare, .operator, "k", at: now) }
      #expect(try find(bench, .operator, "k", digest: [1]) == bare)
    }
  }

  @Test func `a reply is kept seven days and then forgotten`() async throws {
    try await TemporaryStore.open { bench in
      try await remember(bench, .agency(.bkn), "k")
      bench.clock.advance(seconds: 7 * 86_400)
      _ = try await bench.report(1, Sample.facts(1))
      #expect(try find(bench, .agency(.bkn), "k") == reply)
      bench.clock.advance(seconds: 1)
      _ = try await bench.report(2, Sample.facts(2))
      #expect(try find(bench, .agency(.bkn), "k") == nil)
      try await remember(bench, .agency(.bkn), "k")
      #expect(try find(bench, .agency(.bkn), "k") == reply)
    }
  }

  @Test func `each write has a few replies looked at, and those that are forgotten go`() async throws {
    try await TemporaryStore.open { bench in
      for number in 1...30 { try await remember(bench, .agency(.bkn), "old-\(number)") }
      bench.clock.advance(seconds: 8 * 86_400)
      for number in 1...10 { try await remember(bench, .agency(.bkn), "new-\(number)") }
      for number in 1...30 { #expect(try find(bench, .agency(.bkn), "old-\(number)") == nil, "\(number)") }
      for number in 1...10 { #expect(try find(bench, .agency(.bkn), "new-\(number)") == reply, "\(number)") }
    }
  }

  @Test func `a reply vanishes with its effect`() async throws {
    try await TemporaryStore.open { bench in
      let now = bench.clock.now
      try await remember(bench, .agency(.bkn), "dry", dryRun: true)
      let code = await refusal {
        try await bench.store.write(by: .operator, dryRun: false) { [reply] write in
          try write.remember(reply, .agency(.bkn), "failed", at: now)
          throw Failure.notFound
        }
      }
      #expect(code == .notFound)
      #expect(try find(bench, .agency(.bkn), "dry") == nil)
      #expect(try find(bench, .agency(.bkn), "failed") == nil)
    }
  }
}
