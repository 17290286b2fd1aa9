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

/// A case that may belong to another one, and what they share.
public struct RelatedCase: Sendable {
  public var stub: CaseStub
  public var number: String
  /// `agency_ref`, `person`, `act`.
  public var shared: [String]

  public init(stub: CaseStub, number: String, shared: [String]) {
    self.stub = stub
    self.number = number
    self.shared = shared
  }
}
