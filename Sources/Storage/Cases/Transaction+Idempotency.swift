internal import Domain
internal import GRDB
internal import Merkle
internal import Service

/// What idempotency keys have led to. The owner is the agency and not the key, so that a rotated key can retry.
extension Transaction {
  func reply(_ owner: KeyOwner, _ key: String) throws -> StoredReply? {
    let digest = try digest(ofIdempotencyKey: key)
    return try run(
      .reply,
      {
        $0.add(owner.text)
        $0.add(digest)
        $0.add(forgottenBefore)
      },
      { row in
        // The answer to a retry names the leaf that the first one named.
        if let index = row[5] as Int64?, let hash = Hash(row[6] as [UInt8]) {
          pending.receipt = LeafReceipt(index: index, hash: hash)
        }
        return StoredReply(
          requestDigest: row[0], status: row[1],
          caseID: row.isNull(2) ? nil : try row.identity(2), version: row[3], resource: row[4],
          recordedAt: Timestamp(milliseconds: row[7]))
      })
  }

  func isReply(_ reply: StoredReply, to digests: [[UInt8]]) throws -> Bool {
    let day = LegalDate(inJakarta: reply.recordedAt).day
    return try digests.contains { digest in
      try requireVault().requestDigest(digest, on: day, isNew: false) == reply.requestDigest
    }
  }

  func remember(_ reply: StoredReply, _ owner: KeyOwner, _ key: String, at now: Timestamp) throws {
    let day = LegalDate(inJakarta: now).day
    let (keyDigest, digest) = (
      try digest(ofIdempotencyKey: key), try requireVault().requestDigest(reply.requestDigest, on: day, isNew: true)
    )
    try run(.insertReply) {
      $0.add(owner.text)
      $0.add(keyDigest)
      $0.add(now)
      $0.add(digest)
      $0.add(reply.status)
      $0.add(reply.caseID)
      $0.add(reply.version)
      $0.add(reply.resource)
      $0.add(pending.receipt?.index)
    }
  }

  /// Who asks for a reply soon remembers one under the same key.
  private func digest(ofIdempotencyKey key: String) throws -> String {
    if let known = lastIdempotencyKey, known.key == key { return known.digest }
    let digest = try digest(.idempotencyKey, key)
    lastIdempotencyKey = (key, digest)
    return digest
  }

  /// Looks at the next replies after a place, in the order of their keys, and deletes those that are forgotten. Going round
  /// the table like this costs less than an index by age, which every write would have to keep.
  func sweepReplies(_ sweep: inout ReplySweep, limit: Int) throws {
    var (old, last, count): ([ReplyPlace], ReplyPlace?, Int) = ([], nil, 0)
    let place = sweep.place
    try forEach(
      .replies,
      {
        $0.add(place?.owner ?? "")
        $0.add(place?.key ?? "")
        $0.add(limit)
      },
      { row in
        count += 1
        let recordedAt = Timestamp(milliseconds: row[2])
        let isOld = recordedAt < forgottenBefore
        if !isOld { sweep.oldest = min(sweep.oldest ?? recordedAt, recordedAt) }
        guard isOld || count == limit else { return }
        let here = ReplyPlace(owner: row[0], key: row[1])
        if isOld { old.append(here) }
        last = here
      })
    for place in old {
      try run(.deleteReply) {
        $0.add(place.owner)
        $0.add(place.key)
      }
    }
    sweep.advance(to: count < limit ? nil : last)
  }
}

/// How far the replies were looked through for those that are forgotten.
struct ReplySweep {
  /// Nil at the beginning of a round.
  fileprivate var place: ReplyPlace?
  /// The oldest reply that this round has left.
  fileprivate var oldest: Timestamp?
  /// The oldest that the last round has left: until that one is forgotten, none is.
  private var next: Timestamp?

  /// True when replies may be there that were recorded before an instant.
  func mayFind(before instant: Timestamp) -> Bool { next.map { $0 < instant } ?? true }

  fileprivate mutating func advance(to place: ReplyPlace?) {
    self.place = place
    if place == nil { (next, oldest) = (oldest, nil) }
  }
}

/// The key of a stored reply.
struct ReplyPlace: Sendable {
  var owner: String
  var key: String
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
