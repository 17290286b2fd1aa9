public import Merkle
internal import Synchronization

/// The leaf of a write: who keeps it can show that an acknowledged write is missing.
public struct LeafReceipt: Sendable, Equatable {
  /// From 0.
  public let index: Int64
  public let hash: Hash

  /// Index and hash, as answers tell them.
  public var text: String { "\(index) \(hash.base64)" }

  public init(index: Int64, hash: Hash) { (self.index, self.hash) = (index, hash) }
}

/// Where the write of a request leaves its receipt for the answer.
public final class Receipts: Sendable {
  private let newest = Mutex<LeafReceipt?>(nil)

  public init() {}

  /// That of the last leaf that was committed for the request; nil before one was.
  public var last: LeafReceipt? { newest.withLock { $0 } }

  public func note(_ receipt: LeafReceipt) { newest.withLock { $0 = receipt } }
}
