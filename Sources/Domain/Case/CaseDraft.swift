/// A case as a client describes it: types are right, but nothing is checked against reference data or other fields.
public struct CaseDraft: Sendable {
  public var election = ""
  public var contest: String?
  public var region = ""
  public var institution = ""
  public var name = ""
  public var nip: String?
  public var nik: String?
  public var identifierMissing = false
  public var employment: Employment = .pns
  public var positionLevel: PositionLevel = .pelaksana
  public var reportingClass: ReportingClass?
  public var positionTitle: String?
  public var appointmentYear: Int?
  public var violation: String?
  public var act: Act
  public var source: Source
  public var reporter: Reporter
  public var motives: [String] = []

  /// A draft with these parts and nothing else said yet.
  public init(act: Act, source: Source, reporter: Reporter) {
    self.act = act
    self.source = source
    self.reporter = reporter
  }
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
    var contestKey = ""
    do throws(Failure) {
      contestKey = try contest(draft.contest, of: draft.election).key
    } catch {
      errors += error.errors
    }
    let place = checkedPlace(draft, &errors)
    let subject = checkedSubject(draft, &errors)
    var violationRef: ViolationRef?
    if let code = draft.violation {
      if let row = violations[code] {
        violationRef = ViolationRef(
          code: code, catalogue: row.catalogue, category: row.category, aspect: row.aspect)
      } else {
        errors.append(FieldError(pointer: "/violation", .unknownCode))
      }
    }
    checkDates(draft, lastDay, &errors)
    checkReporter(draft.reporter, &errors)
    if agencies[draft.source.agency.rawValue] == nil {
      errors.append(FieldError(pointer: "/source/agency", .unknownCode))
    }
    if errors.isEmpty, let subject { checkAppointment(draft, subject.nip, before, &errors) }
    guard errors.isEmpty, let place, let subject else { throw .invalid(errors) }
    return Facts(
      election: draft.election, contest: contestKey, region: place.region, institution: place.institution,
      subject: subject, violation: violationRef, act: draft.act, source: draft.source, reporter: draft.reporter,
      motives: draft.motives)
  }

  private func checkedPlace(_ draft: CaseDraft, _ errors: inout [FieldError])
    -> (region: RegionCode, institution: InstitutionRef)?
  {
    let date = draft.source.receivedOn
    let code = RegionCode(draft.region)
    if code == nil {
      errors.append(FieldError(pointer: "/region", .format, Hint.region))
    } else if region(draft.region, on: date) == nil {
      errors.append(FieldError(pointer: "/region", knowsRegion(draft.region) ? .notInForce : .unknownCode))
    }
    guard let found = institution(draft.institution, on: date) else {
      errors.append(
        FieldError(pointer: "/institution", knowsInstitution(draft.institution) ? .notInForce : .unknownCode))
      return nil
    }
    return code.map { ($0, InstitutionRef(code: found.code, name: found.name, kind: found.kind)) }
  }

  private func checkedSubject(_ draft: CaseDraft, _ errors: inout [FieldError]) -> Subject? {
    let before = errors.count
    let nip = draft.nip.flatMap { NIP($0, employment: draft.employment) }
    let nik = draft.nik.flatMap { NIK($0) }
    if draft.nip != nil && nip == nil { errors.append(FieldError(pointer: "/subject/nip", .format, Hint.nip)) }
    if draft.nik != nil && nik == nil { errors.append(FieldError(pointer: "/subject/nik", .format, Hint.nik)) }
    if draft.nip == nil && draft.nik == nil && !draft.identifierMissing {
      errors.append(
        FieldError(
          pointer: "/subject/nip", .required,
          LocalizedText(
            en: "Give nip or nik, or say \"identifier_missing\": true.",
            id: "Isi nip atau nik, atau nyatakan \"identifier_missing\": true.")))
    }
    if draft.identifierMissing && (draft.nip != nil || draft.nik != nil) {
      errors.append(FieldError(pointer: "/subject/identifier_missing", .inconsistent))
    }
    if let nip, let year = draft.appointmentYear, year != nip.appointmentYear {
      errors.append(
        FieldError(
          pointer: "/subject/appointment_year", .inconsistent,
          LocalizedText(
            en: "The NIP says another year of appointment.", id: "NIP memuat tahun pengangkatan lain.")))
    }
    guard errors.count == before else { return nil }
    return Subject(
      name: draft.name, nip: nip, nik: nik, employment: draft.employment, positionLevel: draft.positionLevel,
      reportingClass: draft.reportingClass, positionTitle: draft.positionTitle,
      appointmentYear: nip?.appointmentYear ?? draft.appointmentYear)
  }

  /// Nobody acts as a civil servant before being appointed one.
  private func checkAppointment(_ draft: CaseDraft, _ nip: NIP?, _ before: Facts?, _ errors: inout [FieldError]) {
    let day = draft.act.occurredOn
    let isRecorded =
      before.map {
        $0.act.occurredOn == day && $0.subject.nip == nip && $0.subject.appointmentYear == draft.appointmentYear
      }
    if isRecorded ?? false { return }
    let (number, year) = (nip.map { $0.appointedBy(day) } ?? true, draft.appointmentYear.map { $0 <= day.year } ?? true)
    if number && year { return }
    errors.append(
      FieldError(
        pointer: number ? "/subject/appointment_year" : "/subject/nip", .inconsistent,
        LocalizedText(
          en: "The person was appointed after the act.", id: "Orang ini diangkat sesudah perbuatan.")))
  }

  /// First day of an act and of a report. The rules and elections the service knows begin later (PP 42/2004, Pilkada
  /// 2018), and one year that is mistyped would shift every figure that is counted by days.
  private static let firstDay = LegalDate(day: 10_957)  // 2000-01-01

  private func checkDates(_ draft: CaseDraft, _ lastDay: LegalDate, _ errors: inout [FieldError]) {
    let received = draft.source.receivedOn
    for (pointer, date) in [("/source/received_on", received), ("/act/occurred_on", draft.act.occurredOn)]
    where date < Self.firstDay {
      errors.append(
        FieldError(
          pointer: pointer, .range,
          LocalizedText(
            en: "This date lies before \(Self.firstDay).", id: "Tanggal ini mendahului \(Self.firstDay).")))
    }
    if received > lastDay {
      errors.append(
        FieldError(
          pointer: "/source/received_on", .range,
          Hint.future))
    }
    if draft.act.occurredOn > received {
      errors.append(
        FieldError(
          pointer: "/act/occurred_on", .inconsistent,
          LocalizedText(en: "The act cannot follow its report.", id: "Perbuatan tidak mungkin setelah laporannya.")))
    }
    if let known = draft.act.knownOn, known < draft.act.occurredOn || known > received {
      errors.append(FieldError(pointer: "/act/known_on", .inconsistent))
    }
  }

  private func checkReporter(_ reporter: Reporter, _ errors: inout [FieldError]) {
    switch reporter.mode {
    case .named, .confidential:
      if reporter.name == nil { errors.append(FieldError(pointer: "/reporter/name", .required)) }
    case .anonymous:
      if reporter.name != nil { errors.append(FieldError(pointer: "/reporter/name", .notAllowed)) }
      if reporter.contact != nil { errors.append(FieldError(pointer: "/reporter/contact", .notAllowed)) }
    }
  }
}
