internal import Foundation
internal import Testing

extension ProgramTests {
  /// The interface as it is described, attacked by a program that reads the description and knows nothing else.
  @Suite("the contract")
  struct ContractTests {
    @Test(
      "schemathesis finds no answer that is not described, whoever asks",
      arguments: ["BKN", "BAWASLU", "OPERATOR", "nobody"])
    func contract(caller: String) throws {
      let child = try Child([projectFile("scripts/contract"), "2", caller], environment: ["NETRAL": program])
      let ending = try child.wait(seconds: 900)
      #expect(ending == .exit(0), "\(child.output.suffix(6_000)) \(child.errors.suffix(2_000))")
      #expect(child.output.contains("\(caller): "))
    }

    @Test("every line of the cookbook goes through on demo data, and docs/cookbook.md has the same lines")
    func cookbook() throws {
      let book = try netral("routes", "--cookbook").output
      let page = try Page("docs/cookbook.md").text
      #expect(page.contains("```sh\n\(book)```\n"))

      let folder = try TemporaryFolder()
      let database = folder.file("demo.sqlite")
      let keys = try netral("demo", "--database", database)
      let server = try RunningServer(database, environment: ["NETRAL_BACKUP_FOLDER": folder.file("backups")])
      // A line fails with the status of its last command; curl is told to fail when it is refused.
      try "fail-with-body\nshow-error\n".write(toFile: folder.file(".curlrc"), atomically: true, encoding: .utf8)
      try keys.output.write(toFile: folder.file("keys.env"), atomically: true, encoding: .utf8)
      let lines = book.replacing("demo/keys.env", with: folder.file("keys.env"))
        .replacing("localhost:8080", with: "127.0.0.1:\(server.port)")
      try """
      set -euo pipefail
      export CURL_HOME='\(folder.path)' PATH="\(URL(filePath: program).deletingLastPathComponent().path):$PATH"
      cd '\(folder.path)'
      trap 'echo "this line fails: $BASH_COMMAND" >&2' ERR
      \(lines)
      echo
      echo "the cookbook is complete"
      """.write(toFile: folder.file("book.sh"), atomically: true, encoding: .utf8)
      let child = try Child(["bash", folder.file("book.sh")])
      let ending = try child.wait(seconds: 900)
      #expect(ending == .exit(0), "\(child.errors.suffix(2_000))")
      #expect(child.output.hasSuffix("the cookbook is complete\n"))
      try server.stop()
    }
  }
}
