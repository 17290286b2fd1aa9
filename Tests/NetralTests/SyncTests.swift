internal import Testing

extension ProgramTests {
  @Suite("commits", .enabled(if: strace.works, strace.why))
  struct SyncTests {
    @Test("a create with a sync before its answer, and many creates at once with few syncs")
    func syncs() throws {
      let folder = try TemporaryFolder()
      let database = folder.file("netral.sqlite")
      let key = try makeReporter(database)
      let log = folder.file("strace.log")
      let server = try RunningServer(database, wrapper: strace.command(log: log))
      let client = try server.client(key)
      // The first commit of a log syncs its header as well.
      #expect(try client.create("first").status == 201)
      for number in 1...5 {
        let before = NetralTests.syncs(in: log)
        #expect(try client.create("single-\(number)").status == 201)
        #expect(NetralTests.syncs(in: log) >= before + 1)
      }
      let before = NetralTests.syncs(in: log)
      #expect(try client.get("/v1/cases").status == 200)
      #expect(NetralTests.syncs(in: log) == before)

      let port = server.port
      let statuses = try inParallel(64) { thread in
        let client = try Client(port: port, key: key)
        return try (1...4).map { try client.create("many-\(thread)-\($0)").status }
      }
      let creates = statuses.flatMap { $0 }.count { $0 == 201 }
      let count = NetralTests.syncs(in: log) - before
      print("\(creates) creates from 64 clients: \(count) syncs")
      #expect(creates == 256)
      #expect((1...creates / 4).contains(count))
      try server.stop()
    }
  }
}
