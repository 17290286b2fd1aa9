internal import Domain
internal import GRDB
internal import JSON
internal import Service

/// A case with the numbers that only the store knows.
struct StoredCase {
  var key: Int64
  var keys: ReportKeys
  /// The sequence of the event that brought its facts, and that of the one that brought its references.
  var factsSeq: Int64
  var referencesSeq: Int64
  var record: Case
  /// False where its personal values cannot be told: they were erased, or nobody has the keys.
  var isOpen = true
}

extension StoredCase {
  /// What is selected of `case_record r` and of the `event e` that made the version.
  static let columns = """
    r.case_key, r.id, r.number, r.created_at, r.imported_by, r.imported_versions, r.twin, e.seq, e.version, \
    e.recorded_at, e.person_key, e.report_key, e.facts_seq, e.references_seq, e.unconfirmed, e.disputed_for, e.progress, \
    e.commitments, r.erased_on
    """
  static let width = 19
}

extension Transaction {
  /// Reads a version of a case from its row, and the parts that belong to it.
  func storedCase(_ row: StoredRow) throws -> StoredCase {
    var provenance = Provenance(importer: (row[4] as String?).map { AgencyCode(rawValue: $0) })
    provenance.importedVersions = row[5]
    provenance.unconfirmed = try ProvenanceColumns.acts(row[14])
    provenance.disputedFor = ProvenanceColumns.agencies(row[15])
    let (factsSeq, referencesSeq): (Int64, Int64) = (row[12], row[13])
    do {
      guard let document = row.utf8(16) else { throw DatabaseError(message: "an event has made no version") }
      var progress = try ProgressDocument.progress(document)
      var facts = Facts.blank
      let isOpen = try readParts(factsSeq, referencesSeq, of: try row.identity(1), &facts, &progress)
      let evidence = try progress.evidenceSeq.map { try self.evidence(at: $0, of: row.identity(1)) } ?? []
      var record = Case(
        id: try row.identity(1), number: row[2], version: row[8], seq: row[7], facts: facts, progress: progress,
        provenance: provenance, createdAt: Timestamp(milliseconds: row[3]),
        updatedAt: Timestamp(milliseconds: row[9]))
      record.commitments = CaseListing.commitments(row, from: 17)
      record.erasedOn = row.day(18)
      record.evidence = evidence
      return StoredCase(
        key: row[0], keys: ReportKeys(person: row[10], report: row[11], twin: row[6]), factsSeq: factsSeq,
        referencesSeq: referencesSeq, record: record, isOpen: isOpen)
    } catch let error as JSONReader.Malformed {
      throw DatabaseError(message: "a stored document is malformed at byte \(error.offset)")
    }
  }

  /// The files that a case has, as an event has told of them; none where nobody can tell.
  private func evidence(at seq: Int64, of id: CaseID) throws -> [EvidenceItem] {
    var (items, isThere): ([EvidenceItem], Bool) = ([], false)
    let key = CasePart.evidence.key(at: seq)
    try forEach(
      .parts,
      {
        $0.add(key)
        $0.add(key)
      },
      { row in
        isThere = true
        try withContent(row, of: id) { bytes in
          var reader = JSONReader(bytes)
          try reader.beginObject()
          while try reader.nextName() != nil { items = try EvidenceDocument.read(from: &reader) }
          try reader.end()
        }
      })
    guard isThere else { throw DatabaseError(message: "a part of a case is missing") }
    return items
  }

  /// - Returns: whether what is sealed could be opened.
  private func readParts(
    _ factsSeq: Int64, _ referencesSeq: Int64, of id: CaseID, _ facts: inout Facts, _ progress: inout CaseProgress
  ) throws -> Bool {
    var count = 0
    var isOpen = false
    func read(_ first: CasePart, _ last: CasePart, at seq: Int64) throws {
      let keys = (first.key(at: seq), last.key(at: seq))
      try forEach(
        .parts,
        {
          $0.add(keys.0)
          $0.add(keys.1)
        },
        { row in
          count += 1
          try withContent(row, of: id) { bytes in
            switch CasePart(ofKey: row[0]) {
            case .core?: try FactsDocument.core.read(bytes, into: &facts)
            case .subject?:
              isOpen = true
              try FactsDocument.subject.read(bytes, into: &facts)
            case .narrative?: try FactsDocument.narrative.read(bytes, into: &facts)
            case .reporter?: try FactsDocument.reporter.read(bytes, into: &facts)
            case .references?: try References.read(bytes, &facts, &progress)
            default: break
            }
          }
        })
    }
    // Those of one event lie side by side.
    if referencesSeq == factsSeq {
      try read(.core, .references, at: factsSeq)
    } else {
      try read(.core, .reporter, at: factsSeq)
      try read(.references, .references, at: referencesSeq)
    }
    guard count == CasePart.facts.count + 1 else { throw DatabaseError(message: "a part of a case is missing") }
    return isOpen
  }
}
