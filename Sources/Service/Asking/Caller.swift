public import Domain

/// Who asks: the owner of a valid key.
public struct Caller: Sendable {
  public let key: AccessKey
  /// How its agency stood when the request began; nil for the operator.
  public let standing: AgencyStanding?

  /// The owner of a key that was judged valid.
  public init(_ known: KnownKey) { (key, standing) = (known.key, known.standing) }

  /// Nil for the operator.
  public var agency: AgencyCode? { if case .agency(let code) = key.owner { code } else { nil } }

  /// What this key's writes are counted against; nil for the operator.
  public var budget: ByteBudget? { key.budget }
}
