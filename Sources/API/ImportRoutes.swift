internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// POST /v1/imports: NDJSON in, NDJSON out, one result a line, streamed both ways in bounded memory.
enum ImportRoutes {
  static func run(_ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    try exchange.requireMediaType(["application/x-ndjson"])
    let origin = Importer.Origin(agency: try exchange.agency(), keyID: exchange.caller?.key.id ?? "")
    let settings = exchange.api.settings
    let importer = Importer(
      origin: origin, store: exchange.api.store, now: settings.now, ids: exchange.api.caseIDs)
    let language = Language(acceptLanguage: exchange.request.fields[.acceptLanguage])
    let linesMax = settings.importBatchLines
    let slot = try exchange.takeStream()
    let body = try DecodedBody(exchange.request, bytesMax: settings.decodedBytesMax)
    var answer = Answer(contentType: "application/x-ndjson", body: .bytes([]))
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    // The first lines are brought in before the answer begins: a store that takes no writes gives 503 and not half a 200.
    var source = LineSource(
      body: body, linesMax: linesMax, lineBytesMax: settings.lineBytesMax, importer: importer)
    guard let first = try await source.next() else { return answer }
    let firstResults = try await results(of: first, importer, dryRun, language)
    answer.body = .stream { [source] stream in
      try await stream.write(firstResults)
      let ahead = ReadAhead(linesMax: linesMax)
      // Reads and judges while the lines before are being stored. When this ends early, so does the body, and with it
      // the task.
      Task { await ahead.fill(from: source) }
      defer { ahead.close() }
      do {
        while let lines = try await ahead.take() {
          try exchange.requireKey()
          try await stream.write(try await results(of: lines, importer, dryRun, language))
        }
      } catch {
        if let failure = Failure(endOfStream: error) {
          try await stream.write(lastLine(failure, language, exchange.requestID))
        }
        throw error
      }
      slot.keep()
    }
    return answer
  }

  private static func results(
    of lines: [JudgedLine], _ importer: Importer, _ dryRun: Bool, _ language: Language
  ) async throws -> [UInt8] {
    let outcomes = try await importer.keep(lines.map(\.judged), dryRun: dryRun)
    var writer = JSONWriter(reserving: lines.count * 128)
    for (line, outcome) in zip(lines, outcomes) {
      write(outcome, line: line.number, language, to: &writer)
      writer.bytes.append(UInt8(ascii: "\n"))
    }
    return writer.bytes
  }

  /// The last line of an import that cannot go on. What came before it stands, and the answer breaks off after it.
  private static func lastLine(_ failure: Failure, _ language: Language, _ requestID: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("problem")
    Problem.write(failure, language: language, requestID: requestID, to: &writer)
    writer.endObject()
    writer.bytes.append(UInt8(ascii: "\n"))
    return writer.bytes
  }

  private static func write(
    _ outcome: Importer.Outcome, line: Int, _ language: Language, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("line", line)
    switch outcome {
    case .created(let id):
      writer.member("status", "created")
      writer.member("id", id.description)
    case .duplicate(let id):
      writer.member("status", "duplicate")
      writer.member("id", id?.description)
    case .invalid(let failure):
      writer.member("status", "invalid")
      writer.name("problem")
      Problem.write(failure, language: language, requestID: nil, to: &writer)
    }
    writer.endObject()
  }
}

extension Failure {
  static let lineTooLong = Failure(
    .contentTooLarge, en: "The line is too long.", id: "Baris ini terlalu panjang.")
}
