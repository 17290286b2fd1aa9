internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// /v1/published-figures: numbers that agencies have published, each beside the service's own for the same date.
enum PublishedFigureRoutes {
  /// POST /v1/published-figures
  static func create(_ exchange: Exchange) async throws -> Answer {
    let write = try await Write(exchange, keyRequired: true)
    let figure = try PublishedFigureBody.figure(write.body.value, exchange)
    let by = exchange.caller?.key.id ?? ""
    let (stored, replayed) = try await write.once(
      replay: { reply, transaction in
        guard let number = reply.resource.flatMap({ Int64($0) }), let stored = try transaction.publishedFigure(number)
        else { throw Failure.notFound }
        return stored
      },
      change: { transaction in
        let stored = try transaction.register(figure, by: by)
        return (
          stored,
          StoredReply(requestDigest: [], status: 201, caseID: nil, version: nil, resource: "\(stored.number)")
        )
      })
    var shown = stored
    // A dry run gives no number.
    if write.dryRun { shown.number = 0 }
    var answer = Answer(status: .created, body: .bytes(try await item(shown, exchange)))
    answer.fields = write.fields(replayed: replayed)
    if !write.dryRun {
      answer.fields.append(Response.Field(name: .location, value: "/v1/published-figures/\(stored.number)"))
    }
    return answer
  }

  /// GET /v1/published-figures, newest first; `?election=`, `limit` (1 to 50), `cursor`.
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let list = try NumberedList(
      query, named: "published-figures", filteredBy: "election", limitMax: 50, limitDefault: 20, exchange)
    if let election = list.filter, exchange.api.store.reference.elections[election] == nil {
      throw Failure.parameter("election", FieldErrorCode.unknownCode.standardDetail, .unknownCode)
    }
    let format = try exchange.format(query)
    let header = format == .csv ? PublishedFigureCSV.header : []
    if format != .json && query["limit"] == nil {
      return try await ListStream.answer(exchange, format, header: header) { reads in
        try reads.publishedFigures(list.filter, before: list.start, limit: .max)
      } write: { figures in
        var bytes: [UInt8] = []
        for figure in figures {
          bytes += try await item(figure, exchange, format)
          if format == .ndjson { bytes.append(UInt8(ascii: "\n")) }
        }
        return bytes
      }
    }
    let found = try exchange.read {
      try $0.publishedFigures(list.filter, before: list.start, limit: list.limit + 1)
    }
    var (page, last) = (ListPage(format, header: header), found.count > list.limit ? found[list.limit - 1].number : nil)
    // One after the other, so that agencies take turns between them.
    for (index, figure) in found.prefix(list.limit).enumerated() {
      if !page.add(try await item(figure, exchange, format)) {
        last = found[index - 1].number
        break
      }
    }
    return try list.answer(page, after: last, query.formatPart)
  }

  /// GET /v1/published-figures/{n}
  static func show(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    guard let number = exchange.parameters.first.flatMap({ Int64($0) }),
      let figure = try exchange.read({ try $0.publishedFigure(number) })
    else { throw Failure.notFound }
    return Answer(body: .bytes(try await item(figure, exchange)))
  }

  private static func item(_ figure: PublishedFigure, _ exchange: Exchange, _ format: ListFormat = .json) async throws
    -> [UInt8]
  {
    let scope = Figure.scope(of: try exchange.agency(), figure.unit)
    let reference = exchange.api.store.reference
    return try await exchange.readStates { states, _ in
      format == .csv
        ? PublishedFigureCSV.write(figure, states, scope, reference)
        : PublishedFigureJSON.write(figure, states, scope, reference)
    }
  }
}

/// A published figure as it is sent.
enum PublishedFigureBody {
  static func figure(_ value: JSONValue, _ exchange: Exchange) throws -> PublishedFigure {
    let reference = exchange.api.store.reference
    let reader = try ObjectReader(value)
    let (election, asOf, publishedOn, region, unit, source, values) = read(reader)
    if values?.isEmpty == true && reader.errors.all.isEmpty { reader.errors.add("/values", .required) }
    if let election, reference.elections[election] == nil { reader.errors.add("/election", .unknownCode) }
    if let region, region != "ID", RegionCode(region) == nil || !reference.knowsRegion(region) {
      reader.errors.add("/region", .unknownCode)
    }
    if let asOf, asOf > exchange.today { reader.errors.add("/as_of", .range, Hint.future) }
    if let publishedOn, publishedOn > LegalDate(inJayapura: exchange.now) {
      reader.errors.add("/published_on", .range, Hint.future)
    }
    if let asOf, let publishedOn, publishedOn < asOf { reader.errors.add("/published_on", .inconsistent) }
    try reader.errors.check()
    guard let election, let asOf, let unit, let source, let values else { throw Failure.invalid("", .required) }
    return PublishedFigure(
      number: 0, agency: try exchange.agency(), asOf: asOf, publishedOn: publishedOn, election: election,
      region: region == "ID" ? nil : region.flatMap { RegionCode($0) }, unit: unit, values: values, source: source,
      registeredAt: exchange.now)
  }
}

extension PublishedFigureBody {
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

/// A published figure beside the service's own.
enum PublishedFigureJSON {
  static func write(
    _ figure: PublishedFigure, _ states: CaseStates, _ scope: AgencyCode?, _ reference: Reference
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
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
    StatisticJSON.write(scope, figure.unit, to: &writer)
    writer.name("values")
    writer.beginObject()
    for metric in FunnelMetric.allCases {
      guard let value = figure.values[metric] else { continue }
      writer.name(metric.rawValue)
      writer.int(value)
    }
    writer.endObject()
    for basis in StatisticBasis.allCases { write(figure, basis, states, scope, reference, to: &writer) }
    writer.endObject()
    return writer.bytes
  }

  private static func write(
    _ figure: PublishedFigure, _ basis: StatisticBasis, _ states: CaseStates, _ scope: AgencyCode?,
    _ reference: Reference, to writer: inout JSONWriter
  ) {
    writer.name(basis.rawValue)
    guard let own = states.own(figure, basis, scope, reference) else { return writer.null() }
    writer.beginObject()
    writer.member("seq", states.seq)
    writer.member("statistics", "/v1/statistics/funnel?" + StatisticQuery.canonical(figure.question(basis)))
    for metric in FunnelMetric.allCases {
      guard let published = figure.values[metric] else { continue }
      writer.name(metric.rawValue)
      writer.beginObject()
      writer.member("published", published)
      writer.member("own", own.total[metric])
      writer.member("difference", published - own.total[metric])
      writer.endObject()
    }
    writer.endObject()
  }
}

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

  static func write(
    _ figure: PublishedFigure, _ states: CaseStates, _ scope: AgencyCode?, _ reference: Reference
  ) -> [UInt8] {
    var writer = CSVWriter()
    let own = [StatisticBasis.effective, .recorded].map { states.own(figure, $0, scope, reference) }
    for metric in FunnelMetric.allCases {
      guard let published = figure.values[metric] else { continue }
      for text in [
        "\(figure.number)", figure.agency.rawValue, figure.election, figure.asOf.description,
        figure.publishedOn?.description, figure.region?.text ?? "ID", figure.unit.rawValue, figure.source,
        figure.registeredAt.description, StatisticKind.funnel.definition, scope?.rawValue ?? "all", metric.rawValue,
        "\(published)",
      ] { writer.field(text) }
      for figures in own {
        writer.field(figures.map { "\($0.total[metric])" })
        writer.field(figures.map { "\(published - $0.total[metric])" })
      }
      writer.endRow()
    }
    return writer.bytes
  }
}

extension CaseStates {
  /// The service's own figures beside a published one; nil where it had recorded nothing yet: it has none then, not one of
  /// zero.
  fileprivate func own(
    _ figure: PublishedFigure, _ basis: StatisticBasis, _ scope: AgencyCode?, _ reference: Reference
  ) -> Grouped<FunnelCounts>? {
    let isTooEarly = basis == .recorded && firstRecordedOn.map { figure.asOf < $0 } ?? true
    guard !isTooEarly, case .funnel(let own) = answer(figure.question(basis), for: scope, reference) else { return nil }
    return own
  }
}
