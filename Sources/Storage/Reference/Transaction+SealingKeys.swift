internal import Domain
internal import GRDB
internal import JSON
internal import Service

/// The keys that seal reporters.
extension Transaction {
  /// Those of all agencies, ended ones, too.
  func sealingKeys() throws -> [SealingKey] {
    // A file of an earlier release that is being migrated has none.
    guard try database.tableExists("sealing_key") else { return [] }
    return try fetch(
      "SELECT key_id, agency, public_key, registered_at, ended_at FROM sealing_key ORDER BY agency, registered_at, key_id",
      []
    ) { row in
      SealingKey(
        id: row[0], agency: AgencyCode(rawValue: row[1]), publicKey: row[2],
        registeredAt: Timestamp(milliseconds: row[3]),
        endedAt: (row[4] as Int64?).map { Timestamp(milliseconds: $0) })
    }
  }

  /// Registers a key, or lets one that is active take over from others.
  func register(_ key: SealingKey, ending ends: [String], by keyID: String) throws -> SealingKey {
    var key = key
    key.registeredAt = now
    for id in ends {
      try execute(
        "UPDATE sealing_key SET ended_at = ? WHERE agency = ? AND key_id = ?",
        [now.milliseconds, key.agency.rawValue, id])
    }
    try execute(
      "INSERT INTO sealing_key (agency, key_id, public_key, registered_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      [key.agency.rawValue, key.id, key.publicKey, now.milliseconds])
    try log(.sealingKey, of: key.agency.rawValue) { writer in
      writer.member("agency", key.agency.rawValue)
      writer.member("key_id", key.id)
      writer.member("public_key", key.publicKey)
      writer.member("ends", strings: ends)
      writer.member("by", keyID)
      writer.member("at", now.description)
    }
    pending.changedSnapshots = true
    return key
  }

  /// Whoever stores facts has sealed their reporter, where their agency has a key for that.
  ///
  /// - Throws: `DatabaseError`: nobody did.
  func requireSealedReporter(_ facts: Facts, before: Facts? = nil) throws {
    guard facts.reporter.isOpen, facts.reporter != before?.reporter else { return }
    let day = LegalDate(inJakarta: now)
    if try !currentReference().sealingKeys(for: facts.source.agency, on: day).isEmpty {
      throw DatabaseError(message: "a reporter came unsealed")
    }
  }
}
