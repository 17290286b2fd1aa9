internal import Foundation
internal import Testing

/// README and docs/, as far as a machine can tell whether they are true.
@Suite("README and docs")
struct ReadmeTests {
  @Test("the front page is under 10 KB, and so is its translation")
  func size() throws {
    for path in ["README.md", "docs/id/README.md"] { #expect(try Page(path).text.utf8.count < 10_000, "\(path)") }
  }

  @Test("every link points at a file, and at a heading of it, that exists")
  func links() throws {
    for page in try Page.all() {
      for link in page.links {
        let (path, anchor) = page.target(of: link)
        #expect(FileManager.default.fileExists(atPath: projectFile(path)), "\(page.path): \(link)")
        guard let anchor, path.hasSuffix(".md") else { continue }
        #expect(try Page(path).anchors.contains(anchor), "\(page.path): \(link)")
      }
    }
  }

  @Test("a reader of README reaches every page by links")
  func reach() throws {
    let pages = try Page.all()
    let targets = Dictionary(
      uniqueKeysWithValues: pages.map { page in
        (page.path, Set(page.links.map { page.target(of: $0).path }))
      })
    var (reached, waiting): (Set<String>, [String]) = (["README.md"], ["README.md"])
    while let path = waiting.popLast() {
      let further = (targets[path] ?? []).filter { targets[$0] != nil }.subtracting(reached)
      reached.formUnion(further)
      waiting += further
    }
    #expect(Set(pages.map(\.path)).subtracting(reached) == [])
  }

  @Test("the promises name for each a test that exists, or a script")
  func promises() throws {
    let page = try Page("docs/promises.md")
    let start = try #require(page.text.range(of: "## The promises\n"))
    let end = page.text.range(of: "\n## ", range: start.upperBound..<page.text.endIndex)
    let table = page.text[start.upperBound..<(end?.lowerBound ?? page.text.endIndex)]
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
    #expect(rows.count > 30)
    for row in rows {
      let cell = try #require(row.split(separator: "|").last)
      let files = cell.matches(of: /\b([A-Z][A-Za-z]*Tests|Promises\/[A-Z][a-z]*)\/([A-Z][A-Za-z0-9]*)\b/)
      #expect(!files.isEmpty || cell.contains("`scripts/"), "\(row)")
      for file in files {
        let path = projectFile("Tests/\(file.output.1)/\(file.output.2).swift")
        let source = try String(contentsOfFile: path, encoding: .utf8)
        #expect(source.contains("@Test") || source.contains("#expect"), "\(file.output.0)")
      }
    }
  }

  @Test("direct dependencies have exact versions, those that were resolved")
  func dependencies() throws {
    let package = try String(contentsOfFile: projectFile("Package.swift"), encoding: .utf8)
    let declared = package.matches(of: /\.package\(url: "([^"]+)", ([a-z]+): "([0-9.]+)"/)
    #expect(declared.count == package.matches(of: /\.package\(url:/).count && declared.count > 5)
    let resolved = try String(contentsOfFile: projectFile("Package.resolved"), encoding: .utf8)
    for match in declared {
      #expect(match.output.2 == "exact", "\(match.output.1)")
      let pin = resolved.firstRange(of: "\"location\" : \"\(match.output.1)\"")
      let rest = try #require(pin.map { resolved[$0.upperBound...] }, "\(match.output.1)")
      #expect(rest.firstMatch(of: /"version" : "([^"]+)"/)?.output.1 == match.output.3, "\(match.output.1)")
    }
  }

  @Test("every dependency has its line of what it saves and what it costs")
  func dependencyLines() throws {
    let package = try String(contentsOfFile: projectFile("Package.swift"), encoding: .utf8)
    let page = try Page("docs/decisions/dependencies.md").text.lowercased()
    for match in package.matches(of: /\.package\(url: "[^"]+\/([^"\/]+?)(?:\.git)?"/) {
      #expect(page.contains("| \(match.output.1.lowercased().replacing(".swift", with: ""))"), "\(match.output.1)")
    }
  }

  @Test("they name no script and no file of deploy/ that does not exist")
  func files() throws {
    for page in try Page.all() where page.path != "CHANGELOG.md" {
      for name in page.text.matches(of: /\b(?:scripts|deploy)\/[a-z0-9_.-]*[a-z0-9]/) {
        let path = projectFile(String(name.output))
        #expect(FileManager.default.fileExists(atPath: path), "\(page.path): \(name.output)")
        if name.output.hasPrefix("scripts/"), !name.output.contains(".") {
          #expect(FileManager.default.isExecutableFile(atPath: path), "\(page.path): \(name.output)")
        }
      }
    }
  }
}
