internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/changes: what has changed since a sequence, as the caller sees it.
enum FeedRoutes {
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let format = try exchange.format(query)
    let wait = Duration.seconds(try query.int("wait", in: 0...60) ?? 0)
    let limit = try query.int("limit", in: 1...1_000) ?? 200
    let deadline = ContinuousClock.now + wait
    var feed = Feed(
      agency: try exchange.agency(), after: try sequence(query, "after") ?? 0, limit: limit,
      isLines: format == .ndjson, rendered: exchange.api.rendered)
    var page = try await read(feed, exchange)
    while page.isEmpty, page.isAtHead, try await mayHaveChanged(after: page.reached, until: deadline, exchange) {
      try exchange.requireKey()
      feed.after = page.reached
      page = try await read(feed, exchange)
    }
    exchange.api.metrics.note(feed.agency, reached: page.reached)
    return Answer(contentType: format.contentType, body: .bytes(page.bytes))
  }

  /// Waits without a thread, and without counting as a request in flight.
  private static func mayHaveChanged(
    after seq: Int64, until deadline: ContinuousClock.Instant, _ exchange: Exchange
  ) async throws -> Bool {
    let rest = deadline - .now
    guard rest > .zero else { return false }
    let agency = try exchange.agency()
    return try await exchange.request.idling {
      try await exchange.api.store.waitForChange(visibleTo: agency, after: seq, atMost: rest)
    }
  }

  /// Reads what a poll finds as a rule at once, and a long page on the lane of long reading.
  private static func read(_ feed: Feed, _ exchange: Exchange) async throws -> Feed.Page {
    var short = feed
    short.limit = min(feed.limit, shortMax)
    let page = try exchange.read { try short.page($0) }
    if page.isAtHead || feed.limit <= shortMax { return page }
    return try await exchange.readLong { try feed.page($0) }
  }

  /// Changes that are read on an event loop: as many cases as a page of a list has.
  private static let shortMax = 50

  /// A sequence in the query: 0 or more.
  static func sequence(_ query: Query, _ name: String) throws(Failure) -> Int64? {
    try query.int(name, in: 0...Int(Int64.max / 2)).map(Int64.init)
  }
}

/// A question to the feed.
private struct Feed: Sendable {
  let agency: AgencyCode
  var after: Int64
  var limit: Int
  let isLines: Bool
  let rendered: RenderedCases

  /// The answer, written.
  struct Page: Sendable {
    var bytes: [UInt8]
    var isEmpty: Bool
    var reached: Int64
    var isAtHead: Bool
  }

  /// - Throws: `sequence_ahead` when `after` is not reached yet, `sequence_gone` when what followed it is gone.
  func page(_ reads: any CaseReads) throws -> Page {
    let oldest = try reads.oldest()
    guard after + 1 >= oldest, try !reads.isLost(after) else { throw Failure.sequenceGone }
    var found = try reads.changes(after: after, limit: limit)
    guard after <= found.head else { throw Failure.sequenceAhead }
    var writer = JSONWriter(reserving: found.changes.count * 2_560 + 256)
    var written = 0
    if !isLines {
      writer.beginObject()
      writer.name("changes")
      writer.beginArray()
    }
    var cases: [CaseID: [UInt8]] = [:]
    for change in found.changes {
      guard let type = change.type(for: agency) else { continue }
      let end = writer.bytes.count
      try write(change, type, &cases, reads, to: &writer)
      if written > 0 && writer.bytes.count > Self.bytesMax {
        writer.bytes.removeSubrange(end...)
        found.reached = change.seq - 1
        break
      }
      written += 1
    }
    if isLines { writer.beginObject() } else { writer.endArray() }
    writer.member("next_after", found.reached)
    writer.member("head", found.head)
    writer.member("oldest", oldest)
    writer.member("representation", CaseJSON.representation)
    writer.endObject()
    if isLines { writer.bytes.append(UInt8(ascii: "\n")) }
    return Page(
      bytes: writer.bytes, isEmpty: written == 0, reached: found.reached, isAtHead: found.reached == found.head)
  }

  /// A page ends before it is longer, with what closes it: a thousand cases of usual length have half of it.
  private static let bytesMax = (4 << 20) - 1_024

  private func write(
    _ change: Change, _ type: ChangeType, _ cases: inout [CaseID: [UInt8]], _ reads: any CaseReads,
    to writer: inout JSONWriter
  ) throws {
    let stub = change.current
    writer.beginObject()
    writer.member("seq", change.seq)
    writer.member("type", type.rawValue)
    writer.member("case_id", stub.id.description)
    // What this change hid goes without the case, even when a later change shows it again.
    let isShown = Visibility.projection(of: change.after, for: agency) != nil
    writer.member("version", isShown ? stub.version : change.version)
    if isShown, let projection = Visibility.projection(of: stub, for: agency) {
      writer.member("etag", EntityTag.of(version: stub.version, projection))
      writer.name("case")
      let json = try cases[stub.id] ?? json(stub, projection, reads)
      cases[stub.id] = json
      writer.raw(json)
    }
    writer.endObject()
    if isLines { writer.bytes.append(UInt8(ascii: "\n")) }
  }

  /// A case is written as it is now, once a page, however often it has changed.
  private func json(_ stub: CaseStub, _ projection: Projection, _ reads: any CaseReads) throws -> [UInt8] {
    if let json = rendered.json(stub, projection) { return json }
    guard let record = try reads.caseRecord(behind: stub) else { return Array("null".utf8) }
    return rendered.render(record, projection)
  }
}

extension Failure {
  static let sequenceAhead = Failure(
    .sequenceAhead, en: "The service has not reached this sequence: it may have been restored from an older copy.",
    id: "Layanan belum mencapai urutan ini: mungkin dipulihkan dari salinan yang lebih lama.")
  static let sequenceGone = Failure(
    .sequenceGone, en: "What followed this sequence is gone; begin with a snapshot at /v1/exports/cases.",
    id: "Perubahan setelah urutan ini tidak tersedia lagi; mulai dari /v1/exports/cases.")
}
