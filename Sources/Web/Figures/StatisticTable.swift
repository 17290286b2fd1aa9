internal import Domain
internal import Service
internal import Sheets

/// An answer as a table: one number a line, each with all that is needed to cite it.
enum StatisticTable {
  static let title = LocalizedText(en: "Statistic", inIndonesian: "Statistik")

  static let columns = [
    "figure_id", "statistic", "definition", "election", "as_of", "basis", "unit", "of", "filters", "scope", "seq",
    "reference_revision",
    "group_by", "group", "label_id", "label_en", "metric", "value", "percent", "percent_of",
    "metric_label",
  ].map { TableColumn($0) }

  static func rows(
    _ issued: IssuedFigure, _ question: StatisticQuestion, _ reference: Reference, _ table: Table, in language: Language
  ) -> [UInt8] {
    var writer = table.writer
    let figure = issued.figure
    let filters = StatisticQuery.pairs(of: question.filter).filter { $0.0 != "election" }
      .compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: " ")
    for row in issued.rows {
      let label = row.group.flatMap { group in
        question.groupBy.flatMap { reference.label(of: group, in: $0, on: question.asOf) }
      }
      for text in [figure.id, figure.kind.rawValue, figure.definition, question.filter.election] { writer.field(text) }
      writer.field(question.asOf)
      for text in [
        question.basis.rawValue, question.unit.rawValue, question.kind == .sanctions ? question.of.rawValue : nil,
        filters, figure.scope?.rawValue ?? "all",
      ] { writer.field(text) }
      writer.field(Int(figure.seq))
      writer.field(figure.referenceRevision.map { Int($0) })
      for text in [
        question.groupBy?.rawValue, row.group == nil ? "total" : row.group, label?.inIndonesian, label?.en, row.metric,
      ] { writer.field(text) }
      writer.number(row.value.text)
      if case .part(let count, let base, let name) = row.value {
        writer.number(Percentage.tenths(count, of: base).map { "\($0)" })
        writer.field(name)
      } else {
        writer.field(nil as String?)
        writer.field(nil as String?)
      }
      writer.field(MetricLabel.of(row.metric, reference)?.text(in: language))
      writer.endRow()
    }
    return writer.bytes
  }
}
