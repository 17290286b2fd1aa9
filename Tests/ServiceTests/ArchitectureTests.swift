internal import Foundation
internal import Testing

/// The rules of the source tree that a compiler does not enforce.
@Suite struct ArchitectureTests {
  struct Source: Sendable {
    var module: String
    var path: String
    var lines: [String]

    /// The text without imports, comments and literals, so that a word in them names no type.
    var code: String {
      lines.filter { !$0.contains("import ") }.joined(separator: "\n").replacing(/"""[\s\S]*?"""/, with: "").replacing(
        /"(?:\\.|[^"\\\n])*"/, with: ""
      )
      .replacing(/\/\/[^\n]*/, with: "")
    }

    /// The modules the file imports.
    var imports: [String] {
      lines.compactMap { line in
        let words = line.split(separator: " ").map(String.init).filter { !$0.hasPrefix("@") }
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
          words[..<index].allSatisfy({ ["public", "package", "internal", "fileprivate", "private"].contains($0) }),
          words.count <= index + 3
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

  /// What each module may import, beside Foundation and the standard library's own modules.
  private static let allowed: [String: Set<String>] = [
    "JSON": [], "Gzip": ["CZlib"], "Sheets": ["Gzip", "JSON"], "Fairness": ["DequeModule"],
    "Merkle": ["Crypto"],
    "Domain": ["JSON"], "SealedReporters": ["Crypto", "Domain", "JSON"],
    "Service": ["Crypto", "Domain", "JSON", "Logging", "Merkle", "SealedReporters"],
    "Storage": ["CSQLite", "Crypto", "Domain", "Fairness", "GRDB", "Gzip", "JSON", "Merkle", "Migrations", "Service"],
    "Sync": ["Crypto", "Domain", "GRDB", "JSON", "Merkle", "SealedReporters", "Sheets", "Storage"],
    "HTTPServer": ["CEpoll", "HTTPTypes"],
    "Web": [
      "Crypto", "Domain", "Fairness", "Gzip", "HTTPServer", "HTTPTypes", "JSON", "Logging", "Merkle", "Mustache",
      "Service", "Sheets",
    ],
    "netral": [
      "ArgumentParser", "Domain", "HTTPServer", "JSON", "Logging", "Merkle", "Migrations", "SealedReporters", "Service",
      "ServiceLifecycle",
      "Storage",
      "Sync", "UnixSignals", "Web",
    ],
  ]
  private static let standard: Set<String> = ["Dispatch", "Foundation", "Glibc", "Synchronization"]

  @Test func `a module imports only what its layer may know`() throws {
    let sources = try Self.sources()
    #expect(Set(sources.map(\.module)) == Set(Self.allowed.keys))
    for source in sources {
      let breach = Set(source.imports).subtracting(Self.allowed[source.module] ?? []).subtracting(Self.standard)
      #expect(breach.isEmpty, "\(source.path) imports \(breach.sorted())")
    }
  }

  @Test func `a folder holds at most 20 files`() throws {
    let folders = Dictionary(grouping: try Self.sources()) {
      $0.path.split(separator: "/").dropLast().joined(separator: "/")
    }
    for (folder, files) in folders { #expect(files.count <= 20, "\(folder) holds \(files.count)") }
  }

  @Test func `few files of a module all reach each other by the types they name`() throws {
    for (module, files) in Dictionary(grouping: try Self.sources(), by: \.module) {
      let circle = Circles(files.map { (path: $0.path, code: $0.code) }).largest
      #expect(circle.count <= 6, "\(module): \(circle.sorted())")
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
