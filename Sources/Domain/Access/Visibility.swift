/// The groups of fields that the visibility policy opens or withholds as a whole.
public enum FieldGroup: String, Sendable, CaseIterable {
  case core, subject, narrative, evidence, reporter, notes
}

/// A condition under which an agency sees something of a case.
public enum Condition: UInt8, Sendable, CaseIterable {
  /// Without condition.
  case always
  /// The agency reported the case.
  case own
  /// The case has ever been verified.
  case fromVerified
  /// The case has ever been recommended.
  case fromRecommended
  /// The person works for a regional institution.
  case regional

  /// The name in the policy document.
  public var name: String {
    switch self {
    case .always: "always"
    case .own: "own"
    case .fromVerified: "from_verified"
    case .fromRecommended: "from_recommended"
    case .regional: "regional"
    }
  }

  /// True when the condition is met by a case that stands so to the agency.
  @inline(__always)
  fileprivate func isMet(by relation: CaseRelation) -> Bool {
    switch self {
    case .always: true
    case .own: relation.isOwn
    case .fromVerified: relation.wasVerified
    case .fromRecommended: relation.wasRecommended
    case .regional: relation.isRegional
    }
  }
}

/// How a case stands to an agency: all that a condition asks.
struct CaseRelation {
  let isOwn: Bool
  let wasVerified: Bool
  let wasRecommended: Bool
  let isRegional: Bool
}

/// Conditions of which any one suffices. Empty: never.
public struct Grant: Sendable, Equatable, ExpressibleByArrayLiteral {
  /// A bit for each condition: a page of a list is judged case by case.
  private let bits: UInt8

  public init(arrayLiteral conditions: Condition...) {
    bits = conditions.reduce(0) { $0 | 1 << $1.rawValue }
  }

  /// True when this condition is one of them.
  public func contains(_ condition: Condition) -> Bool { bits & 1 << condition.rawValue != 0 }

  /// The conditions, in the order in which they are told.
  public var conditions: [Condition] { Condition.allCases.filter(contains) }

  /// The conditions by name, for the policy document.
  public var names: [String] { conditions.map(\.name) }

  /// True when a case that stands so to the agency meets one of them.
  @inline(__always)
  func isMet(by relation: CaseRelation) -> Bool {
    var rest = bits
    while rest != 0 {
      if let next = Condition(rawValue: UInt8(rest.trailingZeroBitCount)), next.isMet(by: relation) { return true }
      rest &= rest &- 1
    }
    return false
  }
}

/// What one agency sees: the row of the policy table.
public struct PolicyRow: Sendable {
  /// Which cases exist for the agency.
  public let rows: Grant
  public let subject: Grant
  public let narrative: Grant
  public let evidence: Grant
  public let reporter: Grant

  /// The grant of a group. Core comes with the row; notes are seen by the agency that wrote them alone.
  public func grant(_ group: FieldGroup) -> Grant {
    switch group {
    case .core: rows
    case .subject: subject
    case .narrative: narrative
    case .evidence: evidence
    case .reporter: reporter
    case .notes: []
    }
  }
}

/// The groups a caller sees of one case.
public struct Projection: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let subject = Projection(rawValue: 1)
  public static let narrative = Projection(rawValue: 2)
  public static let evidence = Projection(rawValue: 4)
  public static let reporter = Projection(rawValue: 8)

  static let groups: [(FieldGroup, Projection)] = [
    (.subject, .subject), (.narrative, .narrative), (.evidence, .evidence), (.reporter, .reporter),
  ]

  /// True when the group is open. Core always is; notes are judged by their author.
  public func shows(_ group: FieldGroup) -> Bool {
    switch group {
    case .core: true
    case .subject: contains(.subject)
    case .narrative: contains(.narrative)
    case .evidence: contains(.evidence)
    case .reporter: contains(.reporter)
    case .notes: false
    }
  }

  /// The withheld groups, in the order of the policy.
  public var redacted: [String] { Self.groups.filter { !contains($0.1) }.map(\.0.rawValue) }
}

/// The one visibility policy. Every output asks here: reads, lists, filters, history, imports, error texts.
public enum Visibility {
  /// The row of an agency.
  public static func row(_ agency: AgencyCode) -> PolicyRow {
    table.first { $0.agency == agency }?.row ?? added
  }

  /// The rows that are written down, by agency.
  public static let table: [(agency: AgencyCode, row: PolicyRow)] = [
    (
      .bawaslu,
      PolicyRow(rows: [.always], subject: [.always], narrative: [.always], evidence: [.always], reporter: [.own])
    ),
    (
      .bkn,
      PolicyRow(rows: [.always], subject: [.always], narrative: [.always], evidence: [.always], reporter: [.own])
    ),
    (
      .kasn,
      PolicyRow(
        rows: [.always], subject: [.fromVerified, .own], narrative: [.fromVerified, .own],
        evidence: [.fromVerified, .own], reporter: [.own])
    ),
    (
      .kemendagri,
      PolicyRow(
        rows: [.regional, .own], subject: [.fromRecommended, .own], narrative: [.fromRecommended, .own],
        evidence: [.own], reporter: [.own])
    ),
    (
      .panrb,
      PolicyRow(
        rows: [.always], subject: [.fromRecommended, .own], narrative: [.own], evidence: [.own], reporter: [.own])
    ),
  ]

  /// The row of an agency that was added later, until the table says otherwise: core, and its own cases in every group.
  public static let added = PolicyRow(
    rows: [.always], subject: [.own], narrative: [.own], evidence: [.own], reporter: [.own])

  /// What `agency` sees of the case; nil when the case does not exist for it.
  public static func projection(of record: Case, for agency: AgencyCode) -> Projection? {
    projection(of: VisibilityBasis(record), for: agency)
  }

  /// What `agency` sees of the case behind a stub; nil when the case does not exist for it.
  public static func projection(of stub: CaseStub, for agency: AgencyCode) -> Projection? {
    projection(of: stub.basis, for: agency)
  }

  /// What `agency` sees of a case in this state; nil when the case does not exist for it.
  public static func projection(of basis: VisibilityBasis, for agency: AgencyCode) -> Projection? {
    if let parties = basis.disputedFor, !parties.contains(agency) { return nil }
    let relation = basis.relation(to: agency)
    let row = row(agency)
    guard row.rows.isMet(by: relation) else { return nil }
    var projection: Projection = []
    for (group, flag) in Projection.groups where row.grant(group).isMet(by: relation) { projection.insert(flag) }
    return projection
  }
}

/// The facts of a case that the policy judges by.
public struct VisibilityBasis: Sendable, Hashable {
  /// The agency that reported the case.
  public var owner: AgencyCode
  public var institutionKind: InstitutionKind
  /// The case has ever been verified.
  public var verified: Bool
  /// The case has ever been recommended.
  public var recommended: Bool
  /// For whom alone it exists, since it is disputed; nil: it is not.
  public var disputedFor: [AgencyCode]?

  public init(
    owner: AgencyCode, institutionKind: InstitutionKind, verified: Bool, recommended: Bool,
    disputedFor: [AgencyCode]? = nil
  ) {
    self.disputedFor = disputedFor
    self.owner = owner
    self.institutionKind = institutionKind
    self.verified = verified
    self.recommended = recommended
  }

  /// The basis of a case that has just been reported.
  public init(reported facts: Facts) {
    self.init(
      owner: facts.source.agency, institutionKind: facts.institution.kind, verified: false, recommended: false)
  }

  /// The basis of a case.
  public init(_ record: Case) {
    self.init(
      owner: record.facts.source.agency, institutionKind: record.facts.institution.kind,
      verified: record.progress.milestones[.verified] != nil,
      recommended: record.progress.milestones[.recommended] != nil, disputedFor: record.provenance.disputedFor)
  }
  func relation(to agency: AgencyCode) -> CaseRelation {
    CaseRelation(
      isOwn: owner == agency, wasVerified: verified, wasRecommended: recommended,
      isRegional: institutionKind == .regional)
  }
}
