internal import Domain
internal import GRDB
internal import TestSupport
internal import Testing

@testable import Storage

private let agencies = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb, AgencyCode(rawValue: "ANRI")]

/// Every state of a case that the policy tells apart.
private let bases: [VisibilityBasis] = agencies.flatMap { owner in
  InstitutionKind.allCases.flatMap { kind in
    [(false, false), (true, false), (true, true)].flatMap { verified, recommended in
      [nil, [], [owner, .bkn], [.kemendagri], agencies].map { parties in
        VisibilityBasis(
          owner: owner, institutionKind: kind, verified: verified, recommended: recommended, disputedFor: parties)
      }
    }
  }
}

/// One policy judges a case in memory, finds it by SQL, and counts it.
@Suite struct PolicyTests {
  @Test(arguments: agencies) func `SQL finds what the judge shows, in every group`(agency: AgencyCode) throws {
    let file = try DatabaseQueue()
    try file.write { database in
      try database.execute(
        sql: "CREATE TABLE b (place, reported_by, institution_kind, verified_on, recommended_on, disputed_for)")
      for (place, basis) in bases.enumerated() {
        try database.execute(
          sql: "INSERT INTO b VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            place, basis.owner.rawValue, basis.institutionKind.rawValue, basis.verified ? 1 : nil,
            basis.recommended ? 1 : nil, basis.disputedFor.map(ProvenanceColumns.text),
          ])
      }
    }
    func found(_ condition: SQLCondition) throws -> [Int] {
      try file.read {
        try Int.fetchAll(
          $0, sql: "SELECT place FROM b WHERE \(condition.sql) ORDER BY place",
          arguments: StatementArguments(condition.arguments))
      }
    }
    let row = Visibility.row(agency)
    let exists = SQLCondition.all([
      Visibility.rows(for: agency, in: "b"), Visibility.undisputed(for: agency, in: "b"),
    ])
    for group in [FieldGroup.core, .subject, .narrative, .evidence, .reporter] {
      let shown = bases.indices.filter {
        Visibility.projection(of: bases[$0], for: agency)?.shows(group) == true
      }
      let condition = SQLCondition.all([exists, row.grant(group).sql(for: agency, in: "b")])
      #expect(try found(condition) == shown, "\(group)")
      #expect(try found(!condition) == bases.indices.filter { !shown.contains($0) }, "\(group)")
    }
  }

  @Test func `statistics count what the judge shows, and know persons where it shows them`() async throws {
    try await TemporaryStore.open { bench in
      var states = CaseStates()
      for (place, basis) in bases.enumerated() {
        // Two cases of one person: known as one where the subject is shown.
        for key in [2 * place + 1, 2 * place + 2] { states.append(state(basis, place, key: Int64(key))) }
      }
      for agency in agencies {
        let units = try [StatisticUnit.case, .person].map { unit in
          var question = StatisticQuestion(.funnel, asOf: date("2025-06-30"))
          (question.unit, question.groupBy) = (unit, .institution)
          guard case .funnel(let found) = states.answer(question, for: agency, bench.store.reference) else {
            throw Failure.notFound
          }
          return Dictionary(uniqueKeysWithValues: found.groups.map { ($0.key ?? "", $0.figures[.reported]) })
        }
        for (place, basis) in bases.enumerated() {
          // A disputed case is counted for nobody.
          let projection = basis.disputedFor == nil ? Visibility.projection(of: basis, for: agency) : nil
          let persons = projection.map { $0.shows(.subject) ? 1 : 2 } ?? 0
          #expect(units[0]["I\(place)"] ?? 0 == (projection == nil ? 0 : 2), "\(agency) \(basis)")
          #expect(units[1]["I\(place)"] ?? 0 == persons, "\(agency) \(basis)")
        }
      }
    }
  }

  private func state(_ basis: VisibilityBasis, _ place: Int, key: Int64) -> CaseState {
    let day = date("2024-10-06")
    var milestones = Milestones()
    milestones[.received] = day
    if basis.verified { milestones[.verified] = day }
    if basis.recommended { milestones[.recommended] = day }
    return CaseState(
      caseKey: key, seq: key, recordedOn: day, milestones: milestones,
      stage: basis.recommended ? .recommended : basis.verified ? .verified : .received, sanction: nil,
      proposedSanction: nil, decisionOutcome: nil, blockIsOpen: false, outsideBand: false, deviationExplained: false,
      clocks: [], isDisputed: basis.disputedFor != nil,
      facts: CaseState.Facts(
        person: Int64(place), report: Int(key), receivedOn: day, actedOn: day, election: "PILKADA-2024",
        region: "16.71", institution: "I\(place)", institutionKind: basis.institutionKind.rawValue,
        positionLevel: PositionLevel.allCases[0].rawValue, reportingClass: nil, appointmentYear: nil, violation: nil,
        category: nil, reportedBy: basis.owner.rawValue))
  }
}
