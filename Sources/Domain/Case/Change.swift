/// How a change of a case looks to one agency; the raw value is the `type` of the feed.
public enum ChangeType: String, Sendable, CaseIterable {
  /// The case exists for the agency since this change: it is new, or became visible.
  case created
  /// An act moved the case.
  case updated
  /// Facts were corrected.
  case corrected
  /// The case, or a group of its fields, is withheld from the agency since this change.
  case withdrawn
  /// Personal values were erased.
  case erased
}

/// An event that made a version of a case, with what is needed to judge how it looks to an agency.
public struct Change: Sendable {
  /// Sequence of the event.
  public var seq: Int64
  public var what: EventKind
  /// The version it made.
  public var version: Int
  /// The state before; nil for a case that began with this change.
  public var before: VisibilityBasis?
  /// The state after.
  public var after: VisibilityBasis
  /// The case as it is now.
  public var current: CaseStub

  public init(
    seq: Int64, what: EventKind, version: Int, before: VisibilityBasis?, after: VisibilityBasis, current: CaseStub
  ) {
    self.seq = seq
    self.what = what
    self.version = version
    self.before = before
    self.after = after
    self.current = current
  }

  /// How the change looks to `agency`; nil when it may not know of it.
  ///
  /// The case goes with it as it is now. One that is not visible now is not shown by its earlier changes either: the
  /// change that hid it says `withdrawn`.
  public func type(for agency: AgencyCode) -> ChangeType? {
    let before = before.flatMap { Visibility.projection(of: $0, for: agency) }
    let after = Visibility.projection(of: after, for: agency)
    guard let after else { return before == nil ? nil : .withdrawn }
    guard Visibility.projection(of: current, for: agency) != nil else { return nil }
    guard let before else { return .created }
    if !after.isSuperset(of: before) { return .withdrawn }
    return switch what {
    case .correction, .correctionAcceptance: .corrected
    case .erasure: .erased
    case .created, .act, .correctionRequest, .correctionRefusal, .link, .confirmation, .clockDerivation, .retentionHold,
      .retentionRelease, .evidence, .evidenceWithdrawal, .evidenceScan, .evidenceView:
      .updated
    }
  }
}

/// A part of the feed.
public struct ChangePage: Sendable {
  /// Changes in the order of their sequence.
  public var changes: [Change]
  /// Up to which sequence everything is in `changes`; events that make no version leave no change.
  public var reached: Int64
  /// The newest sequence.
  public var head: Int64

  public init(changes: [Change], reached: Int64, head: Int64) {
    self.changes = changes
    self.reached = reached
    self.head = head
  }
}

/// A case as it stood at a sequence, with what decides whether it may be shown now.
public struct PastCase: Sendable {
  public var record: Case
  /// Who may see the case now.
  public var now: VisibilityBasis
  /// Later corrections that say whom the case is not about.
  public var withdrawals: [Withdrawal]

  public init(record: Case, now: VisibilityBasis, withdrawals: [Withdrawal] = []) {
    self.record = record
    self.now = now
    self.withdrawals = withdrawals
  }

  /// What `agency` may be shown of it, as of a ``PastStub``.
  public func projection(for agency: AgencyCode, isOwner: Bool = false) -> Projection? {
    PastStub(
      id: record.id, version: record.version, then: VisibilityBasis(record), now: now, commitments: nil,
      withdrawals: withdrawals
    ).projection(for: agency, isOwner: isOwner)
  }
}

/// What decides who sees a case, as it stood at a sequence and as it is now.
public struct PastStub: Sendable {
  public var id: CaseID
  public var version: Int
  public var then: VisibilityBasis
  public var now: VisibilityBasis
  /// What the record commits to of the version.
  public var commitments: CaseCommitments?
  /// Later corrections that say whom the case is not about.
  public var withdrawals: [Withdrawal]

  public init(
    id: CaseID, version: Int, then: VisibilityBasis, now: VisibilityBasis, commitments: CaseCommitments?,
    withdrawals: [Withdrawal] = []
  ) {
    self.withdrawals = withdrawals
    self.commitments = commitments
    self.id = id
    self.version = version
    self.then = then
    self.now = now
  }

  /// What `agency` may be shown of it: what it saw then and still sees now, less what was withdrawn since; nil when it may
  /// not know of the case.
  ///
  /// - Parameter isOwner: whether `agency` owns the case (default false, which shows less).
  public func projection(for agency: AgencyCode, isOwner: Bool = false) -> Projection? {
    guard let then = Visibility.projection(of: then, for: agency),
      let now = Visibility.projection(of: now, for: agency)
    else { return nil }
    // All of them are later than the version, wherever that stands.
    return Withdrawals(withdrawals, from: agency, isOwner: isOwner).facts(then.intersection(now), at: 0)
  }
}

/// A part of what was at a sequence, in ascending order of identity.
public struct PastPage<Item: Sendable>: Sendable {
  public var items: [Item]
  /// After which identity the next part begins; nil for the last one.
  public var next: CaseID?

  public init(items: [Item], next: CaseID?) {
    self.items = items
    self.next = next
  }
}

/// What an agency held at a sequence, compared with what it should hold. Kept for ever.
public struct Certificate: Sendable, Equatable {
  /// Number of the certificate.
  public var number: Int64
  public var agency: AgencyCode
  /// The sequence at which was compared.
  public var seq: Int64
  /// How many cases exist for the agency at that sequence.
  public var cases: Int
  public var missing: Int
  public var outdated: Int
  public var unknown: Int
  /// SHA-256 over a line `identity blank entity-tag line-feed` for each of these cases in ascending order of identity.
  public var digest: [UInt8]
  public var issuedAt: Timestamp

  public init(
    number: Int64, agency: AgencyCode, seq: Int64, cases: Int, missing: Int, outdated: Int, unknown: Int,
    digest: [UInt8], issuedAt: Timestamp
  ) {
    self.number = number
    self.agency = agency
    self.seq = seq
    self.cases = cases
    self.missing = missing
    self.outdated = outdated
    self.unknown = unknown
    self.digest = digest
    self.issuedAt = issuedAt
  }

  /// True when the agency holds exactly what it should.
  public var inAgreement: Bool { missing + outdated + unknown == 0 }
}
