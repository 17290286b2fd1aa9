internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Ties between cases. A tie is shown when both cases exist for the caller; that two cases are about one person is
/// identity, so that tie is shown only where the subject of both is open.
enum LinkRoutes {
  /// POST /v1/cases/{id}/links: `{"case_id": "…", "relation": "same_act" | "same_person"}`
  static func create(_ exchange: Exchange) async throws -> Answer {
    let id = try exchange.caseID()
    let context = try exchange.context()
    let agency = context.actor.agency
    let write = try await Write(exchange, keyRequired: true)
    try exchange.requireSight(of: id)
    let reader = try ObjectReader(write.body.value)
    let (other, relation) = read(reader)
    try reader.errors.check()
    guard let other, let relation else { throw Failure.invalid("/case_id", .format, Hint.identity) }
    if other == id {
      throw Failure.invalid(
        "/case_id", .inconsistent,
        LocalizedText(en: "A case is not tied to itself.", id: "Kasus tidak dikaitkan dengan dirinya sendiri."))
    }
    let link = Link(relation: relation, other: other, linkedBy: agency, linkedAt: exchange.now)
    let (stored, replayed) = try await write.once(
      replay: { _, transaction in
        _ = try both(id, other, relation, agency, transaction)
        return try find(relation, from: id, to: other, transaction)
      },
      change: { transaction in
        let (one, two) = try both(id, other, relation, agency, transaction)
        if try transaction.link(one, two, link) {
          for (record, partner) in [(one, two), (two, one)] {
            let event = EventDraft(
              what: "link", actor: context.actor,
              texts: [("case_id", partner.id.description, .notes), ("relation", relation.rawValue, .notes)])
            try transaction.append(event, to: record)
          }
        }
        let reply = StoredReply(
          requestDigest: [], status: 201, caseID: id, version: nil, resource: other.description)
        return (try find(relation, from: id, to: other, transaction), reply)
      })
    let isReader = exchange.caller?.key.scopes.contains(.casesRead) ?? false
    var answer = Answer.json(.created) { Self.write(stored, isReceipt: !isReader, to: &$0) }
    answer.fields = write.fields(replayed: replayed)
    return answer
  }

  /// Reads the body of a tie. Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> (other: CaseID?, relation: LinkRelation?) {
    let other = body.text("case_id", max: 36, required: true).flatMap { CaseID($0) }
    let relation = body.code("relation", LinkRelation.self, required: true)
    body.finish()
    return (other, relation)
  }

  /// GET /v1/cases/{id}/links: whole, as long as they fit a page.
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let id = try exchange.caseID()
    let agency = try exchange.agency()
    let list = try WholeList(query, at: "/v1/cases/\(id)/links", exchange)
    try exchange.requireSight(of: id)
    return try await exchange.readLong { reads in
      let own = try reads.sight(of: id, for: agency).projection
      return try list.answer(try reads.links(id)) { link in
        guard let other = try reads.stub(link.other),
          let projection = Visibility.projection(of: other, for: agency),
          link.relation == .sameAct || own.contains(.subject) && projection.contains(.subject)
        else { return nil }
        var writer = JSONWriter(reserving: 256)
        write(link, to: &writer)
        return writer.bytes
      }
    }
  }

  /// GET /v1/cases/{id}/related: cases that may belong to this one, with what they share. Thousands may share an act, so
  /// that they are looked through apart from the event loops.
  static func related(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let id = try exchange.caseID()
    let agency = try exchange.agency()
    try exchange.requireSight(of: id)
    return try await exchange.readLong { reads in
      let seen = try reads.seen(id, by: agency)
      let found = try reads.related(to: seen.record, for: agency).compactMap { candidate -> (RelatedCase, String)? in
        guard let projection = Visibility.projection(of: candidate.stub, for: agency) else { return nil }
        let identified = seen.projection.contains(.subject) && projection.contains(.subject)
        var shown = candidate
        if !identified { shown.shared.removeAll { $0 == "person" } }
        return shown.shared.isEmpty ? nil : (shown, shown.stub.id.description)
      }.sorted {
        // By what the caller sees: an order by all that is shared would tell of the person.
        ($1.0.shared.count, $0.1) < ($0.0.shared.count, $1.1)
      }
      var page = ListPage()
      for (candidate, id) in found.prefix(relatedMax) {
        _ = page.add { writer in
          writer.beginObject()
          writer.member("case_id", id)
          writer.member("number", candidate.number)
          writer.member("shared", strings: candidate.shared)
          writer.endObject()
        }
      }
      return page.answer(next: nil, at: nil)
    }
  }

  /// Candidates that are shown: more than anybody looks through.
  private static let relatedMax = 50

  /// The tie as it is kept: whoever tied first and when.
  private static func find(_ relation: LinkRelation, from id: CaseID, to other: CaseID, _ reads: any CaseReads) throws
    -> Link
  {
    guard let link = try reads.link(relation, from: id, to: other) else { throw Failure.notFound }
    return link
  }

  private static func both(
    _ id: CaseID, _ other: CaseID, _ relation: LinkRelation, _ agency: AgencyCode, _ reads: any CaseReads
  ) throws -> (Case, Case) {
    let one = try reads.seen(id, by: agency)
    do {
      let two = try reads.seen(other, by: agency)
      if relation == .samePerson, !one.projection.contains(.subject) || !two.projection.contains(.subject) {
        throw Failure.invalid("/relation", .withheld)
      }
      return (one.record, two.record)
    } catch let failure as Failure where failure.code == .notFound {
      throw Failure.invalid("/case_id", .unknownCode)
    }
  }

  /// - Parameter isReceipt: true for a key that may not read cases: who has tied them before, and when, is not told.
  private static func write(_ link: Link, isReceipt: Bool = false, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("case_id", link.other.description)
    writer.member("relation", link.relation.rawValue)
    if !isReceipt {
      writer.member("linked_by", link.linkedBy.rawValue)
      writer.member("linked_at", link.linkedAt.description)
    }
    writer.endObject()
  }
}
