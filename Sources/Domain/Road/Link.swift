/// How two cases belong together.
public enum LinkRelation: String, Sendable, CaseIterable {
  case sameAct = "same_act"
  case samePerson = "same_person"
}

/// Two cases that an agency has tied together; the tie has no direction.
public struct Link: Sendable {
  public var relation: LinkRelation
  public var other: CaseID
  public var linkedBy: AgencyCode
  public var linkedAt: Timestamp

  public init(relation: LinkRelation, other: CaseID, linkedBy: AgencyCode, linkedAt: Timestamp) {
    self.relation = relation
    self.other = other
    self.linkedBy = linkedBy
    self.linkedAt = linkedAt
  }
}

/// What two cases may have in common that are not tied yet.
public enum SharedTrait: String, Sendable, CaseIterable {
  /// The report: agency and number.
  case agencyRef = "agency_ref"
  case person
  /// Day, region and violation.
  case act
  /// The very same file of evidence, standing in both.
  case file
}

/// A case that may belong to another one, and what they share.
public struct RelatedCase: Sendable {
  public var stub: CaseStub
  public var number: String
  public var shared: [SharedTrait]

  public init(stub: CaseStub, number: String, shared: [SharedTrait]) {
    self.stub = stub
    self.number = number
    self.shared = shared
  }
}
