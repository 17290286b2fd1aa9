internal import Domain
internal import JSON

/// A case as a row of a spreadsheet: one column per value, withheld ones empty, lists joined by blanks.
enum CaseCSV {
  static let columns =
    ["id", "number", "version", "seq", "stage", "final"] + first.map(\.column)
    + Milestone.allCases.filter { $0 != .received }.map { "\($0.rawValue)_on" } + [
      "proposed_sanction", "sanction", "sanction_level", "outside_band", "redacted", "created_at", "updated_at",
      "imported_by", "unconfirmed", "disputed",
    ] + last.map(\.column)

  private static let first = CaseField.all.filter { $0.sheet == .first }
  private static let last = CaseField.all.filter { $0.sheet == .last }

  static func writeHeader(to writer: inout CSVWriter) {
    for column in columns { writer.field(column) }
    writer.endRow()
  }

  static func write(_ record: Case, _ projection: Projection, to writer: inout CSVWriter) {
    writer.field(record.id.description)
    writer.field(record.number)
    writer.field(record.version)
    writer.field(Int(record.seq))
    writer.field(record.progress.stage.rawValue)
    writer.field(record.progress.stage.isFinal)
    for field in first { write(field, record.facts, projection, to: &writer) }
    writeProgress(record.progress, to: &writer)
    writer.field(projection.redacted.joined(separator: " "))
    writer.field(record.createdAt.description)
    writer.field(record.updatedAt.description)
    writer.field(record.importedBy?.rawValue)
    writer.field(record.provenance.awaited.map(\.rawValue).joined(separator: " "))
    writer.field(record.provenance.isDisputed)
    for field in last { write(field, record.facts, projection, to: &writer) }
    writer.endRow()
  }

  private static func write(_ field: CaseField, _ facts: Facts, _ projection: Projection, to writer: inout CSVWriter) {
    switch projection.shows(field.group) ? field.value(facts) : .none {
    case .none: writer.field(nil as String?)
    case .text(let text): writer.field(text)
    case .number(let number): writer.field(number)
    case .date(let date): writer.field(date.description)
    case .flag(let flag): writer.field(flag)
    case .texts(let texts): writer.field(texts.joined(separator: " "))
    case .witnesses(let witnesses): writer.field(witnesses.map(\.name).joined(separator: " "))
    }
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
