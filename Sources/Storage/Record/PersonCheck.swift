internal import Domain
internal import GRDB
internal import Service

/// The numbers of our own that stand for persons, and counters, follow from the cases.
struct PersonCheck {
  private let transaction: Transaction

  init(_ transaction: Transaction) { self.transaction = transaction }

  /// What is no matter of one case.
  func finish() throws {
    try provePersons()
    try proveNIKs()
    try proveCounters()
  }

  // MARK: Persons

  /// The identifier of whom a case is about leads to the case's person.
  func prove(_ stored: StoredCase) throws {
    // A disputed case has a person of its own, without an identifier.
    if stored.record.provenance.isDisputed { return }
    let identifier = stored.record.facts.personIdentifier
    let person = try transaction.run(.personKey, { $0.add(identifier) }, { $0[0] as Int64 })
    if person == stored.keys.person { return }
    // An earlier release has told persons apart whose names fold together.
    let own = try transaction.fetchOne("SELECT identifier FROM person WHERE person_key = ?", [stored.keys.person]) {
      $0[0] as String
    }
    guard let own, Folding.folded(own) == identifier else {
      throw RecordFault("person", stored.keys.person, "its identifier is not that of case \(stored.key)")
    }
  }

  /// Each person has one identifier, which facts of a case have had.
  private func provePersons() throws {
    let double = try transaction.fetchOne(
      "SELECT person_key FROM person GROUP BY person_key HAVING count(*) > 1 LIMIT 1", []
    ) { $0[0] as Int64 }
    if let double { throw RecordFault("person", double, "it has two identifiers") }
    let isFormer = "person_key NOT IN (SELECT person_key FROM case_record)"
    let former = try transaction.fetch("SELECT person_key, identifier FROM person WHERE \(isFormer)", []) { row in
      (key: row[0] as Int64, identifier: row[1] as String)
    }
    if former.isEmpty { return }
    // Events have no index by person, and are gone through once.
    let sequences = try transaction.fetch(
      "SELECT person_key, min(seq) FROM event WHERE person_key IS NOT NULL AND \(isFormer) GROUP BY person_key", []
    ) { ($0[0] as Int64, $0[1] as Int64) }
    let first = Dictionary(sequences, uniquingKeysWith: { first, _ in first })
    for person in former {
      let facts = try first[person.key].flatMap { try transaction.versionMade(at: $0) }?.facts
      guard let facts, [person.identifier, Folding.folded(person.identifier)].contains(facts.personIdentifier) else {
        throw RecordFault("person", person.key, "no event tells of it")
      }
    }
  }

  /// Cases that name a NIK now were looked at one by one: there are no others.
  private func proveNIKs() throws {
    let rows = try transaction.fetch("SELECT nik, case_key FROM case_nik", []) { row in
      (nik: row[0] as String, key: row[1] as Int64)
    }
    for row in rows {
      let stored = try transaction.run(.behindStub, { $0.add(row.key) }, transaction.storedCase)
      guard stored?.record.facts.subject.nik?.text == row.nik else {
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
      """, []
    ) { (name: $0[0] as String, last: $0[1] as Int64) }
    for (name, last) in given {
      let counter = try transaction.run(.lastNumber, { $0.add(name) }, { $0[0] as Int64 }) ?? 0
      if counter < last { throw RecordFault("counter", name, "it is below what was given out") }
    }
  }
}
