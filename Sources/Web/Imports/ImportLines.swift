internal import Domain
internal import HTTPServer
internal import Synchronization

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
    var judged = importer.judge(lines.compactMap(\.bytes))[...]
    return lines.map { line in
      JudgedLine(
        number: line.number, byteCount: line.bytes?.count ?? 0,
        judged: line.bytes == nil ? .refused(.lineTooLong, nil) : judged.removeFirst())
    }
  }
}

/// Lines that were read and judged while others are being stored: in order, and no more than one write can take.
final class ReadAhead: Sendable {
  private struct State {
    var lines: [JudgedLine] = []
    var byteCount = 0
    /// How reading has ended.
    var end: Result<Void, any Error>?
    var isClosed = false
    /// The reader, while there is no room.
    var reader: CheckedContinuation<Bool, Never>?
    /// The one who takes, while there is nothing.
    var taker: CheckedContinuation<Void, Never>?

    /// Beside their number it is the length of the lines that counts: those of one write have half of this.
    func hasRoom(_ linesMax: Int) -> Bool { lines.count < linesMax && byteCount < 2 << 20 }
  }

  private let linesMax: Int
  private let state = Mutex(State())

  init(linesMax: Int) { self.linesMax = linesMax }

  /// Reads until the end, or until nobody takes any more.
  func fill(from source: LineSource) async {
    var source = source
    do {
      while let lines = try await source.next() {
        guard await put(lines) else { return }
      }
      end(.success(()))
    } catch {
      end(.failure(error))
    }
  }

  /// The lines that are there, at least one and at most as many as one write takes; nil at the end.
  ///
  /// - Throws: what ended the reading, once every line before it was taken.
  func take() async throws -> [JudgedLine]? {
    await withCheckedContinuation { taker in
      let mustWait = state.withLock { state in
        let mustWait = state.lines.isEmpty && state.end == nil
        if mustWait { state.taker = taker }
        return mustWait
      }
      if !mustWait { taker.resume() }
    }
    let (lines, end, reader) = state.withLock { state in
      let taken = Array(state.lines.prefix(linesMax))
      state.lines.removeFirst(taken.count)
      state.byteCount -= taken.reduce(0) { $0 + $1.byteCount }
      let reader = state.hasRoom(linesMax) ? state.reader.take() : nil
      return (taken, state.end, reader)
    }
    reader?.resume(returning: true)
    if lines.isEmpty { try end?.get() }
    return lines.isEmpty ? nil : lines
  }

  /// Nobody takes any more.
  func close() {
    let reader = state.withLock { state in
      state.isClosed = true
      return state.reader.take()
    }
    reader?.resume(returning: false)
  }

  /// Adds lines and waits until there is room for more; false when nobody takes any more.
  private func put(_ lines: [JudgedLine]) async -> Bool {
    await withCheckedContinuation { reader in
      let (answer, taker) = state.withLock { state -> (Bool?, CheckedContinuation<Void, Never>?) in
        if state.isClosed { return (false, nil) }
        state.lines += lines
        state.byteCount += lines.reduce(0) { $0 + $1.byteCount }
        if state.hasRoom(linesMax) { return (true, state.taker.take()) }
        state.reader = reader
        return (nil, state.taker.take())
      }
      taker?.resume()
      if let answer { reader.resume(returning: answer) }
    }
  }

  private func end(_ end: Result<Void, any Error>) {
    let taker = state.withLock { state in
      state.end = end
      return state.taker.take()
    }
    taker?.resume()
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
    if number == 1 { rest = rest.withoutByteOrderMark }
    let blank = rest.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 }
    return blank ? nil : Line(number: number, bytes: rest)
  }
}
