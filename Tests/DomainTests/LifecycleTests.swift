internal import Domain
internal import TestSupport
internal import Testing

/// One line of the handbook's table of actions, written out independently of the code.
struct TableLine: Sendable, CustomTestStringConvertible {
  var content: Action.Content
  var agency: AgencyCode
  var from: Set<Stage>
  /// Nil: the stage stays.
  var to: Stage?

  var kind: ActionKind {
    Action(occurredOn: LegalDate(day: 0), onBehalfOf: nil, note: nil, content: content, said: []).kind
  }
  var testDescription: String { "\(kind.rawValue) to \(to?.rawValue ?? "the same")" }

  static let open: Set<Stage> = [
    .received, .verified, .studied, .recommended, .sanctioned, .blocked, .appealed,
  ]

  static let all: [TableLine] = [
    TableLine(.verification(.accepted, reason: nil), .bkn, [.received], .verified),
    TableLine(.verification(.rejected, reason: "Bukan ASN"), .panrb, [.received], .rejected),
    TableLine(.study(.violation, violation: "DS-06", summary: nil), .bawaslu, [.verified], .studied),
    TableLine(.study(.noViolation, violation: nil, summary: nil), .bawaslu, [.verified], .notProven),
    TableLine(
      .recommendation(.recommended, letterNumber: "R", institution: nil, proposedSanction: nil), .bkn, [.studied],
      .recommended),
    TableLine(
      .recommendation(.notProven, letterNumber: "R", institution: nil, proposedSanction: nil), .bkn,
      [.studied], .notProven),
    TableLine(
      .decision(.sanctioned, decreeNumber: "SK", sanction: "BER-1", deviationReason: nil), .bkn,
      [.recommended, .blocked], .sanctioned),
    TableLine(
      .decision(.notProven, decreeNumber: "SK", sanction: nil, deviationReason: nil), .kemendagri,
      [.recommended, .blocked], .notProven),
    TableLine(.block(letterNumber: "B"), .bkn, [.recommended], .blocked),
    TableLine(.appeal(.court), .panrb, [.sanctioned], .appealed),
    TableLine(.ruling(.upheld, sanction: nil), .bkn, [.appealed], .sanctioned),
    TableLine(.ruling(.changed, sanction: "BER-2"), .bkn, [.appealed], .sanctioned),
    TableLine(.ruling(.annulled, sanction: nil), .bkn, [.appealed], .exonerated),
    TableLine(.closure(idisReference: "I"), .bkn, [.sanctioned], .closed),
    TableLine(.cancellation(reason: "Ganda"), .bawaslu, open, .cancelled),
    TableLine(.lapse(.died), .bkn, open, .lapsed),
    TableLine(.escalation(letterNumber: "E", addressee: "Gubernur"), .kemendagri, [.recommended, .blocked], nil),
    TableLine(.note(text: "Catatan"), .panrb, Set(Stage.allCases), nil),
  ]

  private init(_ content: Action.Content, _ agency: AgencyCode, _ from: Set<Stage>, _ to: Stage?) {
    self.content = content
    self.agency = agency
    self.from = from
    self.to = to
  }
}

@Suite struct LifecycleTests {
  @Test(arguments: TableLine.all, Stage.allCases)
  func `an action is possible exactly from the stages the handbook names`(line: TableLine, stage: Stage) throws {
    let record = try Fixture.record(at: stage)
    let act = { try Fixture.act(line.content, by: line.agency, on: "2025-02-03", record) }
    guard line.from.contains(stage) else {
      let failure = refusal(act)
      #expect(failure?.code == .stageConflict)
      #expect(failure?.allowedActions?.contains(line.kind.rawValue) == false)
      return
    }
    let changed = try act()
    #expect(changed.progress.stage == line.to ?? stage)
    #expect(changed.version == record.version)
  }

  @Test(arguments: Stage.allCases)
  func `a block is released from any stage while it is open, and never otherwise`(stage: Stage) throws {
    let release = Action.Content.blockRelease(proof: "SK-1")
    let withBlock: Set<Stage> = [
      .blocked, .sanctioned, .appealed, .exonerated, .closed, .notProven, .cancelled, .lapsed,
    ]
    let record = try Fixture.record(at: stage, blocked: withBlock.contains(stage))
    #expect(record.progress.blockIsOpen == withBlock.contains(stage))
    guard withBlock.contains(stage) else {
      #expect(refusal { try Fixture.act(release, by: .bkn, on: "2025-02-03", record) }?.code == .stageConflict)
      return
    }
    let released = try Fixture.act(release, by: .bkn, on: "2025-02-03", record)
    #expect(released.progress.stage == (stage == .blocked ? .recommended : stage))
    #expect(released.progress.block?.releasedOn == date("2025-02-03"))
    #expect(released.progress.block?.proof == "SK-1")
    #expect(!released.progress.blockIsOpen)
    #expect(refusal { try Fixture.act(release, by: .bkn, on: "2025-02-04", released) }?.code == .stageConflict)
  }

  @Test func `a decision under a block leaves the block open until it is released`() throws {
    let decided = try Fixture.record(at: .sanctioned, blocked: true)
    #expect(decided.progress.blockIsOpen)
    let released = try Fixture.act(.blockRelease(proof: "SK"), by: .bkn, on: "2024-12-01", decided)
    #expect(released.progress.stage == .sanctioned)
    let blocked = try Fixture.record(at: .blocked)
    let again = try Fixture.act(.blockRelease(proof: "Surat"), by: .bkn, on: "2024-11-14", blocked)
    #expect(again.progress.stage == .recommended)
    let second = try Fixture.act(.block(letterNumber: "B-2"), by: .bkn, on: "2024-11-15", again)
    #expect(second.progress.block?.letterNumber == "B-2")
    #expect(second.progress.blockIsOpen)
  }

  @Test(arguments: [("2024-11-06", false), ("2024-11-07", false), ("2024-11-08", true), ("2024-12-31", true)])
  func `a block waits until the PPK has let its clock run out`(day: String, isAllowed: Bool) throws {
    let record = try Fixture.record(at: .recommended)
    let failure = refusal { try Fixture.act(.block(letterNumber: "B"), by: .bkn, on: day, record) }
    #expect(failure?.code == (isAllowed ? nil : .clockRunning))
    let allowed = Lifecycle.allowedActions(for: .bkn, record, Fixture.context(.bkn, today: date(day)))
    #expect(allowed.contains("blocks") == isAllowed)
  }

  @Test func `an appeal may end in an upheld, a changed or an annulled decision, and be followed by another`() throws {
    let appealed = try Fixture.record(at: .appealed)
    #expect(appealed.progress.appeal?.route == .objection)
    let upheld = try Fixture.act(.ruling(.upheld, sanction: nil), by: .panrb, on: "2024-12-02", appealed)
    #expect(upheld.progress.appeal?.outcome == .upheld)
    #expect(upheld.progress.decision == appealed.progress.decision)
    let changed = try Fixture.act(.ruling(.changed, sanction: "SED-1"), by: .bkn, on: "2024-12-02", appealed)
    #expect(changed.progress.decision?.sanction == "SED-1")
    #expect(changed.progress.decision?.sanctionLevel == "medium")
    #expect(changed.progress.decision?.outsideBand == true)
    let again = try Fixture.act(.appeal(.court), by: .bkn, on: "2024-12-20", upheld)
    #expect(again.progress.appeal == Appeal(route: .court, filedOn: date("2024-12-20"), outcome: nil, ruledOn: nil))
    let annulled = try Fixture.act(.ruling(.annulled, sanction: nil), by: .bkn, on: "2025-01-10", again)
    #expect(annulled.progress.stage == .exonerated)
    #expect(annulled.progress.milestones[.exonerated] == date("2025-01-10"))
  }

  @Test func `no sanction stands against a person whose decision was annulled`() throws {
    let decision = try Fixture.record(at: .exonerated).progress.decision
    #expect(decision?.decreeNumber == "SK-1")
    #expect(decision?.sanction == nil)
    #expect(decision?.sanctionLevel == nil)
    #expect(decision?.outsideBand == false)
  }

  @Test(arguments: [
    (Action.Content.ruling(.changed, sanction: nil), "/sanction required"),
    (.ruling(.changed, sanction: "XX"), "/sanction unknown_code"),
    (.ruling(.changed, sanction: "P53-B1"), "/sanction not_in_force"),
    (.ruling(.upheld, sanction: "BER-1"), "/sanction not_allowed"),
    (.ruling(.annulled, sanction: "BER-1"), "/sanction not_allowed"),
  ])
  func `a ruling names a sanction exactly when it changes one`(content: Action.Content, place: String) throws {
    let appealed = try Fixture.record(at: .appealed)
    #expect(refusal { try Fixture.act(content, by: .bkn, on: "2024-12-02", appealed) }?.places == [place])
  }

  @Test func `a study may name the violation, and must when the case has none`() throws {
    let verified = try Fixture.record(at: .verified) { $0.violation = nil }
    func study(_ found: Bool, _ violation: String?) throws -> Case {
      try Fixture.act(
        .study(
          found ? .violation : .noViolation, violation: violation, summary: nil), by: .bawaslu, on: "2024-10-14",
        verified)
    }
    #expect(refusal { try study(true, nil) }?.places == ["/violation required"])
    #expect(refusal { try study(true, "XX-99") }?.places == ["/violation unknown_code"])
    #expect(refusal { try study(false, "DS-06") }?.places == ["/violation not_allowed"])
    let studied = try study(true, "KE-07")
    #expect(
      studied.facts.violation
        == ViolationRef(code: "KE-07", catalogue: "skb-2022", category: "ethics", aspect: try aspect("KE-07")))
    #expect(try study(false, nil).facts.violation == nil)
  }

  private func aspect(_ code: String) throws -> String {
    try #require(Fixture.reference.violations[code]).aspect
  }

  @Test func `a rejection needs its reason`() throws {
    let received = try Fixture.record(at: .received)
    let failure = refusal {
      try Fixture.act(.verification(.rejected, reason: nil), by: .bkn, on: "2024-10-09", received)
    }
    #expect(failure?.places == ["/reason required"])
  }

  @Test func `a recommendation names an institution that exists and a sanction of the act's regime`() throws {
    let studied = try Fixture.record(at: .studied)
    func recommend(_ recommended: Bool, _ institution: String?, _ sanction: String?) throws -> Case {
      let content = Action.Content.recommendation(
        recommended ? .recommended : .notProven, letterNumber: "R", institution: institution, proposedSanction: sanction
      )
      return try Fixture.act(content, by: .bkn, on: "2024-10-20", studied)
    }
    #expect(refusal { try recommend(true, "nowhere", nil) }?.places == ["/institution unknown_code"])
    #expect(refusal { try recommend(true, nil, "XX") }?.places == ["/proposed_sanction unknown_code"])
    #expect(refusal { try recommend(true, nil, "P53-B1") }?.places == ["/proposed_sanction not_in_force"])
    #expect(refusal { try recommend(false, nil, "BER-1") }?.places == ["/proposed_sanction not_allowed"])
    #expect(try recommend(true, nil, nil).progress.recommendation?.institution == "16.71")
    #expect(try recommend(true, "16", "MOR-BUKA").progress.recommendation?.institution == "16")
    #expect(try recommend(false, nil, nil).progress.recommendation == nil)
  }

  @Test(
    arguments: [
      ("2024-10-19", "/occurred_on inconsistent"), ("2024-10-20", nil), ("2024-12-01", nil),
      ("2024-12-02", "/occurred_on range"),
    ] as [(String, String?)])
  func `an act lies neither before the previous milestone nor in the future`(day: String, place: String?) throws {
    let recommended = try Fixture.record(at: .recommended)
    for line in TableLine.all where [.decisions, .lapses, .notes, .cancellations].contains(line.kind) {
      let failure = refusal {
        try Fixture.act(line.content, by: line.agency, on: day, recommended, today: date("2024-12-01"))
      }
      #expect(failure?.places.first == place)
    }
  }

  @Test(arguments: LapseReason.allCases)
  func `a lapse keeps why the person left`(reason: LapseReason) throws {
    let lapsed = try Fixture.act(.lapse(reason), by: .bkn, on: "2024-12-02", try Fixture.record(at: .blocked))
    #expect(lapsed.progress.lapseReason == reason)
    #expect(lapsed.progress.milestones[.lapsed] == date("2024-12-02"))
  }

  @Test func `an escalation goes by the institution whose PPK was asked`() throws {
    let escalation = Action.Content.escalation(letterNumber: "E", addressee: "Atasan PPK")
    let lines: [(own: InstitutionRef, place: String, asked: String?, agency: AgencyCode, superior: String)] = [
      (Sample.regional, "16.71", nil, .kemendagri, "Governor (Pemerintah Provinsi Sumatera Selatan)"),
      (Sample.regional, "16.71", "16", .kemendagri, "Minister of Home Affairs"),
      (Sample.regional, "16.71", "kemenag", .panrb, "President"),
      (Sample.central, "16.71", nil, .panrb, "President"),
      (Sample.central, "16.71", "17", .kemendagri, "Minister of Home Affairs"),
    ]
    for line in lines {
      let recommend = Action.Content.recommendation(
        .recommended, letterNumber: "R", institution: line.asked, proposedSanction: nil)
      let studied = try Fixture.record(at: .studied) { $0.institution = line.own }
      let record = try Fixture.act(recommend, by: .bkn, on: "2024-10-20", studied)
      let item = ListedClock(
        caseID: record.id, version: 1, number: record.number, stage: .recommended, election: record.facts.election,
        region: RegionCode(stored: line.place), institution: line.own,
        recommendedTo: record.progress.recommendation?.institution, blockIsOpen: false,
        clock: try #require(record.progress.openClock), basis: VisibilityBasis(record))
      let told = Fixture.reference.escalation(of: item, on: Fixture.today)
      #expect(told.agency == line.agency.rawValue && told.superior.en == line.superior, "\(line)")
      // The agency that is told may act, and the other one may not.
      for agency in [AgencyCode.kemendagri, .panrb] {
        let failure = refusal { try Fixture.act(escalation, by: agency, on: "2024-12-02", record) }
        #expect(failure?.code == (agency == line.agency ? nil : .mandateMissing), "\(line) \(agency)")
      }
    }
  }

  @Test func `an escalation keeps the stage and sets its milestone`() throws {
    let content = Action.Content.escalation(letterNumber: "E", addressee: "Gubernur")
    let escalated = try Fixture.act(content, by: .kemendagri, on: "2024-12-02", try Fixture.record(at: .blocked))
    #expect(escalated.progress.stage == .blocked)
    #expect(escalated.progress.milestones[.escalated] == date("2024-12-02"))
  }
}
