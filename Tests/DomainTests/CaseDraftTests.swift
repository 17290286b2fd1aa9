internal import Domain
internal import TestSupport
internal import Testing

@Suite struct CaseDraftTests {
  private func draft(_ change: (inout CaseDraft) -> Void = { _ in }) -> CaseDraft {
    let facts = Sample.facts()
    var draft = CaseDraft()
    (draft.act, draft.source, draft.reporter) = (facts.act, facts.source, facts.reporter)
    draft.election = "pilkada-2024"
    draft.region = "16.71"
    draft.institution = "16.71"
    draft.name = "Pegawai Contoh 1"
    draft.nip = Sample.nip(1).text
    draft.violation = "DS-06"
    change(&draft)
    return draft
  }

  private func places(_ change: (inout CaseDraft) -> Void) -> [String]? {
    refusal { try Fixture.reference.facts(from: draft(change), until: date("2024-12-01")) }?.places
  }

  @Test func `a draft becomes the facts it describes`() throws {
    let facts = try Fixture.reference.facts(from: draft(), until: date("2024-10-06"))
    var expected = Sample.facts()
    expected.violation?.aspect = facts.violation?.aspect ?? ""
    #expect(facts == expected)
    #expect(facts.contest == "pilkada-2024/default")
    #expect(facts.subject.appointmentYear == 2015)
  }

  @Test(
    arguments: [
      ("2024-10-06", "2024-10-06", nil, nil), ("2024-10-06", "2024-10-02", "2024-10-06", nil),
      ("2024-12-02", "2024-10-02", nil, "/source/received_on range"),
      ("2024-10-06", "1999-12-31", nil, "/act/occurred_on range"), ("2024-10-06", "2000-01-01", nil, nil),
      ("2024-10-06", "2024-10-07", nil, "/act/occurred_on inconsistent"),
      ("2024-10-06", "2024-10-02", "2024-10-01", "/act/known_on inconsistent"),
      ("2024-10-06", "2024-10-02", "2024-10-07", "/act/known_on inconsistent"),
    ] as [(String, String, String?, String?)])
  func `act, knowledge and receipt follow each other and lie in the past`(
    received: String, occurred: String, known: String?, place: String?
  ) {
    let found = places {
      ($0.nip, $0.identifierMissing) = (nil, true)
      $0.source.receivedOn = date(received)
      $0.act.occurredOn = date(occurred)
      $0.act.knownOn = known.map(date)
    }
    #expect(found == place.map { [$0] })
  }

  @Test func `a report lies in the years the service knows`() {
    let found = places { ($0.source.receivedOn, $0.act.occurredOn) = (date("1924-10-06"), date("1924-10-02")) }
    #expect(found?.prefix(2) == ["/source/received_on range", "/act/occurred_on range"])
  }

  @Test func `a person has a number, or the draft says that it is missing`() {
    #expect(places { $0.nip = nil } == ["/subject/nip required"])
    #expect(places { $0.nip = "198609262015051000" } == ["/subject/nip format"])
    #expect(places { $0.nik = "1671012609860000" } == ["/subject/nik format"])
    #expect(places { $0.identifierMissing = true } == ["/subject/identifier_missing inconsistent"])
    #expect(places { ($0.nip, $0.identifierMissing) = (nil, true) } == nil)
    #expect(places { ($0.nip, $0.nik) = (nil, "1671012609860001") } == nil)
    #expect(places { $0.appointmentYear = 2014 } == ["/subject/appointment_year inconsistent"])
    #expect(places { $0.appointmentYear = 2015 } == nil)
    #expect(places { ($0.nip, $0.employment) = ("199001012023211001", .pppk) } == nil)
    #expect(places { $0.nip = "199001012023211001" } == ["/subject/nip format"])
  }

  @Test func `codes must exist on the day of receipt`() {
    #expect(places { $0.election = "x" } == ["/election unknown_code"])
    #expect(places { $0.election = "pemilu-2024" } == ["/contest required"])
    #expect(places { $0.contest = "pilkada-2020/default" } == ["/contest unknown_code"])
    #expect(places { $0.region = "1671" } == ["/region format"])
    #expect(places { $0.region = "99" } == ["/region unknown_code"])
    #expect(places { $0.institution = "x" } == ["/institution unknown_code"])
    #expect(places { $0.violation = "XX" } == ["/violation unknown_code"])
    #expect(places { $0.violation = nil } == nil)
    #expect(places { $0.source.agency = AgencyCode(rawValue: "ANRI") } == ["/source/agency unknown_code"])
    let early = places {
      ($0.region, $0.institution) = ("96.71", "96.71")
      ($0.source.receivedOn, $0.act.occurredOn) = (date("2022-12-07"), date("2022-12-01"))
    }
    #expect(early == ["/region not_in_force", "/institution not_in_force"])
    let onTime = places {
      ($0.region, $0.institution) = ("96.71", "96.71")
      ($0.source.receivedOn, $0.act.occurredOn) = (date("2022-12-08"), date("2022-12-01"))
    }
    #expect(onTime == nil)
  }

  @Test(
    arguments: [
      (ReporterMode.named, "Pelapor", "0800", nil), (.confidential, "Pelapor", nil, nil), (.anonymous, nil, nil, nil),
      (.named, nil, nil, ["/reporter/name required"]), (.confidential, nil, "0800", ["/reporter/name required"]),
      (.anonymous, "Pelapor", "0800", ["/reporter/name not_allowed", "/reporter/contact not_allowed"]),
    ] as [(ReporterMode, String?, String?, [String]?)])
  func `a reporter is named or stays unknown`(mode: ReporterMode, name: String?, contact: String?, expected: [String]?)
  {
    #expect(places { $0.reporter = Reporter(mode: mode, name: name, contact: contact) } == expected)
  }

  @Test func `every wrong field is named at once, and no value is repeated`() {
    let failure = refusal {
      try Fixture.reference.facts(
        from: draft {
          ($0.election, $0.region, $0.institution, $0.violation) = ("x", "zz", "y", "XX")
          ($0.nip, $0.nik) = ("RAHASIA1", "RAHASIA2")
          $0.source.receivedOn = date("2024-12-02")
        }, until: date("2024-12-01"))
    }
    #expect(
      failure?.places == [
        "/election unknown_code", "/region format", "/institution unknown_code", "/subject/nip format",
        "/subject/nik format", "/violation unknown_code", "/source/received_on range",
      ])
    let texts = (failure?.errors ?? []).flatMap { [$0.detail.en, $0.detail.inIndonesian] }
    #expect(!texts.contains { $0.contains("RAHASIA") })
  }
}

/// The parts of a draft by short names.
extension CaseDraft {
  var act: Act {
    get { facts.act }
    set { facts.act = newValue }
  }
  var source: Source {
    get { facts.source }
    set { facts.source = newValue }
  }
  var reporter: Reporter {
    get { facts.reporter }
    set { facts.reporter = newValue }
  }
  var election: String {
    get { facts.election }
    set { facts.election = newValue }
  }
  var contest: String? {
    get { facts.contest.isEmpty ? nil : facts.contest }
    set { facts.contest = newValue ?? "" }
  }
  var region: String {
    get { facts.region.text }
    set { facts.region = RegionCode(stored: newValue) }
  }
  var institution: String {
    get { facts.institution.code }
    set { facts.institution.code = newValue }
  }
  var violation: String? {
    get { facts.violation?.code }
    set { facts.violation = newValue.map { ViolationRef(code: $0, catalogue: "", category: "", aspect: "") } }
  }
  var name: String {
    get { facts.subject.name }
    set { facts.subject.name = newValue }
  }
  var nip: String? {
    get { facts.subject.nip?.text }
    set { facts.subject.nip = newValue.map { NIP(stored: $0) } }
  }
  var nik: String? {
    get { facts.subject.nik?.text }
    set { facts.subject.nik = newValue.map { NIK(stored: $0) } }
  }
  var employment: Employment {
    get { facts.subject.employment }
    set { facts.subject.employment = newValue }
  }
  var appointmentYear: Int? {
    get { facts.subject.appointmentYear }
    set { facts.subject.appointmentYear = newValue }
  }
}
