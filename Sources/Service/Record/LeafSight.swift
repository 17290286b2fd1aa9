internal import Domain

/// What a caller sees of the leaves of a page.
struct LeafSight {
  private let asker: Asker
  private let agency: AgencyCode?
  /// What the agency sees of the cases that were met; nothing of one that does not exist for it.
  private var projections: [CaseID: Projection?] = [:]

  init(_ asker: Asker) { (self.asker, agency) = (asker, asker.caller?.agency) }

  /// A leaf with what the caller may know of it.
  ///
  /// Versions of a case share digests, which would tie the leaves of a case together for those who may not know of it. So
  /// what an agency does not see is not opened at all. Only of notes, links and views of files, whose digests are their own,
  /// agencies that see all cases are shown that they are none.
  mutating func opened(_ leaf: LoggedLeaf, _ reads: any CaseReads) throws -> LoggedLeaf {
    var leaf = leaf
    if try isOpen(leaf, reads) { return leaf }
    leaf.proof?.core = nil
    guard leaf.kind == .event else { return leaf }
    let isSeeingAll = agency.map { Visibility.row($0).rows.contains(.always) } ?? false
    if !isSeeingAll || leaf.proof?.isOfVersion == true { leaf.proof = nil }
    return leaf
  }

  /// Whether the core of a leaf is open: of an event it is where the history of the case shows the event.
  private mutating func isOpen(_ leaf: LoggedLeaf, _ reads: any CaseReads) throws -> Bool {
    guard let event = leaf.proof?.event else { return Self.shows(leaf, to: asker) }
    guard let agency, let author = leaf.agency else { return false }
    let projection: Projection?
    if let known = projections[event.case] {
      projection = known
    } else {
      projection = try reads.stub(event.case).flatMap { Visibility.projection(of: $0, for: agency) }
      projections[event.case] = .some(projection)
    }
    return projection.map { SeenEvent.exists(event.what, of: author, for: agency, $0) } ?? false
  }

  /// Whether the content of what is no event is shown.
  ///
  /// Keys are shown to their agency and the operator, figures and certificates to their agency alone: a figure's question may
  /// lead to a person, and a certificate counts cases. All else is shown to everybody.
  static func shows(_ leaf: LoggedLeaf, to asker: Asker) -> Bool {
    switch leaf.kind {
    case .key, .keyEnd, .audit, .backup:
      asker.caller?.agency == nil || leaf.agency != nil && leaf.agency == asker.caller?.agency
    case .figure, .certificate: leaf.agency != nil && leaf.agency == asker.caller?.agency
    case .event: false
    case .publishedFigure, .origin, .logKey, .reference, .release, .restore, .sealingKey, .witnessKey: true
    }
  }
}
