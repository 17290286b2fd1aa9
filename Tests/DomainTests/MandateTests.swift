internal import Domain
internal import TestSupport
internal import Testing

/// The handbook's table of mandates, written out independently of the seed.
enum MandateTable {
  static let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb]

  static func holds(_ agency: AgencyCode, _ kind: MandateKind, _ institution: InstitutionKind, kasnExists: Bool) -> Bool
  {
    if agency == .kasn {
      return kasnExists && [.report, .verify, .study, .recommend, .decide].contains(kind)
    }
    switch kind {
    case .report: return true
    case .verify: return agency == .kemendagri ? institution == .regional : true
    case .study: return agency == .bawaslu
    case .recommend: return agency == .bkn && !kasnExists
    case .decide:
      return agency == .bkn || agency == .kemendagri && institution == .regional
        || agency == .panrb && institution == .central
    case .block, .close: return agency == .bkn
    case .appeal: return agency == .bkn || agency == .panrb
    case .correct: return agency == .bkn || agency == .bawaslu
    case .escalate:
      return agency == .kemendagri && institution == .regional || agency == .panrb && institution == .central
    }
  }
}

@Suite struct MandateTests {
  @Test(arguments: MandateKind.allCases)
  func `the seed gives exactly the mandates of the handbook`(kind: MandateKind) {
    for agency in MandateTable.agencies {
      for institution in InstitutionKind.allCases {
        for (day, kasnExists) in [("2019-01-01", true), ("2024-08-31", true), ("2024-09-01", false)] {
          #expect(
            Fixture.reference.holds(agency, kind, on: date(day), for: institution)
              == MandateTable.holds(agency, kind, institution, kasnExists: kasnExists),
            "\(agency) \(kind) \(institution) on \(day)")
        }
      }
    }
    #expect(!Fixture.reference.holds(AgencyCode(rawValue: "ANRI"), kind, on: date("2024-10-01"), for: .regional))
  }

  @Test(arguments: [
    (ActionKind.verifications, MandateKind.verify, Stage.received), (.studies, .study, .verified),
    (.recommendations, .recommend, .studied), (.decisions, .decide, .recommended), (.blocks, .block, .recommended),
    (.blockReleases, .block, .blocked), (.appeals, .appeal, .sanctioned), (.rulings, .appeal, .appealed),
    (.closures, .close, .sanctioned), (.lapses, .decide, .verified), (.escalations, .escalate, .recommended),
  ])
  func `an action needs its mandate on its own date, for the kind of institution`(
    kind: ActionKind, mandate: MandateKind, stage: Stage
  ) throws {
    let eras = [(Fixture.receivedUnderKASN, "2024-08-31"), (Fixture.receivedUnderBKN, "2024-12-02")]
    for (received, day) in eras {
      for institution in [Sample.regional, Sample.central] {
        let record = try Fixture.record(at: stage, received: received) { $0.institution = institution }
        for agency in MandateTable.agencies {
          let holds = MandateTable.holds(
            agency, mandate, institution.kind, kasnExists: received == Fixture.receivedUnderKASN)
          let failure = Lifecycle.refusal(of: kind, on: date(day), by: agency, record, Fixture.context(agency))
          #expect(failure?.code == (holds ? nil : .mandateMissing), "\(agency) \(institution.kind) on \(day)")
        }
      }
    }
  }

  @Test(
    arguments: [
      ("2024-08-31", AgencyCode.kasn, nil, nil), ("2024-09-01", .kasn, nil, FailureCode.mandateMissing),
      ("2024-08-31", .bkn, nil, .mandateMissing), ("2024-09-01", .bkn, nil, nil),
      ("2024-08-31", .bkn, AgencyCode.kasn, nil), ("2024-09-01", .bkn, .kasn, .mandateMissing),
      ("2024-08-31", .panrb, .kasn, .mandateMissing), ("2024-08-31", .kasn, .bkn, .mandateMissing),
      ("2024-09-01", .bkn, .bkn, nil), ("2024-09-01", .bkn, AgencyCode(rawValue: "ANRI"), .mandateMissing),
    ] as [(String, AgencyCode, AgencyCode?, FailureCode?)])
  func `KASN recommends until 2024-08-31, BKN from the next day, and BKN may record KASN's acts`(
    day: String, agency: AgencyCode, behalf: AgencyCode?, code: FailureCode?
  ) throws {
    let studied = try Fixture.record(at: .studied, received: Fixture.receivedUnderKASN)
    let content = Action.Content.recommendation(
      .recommended, letterNumber: "R", institution: nil, proposedSanction: nil)
    let failure = refusal { try Fixture.act(content, by: agency, on: day, behalf: behalf, studied) }
    #expect(failure?.code == code)
    if code == nil {
      let recommended = try Fixture.act(content, by: agency, on: day, behalf: behalf, studied)
      #expect(recommended.progress.recommendation?.agency == behalf ?? agency)
    }
  }

  @Test(
    arguments: [
      (AgencyCode.kasn, AgencyCode.kasn, nil, "2024-08-31", nil),
      (.kasn, .kasn, nil, "2024-09-01", FailureCode.mandateMissing),
      (.bkn, .kasn, AgencyCode.kasn, "2024-08-31", nil), (.bkn, .kasn, .kasn, "2024-09-01", .mandateMissing),
      (.bkn, .kasn, nil, "2024-08-31", .mandateMissing), (.bawaslu, .bkn, nil, "2024-10-06", .mandateMissing),
      (.panrb, .panrb, nil, "2024-10-06", nil), (.kemendagri, .kemendagri, nil, "2024-10-06", nil),
    ] as [(AgencyCode, AgencyCode, AgencyCode?, String, FailureCode?)])
  func `a case is reported by the agency it names, under a mandate on the day of receipt`(
    actor: AgencyCode, source: AgencyCode, behalf: AgencyCode?, day: String, code: FailureCode?
  ) {
    let facts = Sample.facts {
      $0.source.agency = source
      $0.source.receivedOn = date(day)
    }
    let failure = refusal { try Lifecycle.open(facts, onBehalfOf: behalf, Fixture.context(actor)) }
    #expect(failure?.code == code)
  }

  @Test func `only the agency that reported a case, or its successor, cancels it`() throws {
    let cancellation = Action.Content.cancellation(reason: "Ganda")
    for owner in MandateTable.agencies {
      let record = try Fixture.record(at: .verified, received: Fixture.receivedUnderKASN) { $0.source.agency = owner }
      for agency in MandateTable.agencies {
        let owns = agency == owner || owner == .kasn && agency == .bkn
        let failure = refusal { try Fixture.act(cancellation, by: agency, on: "2024-12-02", record) }
        // KASN has ended by then: its successor cancels.
        let expected: FailureCode? = !owns ? .notOwner : agency == .kasn ? .mandateMissing : nil
        #expect(failure?.code == expected, "\(agency) cancels a case of \(owner)")
        #expect(Fixture.reference.owns(agency, record.facts, on: Fixture.today) == owns)
      }
    }
  }

  @Test func `the allowed actions are those an agency would not be refused`() throws {
    for stage in Stage.allCases {
      let record = try Fixture.record(at: stage)
      for agency in MandateTable.agencies {
        let context = Fixture.context(agency)
        let allowed = Lifecycle.allowedActions(for: agency, record, context)
        let free = ActionKind.allCases.filter {
          Lifecycle.refusal(of: $0, on: Fixture.today, by: agency, record, context) == nil
        }
        #expect(allowed == free.map(\.rawValue))
        #expect(allowed.contains("notes"))
      }
    }
    let recommended = try Fixture.record(at: .recommended)
    func allowed(_ agency: AgencyCode) -> [String] {
      Lifecycle.allowedActions(for: agency, recommended, Fixture.context(agency, today: date("2024-11-07")))
    }
    #expect(allowed(.bkn) == ["decisions", "lapses", "clock-pauses", "notes"])
    #expect(allowed(.bawaslu) == ["cancellations", "notes"])
    #expect(allowed(.kemendagri) == ["decisions", "lapses", "escalations", "notes"])
    #expect(allowed(.panrb) == ["notes"])
    #expect(allowed(.kasn) == ["notes"])
  }
}
