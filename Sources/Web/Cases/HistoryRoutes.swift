internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/cases/{id}/history: every event, with what the caller may see of it; whole, as long as it fits a page.
enum HistoryRoutes {
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let id = try exchange.caseID()
    let path = "/v1/cases/\(id)/history"
    let cursors = exchange.cursors(of: path)
    let start = try query["cursor"].map { try cursors.open($0).place.key } ?? 0
    var history = try await exchange.read(History(id: id, agency: try exchange.agency(), after: start))
    let cursor = try history.isFull ? cursors.seal(.init(value: "", key: history.after)) : nil
    return history.page.answer(next: cursor, at: path)
  }
}

/// The events of a case on their way onto a page.
private struct History: PiecewiseList {
  let id: CaseID
  let agency: AgencyCode
  /// The sequence up to which events were looked at.
  var after: Int64
  var page = ListPage()
  var isFull = false
  var isOver = false
  /// How the events stand that another agency has recorded, once they are read.
  private var standings: [Int64: String]?

  init(id: CaseID, agency: AgencyCode, after: Int64) {
    (self.id, self.agency, self.after) = (id, agency, after)
  }

  /// Events of one piece: some milliseconds of work when each has a long text.
  private static let pieceEvents = 200

  mutating func readPiece(_ reads: any CaseReads) throws {
    let projection = try reads.sight(of: id, for: agency).projection
    let standings = try standings ?? readStandings(reads)
    self.standings = standings
    let events = try reads.history(id, after: after, limit: Self.pieceEvents)
    for event in events {
      if Self.isVisible(event, to: agency),
        !page.add({
          Self.write(event, standings[event.seq], projection, agency, to: &$0)
        })
      {
        (isFull, isOver) = (true, true)
        return
      }
      after = event.seq
    }
    isOver = events.count < Self.pieceEvents
  }

  /// Only a case that was imported has events that wait for a word.
  private func readStandings(_ reads: any CaseReads) throws -> [Int64: String] {
    let record = try reads.seen(id, by: agency).record
    return record.provenance.importer == nil ? [:] : Confirmation.standings(try reads.history(id), record)
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
