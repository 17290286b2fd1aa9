internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// GET /v1/changes: what has changed since a sequence, as the caller sees it.
enum FeedRoutes {
  static func list(_ call: Call, _ feed: FeedService, _ rendered: RenderedCases, _ metrics: Metrics) async throws
    -> Answer
  {
    let wait = Duration.seconds(try call.query.int("wait", in: 0...60) ?? 0)
    let limit = try call.query.int("limit", in: 1...1_000) ?? 200
    let deadline = ContinuousClock.now + wait
    let document = FeedDocument(
      isLines: call.format == .ndjson, isProving: try call.query.proving(in: call.format), fields: call.fields,
      rendered: rendered)
    let (asker, agency) = (call.asker, try call.asker.agency())
    var after = try call.query.sequence("after") ?? 0
    var page = try await feed.page(after: after, limit: limit, by: asker) { try document.page($0) }
    while page.isEmpty, page.isAtHead {
      let rest = deadline - .now
      after = page.reached
      // Waits without counting as a request in flight.
      guard rest > .zero,
        try await call.request.idling({ [after] in
          try await feed.mayHaveChanged(after: after, atMost: rest, by: asker)
        })
      else { break }
      try call.requireKey()
      page = try await feed.page(after: after, limit: limit, by: asker) { try document.page($0) }
    }
    metrics.note(agency, reached: page.reached)
    return Answer(contentType: call.format.contentType, body: .bytes(page.bytes))
  }
}
