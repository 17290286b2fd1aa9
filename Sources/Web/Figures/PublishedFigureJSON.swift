internal import Domain
internal import JSON
internal import Service

/// A published figure beside the service's own.
enum PublishedFigureJSON {
  static func write(_ beside: FigureBeside) -> [UInt8] {
    let figure = beside.published
    return JSONWriter.object { writer in
      writer.member("id", figure.number == 0 ? nil : figure.number)
      writer.member("agency", figure.agency.rawValue)
      writer.member("election", figure.election)
      writer.member("as_of", figure.asOf.description)
      writer.member("published_on", figure.publishedOn?.description)
      writer.member("region", figure.region?.text ?? "ID")
      writer.member("unit", figure.unit.rawValue)
      writer.member("source", figure.source)
      writer.member("registered_at", figure.registeredAt.description)
      writer.member("definition", StatisticKind.funnel.definition)
      writer.name("scope")
      StatisticJSON.write(beside.scope, figure.unit, to: &writer)
      writer.object("values") { writer in
        for metric in FunnelMetric.allCases {
          guard let value = figure.values[metric] else { continue }
          writer.name(metric.rawValue)
          writer.int(value)
        }
      }
      for basis in StatisticBasis.allCases { write(beside, basis, to: &writer) }
    }
  }

  private static func write(_ beside: FigureBeside, _ basis: StatisticBasis, to writer: inout JSONWriter) {
    let figure = beside.published
    writer.name(basis.rawValue)
    guard let own = beside.own(basis) else { return writer.null() }
    writer.object { writer in
      writer.member("seq", beside.seq)
      writer.member("statistics", "/v1/statistics/funnel?" + StatisticQuery.canonical(figure.question(basis)))
      for metric in FunnelMetric.allCases {
        guard let published = figure.values[metric] else { continue }
        writer.object(metric.rawValue) { writer in
          writer.member("published", published)
          writer.member("own", own[metric])
          writer.member("difference", published - own[metric])
        }
      }
    }
  }
}
