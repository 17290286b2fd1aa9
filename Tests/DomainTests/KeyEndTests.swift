internal import Domain
internal import TestSupport
internal import Testing

/// When keys end.
@Suite struct KeyEndTests {
  private static let now = Sample.instant("2024-10-20T03:00:00Z")
  private static func after(days: Int64, seconds: Int64 = 0) -> Timestamp {
    now.adding(seconds: days * 86_400 + seconds)
  }

  @Test(
    arguments: [
      (KeyEnd.standard, [Scope.casesRead, .sync], after(days: 365)), (.standard, [.admin], after(days: 90)),
      (.never, [.casesRead], nil), (.at(after(days: 5_000)), [.imports], after(days: 5_000)),
      (.at(after(days: 0, seconds: 1)), [.admin], after(days: 0, seconds: 1)),
      (.at(after(days: 90)), [.admin], after(days: 90)),
    ] as [(KeyEnd, [Scope], Timestamp?)])
  func `a key ends when it was said, or after a year, or after what its scopes allow`(
    end: KeyEnd, scopes: [Scope], expected: Timestamp?
  ) throws {
    #expect(try end.instant(for: Set(scopes), from: Self.now) == expected)
  }

  @Test(
    arguments: [
      (KeyEnd.never, [Scope.admin], KeyEnd.Fault.tooLong(daysMax: 90)),
      (.at(after(days: 90, seconds: 1)), [.admin], .tooLong(daysMax: 90)),
      (.at(now), [.casesRead], .past), (.at(after(days: -1)), [.admin], .past),
    ] as [(KeyEnd, [Scope], KeyEnd.Fault)])
  func `an end that does not lie ahead, or too far, is refused`(end: KeyEnd, scopes: [Scope], fault: KeyEnd.Fault) {
    #expect(throws: fault) { try end.instant(for: Set(scopes), from: Self.now) }
  }

  @Test func `every scope with a longest life bounds every key that has it`() throws {
    for scope in Scope.allCases {
      guard let days = scope.lifetimeDaysMax else { continue }
      for others in [Set<Scope>(), Set(Scope.allCases.filter { $0.lifetimeDaysMax == nil })] {
        let scopes = others.union([scope])
        #expect(try KeyEnd.standard.instant(for: scopes, from: Self.now) == Self.after(days: Int64(days)))
        #expect(throws: KeyEnd.Fault.tooLong(daysMax: days)) { try KeyEnd.never.instant(for: scopes, from: Self.now) }
      }
    }
  }

  @Test(
    arguments: [
      // A life of 30 days begins anew; one without an end becomes the usual one; what scopes allow today bounds either.
      ([Scope.casesRead], after(days: 20), after(days: -10), after(days: 30)),
      ([.casesRead], nil, after(days: -10), after(days: 365)), ([.admin], nil, after(days: -10), after(days: 90)),
      ([.admin], after(days: 400), after(days: -1), after(days: 90)),
      ([.casesRead], after(days: 2_000), after(days: 0), after(days: 2_000)),
    ] as [([Scope], Timestamp?, Timestamp, Timestamp)])
  func `the life of a successor begins anew`(scopes: [Scope], end: Timestamp?, made: Timestamp, expected: Timestamp) {
    let key = Self.key(expiresAt: end, createdAt: made, scopes: Set(scopes))
    #expect(key.successorEnd(from: Self.now) == expected)
  }

  @Test(
    arguments: [(now, nil), (nil, now), (now, after(days: 9)), (after(days: 9), now)] as [(Timestamp?, Timestamp?)])
  func `its end is told for thirty days, whether it expires or is revoked`(expires: Timestamp?, revoked: Timestamp?) {
    let key = Self.key(expiresAt: expires, revokedAt: revoked)
    #expect(key.end == Self.now)
    #expect(key.endToTell(at: Self.after(days: -30)) == Self.now)
    #expect(key.endToTell(at: Self.after(days: -30, seconds: -1)) == nil)
  }

  @Test func `a key without an end has none to tell`() {
    #expect(Self.key().end == nil)
    #expect(Self.key().endToTell(at: Self.now) == nil)
  }

  private static func key(
    expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil, createdAt: Timestamp = now, scopes: Set<Scope> = [.sync]
  ) -> AccessKey {
    AccessKey(
      id: "abcdefghijkl", owner: .operator, label: "", scopes: scopes, createdAt: createdAt, expiresAt: expiresAt,
      revokedAt: revokedAt, networks: [], secretDigest: [])
  }
}
