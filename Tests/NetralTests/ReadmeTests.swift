internal import Foundation
internal import Testing

/// The front page, as far as a machine can tell whether it is true.
@Suite("README")
struct ReadmeTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: projectFile(path), encoding: .utf8)
  }

  @Test("names for every promise a test that exists, or a script")
  func promises() throws {
    let readme = try text("README.md")
    let start = try #require(readme.range(of: "## What it promises"))
    let end = try #require(readme.range(of: "\n## ", range: start.upperBound..<readme.endIndex))
    let rows = readme[start.upperBound..<end.lowerBound].split(separator: "\n").filter { $0.hasPrefix("| ") }
      .dropFirst(2)
    #expect(rows.count > 30)
    for row in rows {
      let cell = try #require(row.split(separator: "|").last)
      let files = cell.matches(of: /\b([A-Z][A-Za-z]*Tests)\/([A-Z][A-Za-z0-9]*)\b/)
      #expect(!files.isEmpty || cell.contains("`scripts/"), "\(row)")
      for file in files {
        let source = try text("Tests/\(file.output.1)/\(file.output.2).swift")
        #expect(source.contains("@Test") || source.contains("#expect"), "\(file.output.0)")
      }
    }
  }

  @Test("is about a program whose direct dependencies have exact versions, those that were resolved")
  func dependencies() throws {
    let package = try text("Package.swift")
    let declared = package.matches(of: /\.package\(url: "([^"]+)", ([a-z]+): "([0-9.]+)"/)
    #expect(declared.count == package.matches(of: /\.package\(url:/).count && declared.count > 5)
    let resolved = try text("Package.resolved")
    for match in declared {
      #expect(match.output.2 == "exact", "\(match.output.1)")
      let pin = resolved.firstRange(of: "\"location\" : \"\(match.output.1)\"")
      let rest = try #require(pin.map { resolved[$0.upperBound...] }, "\(match.output.1)")
      #expect(rest.firstMatch(of: /"version" : "([^"]+)"/)?.output.1 == match.output.3, "\(match.output.1)")
    }
  }

  @Test("names no script and no file of deploy/ that does not exist")
  func files() throws {
    for name in try text("README.md").matches(of: /\b(?:scripts|deploy)\/[a-z0-9_.-]*[a-z0-9]/) {
      let path = projectFile(String(name.output))
      #expect(FileManager.default.fileExists(atPath: path), "\(name.output)")
      if name.output.hasPrefix("scripts/"), !name.output.contains(".") {
        #expect(FileManager.default.isExecutableFile(atPath: path), "\(name.output)")
      }
    }
  }
}
