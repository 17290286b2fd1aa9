internal import Domain
internal import GRDB
internal import Service

/// The numbers of our own that stand for persons, and counters, follow from the cases.
struct PersonCheck {
  private let transaction: Transaction

  init(_ transaction: Transaction) { self.transaction = transaction }

  /// What is no matter of one case.
  func finish() throws {
    if transaction.vault != nil {
      try provePersons()
      try proveNIKs()
    }
    try proveCounters()
  }

  // MARK: Persons

  /// The identifier of whom a case is about leads to the case's person.
  func prove(_ stored: StoredCase) throws {
    // A disputed case has a person of its own, without an identifier.
    if stored.record.provenance.isDisputed { return }
    let digests = try digests(of: stored.record.facts)
    let person = try transaction.run(.personKey, { $0.add(digests[0]) }, { $0[0] as Int64 })
    if person == stored.keys.person { return }
    let own = try transaction.fetchOne("SELECT digest FROM person WHERE person_key = ?", [stored.keys.person]) {
      $0[0] as String
    }
    guard let own, digests.contains(own) else {
      throw RecordFault("person", stored.keys.person, "its identifier is not that of case \(stored.key)")
    }
  }

  /// How whom facts are about is found; and as found by an earlier release, which has told persons apart whose names fold
  /// together.
  private func digests(of facts: Facts) throws -> [String] {
    let identifiers = [facts.personIdentifier, "name:\(facts.subject.name)@\(facts.institution.code)"]
    return try identifiers.map { try transaction.digest(.person, $0) }
  }

  /// Each person has one identifier, which facts of a case have had.
  private func provePersons() throws {
    let double = try transaction.fetchOne(
      "SELECT person_key FROM person GROUP BY person_key HAVING count(*) > 1 LIMIT 1", []
    ) { $0[0] as Int64 }
    if let double { throw RecordFault("person", double, "it has two identifiers") }
    let own = try transaction.fetchOne(
      """
      SELECT p.person_key FROM person p JOIN case_record r ON r.person_key = p.person_key
      WHERE r.disputed_for IS NOT NULL LIMIT 1
      """, []
    ) { $0[0] as Int64 }
    if let own { throw RecordFault("person", own, "nobody is found by the person of a disputed case") }
    let isFormer = "person_key NOT IN (SELECT person_key FROM case_record WHERE erased_on IS NULL)"
    let former = try transaction.fetch("SELECT person_key, digest FROM person WHERE \(isFormer)", []) { row in
      (key: row[0] as Int64, digest: row[1] as String)
    }
    if former.isEmpty { return }
    // Events have no index by person, and are gone through once.
    let sequences = try transaction.fetch(
      """
      SELECT e.person_key, min(e.seq) FROM event e JOIN case_record r ON r.case_key = e.case_key
      WHERE e.person_key IS NOT NULL AND e.\(isFormer) AND r.erased_on IS NULL GROUP BY e.person_key
      """, []
    ) { ($0[0] as Int64, $0[1] as Int64) }
    let first = Dictionary(sequences, uniquingKeysWith: { first, _ in first })
    for person in former {
      let facts = try first[person.key].flatMap { try transaction.versionMade(at: $0) }?.facts
      if facts?.subject.name == "" { continue }
      guard let facts, try digests(of: facts).contains(person.digest) else {
        throw RecordFault("person", person.key, "no event tells of it")
      }
    }
  }

  /// Cases that name a NIK now were looked at one by one: there are no others.
  private func proveNIKs() throws {
    let rows = try transaction.fetch("SELECT nik_digest, case_key FROM case_nik", []) { row in
      (digest: row[0] as String, key: row[1] as Int64)
    }
    for row in rows {
      let stored = try transaction.run(.behindStub, { $0.add(row.key) }, transaction.storedCase)
      // The key of what names it was destroyed before the case is erased anew.
      if let stored, !stored.isOpen { continue }
      let nik = stored?.record.facts.subject.nik
      guard let nik, try transaction.digest(.nik, nik.text) == row.digest else {
        throw RecordFault("case_nik", "of case \(row.key)", "the case names another one, or none")
      }
    }
  }

  // MARK: Counters

  /// Nothing that was given out lies above its counter.
  private func proveCounters() throws {
    let given = try transaction.fetch(
      """
      SELECT substr(number, 1, 4), max(CAST(substr(number, 6) AS INTEGER)) FROM case_record GROUP BY 1
      UNION ALL SELECT '\(Counter.persons.name)', max(person_key) FROM case_record
      UNION ALL SELECT '\(Counter.reports.name)', max(report_key) FROM case_record
      UNION ALL SELECT '\(Counter.dataKeys.name)', max(max(data_key, reporter_key)) FROM case_record
      """, []
    ) { (name: $0[0] as String, last: $0[1] as Int64) }
    for (name, last) in given {
      let counter = try transaction.run(.lastNumber, { $0.add(name) }, { $0[0] as Int64 }) ?? 0
      if counter < last { throw RecordFault("counter", name, "it is below what was given out") }
    }
  }
}
