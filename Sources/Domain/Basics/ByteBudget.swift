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

extension Failure {
  /// That a budget is spent.
  public static func bytesSpent(_ use: ByteUse, at now: Timestamp) -> Failure {
    let wait = use.renewedAt.map { max(1, Int(($0.milliseconds - now.milliseconds + 999) / 1_000)) } ?? 86_400
    return Failure(
      .tooManyRequests,
      en: use.renewedAt == nil
        ? "This key has stored as many bytes as it may." : "Your agency has stored as many bytes today as it may.",
      inIndonesian: use.renewedAt == nil
        ? "Kunci ini sudah menyimpan bita sebanyak yang diperbolehkan."
        : "Hari ini lembaga Anda sudah menyimpan bita sebanyak yang diperbolehkan.",
      retryAfterSeconds: wait,
      allowance: Allowance(.bytes, Int(clamping: use.bytesMax), perSeconds: use.renewedAt == nil ? wait : 86_400))
  }
}
