/// The circles of files that all reach each other: one reaches another when it names a type that is declared there.
struct Circles {
  private let edges: [String: Set<String>]

  init(_ files: [(path: String, code: String)]) {
    var owners: [String: Set<String>] = [:]
    for file in files {
      for name in Self.declared(in: file.code, indented: false) { owners[name, default: []].insert(file.path) }
    }
    edges = Dictionary(
      uniqueKeysWithValues: files.map { file in
        // A nested type hides one of the module that has its name.
        let own = Self.declared(in: file.code, indented: false)
        let hidden = Self.declared(in: file.code, indented: true).subtracting(own)
        let named = Set(file.code.matches(of: /(?:^|[^.\w])([A-Z]\w*)/).map { String($0.output.1) }).subtracting(hidden)
        let reached = named.reduce(into: Set<String>()) { $0.formUnion(owners[$1] ?? []) }
        return (file.path, reached.subtracting([file.path]))
      })
  }

  /// The files of the largest circle; empty when there is none.
  var largest: Set<String> {
    let reach = edges.keys.reduce(into: [:]) { $0[$1] = reachable(from: $1) }
    let circles = reach.map { start, reached in
      reached.filter { reach[$0]?.contains(start) ?? false }
    }
    return circles.max { $0.count < $1.count } ?? []
  }

  private func reachable(from start: String) -> Set<String> {
    var (found, next) = (Set<String>(), [start])
    while let file = next.popLast() {
      for other in edges[file] ?? [] where found.insert(other).inserted { next.append(other) }
    }
    return found
  }

  private static func declared(in code: String, indented: Bool) -> Set<String> {
    let names = code.split(separator: "\n").compactMap { line -> String? in
      guard indented || line.first.map({ !$0.isWhitespace }) == true else { return nil }
      let pattern =
        /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:[a-z]+(?:\(\w+\))?\s+)*(?:class|struct|enum|actor|protocol|typealias)\s+([A-Z]\w*)/
      return line.prefixMatch(of: pattern).map { String($0.output.1) }
    }
    return Set(names)
  }
}
