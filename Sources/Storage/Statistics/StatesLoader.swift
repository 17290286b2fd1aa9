internal import Domain
internal import Foundation
internal import GRDB
internal import JSON

/// Loads the states of all cases for statistics, and brings them up to date: each version is read once.
///
/// Versions are never changed, so that they can be read in parts, each from the newest state of the file; what is younger
/// than the first part comes at the end.
final class StatesLoader {
  private(set) var states = CaseStates()

  /// Versions of one part: well under a second.
  private static let partKeys = 20_000

  /// Adds what has been stored since.
  ///
  /// - Parameter isClosing: asked between two parts.
  /// - Throws: `busy` when it is true; `storage_unavailable` when the file cannot be read in time.
  func refresh(_ reader: Reader, isClosing: () -> Bool) throws {
    do {
      while try !addPart(reader) {
        if isClosing() { throw Failure.lineFull }
      }
    } catch {
      // A part may have been added by half: nothing may be counted twice.
      states = CaseStates()
      throw error
    }
  }

  /// Adds a part of what is new; true when nothing is left.
  private func addPart(_ reader: Reader) throws -> Bool {
    try reader.read { transaction in
      let head = try transaction.head()
      guard head > states.seq else { return true }
      let end = states.seq + Int64(Self.partKeys)
      let upTo = min(head, try transaction.gapEnd(after: states.seq, upTo: end) ?? end)
      do {
        try transaction.forEachState(Self.sql, [states.seq, upTo], add)
      } catch let error as JSONReader.Malformed {
        throw DatabaseError(message: "a stored document is malformed at byte \(error.offset)")
      }
      states.complete(upTo: upTo)
      return upTo == head
    }
  }

  private func add(_ row: StoredRow) throws {
    guard let document = row.utf8(3) else { throw DatabaseError(message: "an event has made no version") }
    let progress = try ProgressDocument.progress(document)
    let decision = progress.decision
    states.append(
      CaseState(
        caseKey: row[0], seq: row[1], recordedOn: LegalDate(inJakarta: Timestamp(milliseconds: row[2])),
        milestones: progress.milestones, stage: progress.stage, sanction: decision?.sanction,
        sanctionLevel: decision?.sanctionLevel, proposedSanction: progress.recommendation?.proposedSanction,
        decisionOutcome: decision?.outcome, blockIsOpen: progress.blockIsOpen,
        outsideBand: decision?.outsideBand ?? false, deviationExplained: decision?.deviationExplained ?? false,
        clocks: progress.clocks, unconfirmed: try ProvenanceColumns.acts(row[4]).reduce(0) { $0 | $1.milestones },
        isDisputed: row[5], facts: try facts(row, received: progress.milestones[.received])))
  }

  /// The facts that the event has brought; nil when they are those of the version before and so is the person.
  private func facts(_ row: StoredRow, received: LegalDate?) throws -> CaseState.Facts? {
    guard let document = row.utf8(8) else { return nil }
    var facts = Facts.blank
    try FactsDocument.core.read(document, into: &facts)
    let acted = facts.act.occurredOn
    return CaseState.Facts(
      person: row[6], report: row[7], receivedOn: received ?? acted, actedOn: acted, election: facts.election,
      region: facts.region.text, institution: facts.institution.code,
      institutionKind: facts.institution.kind.rawValue, positionLevel: facts.subject.positionLevel.rawValue,
      reportingClass: facts.subject.reportingClass?.rawValue, appointmentYear: facts.subject.appointmentYear,
      violation: facts.violation?.code, category: facts.violation?.category,
      reportedBy: facts.source.agency.rawValue)
  }

  /// The facts go with the event that has brought them, and with a dispute, which gives the case a person of its own.
  private static let sql = """
    SELECT e.case_key, e.seq, e.recorded_at, e.progress, e.unconfirmed, e.disputed_for IS NOT NULL, e.person_key,
      e.report_key, p.content
    FROM event e LEFT JOIN case_part p ON p.part_key = 16 * e.facts_seq + \(CasePart.core.rawValue)
      AND (e.facts_seq = e.seq OR e.disputed_for IS NOT NULL)
    WHERE e.seq > ? AND e.seq <= ? AND e.progress IS NOT NULL ORDER BY e.seq
    """
}

extension Transaction {
  fileprivate func forEachState(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?], _ body: (StoredRow) throws -> Void
  ) throws {
    // Rows are handed over one by one; an array of nothing costs nothing.
    _ = try fetch(sql, arguments) { try body($0) }
  }
}
