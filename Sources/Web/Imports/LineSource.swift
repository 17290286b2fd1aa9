internal import Domain
internal import HTTPServer
internal import JSON
internal import Service

/// A line of an import, ready to be stored.
struct JudgedLine: Sendable {
  /// Counted from 1.
  let number: Int
  let byteCount: Int
  let judged: Importer.Judged
}

/// Reads a body as lines and judges them.
struct LineSource: Sendable {
  private var body: DecodedBody
  private let linesMax: Int
  private let importer: Importer
  private var splitter: LineSplitter
  private var lines: ArraySlice<LineSplitter.Line> = []
  private var isAtEnd = false

  init(body: DecodedBody, linesMax: Int, lineBytesMax: Int, importer: Importer) {
    self.body = body
    self.linesMax = linesMax
    self.importer = importer
    splitter = LineSplitter(lineBytesMax: lineBytesMax)
  }

  /// The lines that have come, at least one and at most `linesMax`; nil at the end of the body.
  mutating func next() async throws -> [JudgedLine]? {
    while lines.isEmpty {
      if isAtEnd { return nil }
      let piece = try await body.next()
      isAtEnd = piece == nil
      lines = splitter.feed(piece)[...]
    }
    defer { lines = lines.dropFirst(linesMax) }
    return await judge(lines.prefix(linesMax))
  }

  /// An event loop has others to serve: this is work for the threads beside it.
  @concurrent
  private func judge(_ lines: ArraySlice<LineSplitter.Line>) async -> [JudgedLine] {
    let judged = importer.judge(lines.map { ImportBody.line($0.bytes) })
    return zip(lines, judged).map { line, judged in
      JudgedLine(number: line.number, byteCount: line.bytes?.count ?? 0, judged: judged)
    }
  }
}
