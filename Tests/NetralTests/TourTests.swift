internal import Foundation
internal import Testing

extension ProgramTests {
  /// What the front page shows, and more, on the real program, over HTTP.
  @Suite("the tour")
  struct TourTests {
    @Test("the long tour goes through on demo data")
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

    /// The tour of a front page: its first block of code that begins with the demo's keys.
    private func lines(of path: String) throws -> String {
      try #require(try Page(path).code.first { $0.hasPrefix(". demo/keys.env") }, "\(path) has no tour")
    }

    @Test("the tour of the front page goes through as it stands, in any shell")
    func lines() throws {
      let folder = try TemporaryFolder()
      let database = folder.file("demo.sqlite")
      let keys = try netral("demo", "--database", database)
      let server = try RunningServer(database)
      try FileManager.default.createDirectory(atPath: folder.file("demo"), withIntermediateDirectories: true)
      try keys.output.write(toFile: folder.file("demo/keys.env"), atomically: true, encoding: .utf8)
      // curl is told to fail when it is refused; nothing else differs from pasting the lines, but the port.
      try "fail-with-body\nshow-error\n".write(toFile: folder.file(".curlrc"), atomically: true, encoding: .utf8)
      let lines = try lines(of: "README.md").replacing("localhost:8080", with: "127.0.0.1:\(server.port)")
      try "set -eu\ncd '\(folder.path)'\nexport CURL_HOME='\(folder.path)'\n\(lines)"
        .write(toFile: folder.file("tour.sh"), atomically: true, encoding: .utf8)
      let finished = try run(["sh", folder.file("tour.sh")])
      #expect(finished.ending == .exit(0), "\(finished.errors.suffix(2_000)) \(finished.output.suffix(2_000))")
      for words in [
        #""redacted":["subject""#, #""stage":"verified""#, #""what":"verifications""#,
        #""action":"studies","allowed":true"#,
        "escalate_agency", #""reported":694"#, #""name":"cell_key""#,
      ] {
        #expect(finished.output.contains(words), "\(words)")
      }
      try server.stop()
    }

    @Test("the tour in Indonesian has the same lines, but for what is said about them")
    func translation() throws {
      func commands(_ path: String) throws -> [Substring] {
        try lines(of: path).split(separator: "\n").filter { !$0.hasPrefix("#") }
      }
      #expect(try commands("docs/id/README.md") == commands("README.md"))
    }
  }
}
