public import Domain

/// Ties between cases. A tie is shown when both cases exist for the caller; that two cases are about one person is
/// identity, so that tie is shown only where the subject of both is open.
public struct LinkService: RecordService {
  public let records: Records

  /// Ties the cases of `records`.
  public init(_ records: Records) { self.records = records }

  /// Ties a case to another one; a tie that is there already stays as it is.
  ///
  /// - Throws: `invalid` when the other case does not exist for the agency, is the same one, or may not be compared.
  public func create(
    _ relation: LinkRelation, to other: CaseID, on visible: VisibleCase, by asker: Asker, _ intent: Intent
  ) async throws -> Done<Link> {
    let (id, agency, context) = (visible.id, visible.agency, try asker.context(records.reference))
    if other == id {
      throw Failure.invalid(
        "/case_id", .inconsistent,
        LocalizedText(
          en: "A case is not tied to itself.", inIndonesian: "Kasus tidak dikaitkan dengan dirinya sendiri."))
    }
    let link = Link(relation: relation, other: other, linkedBy: agency, linkedAt: asker.now)
    return try await records.once(by: asker, intent) { _, transaction in
      let (one, two) = try Self.both(id, other, relation, context.renewed(by: transaction), transaction)
      if one.erasedOn != nil || two.erasedOn != nil { throw Failure.caseErased }
      return try Self.find(relation, from: id, to: other, transaction)
    } change: { transaction in
      let (one, two) = try Self.both(id, other, relation, context.renewed(by: transaction), transaction)
      if try transaction.link(one, two, link) {
        for (record, partner) in [(one, two), (two, one)] {
          let event = EventDraft(
            what: .link, actor: context.actor,
            texts: [("case_id", partner.id.description, .notes), ("relation", relation.rawValue, .notes)])
          try transaction.append(event, to: record)
        }
      }
      let reply = StoredReply(requestDigest: [], status: 201, caseID: id, version: nil, resource: other.description)
      return (try Self.find(relation, from: id, to: other, transaction), reply)
    }
  }

  /// Every tie of a case, in the order in which they were made.
  ///
  /// - Parameter write: writes the ties; the second argument tells whether the agency sees one.
  public func links<Page: Sendable>(
    on visible: VisibleCase, by asker: Asker,
    write: @escaping @Sendable (_ links: [Link], _ isSeen: (Link) throws -> Bool) throws -> Page
  ) async throws -> Page {
    let (id, agency, context) = (visible.id, visible.agency, try asker.context(records.reference))
    return try await records.readLong(by: asker) { reads in
      let (stub, own) = try reads.sight(of: id, for: agency)
      let withdrawals = try reads.withdrawals(of: id, reportedBy: stub.basis.owner, context)
      return try write(try reads.links(id)) { link in
        guard let other = try reads.stub(link.other), let projection = Visibility.projection(of: other, for: agency)
        else { return false }
        if link.relation == .sameAct { return true }
        // It may be the wrong person whom the other case is about.
        return try own.contains(.subject) && projection.contains(.subject)
          && !withdrawals.withholdsTie(madeAt: link.linkedAt)
          && !reads.withdrawals(of: link.other, reportedBy: other.basis.owner, context)
            .withholdsTie(madeAt: link.linkedAt)
      }
    }
  }

  /// Candidates that are shown: more than anybody looks through.
  private static let relatedMax = 50

  /// Cases that may belong to this one, with what they share. Thousands may share an act, so that they are looked through
  /// apart from the event loops.
  public func related<Page: Sendable>(
    to visible: VisibleCase, by asker: Asker, write: @escaping @Sendable ([RelatedCase]) -> Page
  ) async throws -> Page {
    let (id, agency) = (visible.id, visible.agency)
    return try await records.readLong(by: asker) { reads in
      let seen = try reads.seen(id, by: agency)
      let found = try reads.related(to: seen.record, for: agency).compactMap { candidate -> (RelatedCase, String)? in
        guard let projection = Visibility.projection(of: candidate.stub, for: agency) else { return nil }
        let identified = seen.projection.contains(.subject) && projection.contains(.subject)
        var shown = candidate
        if !identified { shown.shared.removeAll { $0 == .person } }
        let showsFiles = seen.projection.contains(.evidence) && projection.contains(.evidence)
        if !showsFiles { shown.shared.removeAll { $0 == .file } }
        return shown.shared.isEmpty ? nil : (shown, shown.stub.id.description)
      }.sorted {
        // By what the caller sees: an order by all that is shared would tell of the person.
        ($1.0.shared.count, $0.1) < ($0.0.shared.count, $1.1)
      }
      return write(found.prefix(Self.relatedMax).map(\.0))
    }
  }

  /// The tie as it is kept: whoever tied first and when.
  private static func find(_ relation: LinkRelation, from id: CaseID, to other: CaseID, _ reads: any CaseReads) throws
    -> Link
  {
    guard let link = try reads.link(relation, from: id, to: other) else { throw Failure.notFound }
    return link
  }

  private static func both(
    _ id: CaseID, _ other: CaseID, _ relation: LinkRelation, _ context: Lifecycle.Context, _ reads: any CaseReads
  ) throws -> (Case, Case) {
    let agency = context.actor.agency
    let one = try reads.seen(id, by: agency)
    do {
      let two = try reads.seen(other, by: agency)
      if relation == .samePerson, !one.projection.contains(.subject) || !two.projection.contains(.subject) {
        throw Failure.invalid("/relation", .withheld)
      }
      // Whether they are tied already would tell whom a case was about by mistake.
      for record in [one.record, two.record] where relation == .samePerson {
        let reporter = record.facts.source.agency
        guard try reads.withdrawals(of: record.id, reportedBy: reporter, context).isEmpty else {
          throw Failure.invalid("/relation", .withheld)
        }
      }
      return (one.record, two.record)
    } catch let failure as Failure where failure.code == .notFound {
      throw Failure.invalid("/case_id", .unknownCode)
    }
  }
}
