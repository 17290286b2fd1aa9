public import Domain

/// Access keys: the operator's management of them, and what each agency is told of its own.
public struct KeyService: RecordService {
  public let records: Records

  /// The keys of `records`.
  public init(_ records: Records) { self.records = records }

  /// A key; nil when there is none of that name.
  public func key(_ id: String) -> AccessKey? { records.store.keys[id] }

  /// All keys, in no order.
  public func list(by asker: Asker) throws -> [ListedKey] {
    let (keys, uses) = (records.store.keys, try records.store.keyUses(on: asker.reader))
    return keys.values.map { key in
      ListedKey(key: key, makerLabel: key.madeBy.flatMap { keys[$0]?.label }, lastUsedAt: uses[key.id])
    }
  }

  /// Stores a new key.
  ///
  /// - Returns: its name, or that of the key which an earlier request has made.
  public func create(_ key: AccessKey, by asker: Asker, _ intent: Intent) async throws -> Done<String> {
    let by = asker.keyID
    return try await store(key, by: asker, intent) { try $0.insert(key, by: by) }
  }

  /// Puts a new key into the place of an old one, which ends after the overlap. The life of the new one begins anew.
  ///
  /// - Throws: `already_decided` when the old key has ended.
  public func rotate(
    _ old: AccessKey, to id: String, _ secretDigest: [UInt8], overlapHours: Int, by asker: Asker, _ intent: Intent
  ) async throws -> (key: AccessKey, done: Done<String>) {
    let now = asker.now
    var new = old
    new.id = id
    new.secretDigest = secretDigest
    new.createdAt = now
    new.expiresAt = old.successorEnd(from: now)
    new.revokedAt = nil
    new.madeBy = asker.caller?.key.id
    new.rotatedFrom = old.id
    let (key, end, by) = (new, now.adding(seconds: Int64(overlapHours) * 3600), asker.keyID)
    let done = try await store(key, by: asker, intent) { transaction in
      guard try transaction.key(old.id)?.isValid(at: now) == true else {
        throw Failure(.alreadyDecided, en: "This key has ended.", inIndonesian: "Kunci ini sudah berakhir.")
      }
      try transaction.revoke(old.id, at: end, by: by)
      try transaction.insert(key, by: by)
    }
    return (key, done)
  }

  private func store(
    _ key: AccessKey, by asker: Asker, _ intent: Intent, _ change: @escaping @Sendable (any CaseWrites) throws -> Void
  ) async throws -> Done<String> {
    return try await records.once(by: asker, intent) { reply, _ in
      reply.resource ?? ""
    } change: { transaction in
      try change(transaction)
      let reply = StoredReply(requestDigest: [], status: 201, caseID: nil, version: nil, resource: key.id)
      return (key.id, reply)
    }
  }

  /// Ends a key now; a key that has ended stays listed.
  public func revoke(_ key: AccessKey, by asker: Asker, dryRun: Bool) async throws {
    let (now, by) = (asker.now, asker.keyID)
    try await records.store.write(by: .operator, dryRun: dryRun, noting: asker.receipts) { transaction in
      if key.isValid(at: now) { try transaction.revoke(key.id, at: now, by: by) }
    }
  }

  /// What a key is told about itself.
  public func standing(of caller: Caller, _ asker: Asker) -> KeyStanding {
    let (store, reference, today) = (records.store, records.reference, asker.today)
    let migrations = store.keys.values.filter { $0.scopes.contains(.migration) && $0.isValid(at: asker.now) }
    return KeyStanding(
      term: caller.agency.flatMap { reference.term(of: $0, on: today) },
      isRecording: caller.agency.map { reference.standing(of: $0, on: today) == .inOffice } ?? false,
      mandates: reference.mandates.filter { $0.agency == caller.agency?.rawValue },
      migrations: migrations.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) },
      use: caller.budget.map { store.use(of: $0, at: asker.now) })
  }
}

/// What a key is told about itself and its agency.
public struct KeyStanding: Sendable {
  /// The days of the agency; nil for the operator.
  public let term: Agency?
  /// Whether the agency records today.
  public let isRecording: Bool
  public let mandates: [Mandate]
  /// The keys that may speak for any agency now, oldest first: all shall know of them.
  public let migrations: [AccessKey]
  /// What the key may still store; nil for the operator.
  public let use: ByteUse?
}
