internal import Domain
internal import JSON
internal import Service

/// A snapshot, as it is written.
struct SnapshotDocument: Sendable {
  let snapshot: Snapshot
  /// Nil of lines.
  let table: CaseTable?
  /// The case after which this answer begins.
  let after: CaseID?
  let isProving: Bool
  /// What is chosen of each case; nil: everything.
  let fields: ChosenFields?

  func part(_ seen: [SeenCase]) -> [UInt8] { table?.rows(seen) ?? lines(seen) }

  private func lines(_ seen: [SeenCase]) -> [UInt8] {
    var writer = JSONWriter(reserving: seen.count * 2_048)
    for seen in seen {
      writer.object { writer in
        writer.member("etag", seen.etag)
        writer.name("case")
        write(seen, to: &writer)
        seen.proof?.writeMember(to: &writer)
      }
      writer.bytes.append(UInt8(ascii: "\n"))
    }
    return writer.bytes
  }

  private func write(_ seen: SeenCase, to writer: inout JSONWriter) {
    guard let fields else { return CaseJSON.write(seen.record, seen.projection, to: &writer) }
    var whole = JSONWriter(reserving: 4_096)
    CaseJSON.write(seen.record, seen.projection, to: &whole)
    writer.raw(fields.picked(from: whole.bytes))
  }

  /// The first of the lines: what this is a snapshot of.
  var header: [UInt8] {
    line("snapshot") { writer in
      writer.member("seq", snapshot.seq)
      writer.member("count", snapshot.count)
      writer.member("representation", EntityTag.representation)
      if let after { writer.member("after", after.description) }
      if let fields { writer.member("fields", strings: fields.names) }
    }
  }

  /// The last of the lines, without which the answer is not complete.
  func trailer(_ count: Int) -> [UInt8] {
    line("end") { writer in
      writer.member("seq", snapshot.seq)
      writer.member("cases", count)
    }
  }

  private func line(_ name: StaticString, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.object(name) { writer in write(&writer) }
    }
    writer.bytes.append(UInt8(ascii: "\n"))
    return writer.bytes
  }
}
