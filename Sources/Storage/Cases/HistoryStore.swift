internal import Crypto
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
        seq: Int64(columns.int()), version: columns.int(), what: columns.text(),
        agency: AgencyCode(rawValue: columns.text()), onBehalfOf: columns.optional(AgencyCode.self),
        importedBy: columns.optional(AgencyCode.self), occurredOn: columns.date(),
        recordedAt: Timestamp(milliseconds: Int64(columns.int())), stage: try columns.code(Stage.self),
        changed: columns.text().split(separator: " ").map(String.init), details: try Self.details(columns.text()),
        texts: [])
    }
    guard let last = events.last?.seq else { return [] }
    var texts: [Int64: [(name: String, text: String, group: FieldGroup)]] = [:]
    let rows = try fetch(
      """
      SELECT t.seq, t.name, t.content, t.field_group FROM event_text t JOIN event e ON e.seq = t.seq
      WHERE e.case_key = ? AND e.seq > ? AND e.seq <= ? AND t.content IS NOT NULL ORDER BY t.seq, t.name
      """, [key, seq, last]
    ) { row -> (Int64, String, String, FieldGroup) in
      // A group nobody knows is withheld like a note.
      (row[0], row[1], row[2], FieldGroup(rawValue: row[3]) ?? .notes)
    }
    for (seq, name, text, group) in rows { texts[seq, default: []].append((name, text, group)) }
    for index in events.indices { events[index].texts = texts[events[index].seq] ?? [] }
    return events
  }

  /// When the newest event was stored.
  func lastRecordedAt() throws -> Timestamp {
    try fetchOne("SELECT recorded_at FROM event ORDER BY seq DESC LIMIT 1", []) { Timestamp(milliseconds: $0[0]) }
      ?? Timestamp(milliseconds: 0)
  }

  /// Stores an event that has left the case as `record`, with the digest of the personal values it brought.
  func store(_ event: EventDraft, _ seq: Int64, _ key: Int64, _ record: Case, personal facts: Facts?) throws {
    let hasPersonal = facts != nil || !event.texts.isEmpty
    let salt = hasPersonal ? salts.next() : []
    try run(.insertEvent) {
      $0.add(seq)
      $0.add(key)
      $0.add(record.version)
      $0.add(event.what)
      $0.add(event.actor.agency)
      $0.add(event.onBehalfOf)
      $0.add(event.actor.importedBy)
      $0.add(event.actor.keyID)
      $0.add(event.occurredOn)
      $0.add(now)
      $0.add(record.progress.stage)
      $0.add(event.changed.joined(separator: " "))
      $0.add(Self.json(event.details))
      $0.add(hasPersonal ? Self.digest(salt, facts, event.texts) : nil)
    }
    guard hasPersonal else { return }
    try run(.insertSalt) {
      $0.add(seq)
      $0.add(salt)
    }
    for text in event.texts {
      try run(.insertText) {
        $0.add(seq)
        $0.add(text.name)
        $0.add(text.group)
        $0.add(text.text)
      }
    }
  }

  /// SHA-256 over salt and personal values, each preceded by its length, so that no two lists of values look alike.
  private static func digest(
    _ salt: [UInt8], _ facts: Facts?, _ texts: [(name: String, text: String, group: FieldGroup)]
  ) -> [UInt8] {
    var bytes = salt
    bytes.reserveCapacity(1024)
    func add(_ text: String?) {
      withUnsafeBytes(of: Int64(text?.utf8.count ?? -1).bigEndian) { bytes.append(contentsOf: $0) }
      if let text { bytes.append(contentsOf: text.utf8) }
    }
    if let facts {
      add(facts.subject.name)
      add(facts.subject.nip?.text)
      add(facts.subject.nik?.text)
      add(facts.subject.positionTitle)
      add(facts.act.place)
      add(facts.act.narrative)
      add(facts.act.urlsJSON)
      add(facts.act.witnessesJSON)
      add(facts.reporter.mode.rawValue)
      add(facts.reporter.name)
      add(facts.reporter.contact)
    }
    for text in texts {
      add(text.name)
      add(text.text)
    }
    return Array(SHA256.hash(data: bytes))
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

  static func details(_ json: String) throws -> [(name: String, value: String)] {
    guard json != "{}", case .object(let object) = try JSONValue.parse(Array(json.utf8)) else { return [] }
    return object.members.compactMap { if case .string(let text) = $0.value { ($0.name, text) } else { nil } }
  }
}

/// Salts of 128 bits, drawn from the kernel many at a time.
struct Salts {
  private static let bytes = 16
  private var drawn: ArraySlice<UInt8> = []

  mutating func next() -> [UInt8] {
    if drawn.isEmpty {
      drawn = SymmetricKey(size: .init(bitCount: Self.bytes * 8 * 64)).withUnsafeBytes { Array($0)[...] }
    }
    defer { drawn = drawn.dropFirst(Self.bytes) }
    return Array(drawn.prefix(Self.bytes))
  }
}
