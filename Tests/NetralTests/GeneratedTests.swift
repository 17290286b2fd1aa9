internal import Domain
internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

@testable internal import netral

extension ProgramTests {
  /// The parts of docs/ that the program writes, or that are parts of it: each page has what this program says, byte for
  /// byte.
  ///
  /// `NETRAL_WRITE_DOCS=1 scripts/test --filter GeneratedTests` writes them into the pages.
  @Suite("the generated parts of docs")
  struct GeneratedTests {
    /// Holds the part `name` of a page against what the program says, or puts that in its place.
    private func hold(_ name: String, of path: String, to expected: String) throws {
      let page = try Page(path)
      let range = try page.generated(name)
      if ProcessInfo.processInfo.environment["NETRAL_WRITE_DOCS"] == "1" {
        let text = page.text.replacingCharacters(in: range, with: expected)
        try text.write(toFile: projectFile(path), atomically: true, encoding: .utf8)
      } else {
        #expect(page.text[range] == expected, "\(path): NETRAL_WRITE_DOCS=1 writes it anew")
      }
    }

    @Test("docs/cookbook.md has the lines of the program")
    func cookbook() throws {
      try hold("cookbook", of: "docs/cookbook.md", to: "```sh\n\(try netral("routes", "--cookbook").output)```\n")
    }

    @Test("docs/operating/privacy.md has the register of processing, and every field of a case stands in it")
    func register() throws {
      let finished = try netral("register")
      #expect(finished.ending == .exit(0))
      for field in CaseField.all where field.isErasable || field.object == "subject" {
        #expect(finished.output.contains("`\(field.name)`"), "\(field.name)")
      }
      try hold("register", of: "docs/operating/privacy.md", to: finished.output)
      let indonesian = try netral("register", "--language", "id").output
      #expect(indonesian.split(separator: "\n").count == finished.output.split(separator: "\n").count)
      #expect(indonesian.contains("Pelapor") && !indonesian.contains("Reporters"))
    }

    @Test("docs/id/istilah.md has every field and every code of the program in both languages")
    func glossary() throws {
      let fields = CaseField.all.map { ($0.name, $0.label) } + ProgressField.all.map { ($0.path, $0.label) }
      let columns = ColumnLabel.table.sorted { $0.key < $1.key }.map { name, label in
        (name, LocalizedText(en: label.en, inIndonesian: label.inIndonesian))
      }
      let lists = CodeList.ofProgram.map { list in
        "\n### \(list.title.inIndonesian) (`\(list.key)`)\n\n" + Self.table(list.items.map { ($0.code, $0.label) })
      }
      #expect(fields.count > 30 && columns.count > 80 && lists.count > 20)
      try hold("fields", of: "docs/id/istilah.md", to: Self.table(fields))
      try hold("columns", of: "docs/id/istilah.md", to: Self.table(columns))
      try hold("codes", of: "docs/id/istilah.md", to: lists.joined())
    }

    private static func table(_ terms: [(name: String, label: LocalizedText)]) -> String {
      let rows = terms.map { "| `\($0.name)` | \($0.label.inIndonesian) | \($0.label.en) |\n" }
      return "| nama | Indonesia | Inggris |\n| --- | --- | --- |\n" + rows.joined()
    }

    @Test("docs/settings.md has every setting with its default and what it may be")
    func settings() throws {
      var rows = [
        "| setting | default | what it may be | what it is |", "| --- | --- | --- | --- |",
        "| `\(ConfigReading.fileVariable)` | none | a path | the file of settings |",
      ]
      rows += Setting.all.map { setting in
        let standard = setting.standardWords ?? SettingTests.words(setting)
        return "| `\(setting.variable)` | \(standard) | \(setting.expected) | \(setting.what) |"
      }
      #expect(rows.allSatisfy { $0.count { $0 == "|" } == 5 })
      try hold("settings", of: "docs/settings.md", to: rows.map { $0 + "\n" }.joined())
    }

    @Test("the diffs of docs/contributing.md apply, one after the other")
    func diffs() throws {
      let folder = try TemporaryFolder()
      for name in ["Sources", "Tests", "migrations"] {
        try FileManager.default.copyItem(atPath: projectFile(name), toPath: folder.file(name))
      }
      // A draft, without the places of its lines, is none.
      let diffs = try Page("docs/contributing.md").code.filter { $0.contains("\n@@ ") }
      #expect(diffs.count >= 4)
      for diff in diffs {
        try diff.write(toFile: folder.file("change.diff"), atomically: true, encoding: .utf8)
        let finished = try run(["git", "-C", folder.path, "apply", "change.diff"])
        #expect(finished.ending == .exit(0), "\(diff.prefix(200)) \(finished.errors)")
      }
    }

    @Test("docs/api.md has every endpoint with who may use it, and every problem")
    func interface() throws {
      let folder = try TemporaryFolder()
      let server = try RunningServer(folder.file("docs.sqlite"))
      let client = try server.client()
      let paths = try client.get("/openapi.json").json["paths"]
      var rows = ["| method and path | who | what |", "| --- | --- | --- |"]
      // Pages behind a sign-in are no part of the interface.
      for line in try netral("routes").output.split(separator: "\n") where !line.contains(" /app") {
        let route = try #require(line.wholeMatch(of: /([A-Z]+) +(\S+) +(.+)/)?.output, "\(line)")
        let summary = try #require(paths[String(route.2)][route.1.lowercased()]["summary"].text, "\(line)")
        rows.append("| \(route.1) \(route.2) | \(route.3) | \(summary) |")
      }
      #expect(rows.count > 70)
      try hold("endpoints", of: "docs/api.md", to: rows.map { $0 + "\n" }.joined())

      let row = /<tr><td>(\d+)<\/td><th [^>]*><a [^>]*><code>([a-z_]+)<\/code><\/a><\/th><td>([^<&]+)<\/td>/
      let pages = try ["en", "id"].map { try client.get("/docs/problems?lang=\($0)").text }
      let (problems, others) = (pages[0].matches(of: row), pages[1].matches(of: row))
      #expect(problems.count > 40 && problems.count == pages[0].matches(of: /<tr><td>/).count)
      #expect(problems.map(\.output.2) == others.map(\.output.2))
      let table =
        ["| status | code | title | judul |", "| --- | --- | --- | --- |"]
        + zip(problems, others).map { "| \($0.output.1) | `\($0.output.2)` | \($0.output.3) | \($1.output.3) |" }
      try hold("problems", of: "docs/api.md", to: table.map { $0 + "\n" }.joined())
      try server.stop()
    }
  }
}
