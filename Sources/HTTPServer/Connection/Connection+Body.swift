extension Connection {
  private enum BodyRead {
    case ready(Result<[UInt8]?, BodyFailure>)
    case wait
  }

  /// What ``RequestBody/next()`` calls, on any thread.
  func nextBodyPiece(of number: UInt64) async throws(BodyFailure) -> [UInt8]? {
    guard loop.isCurrent else {
      return try await Task(executorPreference: loop) { await self.bodyPiece(of: number) }.value.get()
    }
    return try await bodyPiece(of: number).get()
  }

  /// On the loop's thread.
  private func bodyPiece(of number: UInt64) async -> Result<[UInt8]?, BodyFailure> {
    if case .ready(let result) = readBody(of: number) {
      if hasUsedItsTurn { await Task.yield() }
      return result
    }
    return await withCheckedContinuation { waitForBody(of: number, $0) }
  }

  /// Whether the task should let others run: with a fast client it would never have to wait.
  var hasUsedItsTurn: Bool {
    guard current.unyieldedBytes >= FixedLimit.turnBytes else { return false }
    current.unyieldedBytes = 0
    return true
  }

  private func waitForBody(
    of number: UInt64, _ waiter: CheckedContinuation<Result<[UInt8]?, BodyFailure>, Never>
  ) {
    precondition(loop.isCurrent, "what calls this has looked at the thread")
    switch readBody(of: number) {
    case .ready(let result):
      waiter.resume(returning: result)
    case .wait:
      precondition(current.bodyWaiter == nil, "a request body is read by one task at a time")
      current.bodyWaiter = waiter
      current.bodyWaitStart = loop.now
    }
  }

  /// The next piece if it is here or can be received without waiting.
  private func readBody(of number: UInt64) -> BodyRead {
    guard number == requestNumber, phase == .handling else { return .ready(.failure(.disconnected)) }
    if let failure = current.bodyFailure { return .ready(.failure(failure)) }
    var piece: [UInt8] = []
    while true {
      if !input.isEmpty && !decodeBody(into: &piece) {
        return .ready(.failure(current.bodyFailure ?? .malformed))
      }
      if !piece.isEmpty {
        current.bodyPatience.count(waited: 0, bytes: piece.count)
        current.unyieldedBytes += piece.count
        return .ready(.success(piece))
      }
      if current.decoder.isFinished { return .ready(.success(nil)) }
      guard input.isEmpty else { continue }
      sendContinue()
      switch fill() {
      case .bytes: continue
      case .wouldBlock: return phase == .handling ? .wait : .ready(.failure(.disconnected))
      case .ended:
        current.bodyFailure = .disconnected
        return .ready(.failure(.disconnected))
      }
    }
  }

  /// Decodes what is buffered; false when the body is broken, and the failure is kept.
  func decodeBody(into piece: inout [UInt8]) -> Bool {
    do throws(BodyFailure) {
      let bytes = input.bytes
      let count = try current.decoder.decode(
        bytes.span.extracting(input.start..<bytes.count), room: FixedLimit.receiveBytes, into: &piece)
      input.consume(count)
      current.awaitsContinue = false
      return true
    } catch {
      current.bodyFailure = error
      return false
    }
  }

  /// RFC 9110 section 10.1.1: not after bytes of the body have come, nor after the answer has begun.
  private func sendContinue() {
    guard current.awaitsContinue else { return }
    current.awaitsContinue = false
    guard !current.isStreaming else { return }
    output.append(.continueHead)
    flush()
  }

  /// Goes on with a body that the handler waits for.
  func pumpBody() {
    guard current.bodyWaiter != nil else { return }
    if case .ready(let result) = readBody(of: requestNumber) { resumeBodyWaiter(with: result) }
  }

  /// Ends the wait for a body that comes too slowly; only time spent waiting for the client counts.
  func failSlowBody(_ now: Nanoseconds) {
    guard current.bodyWaiter != nil else { return }
    guard current.bodyPatience.isOver(after: now - current.bodyWaitStart) else { return }
    current.bodyFailure = .tooSlow
    resumeBodyWaiter(with: .failure(.tooSlow))
  }

  func resumeBodyWaiter(with result: Result<[UInt8]?, BodyFailure>) {
    guard let waiter = current.bodyWaiter else { return }
    current.bodyWaiter = nil
    current.bodyPatience.count(waited: loop.now - current.bodyWaitStart, bytes: 0)
    waiter.resume(returning: result)
  }
}
