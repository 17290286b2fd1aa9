internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// /v1/admin/keys: the operator's management of access keys. A secret is shown once, when it is made.
enum KeyRoutes {
  /// POST /v1/admin/keys
  static func create(_ call: Call, _ keys: KeyService) async throws -> Answer {
    let write = try await Write(call)
    let token = Token(random: call.site.random)
    let key = try KeyBody.key(write.body, token, by: call.asker, keys.reference)
    let done = try await keys.create(key, by: call.asker, write.intent)
    return answer(key, token, done, write.intent, keys)
  }

  /// GET /v1/admin/keys
  static func list(_ call: Call, _ keys: KeyService) throws -> Answer {
    let all = try keys.list(by: call.asker).sorted { ($0.key.createdAt, $0.key.id) < ($1.key.createdAt, $1.key.id) }
    if let table = Table(call, ListedKey.title, ListedKey.columns) { return table.answer(ListedKey.rows(all, table)) }
    return try WholeList(call, at: "/v1/admin/keys").answer(all) { key in
      var writer = JSONWriter()
      key.write(to: &writer)
      return writer.bytes
    }
  }

  /// GET /v1/admin/keys/{id}
  static func show(_ call: Call, _ keys: KeyService) throws -> Answer {
    let id = try find(call, keys).id
    guard let key = try keys.list(by: call.asker).first(where: { $0.key.id == id }) else { throw Failure.notFound }
    return Answer.json { key.write(to: &$0) }
  }

  /// DELETE /v1/admin/keys/{id}
  static func revoke(_ call: Call, _ keys: KeyService) async throws -> Answer {
    let dryRun = call.dryRun
    try await keys.revoke(try find(call, keys), by: call.asker, dryRun: dryRun)
    var answer = Answer(status: .noContent)
    answer.tell(dryRun: dryRun)
    return answer
  }

  /// POST /v1/admin/keys/{id}/rotation: `{"overlap_hours": 0...720}`
  static func rotate(_ call: Call, _ keys: KeyService) async throws -> Answer {
    let write = try await Write(call)
    let old = try find(call, keys)
    let reader = try ObjectReader(write.body)
    let hours = KeyBody.overlapHours(reader)
    try reader.errors.check()
    let token = Token(random: call.site.random)
    let (key, done) = try await keys.rotate(
      old, to: token.keyID, token.digest, overlapHours: hours, by: call.asker, write.intent)
    return answer(key, token, done, write.intent, keys)
  }

  /// The answer to a retry names the key and cannot show the secret again.
  private static func answer(
    _ key: AccessKey, _ token: Token, _ done: Done<String>, _ intent: Intent, _ keys: KeyService
  ) -> Answer {
    let shown = done.isReplayed ? keys.key(done.value) ?? key : key
    var answer = Answer.object(.created) { writer in
      KeyJSON.writeMembers(shown, to: &writer)
      writer.member("key", done.isReplayed || intent.dryRun ? nil as String? : token.text)
    }
    answer.tell(intent, isReplayed: done.isReplayed)
    if !intent.dryRun {
      answer.fields.append(Response.Field(name: .location, value: "/v1/admin/keys/\(done.value)"))
    }
    return answer
  }

  private static func find(_ call: Call, _ keys: KeyService) throws(Failure) -> AccessKey {
    guard let id = call.parameters.first, let key = keys.key(String(id)) else { throw .notFound }
    return key
  }
}
