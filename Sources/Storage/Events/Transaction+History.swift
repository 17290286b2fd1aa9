internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// Events: what happened to a case. Personal values stand beside them, in rows that can be erased.
extension Transaction {
  func history(_ id: CaseID, after seq: Int64, limit: Int) throws -> [Event] {
    let key = try key(of: id)
    let events = try fetch(
      """
      SELECT seq, version, what, agency, on_behalf_of, imported_by, occurred_on, recorded_at, stage, changed, details
      FROM event WHERE case_key = ? AND seq > ? ORDER BY seq LIMIT ?
      """, [key, seq, limit]
    ) { row in
      var columns = ColumnReader(row, from: 0)
      let event = Event(
        seq: Int64(columns.int()), version: columns.int(), what: try columns.code(EventKind.self),
        agency: AgencyCode(rawValue: columns.text()), onBehalfOf: columns.optional(AgencyCode.self),
        importedBy: columns.optional(AgencyCode.self), occurredOn: columns.day(),
        recordedAt: Timestamp(milliseconds: Int64(columns.int())), stage: try columns.code(Stage.self),
        changed: columns.text().split(separator: " ").map(String.init), details: [], texts: [])
      return (event: event, details: columns.text())
    }
    return try events.map { read in
      var event = read.event
      let parts = try parts(.coreTexts, .letters, at: event.seq, of: id)
      event.details = try EventDetails.read(read.details, with: try parts.first { $0.part == .letters }?.texts ?? [])
      event.texts = try parts.flatMap { part in
        guard let group = part.part.textGroup else { return [EventText]() }
        return try part.texts.map { (name: $0.name, text: $0.value, group: group) }
      }.sorted { $0.name < $1.name }
      return event
    }
  }

  private typealias EventText = (name: String, text: String, group: FieldGroup)

  /// When the newest event was stored.
  func lastRecordedAt() throws -> Timestamp {
    try fetchOne("SELECT recorded_at FROM event ORDER BY seq DESC LIMIT 1", []) { Timestamp(milliseconds: $0[0]) }
      ?? Timestamp(milliseconds: 0)
  }
}
