internal import Foundation
internal import Testing

extension ProgramTests {
  /// What README shows, on the real program, with curl.
  @Suite("the tour")
  struct TourTests {
    @Test("the tour of README goes through on demo data")
    func tour() throws {
      let folder = try TemporaryFolder()
      let database = folder.file("tour.sqlite")
      let keys = try netral("demo", "--database", database)
      #expect(keys.ending == .exit(0))
      try keys.output.write(toFile: folder.file("keys.env"), atomically: true, encoding: .utf8)
      let server = try RunningServer(database)
      let finished = try run([
        "bash", projectFile("scripts/tour"), "http://127.0.0.1:\(server.port)", folder.file("keys.env"),
      ])
      #expect(finished.ending == .exit(0), "\(finished.errors.suffix(2_000))")
      #expect(finished.output.hasSuffix("The tour is complete.\n"))
      try server.stop()
    }
  }
}
