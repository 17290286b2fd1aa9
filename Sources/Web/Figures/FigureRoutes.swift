internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/figures/{id}: a figure as it was issued, whether the same question has another answer today, and which changes
/// of which cases have made the difference.
enum FigureRoutes {
  /// Cases that are listed; the rest is counted.
  private static let listedMax = 200

  static func show(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let (id, agency) = (String(exchange.parameters.first ?? ""), try exchange.agency())
    // One that another agency was given is not read either.
    guard let terms = try exchange.read({ try $0.figureTerms(id) }) else { throw Failure.notFound }
    let question = try StatisticQuery.stored(terms)
    guard terms.isVisible(to: agency, question.unit), let figure = try exchange.read({ try $0.figure(id) }) else {
      throw Failure.notFound
    }
    let reference = exchange.api.store.reference
    // Equal treatment is about strata: no list of cases stands beside it.
    let lists = question.kind != .equalTreatment && exchange.caller?.key.scopes.contains(.casesRead) ?? false
    let bytes = try await exchange.readStates { states, reads in
      let comparison = FigureComparison(figure, question, states, reference)
      let known = try reads.keys(comparison.cases.map(\.caseKey), visibleTo: agency)
      let cases = comparison.cases.filter { known.contains($0.caseKey) }
      let changed = cases.map(\.caseKey)
      let changes = lists ? try reads.caseChanges(Array(changed.prefix(listedMax)), after: figure.seq) : nil
      return comparison.json(cases, changes)
    }
    return Answer(etag: nil, body: .bytes(bytes))
  }
}

/// A figure beside the answer of today.
struct FigureComparison {
  private let figure: Figure
  private let seq: Int64
  /// False when the record no longer gives what was issued: the definition or reference data have changed since.
  private let isReproduced: Bool
  private let then: [StatisticRow]
  private let now: [StatisticRow]
  private let nowID: String
  let cases: [CaseDifference]

  init(_ figure: Figure, _ question: StatisticQuestion, _ states: CaseStates, _ reference: Reference) {
    self.figure = figure
    seq = states.seq
    let nowResult = states.answer(question, for: figure.scope, reference)
    let thenResult =
      figure.seq == states.seq ? nowResult : states.answer(question, for: figure.scope, at: figure.seq, reference)
    then = thenResult.rows
    now = nowResult.rows
    isReproduced = StatisticJSON.name(question, figure.question, figure.scope, thenResult) == figure.id
    nowID = StatisticJSON.name(question, figure.question, figure.scope, nowResult)
    cases =
      nowID == figure.id
      ? [] : states.differences(in: question, for: figure.scope, from: figure.seq, to: states.seq, reference)
  }

  /// - Parameters:
  ///   - cases: those that have made the difference and exist for the caller.
  ///   - changes: what has changed in the first of them; nil when they are not to be listed.
  func json(_ cases: [CaseDifference], _ changes: [CaseChanges]?) -> [UInt8] {
    var writer = JSONWriter(reserving: figure.answer.count + 4_096)
    writer.beginObject()
    writer.name("figure")
    writer.raw(figure.answer)
    writer.name("today")
    writer.beginObject()
    writer.member("seq", seq)
    writer.member("same", nowID == figure.id)
    writer.member("reproduced", isReproduced)
    writer.name("differences")
    if isReproduced {
      writer.beginArray()
      for difference in differences { write(difference, to: &writer) }
      writer.endArray()
    } else {
      // What the record gives now for that time is not what was issued: it cannot be set against today's answer.
      writer.null()
    }
    write(cases, changes, to: &writer)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  private typealias Difference = (group: String?, metric: String, then: StatisticRow.Value?, now: StatisticRow.Value?)

  private var differences: [Difference] {
    func index(_ rows: [StatisticRow]) -> [[String?]: StatisticRow.Value] {
      Dictionary(rows.map { ([$0.group, $0.metric], $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let (before, after) = (index(then), index(now))
    let gone = then.filter { after[[$0.group, $0.metric]] == nil }
    return (now + gone).compactMap { row in
      let place = [row.group, row.metric]
      // A share whose base alone has changed is the same number.
      guard before[place]?.text ?? "0" != after[place]?.text ?? "0" else { return nil }
      return (row.group, row.metric, before[place], after[place])
    }
  }

  private func write(_ difference: Difference, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("group", difference.group.flatMap { $0.isEmpty ? nil : $0 })
    writer.member("whole", difference.group == nil)
    writer.member("metric", difference.metric)
    writer.name("then")
    Self.write(difference.then, to: &writer)
    writer.name("now")
    Self.write(difference.now, to: &writer)
    writer.name("difference")
    let change = (difference.now?.number ?? 0) - (difference.then?.number ?? 0)
    Self.write(.number(change), to: &writer)
    writer.endObject()
  }

  private static func write(_ value: StatisticRow.Value?, to writer: inout JSONWriter) {
    if let value { writer.raw(Array(value.text.utf8)) } else { writer.null() }
  }

  private func write(_ cases: [CaseDifference], _ changes: [CaseChanges]?, to writer: inout JSONWriter) {
    writer.name("cases")
    writer.beginObject()
    writer.member("count", cases.count)
    writer.name("items")
    guard let changes else {
      writer.null()
      writer.endObject()
      return
    }
    writer.beginArray()
    for difference in cases {
      guard let changed = changes.first(where: { $0.stub.key == difference.caseKey }) else { continue }
      write(difference, changed, to: &writer)
    }
    writer.endArray()
    writer.endObject()
  }

  private func write(_ difference: CaseDifference, _ changed: CaseChanges, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("case_id", changed.stub.id.description)
    writer.member("number", changed.number)
    writer.name("then")
    Self.write(difference.then, to: &writer)
    writer.name("now")
    Self.write(difference.now, to: &writer)
    writer.name("changes")
    writer.beginArray()
    for event in changed.events {
      writer.beginObject()
      writer.member("seq", event.seq)
      writer.member("what", event.what)
      writer.member("agency", event.agency.rawValue)
      writer.member("occurred_on", event.occurredOn?.description)
      writer.member("recorded_at", event.recordedAt.description)
      // Names of facts that figures may depend on: all of them are core.
      writer.member("changed", strings: event.changed.filter { Facts.group(of: $0) == .core })
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  private static func write(_ standing: CaseDifference.Standing?, to writer: inout JSONWriter) {
    guard let standing else { return writer.null() }
    writer.beginObject()
    writer.member("stage", standing.stage.rawValue)
    writer.member("group", standing.group)
    writer.member("metrics", strings: standing.metrics.map(\.rawValue))
    writer.member("sanction", standing.sanction)
    writer.endObject()
  }
}

extension StatisticRow.Value {
  var number: Double {
    switch self {
    case .count(let count), .part(let count, _, _): Double(count)
    case .number(let number): number
    }
  }
}
