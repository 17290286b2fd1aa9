internal import CEpoll
internal import Glibc
internal import HTTPTypes

/// One client's connection: a state machine that its event loop drives.
///
/// Why `@unchecked Sendable` is right: every stored property that can change is touched on the loop's thread only.
/// - The loop calls `handle`, `flush`, `sweep` and `cut` from its own thread.
/// - The request's task runs with the loop as executor preference, so that its synchronous calls (`beginAnswer`,
///   `endRequest`) are on the loop's thread; `beginAnswer` checks it.
/// - The two entries for other code, `nextBodyPiece` and `writeStream`, look at the thread first and touch state only
///   on the loop's; from any other they send a task to the loop.
final class Connection: @unchecked Sendable {
  enum Phase {
    /// No request runs: idle when nothing was received, else in the middle of a head.
    case receivingHead
    /// A task answers the current request.
    case handling
    /// The answer is given; what is left of the request's body is thrown away.
    case discarding
    /// No further request is taken; what is queued is sent first.
    case closing
    /// Our side is shut; the client reads its answer and closes.
    case lingering
    case closed
  }

  let loop: EventLoop
  let descriptor: Int32
  let generation: UInt32
  let peer: PeerAddress
  /// Whether the connection is counted; one over the limits lives just long enough to be told so.
  let isAdmitted: Bool

  var phase = Phase.receivingHead
  var input = InputBuffer()
  var output = OutputQueue()
  var parser: RequestParser

  /// Whether the socket may have bytes or its end to give; set by epoll, cleared when it had none.
  var isReadable = false
  /// Whether epoll reported the client's end, which a short read does not show.
  var isEndSignalled = false
  /// Whether the client's end was read.
  var hasEnded = false
  /// Whether the socket took nothing more; cleared by epoll.
  var isBlocked = false
  /// Whether the loop will call `flush` before it sleeps.
  var isAwaitingFlush = false

  /// Whether bytes of a head that is not complete were received.
  var isInHead = false
  var readDeadline = Nanoseconds.never
  /// Bytes of answers that the system took.
  var sentBytes = 0
  /// While an answer waits for the client: when that was last looked at, and what the client had taken by then.
  var waiting: (lookedAt: Nanoseconds, takenBytes: Int)?
  /// What came after the last answer.
  var leftover: Leftover

  /// The current request, or the last one.
  var requestNumber: UInt64 = 0
  var current: CurrentRequest
  var task: Task<Void, Never>?
  /// Who is to be told when the answer that is being sent breaks off.
  var whenBroken: (@Sendable (ResponseBreak) -> Void)?
  /// Where what waits is counted, and how much of it is.
  var account: (any AnswerAccount)?
  var accountedBytes = 0

  init(loop: EventLoop, descriptor: Int32, generation: UInt32, peer: PeerAddress, isAdmitted: Bool) {
    self.loop = loop
    self.descriptor = descriptor
    self.generation = generation
    self.peer = peer
    self.isAdmitted = isAdmitted
    parser = RequestParser(limits: loop.limits)
    current = CurrentRequest(loop.timeouts)
    leftover = Leftover(patience: loop.timeouts.lingeringPatience)
    readDeadline = loop.now + loop.timeouts.idle
  }

  /// Takes note of what epoll reported, and goes on.
  func handle(_ events: UInt32) {
    let isBroken = events & CEPOLL_ERR != 0
    // Both sides are shut. What the client sent before its end must be read, or our close becomes a reset.
    let isShut = events & CEPOLL_HUP != 0 && phase != .lingering
    if isBroken || isShut {
      cut()
      return
    }
    if events & CEPOLL_RDHUP != 0 { isEndSignalled = true }
    if events & (CEPOLL_IN | CEPOLL_RDHUP) != 0 { isReadable = true }
    if events & CEPOLL_OUT != 0 && isBlocked {
      isBlocked = false
      flush()
    }
    advance()
  }

  /// Does what the phase asks for, until it must wait.
  func advance() {
    switch phase {
    case .receivingHead: receiveHead()
    case .handling: pumpBody()
    case .discarding: discardBody()
    case .closing: if output.isEmpty { shutDown() }
    case .lingering: linger()
    case .closed: break
    }
  }

  /// Closes now, whatever is going on; whoever waits is told that the client is gone.
  func cut(_ reason: ResponseBreak = .clientGone) {
    guard phase != .closed else { return }
    if !output.isEmpty || isStreaming { tellBreak(reason) }
    phase = .closed
    close(descriptor)
    input = InputBuffer()
    output.removeAll()
    settleAccount()
    loop.remove(self)
    task?.cancel()
    resumeBodyWaiter(with: .failure(.disconnected))
    resumeWriter(hasRoom: false)
  }

  /// Closes what is overdue; called by the loop a few times per time-out.
  func sweep(_ now: Nanoseconds) {
    if hasWaitedTooLong(now) {
      cut(.clientTooSlow)
      return
    }
    switch phase {
    case .receivingHead where now >= readDeadline:
      if isInHead { refuse(.requestTimeout) } else { cut() }
    case .handling: failSlowBody(now)
    case .discarding where now >= readDeadline: cut()
    case .lingering where now >= readDeadline || leftover.isOverdue(now): cut()
    default: break
    }
  }

  /// Stops taking requests: an idle connection closes, a running request is the last one.
  func stop() {
    if phase == .receivingHead {
      // What arrived meanwhile is answered with 503 and not dropped.
      isReadable = true
      advance()
      if phase == .receivingHead {
        if isInHead {
          refuse(.shuttingDown)
        } else if output.isEmpty {
          cut()
        } else {
          phase = .closing
        }
      }
    }
  }

  /// Answers a fault and closes.
  func refuse(_ fault: ServerFault) {
    let response = loop.faultResponse(fault)
    phase = .closing
    loop.composed.removeAll(keepingCapacity: true)
    let framing = response.framing(isHTTP10: true)
    loop.composed.appendHead(of: response, framing: framing, date: loop.date.bytes, closes: true)
    if case .bytes(let bytes) = response.body, case .length(bytes.count) = framing, !current.isHead {
      loop.composed += bytes
    }
    transmitComposed(then: nil)
    advance()
  }
}
