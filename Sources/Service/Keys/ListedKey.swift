public import Domain

/// A key with what is known about how it came about and whether it is used. Never the secret, never its digest.
public struct ListedKey: Sendable {
  public let key: AccessKey
  /// Of the operator's key that made it.
  public let makerLabel: String?
  /// To the hour.
  public let lastUsedAt: Timestamp?

  /// Its place in a list, newest first.
  public var position: CaseQuery.Position { CaseQuery.Position(value: key.id, key: key.createdAt.milliseconds) }

  /// Whether it is older than what stands at a place, and so follows it.
  public func isBefore(_ other: CaseQuery.Position) -> Bool {
    (key.createdAt.milliseconds, key.id) < (other.key, other.value)
  }
}
