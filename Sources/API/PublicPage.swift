internal import Domain
internal import JSON

/// One statistic of a release, as it is shown.
struct PublicPage {
  let statistic: PublicRoutes.Statistic
  let grouping: StatisticGrouping?
  let release: MadeRelease
  let reference: Reference

  private static let metrics = ["reported", "recommended", "followed_up"]

  func json() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("statistic", statistic.rawValue)
    writer.member("definition", "public-\(statistic.rawValue)/1")
    writer.member("election", release.stored.election)
    writer.member("as_of", release.stored.asOf.description)
    writer.member("basis", StatisticBasis.effective.rawValue)
    writer.member("unit", StatisticUnit.case.rawValue)
    writer.member("group_by", grouping?.rawValue)
    writer.member("released_at", release.stored.releasedAt.description)
    writer.member("smallest_count", Suppression.smallestCount)
    writer.member("withheld", release.published == nil)
    if let published = release.published { write(published, to: &writer) }
    writer.endObject()
    return writer.bytes
  }

  /// One number a line; what is not told has no line but for the names of suppressed groups, whose value is empty.
  func csv() -> [UInt8] {
    var writer = CSVWriter()
    for name in [
      "statistic", "election", "as_of", "group_by", "group", "label_id", "label_en", "metric", "value",
    ] {
      writer.field(name)
    }
    writer.endRow()
    for line in lines {
      let text = line.group.flatMap { label(of: $0) }
      for cell in [
        statistic.rawValue, release.stored.election, release.stored.asOf.description,
        grouping?.rawValue, line.group ?? "total", text?.id, text?.en, line.metric,
      ] { writer.field(cell) }
      writer.field(line.value)
      writer.endRow()
    }
    return writer.bytes
  }

  private func write(_ published: PublicRelease, to writer: inout JSONWriter) {
    switch statistic {
    case .funnel: writeFunnel(published, to: &writer)
    case .stages:
      writer.name("total")
      Self.write(published.tree, to: &writer)
      writer.member("rejected", published.beside.first { $0.key == "rejected" }?.count)
    case .sanctions:
      writer.name("total")
      // Nothing is told of sanctions where it cannot be told how many there are.
      if let node = Self.sanctioned(published.tree) { Self.write(node, to: &writer) } else { writer.null() }
    }
  }

  private func writeFunnel(_ published: PublicRelease, to writer: inout JSONWriter) {
    writer.name("total")
    writer.beginObject()
    let counts = [published.tree.count] + Self.path.compactMap { published.tree.count(at: $0) }
    Self.write(counts, to: &writer)
    writer.member("rejected", published.beside.first { $0.key == "rejected" }?.count)
    writer.endObject()
    guard let grouping, let table = published.tables[grouping.rawValue] else { return }
    writer.name("groups")
    writer.beginArray()
    for row in table.rows ?? [] where row.counts.first != 0 {
      writer.beginObject()
      writer.member("key", Self.code(row.key))
      writer.name("label")
      writer.label(label(of: row.key))
      Self.write(row.counts, to: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.name("suppressed")
    writer.beginArray()
    for key in table.suppressed { if let code = Self.code(key) { writer.string(code) } else { writer.null() } }
    writer.endArray()
    // True when the groups are so few that none may be told.
    writer.member("total_only", table.rows == nil)
  }

  private static let path = [["recommended"], ["recommended", "followed_up"]]

  private static func sanctioned(_ tree: PublishedNode) -> PublishedNode? {
    var node = tree
    for key in ["recommended", "followed_up", "sanctioned"] {
      guard let child = node.children?.first(where: { $0.key == key }) else { return nil }
      node = child
    }
    return node
  }

  /// A count that is not told is null.
  private static func write(_ counts: [Int], to writer: inout JSONWriter) {
    for (index, metric) in metrics.enumerated() {
      writer.name(metric)
      if index < counts.count { writer.int(counts[index]) } else { writer.null() }
    }
  }

  private static func write(_ node: PublishedNode, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("key", node.key)
    writer.name("label")
    writer.label(PublicLabel.of(node.key))
    writer.member("count", node.count)
    writer.name("parts")
    writer.beginArray()
    for child in node.children ?? [] { write(child, to: &writer) }
    writer.endArray()
    writer.member("suppressed", strings: node.suppressed)
    writer.endObject()
  }

  private func label(of key: String) -> LocalizedText? {
    grouping.flatMap { reference.label(of: key, in: $0, on: release.stored.asOf) }
  }

  /// Nil for the group of the cases that have no code.
  private static func code(_ key: String) -> String? { key == CaseStates.withoutCode ? nil : key }

  private typealias Line = (group: String?, metric: String, value: Int?)

  private var lines: [Line] {
    guard let published = release.published else { return [] }
    switch statistic {
    case .funnel:
      let counts = [published.tree.count] + Self.path.compactMap { published.tree.count(at: $0) }
      var lines: [Line] = zip(Self.metrics, counts).map { (nil, $0, $1) }
      guard let table = grouping.flatMap({ published.tables[$0.rawValue] }) else { return lines }
      for row in table.rows ?? [] where row.counts.first != 0 {
        lines += zip(Self.metrics, row.counts).map { (row.key, $0, $1) }
      }
      return lines + table.suppressed.map { ($0, "reported", nil) }
    case .stages: return Self.lines(published.tree, "")
    case .sanctions: return Self.sanctioned(published.tree).map { Self.lines($0, "") } ?? []
    }
  }

  private static func lines(_ node: PublishedNode, _ prefix: String) -> [Line] {
    let name = prefix + node.key
    return [(nil, name, node.count)] + (node.children ?? []).flatMap { lines($0, name + ".") }
      + node.suppressed.map { (nil, "\(name).\($0)", nil) }
  }
}

/// What people read beside the nodes of a release.
enum PublicLabel {
  static func of(_ key: String) -> LocalizedText {
    switch key {
    case "not_recommended": return LocalizedText(en: "Not recommended", id: "Tidak atau belum direkomendasikan")
    case "in_examination": return LocalizedText(en: "In examination", id: "Dalam pemeriksaan")
    case "not_followed_up": return LocalizedText(en: "Not followed up", id: "Belum ditindaklanjuti")
    case "recommended": return FunnelMetric.recommended.label
    case "other": return LocalizedText(en: "Other", id: "Lainnya")
    default: break
    }
    return FunnelMetric(rawValue: key)?.label ?? Stage(rawValue: key)?.label ?? SanctionLevel.label(of: key)
  }
}
