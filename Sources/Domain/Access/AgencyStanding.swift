/// How an agency stands on a day. Agencies begin and end by law, so their days are dated reference data.
///
/// Two dates decide an act: the mandate on the day of the act, and the agency's existence on the day of recording. This
/// is the second one.
public enum AgencyStanding: Sendable, Equatable {
  /// Before its first day: its keys open nothing.
  case notBegun
  /// It asks and records.
  case inOffice
  /// After its last day: it asks and records nothing.
  case ended
  /// After the last day of its access: its keys open nothing.
  case closed
}

extension AgencyStanding {
  /// - Throws: `agency_not_begun` before the agency's first day, `agency_ended` after the last day of its access.
  public func requireAccess(of agency: AgencyCode) throws(Failure) {
    switch self {
    case .inOffice, .ended: return
    case .notBegun: throw .agencyNotBegun(agency)
    case .closed: throw .agencyClosed(agency)
    }
  }

  /// - Throws: `agency_not_begun` before the agency's first day, `agency_ended` after its last one.
  public func requireOffice(of agency: AgencyCode) throws(Failure) {
    switch self {
    case .inOffice: return
    case .notBegun: throw .agencyNotBegun(agency)
    case .ended, .closed: throw .agencyEnded(agency)
    }
  }

  /// One line about an agency that does not record today, for administrators; nil in office.
  public static func note(on code: AgencyCode, _ standing: AgencyStanding, _ term: Agency?) -> String? {
    switch standing {
    case .inOffice: nil
    case .notBegun: "\(code) begins on \(term?.validFrom ?? "another day"): before it a key opens nothing"
    case .ended:
      "\(code) ended on \(term?.validUntil ?? "an earlier day"): a key reads"
        + (term?.accessUntil.map { " until \($0)" } ?? "") + " and records nothing"
    case .closed: "the access of \(code) ended on \(term?.accessUntil ?? "an earlier day"): a key opens nothing"
    }
  }
}

extension Reference {
  /// How the agency stands on a day in Jakarta. One that the reference data do not know is closed.
  public func standing(of agency: AgencyCode, on day: LegalDate) -> AgencyStanding {
    guard let term = term(of: agency, on: day) else { return .closed }
    if let first = term.validFrom, day.description < first { return .notBegun }
    guard let last = term.validUntil, day.description > last else { return .inOffice }
    return term.accessUntil.map { day.description > $0 } ?? false ? .closed : .ended
  }

  /// The term of the agency that counts on `day`: the one in force, else the last one before, else the first one.
  public func term(of agency: AgencyCode, on day: LegalDate) -> Agency? {
    guard let terms = agencyTerms[agency.rawValue] else { return nil }
    // Nearly every agency has one term, and asking is a part of every request.
    if terms.count == 1 { return terms[0] }
    return terms.last { $0.validFrom.map { $0 <= day.description } ?? true } ?? terms.first
  }

  /// - Throws: `agency_not_begun` before the agency's first day, `agency_ended` after its last one.
  public func requireOffice(of agency: AgencyCode, on day: LegalDate) throws(Failure) {
    try standing(of: agency, on: day).requireOffice(of: agency)
  }

  /// True when `agency` carries on the tasks of `predecessor`, which ended before `day`: at once, or through agencies
  /// that have ended, too.
  public func hasSucceeded(_ agency: AgencyCode, _ predecessor: AgencyCode, on day: LegalDate) -> Bool {
    var ended = predecessor
    // Rows may name each other in a ring.
    for _ in agencyTerms {
      guard let term = term(of: ended, on: day), let last = term.validUntil, last < day.description,
        let next = term.successor
      else { return false }
      if next == agency.rawValue { return true }
      ended = AgencyCode(rawValue: next)
    }
    return false
  }

  /// The active keys that seal the reporters of an agency: its own, and where it has none, those of the agency that carries
  /// on its tasks.
  public func sealingKeys(for agency: AgencyCode, on day: LegalDate) -> [SealingKey] {
    if let own = sealingKeys[agency] { return own }
    return sealingKeys.first { hasSucceeded($0.key, agency, on: day) }?.value ?? []
  }

  /// True when the agency exists on `day`, in any of its terms.
  func isInForce(_ agency: AgencyCode, on day: LegalDate) -> Bool {
    (agencyTerms[agency.rawValue] ?? []).contains { dateIsWithin(day, from: $0.validFrom, until: $0.validUntil) }
  }
}

extension Failure {
  static func agencyNotBegun(_ agency: AgencyCode) -> Failure {
    Failure(
      .agencyNotBegun, en: "\(agency) has not begun: its keys open nothing before its first day.",
      inIndonesian: "\(agency) belum mulai bertugas: kuncinya belum membuka apa pun sebelum hari pertamanya.")
  }

  static func agencyEnded(_ agency: AgencyCode) -> Failure {
    Failure(
      .agencyEnded, en: "\(agency) has ended and records nothing any more; its successor does, with on_behalf_of.",
      inIndonesian: "\(agency) telah berakhir dan tidak mencatat lagi; penerusnya mencatat dengan on_behalf_of.")
  }

  static func agencyClosed(_ agency: AgencyCode) -> Failure {
    Failure(
      .agencyEnded, en: "\(agency) has ended, and its access has, too.",
      inIndonesian: "\(agency) telah berakhir, demikian pula aksesnya.")
  }
}
