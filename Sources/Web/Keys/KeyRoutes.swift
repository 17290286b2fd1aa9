internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// /v1/admin/keys: the operator's management of access keys. A secret is shown once, when it is made.
enum KeyRoutes {
  /// POST /v1/admin/keys
  static func create(_ exchange: Exchange) async throws -> Answer {
    let write = try await Write(exchange, keyRequired: true)
    let token = Token(random: exchange.api.settings.random)
    let key = try KeyBody.key(write.body.value, token, exchange)
    return try await store(key, token, write, exchange) { try $0.insert(key) }
  }

  /// GET /v1/admin/keys
  static func list(_ exchange: Exchange) async throws -> Answer {
    let list = try WholeList(try exchange.query(), at: "/v1/admin/keys", exchange)
    let keys = try ListedKey.all(exchange).sorted { ($0.key.createdAt, $0.key.id) < ($1.key.createdAt, $1.key.id) }
    return try list.answer(keys) { key in
      var writer = JSONWriter()
      key.write(to: &writer)
      return writer.bytes
    }
  }

  /// GET /v1/admin/keys/{id}
  static func show(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let id = try find(exchange).id
    guard let key = try ListedKey.all(exchange).first(where: { $0.key.id == id }) else { throw Failure.notFound }
    return Answer.json { key.write(to: &$0) }
  }

  /// DELETE /v1/admin/keys/{id}: ends the key now; a key that has ended stays listed.
  static func revoke(_ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    let key = try find(exchange)
    let (now, by) = (exchange.now, exchange.caller?.key.id ?? "")
    try await exchange.api.store.write(by: .operator, dryRun: dryRun) { transaction in
      if key.isValid(at: now) { try transaction.revoke(key.id, at: now) }
      try transaction.audit("key.revoke", by: by, detail: key.id, at: now)
    }
    return Answer(
      status: .noContent, fields: dryRun ? [Response.Field(name: .dryRun, value: "true")] : [])
  }

  /// POST /v1/admin/keys/{id}/rotation: `{"overlap_hours": 0...720}`; the old key ends after the overlap.
  ///
  /// The life of the new one begins anew.
  static func rotate(_ exchange: Exchange) async throws -> Answer {
    let write = try await Write(exchange, keyRequired: true)
    let old = try find(exchange)
    let reader = try ObjectReader(write.body.value)
    let hours = KeyBody.overlapHours(reader)
    try reader.errors.check()
    let token = Token(random: exchange.api.settings.random)
    var new = old
    new.id = token.keyID
    new.secretDigest = token.digest
    new.createdAt = exchange.now
    new.expiresAt = old.successorEnd(from: exchange.now)
    new.revokedAt = nil
    new.madeBy = exchange.caller?.key.id
    new.rotatedFrom = old.id
    let end = exchange.now.adding(seconds: Int64(hours) * 3600)
    let (key, now) = (new, exchange.now)
    return try await store(key, token, write, exchange) { transaction in
      guard try transaction.key(old.id)?.isValid(at: now) == true else {
        throw Failure(.alreadyDecided, en: "This key has ended.", id: "Kunci ini sudah berakhir.")
      }
      try transaction.insert(key)
      try transaction.revoke(old.id, at: end)
    }
  }

  /// Stores a key once; the answer to a retry names the key and cannot show the secret again.
  private static func store(
    _ key: AccessKey, _ token: Token, _ write: Write, _ exchange: Exchange,
    _ change: @escaping @Sendable (any CaseWrites) throws -> Void
  ) async throws -> Answer {
    let (now, by) = (exchange.now, exchange.caller?.key.id ?? "")
    let (id, replayed) = try await write.once(
      replay: { reply, _ in reply.resource ?? "" },
      change: { transaction in
        try change(transaction)
        try transaction.audit("key.create", by: by, detail: key.id, at: now)
        let reply = StoredReply(requestDigest: [], status: 201, caseID: nil, version: nil, resource: key.id)
        return (key.id, reply)
      })
    let shown = replayed ? exchange.api.store.keys[id] ?? key : key
    var answer = Answer.json(.created) { writer in
      writer.beginObject()
      KeyJSON.writeMembers(shown, to: &writer)
      writer.member("key", replayed || write.dryRun ? nil as String? : token.text)
      writer.endObject()
    }
    answer.fields = write.fields(replayed: replayed)
    if !write.dryRun {
      answer.fields.append(Response.Field(name: .location, value: "/v1/admin/keys/\(id)"))
    }
    return answer
  }

  private static func find(_ exchange: Exchange) throws(Failure) -> AccessKey {
    guard let id = exchange.parameters.first, let key = exchange.api.store.keys[String(id)] else { throw .notFound }
    return key
  }
}

/// The body that describes a new key.
enum KeyBody {
  static func key(_ body: JSONValue, _ token: Token, _ exchange: Exchange) throws(Failure) -> AccessKey {
    let reader = try ObjectReader(body)
    let (agency, isOperator, label, scopes, end, networks, identities, bytesMax) = read(reader)
    if isOperator == (agency != nil) { reader.errors.add("/agency", .inconsistent) }
    if let agency, exchange.api.store.reference.agencies[agency] == nil { reader.errors.add("/agency", .unknownCode) }
    for (index, network) in networks.enumerated() where Network(network) == nil {
      reader.errors.add("/networks/\(index)", .format, Hint.networks)
    }
    for (index, identity) in identities.enumerated() where !CertificateIdentity.isValid(identity) {
      reader.errors.add("/identities/\(index)", .format)
    }
    let owner: KeyOwner = agency.map { .agency(AgencyCode(rawValue: $0)) } ?? .operator
    let granted = checked(scopes, owner, reader.errors)
    let expiresAt = end.flatMap { checked($0, granted, exchange.now, reader.errors) }
    if bytesMax != nil, !granted.contains(.migration) { reader.errors.add("/bytes_max", .notAllowed) }
    try reader.errors.check()
    return AccessKey(
      id: token.keyID, owner: owner, label: label ?? "", scopes: granted, createdAt: exchange.now,
      expiresAt: expiresAt, revokedAt: nil, networks: networks, identities: identities, secretDigest: token.digest,
      madeBy: exchange.caller?.key.id,
      bytesMax: granted.contains(.migration) ? bytesMax.map { Int64($0) } ?? AccessKey.migrationBytes : nil)
  }

  private static func checked(_ end: KeyEnd, _ scopes: Set<Scope>, _ now: Timestamp, _ errors: BodyErrors) -> Timestamp?
  {
    do throws(KeyEnd.Fault) {
      return try end.instant(for: scopes, from: now)
    } catch {
      let detail: LocalizedText? =
        switch error {
        case .past: nil
        case .tooLong(let days):
          LocalizedText(
            en: "A key with these scopes ends within \(days) days.",
            id: "Kunci dengan lingkup ini berakhir dalam \(days) hari.")
        }
      errors.add("/expires_at", .range, detail)
      return nil
    }
  }

  /// Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> (
    agency: String?, isOperator: Bool, label: String?, scopes: [String], end: KeyEnd?, networks: [String],
    identities: [String], bytesMax: Int?
  ) {
    defer { body.finish() }
    return (
      body.text("agency", max: 20), body.flag("operator") ?? false, body.text("label", max: 100, required: true),
      body.texts("scopes", countMax: 10, max: 20), end(body),
      body.texts("networks", countMax: 20, max: 49),
      body.texts("identities", countMax: CertificateIdentity.countMax, max: CertificateIdentity.bytesMax),
      body.int("bytes_max", in: AccessKey.migrationBytesRange)
    )
  }

  /// When the key is to end; nil when that cannot be read.
  private static func end(_ body: ObjectReader) -> KeyEnd? {
    let schema = Schema.anyOf([.instant, .const("never")]).described(
      "Default: after 365 days, or what the scopes allow if that is less. Some scopes must end: admin within 90 days, migration within 30."
    )
    switch body.value("expires_at", schema) {
    case nil: return .standard
    case .string("never"): return .never
    case .string(let text):
      if let instant = Timestamp(text) { return .at(instant) }
      body.errors.add("/expires_at", .format, Hint.instant)
    default: body.errors.add("/expires_at", .type)
    }
    return nil
  }

  /// The body of a rotation: how long the old key stays valid.
  static func overlapHours(_ body: ObjectReader) -> Int {
    defer { body.finish() }
    return body.int("overlap_hours", in: 0...720) ?? 24
  }

  private static func checked(_ names: [String], _ owner: KeyOwner, _ errors: BodyErrors) -> Set<Scope> {
    if names.isEmpty { errors.add("/scopes", .required) }
    var granted: Set<Scope> = []
    for (index, name) in names.enumerated() {
      guard let scope = Scope(rawValue: name) else {
        errors.add("/scopes/\(index)", .unknownCode, Query.oneOf(Scope.self))
        continue
      }
      if scope.suits(owner) { granted.insert(scope) } else { errors.add("/scopes/\(index)", .notAllowed) }
    }
    return granted
  }
}

/// A key as it is shown: never the secret, never its digest.
enum KeyJSON {
  static func writeMembers(_ key: AccessKey, to writer: inout JSONWriter) {
    writer.member("id", key.id)
    if case .agency(let code) = key.owner {
      writer.member("agency", code.rawValue)
    } else {
      writer.member("agency", nil as String?)
    }
    writer.member("operator", key.owner == .operator)
    writer.member("label", key.label)
    writer.member("scopes", strings: key.scopes.map(\.rawValue).sorted())
    writer.member("networks", strings: key.networks)
    writer.member("identities", strings: key.identities)
    writer.member("created_at", key.createdAt.description)
    writer.member("expires_at", key.expiresAt?.description)
    writer.member("revoked_at", key.revokedAt?.description)
    writer.member("bytes_max", key.bytesMax)
  }
}
