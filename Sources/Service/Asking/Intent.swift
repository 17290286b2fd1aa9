internal import Domain

/// What a changing request says beside its matter: whether it is only tried, and how a retry of it is known.
public struct Intent: Sendable {
  /// Nil where the client relies on something else than an idempotency key.
  public let key: String?
  public let dryRun: Bool
  let digest: [UInt8]
  private let earlierDigest: @Sendable () -> [UInt8]

  /// - Parameters:
  ///   - digest: SHA-256 of the request in its one spelling: the same request has the same.
  ///   - earlierDigest: the digest that earlier releases took of it.
  public init(key: String?, dryRun: Bool, digest: [UInt8], earlierDigest: @escaping @Sendable () -> [UInt8]) {
    self.key = key
    self.dryRun = dryRun
    self.digest = digest
    self.earlierDigest = earlierDigest
  }

  /// The digests that the same request has or has had.
  var digests: [[UInt8]] { [digest, earlierDigest()] }
}

/// What a change has led to.
public struct Done<Value: Sendable>: Sendable {
  public let value: Value
  /// True when an earlier request with the same idempotency key has led to it.
  public let isReplayed: Bool
}
