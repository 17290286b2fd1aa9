internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/exports/cases: every case the caller sees, as it stood at one sequence.
///
/// Nothing is held open for it: the snapshot is read in parts, each in a short transaction, while writes go on. That is
/// why a broken download goes on where it stopped, even after the server was started again.
enum ExportRoutes {
  static func cases(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let format = try exchange.format(query)
    let isCSV = format == .csv
    let (seq, after) = (try FeedRoutes.sequence(query, "seq"), try after(query))
    let agency = try exchange.agency()
    // Last, so that a request that asks for nothing sensible costs nothing.
    let slot = try exchange.takeStream()
    let snapshot = try await exchange.readPart { try Snapshot(agency, seq: seq, after: after, isCSV: isCSV, $0) }
    var answer = Answer(contentType: format.contentType)
    answer.fields = [
      Response.Field(name: .snapshotSequence, value: String(snapshot.seq)),
      Response.Field(name: .snapshotCount, value: String(snapshot.count)),
    ]
    let body = EncodedBody(exchange.request, &answer)
    answer.body = .stream { stream in
      try await stream.write(body.encode(snapshot.header))
      let count = try await write(snapshot, body, exchange, to: stream)
      try await stream.write(body.finish(snapshot.trailer(count)))
      slot.keep()
    }
    return answer
  }

  /// Writes the cases; the next part is read while this one is sent. Returns how many they were.
  private static func write(
    _ snapshot: Snapshot, _ body: EncodedBody, _ exchange: Exchange, to stream: ResponseStream
  ) async throws -> Int {
    @Sendable func part(_ id: CaseID) async throws -> Snapshot.Part {
      try await exchange.readPart { reads in
        var part = try snapshot.part(after: id, reads)
        part.bytes = body.encode(part.bytes)
        return part
      }
    }
    var current = try await part(snapshot.after ?? .lowest)
    var count = current.count
    while let next = current.next {
      async let ahead = part(next)
      try await stream.write(current.bytes)
      try exchange.requireKey()
      current = try await ahead
      count += current.count
    }
    try await stream.write(current.bytes)
    return count
  }

  private static func after(_ query: Query) throws(Failure) -> CaseID? {
    guard let text = query["after"] else { return nil }
    guard let id = CaseID(text) else {
      throw .parameter("after", LocalizedText(en: "Give the identity of a case.", id: "Isi identitas kasus."))
    }
    return id
  }
}

/// The cases of one agency at one sequence.
private struct Snapshot: Sendable {
  let agency: AgencyCode
  let seq: Int64
  let isCSV: Bool
  /// Cases of the whole snapshot.
  let count: Int
  /// The case after which this answer begins.
  let after: CaseID?

  /// A part of the answer, written.
  struct Part: Sendable {
    var bytes: [UInt8]
    var count: Int
    var next: CaseID?
  }

  /// - Throws: `sequence_ahead`.
  init(_ agency: AgencyCode, seq wanted: Int64?, after: CaseID?, isCSV: Bool, _ reads: any CaseReads) throws {
    let head = try reads.head()
    seq = wanted ?? head
    if try reads.isLost(seq) { throw Failure.sequenceGone }
    guard seq <= head else { throw Failure.sequenceAhead }
    self.agency = agency
    self.isCSV = isCSV
    self.after = after
    count = try reads.pastCount(at: seq, for: agency)
  }

  /// Cases a part is made of: a few milliseconds of work, so that other agencies' parts get their turn.
  private static let partCases = 128

  func part(after id: CaseID, _ reads: any CaseReads) throws -> Part {
    let page = try reads.pastCases(at: seq, after: id, limit: Self.partCases)
    let seen = page.items.compactMap { item in item.projection(for: agency).map { (item.record, $0) } }
    return Part(bytes: isCSV ? csv(seen) : lines(seen), count: seen.count, next: page.next)
  }

  private func lines(_ seen: [(Case, Projection)]) -> [UInt8] {
    var writer = JSONWriter(reserving: seen.count * 2_048)
    for (record, projection) in seen {
      writer.beginObject()
      writer.member("etag", EntityTag.of(version: record.version, projection))
      writer.name("case")
      CaseJSON.write(record, projection, to: &writer)
      writer.endObject()
      writer.bytes.append(UInt8(ascii: "\n"))
    }
    return writer.bytes
  }

  private func csv(_ seen: [(Case, Projection)]) -> [UInt8] {
    var writer = CSVWriter()
    for (record, projection) in seen { CaseCSV.write(record, projection, to: &writer) }
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
      writer.member("seq", seq)
      writer.member("count", count)
      writer.member("representation", CaseJSON.representation)
      if let after { writer.member("after", after.description) }
    }
  }

  /// The last line, without which the answer is not complete.
  func trailer(_ count: Int) -> [UInt8] {
    if isCSV { return [] }
    return line("end") { writer in
      writer.member("seq", seq)
      writer.member("cases", count)
    }
  }

  private func line(_ name: StaticString, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name(name)
    writer.beginObject()
    write(&writer)
    writer.endObject()
    writer.endObject()
    writer.bytes.append(UInt8(ascii: "\n"))
    return writer.bytes
  }
}
