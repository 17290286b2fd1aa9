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
    _ = try exchange.read { try SeenCase($0.caseRecord(id), for: agency) }
    let reader = try ObjectReader(write.body.value)
    let (other, relation) = read(reader)
    try reader.errors.check()
    guard let other, let relation, other != id else { throw Failure.invalid("/case_id", .format) }
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
    var answer = Answer.json(.created) { Self.write(stored, to: &$0) }
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

  /// GET /v1/cases/{id}/links
  static func list(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let id = try exchange.caseID()
    let agency = try exchange.agency()
    return try exchange.read { reads in
      let seen = try SeenCase(try reads.caseRecord(id), for: agency)
      let links = try reads.links(id).filter { link in
        guard let other = try reads.caseRecord(link.other) else { return false }
        guard let projection = Visibility.projection(of: other, for: agency) else { return false }
        return link.relation == .sameAct || seen.projection.contains(.subject) && projection.contains(.subject)
      }
      return Answer.json { items(links, to: &$0, write) }
    }
  }

  /// GET /v1/cases/{id}/related: cases that may belong to this one, with what they share.
  static func related(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let id = try exchange.caseID()
    let agency = try exchange.agency()
    return try exchange.read { reads in
      let seen = try SeenCase(try reads.caseRecord(id), for: agency)
      let found = try reads.related(to: seen.record).compactMap { candidate -> (CaseID, String, [String])? in
        guard let projection = Visibility.projection(of: candidate.record, for: agency) else { return nil }
        let identified = seen.projection.contains(.subject) && projection.contains(.subject)
        let shared = candidate.shared.filter { $0 != "person" || identified }
        return shared.isEmpty ? nil : (candidate.record.id, candidate.record.number, shared)
      }.sorted {
        // By what the caller sees: an order by all that is shared would tell of the person.
        ($1.2.count, $0.0.description) < ($0.2.count, $1.0.description)
      }
      return Answer.json { writer in
        items(Array(found.prefix(50)), to: &writer) { item, writer in
          writer.beginObject()
          writer.member("case_id", item.0.description)
          writer.member("number", item.1)
          writer.member("shared", strings: item.2)
          writer.endObject()
        }
      }
    }
  }

  /// The tie as it is kept: whoever tied first and when.
  private static func find(_ relation: LinkRelation, from id: CaseID, to other: CaseID, _ reads: any CaseReads) throws
    -> Link
  {
    guard let link = try reads.links(id).first(where: { $0.relation == relation && $0.other == other }) else {
      throw Failure.notFound
    }
    return link
  }

  private static func both(
    _ id: CaseID, _ other: CaseID, _ relation: LinkRelation, _ agency: AgencyCode, _ reads: any CaseReads
  ) throws -> (Case, Case) {
    let one = try SeenCase(try reads.caseRecord(id), for: agency)
    guard let record = try reads.caseRecord(other), let projection = Visibility.projection(of: record, for: agency)
    else { throw Failure.invalid("/case_id", .unknownCode) }
    if relation == .samePerson, !one.projection.contains(.subject) || !projection.contains(.subject) {
      throw Failure.invalid("/relation", .withheld)
    }
    return (one.record, record)
  }

  private static func write(_ link: Link, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("case_id", link.other.description)
    writer.member("relation", link.relation.rawValue)
    writer.member("linked_by", link.linkedBy.rawValue)
    writer.member("linked_at", link.linkedAt.description)
    writer.endObject()
  }

  private static func items<Item>(
    _ items: [Item], to writer: inout JSONWriter, _ write: (Item, inout JSONWriter) -> Void
  ) {
    writer.beginObject()
    writer.name("items")
    writer.beginArray()
    for item in items { write(item, &writer) }
    writer.endArray()
    writer.name("next_cursor")
    writer.null()
    writer.endObject()
  }
}
