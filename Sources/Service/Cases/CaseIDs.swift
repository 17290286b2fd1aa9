public import Domain
internal import Synchronization

/// Makes the identities of new cases for all requests together, so that they ascend.
public final class CaseIDs: Sendable {
  private let sequence = Mutex(CaseIDSequence())
  private let random: @Sendable () -> UInt64

  /// Makes identities from a source of random bits.
  public init(random: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }) { self.random = random }

  /// The next identity.
  public func next(at now: Timestamp) -> CaseID { sequence.withLock { $0.next(at: now, random: random) } }
}
