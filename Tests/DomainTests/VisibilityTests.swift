internal import Domain
internal import TestSupport
internal import Testing

/// The handbook's table of visibility, cell by cell, in the order BAWASLU, BKN, KASN, KEMENDAGRI, PANRB.
private let handbook: [(group: FieldGroup, cells: [String])] = [
  (.core, ["all", "all", "all", "regional, own", "all"]),
  (.subject, ["all", "all", "verified, own", "recommended, own", "recommended, own"]),
  (.narrative, ["all", "all", "verified, own", "recommended, own", "own"]),
  (.evidence, ["all", "all", "verified, own", "own", "own"]),
  (.reporter, ["own", "own", "own", "own", "own"]),
]

private let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb]

/// What is true of a case in relation to the caller.
struct Situation: Sendable, CustomTestStringConvertible {
  var kind: InstitutionKind
  var own: Bool
  var verified: Bool
  var recommended: Bool

  var testDescription: String { facts.joined(separator: ", ") }

  var facts: [String] {
    ["all", kind.rawValue] + (own ? ["own"] : []) + (verified ? ["verified"] : [])
      + (recommended ? ["recommended"] : [])
  }

  static let all: [Situation] = InstitutionKind.allCases.flatMap { kind in
    [true, false].flatMap { own in
      [(false, false), (true, false), (true, true)].map { verified, recommended in
        Situation(kind: kind, own: own, verified: verified, recommended: recommended)
      }
    }
  }
}

@Suite struct VisibilityTests {
  private func expected(_ column: Int, _ group: FieldGroup, _ situation: Situation) -> Bool {
    let cell = handbook.first { $0.group == group }?.cells[column] ?? ""
    return cell.split(separator: ", ").contains { situation.facts.contains(String($0)) }
  }

  @Test(arguments: 0..<5, Situation.all)
  func `each agency sees exactly what the handbook's table says`(column: Int, situation: Situation) {
    let agency = agencies[column]
    let projection = Visibility.projection(
      of: VisibilityBasis(
        owner: situation.own ? agency : AgencyCode(rawValue: "ANRI"), institutionKind: situation.kind,
        verified: situation.verified, recommended: situation.recommended), for: agency)
    guard expected(column, .core, situation) else {
      #expect(projection == nil)
      return
    }
    let hidden = handbook.map(\.group).filter { !expected(column, $0, situation) }
    for (group, _) in handbook {
      #expect(projection?.shows(group) == !hidden.contains(group), "\(agency) \(group)")
    }
    #expect(projection?.shows(.notes) == false)
    #expect(projection?.redacted == hidden.map(\.rawValue))
  }

  @Test(arguments: Situation.all)
  func `an agency that was added later sees core, and its own cases whole`(situation: Situation) {
    let projection = Visibility.projection(
      of: VisibilityBasis(
        owner: situation.own ? AgencyCode(rawValue: "ANRI") : .bkn, institutionKind: situation.kind,
        verified: situation.verified, recommended: situation.recommended), for: AgencyCode(rawValue: "ANRI"))
    #expect(projection?.redacted == (situation.own ? [] : ["subject", "narrative", "evidence", "reporter"]))
  }

  @Test(arguments: Stage.allCases)
  func `a case and its stub are judged alike, and what was opened once stays open`(stage: Stage) throws {
    let record = try Fixture.record(at: stage)
    let verified = ![.received, .rejected].contains(stage)
    let recommended = verified && ![.verified, .studied, .notProven].contains(stage)
    let stub = CaseStub(
      key: 1, id: record.id, version: 1,
      basis: VisibilityBasis(
        owner: .bawaslu, institutionKind: .regional, verified: verified, recommended: recommended))
    for agency in agencies {
      #expect(Visibility.projection(of: record, for: agency) == Visibility.projection(of: stub, for: agency))
    }
    #expect(Visibility.projection(of: record, for: .kasn)?.shows(.narrative) == verified)
    #expect(Visibility.projection(of: record, for: .panrb)?.shows(.subject) == recommended)
  }

  @Test func `the successor of a reporting agency does not see the reporter`() {
    let projection = Visibility.projection(
      of: VisibilityBasis(owner: .kasn, institutionKind: .regional, verified: true, recommended: true), for: .bkn)
    #expect(projection?.shows(.reporter) == false)
  }

  @Test func `every fact belongs to the group that may be withheld`() {
    let before = Sample.facts()
    let after = Sample.facts(2) { facts in
      facts.subject.nik = NIK(stored: "1671012609860001")
      facts.subject.positionTitle = "Analis"
      facts.act.place = "Palembang"
      facts.act.narrative = "Lain"
      facts.act.urls = ["https://example.org"]
      facts.act.witnesses = [Witness(name: "Saksi", contact: nil)]
      facts.reporter = Reporter(mode: .named, name: "Pelapor", contact: nil)
      facts.region = RegionCode(stored: "16")
    }
    let changed = Facts.changes(from: before, to: after)
    let groups = Dictionary(grouping: changed, by: Facts.group(of:))
    #expect(groups[.subject] == ["subject.name", "subject.nip", "subject.nik", "subject.position_title"])
    #expect(groups[.narrative] == ["act.place", "act.narrative", "act.urls", "act.witnesses"])
    #expect(groups[.reporter] == ["reporter"])
    #expect(groups[.core] == ["region", "source"])
    #expect(Facts.group(of: "something_new") == .notes)
    #expect(Facts.changes(from: before, to: before) == [])
  }

  @Test func `scopes about cases are an agency's and administration is the operator's`() {
    for scope in Scope.allCases {
      #expect(scope.suits(.operator) == (scope == .admin))
      #expect(scope.suits(.agency(.bkn)) == (scope != .admin))
    }
  }

  @Test(
    arguments: [
      (nil, nil, "2024-10-06T00:00:00Z", true), ("2024-10-06T00:00:00Z", nil, "2024-10-05T23:59:59.999Z", true),
      ("2024-10-06T00:00:00Z", nil, "2024-10-06T00:00:00Z", false),
      (nil, "2024-10-06T00:00:00Z", "2024-10-06T00:00:00Z", false),
      (nil, "2024-10-06T00:00:00Z", "2024-10-05T00:00:00Z", true),
    ] as [(String?, String?, String, Bool)])
  func `a key is valid until it expires or is revoked`(expires: String?, revoked: String?, now: String, valid: Bool) {
    let key = AccessKey(
      id: "abcdefghijkl", owner: .operator, label: "", scopes: [.admin],
      createdAt: Sample.instant("2024-01-01T00:00:00Z"), expiresAt: expires.map(Sample.instant),
      revokedAt: revoked.map(Sample.instant), networks: [], secretDigest: [])
    #expect(key.isValid(at: Sample.instant(now)) == valid)
  }
}
