internal import Domain
internal import GRDB

/// Dated reference data.
extension Transaction {
  func currentReference() throws -> Reference {
    if let committedReference, !pending.changedSnapshots { return committedReference }
    let entries = try fetch(
      "SELECT kind, code, valid_from, valid_until, json FROM reference ORDER BY kind, position", []
    ) { row -> ReferenceEntry? in
      ReferenceKind(rawValue: row[0]).map {
        ReferenceEntry(kind: $0, code: row[1], from: row[2], until: row[3], json: row[4])
      }
    }
    return try Reference(entries: entries.compactMap { $0 })
  }

  func put(_ entries: [ReferenceEntry]) throws {
    var position: Int = try fetchOne("SELECT coalesce(max(position), 0) FROM reference", []) { $0[0] } ?? 0
    for entry in entries {
      position += 1
      try execute(
        """
        INSERT INTO reference (kind, code, valid_from, valid_until, json, position) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (kind, code, valid_from) DO UPDATE SET valid_until = excluded.valid_until, json = excluded.json
        """, [entry.kind.rawValue, entry.code, entry.from, entry.until, entry.json, position])
    }
    pending.changedSnapshots = true
  }
}
