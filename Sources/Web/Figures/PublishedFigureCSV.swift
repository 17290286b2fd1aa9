internal import Domain
internal import JSON
internal import Service

/// Published figures as a table: one number a line.
enum PublishedFigureCSV {
  static let header: [UInt8] = {
    var writer = CSVWriter()
    for name in [
      "id", "agency", "election", "as_of", "published_on", "region", "unit", "source", "registered_at", "definition",
      "scope", "metric", "published", "effective", "effective_difference", "recorded", "recorded_difference",
    ] { writer.field(name) }
    writer.endRow()
    return writer.bytes
  }()

  static func write(_ beside: FigureBeside) -> [UInt8] {
    let figure = beside.published
    var writer = CSVWriter()
    let own = [StatisticBasis.effective, .recorded].map { beside.own($0) }
    for metric in FunnelMetric.allCases {
      guard let published = figure.values[metric] else { continue }
      for text in [
        "\(figure.number)", figure.agency.rawValue, figure.election, figure.asOf.description,
        figure.publishedOn?.description, figure.region?.text ?? "ID", figure.unit.rawValue, figure.source,
        figure.registeredAt.description, StatisticKind.funnel.definition, beside.scope?.rawValue ?? "all",
        metric.rawValue,
        "\(published)",
      ] { writer.field(text) }
      for figures in own {
        writer.field(figures.map { "\($0[metric])" })
        writer.field(figures.map { "\(published - $0[metric])" })
      }
      writer.endRow()
    }
    return writer.bytes
  }
}
