extension Facts {
  /// Facts that nothing is said of: what a reader of fields begins with.
  public static let blank = Facts(
    election: "", contest: "", region: RegionCode(stored: ""),
    institution: InstitutionRef(code: "", name: "", kind: .regional),
    subject: Subject(
      name: "", nip: nil, nik: nil, employment: .pns, positionLevel: .pelaksana, reportingClass: nil,
      positionTitle: nil, appointmentYear: nil),
    violation: nil,
    act: Act(
      occurredOn: LegalDate(day: 0), knownOn: nil, place: nil, channel: nil, narrative: "", urls: [], supports: nil,
      onUnpaidLeave: nil, witnesses: []),
    source: Source(
      kind: .laporan, agency: AgencyCode(rawValue: ""), agencyRef: "", receivedOn: LegalDate(day: 0), channel: nil),
    reporter: Reporter(mode: .anonymous, name: nil, contact: nil), motives: [])

  /// The names of the facts that differ between two states.
  public static func changes(from old: Facts, to new: Facts) -> [String] {
    var names: [String] = []
    for field in CaseField.all where field.changeName != names.last && field.value(old) != field.value(new) {
      names.append(field.changeName)
    }
    return names
  }

  /// True when a fact has this name.
  public static func isFact(_ name: String) -> Bool { CaseField.all.contains { $0.changeName == name } }

  /// The group a fact belongs to. A name nobody knows is withheld from everyone but the author.
  public static func group(of name: String) -> FieldGroup {
    CaseField.all.first { $0.changeName == name }?.group ?? .notes
  }
}
