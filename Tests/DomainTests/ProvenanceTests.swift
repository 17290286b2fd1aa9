internal import Domain
internal import TestSupport
internal import Testing

@Suite struct ProvenanceTests {
  /// KASN ended in 2024 and was followed by BKN; this makes BKN end, too.
  private func reference() throws -> Reference {
    let bkn = Fixture.reference.entries.first { $0.kind == .agencies && $0.code == "BKN" }
    let rest = Fixture.reference.entries.filter { $0.kind != .agencies || $0.code != "BKN" }
    let json = #"{"code":"BKN","name_id":"x","name_en":"x","valid_until":"2025-12-31","successor":"PANRB"}"#
    let ended = ReferenceEntry(kind: .agencies, code: "BKN", from: bkn?.from ?? "", until: "2025-12-31", json: json)
    return try Reference(entries: rest + [ended])
  }

  @Test func `an agency answers for those it succeeded through any number of steps, once each has ended`() throws {
    let reference = try reference()
    let (before, after) = (date("2025-12-31"), date("2026-01-01"))
    #expect(reference.answers(.bkn, for: .kasn, on: before) && reference.answers(.bkn, for: .bkn, on: before))
    #expect(!reference.answers(.panrb, for: .kasn, on: before) && !reference.answers(.panrb, for: .bkn, on: before))
    #expect(reference.answers(.panrb, for: .kasn, on: after) && reference.answers(.panrb, for: .bkn, on: after))
    #expect(!reference.answers(.bkn, for: .kasn, on: date("2024-08-31")))
    #expect(!reference.answers(.bawaslu, for: .kasn, on: after) && !reference.answers(.kasn, for: .bkn, on: after))
    #expect(reference.answeredFor(by: .panrb, on: after) == [.bkn, .kasn, .panrb])
  }

  @Test(arguments: [AgencyCode.bawaslu, .bkn, .kasn, .kemendagri, .panrb])
  func `a disputed case exists for its parties alone, in the groups that they see`(_ agency: AgencyCode) throws {
    let record = try Fixture.record(at: .recommended)
    var basis = VisibilityBasis(record)
    let before = Visibility.projection(of: basis, for: agency)
    basis.disputedFor = [.bkn, .panrb]
    let isParty = [.bkn, .panrb].contains(agency)
    #expect(Visibility.projection(of: basis, for: agency) == (isParty ? before : nil))
    basis.disputedFor = []
    #expect(Visibility.projection(of: basis, for: agency) == nil)
  }

  @Test func `a disputed case takes notes and nothing else`() throws {
    var record = try Fixture.record(at: .recommended)
    record.provenance.disputedFor = [.bkn]
    #expect(Lifecycle.allowedActions(for: .bkn, record, Fixture.context(.bkn)) == ["notes"])
    let failure = refusal { try Lifecycle.correct(record, to: record.facts, Fixture.context(.bkn)) }
    #expect(failure?.code == .confirmationConflict)
    #expect(Lifecycle.deriveClocks(of: record, Fixture.reference, by: "x") == nil)
  }
}
