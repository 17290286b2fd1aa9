internal import Domain
internal import HTTPServer

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

extension Exchange {
  /// What decides who sees the case, and what the caller sees of it: the newest, from memory where it is known there.
  ///
  /// - Throws: `not_found` when the case does not exist for the caller.
  func sight(of id: CaseID) throws -> (stub: CaseStub, projection: Projection) {
    let agency = try agency()
    var projection: Projection?
    let stub = try api.store.stub(id, on: request.loopIndex % api.store.readerCount) { stub in
      projection = Visibility.projection(of: stub, for: agency)
      return projection != nil
    }
    guard let stub, let projection else { throw Failure.notFound }
    return (stub, projection)
  }

  /// - Throws: `not_found` when the case does not exist for the caller.
  func requireSight(of id: CaseID) throws { _ = try sight(of: id) }
}
