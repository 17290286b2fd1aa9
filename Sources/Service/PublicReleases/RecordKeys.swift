internal import Crypto
internal import Domain

/// The record keys of all cases: 32 bits of each, which decide how public releases perturb the cells it stands in.
///
/// They follow from the secret of the file and the identity of the case, so that a restore and a migration keep them.
/// Whoever knew one could take the noise away again: they are never stored, logged or answered.
struct RecordKeys: Sendable {
  /// Cases that are read at once: some 50 ms.
  private static let partCount = 20_000

  private let secret: SymmetricKey
  /// By the key under which the store keeps the case; 0 where there is none.
  private(set) var values: [UInt32] = [0]

  /// - Parameter signingSecret: the secret of the file, of which one for this use alone is made.
  init(signingSecret: [UInt8]) {
    let label = Array("netral record keys of public releases".utf8)
    secret = SymmetricKey(
      data: HMAC<SHA256>.authenticationCode(for: label, using: SymmetricKey(data: signingSecret)))
  }

  /// The record keys of all cases, read in parts.
  static func all(in store: any Store) async throws -> RecordKeys {
    var keys = RecordKeys(signingSecret: store.signingSecret)
    while true {
      let before = keys
      let (next, isLast) = try await store.readLong(for: .operator) { reads in
        var next = before
        return (next, try next.extend(reads))
      }
      keys = next
      if isLast { return keys }
    }
  }

  /// The same with those of the cases that a snapshot has beyond them.
  func extended(to reads: any CaseReads) throws -> RecordKeys {
    var keys = self
    while try !keys.extend(reads) {}
    return keys
  }

  /// Adds the record keys of the next cases; true when there are no more.
  private mutating func extend(_ reads: any CaseReads) throws -> Bool {
    let cases = try reads.caseIDs(after: Int64(values.count - 1), limit: Self.partCount)
    for (key, id) in cases {
      values.append(contentsOf: repeatElement(0, count: max(0, Int(key) - values.count)))
      values.append(value(of: id))
    }
    return cases.count < Self.partCount
  }

  /// The first 32 bits of HMAC-SHA256 over the sixteen bytes of the identity.
  func value(of id: CaseID) -> UInt32 {
    var authentication = HMAC<SHA256>(key: secret)
    for word in [id.high, id.low] {
      withUnsafeBytes(of: word.bigEndian) { authentication.update(data: $0) }
    }
    return authentication.finalize().prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}
