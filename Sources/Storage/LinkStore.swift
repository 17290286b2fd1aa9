internal import Domain
internal import GRDB

/// Ties between cases, and cases that may belong together.
extension Transaction {
  func link(_ record: Case, _ other: Case, _ link: Link) throws -> Bool {
    let keys = (try key(of: record.id), try key(of: other.id))
    var added = false
    for (from, to) in [keys, (keys.1, keys.0)] {
      try execute(
        """
        INSERT INTO case_link (case_key, other_key, relation, linked_by, linked_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """, [from, to, link.relation.rawValue, link.linkedBy.rawValue, link.linkedAt.milliseconds])
      added = database.changesCount > 0 || added
    }
    return added
  }

  func links(_ id: CaseID) throws -> [Link] {
    try fetch(
      """
      SELECT l.relation, o.id, l.linked_by, l.linked_at FROM case_link l JOIN case_record o ON o.case_key = l.other_key
      WHERE l.case_key = ? ORDER BY l.linked_at, l.other_key
      """, [try key(of: id)]
    ) { row in
      Link(
        relation: LinkRelation(rawValue: row[0]) ?? .sameAct, other: try row.identity(1),
        linkedBy: AgencyCode(rawValue: row[2]), linkedAt: Timestamp(milliseconds: row[3]))
    }
  }

  func related(to record: Case) throws -> [RelatedCase] {
    guard let own = try stored(record.id) else { return [] }
    let facts = record.facts
    let found = try fetch(
      """
      SELECT id, max(by_ref), max(by_person), max(by_act) FROM (
        SELECT id, 1 AS by_ref, 0 AS by_person, 0 AS by_act FROM case_record
        WHERE agency_ref = ?1 AND reported_by = ?2 AND case_key <> ?3
        UNION ALL SELECT id, 0, 1, 0 FROM case_record WHERE person_key = ?4 AND case_key <> ?3
        UNION ALL SELECT id, 0, 0, 1 FROM case_record
        WHERE act_on = ?5 AND region = ?6 AND violation = ?7 AND case_key <> ?3)
      GROUP BY id ORDER BY id LIMIT 1000
      """,
      [
        facts.source.agencyRef, facts.source.agency.rawValue, own.key, own.personKey,
        facts.act.occurredOn.description, facts.region.text, facts.violation?.code,
      ]
    ) { row in (id: try row.identity(0), flags: [row[1] as Bool, row[2] as Bool, row[3] as Bool]) }
    return try found.compactMap { candidate in
      guard let other = try caseRecord(candidate.id) else { return nil }
      let shared = zip(["agency_ref", "person", "act"], candidate.flags).filter(\.1).map(\.0)
      return RelatedCase(record: other, shared: shared)
    }
  }
}
