internal import Domain
internal import GRDB

/// Ties between cases, and cases that may belong together.
extension Transaction {
  /// Stores a tie with the time of the commit, which its events have, too.
  func link(_ record: Case, _ other: Case, _ link: Link) throws -> Bool {
    let keys = (try key(of: record.id), try key(of: other.id))
    var added = false
    for (from, to) in [keys, (keys.1, keys.0)] {
      try execute(
        """
        INSERT INTO case_link (case_key, other_key, relation, linked_by, linked_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """, [from, to, link.relation.rawValue, link.linkedBy.rawValue, now.milliseconds])
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

  func link(_ relation: LinkRelation, from id: CaseID, to other: CaseID) throws -> Link? {
    try fetchOne(
      "SELECT linked_by, linked_at FROM case_link WHERE case_key = ? AND other_key = ? AND relation = ?",
      [try key(of: id), try key(of: other), relation.rawValue]
    ) { row in
      Link(
        relation: relation, other: other, linkedBy: AgencyCode(rawValue: row[0]),
        linkedAt: Timestamp(milliseconds: row[1]))
    }
  }

  func related(to record: Case, for agency: AgencyCode) throws -> [RelatedCase] {
    guard let own = try stored(record.id) else { return [] }
    let facts = record.facts
    let projection = Visibility.projection(of: record, for: agency)
    let seesPerson = projection?.contains(.subject) ?? false
    let seesFiles = projection?.contains(.evidence) ?? false
    let visible = [Visibility.rows(for: agency, in: "r"), Visibility.undisputed(for: agency, in: "r")]
    let shared: [(condition: SQLCondition, policy: [SQLCondition])] = [
      (
        SQLCondition(
          "r.agency_ref_digest = ? AND r.reported_by = ?",
          [try digest(ofReport: facts), facts.source.agency.rawValue]), visible
      ),
      (
        // Nobody is told whom an erased case was about.
        SQLCondition(
          seesPerson && record.erasedOn == nil
            ? "r.person_key = ? AND r.erased_on IS NULL" : "r.person_key = ? AND FALSE", [own.keys.person]),
        visible + [Visibility.row(agency).subject.sql(for: agency, in: "r")]
      ),
      (
        SQLCondition(
          "r.act_on = ? AND r.region = ? AND r.violation = ?",
          [facts.act.occurredOn.day, facts.region.text, facts.violation?.code]), visible
      ),
      (
        SQLCondition(
          seesFiles && !record.evidence.isEmpty
            ? """
            r.case_key IN (SELECT o.case_key FROM case_evidence c JOIN case_evidence o ON o.file_key = c.file_key
              WHERE c.case_key = ? AND c.stands AND o.stands)
            """ : "r.case_key = ? AND FALSE", [own.key]),
        visible + [Visibility.row(agency).evidence.sql(for: agency, in: "r")]
      ),
    ]
    // Each by its index, in which cases with equal values stand in the order of their keys; limits come after the policy,
    // so that what is left out tells of no hidden case.
    let parts = shared.map { part in
      SQLCondition.all([part.condition, SQLCondition("r.case_key <> ?", [own.key])] + part.policy)
    }
    let keys = parts.map {
      "SELECT * FROM (SELECT r.case_key FROM case_record r WHERE \($0.sql) ORDER BY r.case_key LIMIT 1000)"
    }
    let flags = shared.map { "coalesce(\($0.condition.sql), FALSE)" }.joined(separator: ", ")
    return try fetch(
      """
      SELECT \(CaseListing.stubColumns), r.number, \(flags) FROM case_record r
      WHERE r.case_key IN (\(keys.joined(separator: " UNION ")))
      """, shared.flatMap(\.condition.arguments) + parts.flatMap(\.arguments)
    ) { row in
      let flags = zip(SharedTrait.allCases, (CaseListing.stubWidth + 1)...)
      let shared = flags.filter { row[$0.1] as Bool }.map(\.0)
      return RelatedCase(stub: try CaseListing.stub(row), number: row[CaseListing.stubWidth], shared: shared)
    }
  }
}
