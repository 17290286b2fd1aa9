internal import Domain
internal import JSON
internal import Service

/// A snapshot, as it is written.
struct SnapshotDocument: Sendable {
  let snapshot: Snapshot
  let isCSV: Bool
  /// The case after which this answer begins.
  let after: CaseID?

  func part(_ seen: [SeenCase]) -> [UInt8] { isCSV ? csv(seen) : lines(seen) }

  private func lines(_ seen: [SeenCase]) -> [UInt8] {
    var writer = JSONWriter(reserving: seen.count * 2_048)
    for seen in seen {
      writer.object { writer in
        writer.member("etag", seen.etag)
        writer.name("case")
        CaseJSON.write(seen.record, seen.projection, to: &writer)
      }
      writer.bytes.append(UInt8(ascii: "\n"))
    }
    return writer.bytes
  }

  private func csv(_ seen: [SeenCase]) -> [UInt8] {
    var writer = CSVWriter()
    for seen in seen { CaseCSV.write(seen.record, seen.projection, to: &writer) }
    return writer.bytes
  }

  /// The first line: what this is a snapshot of.
  var header: [UInt8] {
    if isCSV {
      var writer = CSVWriter()
      CaseCSV.writeHeader(to: &writer)
      return writer.bytes
    }
    return line("snapshot") { writer in
      writer.member("seq", snapshot.seq)
      writer.member("count", snapshot.count)
      writer.member("representation", EntityTag.representation)
      if let after { writer.member("after", after.description) }
    }
  }

  /// The last line, without which the answer is not complete.
  func trailer(_ count: Int) -> [UInt8] {
    if isCSV { return [] }
    return line("end") { writer in
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
