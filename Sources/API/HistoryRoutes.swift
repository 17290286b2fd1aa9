internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/cases/{id}/history: every event, with what the caller may see of it.
enum HistoryRoutes {
  static func list(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let id = try exchange.caseID()
    let agency = try exchange.agency()
    return try exchange.read { reads in
      let seen = try SeenCase(try reads.caseRecord(id), for: agency)
      let history = try reads.history(id)
      let events = history.filter { isVisible($0, to: agency) }
      let standings = Confirmation.standings(history, seen.record)
      return Answer.json { writer in
        writer.beginObject()
        writer.name("items")
        writer.beginArray()
        for event in events { write(event, standings[event.seq], seen.projection, agency, to: &writer) }
        writer.endArray()
        writer.name("next_cursor")
        writer.null()
        writer.endObject()
      }
    }
  }

  /// A note exists for the agency that wrote it alone; so does a link here, because it may tie the case to one that
  /// others may not know of, or tell that two are about one person. Who may see a tie finds it under `links`.
  private static func isVisible(_ event: Event, to agency: AgencyCode) -> Bool {
    (event.what != ActionKind.notes.rawValue && event.what != "link") || event.agency == agency
  }

  private static func write(
    _ event: Event, _ standing: String?, _ projection: Projection, _ agency: AgencyCode, to writer: inout JSONWriter
  ) {
    func sees(_ group: FieldGroup) -> Bool { group == .notes ? event.agency == agency : projection.shows(group) }
    writer.beginObject()
    writer.member("seq", event.seq)
    writer.member("version", event.version)
    writer.member("what", event.what)
    writer.member("agency", event.agency.rawValue)
    writer.member("on_behalf_of", event.onBehalfOf?.rawValue)
    writer.member("imported_by", event.importedBy?.rawValue)
    writer.member("confirmation", standing)
    writer.member("occurred_on", event.occurredOn?.description)
    writer.member("recorded_at", event.recordedAt.description)
    writer.member("stage", event.stage.rawValue)
    writer.member("changed", strings: event.changed.filter { sees(Facts.group(of: $0)) })
    writer.name("details")
    writer.beginObject()
    for detail in event.details {
      writer.name(detail.name)
      writer.string(detail.value)
    }
    for text in event.texts where sees(text.group) {
      writer.name(text.name)
      writer.string(text.text)
    }
    writer.endObject()
    writer.endObject()
  }
}
