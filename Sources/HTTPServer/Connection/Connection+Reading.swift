internal import HTTPTypes

extension Connection {
  enum Filled { case bytes, wouldBlock, ended }

  /// Receives once; an error counts as the client's end.
  func fill() -> Filled {
    if hasEnded { return .ended }
    guard isReadable else { return .wouldBlock }
    let buffer = loop.receiveBuffer
    switch Socket.receive(from: descriptor, into: buffer) {
    case .bytes(let count):
      // A short read emptied the socket: epoll reports again when more comes, except for an end already reported.
      isReadable = count == buffer.count || isEndSignalled
      input.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      return .bytes
    case .wouldBlock:
      isReadable = false
      return .wouldBlock
    case .ended, .failed:
      hasEnded = true
      return .ended
    }
  }

  /// Takes the next head when it is complete; a client that does not take its answers gets no further one.
  func receiveHead() {
    guard !isBlocked, output.byteCount < FixedLimit.receiveBytes else { return }
    if input.isEmpty && fill() != .bytes {
      if hasEnded {
        phase = .closing
        if output.isEmpty { shutDown() }
      } else if readDeadline == .never {
        readDeadline = loop.now + loop.timeouts.idle
      }
      return
    }
    let wasIdle = !isInHead
    do throws(ServerFault) {
      repeat {
        if let head = try parser.advance(over: input.bytes.span.extracting(input.start..<input.bytes.count)) {
          isInHead = false
          start(head)
          return
        }
      } while fill() == .bytes
    } catch {
      refuse(error)
      return
    }
    if hasEnded {
      refuse(.badRequest(reason: "the head is incomplete"))
    } else if wasIdle {
      isInHead = true
      readDeadline = loop.now + loop.timeouts.head
    }
  }

  private func start(_ head: RequestHead) {
    let bytes = input.takeFirst(head.byteCount)
    readDeadline = .never
    current = CurrentRequest(loop.timeouts)
    current.isHead = head.method == .head
    if loop.isStopping {
      refuse(.shuttingDown)
      return
    }
    if case .length(let count) = head.framing, count > loop.limits.streamBytesMax {
      refuse(.contentTooLarge)
      return
    }
    guard loop.admission.admitRequest() else {
      refuse(.overloaded)
      return
    }
    requestNumber += 1
    current.isHTTP10 = head.isHTTP10
    current.closes = head.closes
    current.decoder = BodyDecoder(head.framing, bytesMax: loop.limits.streamBytesMax)
    current.awaitsContinue = head.expectsContinue && head.framing != .none
    phase = .handling
    launch(
      Request(
        method: head.method,
        target: head.target,
        isHTTP10: head.isHTTP10,
        fields: RequestFields(bytes: bytes, spans: head.spans),
        body: requestBody(head.framing),
        peer: peer,
        loop: loop))
  }

  private func requestBody(_ framing: BodyFraming) -> RequestBody {
    let declaredBytes: Int? =
      switch framing {
      case .none: 0
      case .length(let count): count
      case .chunked: nil
      }
    let source = declaredBytes == 0 ? nil : (connection: self, number: requestNumber)
    return RequestBody(declaredBytes: declaredBytes, source: source, collectedBytesMax: loop.limits.bodyBytesMax)
  }

  private func launch(_ request: Request) {
    loop.runningRequests += 1
    task = Task(executorPreference: loop) {
      let response = await self.loop.handler(request)
      if let write = self.beginAnswer(response) {
        do {
          try await write(ResponseStream(connection: self, number: self.requestNumber))
          self.endStream()
        } catch {
          self.breakStream(error)
        }
      }
      self.endRequest()
    }
  }

  /// The task is over; the next request may start.
  private func endRequest() {
    // Tasks that the handler left behind are told that the request is over.
    resumeBodyWaiter(with: .failure(.disconnected))
    resumeWriter(hasRoom: false)
    loop.runningRequests -= 1
    loop.admission.releaseRequest()
    task = nil
    // A fault of the next head is answered with a body again.
    current.isHead = false
    advance()
  }

  /// Throws away what the handler did not read of a short body, then takes the next request.
  func discardBody() {
    var scratch: [UInt8] = []
    while !current.decoder.isFinished {
      if input.isEmpty {
        switch fill() {
        case .bytes: break
        case .wouldBlock: return
        case .ended:
          phase = .closing
          advance()
          return
        }
      }
      guard decodeBody(into: &scratch) else {
        phase = .closing
        advance()
        return
      }
      scratch.removeAll(keepingCapacity: true)
    }
    readDeadline = .never
    phase = .receivingHead
    receiveHead()
  }
}
