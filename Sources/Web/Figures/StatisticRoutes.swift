internal import Domain
internal import HTTPServer
internal import Service

/// GET /v1/statistics/{statistic}: figures that can be cited, as JSON or a table.
enum StatisticRoutes {
  static func show(_ kind: StatisticKind, _ call: Call, _ figures: FigureService) async throws -> Answer {
    let question = try StatisticQuery.question(kind, call.query, today: call.asker.today, figures.reference)
    let issued = try await figures.issue(question, by: call.asker)
    guard let table = Table(call, StatisticTable.title, StatisticTable.columns) else {
      // A figure never changes, so that its name is its entity tag.
      return Answer(etag: "\"\(issued.figure.id)\"", body: .bytes(issued.figure.answer))
    }
    let language = call.language
    return table.answer(
      try await figures.writeLong(by: call.asker) { StatisticTable.rows(issued, question, $0, table, in: language) },
      isTagged: true)
  }
}
