internal import Domain
internal import JSON

/// A public release as the JSON object that is stored.
enum ReleaseDocument {
  static func write(_ release: PublicRelease) -> [UInt8] {
    JSONWriter.object { writer in
      writer.name("tree")
      write(release.tree, to: &writer)
      writer.array("beside", of: release.beside) { writer, node in write(node, to: &writer) }
      writer.object("tables") { writer in
        for (name, table) in release.tables.sorted(by: { $0.key < $1.key }) {
          writer.name(name)
          write(table, to: &writer)
        }
      }
      writer.array("exact", of: release.exact.sorted(by: { ($0.count, $0.key) < ($1.count, $1.key) })) { writer, cell in
        write([cell.count, Int(cell.key)], to: &writer)
      }
    }
  }

  /// - Throws: `internal_error` when the object was not made here.
  static func read(_ stored: StoredRelease) throws(Failure) -> PublicRelease {
    guard let document = try? JSONValue.parse(stored.document), case .object(let object) = document,
      let tree = object["tree"].flatMap(node), case .array(let beside)? = object["beside"],
      case .object(let tables)? = object["tables"]
    else { throw .damagedRelease }
    var read: [String: PublishedTable] = [:]
    for member in tables.members { read[member.name] = table(member.value) }
    let besides = beside.compactMap(node)
    guard read.count == tables.members.count, besides.count == beside.count else { throw .damagedRelease }
    return PublicRelease(
      date: stored.asOf, definition: stored.definition, tree: tree, beside: besides, tables: read,
      exact: try cells(object["exact"]))
  }

  private static func write(_ node: PublishedNode, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("key", node.key)
      writer.member("count", node.count)
      writer.array("children", of: node.children ?? []) { writer, child in write(child, to: &writer) }
    }
  }

  private static func write(_ table: PublishedTable, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.object("rows") { writer in
        for row in table.rows ?? [] {
          writer.name(row.key)
          write(row.counts, to: &writer)
        }
      }
    }
  }

  private static func write(_ counts: [Int], to writer: inout JSONWriter) {
    writer.array(of: counts) { writer, count in writer.int(count) }
  }

  /// Definition 1 left out the children of which nothing was told, and named those that were not told.
  private static func node(_ value: JSONValue) -> PublishedNode? {
    guard case .object(let object) = value, case .string(let key)? = object["key"],
      let count = object["count"].flatMap(int), let suppressed = texts(object["suppressed"])
    else { return nil }
    guard case .array(let parts)? = object["children"] else {
      return PublishedNode(key: key, count: count, children: nil, suppressed: suppressed)
    }
    let children = parts.compactMap(node)
    guard children.count == parts.count, Set(children.map(\.key)).count == children.count else { return nil }
    return PublishedNode(key: key, count: count, children: children, suppressed: suppressed)
  }

  private static func table(_ value: JSONValue) -> PublishedTable? {
    guard case .object(let object) = value, let suppressed = texts(object["suppressed"]) else { return nil }
    guard case .object(let rows)? = object["rows"] else { return PublishedTable(rows: nil, suppressed: suppressed) }
    let read = rows.members.compactMap { member in
      counts(member.value).map { CountRow(key: member.name, counts: $0) }
    }
    guard read.count == rows.members.count, Set(read.map(\.key)).count == read.count else { return nil }
    return PublishedTable(rows: read, suppressed: suppressed)
  }

  private static func cells(_ value: JSONValue?) throws(Failure) -> Set<Cell> {
    guard case .array(let items)? = value else { return [] }
    var cells: Set<Cell> = []
    for item in items {
      guard let pair = counts(item), pair.count == 2, let key = UInt32(exactly: pair[1]) else { throw .damagedRelease }
      cells.insert(Cell(count: pair[0], key: key))
    }
    return cells
  }

  private static func int(_ value: JSONValue) -> Int? {
    if case .number(let number) = value { number.int } else { nil }
  }

  private static func counts(_ value: JSONValue) -> [Int]? {
    guard case .array(let items) = value else { return nil }
    let counts = items.compactMap(int)
    return counts.count == items.count ? counts : nil
  }

  /// Empty for an absent value, nil for one that is no list of texts.
  private static func texts(_ value: JSONValue?) -> [String]? {
    guard let value else { return [] }
    guard case .array(let items) = value else { return nil }
    let texts = items.compactMap { item -> String? in if case .string(let text) = item { text } else { nil } }
    return texts.count == items.count ? texts : nil
  }
}

extension Failure {
  fileprivate static let damagedRelease = Failure(
    .internalError, en: "A stored release cannot be read.", inIndonesian: "Rilis yang tersimpan tidak dapat dibaca.")
}
