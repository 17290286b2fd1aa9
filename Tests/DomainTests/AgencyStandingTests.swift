internal import Domain
internal import JSON
internal import TestSupport
internal import Testing

@Suite("The standing of an agency")
struct AgencyStandingTests {
  /// The shipped reference data with other rows of agencies.
  private static func reference(_ rows: String...) throws -> Reference {
    let added = try rows.map { row in
      try #require(ReferenceEntry(kind: .agencies, row: try .parse(Array(row.utf8))))
    }
    let codes = Set(added.map(\.code))
    let kept = Fixture.reference.entries.filter { $0.kind != .agencies || !codes.contains($0.code) }
    return try Reference(entries: kept + added)
  }

  private static let begins = #"{"code":"NEW","name_id":"x","name_en":"x","valid_from":"2027-01-01"}"#
  private static let ends =
    #"{"code":"OLD","name_id":"x","name_en":"x","valid_until":"2024-08-31","access_until":"2025-03-31","successor":"BKN"}"#
  private static let returns = #"{"code":"OLD","name_id":"x","name_en":"x","valid_from":"2026-01-01"}"#

  @Test(
    "follows its first day, its last day and the last day of its access",
    arguments: [
      ("BKN", "1990-01-01", AgencyStanding.inOffice), ("BKN", "2099-01-01", .inOffice),
      ("KASN", "2024-08-31", .inOffice), ("KASN", "2024-09-01", .ended), ("KASN", "2099-01-01", .ended),
      ("NEW", "2026-12-31", .notBegun), ("NEW", "2027-01-01", .inOffice),
      ("OLD", "2024-08-31", .inOffice), ("OLD", "2024-09-01", .ended), ("OLD", "2025-03-31", .ended),
      ("OLD", "2025-04-01", .closed), ("OLD", "2026-01-01", .inOffice), ("NOBODY", "2025-01-01", .closed),
    ] as [(String, String, AgencyStanding)])
  func standing(_ code: String, _ day: String, _ expected: AgencyStanding) throws {
    let reference = try Self.reference(Self.begins, Self.ends, Self.returns)
    let agency = AgencyCode(rawValue: code)
    #expect(reference.standing(of: agency, on: date(day)) == expected)
    let (access, office) = (
      refusal { try reference.standing(of: agency, on: date(day)).requireAccess(of: agency) }?.code,
      refusal { try reference.requireOffice(of: agency, on: date(day)) }?.code
    )
    switch expected {
    case .inOffice: #expect(access == nil && office == nil)
    case .ended: #expect(access == nil && office == .agencyEnded)
    case .notBegun: #expect(access == .agencyNotBegun && office == .agencyNotBegun)
    case .closed: #expect(access == .agencyEnded && office == .agencyEnded)
    }
    #expect((AgencyStanding.note(on: agency, expected, nil) == nil) == (expected == .inOffice))
  }

  @Test("lets nobody succeed an agency that has not ended, and follows a chain, even one that is a ring")
  func succession() throws {
    let middle = #"{"code":"MID","name_id":"x","name_en":"x","valid_until":"2025-12-31","successor":"NEW"}"#
    let first = #"{"code":"OLD","name_id":"x","name_en":"x","valid_until":"2024-08-31","successor":"MID"}"#
    let ring = #"{"code":"RING","name_id":"x","name_en":"x","valid_until":"2024-08-31","successor":"RING"}"#
    let reference = try Self.reference(Self.begins, middle, first, ring)
    let (old, mid, new) = (AgencyCode(rawValue: "OLD"), AgencyCode(rawValue: "MID"), AgencyCode(rawValue: "NEW"))
    #expect(!reference.hasSucceeded(mid, old, on: date("2024-08-31")))
    #expect(reference.hasSucceeded(mid, old, on: date("2024-09-01")))
    #expect(!reference.hasSucceeded(new, old, on: date("2025-12-31")))
    #expect(reference.hasSucceeded(new, old, on: date("2026-01-01")))
    #expect(!reference.hasSucceeded(old, mid, on: date("2026-01-01")))
    #expect(!reference.hasSucceeded(.bkn, AgencyCode(rawValue: "RING"), on: date("2026-01-01")))
    #expect(!Fixture.reference.hasSucceeded(.bkn, .kasn, on: date("2024-08-31")))
    #expect(Fixture.reference.hasSucceeded(.bkn, .kasn, on: date("2024-09-01")))
  }

  @Test("decides an act beside the mandate of its day: dated back, an ended agency records nothing")
  func datingBack() throws {
    let verification = Action.Content.verification(.accepted, reason: nil)
    let record = try Fixture.record(at: .received, received: Fixture.receivedUnderKASN)
    func code(_ agency: AgencyCode, importedBy: AgencyCode? = nil, today: String) -> FailureCode? {
      let actor = Actor(agency: agency, importedBy: importedBy, keyID: "testtesttest")
      let context = Lifecycle.Context(actor: actor, reference: Fixture.reference, today: date(today))
      let action = Action(occurredOn: date("2024-07-08"), onBehalfOf: nil, note: nil, content: verification, said: [])
      return refusal { try Lifecycle.apply(action, to: record, context) }?.code
    }
    #expect(code(.kasn, today: "2024-08-31") == nil)
    #expect(code(.kasn, today: "2024-09-01") == .agencyEnded)
    #expect(code(.kasn, importedBy: .bkn, today: "2024-09-01") == nil)
    #expect(code(.bkn, importedBy: .kasn, today: "2024-09-01") == .agencyEnded)
    let facts = Sample.facts {
      $0.source.agency = .kasn
      $0.source.receivedOn = date("2024-07-06")
    }
    let context = Lifecycle.Context(
      actor: Actor(agency: .kasn, importedBy: nil, keyID: "testtesttest"), reference: Fixture.reference,
      today: Fixture.today)
    #expect(refusal { try Lifecycle.open(facts, onBehalfOf: nil, context) }?.code == .agencyEnded)
    #expect(Lifecycle.allowedActions(for: .kasn, record, context).isEmpty)
  }
}
