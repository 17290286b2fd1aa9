internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Logging

/// /v1/admin/backups: the operator's backups. Where they go the server's settings say, and never a request.
enum BackupRoutes {
  /// POST /v1/admin/backups: makes one now, and answers when it is proved sound.
  static func create(_ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    try await requireNothing(exchange)
    let store = exchange.api.store
    let start = ContinuousClock.now
    let backup: Backup
    do {
      backup = try await store.backUp(dryRun: dryRun)
    } catch let failure as Failure where failure.code == .storageUnavailable {
      exchange.api.logger.warning("a backup was not made", metadata: ["reason": "\(failure.detail.en)"])
      throw failure
    }
    let duration = (ContinuousClock.now - start) / .milliseconds(1)
    let (now, by) = (exchange.now, exchange.caller?.key.id ?? "")
    try await store.write(by: .operator, dryRun: dryRun) {
      try $0.audit("backup.create", by: by, detail: backup.name, at: now)
    }
    var answer = Answer.json(.created) { writer in
      writer.beginObject()
      writeMembers(backup, to: &writer)
      writer.member("duration_ms", Int(duration))
      writer.endObject()
    }
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    return answer
  }

  /// GET /v1/admin/backups: newest first.
  static func list(_ exchange: Exchange) async throws -> Answer {
    let list = try WholeList(try exchange.query(), at: "/v1/admin/backups", exchange)
    return try list.answer(try await exchange.api.store.backups()) { backup in
      var writer = JSONWriter()
      writer.beginObject()
      writeMembers(backup, to: &writer)
      writer.endObject()
      return writer.bytes
    }
  }

  private static func writeMembers(_ backup: Backup, to writer: inout JSONWriter) {
    writer.member("name", backup.name)
    writer.member("created_at", backup.madeAt.description)
    writer.member("seq", backup.seq)
    writer.member("bytes", backup.bytes)
    writer.member("sha256", backup.sha256)
  }

  /// There is nothing to say about a backup: no body, or an empty object.
  private static func requireNothing(_ exchange: Exchange) async throws {
    let bytes = try await exchange.bytes()
    if bytes.isEmpty { return }
    let reader = try ObjectReader(try Exchange.parse(bytes))
    reader.finish()
    try reader.errors.check()
  }
}
