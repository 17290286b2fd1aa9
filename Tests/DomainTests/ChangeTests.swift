internal import Domain
internal import TestSupport
internal import Testing

/// A state of a case, as short as it can be said: `R` regional or `C` central, `v` verified, `r` recommended.
private func basis(_ text: String?, owner: AgencyCode) -> VisibilityBasis? {
  guard let text else { return nil }
  return VisibilityBasis(
    owner: owner, institutionKind: text.hasPrefix("R") ? .regional : .central,
    verified: text.contains("v") || text.contains("r"), recommended: text.contains("r"))
}

/// What happened to a case of an agency, and how it must look to each of BAWASLU, BKN, KASN, KEMENDAGRI and PANRB.
struct Happening: Sendable, CustomTestStringConvertible {
  var owner: AgencyCode = .bawaslu
  var what: EventKind
  var before: String?
  var after: String
  var now: String
  /// In the order of the agencies; `-` where the change is not told.
  var types: String

  var testDescription: String { "\(what.rawValue) \(before ?? "-") \(after) \(now), of \(owner)" }
}

private let happenings = [
  // A case that is new is created for everyone for whom it exists.
  Happening(what: .created, after: "R", now: "R", types: "created created created created created"),
  Happening(what: .created, after: "C", now: "C", types: "created created created - created"),
  Happening(
    owner: .kemendagri, what: .created, after: "C", now: "C", types: "created created created created created"),
  // Acts move it; more groups that open are an update.
  Happening(
    what: .act(.verifications), before: "R", after: "Rv", now: "Rv", types: "updated updated updated updated updated"),
  Happening(
    what: .act(.recommendations), before: "Rv", after: "Rr", now: "Rr", types: "updated updated updated updated updated"
  ),
  Happening(
    what: .act(.verifications), before: "C", after: "Cv", now: "Cv", types: "updated updated updated - updated"),
  // Facts are corrected by the owner or on request.
  Happening(
    what: .correction, before: "R", after: "R", now: "R", types: "corrected corrected corrected corrected corrected"),
  Happening(
    what: .correctionAcceptance, before: "Rv", after: "Rv", now: "Rr",
    types: "corrected corrected corrected corrected corrected"),
  Happening(what: .erasure, before: "R", after: "R", now: "R", types: "erased erased erased erased erased"),
  // A correction hides a case from one agency, and shows it to it.
  Happening(
    what: .correction, before: "R", after: "C", now: "C", types: "corrected corrected corrected withdrawn corrected"),
  Happening(
    what: .correction, before: "C", after: "R", now: "R", types: "corrected corrected corrected created corrected"),
  Happening(
    owner: .kemendagri, what: .correction, before: "R", after: "C", now: "C",
    types: "corrected corrected corrected corrected corrected"),
  // The change that hid a case says so even when it is visible again.
  Happening(
    what: .correction, before: "R", after: "C", now: "R", types: "corrected corrected corrected withdrawn corrected"),
  // What happened before a case was hidden is not told; nor is what happens while it is.
  Happening(what: .created, after: "R", now: "C", types: "created created created - created"),
  Happening(
    what: .act(.verifications), before: "R", after: "Rv", now: "Cv", types: "updated updated updated - updated"),
  Happening(what: .correction, before: "C", after: "R", now: "C", types: "corrected corrected corrected - corrected"),
  Happening(
    what: .act(.verifications), before: "C", after: "Cv", now: "Rv", types: "updated updated updated - updated"),
]

@Suite struct ChangeTests {
  @Test(arguments: happenings)
  func `a change looks to each agency as the contract says`(_ happening: Happening) throws {
    let current = CaseStub(
      key: 1, id: Sample.caseID(1), version: 9, basis: try #require(basis(happening.now, owner: happening.owner)))
    let change = Change(
      seq: 5, what: happening.what, version: 3, before: basis(happening.before, owner: happening.owner),
      after: try #require(basis(happening.after, owner: happening.owner)), current: current)
    let agencies: [AgencyCode] = [.bawaslu, .bkn, .kasn, .kemendagri, .panrb]
    let types = agencies.map { change.type(for: $0)?.rawValue ?? "-" }
    #expect(types.joined(separator: " ") == happening.types)
  }

  @Test func `what is shown of the past is what was seen then and is seen now`() throws {
    var record = try Fixture.record(at: .received)
    let now = VisibilityBasis(try Fixture.record(at: .recommended))
    #expect(PastCase(record: record, now: now).projection(for: .kasn) == [])
    #expect(PastCase(record: record, now: now).projection(for: .kemendagri) == [])
    var hidden = now
    hidden.institutionKind = .central
    #expect(PastCase(record: record, now: hidden).projection(for: .kemendagri) == nil)
    record.facts.institution = Sample.central
    #expect(PastCase(record: record, now: now).projection(for: .kemendagri) == nil)
    #expect(PastCase(record: record, now: now).projection(for: .bkn) == [.subject, .narrative, .evidence])
  }
}
