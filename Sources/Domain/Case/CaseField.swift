/// One fact of a case: where it stands, who may see it, what it may hold, and what it is called.
///
/// Whatever reads, writes, compares or stores facts walks ``CaseField/all`` and knows nothing of any single one.
public final class CaseField: Sendable {
  /// The members that lead to it in a body and in an answer: one name, or two.
  public let path: [String]
  /// Withheld or shown with this group.
  public let group: FieldGroup
  /// What it may hold.
  public let form: Form
  /// What people call it.
  public let label: LocalizedText
  /// The name under which its corrections stand in `changed`: the facts of one object may share one.
  public let changeName: String
  /// A body must give it.
  public let isRequired: Bool
  /// Its column in a spreadsheet and a replica.
  public let column: String
  /// Which columns of a spreadsheet it stands among; nil: a spreadsheet does not have it.
  public let sheet: Sheet?
  /// True for a number under which other files keep the person; it is stored apart from everything else.
  public let leadsToPerson: Bool
  /// The value; `.none` for none.
  public let value: @Sendable (Facts) -> FieldValue
  /// Takes a value of the field's form; false when it is of another one.
  public let set: @Sendable (inout Facts, FieldValue) -> Bool

  /// What a fact may hold. Lengths count Unicode scalars.
  public enum Form: Sendable {
    /// One line.
    case text(max: Int)
    /// Lines of text.
    case prose(max: Int)
    /// One of these.
    case code([String])
    /// So many decimal digits.
    case digits(Int)
    case date
    case number(ClosedRange<Int>)
    case flag
    case texts(countMax: Int, max: Int)
    case witnesses(countMax: Int)
    /// Copies that only an agency opens.
    case sealed(countMax: Int)
    /// Code of a row of reference data.
    case reference
    /// Follows from another fact and stands as it was on the day of the record.
    case derived
  }

  /// Where the columns of a spreadsheet stand: those that came later come last, so that no column ever moves.
  public enum Sheet: Sendable { case first, last }

  /// `act.occurred_on`.
  public let name: String
  /// The object it is a member of; nil for a member of the case itself.
  public let object: String?
  /// The name of the member.
  public let member: String
  /// True when it is a list, which is empty where nothing is said.
  public let isList: Bool
  /// True when it is left out where nothing is said.
  public var isOptional: Bool { if case .sealed = form { true } else { false } }

  private init(
    _ name: String, in group: FieldGroup, _ form: Form, changes: String? = nil, leadsToPerson: Bool = false,
    isRequired: Bool = false, column: String? = nil, sheet: Sheet? = .first, en: String, inIndonesian: String,
    _ value: @escaping @Sendable (Facts) -> FieldValue,
    _ set: @escaping @Sendable (inout Facts, FieldValue) -> Bool
  ) {
    let path = name.split(separator: ".").map(String.init)
    (self.name, self.path, object) = (name, path, path.count == 2 ? path[0] : nil)
    member = path[path.count - 1]
    (changeName, self.column) = (changes ?? name, column ?? member)
    label = LocalizedText(en: en, inIndonesian: inIndonesian)
    switch form {
    case .texts, .witnesses: isList = true
    default: isList = false
    }
    (self.group, self.form, self.leadsToPerson, self.isRequired, self.sheet) =
      (group, form, leadsToPerson, isRequired, sheet)
    (self.value, self.set) = (value, set)
  }

  private func changed(isRequired: Bool? = nil, column: String? = nil, sheet: Sheet?) -> CaseField {
    CaseField(
      name, in: group, form, changes: changeName, leadsToPerson: leadsToPerson,
      isRequired: isRequired ?? self.isRequired, column: column ?? self.column, sheet: sheet, en: label.en,
      inIndonesian: label.inIndonesian, value, set)
  }

  /// The same, which a body must give.
  private var required: CaseField { changed(isRequired: true, sheet: sheet) }

  /// The same under another column.
  private func column(_ name: String, in sheet: Sheet? = .first) -> CaseField { changed(column: name, sheet: sheet) }
}

/// The value of a fact, in the one form that all its readers and writers share.
public enum FieldValue: Sendable, Equatable {
  case none
  case text(String)
  case number(Int)
  case date(LegalDate)
  case flag(Bool)
  case texts([String])
  case witnesses([Witness])
  case sealed([SealedCopy])
}

extension CaseField {
  /// Every fact, in the order in which they are written everywhere.
  public static let all: [CaseField] =
    place + subject + violation + act + source + reporter + [
      texts(
        "motives", in: .core, countMax: 10, max: 40, en: "Motives", inIndonesian: "Motif", { $0.motives },
        { $0.motives = $1 })
    ]

  /// The facts that are members of an object; nil: of the case itself.
  public static func members(of object: String?) -> [CaseField] { byObject[object] ?? [] }

  private static let byObject = Dictionary(grouping: all, by: \.object)

  private static let place: [CaseField] = [
    text(
      "election", in: .core, .text(max: 64), en: "Election", inIndonesian: "Pemilihan", { $0.election },
      { $0.election = $1 }
    )
    .required,
    text(
      "contest", in: .core, .text(max: 64), en: "Contest", inIndonesian: "Kontestasi", { $0.contest },
      { $0.contest = $1 }),
    text(
      "region", in: .core, .text(max: 8), en: "Region", inIndonesian: "Wilayah", { $0.region.text },
      { $0.region = RegionCode(stored: $1) }
    ).required,
    text(
      "institution.code", in: .core, .reference, changes: "institution", en: "Institution", inIndonesian: "Instansi",
      { $0.institution.code }, { $0.institution.code = $1 }
    ).column("institution").required,
    text(
      "institution.name", in: .core, .derived, changes: "institution", en: "Name of the institution",
      inIndonesian: "Nama instansi", { $0.institution.name }, { $0.institution.name = $1 }
    ).column("institution_name"),
    code(
      "institution.kind", in: .core, InstitutionKind.self, isDerived: true, changes: "institution",
      en: "Kind of institution", inIndonesian: "Jenis instansi", { $0.institution.kind }, { $0.institution.kind = $1 }
    ).column("institution_kind"),
  ]

  private static let subject: [CaseField] = [
    text(
      "subject.name", in: .subject, .text(max: 200), en: "Name", inIndonesian: "Nama", { $0.subject.name },
      { $0.subject.name = $1 }
    ).required,
    text(
      "subject.nip", in: .subject, .digits(18), en: "NIP", inIndonesian: "NIP", { $0.subject.nip?.text },
      { $0.subject.nip = NIP(stored: $1) }),
    text(
      "subject.nik", in: .subject, .digits(16), en: "NIK", inIndonesian: "NIK", { $0.subject.nik?.text },
      { $0.subject.nik = NIK(stored: $1) }),
    code(
      "subject.employment", in: .core, Employment.self, en: "Employment", inIndonesian: "Status kepegawaian",
      { $0.subject.employment }, { $0.subject.employment = $1 }),
    code(
      "subject.position_level", in: .core, PositionLevel.self, en: "Position level", inIndonesian: "Jenjang jabatan",
      { $0.subject.positionLevel }, { $0.subject.positionLevel = $1 }
    ).required,
    code(
      "subject.reporting_class", in: .core, ReportingClass.self, en: "Reporting class",
      inIndonesian: "Kelompok pelaporan",
      { $0.subject.reportingClass }, { $0.subject.reportingClass = $1 }),
    text(
      "subject.position_title", in: .subject, .text(max: 200), en: "Position title", inIndonesian: "Nama jabatan",
      { $0.subject.positionTitle }, { $0.subject.positionTitle = $1 }),
    number(
      "subject.appointment_year", in: .core, 1950...2100, en: "Year of appointment", inIndonesian: "Tahun pengangkatan",
      { $0.subject.appointmentYear }, { $0.subject.appointmentYear = $1 }),
  ]

  private static let violation: [CaseField] = [
    text(
      "violation.code", in: .core, .reference, changes: "violation", en: "Violation",
      inIndonesian: "Bentuk pelanggaran",
      { $0.violation?.code },
      { $0.violation = ViolationRef(code: $1, catalogue: "", category: "", aspect: "") }
    ).column("violation"),
    text(
      "violation.catalogue", in: .core, .derived, changes: "violation", en: "Catalogue", inIndonesian: "Katalog",
      { $0.violation?.catalogue }, { $0.violation?.catalogue = $1 }
    ).column("catalogue", in: nil),
    text(
      "violation.category", in: .core, .derived, changes: "violation", en: "Category", inIndonesian: "Kategori",
      { $0.violation?.category }, { $0.violation?.category = $1 }),
    text(
      "violation.aspect", in: .core, .derived, changes: "violation", en: "Aspect", inIndonesian: "Aspek",
      { $0.violation?.aspect }, { $0.violation?.aspect = $1 }
    ).column("aspect", in: nil),
  ]

  private static let act: [CaseField] = [
    date(
      "act.occurred_on", in: .core, en: "Day of the act", inIndonesian: "Tanggal perbuatan", { $0.act.occurredOn },
      { $0.act.occurredOn = $1 }
    ).required,
    date(
      "act.known_on", in: .core, en: "Day on which it became known", inIndonesian: "Tanggal diketahui",
      { $0.act.knownOn },
      { $0.act.knownOn = $1 }),
    text(
      "act.place", in: .narrative, .text(max: 500), en: "Place", inIndonesian: "Tempat", { $0.act.place },
      { $0.act.place = $1 }),
    code(
      "act.channel", in: .core, ActChannel.self, en: "Channel of the act", inIndonesian: "Sarana perbuatan",
      { $0.act.channel },
      { $0.act.channel = $1 }),
    text(
      "act.narrative", in: .narrative, .prose(max: 20_000), en: "Narrative", inIndonesian: "Uraian",
      { $0.act.narrative },
      { $0.act.narrative = $1 }
    ).required,
    texts(
      "act.urls", in: .narrative, countMax: 50, max: 2_048, en: "Addresses", inIndonesian: "Tautan", { $0.act.urls },
      { $0.act.urls = $1 }),
    code(
      "act.supports", in: .core, Supports.self, en: "Supports", inIndonesian: "Pihak yang didukung",
      { $0.act.supports },
      { $0.act.supports = $1 }),
    CaseField(
      "act.on_unpaid_leave", in: .core, .flag, en: "On unpaid leave", inIndonesian: "Sedang CLTN",
      { $0.act.onUnpaidLeave.map { .flag($0) } ?? .none },
      {
        guard case .flag(let flag) = $1 else { return false }
        $0.act.onUnpaidLeave = flag
        return true
      }),
    CaseField(
      "act.witnesses", in: .narrative, .witnesses(countMax: 50), en: "Witnesses", inIndonesian: "Saksi",
      { $0.act.witnesses.isEmpty ? .none : .witnesses($0.act.witnesses) },
      {
        guard case .witnesses(let witnesses) = $1 else { return false }
        $0.act.witnesses = witnesses
        return true
      }
    ).column("witnesses", in: nil),
  ]

  private static let source: [CaseField] = [
    code(
      "source.kind", in: .core, SourceKind.self, changes: "source", en: "Kind of source", inIndonesian: "Jenis sumber",
      { $0.source.kind }, { $0.source.kind = $1 }
    ).column("source_kind").required,
    text(
      "source.agency", in: .core, .text(max: 20), changes: "source", en: "Reporting agency",
      inIndonesian: "Lembaga pelapor",
      { $0.source.agency.rawValue }, { $0.source.agency = AgencyCode(rawValue: $1) }
    ).column("reported_by"),
    text(
      "source.agency_ref", in: .core, .text(max: 120), changes: "source", leadsToPerson: true, en: "Report number",
      inIndonesian: "Nomor laporan", { $0.source.agencyRef }, { $0.source.agencyRef = $1 }
    ).required,
    date(
      "source.received_on", in: .core, changes: "source", en: "Day of receipt", inIndonesian: "Tanggal diterima",
      { $0.source.receivedOn }, { $0.source.receivedOn = $1 }
    ).required,
    text(
      "source.channel", in: .core, .text(max: 64), changes: "source", en: "Channel of the report",
      inIndonesian: "Saluran laporan", { $0.source.channel }, { $0.source.channel = $1 }
    ).column("source_channel"),
  ]

  private static let reporter: [CaseField] = [
    code(
      "reporter.mode", in: .reporter, ReporterMode.self, changes: "reporter", en: "How the reporter is known",
      inIndonesian: "Status pelapor", { $0.reporter.mode }, { $0.reporter.mode = $1 }
    ).column("reporter_mode").required,
    text(
      "reporter.name", in: .reporter, .text(max: 200), changes: "reporter", en: "Name of the reporter",
      inIndonesian: "Nama pelapor", { $0.reporter.name }, { $0.reporter.name = $1 }
    ).column("reporter_name"),
    text(
      "reporter.contact", in: .reporter, .text(max: 200), changes: "reporter", en: "Contact of the reporter",
      inIndonesian: "Kontak pelapor", { $0.reporter.contact }, { $0.reporter.contact = $1 }
    ).column("reporter_contact"),
    CaseField(
      "reporter.sealed", in: .reporter, .sealed(countMax: SealedCopy.keysMax), changes: "reporter",
      en: "Sealed reporter", inIndonesian: "Pelapor tersegel",
      { $0.reporter.sealed.isEmpty ? .none : .sealed($0.reporter.sealed) },
      {
        guard case .sealed(let copies) = $1 else { return false }
        $0.reporter.sealed = copies
        return true
      }
    ).column("reporter_sealed", in: nil),
  ]
}

extension CaseField {
  private static func text(
    _ name: String, in group: FieldGroup, _ form: Form, changes: String? = nil, leadsToPerson: Bool = false,
    en: String, inIndonesian: String, _ get: @escaping @Sendable (Facts) -> String?,
    _ set: @escaping @Sendable (inout Facts, String) -> Void
  ) -> CaseField {
    CaseField(
      name, in: group, form, changes: changes, leadsToPerson: leadsToPerson, en: en, inIndonesian: inIndonesian,
      { get($0).map { .text($0) } ?? .none },
      {
        guard case .text(let text) = $1 else { return false }
        set(&$0, text)
        return true
      })
  }

  private static func code<Code: RawRepresentable & CaseIterable & SendableMetatype>(
    _ name: String, in group: FieldGroup, _ type: Code.Type, isDerived: Bool = false, changes: String? = nil,
    en: String, inIndonesian: String, _ get: @escaping @Sendable (Facts) -> Code?,
    _ set: @escaping @Sendable (inout Facts, Code) -> Void
  ) -> CaseField where Code.RawValue == String {
    CaseField(
      name, in: group, isDerived ? .derived : .code(Code.allCases.map(\.rawValue)), changes: changes, en: en,
      inIndonesian: inIndonesian,
      { get($0).map { .text($0.rawValue) } ?? .none },
      {
        guard case .text(let text) = $1, let code = Code(rawValue: text) else { return false }
        set(&$0, code)
        return true
      })
  }

  private static func date(
    _ name: String, in group: FieldGroup, changes: String? = nil, en: String, inIndonesian: String,
    _ get: @escaping @Sendable (Facts) -> LegalDate?, _ set: @escaping @Sendable (inout Facts, LegalDate) -> Void
  ) -> CaseField {
    CaseField(
      name, in: group, .date, changes: changes, en: en, inIndonesian: inIndonesian,
      { get($0).map { .date($0) } ?? .none },
      {
        guard case .date(let date) = $1 else { return false }
        set(&$0, date)
        return true
      })
  }

  private static func number(
    _ name: String, in group: FieldGroup, _ range: ClosedRange<Int>, en: String, inIndonesian: String,
    _ get: @escaping @Sendable (Facts) -> Int?, _ set: @escaping @Sendable (inout Facts, Int) -> Void
  ) -> CaseField {
    CaseField(
      name, in: group, .number(range), en: en, inIndonesian: inIndonesian, { get($0).map { .number($0) } ?? .none },
      {
        guard case .number(let number) = $1 else { return false }
        set(&$0, number)
        return true
      })
  }

  private static func texts(
    _ name: String, in group: FieldGroup, countMax: Int, max: Int, en: String, inIndonesian: String,
    _ get: @escaping @Sendable (Facts) -> [String], _ set: @escaping @Sendable (inout Facts, [String]) -> Void
  ) -> CaseField {
    CaseField(
      name, in: group, .texts(countMax: countMax, max: max), en: en, inIndonesian: inIndonesian,
      { get($0).isEmpty ? .none : .texts(get($0)) },
      {
        guard case .texts(let texts) = $1 else { return false }
        set(&$0, texts)
        return true
      })
  }
}
