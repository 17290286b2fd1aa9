/// What the bytes of a write are counted against, so that no agency fills the disk for the others.
public enum ByteBudget: Hashable, Sendable {
  /// What an agency may store on a day in Jakarta.
  case day(AgencyCode)
  /// What a key with scope `migration` may store in its life.
  case key(id: String, bytesMax: Int64)

  /// The name under which it is kept.
  public var name: String {
    switch self {
    case .day(let agency): agency.rawValue
    case .key(let id, _): "key:\(id)"
    }
  }
}

extension KeyOwner {
  /// What the writes of this owner are counted against; nil for the operator, whose disk it is.
  public var budget: ByteBudget? {
    switch self {
    case .agency(let code): .day(code)
    case .operator: nil
    }
  }
}

/// How a budget stands.
public struct ByteUse: Sendable, Equatable {
  /// Bytes of the values that were stored, words of narratives counted twice. What SQLite adds is not counted.
  public var usedBytes: Int64
  public var bytesMax: Int64
  /// When as much is allowed again; nil: never.
  public var renewedAt: Timestamp?

  public init(usedBytes: Int64, bytesMax: Int64, renewedAt: Timestamp?) {
    self.usedBytes = usedBytes
    self.bytesMax = bytesMax
    self.renewedAt = renewedAt
  }
}
