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

  /// Makes a mandate.
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

/// Who acts: the agency, and in an import the agency that brought the act in.
public struct Actor: Sendable, Equatable {
  public var agency: AgencyCode
  /// The agency whose key imported the act; nil when the agency acted itself.
  public var importedBy: AgencyCode?
  /// The agency that records the act, and must exist on the day of recording.
  public var recorder: AgencyCode { importedBy ?? agency }
  /// Identifier of the key that was used.
  public var keyID: String

  /// Makes an actor.
  public init(agency: AgencyCode, importedBy: AgencyCode?, keyID: String) {
    self.agency = agency
    self.importedBy = importedBy
    self.keyID = keyID
  }
}

extension Reference {
  /// The agency whose mandate counts: the actor's own, or that of the predecessor it acts for.
  ///
  /// - Parameter today: the day of recording, by which the predecessor must have ended.
  /// - Throws: `mandate_missing` when the actor has not succeeded `onBehalfOf`, or that one did not exist on `date`.
  func actingAgency(
    _ actor: Actor, onBehalfOf predecessor: AgencyCode?, on date: LegalDate, today: LegalDate
  ) throws(Failure) -> AgencyCode {
    guard let predecessor, predecessor != actor.agency else { return actor.agency }
    guard hasSucceeded(actor.agency, predecessor, on: today), isInForce(predecessor, on: date) else {
      throw Failure(
        .mandateMissing, en: "\(actor.agency) has not succeeded that agency, or it did not exist on that date.",
        id: "\(actor.agency) bukan penerus lembaga tersebut, atau lembaga itu tidak ada pada tanggal tersebut.",
        errors: [FieldError(pointer: "/on_behalf_of", .notAllowed)])
    }
    return predecessor
  }

  /// True when `agency` holds a mandate of `kind` on `date` for institutions of `institution`'s kind.
  public func holds(_ agency: AgencyCode, _ kind: MandateKind, on date: LegalDate, for institution: InstitutionKind)
    -> Bool
  {
    mandates.contains {
      $0.kind == kind && $0.agency == agency.rawValue && $0.scope.covers(institution) && $0.isInForce(on: date)
    }
  }

  /// True when `agency` owns the case on a day: it reported it, or it has succeeded the agency that did.
  public func owns(_ agency: AgencyCode, _ facts: Facts, on day: LegalDate) -> Bool {
    agency == facts.source.agency || hasSucceeded(agency, facts.source.agency, on: day)
  }
}

/// True when `date` lies within two inclusive bounds, of which either may be open.
func dateIsWithin(_ date: LegalDate, from: String?, until: String?) -> Bool {
  // ISO dates compare as text.
  let text = date.description
  return (from.map { $0 <= text } ?? true) && (until.map { text <= $0 } ?? true)
}
