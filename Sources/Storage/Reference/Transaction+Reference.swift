internal import Domain
internal import GRDB
internal import JSON
internal import Service

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
    return try Reference(
      entries: entries.compactMap { $0 }, revision: referenceRevision(), sealingKeys: sealingKeys())
  }

  /// The leaf that has changed reference data last; nil in a file of an earlier release that is being migrated.
  private func referenceRevision() throws -> Int64? {
    guard try database.tableExists("leaf") else { return nil }
    return try fetchOne("SELECT max(leaf_index) FROM leaf WHERE kind = 'reference'", []) { $0[0] as Int64? } ?? nil
  }

  func put(_ entries: [ReferenceEntry], by administrator: String) throws {
    let before = try entries.map { entry in
      try fetchOne(
        "SELECT json FROM reference WHERE kind = ? AND code = ? AND valid_from = ?",
        [entry.kind.rawValue, entry.code, entry.from]
      ) { $0[0] as String }
    }
    try store(entries)
    for kind in ReferenceKind.allCases {
      let changes = zip(entries, before).filter { $0.0.kind == kind }
      if !changes.isEmpty { try log(changes.map { ($0.0, $0.1) }, of: kind, by: administrator) }
    }
  }

  /// Logs rows of a kind that were added or replaced.
  func log(
    _ changes: [(entry: ReferenceEntry, before: String?)], of kind: ReferenceKind, by administrator: String
  ) throws {
    try log(.reference) { writer in
      writer.member("kind", kind.rawValue)
      writer.member("by", administrator)
      writer.member("at", now.description)
      writer.array("rows", of: changes) { writer, change in
        writer.object { writer in
          writer.member("code", change.entry.code)
          writer.member("valid_from", change.entry.from)
          writer.member("valid_until", change.entry.until)
          for (name, json) in [("before", change.before), ("after", change.entry.json)] {
            writer.name(name)
            if let json { writer.raw(Array(json.utf8)) } else { writer.null() }
          }
        }
      }
    }
  }

  /// Stores rows without a word about it.
  func store(_ entries: [ReferenceEntry]) throws {
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
