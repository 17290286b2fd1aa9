internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import Service

/// /v1/published-figures: numbers that agencies have published, each beside the service's own for the same date.
enum PublishedFigureRoutes {
  /// POST /v1/published-figures
  static func create(_ call: Call, _ figures: PublishedFigureService) async throws -> Answer {
    let write = try await Write(call)
    let figure = try PublishedFigureBody.figure(write.body, by: call.asker, figures.reference)
    let done = try await figures.register(figure, by: call.asker, write.intent)
    var shown = done.value
    // A dry run gives no number.
    if write.intent.dryRun { shown.number = 0 }
    var answer = Answer(
      status: .created, body: .bytes(try await figures.write(shown, by: call.asker, PublishedFigureJSON.write)))
    answer.tell(write.intent, isReplayed: done.isReplayed)
    if !write.intent.dryRun {
      answer.fields.append(Response.Field(name: .location, value: "/v1/published-figures/\(shown.number)"))
    }
    return answer
  }

  /// GET /v1/published-figures, newest first; `?election=`, `limit` (1 to 50), `cursor`.
  static func list(_ call: Call, _ figures: PublishedFigureService) async throws -> Answer {
    let (format, asker) = (call.format, call.asker)
    let list = try NumberedList(
      call, named: "published-figures", filteredBy: "election", limitMax: 50, limitDefault: 20)
    try figures.requireKnown(list.filter)
    let (table, language) = (Table(call, PublishedFigureTable.title, PublishedFigureTable.columns), call.language)
    let write: @Sendable (FigureBeside) -> [UInt8] = { beside in
      table.map { PublishedFigureTable.rows(beside, $0, in: language) } ?? PublishedFigureJSON.write(beside)
    }
    if format != .json && call.query["limit"] == nil {
      let slot = try figures.begin(by: asker)
      let (all, seq) = try await figures.all(list.filter, before: list.start, by: asker)
      return try ListStream.answer(call, slot, (places: all, seq: seq), table) { part in
        var bytes: [UInt8] = []
        for figure in part {
          bytes += try await figures.write(figure, by: asker, write)
          if format == .ndjson { bytes.append(UInt8(ascii: "\n")) }
        }
        return bytes
      }
    }
    let found = try figures.list(list.filter, before: list.start, limit: list.limit + 1, by: asker)
    var (page, last) = (ListPage(format, table), found.count > list.limit ? found[list.limit - 1].number : nil)
    // One after the other, so that agencies take turns between them.
    for (index, figure) in found.prefix(list.limit).enumerated() {
      if !page.add(try await figures.write(figure, by: asker, write)) {
        last = found[index - 1].number
        break
      }
    }
    return try list.answer(page, after: last, call.query.presentationPart)
  }

  /// GET /v1/published-figures/{n}
  static func show(_ call: Call, _ figures: PublishedFigureService) async throws -> Answer {
    guard let number = call.parameters.first.flatMap({ Int64($0) }) else { throw Failure.notFound }
    let figure = try figures.figure(number, by: call.asker)
    return Answer(body: .bytes(try await figures.write(figure, by: call.asker, PublishedFigureJSON.write)))
  }
}
