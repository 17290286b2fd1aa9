internal import Foundation
internal import Testing

/// The rules of the source tree that a compiler does not enforce.
@Suite struct ArchitectureTests {
  struct Source: Sendable {
    var module: String
    var path: String
    var lines: [String]

    /// The modules the file imports.
    var imports: [String] {
      lines.compactMap { line in
        let words = line.split(separator: " ").map(String.init).filter { !$0.hasPrefix("@") }
        guard let index = words.firstIndex(of: "import"), words.first != "//", index <= 1, index + 1 < words.count
        else { return nil }
        return words[words.count - 1].split(separator: ".").first.map(String.init)
      }
    }
  }

  /// Every Swift file under Sources.
  private static func sources() throws -> [Source] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
    let paths = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      return Source(module: String(path.prefix { $0 != "/" }), path: path, lines: lines)
    }
  }

  /// The modules of this project and of its dependencies a module may not import.
  private static let forbidden: [String: Set<String>] = [
    "JSON": ["Domain", "Storage", "HTTPServer", "Web", "GRDB"],
    "HTTPServer": ["Domain", "Storage", "Web", "JSON", "GRDB"],
    "Web": ["GRDB", "Storage", "CSQLite", "Migrations"],
    "Storage": ["Web", "HTTPServer"],
    "netral": ["GRDB", "CSQLite"],
  ]

  @Test func `a module imports only what its layer may know`() throws {
    let sources = try Self.sources()
    #expect(Set(sources.map(\.module)).isSuperset(of: ["JSON", "Domain", "Storage", "HTTPServer", "Web", "netral"]))
    for source in sources {
      if source.module == "Domain" {
        #expect(Set(source.imports).isSubset(of: ["Foundation", "JSON"]), "\(source.path)")
      }
      let breach = Set(source.imports).intersection(Self.forbidden[source.module] ?? [])
      #expect(breach.isEmpty, "\(source.path) imports \(breach.sorted())")
      if source.module != "Storage" { #expect(!source.imports.contains("GRDB"), "\(source.path)") }
    }
  }

  @Test func `imports are read in every form they are written in`() {
    let source = Source(
      module: "X", path: "X.swift",
      lines: [
        "import A", "internal import B", "@testable import C", "public import struct D.Thing", "// import E",
        "let a = 1",
        "  // internal import F",
      ])
    #expect(source.imports == ["A", "B", "C", "D"])
  }

  @Test func `a file has at most 400 lines`() throws {
    for source in try Self.sources() {
      #expect(source.lines.count <= 401, "\(source.path)")
    }
  }

  @Test(arguments: [#"\btry!"#, #"\bas!"#, #"\bfatalError\b"#])
  func `nothing in Sources ends the process by surprise`(pattern: String) throws {
    let regex = try Regex(pattern)
    for source in try Self.sources() {
      for (index, line) in source.lines.enumerated() where line.contains(regex) {
        Issue.record("\(source.path):\(index + 1): \(pattern)")
      }
    }
  }
}
