internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// Cases: reading one, storing one.
extension Transaction {
  private static let versionSQL =
    CaseRow.select(from: "v") + "\nJOIN case_version v ON v.case_key = r.case_key\n" + CaseRow.joins(of: "v")
    + " WHERE r.id = ? AND v.version = ?"

  func stub(_ id: CaseID) throws -> CaseStub? {
    try fetchOne(statement(.stub), about: id, CaseListing.stub)
  }

  func caseRecord(_ id: CaseID) throws -> Case? { try stored(id)?.record }

  func caseRecord(_ id: CaseID, version: Int) throws -> Case? {
    try fetchOne(Self.versionSQL, [id.data, version]) { try CaseRow.decode($0).record }
  }

  func caseRecord(_ id: CaseID, recordedBy instant: Timestamp) throws -> Case? {
    let version: Int? =
      try fetchOne(
        """
        SELECT max(v.version) FROM case_version v JOIN case_record r ON r.case_key = v.case_key
        WHERE r.id = ? AND v.recorded_at <= ?
        """, [id.data, instant.milliseconds]
      ) { $0[0] as Int? } ?? nil
    return try version.flatMap { try caseRecord(id, version: $0) }
  }

  func caseRecord(_ id: CaseID, effectiveOn date: LegalDate) throws -> Case? {
    guard var current = try caseRecord(id), current.facts.source.receivedOn <= date else { return nil }
    let version: Int? =
      try fetchOne(
        """
        SELECT max(e.version) FROM event e JOIN case_record r ON r.case_key = e.case_key
        WHERE r.id = ? AND (e.what = 'created' OR e.occurred_on <= ?)
        """, [id.data, date.description]
      ) { $0[0] as Int? } ?? nil
    guard let version, let then = try caseRecord(id, version: version) else { return nil }
    // The day of receipt is a fact, and known now: the clock that starts with it follows a correction.
    var verification = current.progress.clocks.first { $0.kind == .verification }
    verification?.stoppedOn = then.progress.clocks.first { $0.kind == .verification }?.stoppedOn
    current.progress = then.progress
    current.progress.milestones[.received] = current.facts.source.receivedOn
    current.progress.clocks =
      (verification.map { [$0] } ?? []) + then.progress.clocks.filter { $0.kind != .verification }
    return current
  }

  func stored(_ id: CaseID) throws -> StoredCase? { try fetchOne(statement(.current), about: id, CaseRow.decode) }

  func key(of id: CaseID) throws -> Int64 {
    guard let key: Int64 = try fetchOne("SELECT case_key FROM case_record WHERE id = ?", [id.data], { $0[0] }) else {
      throw Failure.notFound
    }
    return key
  }

  func existingReport(_ facts: Facts) throws -> Case? { try reportID(facts).flatMap { try caseRecord($0) } }

  /// Identity of the case with this report number about this person.
  private func reportID(_ facts: Facts) throws -> CaseID? {
    try fetchOne(
      """
      SELECT r.id FROM case_record r JOIN person p ON p.person_key = r.person_key
      WHERE p.identifier = ? AND r.reported_by = ? AND r.agency_ref = ?
      """, [facts.personIdentifier, facts.source.agency.rawValue, facts.source.agencyRef]
    ) { try $0.identity(0) }
  }
}

extension Transaction {
  func create(_ id: CaseID, _ facts: Facts, _ progress: CaseProgress, _ event: EventDraft) throws -> Case {
    if try reportID(facts) != nil { throw Failure.reportExists }
    let person = try personKey(facts)
    var record = Case(
      id: id, number: try nextNumber(facts.source.receivedOn.year), version: 1, seq: try nextSequence(), facts: facts,
      progress: progress, createdAt: now, updatedAt: now)
    record.version = 1
    let shared = CaseColumns.values(record, factsVersion: 1, personKey: person)
    try execute(
      Self.insertSQL, [id.data, record.number, record.createdAt.milliseconds, CaseColumns.nextDue(progress)] + shared)
    let key = database.lastInsertedRowID
    touched.insert(VisibilityBasis(record))
    try execute(Self.firstVersionSQL, [key])
    try storePersonal(key, factsVersion: 1, facts)
    try index(key, narrative: facts.act.narrative)
    try store(event, key, record, personal: facts)
    return record
  }

  func update(_ old: Case, to new: Case, _ event: EventDraft) throws -> Case {
    guard let before = try keys(of: old.id) else { throw Failure.notFound }
    precondition(before.version == old.version, "a case is changed in the transaction that read it")
    var record = new
    record.version = old.version + 1
    record.seq = try nextSequence()
    record.updatedAt = now
    changedCases.insert(old.id)
    touched.formUnion([VisibilityBasis(old), VisibilityBasis(record)])
    let corrected = new.facts != old.facts
    let factsVersion = corrected ? record.version : before.factsVersion
    let person = corrected ? try personKey(new.facts) : before.personKey
    if corrected, let other = try reportID(new.facts), other != old.id { throw Failure.reportExists }
    let shared = CaseColumns.values(record, factsVersion: factsVersion, personKey: person)
    try execute(Self.nextVersionSQL, [before.key] + shared)
    // Columns that an action leaves alone are not written, so that their indexes are not either.
    try execute(
      corrected ? Self.correctSQL : Self.advanceSQL, [CaseColumns.nextDue(record.progress), before.key, record.version])
    if corrected {
      try storePersonal(before.key, factsVersion: factsVersion, new.facts)
      try unindex(before.key, narrative: old.facts.act.narrative)
      try index(before.key, narrative: new.facts.act.narrative)
    }
    try store(event, before.key, record, personal: corrected ? new.facts : nil)
    return record
  }

  func append(_ event: EventDraft, to record: Case) throws {
    try store(event, try key(of: record.id), record, personal: nil, ownSequence: try nextSequence())
  }

  private static let insertSQL = """
    INSERT INTO case_record (id, number, created_at, next_due_on, \(CaseColumns.list))
    VALUES (?, ?, ?, ?, \(CaseColumns.placeholders))
    """
  private static let firstVersionSQL = """
    INSERT INTO case_version (case_key, \(CaseColumns.list))
    SELECT case_key, \(CaseColumns.list) FROM case_record WHERE case_key = ?
    """
  private static let nextVersionSQL =
    "INSERT INTO case_version (case_key, \(CaseColumns.list)) VALUES (?, \(CaseColumns.placeholders))"
  private static let correctSQL = updateSQL(CaseColumns.list)
  private static let advanceSQL = updateSQL(CaseColumns.moved.joined(separator: ", "))

  /// Takes columns of the current row from the version that was just stored.
  private static func updateSQL(_ columns: String) -> String {
    """
    UPDATE case_record SET next_due_on = ?1,
      (\(columns)) = (SELECT \(columns) FROM case_version WHERE case_key = ?2 AND version = ?3)
    WHERE case_key = ?2
    """
  }

  /// What of a case only the store knows.
  private func keys(of id: CaseID) throws -> (key: Int64, version: Int, factsVersion: Int, personKey: Int64)? {
    try fetchOne("SELECT case_key, version, facts_version, person_key FROM case_record WHERE id = ?", [id.data]) {
      ($0[0], $0[1], $0[2], $0[3])
    }
  }

  /// Under the one writer the next number is the highest one plus one: gap-free and in commit order.
  private func nextSequence() throws -> Int64 {
    try fetchOne("SELECT coalesce(max(seq), 0) + 1 FROM event", []) { $0[0] } ?? 1
  }

  private func nextNumber(_ year: Int) throws -> String {
    let count: Int =
      try fetchOne(
        """
        INSERT INTO case_counter (year, last) VALUES (?, 1)
        ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last
        """, [year]
      ) { $0[0] } ?? 1
    let digits = String(count)
    return "\(year)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private func personKey(_ facts: Facts) throws -> Int64 {
    let identifier = facts.personIdentifier
    if let key: Int64 = try fetchOne("SELECT person_key FROM person WHERE identifier = ?", [identifier], { $0[0] }) {
      return key
    }
    try execute("INSERT INTO person (identifier) VALUES (?)", [identifier])
    return database.lastInsertedRowID
  }

  private func storePersonal(_ key: Int64, factsVersion: Int, _ facts: Facts) throws {
    try execute(
      "INSERT INTO case_subject (case_key, facts_version, name, nip, nik, position_title) VALUES (?, ?, ?, ?, ?, ?)",
      [
        key, factsVersion, facts.subject.name, facts.subject.nip?.text, facts.subject.nik?.text,
        facts.subject.positionTitle,
      ])
    try execute(
      """
      INSERT INTO case_narrative (case_key, facts_version, place, narrative, urls, witnesses) VALUES (?, ?, ?, ?, ?, ?)
      """, [key, factsVersion, facts.act.place, facts.act.narrative, facts.act.urlsJSON, facts.act.witnessesJSON])
    try execute(
      "INSERT INTO case_reporter (case_key, facts_version, mode, name, contact) VALUES (?, ?, ?, ?, ?)",
      [key, factsVersion, facts.reporter.mode.rawValue, facts.reporter.name, facts.reporter.contact])
  }
}

extension Facts {
  /// The person, as two reports about the same one would give them.
  var personIdentifier: String {
    if let nip = subject.nip { return "nip:\(nip.text)" }
    if let nik = subject.nik { return "nik:\(nik.text)" }
    return "name:\(subject.name.lowercased())@\(institution.code)"
  }
}

extension Act {
  var urlsJSON: String {
    var writer = JSONWriter(reserving: 64)
    writer.beginArray()
    for url in urls { writer.string(url) }
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  var witnessesJSON: String {
    var writer = JSONWriter(reserving: 64)
    writer.beginArray()
    for witness in witnesses {
      writer.beginObject()
      writer.member("name", witness.name)
      if let contact = witness.contact { writer.member("contact", contact) }
      writer.endObject()
    }
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension Failure {
  static let reportExists = Failure(
    .reportExists, en: "Your agency has already reported this person under this number.",
    id: "Lembaga Anda sudah melaporkan orang ini dengan nomor tersebut.",
    errors: [FieldError(pointer: "/source/agency_ref", .duplicate)])
}
