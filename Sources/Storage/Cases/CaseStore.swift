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
    try run(.stub, { $0.add(id) }, CaseListing.stub)
  }

  func caseRecord(_ id: CaseID) throws -> Case? { try stored(id)?.record }

  func caseRecord(behind stub: CaseStub) throws -> Case? {
    try run(.behindStub, { $0.add(stub.key) }, CaseRow.decode)?.record
  }

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

  func stored(_ id: CaseID) throws -> StoredCase? { try run(.current, { $0.add(id) }, CaseRow.decode) }

  func key(of id: CaseID) throws -> Int64 {
    guard let key: Int64 = try fetchOne("SELECT case_key FROM case_record WHERE id = ?", [id.data], { $0[0] }) else {
      throw Failure.notFound
    }
    return key
  }

  func existingReport(_ facts: Facts) throws -> Case? {
    guard let person = try personKey(facts) else { return nil }
    return try (reportID(facts, person) ?? formerReportID(facts, person)).flatMap { try caseRecord($0) }
  }

  func isFormerReport(_ facts: Facts) throws -> Bool {
    guard let person = try personKey(facts), try reportID(facts, person) == nil else { return false }
    return try formerReportID(facts, person) != nil
  }

  /// Identity of the case that was known by this number and person before a correction.
  private func formerReportID(_ facts: Facts, _ person: Int64) throws -> CaseID? {
    try fetchOne(
      """
      SELECT r.id FROM former_report f JOIN case_record r ON r.case_key = f.case_key
      WHERE f.agency_ref_folded = ? AND f.person_key = ? AND f.reported_by = ? AND r.disputed_for IS NULL
      ORDER BY f.case_key LIMIT 1
      """, [PlainText.folded(facts.source.agencyRef), person, facts.source.agency.rawValue]
    ) { try $0.identity(0) }
  }

  /// The number of our own of the person; nil when no report about that one was stored.
  private func personKey(_ facts: Facts) throws -> Int64? {
    try run(.personKey, { $0.add(facts.personIdentifier) }, { $0[0] })
  }

  /// Identity of the case with this report number about this person.
  private func reportID(_ facts: Facts, _ person: Int64) throws -> CaseID? {
    try run(
      .reportID,
      {
        $0.add(PlainText.folded(facts.source.agencyRef))
        $0.add(person)
        $0.add(facts.source.agency)
      }, { try $0.identity(0) })
  }
}

extension Transaction {
  func create(_ history: CaseHistory) throws -> Case {
    var history = history
    history.recordStops(on: LegalDate(inJakarta: now))
    var record = history.record
    let person = try reportedPerson(record.facts, in: record.id)
    let places = try places(of: history)
    let last = places[places.endIndex - 1]
    record.number = try nextNumber(record.facts.source.receivedOn.year)
    (record.seq, record.createdAt, record.updatedAt) = (last.versionSeq, now, now)
    // The record comes first, since all else refers to it.
    try run(.insertRecord) {
      $0.add(record.id)
      $0.add(record.number)
      $0.add(now)
      $0.add(CaseColumns.nextDue(record.progress))
      $0.add(CaseColumns.pausedDue(record.progress))
      $0.add(CaseColumns.appealDue(record.progress))
      $0.add(CaseColumns.recordedLate(record.progress))
      $0.add(CaseColumns.pausedUntil(record.progress))
      $0.add(record.provenance.importer)
      $0.add(record.provenance.importer == nil ? nil : record.provenance.importedVersions)
      $0.add(PlainText.folded(record.facts.source.agencyRef))
      CaseColumns.add(record, last, at: now, personKey: person, to: &$0)
    }
    let key = database.lastInsertedRowID
    for index in places.indices {
      touched.insert(VisibilityBasis(history.entries[index].record))
      try store(history.entries[index].event, history.entries[index].record, places[index], key, person)
    }
    index(record.facts.words, of: key, isAdded: true)
    return record
  }

  func update(_ old: Case, to new: Case, _ event: EventDraft) throws -> Case {
    guard let before = try keys(of: old.id) else { throw Failure.notFound }
    precondition(before.version == old.version, "a case is changed in the transaction that read it")
    let isCorrected = new.facts != old.facts
    // A disputed report frees its number, and counts for nobody.
    let isDisputed = new.provenance.isDisputed && !old.provenance.isDisputed
    // Reports of earlier releases that fold together stay apart.
    let isOtherReport = isCorrected && !new.facts.isSameReport(as: old.facts)
    let person =
      isDisputed ? try newPerson(nil) : isOtherReport ? try reportedPerson(new.facts, in: old.id) : before.personKey
    if isOtherReport {
      try execute(
        "INSERT OR IGNORE INTO former_report (agency_ref_folded, person_key, reported_by, case_key) VALUES (?, ?, ?, ?)",
        [
          PlainText.folded(old.facts.source.agencyRef), before.personKey, old.facts.source.agency.rawValue, before.key,
        ])
    }
    var record = new
    record.version = old.version + 1
    record.seq = try nextSequence()
    record.updatedAt = now
    record.progress.recordStops(on: LegalDate(inJakarta: now))
    changedCases.insert(old.id)
    touched.formUnion([VisibilityBasis(old), VisibilityBasis(record)])
    let factsVersion = isCorrected ? record.version : before.factsVersion
    let place = VersionPlace(seq: record.seq, versionSeq: record.seq, factsVersion: factsVersion)
    try store(event, record, place, before.key, person)
    // Columns that an action leaves alone are not written, so that their indexes are not either.
    let isRewritten = isCorrected || isDisputed
    try run(isRewritten ? .correctRecord : .advanceRecord) {
      $0.add(CaseColumns.nextDue(record.progress))
      $0.add(before.key)
      $0.add(record.version)
      $0.add(CaseColumns.pausedDue(record.progress))
      $0.add(CaseColumns.appealDue(record.progress))
      $0.add(CaseColumns.recordedLate(record.progress))
      $0.add(CaseColumns.pausedUntil(record.progress))
      if isRewritten { $0.add(PlainText.folded(record.facts.source.agencyRef)) }
    }
    if isCorrected, new.facts.words != old.facts.words {
      index(old.facts.words, of: before.key, isAdded: false)
      index(new.facts.words, of: before.key, isAdded: true)
    }
    return record
  }

  /// Words are told to their index at the end of the batch, and take room as the narrative does.
  private func index(_ texts: WordChange.Texts, of key: Int64, isAdded: Bool) {
    pending.words.append(WordChange(caseKey: key, texts: texts, isAdded: isAdded))
    if isAdded { pending.jobBytes += Int64(texts.narrative.utf8.count + texts.name.utf8.count) }
  }

  func append(_ event: EventDraft, to record: Case) throws {
    guard let keys = try keys(of: record.id) else { throw Failure.notFound }
    let place = VersionPlace(seq: try nextSequence(), versionSeq: record.seq, factsVersion: keys.factsVersion)
    try store(event, record, place, keys.key, keys.personKey)
  }

  /// Gives a history its sequences before any of it is written.
  private func places(of history: CaseHistory) throws -> [VersionPlace] {
    var places: [VersionPlace] = []
    places.reserveCapacity(history.entries.count)
    for index in history.entries.indices {
      let seq = try nextSequence()
      var place = VersionPlace(seq: seq, versionSeq: seq, factsVersion: 1)
      if let before = places.last {
        let version = history.entries[index].record.version
        if version == history.entries[index - 1].record.version { place.versionSeq = before.versionSeq }
        let isSame = history.entries[index].record.facts == history.entries[index - 1].record.facts
        place.factsVersion = isSame ? before.factsVersion : version
      }
      places.append(place)
    }
    return places
  }

  /// Stores an event, and the version and facts it has brought.
  private func store(_ event: EventDraft, _ record: Case, _ place: VersionPlace, _ key: Int64, _ person: Int64) throws {
    if place.makesVersion {
      try run(.insertVersion) {
        $0.add(key)
        CaseColumns.add(record, place, at: now, personKey: person, to: &$0)
      }
    }
    let bringsFacts = place.makesVersion && place.factsVersion == record.version
    if bringsFacts { try storePersonal(key, place.factsVersion, record.facts) }
    try store(event, place.seq, key, record, personal: bringsFacts ? record.facts : nil)
  }

  /// What of a case only the store knows.
  private func keys(of id: CaseID) throws -> (key: Int64, version: Int, factsVersion: Int, personKey: Int64)? {
    try run(.keys, { $0.add(id) }, { ($0[0], $0[1], $0[2], $0[3]) })
  }

  /// The number of our own of the person the facts are about.
  ///
  /// - Throws: `report_exists`, before anything is written, when another case than `id` has this report about that one.
  private func reportedPerson(_ facts: Facts, in id: CaseID) throws -> Int64 {
    if let person = try personKey(facts) {
      if let other = try reportID(facts, person), other != id { throw Failure.reportExists(other) }
      return person
    }
    return try newPerson(facts.personIdentifier)
  }

  /// A number of our own for a person; without an identifier, one by whom nobody is found.
  private func newPerson(_ identifier: String?) throws -> Int64 {
    try run(.insertPerson) { $0.add(identifier) }
    return database.lastInsertedRowID
  }

  private func storePersonal(_ key: Int64, _ factsVersion: Int, _ facts: Facts) throws {
    try run(.insertSubject) {
      $0.add(key)
      $0.add(factsVersion)
      $0.add(facts.subject.name)
      $0.add(facts.subject.nip?.text)
      $0.add(facts.subject.nik?.text)
      $0.add(facts.subject.positionTitle)
    }
    try run(.insertNarrative) {
      $0.add(key)
      $0.add(factsVersion)
      $0.add(facts.act.place)
      $0.add(facts.act.narrative)
      $0.add(facts.act.urlsJSON)
      $0.add(facts.act.witnessesJSON)
    }
    try run(.insertReporter) {
      $0.add(key)
      $0.add(factsVersion)
      $0.add(facts.reporter.mode)
      $0.add(facts.reporter.name)
      $0.add(facts.reporter.contact)
    }
  }
}

/// Where an event and the version it has led to stand in the order of all.
struct VersionPlace {
  /// The sequence of the event.
  var seq: Int64
  /// The sequence of the version the case is then at: an earlier one when the event left the case as it was.
  var versionSeq: Int64
  /// The version that brought the facts.
  var factsVersion: Int

  var makesVersion: Bool { seq == versionSeq }
}

extension Facts {
  /// What the index of words knows.
  var words: WordChange.Texts { WordChange.Texts(narrative: act.narrative, name: subject.name) }
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
  static func reportExists(_ id: CaseID) -> Failure {
    var failure = Failure(
      .reportExists, en: "Your agency has already reported this person under this number.",
      id: "Lembaga Anda sudah melaporkan orang ini dengan nomor tersebut.",
      errors: [
        FieldError(
          pointer: "/source/agency_ref", .duplicate,
          LocalizedText(en: "This report is on record already.", id: "Laporan ini sudah tercatat."))
      ])
    failure.existing = id
    return failure
  }
}
