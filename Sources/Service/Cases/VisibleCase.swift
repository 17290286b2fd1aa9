public import Domain

/// A case that exists for the agency that asks. There is no way to one but to have looked (``CaseService/visible(_:by:)``),
/// so that no use case can forget to.
public struct VisibleCase: Sendable {
  /// As it was when the agency looked; a commit may have come in between.
  public let stub: CaseStub
  public let projection: Projection
  public let agency: AgencyCode
  /// The case itself, where it was read on the way.
  let record: Case?

  public var id: CaseID { stub.id }

  init(_ stub: CaseStub, _ projection: Projection, for agency: AgencyCode, record: Case? = nil) {
    (self.stub, self.projection, self.agency, self.record) = (stub, projection, agency, record)
  }
}

/// Looking a case up for a caller. What is absent and what the caller may not know of take one look-up and one path: the
/// record is read only when it is known that the caller sees it, so that the time it takes tells nothing either.
extension CaseReads {
  /// What decides who sees the case, and what `agency` sees of it.
  ///
  /// - Throws: `not_found` when the case does not exist for `agency`.
  func sight(of id: CaseID, for agency: AgencyCode) throws -> (stub: CaseStub, projection: Projection) {
    guard let stub = try stub(id), let projection = Visibility.projection(of: stub, for: agency) else {
      throw Failure.notFound
    }
    return (stub, projection)
  }

  /// The case as `agency` sees it.
  ///
  /// - Throws: `not_found` when the case does not exist for `agency`.
  func seen(_ id: CaseID, by agency: AgencyCode) throws -> SeenCase {
    let (stub, _) = try sight(of: id, for: agency)
    return try SeenCase(try caseRecord(behind: stub), for: agency)
  }
}
