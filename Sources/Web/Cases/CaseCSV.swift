internal import Domain
internal import JSON

/// A case as a row of a spreadsheet: one column per value, withheld ones empty, lists joined by blanks.
enum CaseCSV {
  static let columns =
    [
      "id", "number", "version", "seq", "stage", "final", "election", "contest", "region", "institution",
      "institution_name", "institution_kind", "name", "nip", "nik", "employment", "position_level", "reporting_class",
      "position_title", "appointment_year", "violation", "category", "occurred_on", "known_on", "place", "channel",
      "narrative", "urls", "supports", "on_unpaid_leave", "source_kind", "reported_by", "agency_ref", "received_on",
      "source_channel", "reporter_mode", "reporter_name", "reporter_contact", "motives",
    ] + Milestone.allCases.filter { $0 != .received }.map { "\($0.rawValue)_on" } + [
      "proposed_sanction", "sanction", "sanction_level", "outside_band", "redacted", "created_at", "updated_at",
      "imported_by", "unconfirmed", "disputed",
    ]

  static func writeHeader(to writer: inout CSVWriter) {
    for column in columns { writer.field(column) }
    writer.endRow()
  }

  static func write(_ record: Case, _ projection: Projection, to writer: inout CSVWriter) {
    let facts = record.facts
    let subject = projection.contains(.subject) ? facts.subject : nil
    let told = projection.contains(.narrative) ? facts.act : nil
    let reporter = projection.contains(.reporter) ? facts.reporter : nil
    writer.field(record.id.description)
    writer.field(record.number)
    writer.field(record.version)
    writer.field(Int(record.seq))
    writer.field(record.progress.stage.rawValue)
    writer.field(record.progress.stage.isFinal)
    writer.field(facts.election)
    writer.field(facts.contest)
    writer.field(facts.region.text)
    writer.field(facts.institution.code)
    writer.field(facts.institution.name)
    writer.field(facts.institution.kind.rawValue)
    writer.field(subject?.name)
    writer.field(subject?.nip?.text)
    writer.field(subject?.nik?.text)
    writer.field(facts.subject.employment.rawValue)
    writer.field(facts.subject.positionLevel.rawValue)
    writer.field(facts.subject.reportingClass?.rawValue)
    writer.field(subject?.positionTitle)
    writer.field(facts.subject.appointmentYear)
    writer.field(facts.violation?.code)
    writer.field(facts.violation?.category)
    writer.field(facts.act.occurredOn.description)
    writer.field(facts.act.knownOn?.description)
    writer.field(told?.place)
    writer.field(facts.act.channel?.rawValue)
    writer.field(told?.narrative)
    writer.field(told?.urls.joined(separator: " "))
    writer.field(facts.act.supports?.rawValue)
    writer.field(facts.act.onUnpaidLeave)
    writer.field(facts.source.kind.rawValue)
    writer.field(facts.source.agency.rawValue)
    writer.field(facts.source.agencyRef)
    writer.field(facts.source.receivedOn.description)
    writer.field(facts.source.channel)
    writer.field(reporter?.mode.rawValue)
    writer.field(reporter?.name)
    writer.field(reporter?.contact)
    writer.field(facts.motives.joined(separator: " "))
    writeProgress(record.progress, to: &writer)
    writer.field(projection.redacted.joined(separator: " "))
    writer.field(record.createdAt.description)
    writer.field(record.updatedAt.description)
    writer.field(record.importedBy?.rawValue)
    writer.field(record.provenance.awaited.map(\.rawValue).joined(separator: " "))
    writer.field(record.provenance.isDisputed)
    writer.endRow()
  }

  private static func writeProgress(_ progress: CaseProgress, to writer: inout CSVWriter) {
    for milestone in Milestone.allCases where milestone != .received {
      writer.field(progress.milestones[milestone]?.description)
    }
    writer.field(progress.recommendation?.proposedSanction)
    writer.field(progress.decision?.sanction)
    writer.field(progress.decision?.sanctionLevel)
    writer.field(progress.decision?.outsideBand)
  }
}
