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
        inIndonesian:
          "\(actor.agency) bukan penerus lembaga tersebut, atau lembaga itu tidak ada pada tanggal tersebut.",
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
    owns(agency, reportedBy: facts.source.agency, on: day)
  }

  /// The same of any case that `reporter` has reported.
  public func owns(_ agency: AgencyCode, reportedBy reporter: AgencyCode, on day: LegalDate) -> Bool {
    agency == reporter || hasSucceeded(agency, reporter, on: day)
  }
}
