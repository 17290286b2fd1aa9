internal import CEpoll
internal import Glibc
internal import HTTPTypes

extension Connection {
  typealias StreamWriter = @Sendable (ResponseStream) async throws -> Void

  /// Sends an answer, or the head of a streamed one, whose closure is returned.
  func beginAnswer(_ response: Response) -> StreamWriter? {
    precondition(loop.isCurrent, "a handler's task runs on its connection's loop")
    guard phase == .handling else { return nil }
    guard (200...599).contains(response.status.code) else {
      refuse(.invalidResponse)
      return nil
    }
    if let whenBroken = response.whenBroken { self.whenBroken = whenBroken }
    charge(response.account)
    let framing = response.framing(isHTTP10: current.isHTTP10)
    current.closes = current.closes || loop.isStopping || response.asksToClose
    if !current.isHead, let write = response.body.writer(framing) {
      compose(response, framing)
      current.isStreaming = true
      switch framing {
      case .chunked: current.isChunked = true
      case .length(let count): current.streamBytesLeft = count
      case .none, .untilClose: break
      }
      loop.composed.withUnsafeBytes { output.append(copying: $0) }
      loop.flushLater(self)
      return write
    }
    settle()
    compose(response, framing)
    if case .bytes(let bytes) = response.body, case .length(bytes.count) = framing, !current.isHead {
      transmitComposed(then: bytes)
    } else {
      transmitComposed(then: nil)
    }
    return nil
  }

  private func compose(_ response: Response, _ framing: ResponseFraming) {
    loop.composed.removeAll(keepingCapacity: true)
    loop.composed.appendHead(of: response, framing: framing, date: loop.date.bytes, closes: current.closes)
  }

  /// Decides how the connection goes on after this answer: what is left of the body must go, or the connection does.
  private func settle() {
    var scratch: [UInt8] = []
    while !current.decoder.isFinished, !input.isEmpty, current.bodyFailure == nil, decodeBody(into: &scratch) {
      scratch.removeAll(keepingCapacity: true)
    }
    if case .length(let remaining) = current.decoder, remaining <= FixedLimit.discardedBytesMax,
      !current.awaitsContinue, !hasEnded
    {
      phase = .discarding
      readDeadline = loop.now + loop.timeouts.bodyGrace
    } else {
      phase = .receivingHead
      if !current.decoder.isFinished { current.closes = true }
    }
    if current.bodyFailure != nil { current.closes = true }
    if current.closes { phase = .closing }
  }

  /// Sends what the loop composed, and a body after it; directly, unless bytes wait already or soon will.
  func transmitComposed(then body: [UInt8]?) {
    let small = body.map { $0.count < OutputQueue.sharedBytesMin } ?? true
    if let body, small { loop.composed += body }
    let isPipelined = phase == .receivingHead && !input.isEmpty
    var sent = 0
    if small && output.isEmpty && !isPipelined {
      sent = loop.composed.withUnsafeBytes { Socket.send($0, to: descriptor) }
      sentBytes += max(0, sent)
      if sent == loop.composed.count { return }
      if sent < 0 && sent != -Int(EAGAIN) {
        cut()
        return
      }
      sent = max(0, sent)
    }
    loop.composed.withUnsafeBytes { output.append(copying: UnsafeRawBufferPointer(rebasing: $0[sent...])) }
    if let body, !small { output.append(body) }
    if isPipelined { loop.flushLater(self) } else { flush() }
  }

  /// Sends what is queued, as far as the socket takes it.
  func flush() {
    isAwaitingFlush = false
    while !output.isEmpty && !isBlocked {
      let count = output.send(to: descriptor)
      if count == -Int(EAGAIN) {
        isBlocked = true
      } else if count < 0 {
        cut()
        return
      } else {
        sentBytes += count
      }
    }
    if output.isEmpty {
      endWaiting()
      if !isStreaming { whenBroken = nil }
    } else if waiting == nil {
      waiting = (loop.now, takenBytes)
    }
    settleAccount()
    if output.byteCount <= loop.limits.streamBufferBytes / 2 { resumeWriter(hasRoom: true) }
  }

  /// Brings the account up to date with what waits now.
  func settleAccount() {
    let held = output.heldByteCount
    guard held != accountedBytes else { return }
    account?.count(held - accountedBytes)
    accountedBytes = held
  }

  /// Counts what waits to another account from now on: with pipelined requests the rest of the answer before, too.
  private func charge(_ account: (any AnswerAccount)?) {
    if accountedBytes > 0 {
      self.account?.count(-accountedBytes)
      accountedBytes = 0
    }
    self.account = account
  }

  /// Bytes of answers that the client's side has taken: the system may have many more that it cannot pass on.
  private var takenBytes: Int { sentBytes - max(0, Int(cepoll_unacknowledged(descriptor))) }

  /// Whether an answer has waited for the client too long, for what the client has taken of it meanwhile.
  func hasWaitedTooLong(_ now: Nanoseconds) -> Bool {
    guard let (lookedAt, takenBefore) = waiting else { return false }
    let taken = takenBytes
    waiting = (now, taken)
    current.answerPatience.count(waited: now - lookedAt, bytes: taken - takenBefore)
    return current.answerPatience.isOver()
  }

  private func endWaiting() {
    guard let (lookedAt, takenBefore) = waiting else { return }
    waiting = nil
    current.answerPatience.count(waited: loop.now - lookedAt, bytes: takenBytes - takenBefore)
  }

  /// What ``ResponseStream/write(_:)`` calls, on any thread.
  func writeStream(_ bytes: [UInt8], of number: UInt64) async throws(StreamFailure) {
    let isWritten =
      if loop.isCurrent {
        await write(bytes, toStreamOf: number)
      } else {
        await Task(executorPreference: loop) { await self.write(bytes, toStreamOf: number) }.value
      }
    guard isWritten else { throw .disconnected }
  }

  /// Queues bytes and waits until the client has room for more; false when it is gone. On the loop's thread.
  private func write(_ bytes: [UInt8], toStreamOf number: UInt64) async -> Bool {
    guard append(bytes, toStreamOf: number) else { return false }
    current.unyieldedBytes += bytes.count
    guard output.byteCount >= loop.limits.streamBufferBytes else {
      if hasUsedItsTurn { await Task.yield() }
      return true
    }
    return await withCheckedContinuation { waitForRoom(of: number, $0) }
  }

  private func append(_ bytes: [UInt8], toStreamOf number: UInt64) -> Bool {
    guard number == requestNumber, phase == .handling, current.isStreaming else { return false }
    guard !bytes.isEmpty else { return true }
    if let left = current.streamBytesLeft {
      guard bytes.count <= left else { return false }
      current.streamBytesLeft = left - bytes.count
    }
    if current.isChunked {
      loop.composed.removeAll(keepingCapacity: true)
      loop.composed.appendChunkSize(bytes.count)
      loop.composed.withUnsafeBytes { output.append(copying: $0) }
    }
    output.append(bytes)
    if current.isChunked { output.append([.carriageReturn, .lineFeed]) }
    if output.byteCount < FixedLimit.receiveBytes {
      // Many small writes leave together.
      loop.flushLater(self)
      return true
    }
    flush()
    return phase == .handling
  }

  private func waitForRoom(of number: UInt64, _ writer: CheckedContinuation<Bool, Never>) {
    precondition(loop.isCurrent, "what calls this has looked at the thread")
    guard number == requestNumber, phase == .handling else {
      writer.resume(returning: false)
      return
    }
    guard output.byteCount >= loop.limits.streamBufferBytes else {
      writer.resume(returning: true)
      return
    }
    precondition(current.writer == nil, "a streamed answer is written by one task at a time")
    current.writer = writer
  }

  func resumeWriter(hasRoom: Bool) {
    guard let writer = current.writer else { return }
    current.writer = nil
    writer.resume(returning: hasRoom)
  }

  /// The closure of a streamed answer has returned.
  func endStream() {
    guard phase == .handling else { return }
    if let left = current.streamBytesLeft, left > 0 {
      breakStream(StreamFailure.incomplete)
      return
    }
    if current.isChunked { output.append(.lastChunk) }
    if current.isHTTP10 { current.closes = true }
    settle()
    if phase == .receivingHead { readDeadline = .never }
    flush()
  }

  /// The closure of a streamed answer has thrown: the client must see that the answer is not complete.
  func breakStream(_ error: any Error) {
    guard phase == .handling else { return }
    tellBreak(.failed(error))
    phase = .closing
    // Without chunks, only a reset tells the client.
    current.resetsAtEnd = !current.isChunked
    flush()
  }
}

extension Connection {
  /// Whether a streamed answer has begun and not ended.
  var isStreaming: Bool { phase == .handling && current.isStreaming }

  func tellBreak(_ reason: ResponseBreak) {
    let told = whenBroken
    whenBroken = nil
    told?(reason)
  }
}

extension ResponseBody {
  /// What writes the body piece by piece, where it goes out so.
  fileprivate func writer(_ framing: ResponseFraming) -> Connection.StreamWriter? {
    switch (self, framing) {
    case (.stream(let write), .chunked), (.stream(let write), .untilClose), (.sized(_, let write), .length): write
    default: nil
    }
  }
}
