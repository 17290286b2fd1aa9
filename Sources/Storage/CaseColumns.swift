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
  ]

  static let list = names.joined(separator: ", ")
  static let placeholders = Array(repeating: "?", count: names.count).joined(separator: ", ")

  /// The columns that an action may change: those of the version itself and of the progress but for the day of receipt.
  static let moved =
    ["version", "facts_version", "seq", "recorded_at", "stage"]
    + names.drop { $0 != "received_on" }.dropFirst()

  /// The values of a case, in the order of `names`.
  static func values(_ record: Case, factsVersion: Int, personKey: Int64) -> [(any DatabaseValueConvertible)?] {
    let facts = record.facts
    let progress = record.progress
    var values: [(any DatabaseValueConvertible)?] = [
      record.version, factsVersion, record.seq, record.updatedAt.milliseconds, personKey,
      progress.stage.rawValue, facts.election, facts.contest, facts.region.text, facts.institution.code,
      facts.institution.name, facts.institution.kind.rawValue, facts.subject.employment.rawValue,
      facts.subject.positionLevel.rawValue, facts.subject.reportingClass?.rawValue, facts.subject.appointmentYear,
      facts.violation?.code, facts.violation?.catalogue, facts.violation?.category, facts.violation?.aspect,
      facts.act.occurredOn.description, facts.act.knownOn?.description, facts.act.channel?.rawValue,
      facts.act.supports?.rawValue, facts.act.onUnpaidLeave, facts.source.kind.rawValue, facts.source.agency.rawValue,
      facts.source.agencyRef, facts.source.channel, facts.motives.joined(separator: " "),
    ]
    for milestone in Milestone.allCases { values.append(progress.milestones[milestone]?.description) }
    values += [
      progress.recommendation?.agency.rawValue, progress.recommendation?.letterNumber,
      progress.recommendation?.institution, progress.recommendation?.proposedSanction,
      progress.decision?.agency.rawValue, progress.decision?.outcome.rawValue, progress.decision?.decreeNumber,
      progress.decision?.sanction, progress.decision?.sanctionLevel, progress.decision?.outsideBand,
      progress.decision?.deviationExplained, progress.block?.agency.rawValue, progress.block?.letterNumber,
      progress.block?.blockedOn.description, progress.block?.releasedOn?.description, progress.block?.proof,
      progress.appeal?.route.rawValue, progress.appeal?.filedOn.description, progress.appeal?.outcome?.rawValue,
      progress.appeal?.ruledOn?.description, progress.idisReference, progress.lapseReason?.rawValue,
      ClockColumn.text(progress.clocks),
    ]
    return values
  }

  /// The earliest day on which a running clock is due.
  static func nextDue(_ progress: CaseProgress) -> String? {
    progress.clocks.filter { $0.stoppedOn == nil && $0.kind != .appealFiling }.map(\.dueOn).min()?.description
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

  mutating func flag() -> Bool? { optionalInt().map { $0 != 0 } }
  mutating func date() -> LegalDate? { optionalText().flatMap { LegalDate($0) } }

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
