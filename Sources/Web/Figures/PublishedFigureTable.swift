internal import Domain
internal import Service
internal import Sheets

/// Published figures as a table: one number a line.
enum PublishedFigureTable {
  static let title = LocalizedText(en: "Published figures", inIndonesian: "Angka terbit")

  static let columns = [
    "id", "agency", "election", "as_of", "published_on", "region", "unit", "source", "registered_at", "definition",
    "scope", "metric", "published", "effective", "effective_difference", "recorded", "recorded_difference",
    "metric_label",
  ].map { TableColumn($0) }

  static func rows(_ beside: FigureBeside, _ table: Table, in language: Language) -> [UInt8] {
    let figure = beside.published
    var writer = table.writer
    let own = [StatisticBasis.effective, .recorded].map { beside.own($0) }
    for metric in FunnelMetric.allCases {
      guard let published = figure.values[metric] else { continue }
      writer.field(Int(figure.number))
      for text in [figure.agency.rawValue, figure.election] { writer.field(text) }
      writer.field(figure.asOf)
      writer.field(figure.publishedOn)
      for text in [figure.region?.text ?? "ID", figure.unit.rawValue, figure.source] { writer.field(text) }
      writer.field(figure.registeredAt)
      for text in [StatisticKind.funnel.definition, beside.scope?.rawValue ?? "all", metric.rawValue] {
        writer.field(text)
      }
      writer.field(published)
      for figures in own {
        writer.field(figures.map { $0[metric] })
        writer.field(figures.map { published - $0[metric] })
      }
      writer.field(metric.label.text(in: language))
      writer.endRow()
    }
    return writer.bytes
  }
}
