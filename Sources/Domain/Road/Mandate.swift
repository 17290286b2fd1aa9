/// What an agency may be empowered to do.
public enum MandateKind: String, Sendable, CaseIterable, Codable {
  case report, verify, study, recommend, decide, block, close, appeal, escalate
  /// To decide that the day of receipt was another one, never on one's own request.
  case correct
}

/// The institutions a mandate covers.
public enum MandateScope: String, Sendable, CaseIterable, Codable {
  case all, regional, central

  /// True when an institution of this kind is covered.
  public func covers(_ kind: InstitutionKind) -> Bool {
    switch self {
    case .all: true
    case .regional: kind == .regional
    case .central: kind == .central
    }
  }
}

/// A dated power of one agency. Mandates are never deleted, only ended.
public struct Mandate: Sendable, Equatable, Codable {
  /// Number under which it is managed.
  public var id: Int
  public var kind: MandateKind
  public var agency: String
  /// First day; nil: since ever.
  public var from: String?
  /// Last day; nil: open.
  public var until: String?
  public var scope: MandateScope
  /// The law or decree that gives the power.
  public var legalBasis: String

  public init(
    id: Int, kind: MandateKind, agency: String, from: String?, until: String?, scope: MandateScope, legalBasis: String
  ) {
    self.id = id
    self.kind = kind
    self.agency = agency
    self.from = from
    self.until = until
    self.scope = scope
    self.legalBasis = legalBasis
  }

  /// True when the mandate is in force on `date`.
  public func isInForce(on date: LegalDate) -> Bool { dateIsWithin(date, from: from, until: until) }
}

/// True when `date` lies within two inclusive bounds, of which either may be open.
func dateIsWithin(_ date: LegalDate, from: String?, until: String?) -> Bool {
  // ISO dates compare as text.
  let text = date.description
  return (from.map { $0 <= text } ?? true) && (until.map { text <= $0 } ?? true)
}
