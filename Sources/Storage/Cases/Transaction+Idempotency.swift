internal import Domain
internal import GRDB
internal import Service

/// What idempotency keys have led to. The owner is the agency and not the key, so that a rotated key can retry.
extension Transaction {
  func reply(_ owner: KeyOwner, _ key: String) throws -> StoredReply? {
    try run(
      .reply,
      {
        $0.add(owner.text)
        $0.add(key)
      },
      { row in
        StoredReply(
          requestDigest: row[0], status: row[1],
          caseID: row.isNull(2) ? nil : try row.identity(2), version: row[3], resource: row[4])
      })
  }

  func remember(_ reply: StoredReply, _ owner: KeyOwner, _ key: String, at now: Timestamp) throws {
    try run(.insertReply) {
      $0.add(owner.text)
      $0.add(key)
      $0.add(now)
      $0.add(reply.requestDigest)
      $0.add(reply.status)
      $0.add(reply.caseID)
      $0.add(reply.version)
      $0.add(reply.resource)
    }
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
