internal import Domain
internal import JSON
internal import Service

/// A published figure as it is sent.
enum PublishedFigureBody {
  static func figure(_ value: JSONValue, by asker: Asker, _ reference: Reference) throws -> PublishedFigure {
    let reader = try ObjectReader(value)
    let (election, asOf, publishedOn, region, unit, source, values) = read(reader)
    if values?.isEmpty == true && reader.errors.all.isEmpty { reader.errors.add("/values", .required) }
    if let election, reference.elections[election] == nil { reader.errors.add("/election", .unknownCode) }
    if let region, region != "ID", RegionCode(region) == nil || !reference.knowsRegion(region) {
      reader.errors.add("/region", .unknownCode)
    }
    if let asOf, asOf > asker.today { reader.errors.add("/as_of", .range, Hint.future) }
    if let publishedOn, publishedOn > LegalDate(inJayapura: asker.now) {
      reader.errors.add("/published_on", .range, Hint.future)
    }
    if let asOf, let publishedOn, publishedOn < asOf { reader.errors.add("/published_on", .inconsistent) }
    try reader.errors.check()
    guard let election, let asOf, let unit, let source, let values else { throw Failure.invalid("", .required) }
    return PublishedFigure(
      number: 0, agency: try asker.agency(), asOf: asOf, publishedOn: publishedOn, election: election,
      region: region == "ID" ? nil : region.flatMap { RegionCode($0) }, unit: unit, values: values, source: source,
      registeredAt: asker.now)
  }

  /// Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> (
    election: String?, asOf: LegalDate?, publishedOn: LegalDate?, region: String?, unit: StatisticUnit?,
    source: String?, values: [FunnelMetric: Int]?
  ) {
    defer { body.finish() }
    return (
      body.text("election", max: 64, required: true), body.date("as_of", required: true), body.date("published_on"),
      body.text("region", max: 5), body.code("unit", StatisticUnit.self, required: true),
      body.text("source", max: 500, required: true), body.object("values", required: true).map(values)
    )
  }

  private static func values(_ body: ObjectReader) -> [FunnelMetric: Int] {
    defer { body.finish() }
    var values: [FunnelMetric: Int] = [:]
    for metric in FunnelMetric.allCases { values[metric] = body.int(metric.rawValue, in: 0...1_000_000_000) }
    return values
  }
}
