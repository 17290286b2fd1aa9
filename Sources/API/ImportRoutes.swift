internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// POST /v1/imports: NDJSON in, NDJSON out, one result a line, streamed both ways in bounded memory.
enum ImportRoutes {
  static func run(_ exchange: Exchange) async throws -> Answer {
    let dryRun = try Query(exchange.request.query, knowing: ["dry_run"]).flag("dry_run") ?? false
    try exchange.requireMediaType(["application/x-ndjson"])
    let origin = Importer.Origin(agency: try exchange.agency(), keyID: exchange.caller?.key.id ?? "")
    let settings = exchange.api.settings
    let importer = Importer(
      origin: origin, now: exchange.now, reference: exchange.api.store.reference, random: settings.random)
    let language = Language(acceptLanguage: exchange.request.fields[.acceptLanguage])
    let store = exchange.api.store
    let body = exchange.request.body
    var answer = Answer(contentType: "application/x-ndjson", body: .bytes([]))
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    // The first lines are brought in before the answer begins: a store that takes no writes gives 503 and not half a 200.
    var source = BatchSource(body: body, linesMax: settings.importBatchLines, lineBytesMax: settings.lineBytesMax)
    guard let first = try await source.next() else { return answer }
    let firstResults = try await results(of: first, importer, dryRun, store, language)
    answer.body = .stream { [source] stream in
      var source = source
      try await stream.write(firstResults)
      while let batch = try await source.next() {
        try await stream.write(try await results(of: batch, importer, dryRun, store, language))
      }
    }
    return answer
  }

  private static func results(
    of batch: [LineSplitter.Line], _ importer: Importer, _ dryRun: Bool, _ store: any Store, _ language: Language
  ) async throws -> [UInt8] {
    var outcomes = try await importer.run(batch.compactMap(\.bytes), dryRun: dryRun, into: store)[...]
    var writer = JSONWriter()
    for line in batch {
      let outcome: Importer.Outcome = line.bytes == nil ? .invalid(.lineTooLong) : outcomes.removeFirst()
      write(outcome, line: line.number, language, to: &writer)
      writer.bytes.append(UInt8(ascii: "\n"))
    }
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

/// Reads a body as batches of lines.
private struct BatchSource {
  let body: RequestBody
  let linesMax: Int
  private var splitter: LineSplitter
  private var lines: ArraySlice<LineSplitter.Line> = []
  private var isAtEnd = false

  init(body: RequestBody, linesMax: Int, lineBytesMax: Int) {
    self.body = body
    self.linesMax = linesMax
    splitter = LineSplitter(lineBytesMax: lineBytesMax)
  }

  /// The lines that have come, at least one; nil at the end of the body.
  mutating func next() async throws -> [LineSplitter.Line]? {
    while lines.isEmpty {
      if isAtEnd { return nil }
      let piece = try await body.next()
      isAtEnd = piece == nil
      lines = splitter.feed(piece)[...]
    }
    defer { lines = lines.dropFirst(linesMax) }
    return Array(lines.prefix(linesMax))
  }
}

/// Cuts a stream of bytes into lines of bounded length.
struct LineSplitter {
  /// A line with its number from 1; nil bytes when it was too long.
  struct Line: Sendable {
    let number: Int
    let bytes: [UInt8]?
  }

  private let lineBytesMax: Int
  private var rest: [UInt8] = []
  private var isOverlong = false
  private var number = 0

  init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

  /// The lines that are complete after `piece`; nil ends the stream, and with it the last line. Empty lines are skipped
  /// but counted.
  mutating func feed(_ piece: [UInt8]?) -> [Line] {
    guard let piece else { return rest.isEmpty && !isOverlong ? [] : [endLine()].compactMap { $0 } }
    var lines: [Line] = []
    var start = piece.startIndex
    while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
      append(piece[start..<end])
      if let line = endLine() { lines.append(line) }
      start = end + 1
    }
    append(piece[start...])
    return lines
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    if isOverlong { return }
    if rest.count + bytes.count > lineBytesMax {
      isOverlong = true
      rest = []
    } else {
      rest += bytes
    }
  }

  private mutating func endLine() -> Line? {
    number += 1
    defer {
      rest = []
      isOverlong = false
    }
    if isOverlong { return Line(number: number, bytes: nil) }
    let blank = rest.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 }
    return blank ? nil : Line(number: number, bytes: rest)
  }
}

extension Failure {
  static let lineTooLong = Failure(
    .contentTooLarge, en: "The line is too long.", id: "Baris ini terlalu panjang.")
}
