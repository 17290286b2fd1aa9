internal import Domain
internal import JSON
internal import Service

/// A statistic of a release of definition 1, byte for byte as it was shown when it was made: small cells, and what would
/// tell them, were withheld.
struct FirstDefinitionPage {
  let page: PublicPage

  /// The smallest number beside 0 that definition 1 told.
  private static let smallestCount = 5

  private var published: PublicRelease { page.release.published }

  /// Writes what follows the members that every release has.
  func writeMembers(to writer: inout JSONWriter) {
    writer.member("smallest_count", Self.smallestCount)
    writer.member("withheld", false)
    switch page.statistic {
    case .funnel: writeFunnel(to: &writer)
    case .stages:
      writer.name("total")
      Self.write(published.tree, to: &writer)
      writer.member("rejected", published.beside.first { $0.key == FunnelMetric.rejected.rawValue }?.count)
    case .sanctions:
      writer.name("total")
      // Nothing is told of sanctions where it cannot be told how many there are.
      if let node = PublicPage.sanctioned(published.tree) { Self.write(node, to: &writer) } else { writer.null() }
    }
  }

  /// What is not told has no line but for the names of suppressed groups, whose value is empty.
  var lines: [PublicPage.Line] {
    switch page.statistic {
    case .funnel:
      var lines: [PublicPage.Line] = zip(PublicPage.metrics, totals).map { (nil, $0, $1) }
      guard let table else { return lines }
      for row in table.rows ?? [] where row.counts.first != 0 {
        lines += zip(PublicPage.metrics, row.counts).map { (row.key, $0, $1) }
      }
      return lines + table.suppressed.map { ($0, "reported", nil) }
    case .stages: return Self.lines(published.tree, "")
    case .sanctions: return PublicPage.sanctioned(published.tree).map { Self.lines($0, "") } ?? []
    }
  }

  private var table: PublishedTable? { page.grouping.flatMap { published.tables[$0.rawValue] } }

  /// As many of the metrics as are told.
  private var totals: [Int] {
    [published.tree.count] + PublicPage.path.compactMap { published.tree.node(at: $0)?.count }
  }

  private func writeFunnel(to writer: inout JSONWriter) {
    writer.object("total") { writer in
      Self.write(totals, to: &writer)
      writer.member("rejected", published.beside.first { $0.key == FunnelMetric.rejected.rawValue }?.count)
    }
    guard let table else { return }
    writer.array("groups") { writer in
      for row in table.rows ?? [] where row.counts.first != 0 {
        writer.object { writer in
          writer.member("key", PublicPage.code(row.key))
          writer.name("label")
          writer.label(page.label(of: row.key))
          Self.write(row.counts, to: &writer)
        }
      }
    }
    writer.array("suppressed", of: table.suppressed) { writer, key in
      if let code = PublicPage.code(key) { writer.string(code) } else { writer.null() }
    }
    // True when the groups are so few that none may be told.
    writer.member("total_only", table.rows == nil)
  }

  /// A count that is not told is null.
  private static func write(_ counts: [Int], to writer: inout JSONWriter) {
    for (index, metric) in PublicPage.metrics.enumerated() {
      writer.name(metric)
      if index < counts.count { writer.int(counts[index]) } else { writer.null() }
    }
  }

  private static func write(_ node: PublishedNode, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("key", node.key)
      writer.name("label")
      writer.label(PublicLabel.of(node.key))
      writer.member("count", node.count)
      writer.array("parts", of: node.children ?? []) { writer, child in write(child, to: &writer) }
      writer.member("suppressed", strings: node.suppressed)
    }
  }

  private static func lines(_ node: PublishedNode, _ prefix: String) -> [PublicPage.Line] {
    let name = prefix + node.key
    return [(nil, name, node.count)] + (node.children ?? []).flatMap { lines($0, name + ".") }
      + node.suppressed.map { (nil, "\(name).\($0)", nil) }
  }
}
