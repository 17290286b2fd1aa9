internal import Domain
internal import Foundation
internal import GRDB
internal import JSON
internal import Merkle
internal import Service

/// Cases: reading one, storing one.
extension Transaction {
  private static let versionSQL = """
    SELECT \(StoredCase.columns) FROM event e JOIN case_record r ON r.case_key = e.case_key
    WHERE e.seq = ?
    """

  /// The events of a case that made versions.
  private static let versionsSQL = """
    FROM event e JOIN case_record r ON r.case_key = e.case_key WHERE r.id = ? AND e.progress IS NOT NULL
    """

  func stub(_ id: CaseID) throws -> CaseStub? {
    try run(.stub, { $0.add(id) }, CaseListing.stub)
  }

  func caseRecord(_ id: CaseID) throws -> Case? { try stored(id)?.record }

  func caseRecord(behind stub: CaseStub) throws -> Case? {
    try run(.behindStub, { $0.add(stub.key) }, storedCase)?.record
  }

  func caseRecord(_ id: CaseID, version: Int) throws -> Case? {
    let seq: Int64? = try fetchOne(
      "SELECT e.seq \(Self.versionsSQL) AND e.version = ? ORDER BY e.seq LIMIT 1", [id.data, version]
    ) { $0[0] }
    return try seq.flatMap { try versionMade(at: $0) }
  }

  func caseRecord(_ id: CaseID, recordedBy instant: Timestamp) throws -> Case? {
    let seq: Int64? =
      try fetchOne(
        "SELECT max(e.seq) \(Self.versionsSQL) AND e.recorded_at <= ?", [id.data, instant.milliseconds]
      ) { $0[0] as Int64? } ?? nil
    return try seq.flatMap { try versionMade(at: $0) }
  }

  /// The version that an event has made.
  func versionMade(at seq: Int64) throws -> Case? { try fetchOne(Self.versionSQL, [seq]) { try storedCase($0).record } }

  func caseRecord(_ id: CaseID, effectiveOn date: LegalDate) throws -> Case? {
    guard var current = try caseRecord(id), current.facts.source.receivedOn <= date else { return nil }
    guard let version = try effectiveVersion(id, on: date), let then = try caseRecord(id, version: version) else {
      return nil
    }
    // The day of receipt is a fact, and known now: the clock that starts with it follows a correction.
    var verification = then.progress.clock(.verification)
    if verification?.startedOn != current.facts.source.receivedOn {
      verification = current.progress.clock(.verification)
      verification?.stoppedOn = then.progress.clock(.verification)?.stoppedOn
      verification?.recordedOn = then.progress.clock(.verification)?.recordedOn
      verification?.pauses = then.progress.clock(.verification)?.pauses ?? []
    }
    current.progress = then.progress
    current.progress.milestones[.received] = current.facts.source.receivedOn
    current.progress.clocks =
      (verification.map { [$0] } ?? []) + then.progress.clocks.filter { $0.kind != .verification }
    return current
  }

  func stored(_ id: CaseID) throws -> StoredCase? { try run(.current, { $0.add(id) }, storedCase) }

  func key(of id: CaseID) throws -> Int64 {
    guard let key: Int64 = try fetchOne("SELECT case_key FROM case_record WHERE id = ?", [id.data], { $0[0] }) else {
      throw Failure.notFound
    }
    return key
  }

  func existingReport(_ facts: Facts) throws -> Case? {
    guard let person = try personKey(facts) else { return nil }
    return try (reportID(digest(ofReport: facts), facts.source.agency, person) ?? formerReportID(facts, person)).flatMap
    { try caseRecord($0) }
  }

  func isFormerReport(_ facts: Facts) throws -> Bool {
    guard let person = try personKey(facts), try reportID(digest(ofReport: facts), facts.source.agency, person) == nil
    else { return false }
    return try formerReportID(facts, person) != nil
  }

  /// Identity of the case that was known by this number and person before a correction.
  private func formerReportID(_ facts: Facts, _ person: Int64) throws -> CaseID? {
    try fetchOne(
      """
      SELECT r.id FROM former_report f JOIN case_record r ON r.case_key = f.case_key
      WHERE f.agency_ref_digest = ? AND f.person_key = ? AND f.reported_by = ? AND r.disputed_for IS NULL
      ORDER BY f.case_key LIMIT 1
      """, [try digest(ofReport: facts), person, facts.source.agency.rawValue]
    ) { try $0.identity(0) }
  }

  /// The number of our own of the person; nil when no report about that one was stored.
  private func personKey(_ facts: Facts) throws -> Int64? {
    let digest = try digest(.person, facts.personIdentifier)
    return try run(.personKey, { $0.add(digest) }, { $0[0] })
  }

  /// Identity of the case with this report number about this person.
  private func reportID(_ number: String, _ agency: AgencyCode, _ person: Int64) throws -> CaseID? {
    try run(
      .reportID,
      {
        $0.add(number)
        $0.add(agency)
        $0.add(person)
      }, { try $0.identity(0) })
  }

  /// How a report is found by its number, in whichever case and width that is spelled.
  func digest(ofReport facts: Facts) throws -> String { try digest(.report, PlainText.folded(facts.source.agencyRef)) }
}

extension Transaction {
  func create(_ history: CaseHistory) throws -> Case { try create(PreparedCase(history, requireVault())) }

  func create(_ prepared: any PreparedHistory) throws -> Case {
    let prepared = try prepared as? PreparedCase ?? PreparedCase(prepared.history, requireVault())
    var history = prepared.history
    // This changes the progress of versions, and nothing of what was prepared.
    history.recordStops(on: LegalDate(inJakarta: now))
    var record = history.record
    try requireUnerased(record.facts, prepared.names)
    try requireSealedReporter(record.facts)
    let number = prepared.names.report
    let person = try reportedPerson(record.facts, prepared.names, in: record.id)
    let keys = ReportKeys(person: person, report: try reportKey(number, record.facts))
    let dataKeys = prepared.keys.use()
    usedKeys.append(prepared.keys)
    try use(max(dataKeys.person, dataKeys.reporter))
    let places = try places(of: history, keys)
    record.number = try nextNumber(record.facts.source.receivedOn.year)
    (record.seq, record.createdAt, record.updatedAt) = (places[places.endIndex - 1].versionSeq, now, now)
    // The record comes first, since all else refers to it.
    try run(.insertRecord) {
      RecordColumns.addLasting(record, to: &$0)
      RecordColumns.addFacts(record, keys, number: number, dataKeys, to: &$0)
      RecordColumns.addProgress(record, to: &$0)
    }
    let key = database.lastInsertedRowID
    var commitments = Commitments()
    for (index, (entry, place)) in zip(history.entries, places).enumerated() {
      var version = entry.record
      version.number = record.number
      // The leaf of the report says how many versions came with it.
      version.provenance.importedVersions = record.provenance.importedVersions
      touched.insert(VisibilityBasis(version))
      let made = try store(entry.event, prepared.parts[index], version, place, key, dataKeys, after: commitments)
      if place.makesVersion { commitments = made }
    }
    record.commitments = commitments.ofState
    try setNIK(of: key, from: nil, to: record.facts.subject.nik)
    countWords(record.facts)
    return record
  }

  func update(_ old: Case, to new: Case, _ event: EventDraft) throws -> Case {
    guard let before = try known(old.id) else { throw Failure.notFound }
    if before.isErased { throw Failure.caseErased }
    precondition(before.version == old.version, "a case is changed in the transaction that read it")
    let isCorrected = !new.hasFacts(of: old)
    if isCorrected { try requireSealedReporter(new.facts, before: old.facts) }
    // A disputed report frees its number, and counts for nobody.
    let isDisputed = new.provenance.isDisputed && !old.provenance.isDisputed
    let keys = try self.keys(of: new, old, before, isDisputed: isDisputed)
    var dataKeys = before.dataKeys
    // Another person has values of their own, which one can erase without those of the other.
    if isCorrected, keys.person != before.keys.person { dataKeys.person = try nextDataKey() }
    var record = new
    record.version = old.version + 1
    record.seq = try nextSequence()
    record.updatedAt = now
    record.progress.recordStops(on: LegalDate(inJakarta: now))
    changedCases.insert(old.id)
    touched.formUnion([VisibilityBasis(old), VisibilityBasis(record)])
    let place = VersionPlace(
      seq: record.seq, versionSeq: record.seq, factsSeq: isCorrected ? record.seq : before.factsSeq,
      referencesSeq: References.areSame(old, record) ? before.referencesSeq : record.seq, keys: keys)
    // Files stay where the rest falls back to an earlier version.
    let hasEvidence = record.evidence != old.evidence
    record.progress.evidenceSeq = hasEvidence ? record.seq : old.progress.evidenceSeq
    let parts = BroughtParts(
      event.texts, record, hasFacts: isCorrected, hasReferences: place.referencesSeq == place.seq,
      hasEvidence: hasEvidence, &salts)
    record.commitments = try store(event, parts, record, place, before.key, dataKeys, after: before.commitments).ofState
    // Columns that an action leaves alone are not written, so that their indexes are not either.
    let isRewritten = isCorrected || isDisputed
    let number = isRewritten ? try digest(ofReport: record.facts) : ""
    try run(isRewritten ? .correctRecord : .advanceRecord) {
      RecordColumns.addProgress(record, to: &$0)
      if isRewritten { RecordColumns.addFacts(record, keys, number: number, dataKeys, to: &$0) }
      $0.add(before.key)
    }
    try setNIK(of: before.key, from: old.facts.subject.nik, to: record.facts.subject.nik)
    if isCorrected { countWords(new.facts) }
    if hasEvidence { try noteStanding(record, before.key) }
    return record
  }

  /// The numbers of person and report after a change; what the case was known by before is kept.
  private func keys(of new: Case, _ old: Case, _ before: Known, isDisputed: Bool) throws -> ReportKeys {
    var keys = before.keys
    // Reports of earlier releases that fold together stay apart.
    let isOtherReport = !new.hasFacts(of: old) && !new.facts.isSameReport(as: old.facts)
    if isOtherReport { try requireUnerased(new.facts, ReportNames(new.facts, requireVault())) }
    if isDisputed {
      (keys.person, keys.twin) = (try next(.persons), 0)
    } else if isOtherReport {
      (keys.person, keys.twin) = (try reportedPerson(new.facts, ReportNames(new.facts, requireVault()), in: old.id), 0)
    }
    guard isOtherReport else { return keys }
    let (number, newNumber) = (try digest(ofReport: old.facts), try digest(ofReport: new.facts))
    if number != newNumber || new.facts.source.agency != old.facts.source.agency {
      keys.report = try reportKey(newNumber, new.facts)
    }
    try execute(
      "INSERT OR IGNORE INTO former_report (agency_ref_digest, person_key, reported_by, case_key) VALUES (?, ?, ?, ?)",
      [number, before.keys.person, old.facts.source.agency.rawValue, before.key])
    return keys
  }

  /// A person's NIK is found by the cases that name it now.
  private func setNIK(of key: Int64, from old: NIK?, to new: NIK?) throws {
    if old == new { return }
    for (nik, statement) in [(old, KeptStatement.deleteNIK), (new, .insertNIK)] {
      guard let nik else { continue }
      let digest = try digest(.nik, nik.text)
      try run(statement) {
        $0.add(digest)
        $0.add(key)
      }
    }
  }

  /// The index of words takes room as the texts do.
  private func countWords(_ facts: Facts) {
    pending.jobBytes += Int64(facts.act.narrative.utf8.count + facts.subject.name.utf8.count)
  }

  func append(_ event: EventDraft, to record: Case) throws {
    guard let known = try known(record.id) else { throw Failure.notFound }
    if known.isErased { throw Failure.caseErased }
    let place = VersionPlace(
      seq: try nextSequence(), versionSeq: record.seq, factsSeq: known.factsSeq, referencesSeq: known.referencesSeq,
      keys: known.keys)
    let parts = BroughtParts(event.texts, nil, hasFacts: false, hasReferences: false, &salts)
    try store(event, parts, record, place, known.key, known.dataKeys, after: known.commitments)
  }

  /// Gives a history its sequences before any of it is written.
  private func places(of history: CaseHistory, _ keys: ReportKeys) throws -> [VersionPlace] {
    var places: [VersionPlace] = []
    places.reserveCapacity(history.entries.count)
    for index in history.entries.indices {
      let seq = try nextSequence()
      var place = VersionPlace(seq: seq, versionSeq: seq, factsSeq: seq, referencesSeq: seq, keys: keys)
      if let before = places.last {
        let (record, earlier) = (history.entries[index].record, history.entries[index - 1].record)
        if record.version == earlier.version { place.versionSeq = before.versionSeq }
        if record.hasFacts(of: earlier) { place.factsSeq = before.factsSeq }
        if References.areSame(record, earlier) { place.referencesSeq = before.referencesSeq }
      }
      places.append(place)
    }
    return places
  }

  /// Stores an event with all that it has brought, and its leaf.
  ///
  /// - Parameters:
  ///   - parts: what the event brings that is known before its place is.
  ///   - dataKeys: of the case as it is after the event.
  ///   - earlier: what the version before has committed to.
  /// - Returns: what this one commits to.
  @discardableResult
  private func store(
    _ event: EventDraft, _ parts: BroughtParts, _ record: Case, _ place: VersionPlace, _ key: Int64,
    _ dataKeys: DataKeys, after earlier: Commitments
  ) throws -> Commitments {
    let document = EventDocument(event, record, place, at: now)
    var parts = parts
    if let letters = document.letters { parts.add(.letters, letters, &salts) }
    if let wish = try takeWish(of: event, key, at: place.seq) { parts.add(.correction, wish, &salts) }
    var commitments = place.makesVersion ? earlier.lasting : Commitments()
    commitments.add(parts.commitments)
    let leaf = try log(document, &commitments)
    try run(.insertEvent) { EventColumns.add(document, place, key, leaf: leaf, commitments, to: &$0) }
    try insert(parts.stored, place.seq, of: document.id, record.version, with: dataKeys)
    return commitments
  }

  /// What of a case only the store knows.
  private struct Known {
    var key: Int64
    var version: Int
    var factsSeq: Int64
    var referencesSeq: Int64
    var keys: ReportKeys
    var commitments: Commitments
    var dataKeys: DataKeys
    var isErased: Bool
  }

  private func known(_ id: CaseID) throws -> Known? {
    try run(
      .keys, { $0.add(id) },
      {
        Known(
          key: $0[0], version: $0[1], factsSeq: $0[2], referencesSeq: $0[3],
          keys: ReportKeys(person: $0[4], report: $0[5], twin: $0[6]),
          commitments: Commitments($0[7] as [UInt8]) ?? Commitments(),
          dataKeys: DataKeys(person: $0[8], reporter: $0[9]), isErased: !$0.isNull(10))
      })
  }

  /// The number of our own of the person the facts are about.
  ///
  /// - Throws: `report_exists`, before anything is written, when another case than `id` has this report about that one.
  private func reportedPerson(_ facts: Facts, _ names: ReportNames, in id: CaseID) throws -> Int64 {
    if let person = try run(.personKey, { $0.add(names.person) }, { $0[0] as Int64 }) {
      if let other = try reportID(names.report, facts.source.agency, person), other != id {
        throw Failure.reportExists(other)
      }
      return person
    }
    let person = try next(.persons)
    try run(.insertPerson) {
      $0.add(names.person)
      $0.add(person)
    }
    return person
  }

  /// The number of our own of the report, which all its cases share.
  private func reportKey(_ number: String, _ facts: Facts) throws -> Int64 {
    let bind = { (arguments: inout Arguments) in
      arguments.add(number)
      arguments.add(facts.source.agency)
    }
    let known: Int64? = try run(.reportKey, bind, { $0[0] })
    return try known ?? next(.reports)
  }
}

extension Failure {
  static func reportExists(_ id: CaseID) -> Failure {
    var failure = Failure(
      .reportExists, en: "Your agency has already reported this person under this number.",
      inIndonesian: "Lembaga Anda sudah melaporkan orang ini dengan nomor tersebut.",
      errors: [
        FieldError(
          pointer: "/source/agency_ref", .duplicate,
          LocalizedText(en: "This report is on record already.", inIndonesian: "Laporan ini sudah tercatat."))
      ])
    failure.existing = id
    return failure
  }
}
