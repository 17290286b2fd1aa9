internal import Domain
internal import JSON
internal import Service

/// A page of the feed, as it is written.
struct FeedDocument: Sendable {
  let isLines: Bool
  let isProving: Bool
  /// What is chosen of each case; nil: everything.
  let fields: ChosenFields?
  let rendered: RenderedCases

  func page(_ found: FoundChanges) throws -> FeedPage {
    var changes = found.changes
    var writer = JSONWriter(reserving: changes.changes.count * 2_560 + 256)
    var written = 0
    if isLines {
      written = try write(&changes, found, to: &writer)
      writer.object { writeEnd(changes, found, to: &$0) }
      writer.bytes.append(UInt8(ascii: "\n"))
    } else {
      try writer.object { writer in
        try writer.array("changes") { written = try write(&changes, found, to: &$0) }
        writeEnd(changes, found, to: &writer)
      }
    }
    return FeedPage(bytes: writer.bytes, isEmpty: written == 0, reached: changes.reached, head: changes.head)
  }

  /// Writes the changes that fit into the page, and lets it end before the next.
  ///
  /// - Returns: how many.
  private func write(_ changes: inout ChangePage, _ found: FoundChanges, to writer: inout JSONWriter) throws -> Int {
    var written = 0
    var cases: [CaseID: [UInt8]] = [:]
    for change in changes.changes {
      guard let type = change.type(for: found.agency) else { continue }
      let end = writer.bytes.count
      try write(change, type, &cases, found, to: &writer)
      if written > 0 && writer.bytes.count > Self.bytesMax {
        writer.bytes.removeSubrange(end...)
        changes.reached = change.seq - 1
        break
      }
      written += 1
    }
    return written
  }

  private func writeEnd(_ changes: ChangePage, _ found: FoundChanges, to writer: inout JSONWriter) {
    writer.member("next_after", changes.reached)
    writer.member("head", changes.head)
    writer.member("oldest", found.oldest)
    writer.member("representation", EntityTag.representation)
    if !found.sealingKeys.isEmpty {
      writer.objects("sealing_keys", of: found.sealingKeys) { SealingKeyRoutes.write($1, to: &$0) }
    }
  }

  /// A page ends before it is longer, with what closes it: a thousand cases of usual length have half of it.
  private static let bytesMax = (4 << 20) - 1_024

  private func write(
    _ change: Change, _ type: ChangeType, _ cases: inout [CaseID: [UInt8]], _ found: FoundChanges,
    to writer: inout JSONWriter
  ) throws {
    let stub = change.current
    try writer.object { writer in
      writer.member("seq", change.seq)
      writer.member("type", type.rawValue)
      writer.member("case_id", stub.id.description)
      // What this change hid goes without the case, even when a later change shows it again.
      let isShown = Visibility.projection(of: change.after, for: found.agency) != nil
      writer.member("version", isShown ? stub.version : change.version)
      if isShown, let projection = Visibility.projection(of: stub, for: found.agency) {
        writer.member("etag", EntityTag.of(version: stub.version, projection, stub.commitments))
        writer.name("case")
        let json = try cases[stub.id] ?? json(stub, projection, found)
        cases[stub.id] = json
        writer.raw(json)
        if isProving { try found.proof(of: stub, projection)?.writeMember(to: &writer) }
      }
    }
    if isLines { writer.bytes.append(UInt8(ascii: "\n")) }
  }

  /// A case is written as it is now, once a page, however often it has changed.
  private func json(_ stub: CaseStub, _ projection: Projection, _ found: FoundChanges) throws -> [UInt8] {
    var json = rendered.json(stub, projection)
    if json == nil { json = try found.record(behind: stub).map { rendered.render($0, projection) } }
    guard let json else { return Array("null".utf8) }
    return fields?.picked(from: json) ?? json
  }
}
