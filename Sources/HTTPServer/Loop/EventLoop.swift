internal import CEpoll
internal import Glibc
internal import Synchronization

/// One thread that waits for its sockets and runs the tasks of their requests.
///
/// Why `@unchecked Sendable` is right: what other threads may touch is either constant after `init` or in `mailbox`,
/// a mutex. All else is touched by the loop's thread only: by `run` and what it calls, and by jobs, which `run` runs.
/// `enqueue` asks which thread it is on before it touches `jobs`.
final class EventLoop: TaskExecutor, @unchecked Sendable {
  let index: Int
  let limits: Limits
  let timeouts: Timeouts
  let admission: Admission
  let handler: Handler
  let faultResponse: @Sendable (ServerFault) -> Response

  private let epoll: Int32
  private let wakeUp: Int32
  private let mailbox = Mutex(Mailbox())

  /// The loop's thread; nothing equals it before the thread has set it.
  private let thread = Atomic<UInt>(0)
  private var jobs: [UnownedJob] = []
  /// How many of them have run in this turn.
  private var jobsRun = 0
  private var acceptor: Acceptor
  /// Where other loops leave connections for this one; nil where each loop accepts its own.
  private let intake: Intake?
  /// Of all loops, where this one accepts for all.
  private let intakes: [Intake]
  private var connections = ConnectionTable()
  private var flushable: [Connection] = []
  /// Connections over the limits that are being told so.
  private var refusedConnections = 0
  /// Connections of which much is read only to be dropped.
  private var drainingConnections = 0
  private var nextSweep: Nanoseconds = 0
  private var stopDeadline = Nanoseconds.never

  private(set) var now = Nanoseconds.monotonicNow()
  private(set) var date = DateLine()
  private(set) var isStopping = false
  /// Requests whose task has not ended; the thread stays as long as there is one.
  var runningRequests = 0
  /// Where every socket is received into.
  let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FixedLimit.receiveBytes, alignment: 16)
  /// Where every answer's head is written first.
  var composed: [UInt8] = []

  /// What other threads leave for the loop.
  private struct Mailbox {
    var jobs: [UnownedJob] = []
    var isSleeping = false
    var stopDeadline: Nanoseconds?
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
    /// Whether the loop has closed everything it is going to close.
    var isStopped = false
    /// Whether the thread has ended.
    var hasEnded = false
  }

  private static let connectionEvents = CEPOLL_IN | CEPOLL_OUT | CEPOLL_RDHUP | CEPOLL_ET
  private static let listenerToken = UInt64.max
  private static let wakeUpToken = UInt64.max - 1

  init(
    _ doors: Doors, limits: Limits, admission: Admission, handler: @escaping Handler,
    faultResponse: @escaping @Sendable (ServerFault) -> Response
  ) throws(StartFailure) {
    index = doors.index
    intake = doors.intakes.isEmpty ? nil : doors.intakes[doors.index]
    intakes = doors.listener == nil ? [] : doors.intakes
    self.limits = limits
    timeouts = Timeouts(limits)
    self.admission = admission
    self.handler = handler
    self.faultResponse = faultResponse
    epoll = cepoll_create()
    wakeUp = cepoll_eventfd()
    acceptor = Acceptor(doors.listener)
    date.refresh()
    // The counter of the eventfd is never read: edge-triggered, every write is a wake-up of its own.
    guard epoll >= 0, wakeUp >= 0,
      cepoll_add(epoll, wakeUp, CEPOLL_IN | CEPOLL_ET, Self.wakeUpToken) == 0,
      doors.listener.map({ cepoll_add(epoll, $0.descriptor, CEPOLL_IN, Self.listenerToken) == 0 }) ?? true,
      intake.map({ cepoll_add(epoll, $0.wakeUp, CEPOLL_IN | CEPOLL_ET, Self.wakeUpToken) == 0 }) ?? true
    else { throw .system(errno: errno) }
  }

  /// By which ways connections come to a loop.
  struct Doors {
    let index: Int
    /// Nil where another loop accepts for all.
    let listener: ListeningSocket?
    /// Of all loops, where one accepts for all; else none.
    let intakes: [Intake]
  }

  deinit {
    acceptor.close()
    if wakeUp >= 0 { close(wakeUp) }
    if epoll >= 0 { close(epoll) }
    receiveBuffer.deallocate()
  }

  /// Whether the caller is on the loop's thread.
  @inline(__always)
  var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
      return
    }
    let (mustWake, hasEnded) = mailbox.withLock { mailbox in
      if mailbox.hasEnded { return (false, true) }
      mailbox.jobs.append(job)
      defer { mailbox.isSleeping = false }
      return (mailbox.isSleeping, false)
    }
    // After the end there is no connection left whose state could be touched from two threads.
    if hasEnded { job.runSynchronously(on: asUnownedTaskExecutor()) }
    if mustWake { wake() }
  }

  /// Asks the loop to stop; returns when its connections are closed, at the latest soon after the deadline.
  func stop(deadline: Nanoseconds) async {
    await withCheckedContinuation { waiter in
      let isStopped = mailbox.withLock { mailbox in
        if mailbox.isStopped { return true }
        mailbox.stopDeadline = min(mailbox.stopDeadline ?? .never, deadline)
        mailbox.stopWaiters.append(waiter)
        return false
      }
      if isStopped { waiter.resume() } else { wake() }
    }
  }

  /// Asks the loop to stop and does not wait.
  func stopSoon() {
    mailbox.withLock { $0.stopDeadline = 0 }
    wake()
  }

  private func wake() {
    var one: UInt64 = 1
    // It can fail only when the counter is full, and then the loop is awake anyway.
    _ = write(wakeUp, &one, 8)
  }
}

// MARK: On the loop's thread

extension EventLoop {
  /// Runs until the loop is stopped and no request is left.
  func run() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    cepoll_name_thread("http-loop-\(index)")
    nextSweep = now + timeouts.sweep
    withUnsafeTemporaryAllocation(of: cepoll_event.self, capacity: Int(CEPOLL_BATCH)) { events in
      guard let base = events.baseAddress else { return }
      repeat {
        runJobs()
        flushAll()
        let count = cepoll_wait(epoll, base, pollTimeout())
        updateClock()
        for position in 0..<Int(max(0, count)) { dispatch(events[position]) }
        takeMail()
        sweepIfDue()
      } while !hasEnded()
    }
    acceptor.close()
  }

  func flushLater(_ connection: Connection) {
    guard !connection.isAwaitingFlush else { return }
    connection.isAwaitingFlush = true
    flushable.append(connection)
  }

  func remove(_ connection: Connection) {
    connections.remove(connection)
    intake?.countOut()
    if connection.leftover.isDrained { drainingConnections -= 1 }
    if connection.isAdmitted {
      admission.releaseConnection(from: connection.peer)
    } else {
      refusedConnections -= 1
    }
  }

  /// Lets a connection send more than most after its last answer; false when it had that, or others have it.
  func grantDraining(to connection: Connection) -> Bool {
    guard connection.isAdmitted, !connection.leftover.isDrained,
      drainingConnections < FixedLimit.drainingConnectionsMax
    else { return false }
    drainingConnections += 1
    connection.leftover.isDrained = true
    connection.leftover.bytesMax = FixedLimit.drainedBytesMax
    return true
  }

  /// Has epoll report what it reported already, after the others have had their turn.
  func reportAgain(_ connection: Connection) {
    if cepoll_modify(epoll, connection.descriptor, Self.connectionEvents, connection.token) != 0 { connection.cut() }
  }

  /// Runs what is queued, and a little of what that queues: then answers leave together, but sockets get their turn.
  private func runJobs() {
    let turn = max(jobs.count, 64)
    let end = Nanoseconds.monotonicNow() + FixedLimit.turnDuration
    while jobsRun < min(jobs.count, turn) {
      let job = jobs[jobsRun]
      jobsRun += 1
      job.runSynchronously(on: asUnownedTaskExecutor())
      // Of more requests than these none is let in while they wait: they would only count as being in flight.
      if waitingJobs <= FixedLimit.waitingJobsMax && Nanoseconds.monotonicNow() >= end { break }
    }
    if jobsRun == jobs.count {
      jobs.removeAll(keepingCapacity: true)
    } else {
      jobs.removeFirst(jobsRun)
    }
    jobsRun = 0
  }

  /// How many jobs wait behind the one that runs.
  var waitingJobs: Int { jobs.count - jobsRun }

  private func flushAll() {
    var position = 0
    while position < flushable.count {
      let connection = flushable[position]
      position += 1
      if connection.isAwaitingFlush {
        connection.flush()
        connection.advance()
      }
    }
    flushable.removeAll(keepingCapacity: true)
  }

  private func updateClock() {
    now = .monotonicNow()
    date.refresh()
  }

  /// Milliseconds to sleep at most; after it, others know that they must wake the loop.
  private func pollTimeout() -> Int32 {
    guard jobs.isEmpty, flushable.isEmpty else { return 0 }
    let isAwake = mailbox.withLock { mailbox in
      mailbox.isSleeping = mailbox.jobs.isEmpty
      return !mailbox.isSleeping
    }
    if isAwake { return 0 }
    if connections.isEmpty && !isStopping && !acceptor.isPaused { return -1 }
    return Int32(max(0, nextSweep - now) / 1_000_000) + 1
  }

  private func takeMail() {
    let stopAt = mailbox.withLock { mailbox in
      mailbox.isSleeping = false
      if !mailbox.jobs.isEmpty {
        jobs.append(contentsOf: mailbox.jobs)
        mailbox.jobs.removeAll(keepingCapacity: true)
      }
      return mailbox.stopDeadline
    }
    for (descriptor, peer) in intake?.take() ?? [] {
      let connection = adopt(descriptor, peer)
      if isStopping { connection.stop() }
    }
    if let stopAt, !isStopping { beginStopping(stopAt) }
  }

  private func dispatch(_ event: cepoll_event) {
    switch event.token {
    case Self.wakeUpToken: break
    case Self.listenerToken: acceptConnections()
    default: connections[event.token]?.handle(event.events)
    }
  }

  private func acceptConnections() {
    guard !acceptor.isClosed else { return }
    acceptor.acceptAll(now: now) { descriptor, peer in
      let least = intakes.min { $0.connectionCount < $1.connectionCount }
      if let least, least !== intake, least.leave(descriptor, peer) { return }
      intake?.countIn()
      _ = adopt(descriptor, peer)
    }
    if acceptor.isPaused { cepoll_modify(epoll, acceptor.listener, 0, Self.listenerToken) }
  }

  /// Takes an accepted connection into this loop.
  private func adopt(_ descriptor: Int32, _ peer: PeerAddress) -> Connection {
    let isAdmitted = admission.admitConnection(from: peer)
    let connection = connections.insert(self, descriptor, peer, isAdmitted: isAdmitted)
    if !isAdmitted { refusedConnections += 1 }
    guard cepoll_add(epoll, descriptor, Self.connectionEvents, connection.token) == 0 else {
      connection.cut()
      return connection
    }
    if !isAdmitted {
      connection.refuse(.tooManyConnections)
      if refusedConnections > FixedLimit.refusedConnectionsMax { connection.cut() }
    }
    return connection
  }

  private func sweepIfDue() {
    guard now >= nextSweep else { return }
    nextSweep = now + timeouts.sweep
    for connection in connections.all { connection.sweep(now) }
    if acceptor.resumes(at: now) { cepoll_modify(epoll, acceptor.listener, CEPOLL_IN, Self.listenerToken) }
  }

  private func beginStopping(_ deadline: Nanoseconds) {
    // Those who were let in by the kernel already are not reset.
    acceptConnections()
    isStopping = true
    stopDeadline = deadline
    acceptor.close()
    for connection in connections.all { connection.stop() }
  }

  /// Whether the thread may end; tells those who wait for the stop when they need not wait any longer.
  private func hasEnded() -> Bool {
    guard isStopping else { return false }
    if now >= stopDeadline {
      for connection in connections.all { connection.cut(.shutDown) }
    }
    let isOver = connections.isEmpty && runningRequests == 0 && jobs.isEmpty
    guard isOver || now >= stopDeadline else { return false }
    // What another loop has left meanwhile is told that the server closes.
    if let intake, !intake.closeIfEmpty() { return false }
    let (waiters, mayEnd) = mailbox.withLock { mailbox in
      let waiters = mailbox.stopWaiters
      mailbox.stopWaiters = []
      mailbox.isStopped = true
      mailbox.hasEnded = isOver && mailbox.jobs.isEmpty
      return (waiters, mailbox.hasEnded)
    }
    for waiter in waiters { waiter.resume() }
    return mayEnd
  }
}
