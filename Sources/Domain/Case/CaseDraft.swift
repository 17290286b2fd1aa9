/// A case as a client describes it: types are right, but nothing is checked against reference data or other fields. Codes,
/// NIP and NIK stand as they were sent; a contest that was not named is empty.
public struct CaseDraft: Sendable {
  public var facts: Facts
  /// The client says that the person has neither NIP nor NIK.
  public var identifierMissing = false

  /// A draft of these facts.
  public init(_ facts: Facts = .blank) { self.facts = facts }
}

extension Reference {
  /// Checks a draft and makes facts of it.
  ///
  /// - Parameters:
  ///   - draft: what the client sent.
  ///   - before: the facts that are corrected, whose number stays as it was judged then.
  ///   - lastDay: the latest date anywhere in the country, which no date of the case may pass.
  /// - Throws: `invalid` with every wrong field.
  public func facts(from draft: CaseDraft, before: Facts? = nil, until lastDay: LegalDate) throws(Failure) -> Facts {
    var errors: [FieldError] = []
    var facts = draft.facts
    do throws(Failure) {
      facts.contest = try contest(facts.contest.isEmpty ? nil : facts.contest, of: facts.election).key
    } catch {
      errors += error.errors
    }
    let place = checkedPlace(facts, &errors)
    let subject = checkedSubject(draft, &errors)
    if let code = facts.violation?.code {
      if let row = violations[code] {
        facts.violation = ViolationRef(code: code, catalogue: row.catalogue, category: row.category, aspect: row.aspect)
      } else {
        errors.append(FieldError(pointer: "/violation", .unknownCode))
      }
    }
    checkDates(facts, lastDay, &errors)
    errors += facts.reporter.errors()
    if agencies[facts.source.agency.rawValue] == nil {
      errors.append(FieldError(pointer: "/source/agency", .unknownCode))
    }
    if errors.isEmpty, let subject { checkAppointment(facts, subject.nip, before, &errors) }
    guard errors.isEmpty, let place, let subject else { throw .invalid(errors) }
    (facts.region, facts.institution, facts.subject) = (place.region, place.institution, subject)
    return facts
  }

  private func checkedPlace(_ facts: Facts, _ errors: inout [FieldError])
    -> (region: RegionCode, institution: InstitutionRef)?
  {
    let date = facts.source.receivedOn
    let (given, institutionCode) = (facts.region.text, facts.institution.code)
    let code = RegionCode(given)
    if code == nil {
      errors.append(FieldError(pointer: "/region", .format, Hint.region))
    } else if region(given, on: date) == nil {
      errors.append(FieldError(pointer: "/region", knowsRegion(given) ? .notInForce : .unknownCode))
    }
    guard let found = institution(institutionCode, on: date) else {
      errors.append(
        FieldError(pointer: "/institution", knowsInstitution(institutionCode) ? .notInForce : .unknownCode))
      return nil
    }
    return code.map { ($0, InstitutionRef(code: found.code, name: found.name, kind: found.kind)) }
  }

  private func checkedSubject(_ draft: CaseDraft, _ errors: inout [FieldError]) -> Subject? {
    let before = errors.count
    var subject = draft.facts.subject
    let (givenNIP, givenNIK) = (subject.nip?.text, subject.nik?.text)
    subject.nip = givenNIP.flatMap { NIP($0, employment: subject.employment) }
    subject.nik = givenNIK.flatMap { NIK($0) }
    if givenNIP != nil && subject.nip == nil { errors.append(FieldError(pointer: "/subject/nip", .format, Hint.nip)) }
    if givenNIK != nil && subject.nik == nil { errors.append(FieldError(pointer: "/subject/nik", .format, Hint.nik)) }
    if givenNIP == nil && givenNIK == nil && !draft.identifierMissing {
      errors.append(
        FieldError(
          pointer: "/subject/nip", .required,
          LocalizedText(
            en: "Give nip or nik, or say \"identifier_missing\": true.",
            inIndonesian: "Isi nip atau nik, atau nyatakan \"identifier_missing\": true.")))
    }
    if draft.identifierMissing && (givenNIP != nil || givenNIK != nil) {
      errors.append(FieldError(pointer: "/subject/identifier_missing", .inconsistent))
    }
    if let nip = subject.nip, let year = subject.appointmentYear, year != nip.appointmentYear {
      errors.append(
        FieldError(
          pointer: "/subject/appointment_year", .inconsistent,
          LocalizedText(
            en: "The NIP says another year of appointment.", inIndonesian: "NIP memuat tahun pengangkatan lain.")))
    }
    guard errors.count == before else { return nil }
    subject.appointmentYear = subject.nip?.appointmentYear ?? subject.appointmentYear
    return subject
  }

  /// Nobody acts as a civil servant before being appointed one.
  private func checkAppointment(_ facts: Facts, _ nip: NIP?, _ before: Facts?, _ errors: inout [FieldError]) {
    let day = facts.act.occurredOn
    let isRecorded =
      before.map {
        $0.act.occurredOn == day && $0.subject.nip == nip && $0.subject.appointmentYear == facts.subject.appointmentYear
      }
    if isRecorded ?? false { return }
    let (number, year) = (
      nip.map { $0.appointedBy(day) } ?? true, facts.subject.appointmentYear.map { $0 <= day.year } ?? true
    )
    if number && year { return }
    errors.append(
      FieldError(
        pointer: number ? "/subject/appointment_year" : "/subject/nip", .inconsistent,
        LocalizedText(
          en: "The person was appointed after the act.", inIndonesian: "Orang ini diangkat sesudah perbuatan.")))
  }

  /// First day of an act and of a report. The rules and elections the service knows begin later (PP 42/2004, Pilkada
  /// 2018), and one year that is mistyped would shift every figure that is counted by days.
  private static let firstDay = LegalDate(day: 10_957)  // 2000-01-01

  private func checkDates(_ facts: Facts, _ lastDay: LegalDate, _ errors: inout [FieldError]) {
    let received = facts.source.receivedOn
    for (pointer, date) in [("/source/received_on", received), ("/act/occurred_on", facts.act.occurredOn)]
    where date < Self.firstDay {
      errors.append(
        FieldError(
          pointer: pointer, .range,
          LocalizedText(
            en: "This date lies before \(Self.firstDay).", inIndonesian: "Tanggal ini mendahului \(Self.firstDay).")))
    }
    if received > lastDay {
      errors.append(
        FieldError(
          pointer: "/source/received_on", .range,
          Hint.future))
    }
    if facts.act.occurredOn > received {
      errors.append(
        FieldError(
          pointer: "/act/occurred_on", .inconsistent,
          LocalizedText(
            en: "The act cannot follow its report.", inIndonesian: "Perbuatan tidak mungkin setelah laporannya.")))
    }
    if let known = facts.act.knownOn, known < facts.act.occurredOn || known > received {
      errors.append(FieldError(pointer: "/act/known_on", .inconsistent))
    }
  }
}
