internal import Domain
internal import HTTPTypes
internal import JSON
internal import Service

/// /v1/admin/backups: the operator's backups. Where they go the server's settings say, and never a request.
enum BackupRoutes {
  /// POST /v1/admin/backups: makes one now, and answers when it is proved sound.
  static func create(_ call: Call, _ backups: BackupService) async throws -> Answer {
    let dryRun = call.dryRun
    try await requireNothing(call)
    let start = ContinuousClock.now
    let backup = try await backups.make(by: call.asker, dryRun: dryRun)
    let duration = (ContinuousClock.now - start) / .milliseconds(1)
    var answer = Answer.object(.created) { writer in
      writeMembers(backup, to: &writer)
      writer.member("duration_ms", Int(duration))
    }
    answer.tell(dryRun: dryRun)
    return answer
  }

  /// GET /v1/admin/backups: newest first.
  static func list(_ call: Call, _ backups: BackupService) async throws -> Answer {
    let list = try WholeList(call, at: "/v1/admin/backups")
    return try list.answer(try await backups.list()) { backup in
      return JSONWriter.object { writer in writeMembers(backup, to: &writer) }
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
  private static func requireNothing(_ call: Call) async throws {
    let bytes = try await call.bytes()
    if bytes.isEmpty { return }
    let reader = try ObjectReader(try JSONBody.parse(bytes))
    reader.finish()
    try reader.errors.check()
  }
}
