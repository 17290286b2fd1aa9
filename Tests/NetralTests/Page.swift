internal import Foundation
internal import Testing

/// A page for people: README, the changelog, or one of docs/.
struct Page {
  /// Below the project, such as `docs/api.md`.
  let path: String
  let text: String

  init(_ path: String) throws {
    self.path = path
    text = try String(contentsOfFile: projectFile(path), encoding: .utf8)
  }

  /// README first, then the changelog and every page of docs/.
  static func all() throws -> [Page] {
    let docs = try #require(FileManager.default.enumerator(atPath: projectFile("docs"))).compactMap { $0 as? String }
    let paths = docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    return try (["README.md", "CHANGELOG.md"] + paths).map { try Page($0) }
  }

  /// The lines that are no code, and the blocks of code between them.
  private var split: (prose: [Substring], code: [String]) {
    var (prose, code, block): ([Substring], [String], [Substring]?) = ([], [], nil)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let lines = block { code.append(lines.map { $0 + "\n" }.joined()) }
        block = block == nil ? [] : nil
      } else if block == nil {
        prose.append(line)
      } else {
        block?.append(line)
      }
    }
    return (prose, code)
  }

  var prose: [Substring] { split.prose }

  /// The blocks between lines of three backticks, without these.
  var code: [String] { split.code }

  /// What links of the page point at, as it is written, without addresses of other hosts.
  var links: [String] {
    prose.flatMap { $0.matches(of: /\]\(([^)\s]+)\)/).map { String($0.output.1) } }.filter { !$0.contains("://") }
  }

  /// The names under which headings are pointed at, as GitHub makes them.
  var anchors: Set<String> {
    var anchors: Set<String> = []
    for line in prose {
      guard let heading = line.wholeMatch(of: /#{1,6} +(.+)/)?.output.1 else { continue }
      let kept = heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
      let name = kept.replacing(" ", with: "-")
      var (anchor, count) = (name, 0)
      while !anchors.insert(anchor).inserted {
        count += 1
        anchor = "\(name)-\(count)"
      }
    }
    return anchors
  }

  /// The file and the anchor that a link of this page points at. An empty path is the page itself.
  func target(of link: String) -> (path: String, anchor: String?) {
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let anchor = parts.count > 1 ? String(parts[1]) : nil
    guard !parts[0].isEmpty else { return (path, anchor) }
    let folder = URL(filePath: "/" + path).deletingLastPathComponent()
    return (String(folder.appending(path: String(parts[0])).standardizedFileURL.path.dropFirst()), anchor)
  }

  /// The part between `<!-- NAME: from the program -->` and `<!-- end of NAME -->`.
  func generated(_ name: String) throws -> Range<String.Index> {
    let start = try #require(text.range(of: "<!-- \(name): from the program -->\n"), "\(path) has no part \(name)")
    let rest = start.upperBound..<text.endIndex
    let end = try #require(text.range(of: "<!-- end of \(name) -->\n", range: rest), "\(path) has no end of \(name)")
    return start.upperBound..<end.lowerBound
  }
}
