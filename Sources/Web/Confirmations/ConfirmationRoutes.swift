internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// What agencies say about what others have recorded in their name.
enum ConfirmationRoutes {
  /// POST /v1/cases/{id}/confirmations: `{"outcome": "confirmed" | "disputed", "reason": "…", "acts": […]}`
  static func answer(_ exchange: Exchange) async throws -> Answer {
    let id = try exchange.caseID()
    let context = try exchange.context()
    let agency = context.actor.agency
    let write = try await Write(exchange, keyRequired: false)
    let reader = try ObjectReader(write.body.value)
    let read = ConfirmationBody.read(reader)
    let match = exchange.request.fields[.ifMatch]
    try exchange.requireSight(of: id)
    try reader.errors.check()
    guard let confirmation = read else { throw Failure.invalid(reader.errors.all) }
    let (seen, replayed) = try await write.once(
      replay: { try SeenCase.replayed($0, for: agency, $1) },
      change: { transaction in
        let seen = try transaction.seen(id, by: agency)
        try EntityTag.requireMatch(match, version: seen.record.version, seen.projection)
        let record = try take(confirmation, on: seen.record, context.renewed(by: transaction), transaction)
        return (try seen.changed(to: record, for: agency, dryRun: write.dryRun), StoredReply(.created, record))
      })
    return seen.answer(.created, write, replayed: replayed)
  }

  /// Judges an answer and stores what it changes.
  fileprivate static func take(
    _ confirmation: Confirmation, on record: Case, _ context: Lifecycle.Context, _ transaction: any CaseWrites
  ) throws -> Case {
    // Nobody has recorded anything in another's name where there is no importer: then no history is read.
    guard record.provenance.importer != nil else { throw Failure.notNamed }
    let verdict = try Lifecycle.judge(confirmation, on: record, try transaction.history(record.id), context)
    let earlier = try verdict.fallsBackTo.flatMap { try transaction.caseRecord(record.id, version: $0) }
    let (changed, event) = try Lifecycle.apply(verdict, of: confirmation, to: record, earlier: earlier, context)
    return try transaction.update(record, to: changed, event)
  }

  /// POST /v1/confirmations: many cases at once, by lines or by who has imported them; a result a line, streamed.
  static func answerMany(_ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    let source = try await Source(exchange)
    let slot = try exchange.takeStream()
    var answer = Answer(contentType: "application/x-ndjson", body: .bytes([]))
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    let many = ManyConfirmations(exchange: exchange, dryRun: dryRun)
    // The first ones are stored before the answer begins: a store that takes no writes gives 503 and not half a 200.
    var rest = source
    guard let first = try rest.next(exchange) else { return answer }
    let firstResults = try await many.results(of: first)
    answer.body = .stream { [rest] stream in
      var rest = rest
      try await stream.write(firstResults)
      do {
        while let batch = try rest.next(exchange) {
          try exchange.requireKey()
          try await stream.write(try await many.results(of: batch))
        }
      } catch {
        if let failure = Failure(endOfStream: error) { try await stream.write(exchange.lastLine(failure)) }
        throw error
      }
      slot.keep()
    }
    return answer
  }

  /// Answers that share a write.
  static let batchMax = 100
}

/// The bodies of answers. Errors are collected in the reader.
enum ConfirmationBody {
  static let actsMax = 100

  /// An answer in one case.
  static func read(_ body: ObjectReader) -> Confirmation? {
    let confirmation = content(body)
    body.finish()
    return confirmation
  }

  /// A line of many.
  static func line(_ body: ObjectReader) -> ConfirmationLine? {
    let id = body.text("case_id", max: 36, required: true)
    let match = body.text("if_match", max: 64, required: true)
    let confirmation = content(body)
    body.finish()
    guard let id, let match, let confirmation else { return nil }
    return ConfirmationLine(caseID: CaseID(id), match: match, confirmation: confirmation)
  }

  /// Which cases are answered at once: those that an agency has imported until a moment.
  static func selection(_ body: ObjectReader) -> (importer: AgencyCode, until: Timestamp, Confirmation)? {
    let importer = body.text("imported_by", max: 20, required: true)
    let until = body.text("until", max: 40, required: true)
    let outcome = body.code("outcome", ConfirmationOutcome.self, required: true)
    let reason = reason(body, outcome)
    body.finish()
    guard let importer, let until, let outcome else { return nil }
    guard let end = instant(until) else {
      body.errors.add(body.at("until"), .format, Hint.instant)
      return nil
    }
    return (AgencyCode(rawValue: importer), end, Confirmation(outcome, reason: reason, acts: nil))
  }

  /// A moment; a date stands for its end in Jakarta.
  private static func instant(_ text: String) -> Timestamp? {
    if let date = LegalDate(text) { return Timestamp("\(date)T23:59:59.999+07:00") }
    return Timestamp(text)
  }

  private static func content(_ body: ObjectReader) -> Confirmation? {
    let outcome = body.code("outcome", ConfirmationOutcome.self, required: true)
    let reason = reason(body, outcome)
    let acts = body.ints("acts", countMax: actsMax)?.map { Int64($0) }
    return outcome.map { Confirmation($0, reason: reason, acts: acts) }
  }

  private static func reason(_ body: ObjectReader, _ outcome: ConfirmationOutcome?) -> String? {
    body.prose("reason", max: 5_000, required: outcome == .disputed)
  }
}

/// An answer among many.
struct ConfirmationLine: Sendable {
  /// Nil when the line names no identity.
  let caseID: CaseID?
  /// Nil where the case was found as it is.
  let match: String?
  let confirmation: Confirmation
}

/// Where many answers come from, some at a time.
private enum Source: Sendable {
  case lines(ArraySlice<LineSplitter.Line>)
  case selection(CaseQuery?, Confirmation)

  typealias Batch = [(line: Int?, answer: Result<ConfirmationLine, Failure>)]

  /// - Throws: what reading a body throws; `invalid` when a selection is malformed.
  init(_ exchange: Exchange) async throws {
    try exchange.requireMediaType(["application/json", "application/x-ndjson"])
    let bytes = try await exchange.bytes()
    let type = exchange.request.fields[.contentType] ?? ""
    if type.lowercased().hasPrefix("application/x-ndjson") {
      var splitter = LineSplitter(lineBytesMax: exchange.api.settings.lineBytesMax)
      self = .lines((splitter.feed(bytes) + splitter.feed(nil))[...])
      return
    }
    let reader = try ObjectReader(try Exchange.parse(bytes))
    let selected = ConfirmationBody.selection(reader)
    try reader.errors.check()
    guard let (importer, until, confirmation) = selected else { throw Failure.invalid(reader.errors.all) }
    let reference = exchange.api.store.reference
    guard reference.agencies[importer.rawValue] != nil else { throw Failure.invalid("/imported_by", .unknownCode) }
    var query = CaseQuery(caller: try exchange.agency(), today: exchange.today)
    query.unconfirmed = true
    query.answering = reference.answeredFor(by: query.caller, on: query.today)
    (query.importer, query.createdUntil) = (importer, until)
    (query.descending, query.limit) = (false, ConfirmationRoutes.batchMax)
    self = .selection(query, confirmation)
  }

  /// The next answers, at least one; nil at the end.
  mutating func next(_ exchange: Exchange) throws -> Batch? {
    switch self {
    case .lines(let lines):
      if lines.isEmpty { return nil }
      self = .lines(lines.dropFirst(ConfirmationRoutes.batchMax))
      return lines.prefix(ConfirmationRoutes.batchMax).map { ($0.number, Self.read($0.bytes)) }
    case .selection(let query, let confirmation):
      guard var query else { return nil }
      let page = try exchange.read { try $0.cases(query) }
      query.after = page.next
      self = .selection(page.next == nil ? nil : query, confirmation)
      return page.items.isEmpty
        ? nil
        : page.items.map { (nil, .success(ConfirmationLine(caseID: $0.id, match: nil, confirmation: confirmation))) }
    }
  }

  private static func read(_ bytes: [UInt8]?) -> Result<ConfirmationLine, Failure> {
    guard let bytes else { return .failure(.lineTooLong) }
    do throws(Failure) {
      let reader = try ObjectReader(try Exchange.parse(bytes))
      let line = ConfirmationBody.line(reader)
      try reader.errors.check()
      guard let line else { throw .invalid(reader.errors.all) }
      return .success(line)
    } catch {
      return .failure(error)
    }
  }
}

/// Stores answers, and tells what became of each.
private struct ManyConfirmations: Sendable {
  let exchange: Exchange
  let dryRun: Bool

  /// Stores some answers in one write. One that fails does so before anything of it is written.
  func results(of batch: Source.Batch) async throws -> [UInt8] {
    let context = try exchange.context()
    let budget = exchange.caller?.budget
    let outcomes = try await exchange.api.store.write(
      by: try exchange.owner(), spending: budget, dryRun: dryRun
    ) { transaction in
      let context = try context.renewed(by: transaction)
      return try batch.map { try keep($0.answer, context, transaction) }
    }
    var writer = JSONWriter(reserving: batch.count * 128)
    for (item, outcome) in zip(batch, outcomes) { write(item, outcome, to: &writer) }
    return writer.bytes
  }

  private func keep(
    _ answer: Result<ConfirmationLine, Failure>, _ context: Lifecycle.Context, _ transaction: any CaseWrites
  ) throws -> Result<SeenCase, Failure> {
    do {
      let line = try answer.get()
      let agency = context.actor.agency
      guard let id = line.caseID else { throw Failure.notFound }
      let seen = try transaction.seen(id, by: agency)
      if let match = line.match {
        try EntityTag.requireMatch(match, version: seen.record.version, seen.projection)
      }
      let record = try ConfirmationRoutes.take(line.confirmation, on: seen.record, context, transaction)
      return .success(try seen.changed(to: record, for: agency, dryRun: dryRun))
    } catch let failure as Failure {
      return .failure(failure)
    }
  }

  private func write(
    _ item: (line: Int?, answer: Result<ConfirmationLine, Failure>), _ outcome: Result<SeenCase, Failure>,
    to writer: inout JSONWriter
  ) {
    writer.beginObject()
    if let line = item.line { writer.member("line", line) }
    if case .success(let line) = item.answer, let id = line.caseID { writer.member("case_id", id.description) }
    switch (outcome, item.answer) {
    case (.success(let seen), .success(let line)):
      writer.member("status", line.confirmation.outcome.rawValue)
      writer.member("version", seen.record.version)
      writer.member("etag", seen.etag)
    case (.failure(let failure), _), (_, .failure(let failure)):
      writer.member("status", "invalid")
      writer.name("problem")
      exchange.write(failure, to: &writer)
    }
    writer.endObject()
    writer.bytes.append(UInt8(ascii: "\n"))
  }
}
