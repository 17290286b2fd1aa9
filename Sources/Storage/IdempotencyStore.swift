internal import Domain
internal import Foundation
internal import GRDB

/// What idempotency keys have led to. The owner is the agency and not the key, so that a rotated key can retry.
extension Transaction {
  func reply(_ owner: KeyOwner, _ key: String) throws -> StoredReply? {
    try fetchOne(
      """
      SELECT request_digest, status, case_id, version, resource FROM idempotency
      WHERE owner = ? AND idempotency_key = ?
      """, [owner.text, key]
    ) { row in
      StoredReply(
        requestDigest: row[0], status: row[1],
        caseID: row.isNull(2) ? nil : try row.identity(2), version: row[3], resource: row[4])
    }
  }

  func remember(_ reply: StoredReply, _ owner: KeyOwner, _ key: String, at now: Timestamp) throws {
    try execute(
      """
      INSERT INTO idempotency (owner, idempotency_key, created_at, request_digest, status, case_id, version, resource)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        owner.text, key, now.milliseconds, Data(reply.requestDigest), reply.status, reply.caseID?.data, reply.version,
        reply.resource,
      ])
  }

  /// Forgets a bounded number of replies that are older than their lifetime; the writer calls it with every batch.
  func forgetReplies(before instant: Timestamp) throws {
    try execute(
      """
      DELETE FROM idempotency WHERE (owner, idempotency_key) IN
        (SELECT owner, idempotency_key FROM idempotency WHERE created_at < ? ORDER BY created_at LIMIT 64)
      """, [instant.milliseconds])
  }
}

extension KeyOwner {
  /// As it stands in the file.
  fileprivate var text: String {
    switch self {
    case .agency(let code): code.rawValue
    case .operator: ":operator"
    }
  }
}
