internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// Events: what happened to a case. Personal values stand beside them, in rows that can be erased.
extension Transaction {
  func history(_ id: CaseID, after seq: Int64, limit: Int) throws -> [Event] {
    let key = try key(of: id)
    var events = try fetch(
      """
      SELECT seq, version, what, agency, on_behalf_of, imported_by, occurred_on, recorded_at, stage, changed, details
      FROM event WHERE case_key = ? AND seq > ? ORDER BY seq LIMIT ?
      """, [key, seq, limit]
    ) { row in
      var columns = ColumnReader(row, from: 0)
      return Event(
        seq: Int64(columns.int()), version: columns.int(), what: try columns.code(EventKind.self),
        agency: AgencyCode(rawValue: columns.text()), onBehalfOf: columns.optional(AgencyCode.self),
        importedBy: columns.optional(AgencyCode.self), occurredOn: columns.day(),
        recordedAt: Timestamp(milliseconds: Int64(columns.int())), stage: try columns.code(Stage.self),
        changed: columns.text().split(separator: " ").map(String.init), details: try EventDetails.read(columns.text()),
        texts: [])
    }
    guard let last = events.last?.seq else { return [] }
    let texts = try texts(of: key, after: seq, upTo: last)
    for index in events.indices { events[index].texts = texts[events[index].seq] ?? [] }
    return events
  }

  /// The texts of a case's events, by event and in the order of their names.
  private func texts(of key: Int64, after seq: Int64, upTo last: Int64) throws -> [Int64: [EventText]] {
    var texts: [Int64: [EventText]] = [:]
    let rows = try fetch(
      """
      SELECT e.seq, p.part_key, p.content FROM event e
      JOIN case_part p ON p.part_key BETWEEN 16 * e.seq + ? AND 16 * e.seq + 15
      WHERE e.case_key = ? AND e.seq > ? AND e.seq <= ? AND p.content IS NOT NULL
      """, [CasePart.coreTexts.rawValue, key, seq, last]
    ) { row -> (seq: Int64, texts: [EventText]) in
      // A group nobody knows is withheld like a note.
      let group = CasePart(ofKey: row[1])?.textGroup ?? .notes
      return (row[0], try EventDetails.read(row[2]).map { (name: $0.name, text: $0.value, group: group) })
    }
    for row in rows { texts[row.seq, default: []] += row.texts }
    return texts.mapValues { $0.sorted { $0.name < $1.name } }
  }

  private typealias EventText = (name: String, text: String, group: FieldGroup)

  /// When the newest event was stored.
  func lastRecordedAt() throws -> Timestamp {
    try fetchOne("SELECT recorded_at FROM event ORDER BY seq DESC LIMIT 1", []) { Timestamp(milliseconds: $0[0]) }
      ?? Timestamp(milliseconds: 0)
  }
}
