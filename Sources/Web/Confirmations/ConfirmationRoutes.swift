internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// What agencies say about what others have recorded in their name.
enum ConfirmationRoutes {
  /// POST /v1/cases/{id}/confirmations: `{"outcome": "confirmed" | "disputed", "reason": "…", "acts": […]}`
  static func answer(_ call: Call, _ visible: VisibleCase, _ confirmations: ConfirmationService) async throws -> Answer
  {
    let write = try await Write(call)
    let reader = try ObjectReader(write.body)
    let confirmation = ConfirmationBody.read(reader)
    try reader.errors.check()
    guard let confirmation else { throw Failure.invalid(reader.errors.all) }
    let done = try await confirmations.answer(
      confirmation, on: visible, matching: call.match, by: call.asker, write.intent)
    return Answer.change(.created, done, call, write.intent)
  }

  /// POST /v1/confirmations: many cases at once, by lines or by who has imported them; a result a line, streamed.
  static func answerMany(_ call: Call, _ confirmations: ConfirmationService) async throws -> Answer {
    let dryRun = call.dryRun
    let source = try await Source(call, confirmations)
    let slot = try confirmations.begin(by: call.asker)
    var answer = Answer(contentType: "application/x-ndjson", body: .bytes([]))
    answer.tell(dryRun: dryRun)
    let many = ManyConfirmations(call: call, confirmations: confirmations, dryRun: dryRun)
    // The first ones are stored before the answer begins: a store that takes no writes gives 503 and not half a 200.
    var rest = source
    guard let first = try rest.next(call.asker, confirmations) else { return answer }
    let firstResults = try await many.results(of: first)
    answer.body = .stream { [rest] stream in
      var rest = rest
      try await stream.write(firstResults)
      do {
        while let batch = try rest.next(call.asker, confirmations) {
          try call.requireKey()
          try await stream.write(try await many.results(of: batch))
        }
      } catch {
        if let failure = Failure(endOfStream: error) { try await stream.write(call.lastLine(failure)) }
        throw error
      }
      slot.keep()
    }
    return answer
  }
}

/// Where many answers come from, some at a time.
private enum Source: Sendable {
  case lines(ArraySlice<LineSplitter.Line>)
  case selection(CaseQuery?, Confirmation)

  typealias Batch = [(line: Int?, answer: Result<ConfirmationLine, Failure>)]

  /// - Throws: what reading a body throws; `invalid` when a selection is malformed.
  init(_ call: Call, _ confirmations: ConfirmationService) async throws {
    let bytes = try await call.bytes()
    let type = call.request.fields[.contentType] ?? ""
    if type.lowercased().hasPrefix("application/x-ndjson") {
      var splitter = LineSplitter(lineBytesMax: call.site.lineBytesMax)
      self = .lines((splitter.feed(bytes) + splitter.feed(nil))[...])
      return
    }
    let reader = try ObjectReader(try JSONBody.parse(bytes))
    let selected = ConfirmationBody.selection(reader)
    try reader.errors.check()
    guard let (importer, until, confirmation) = selected else { throw Failure.invalid(reader.errors.all) }
    let query = try confirmations.waiting(importedBy: importer, until: until, for: call.asker)
    self = .selection(query, confirmation)
  }

  /// The next answers, at least one; nil at the end.
  mutating func next(_ asker: Asker, _ confirmations: ConfirmationService) throws -> Batch? {
    switch self {
    case .lines(let lines):
      if lines.isEmpty { return nil }
      self = .lines(lines.dropFirst(ConfirmationService.batchMax))
      return lines.prefix(ConfirmationService.batchMax).map { ($0.number, Self.read($0.bytes)) }
    case .selection(let query, let confirmation):
      guard var query else { return nil }
      let page = try confirmations.batch(of: query, by: asker)
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
      let reader = try ObjectReader(try JSONBody.parse(bytes))
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
  let call: Call
  let confirmations: ConfirmationService
  let dryRun: Bool

  /// Stores some answers in one write.
  func results(of batch: Source.Batch) async throws -> [UInt8] {
    let outcomes = try await confirmations.answer(batch.map(\.answer), by: call.asker, dryRun: dryRun)
    var writer = JSONWriter(reserving: batch.count * 128)
    for (item, outcome) in zip(batch, outcomes) { write(item, outcome, to: &writer) }
    return writer.bytes
  }

  private func write(
    _ item: (line: Int?, answer: Result<ConfirmationLine, Failure>), _ outcome: Result<SeenCase, Failure>,
    to writer: inout JSONWriter
  ) {
    writer.object { writer in
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
        call.write(failure, to: &writer)
      }
    }
    writer.bytes.append(UInt8(ascii: "\n"))
  }
}
