/// The groups of fields that the visibility policy opens or withholds as a whole.
public enum FieldGroup: String, Sendable, CaseIterable {
  case core, subject, narrative, evidence, reporter, notes
}

/// The conditions under which a caller sees something; any one of them suffices. Empty: never.
public struct Grant: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Without condition.
  public static let always = Grant(rawValue: 1)
  /// The caller's agency reported the case.
  public static let own = Grant(rawValue: 2)
  /// The case has ever been verified.
  public static let fromVerified = Grant(rawValue: 4)
  /// The case has ever been recommended.
  public static let fromRecommended = Grant(rawValue: 8)
  /// The person works for a regional institution.
  public static let regional = Grant(rawValue: 16)

  /// The conditions by name, for the policy document.
  public var names: [String] {
    let all: [(Grant, String)] = [
      (.always, "always"), (.own, "own"), (.fromVerified, "from_verified"), (.fromRecommended, "from_recommended"),
      (.regional, "regional"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
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
    (.bawaslu, PolicyRow(rows: .always, subject: .always, narrative: .always, evidence: .always, reporter: .own)),
    (.bkn, PolicyRow(rows: .always, subject: .always, narrative: .always, evidence: .always, reporter: .own)),
    (
      .kasn,
      PolicyRow(
        rows: .always, subject: [.fromVerified, .own], narrative: [.fromVerified, .own],
        evidence: [.fromVerified, .own],
        reporter: .own)
    ),
    (
      .kemendagri,
      PolicyRow(
        rows: [.regional, .own], subject: [.fromRecommended, .own], narrative: [.fromRecommended, .own], evidence: .own,
        reporter: .own)
    ),
    (
      .panrb,
      PolicyRow(rows: .always, subject: [.fromRecommended, .own], narrative: .own, evidence: .own, reporter: .own)
    ),
  ]

  /// The row of an agency that was added later, until the table says otherwise: core, and its own cases in every group.
  public static let added = PolicyRow(
    rows: .always, subject: .own, narrative: .own, evidence: .own, reporter: .own)

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
    var met: Grant = .always
    if basis.owner == agency { met.insert(.own) }
    if basis.verified { met.insert(.fromVerified) }
    if basis.recommended { met.insert(.fromRecommended) }
    if basis.institutionKind == .regional { met.insert(.regional) }
    let row = row(agency)
    guard !row.rows.isDisjoint(with: met) else { return nil }
    var projection: Projection = []
    for (group, flag) in Projection.groups where !row.grant(group).isDisjoint(with: met) { projection.insert(flag) }
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

  /// The basis of a case.
  public init(_ record: Case) {
    self.init(
      owner: record.facts.source.agency, institutionKind: record.facts.institution.kind,
      verified: record.progress.milestones[.verified] != nil,
      recommended: record.progress.milestones[.recommended] != nil, disputedFor: record.provenance.disputedFor)
  }
}
