internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Access keys. The log has the trace of administrators' acts.
extension Transaction {
  func loadKeys() throws -> [String: AccessKey] {
    let keys = try fetch(
      """
      SELECT id, agency, label, scopes, created_at, expires_at, revoked_at, networks, secret_digest, identities,
        made_by, rotated_from, bytes_max
      FROM access_key
      """, []
    ) { row in
      AccessKey(
        id: row[0], owner: (row[1] as String?).map { .agency(AgencyCode(rawValue: $0)) } ?? .operator, label: row[2],
        scopes: Set((row[3] as String).split(separator: " ").compactMap { Scope(rawValue: String($0)) }),
        createdAt: Timestamp(milliseconds: row[4]),
        expiresAt: (row[5] as Int64?).map { Timestamp(milliseconds: $0) },
        revokedAt: (row[6] as Int64?).map { Timestamp(milliseconds: $0) },
        networks: (row[7] as String).split(separator: " ").map(String.init),
        identities: (row[9] as String).split(separator: "\n").map(String.init), secretDigest: row[8],
        madeBy: row[10], rotatedFrom: row[11], bytesMax: row[12])
    }
    return Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func key(_ id: String) throws -> AccessKey? { try loadKeys()[id] }

  func insert(_ key: AccessKey, by maker: String) throws {
    let agency: String? = if case .agency(let code) = key.owner { code.rawValue } else { nil }
    try execute(
      """
      INSERT INTO access_key
        (id, agency, label, scopes, networks, created_at, expires_at, revoked_at, secret_digest, identities, made_by,
         rotated_from, bytes_max)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        key.id, agency, key.label, key.scopes.map(\.rawValue).sorted().joined(separator: " "),
        key.networks.joined(separator: " "), key.createdAt.milliseconds, key.expiresAt?.milliseconds,
        key.revokedAt?.milliseconds, Data(key.secretDigest), key.identities.joined(separator: "\n"),
        key.madeBy, key.rotatedFrom, key.bytesMax,
      ])
    try log(key, by: maker)
    pending.changedSnapshots = true
  }

  func revoke(_ keyID: String, at instant: Timestamp, by administrator: String) throws {
    // An end that is set never moves back.
    try execute(
      "UPDATE access_key SET revoked_at = min(coalesce(revoked_at, ?1), ?1) WHERE id = ?2",
      [instant.milliseconds, keyID])
    pending.changedSnapshots = true
    if let key = try key(keyID) { try logEnd(of: key, by: administrator) }
  }

  /// Logs the end of a key that was set.
  func logEnd(of key: AccessKey, by administrator: String) throws {
    guard let end = key.revokedAt else { return }
    try log(.keyEnd, of: key.agency) { writer in
      writer.member("id", key.id)
      writer.member("ends_at", end.description)
      writer.member("by", administrator)
      writer.member("at", now.description)
    }
  }

  /// Logs a key that was made. Its secret is committed to, and never disclosed.
  func log(_ key: AccessKey, by maker: String) throws {
    try log(.key, of: key.agency, store: Self.json(ofSecret: key.secretDigest)) { writer in
      key.writeLeaf(to: &writer)
      writer.member("by", maker)
      writer.member("at", now.description)
    }
  }

  static func json(ofSecret digest: [UInt8]) -> [UInt8] { Array("\"\(Base64URL.encode(digest))\"".utf8) }

  /// When each key was used last, as far as that is written down.
  func keyUses() throws -> [String: Timestamp] {
    let uses = try fetch("SELECT id, used_at FROM access_key WHERE used_at IS NOT NULL", []) { row in
      (row[0] as String, Timestamp(milliseconds: row[1]))
    }
    return Dictionary(uses, uniquingKeysWith: { first, _ in first })
  }

  func write(_ uses: [String: Timestamp]) throws {
    for (id, hour) in uses {
      try execute("UPDATE access_key SET used_at = ? WHERE id = ?", [hour.milliseconds, id])
    }
  }
}

extension AccessKey {
  fileprivate var agency: String? { if case .agency(let code) = owner { code.rawValue } else { nil } }

  /// Writes what its leaf says of it, but for who has made it when.
  func writeLeaf(to writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("agency", agency)
    writer.member("label", label)
    writer.member("scopes", strings: scopes.map(\.rawValue).sorted())
    writer.member("networks", strings: networks)
    writer.member("identities", strings: identities)
    writer.member("created_at", createdAt.description)
    writer.member("expires_at", expiresAt?.description)
    writer.member("made_by", madeBy)
    writer.member("rotated_from", rotatedFrom)
    writer.member("bytes_max", bytesMax)
  }
}
