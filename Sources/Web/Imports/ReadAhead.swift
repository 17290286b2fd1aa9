internal import Synchronization

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
