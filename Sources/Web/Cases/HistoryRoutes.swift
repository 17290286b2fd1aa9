internal import Domain
internal import JSON
internal import Service

/// GET /v1/cases/{id}/history: every event, with what the caller may see of it; whole, as long as it fits a page.
enum HistoryRoutes {
  static func list(_ call: Call, _ visible: VisibleCase, _ cases: CaseService) async throws -> Answer {
    let path = "/v1/cases/\(visible.id)/history"
    let cursors = call.cursors(of: path)
    let start = try call.query["cursor"].map { try cursors.open($0).place.key } ?? 0
    var (page, next) = try await cases.events(
      of: visible, after: start, by: call.asker, on: ListPage(call), proving: try call.query.proving(in: call.format)
    ) {
      event, page in
      page.add { write(event, to: &$0) }
    }
    return page.answer(
      next: try next.map { try cursors.seal(.init(value: "", key: $0)) }, at: path, call.query.presentationPart)
  }

  private static func write(_ seen: SeenEvent, to writer: inout JSONWriter) {
    let event = seen.event
    writer.object { writer in
      writer.member("seq", event.seq)
      writer.member("version", event.version)
      writer.member("what", event.what.rawValue)
      writer.member("agency", event.agency.rawValue)
      writer.member("on_behalf_of", event.onBehalfOf?.rawValue)
      writer.member("imported_by", event.importedBy?.rawValue)
      writer.member("confirmation", seen.standing?.rawValue)
      writer.member("occurred_on", event.occurredOn?.description)
      writer.member("recorded_at", event.recordedAt.description)
      writer.member("stage", event.stage.rawValue)
      writer.member("changed", strings: event.changed.filter { seen.shows(changed: $0) })
      writer.object("details") { writer in
        for detail in event.details {
          writer.name(detail.name)
          writer.string(detail.value)
        }
        for text in event.texts where seen.shows(textsOf: text.group) {
          writer.name(text.name)
          writer.string(text.text)
        }
      }
      seen.proof?.writeMember(to: &writer)
    }
  }
}
