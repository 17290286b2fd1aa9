internal import Domain
internal import GRDB

/// The columns that `case_record` and `case_version` share, in the order of the schema.
enum CaseColumns {
  static let names = [
    "version", "facts_version", "seq", "recorded_at", "person_key", "stage", "election", "contest", "region",
    "institution", "institution_name", "institution_kind", "employment", "position_level", "reporting_class",
    "appointment_year", "violation", "catalogue", "category", "aspect", "act_on", "known_on", "act_channel",
    "supports", "on_unpaid_leave", "source_kind", "reported_by", "agency_ref", "source_channel", "motives",
    "received_on", "verified_on", "rejected_on", "studied_on", "recommended_on", "not_proven_on", "decided_on",
    "blocked_on", "released_on", "appealed_on", "ruled_on", "exonerated_on", "escalated_on", "closed_on",
    "cancelled_on", "lapsed_on", "recommended_by", "recommendation_letter", "recommendation_institution",
    "proposed_sanction", "decided_by", "decision_outcome", "decree_number", "sanction", "sanction_level",
    "outside_band", "deviation_explained", "block_by", "block_letter", "block_from", "block_until", "block_proof",
    "appeal_route", "appeal_from", "appeal_outcome", "appeal_until", "idis_reference", "lapse_reason", "clocks",
    "clocks_recorded",
    "unconfirmed", "disputed_for",
  ]

  static let list = names.joined(separator: ", ")

  /// The columns that an action may change: those of the version itself and of the progress but for the day of receipt.
  static let moved =
    ["version", "facts_version", "seq", "recorded_at", "stage"]
    + names.drop { $0 != "received_on" }.dropFirst()

  /// Adds the values of a case, in the order of `names`.
  static func add(
    _ record: Case, _ place: VersionPlace, at recordedAt: Timestamp, personKey: Int64, to arguments: inout Arguments
  ) {
    arguments.add(record.version)
    arguments.add(place.factsVersion)
    arguments.add(place.versionSeq)
    arguments.add(recordedAt)
    arguments.add(personKey)
    arguments.add(record.progress.stage)
    add(record.facts, to: &arguments)
    add(record.progress, to: &arguments)
    arguments.add(ProvenanceColumns.text(record.provenance.unconfirmed))
    arguments.add(record.provenance.disputedFor.map(ProvenanceColumns.text))
  }

  private static func add(_ facts: Facts, to arguments: inout Arguments) {
    arguments.add(facts.election)
    arguments.add(facts.contest)
    arguments.add(facts.region.text)
    arguments.add(facts.institution.code)
    arguments.add(facts.institution.name)
    arguments.add(facts.institution.kind)
    arguments.add(facts.subject.employment)
    arguments.add(facts.subject.positionLevel)
    arguments.add(facts.subject.reportingClass)
    arguments.add(facts.subject.appointmentYear)
    arguments.add(facts.violation?.code)
    arguments.add(facts.violation?.catalogue)
    arguments.add(facts.violation?.category)
    arguments.add(facts.violation?.aspect)
    arguments.add(facts.act.occurredOn)
    arguments.add(facts.act.knownOn)
    arguments.add(facts.act.channel)
    arguments.add(facts.act.supports)
    arguments.add(facts.act.onUnpaidLeave)
    arguments.add(facts.source.kind)
    arguments.add(facts.source.agency)
    arguments.add(facts.source.agencyRef)
    arguments.add(facts.source.channel)
    arguments.add(facts.motives.joined(separator: " "))
  }

  private static func add(_ progress: CaseProgress, to arguments: inout Arguments) {
    for milestone in Milestone.allCases { arguments.add(progress.milestones[milestone]) }
    arguments.add(progress.recommendation?.agency)
    arguments.add(progress.recommendation?.letterNumber)
    arguments.add(progress.recommendation?.institution)
    arguments.add(progress.recommendation?.proposedSanction)
    arguments.add(progress.decision?.agency)
    arguments.add(progress.decision?.outcome)
    arguments.add(progress.decision?.decreeNumber)
    arguments.add(progress.decision?.sanction)
    arguments.add(progress.decision?.sanctionLevel)
    arguments.add(progress.decision?.outsideBand)
    arguments.add(progress.decision?.deviationExplained)
    arguments.add(progress.block?.agency)
    arguments.add(progress.block?.letterNumber)
    arguments.add(progress.block?.blockedOn)
    arguments.add(progress.block?.releasedOn)
    arguments.add(progress.block?.proof)
    arguments.add(progress.appeal?.route)
    arguments.add(progress.appeal?.filedOn)
    arguments.add(progress.appeal?.outcome)
    arguments.add(progress.appeal?.ruledOn)
    arguments.add(progress.idisReference)
    arguments.add(progress.lapseReason)
    arguments.add(ClockColumn.text(progress.clocks))
    arguments.add(ClockColumn.recorded(progress.clocks))
  }

  /// The day on which the running clock is due. Nobody is late who does not appeal.
  static func nextDue(_ progress: CaseProgress) -> LegalDate? {
    progress.openClock.flatMap { $0.standsStill || $0.kind == .appealFiling ? nil : $0.dueOn }
  }

  /// The day on which the clock would be due that stands still until somebody resumes it.
  static func pausedDue(_ progress: CaseProgress) -> LegalDate? {
    progress.openClock.flatMap { $0.standsStill ? $0.dueOn : nil }
  }

  /// The day on which the open clock runs again after a pause that names it.
  static func pausedUntil(_ progress: CaseProgress) -> LegalDate? {
    progress.openClock?.pauses.last.flatMap { $0.isResumed ? nil : $0.until }
  }

  /// True when a clock was met, and that was recorded after its due date.
  static func recordedLate(_ progress: CaseProgress) -> Bool { progress.clocks.contains { $0.isRecordedLate } }

  /// The last day on which an appeal may be filed, while that period runs.
  static func appealDue(_ progress: CaseProgress) -> LegalDate? {
    progress.openClock.flatMap { $0.standsStill || $0.kind != .appealFiling ? nil : $0.dueOn }
  }
}

/// Reads the columns of one row from left to right.
struct ColumnReader {
  let row: StoredRow
  var column: Int

  init(_ row: StoredRow, from column: Int) {
    self.row = row
    self.column = column
  }

  mutating func optionalText() -> String? {
    defer { column += 1 }
    return row[column]
  }

  mutating func text() -> String {
    defer { column += 1 }
    return row[column]
  }

  mutating func optionalInt() -> Int? {
    defer { column += 1 }
    return row[column]
  }

  mutating func int() -> Int {
    defer { column += 1 }
    return row[column]
  }

  /// Two columns: the clocks, and the days on which their stops were recorded.
  mutating func clocks() throws -> [Clock] {
    defer { column += 2 }
    return try row.utf8(column).map { try ClockColumn.clocks($0, recorded: row.utf8(column + 1)) } ?? []
  }

  mutating func flag() -> Bool? { optionalInt().map { $0 != 0 } }

  mutating func date() -> LegalDate? {
    defer { column += 1 }
    return row.date(column)
  }

  mutating func requiredDate() throws -> LegalDate {
    guard let date = date() else { throw DatabaseError(message: "a stored date is missing or malformed") }
    return date
  }

  mutating func optional<Code: RawRepresentable>(_ type: Code.Type) -> Code? where Code.RawValue == String {
    optionalText().flatMap { Code(rawValue: $0) }
  }

  mutating func code<Code: RawRepresentable>(_ type: Code.Type) throws -> Code where Code.RawValue == String {
    guard let code = optional(type) else { throw DatabaseError(message: "a stored code is unknown") }
    return code
  }
}
