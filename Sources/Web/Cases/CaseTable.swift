internal import Domain
internal import Service
internal import Sheets

/// A case as a row of a table: one column per value, withheld ones empty, lists joined by blanks.
struct CaseTable: Sendable {
  static let title = LocalizedText(en: "Cases", inIndonesian: "Kasus")

  static let columns: [TableColumn] =
    ["id", "number", "version", "seq", "stage", "final"].map { TableColumn($0) } + first.map(column)
    + milestones.map { TableColumn("\($0.rawValue)_on", at: "milestones.\($0.rawValue)") }
    + [TableColumn("proposed_sanction", at: "recommendation.proposed_sanction")]
    + ["sanction", "sanction_level", "outside_band"].map { TableColumn($0, at: "decision.\($0)") }
    + ["redacted", "created_at", "updated_at", "imported_by", "unconfirmed", "disputed"].map { TableColumn($0) }
    + last.map(column)
    // Names beside codes; what comes later comes behind them.
    + ["stage_label", "region_name", "violation_label"].map { TableColumn($0) }
    + ProgressField.all.map { TableColumn($0.column, $0.label, at: $0.path) } + [TableColumn("erased_on")]

  private static let first = CaseField.all.filter { $0.sheet == .first }
  private static let last = CaseField.all.filter { $0.sheet == .last }
  private static let milestones = Milestone.allCases.filter { $0 != .received }

  private static func column(_ field: CaseField) -> TableColumn {
    TableColumn(field.column, field.label, at: field.name)
  }

  let table: Table
  private let reference: Reference
  private let language: Language
  /// Names are those of this day.
  private let today: LegalDate

  /// - Returns: nil when the answer is to be JSON or lines.
  init?(_ call: Call, _ reference: Reference, _ fields: ChosenFields?) {
    guard let table = Table(call, Self.title, Self.columns, fields) else { return nil }
    self.table = table
    (self.reference, language, today) = (reference, call.language, call.asker.today)
  }

  func rows(_ seen: [SeenCase]) -> [UInt8] {
    var writer = table.writer
    for seen in seen { write(seen.record, seen.projection, to: &writer) }
    return writer.bytes
  }

  func row(_ record: Case, _ projection: Projection) -> [UInt8] {
    var writer = table.writer
    write(record, projection, to: &writer)
    return writer.bytes
  }

  private func write(_ record: Case, _ projection: Projection, to writer: inout TableWriter) {
    writer.name(row: record.id.description)
    writer.field(record.id.description)
    writer.field(record.number)
    writer.field(record.version)
    writer.field(Int(record.seq))
    writer.field(record.progress.stage.rawValue)
    writer.field(record.progress.stage.isFinal)
    for field in Self.first { Self.write(field, record, projection, to: &writer) }
    Self.writeProgress(record.progress, to: &writer)
    writer.field(projection.redacted.joined(separator: " "))
    writer.field(record.createdAt)
    writer.field(record.updatedAt)
    writer.field(record.importedBy?.rawValue)
    writer.field(record.provenance.awaited.map(\.rawValue).joined(separator: " "))
    writer.field(record.provenance.isDisputed)
    for field in Self.last { Self.write(field, record, projection, to: &writer) }
    for label in labels(record) { writer.field(label?.text(in: language)) }
    for field in ProgressField.all { writer.field(field.value(record.progress)) }
    writer.field(record.erasedOn)
    writer.endRow()
  }

  private func labels(_ record: Case) -> [LocalizedText?] {
    [
      record.progress.stage.label, reference.label(of: record.facts.region.text, in: .region, on: today),
      record.facts.violation.flatMap { reference.label(of: $0.code, in: .violation, on: today) },
    ]
  }

  private static func write(_ field: CaseField, _ record: Case, _ projection: Projection, to writer: inout TableWriter)
  {
    let value = projection.shows(field.group) ? record.value(of: field) : .none
    if case .digits = field.form {
      if case .text(let digits) = value { writer.identifier(digits) } else { writer.identifier(nil) }
      return
    }
    switch value {
    case .none: writer.field(nil as String?)
    case .text(let text): writer.field(text)
    case .number(let number): writer.field(number)
    case .date(let date): writer.field(date)
    case .flag(let flag): writer.field(flag)
    case .texts(let texts): writer.field(texts.joined(separator: " "))
    // A spreadsheet has no column of them.
    case .sealed: break
    case .witnesses(let witnesses): writer.field(witnesses.map(\.name).joined(separator: " "))
    }
  }

  private static func writeProgress(_ progress: CaseProgress, to writer: inout TableWriter) {
    for milestone in milestones { writer.field(progress.milestones[milestone]) }
    writer.field(progress.recommendation?.proposedSanction)
    writer.field(progress.decision?.sanction)
    writer.field(progress.decision?.sanctionLevel)
    writer.field(progress.decision?.outsideBand)
  }
}

extension FieldCatalogue {
  static let cases = FieldCatalogue(.caseRecord, columns: CaseTable.columns.map(\.path))
}
