internal import Crypto
internal import Domain
internal import Foundation
internal import GRDB

/// Loads the states of all cases for statistics, and brings them up to date: each version is read once.
///
/// Versions are never changed, so that they can be read in parts, each from the newest state of the file; what is younger
/// than the first part comes at the end.
final class StatesLoader {
  private(set) var states = CaseStates()
  private var reports: [ReportKey: Int] = [:]

  /// Versions of one part: well under a second.
  private static let partKeys = 20_000

  /// Adds what has been stored since.
  ///
  /// - Parameter isClosing: asked between two parts.
  /// - Throws: `busy` when it is true; `storage_unavailable` when the file cannot be read in time.
  func refresh(_ reader: Reader, isClosing: () -> Bool) throws {
    do {
      if states.seq == 0 { try loadAll(reader, isClosing) }
      while try !addPart(reader) {
        if isClosing() { throw Failure.lineFull }
      }
    } catch {
      // A part may have been added by half: nothing may be counted twice.
      states = CaseStates()
      reports = [:]
      throw error
    }
  }

  /// Adds a part of what is new; true when nothing is left.
  private func addPart(_ reader: Reader) throws -> Bool {
    try reader.read { transaction in
      let head = try transaction.head()
      guard head > states.seq else { return true }
      let upTo = min(head, states.seq + Int64(Self.partKeys))
      try transaction.forEachState(Self.newerSQL, [states.seq, upTo]) { try add($0, factsAsBefore: false) }
      states.complete(upTo: upTo)
      return upTo == head
    }
  }

  /// Reads what a file holds at first, case by case, which is faster than in the order of events.
  private func loadAll(_ reader: Reader, _ isClosing: () -> Bool) throws {
    let (head, lastKey) = try reader.read { transaction -> (Int64, Int64) in
      let lastKey: Int64? = try transaction.fetchOne("SELECT max(case_key) FROM case_record", []) { $0[0] } ?? nil
      return (try transaction.head(), lastKey ?? 0)
    }
    for start in stride(from: 0, to: lastKey, by: Self.partKeys) {
      if isClosing() { throw Failure.lineFull }
      try reader.read { transaction in
        var before: (key: Int64, factsVersion: Int) = (-1, -1)
        try transaction.forEachState(Self.allSQL, [start, start + Int64(Self.partKeys), head]) { row in
          let (key, factsVersion) = (row[0] as Int64, row[2] as Int)
          try add(row, factsAsBefore: before == (key, factsVersion))
          before = (key, factsVersion)
        }
      }
    }
    states.complete(upTo: head)
  }

  private func add(_ row: StoredRow, factsAsBefore: Bool) throws {
    var columns = ColumnReader(row, from: 3)
    let recordedAt = Timestamp(milliseconds: Int64(columns.int()))
    let stage = try stage(columns.text())
    let (sanction, level, proposed) = (columns.optionalText(), columns.optionalText(), columns.optionalText())
    let outcome = columns.optional(DecisionOutcome.self)
    let blockIsOpen = columns.flag() ?? false
    let (outsideBand, explained) = (columns.flag() ?? false, columns.flag() ?? false)
    let clocks = try columns.clocks()
    let unconfirmed = try ProvenanceColumns.acts(columns.optionalText()).reduce(0) { $0 | $1.milestones }
    let isDisputed = columns.flag() ?? false
    var milestones = Milestones()
    for milestone in Milestone.allCases { milestones[milestone] = columns.date() }
    states.append(
      CaseState(
        caseKey: row[0], seq: row[1], recordedOn: LegalDate(inJakarta: recordedAt), milestones: milestones,
        stage: stage, sanction: sanction, sanctionLevel: level, proposedSanction: proposed, decisionOutcome: outcome,
        blockIsOpen: blockIsOpen, outsideBand: outsideBand, deviationExplained: explained, clocks: clocks,
        unconfirmed: unconfirmed, isDisputed: isDisputed,
        facts: factsAsBefore ? nil : try facts(&columns, received: milestones[.received])))
  }

  private func facts(_ columns: inout ColumnReader, received: LegalDate?) throws -> CaseState.Facts {
    let person = Int64(columns.int())
    let actedOn = try columns.requiredDate()
    let (election, region, institution) = (columns.text(), columns.text(), columns.text())
    let (kind, level, reportingClass) = (columns.text(), columns.text(), columns.optionalText())
    let cohort = columns.optionalInt()
    let (violation, category) = (columns.optionalText(), columns.optionalText())
    let (agency, reference) = (columns.text(), columns.text())
    return CaseState.Facts(
      person: person, report: report(agency, reference), receivedOn: received ?? actedOn, actedOn: actedOn,
      election: election, region: region, institution: institution, institutionKind: kind, positionLevel: level,
      reportingClass: reportingClass, appointmentYear: cohort, violation: violation, category: category,
      reportedBy: agency)
  }

  private func stage(_ text: String) throws -> Stage {
    guard let stage = Self.stages[text] else { throw DatabaseError(message: "a stored code is unknown") }
    return stage
  }

  /// Looked up faster than made of its text.
  private static let stages = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0.rawValue, $0) })

  /// A number for agency and report number. The numbers themselves would take several times the memory of their digests.
  private func report(_ agency: String, _ reference: String) -> Int {
    let key = ReportKey(agency, reference)
    if let number = reports[key] { return number }
    reports[key] = reports.count
    return reports.count - 1
  }

  private static let columns =
    """
    v.case_key, v.seq, v.facts_version, v.recorded_at, v.stage, v.sanction, v.sanction_level, v.proposed_sanction, v.decision_outcome, \
    v.block_from IS NOT NULL AND v.block_until IS NULL, v.outside_band, v.deviation_explained, v.clocks, v.clocks_recorded, \
    v.unconfirmed, v.disputed_for IS NOT NULL, \
    \(Milestone.allCases.map { "v.\($0.rawValue)_on" }.joined(separator: ", ")), \
    v.person_key, v.act_on, v.election, v.region, v.institution, v.institution_kind, v.position_level, \
    v.reporting_class, v.appointment_year, v.violation, v.category, v.reported_by, v.agency_ref
    """
  private static let allSQL =
    """
    SELECT \(columns) FROM case_version v WHERE v.case_key > ? AND v.case_key <= ? AND v.seq <= ?
    ORDER BY v.case_key, v.version
    """
  private static let newerSQL =
    """
    SELECT \(columns) FROM event e JOIN case_version v
      ON v.case_key = e.case_key AND v.version = e.version AND v.seq = e.seq
    WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq
    """
}

/// Half of the SHA-256 of agency and report number.
private struct ReportKey: Hashable {
  let high, low: UInt64

  init(_ agency: String, _ reference: String) {
    (high, low) = SHA256.hash(data: Array("\(agency)\n\(reference)".utf8)).withUnsafeBytes {
      ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }
}

extension Transaction {
  fileprivate func forEachState(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ body: (StoredRow) throws -> Void
  ) throws {
    // Rows are handed over one by one; an array of nothing costs nothing.
    _ = try fetch(sql, arguments) { try body($0) }
  }
}
