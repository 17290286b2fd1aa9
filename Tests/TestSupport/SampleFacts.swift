public import Domain

/// Synthetic values of the domain. Two with the same number are equal.
extension Sample {
  /// The date of a text `YYYY-MM-DD` that is known to be one.
  public static func date(_ text: String) -> LegalDate {
    guard let date = LegalDate(text) else { preconditionFailure("a sample date exists: \(text)") }
    return date
  }

  /// The instant of an RFC 3339 text that is known to be one.
  public static func instant(_ text: String) -> Timestamp {
    guard let instant = Timestamp(text) else { preconditionFailure("a sample instant is one: \(text)") }
    return instant
  }

  /// The identity of case `number`.
  public static func caseID(_ number: Int) -> CaseID {
    CaseID(at: Timestamp(milliseconds: 1_730_000_000_000 + Int64(number)), random: (UInt64(number), UInt64(number)))
  }

  /// The number of person `number` (0...9999), who entered the service in 2015.
  public static func nip(_ number: Int) -> NIP {
    let birth = LegalDate(day: number).description.filter { $0 != "-" }
    guard let nip = NIP(birth + "2015051001", employment: .pns) else { preconditionFailure("a sample number is one") }
    return nip
  }

  /// Facts of case `number` as BAWASLU reports them on 2024-10-06; the person works for a regional institution.
  public static func facts(_ number: Int = 1, _ change: (inout Facts) -> Void = { _ in }) -> Facts {
    var facts = Facts(
      election: "pilkada-2024", contest: "pilkada-2024/default", region: RegionCode(stored: "16.71"),
      institution: regional,
      subject: Subject(
        name: "Pegawai Contoh \(number)", nip: nip(number), nik: nil, employment: .pns, positionLevel: .pelaksana,
        reportingClass: nil, positionTitle: nil, appointmentYear: 2015),
      violation: ViolationRef(code: "DS-06", catalogue: "skb-2022", category: "discipline", aspect: "politics"),
      act: Act(
        occurredOn: date("2024-10-02"), knownOn: nil, place: nil, channel: nil, narrative: "Uraian contoh.", urls: [],
        supports: nil, onUnpaidLeave: nil, witnesses: []),
      source: Source(
        kind: .laporan, agency: .bawaslu, agencyRef: "\(number)/LP/2024", receivedOn: date("2024-10-06"), channel: nil),
      reporter: Reporter(mode: .anonymous, name: nil, contact: nil), motives: [])
    change(&facts)
    return facts
  }

  /// An institution of a regional government.
  public static let regional = InstitutionRef(code: "16.71", name: "Pemerintah Kota Palembang", kind: .regional)
  /// An institution of the centre.
  public static let central = InstitutionRef(code: "kemenag", name: "Kementerian Agama", kind: .central)
}
