internal import Domain
internal import TestSupport
internal import Testing

/// What is withheld of the past of a case that was on record about the wrong person.
@Suite struct WithdrawalTests {
  private static let all: Projection = [.subject, .narrative, .evidence, .reporter]
  private static let marks = [(10, Projection.subject), (20, [.narrative])].map { seq, groups in
    Withdrawal(seq: seq, recordedAt: Timestamp(milliseconds: seq), groups: groups)
  }

  private func withdrawals(from agency: AgencyCode, isOwner: Bool = false) -> Withdrawals {
    Withdrawals(Self.marks, from: agency, isOwner: isOwner)
  }

  @Test func `facts are withheld from before the correction that names their group, and no others`() {
    let withdrawals = withdrawals(from: .kasn)
    let shown = [1, 9, 10, 19, 20, 21].map { withdrawals.facts(Self.all, at: $0).redacted.joined(separator: " ") }
    #expect(shown == ["subject narrative", "subject narrative", "narrative", "narrative", "", ""])
    #expect(withdrawals.facts([.evidence], at: 1) == [.evidence])
  }

  @Test func `texts are withheld up to the last correction, with its reason`() {
    let withdrawals = withdrawals(from: .kemendagri)
    let shown = [1, 10, 11, 20, 21].map { withdrawals.texts(Self.all, at: $0) }
    #expect(shown == [[], [], [], [], Self.all])
  }

  @Test func `a tie is withheld that was made before another person was named`() {
    #expect(
      [9, 10, 11].map { withdrawals(from: .panrb).withholdsTie(madeAt: Timestamp(milliseconds: $0)) } == [
        true, true, false,
      ])
  }

  @Test func `owner and BKN are shown all of it`() {
    for withdrawals in [withdrawals(from: .kasn, isOwner: true), withdrawals(from: .bkn)] {
      #expect(withdrawals.isEmpty && withdrawals.facts(Self.all, at: 1) == Self.all)
      #expect(withdrawals.texts(Self.all, at: 1) == Self.all)
      #expect(!withdrawals.withholdsTie(madeAt: Timestamp(milliseconds: 1)))
    }
    #expect(!withdrawals(from: .bawaslu).isEmpty)
  }

  @Test func `groups are those of the facts that change, and are read as they are written`() {
    let groups = Projection(groupsOf: ["motives", "subject.nip", "act.narrative", "act.channel", "nothing"])
    #expect(groups == [.subject, .narrative] && groups.names == "subject narrative")
    #expect(Projection(groupsOf: ["subject.position_level", "source"]).isEmpty)
    #expect(Projection(names: groups.names) == groups && Projection(names: "core notes x") == [])
  }

  @Test func `of the past is shown what was seen then, is seen now and was not withdrawn since`() throws {
    let record = try Fixture.record(at: .recommended)
    let past = PastCase(record: record, now: VisibilityBasis(record), withdrawals: Self.marks)
    #expect(past.projection(for: .kasn) == [.evidence])
    #expect(past.projection(for: .kasn, isOwner: true) == [.subject, .narrative, .evidence])
    #expect(past.projection(for: .bkn) == [.subject, .narrative, .evidence])
  }
}
