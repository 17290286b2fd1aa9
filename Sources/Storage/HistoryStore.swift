internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// Events: what happened to a case. Personal values stand beside them, in rows that can be erased.
extension Transaction {
  func history(_ id: CaseID) throws -> [Event] {
    let key = try key(of: id)
    var texts: [Int64: [(name: String, text: String, group: FieldGroup)]] = [:]
    let rows = try fetch(
      """
      SELECT t.seq, t.name, t.content, t.field_group FROM event_text t JOIN event e ON e.seq = t.seq
      WHERE e.case_key = ? AND t.content IS NOT NULL ORDER BY t.seq, t.name
      """, [key]
    ) { row -> (Int64, String, String, FieldGroup) in
      // A group nobody knows is withheld like a note.
      (row[0], row[1], row[2], FieldGroup(rawValue: row[3]) ?? .notes)
    }
    for (seq, name, text, group) in rows { texts[seq, default: []].append((name, text, group)) }
    return try fetch(
      """
      SELECT seq, version, what, agency, on_behalf_of, imported_by, occurred_on, recorded_at, stage, changed, details
      FROM event WHERE case_key = ? ORDER BY seq
      """, [key]
    ) { row in
      var columns = ColumnReader(row, from: 0)
      let seq = Int64(columns.int())
      return Event(
        seq: seq, version: columns.int(), what: columns.text(), agency: AgencyCode(rawValue: columns.text()),
        onBehalfOf: columns.optional(AgencyCode.self), importedBy: columns.optional(AgencyCode.self),
        occurredOn: columns.date(), recordedAt: Timestamp(milliseconds: Int64(columns.int())),
        stage: try columns.code(Stage.self), changed: columns.text().split(separator: " ").map(String.init),
        details: try Self.details(columns.text()), texts: texts[seq] ?? [])
    }
  }

  /// When the newest event was stored.
  func lastRecordedAt() throws -> Timestamp {
    try fetchOne("SELECT recorded_at FROM event ORDER BY seq DESC LIMIT 1", []) { Timestamp(milliseconds: $0[0]) }
      ?? Timestamp(milliseconds: 0)
  }

  /// Stores an event at the sequence of the record, or at one of its own when the record stays as it is.
  func store(_ event: EventDraft, _ key: Int64, _ record: Case, personal facts: Facts?, ownSequence: Int64? = nil)
    throws
  {
    let seq = ownSequence ?? record.seq
    let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
    let digest = Self.digest(salt, facts, event.texts)
    try execute(
      """
      INSERT INTO event (seq, case_key, version, what, agency, on_behalf_of, imported_by, key_id, occurred_on,
        recorded_at, stage, changed, details, digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        seq, key, record.version, event.what, event.actor.agency.rawValue, event.onBehalfOf?.rawValue,
        event.actor.importedBy?.rawValue, event.actor.keyID, event.occurredOn?.description,
        now.milliseconds, record.progress.stage.rawValue, event.changed.joined(separator: " "),
        Self.json(event.details), digest,
      ])
    if digest != nil { try execute("INSERT INTO event_salt (seq, salt) VALUES (?, ?)", [seq, salt]) }
    for text in event.texts {
      try execute(
        "INSERT INTO event_text (seq, name, field_group, content) VALUES (?, ?, ?, ?)",
        [seq, text.name, text.group.rawValue, text.text])
    }
  }

  /// SHA-256 over salt and personal values, each preceded by its length, so that no two lists of values look alike.
  private static func digest(
    _ salt: Data, _ facts: Facts?, _ texts: [(name: String, text: String, group: FieldGroup)]
  ) -> Data? {
    guard facts != nil || !texts.isEmpty else { return nil }
    var hash = SHA256()
    hash.update(data: salt)
    func add(_ text: String?) {
      let bytes = Array((text ?? "").utf8)
      withUnsafeBytes(of: Int64(text == nil ? -1 : bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: bytes)
    }
    if let facts {
      let values = [
        facts.subject.name, facts.subject.nip?.text, facts.subject.nik?.text, facts.subject.positionTitle,
        facts.act.place, facts.act.narrative, facts.act.urlsJSON, facts.act.witnessesJSON,
        facts.reporter.mode.rawValue, facts.reporter.name, facts.reporter.contact,
      ]
      for value in values { add(value) }
    }
    for text in texts {
      add(text.name)
      add(text.text)
    }
    return Data(hash.finalize())
  }

  private static func json(_ details: [(name: String, value: String)]) -> String {
    if details.isEmpty { return "{}" }
    var writer = JSONWriter(reserving: 128)
    writer.beginObject()
    for detail in details {
      writer.name(detail.name)
      writer.string(detail.value)
    }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func details(_ json: String) throws -> [(name: String, value: String)] {
    guard json != "{}", case .object(let object) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return object.members.compactMap { if case .string(let text) = $0.value { ($0.name, text) } else { nil } }
  }
}
