/// How long the personal values of a case are kept after it has ended: data, not a constant, because laws and schedules of
/// retention change it (UU 27/2022 Pasal 16 (2) g, 43, 44).
public struct RetentionRule: Sendable, Decodable, Equatable {
  /// The final stage with which the case has ended.
  public var outcome: String
  /// How many years, counted from the day on which that stage was reached.
  public var years: Int
  public var from: String?
  public var until: String?
  public var legalBasis: String
  /// Why so long, and no longer.
  public var reason: String

  /// At least a year, in which whoever was concerned can object; at most what archives call permanent.
  public static let yearsRange = 1...100
}

/// When the personal values of a case that has ended are no longer kept.
public struct Retention: Sendable, Equatable {
  /// The rule that was in force on the day on which the case ended.
  public let rule: RetentionRule
  public let endedOn: LegalDate
  /// The first day on which they are not kept any more.
  public let dueOn: LegalDate
}
