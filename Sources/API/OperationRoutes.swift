internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Whether the program lives, and whether it can serve.
enum OperationRoutes {
  static func live(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    return Answer.json { writer in
      writer.beginObject()
      writer.member("status", "ok")
      writer.endObject()
    }
  }

  /// Ready: the file can be read, and a write (undone again) reaches it.
  static func ready(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    _ = try exchange.read { try $0.stub(CaseID(high: 0, low: 0)) }
    let now = exchange.now
    try await exchange.api.store.write(by: .operator, dryRun: true) {
      try $0.audit("readiness", by: "-", detail: "", at: now)
    }
    return try await live(exchange)
  }
}
