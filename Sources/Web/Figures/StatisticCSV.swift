internal import Domain
internal import JSON
internal import Service

/// An answer as a table: one number a line, each with all that is needed to cite it.
enum StatisticCSV {
  private static let header = [
    "figure_id", "statistic", "definition", "election", "as_of", "basis", "unit", "of", "filters", "scope", "seq",
    "group_by", "group", "label_id", "label_en", "metric", "value", "percent", "percent_of",
  ]

  static func write(_ issued: IssuedFigure, _ question: StatisticQuestion, _ reference: Reference) -> [UInt8] {
    var writer = CSVWriter()
    for name in header { writer.field(name) }
    writer.endRow()
    let figure = issued.figure
    let filters = StatisticQuery.pairs(of: question.filter).filter { $0.0 != "election" }
      .compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: " ")
    for row in issued.rows {
      let label = row.group.flatMap { group in
        question.groupBy.flatMap { reference.label(of: group, in: $0, on: question.asOf) }
      }
      for text in [
        figure.id, figure.kind.rawValue, figure.definition, question.filter.election, question.asOf.description,
        question.basis.rawValue, question.unit.rawValue, question.kind == .sanctions ? question.of.rawValue : nil,
        filters, figure.scope?.rawValue ?? "all", "\(figure.seq)", question.groupBy?.rawValue,
        row.group == nil ? "total" : row.group, label?.id, label?.en, row.metric, row.value.text,
      ] { writer.field(text) }
      if case .part(let count, let base, let name) = row.value {
        writer.field(Percentage.tenths(count, of: base).map { "\($0)" })
        writer.field(name)
      } else {
        writer.field(nil as String?)
        writer.field(nil as String?)
      }
      writer.endRow()
    }
    return writer.bytes
  }
}
