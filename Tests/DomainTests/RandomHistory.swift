internal import Domain
internal import TestSupport

/// Cases that go random ways by the real rules, corrected now and then, and the order in which all of it was recorded.
struct RandomHistory {
  /// One version of a case.
  struct Version {
    var key: Int64
    var seq: Int64 = 0
    var recordedOn: LegalDate
    var record: Case

    /// As it is added to the states.
    var state: CaseState {
      let (facts, progress) = (record.facts, record.progress)
      return CaseState(
        caseKey: key, seq: seq, recordedOn: recordedOn, milestones: progress.milestones, stage: progress.stage,
        sanction: progress.decision?.sanction, proposedSanction: progress.recommendation?.proposedSanction,
        decisionOutcome: progress.decision?.outcome, blockIsOpen: progress.blockIsOpen,
        outsideBand: progress.decision?.outsideBand ?? false,
        deviationExplained: progress.decision?.deviationExplained ?? false, clocks: progress.clocks,
        facts: CaseState.Facts(
          person: Int64(facts.subject.name) ?? 0, report: Int(facts.source.agencyRef) ?? 0,
          receivedOn: facts.source.receivedOn, actedOn: facts.act.occurredOn, election: facts.election,
          region: facts.region.text, institution: facts.institution.code,
          institutionKind: facts.institution.kind.rawValue, positionLevel: facts.subject.positionLevel.rawValue,
          reportingClass: facts.subject.reportingClass?.rawValue, appointmentYear: facts.subject.appointmentYear,
          violation: facts.violation?.code, category: facts.violation?.category,
          reportedBy: facts.source.agency.rawValue))
    }
  }

  static let firstDay = date("2024-01-01")
  static let days = 360

  /// In the order of their sequences.
  private(set) var versions: [Version] = []
  private var random: TestRandom

  /// - Parameter onItsDay: everything is recorded on the day it happens, and nothing corrected.
  init(seed: UInt64, cases: Int = 40, onItsDay: Bool = false) throws {
    random = TestRandom(seed: seed)
    for number in 1...cases { try add(Int64(number), onItsDay) }
    versions.sort { ($0.recordedOn, $0.key, $0.record.version) < ($1.recordedOn, $1.key, $1.record.version) }
    for index in versions.indices { versions[index].seq = Int64(index + 1) }
  }

  /// The states of what was recorded up to a sequence.
  func states(upTo seq: Int64 = .max) -> CaseStates { Self.states(versions.filter { $0.seq <= seq }) }

  /// The states of some versions, added in the order given.
  static func states(_ versions: [Version]) -> CaseStates {
    var states = CaseStates()
    for version in versions { states.append(version.state) }
    states.complete(upTo: versions.map(\.seq).max() ?? 0)
    return states
  }

  private func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
  private func one<Item>(of items: [Item]) -> Item { items[below(items.count)] }

  private func facts(_ number: Int) -> Facts {
    let received = Self.firstDay.adding(days: below(Self.days * 3 / 4))
    return Sample.facts(number) {
      $0.subject.name = String(below(25))
      $0.subject.positionLevel = one(of: [.pelaksana, .administrator, .fungsional])
      $0.subject.reportingClass = below(4) == 0 ? .kepalaWilayah : nil
      $0.subject.appointmentYear = below(5) == 0 ? nil : 2010 + below(4)
      $0.source.agency = one(of: [.bawaslu, .kemendagri, .bkn])
      $0.source.agencyRef = String(below(30))
      $0.source.receivedOn = received
      $0.act.occurredOn = received.adding(days: -5)
      place(&$0)
      violate(&$0)
    }
  }

  private func place(_ facts: inout Facts) {
    facts.institution = below(3) == 0 ? Sample.central : Sample.regional
    facts.region = RegionCode(stored: one(of: ["16.71", "33.74", "33.01"]))
  }

  private func violate(_ facts: inout Facts) {
    let form = Fixture.reference.violations[one(of: ["KE-02", "KE-04", "DS-06", "DS-03", "LN-13"])]
    facts.violation = form.map {
      ViolationRef(code: $0.code, catalogue: $0.catalogue, category: $0.category, aspect: $0.aspect)
    }
  }

  /// One case, act by act; each version is recorded no earlier than the one before.
  private mutating func add(_ key: Int64, _ onItsDay: Bool) throws {
    var record = try Fixture.newCase(facts(Int(key)))
    var recordedOn = record.facts.source.receivedOn.adding(days: onItsDay ? 0 : below(20))
    versions.append(Version(key: key, recordedOn: recordedOn, record: record))
    for _ in 0..<below(14) {
      let isCorrection = !onItsDay && below(4) == 0
      guard let next = isCorrection ? corrected(record) : moved(record) else { continue }
      record = next
      record.version += 1
      let happened = record.progress.milestones.latest ?? recordedOn
      recordedOn = onItsDay ? happened : max(recordedOn, happened).adding(days: below(3) == 0 ? below(90) : 0)
      record.progress.recordStops(on: recordedOn)
      versions.append(Version(key: key, recordedOn: recordedOn, record: record))
    }
  }

  /// The case after an act; nil when the one that was tried is not possible.
  private func moved(_ record: Case) -> Case? {
    let on = (record.progress.milestones.latest ?? Self.firstDay).adding(days: below(25))
    let sanction = one(of: ["MOR-BUKA", "BER-1", "BER-2", "SED-1", "RIN-1"])
    let contents: [(AgencyCode, Action.Content)] = [
      (.bkn, .verification(below(6) > 0 ? .accepted : .rejected, reason: "Alasan")),
      (.bawaslu, .study(below(6) > 0 ? .violation : .noViolation, violation: nil, summary: nil)),
      (
        on < date("2024-09-01") ? .kasn : .bkn,
        .recommendation(
          .recommended, letterNumber: "R", institution: nil, proposedSanction: below(3) == 0 ? nil : sanction)
      ),
      (.bkn, .decision(.sanctioned, decreeNumber: "SK", sanction: sanction, deviationReason: "Alasan")),
      (.bkn, .decision(.notProven, decreeNumber: "SK", sanction: nil, deviationReason: nil)),
      (.bkn, .block(letterNumber: "B")), (.bkn, .blockRelease(proof: "S")), (.panrb, .appeal(.objection)),
      (.bkn, .ruling(.annulled, sanction: nil)), (.bkn, .ruling(.changed, sanction: sanction)),
      (.bkn, .ruling(.upheld, sanction: nil)), (.bkn, .closure(idisReference: "I")),
      (record.facts.source.agency, .cancellation(reason: "Alasan")), (.bkn, .lapse(.retired)),
    ]
    // The last two end a case whatever its stage, and are tried less often.
    let start = below(12)
    let order = below(12) == 0 ? [12 + below(2)] : (0..<6).map { (start + $0) % 12 }
    for index in order {
      let (agency, content) = contents[index]
      let action = Action(occurredOn: on, onBehalfOf: nil, note: nil, content: content, said: [])
      let context = Fixture.context(agency, today: date("2026-12-31"))
      if let changed = try? Lifecycle.apply(action, to: record, context) { return changed }
    }
    return nil
  }

  /// The case with one fact corrected; nil when that is not possible.
  private func corrected(_ record: Case) -> Case? {
    var facts = record.facts
    switch below(5) {
    case 0: facts.source.receivedOn = facts.source.receivedOn.adding(days: below(15) - 7)
    case 1: violate(&facts)
    case 2: place(&facts)
    case 3: facts.subject.name = String(below(25))
    default: facts.election = facts.election == "pilkada-2024" ? "pemilu-2024" : "pilkada-2024"
    }
    if facts.act.occurredOn > facts.source.receivedOn { return nil }
    return try? Lifecycle.correct(record, to: facts, Fixture.context(.bkn), movesReceipt: true)
  }
}
