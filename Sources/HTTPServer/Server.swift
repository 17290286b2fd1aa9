internal import CEpoll
internal import Glibc
internal import Synchronization

/// An HTTP/1.1 server: one event loop per core, each on a thread of its own.
///
/// Start it once, and shut it down before the last reference goes away; without that its threads go on serving.
public final class Server: Sendable {
  /// Where and how to listen.
  public struct Configuration: Sendable {
    /// An IPv4 or IPv6 address of this machine, or `localhost`, which is `127.0.0.1`.
    ///
    /// `0.0.0.0` is every IPv4 address; `::` is every address, IPv4 too where the system maps it (the default).
    /// `unix:` and an absolute path (``SocketPath``) is a socket in the file system, of mode 0660, which is removed at
    /// the end; one that a killed process has left is replaced.
    public var host: String
    /// The port, `0...65535`; 0 takes any free one, see ``Server/port``. A socket in the file system has none.
    public var port: UInt16
    /// How many event loops, at least 1; as a rule the number of cores.
    public var loopCount: Int
    /// What is refused.
    public var limits: Limits

    /// Without a loop count there is one per core that the process may use.
    public init(
      host: String = "127.0.0.1", port: UInt16 = 0, loopCount: Int = Configuration.coreCount, limits: Limits = Limits()
    ) {
      self.host = host
      self.port = port
      self.loopCount = loopCount
      self.limits = limits
    }

    /// How many cores the process may use.
    public static var coreCount: Int { Int(cepoll_processors()) }
  }

  private struct State {
    var hasStarted = false
    var port: UInt16 = 0
    var loops: [EventLoop] = []
  }

  private let configuration: Configuration
  private let handler: Handler
  private let faultResponse: @Sendable (ServerFault) -> Response
  private let admission: Admission
  private let state = Mutex(State())

  /// The server does not listen before `start()`.
  ///
  /// - Parameters:
  ///   - faultResponse: makes the answer to what the server itself refuses; it should have the fault's status. Runs on
  ///     an event loop; a streamed body is left out.
  ///   - handler: answers every other request.
  public init(
    configuration: Configuration, faultResponse: @escaping @Sendable (ServerFault) -> Response,
    handler: @escaping Handler
  ) {
    precondition(configuration.loopCount >= 1, "a server has at least one event loop")
    self.configuration = configuration
    self.handler = handler
    self.faultResponse = faultResponse
    admission = Admission(limits: configuration.limits)
  }

  /// Binds, listens and begins to serve; returns at once.
  ///
  /// A server starts once: a second call is a programmer's error.
  ///
  /// - Throws: ``StartFailure``; then nothing listens and no thread runs.
  public func start() throws(StartFailure) {
    let isFirst = state.withLock { state in
      defer { state.hasStarted = true }
      return !state.hasStarted
    }
    precondition(isFirst, "a server starts once")
    let (sockets, port) = try listen()
    let loops = try makeLoops(sockets)
    state.withLock { state in
      state.port = port
      state.loops = loops
    }
    do throws(StartFailure) {
      for loop in loops { try Self.startThread(loop) }
    } catch {
      for loop in loops { loop.stopSoon() }
      state.withLock { $0.loops = [] }
      throw error
    }
  }

  private func listen() throws(StartFailure) -> (sockets: [ListeningSocket], port: UInt16) {
    if let path = SocketPath(host: configuration.host) { return ([try LocalListener(path: path).open()], 0) }
    return try Listener(host: configuration.host, port: configuration.port).open(count: configuration.loopCount)
  }

  /// The bound port after ``start()``; 0 before, and for a socket in the file system.
  public var port: UInt16 { state.withLock { $0.port } }

  /// How many connections are open now.
  public var openConnections: Int { admission.openConnections }

  /// How many requests are being answered now, without those that only wait (``Request/idling(_:)``).
  public var requestsInFlight: Int { admission.requestsInFlight }

  /// Stops accepting, lets running requests finish, closes; at the latest after ``Limits/shutdownDeadline``.
  ///
  /// Idle connections close at once; a request that comes later on an open connection gets 503. What still runs at
  /// the deadline is cancelled and its connection cut. May be called again, and before ``start()``.
  public func shutdown() async {
    let deadline = Nanoseconds.monotonicNow() + configuration.limits.shutdownDeadline.nanoseconds
    let loops = state.withLock { $0.loops }
    await withTaskGroup(of: Void.self) { group in
      for loop in loops { group.addTask { await loop.stop(deadline: deadline) } }
    }
  }

  private func makeLoops(_ sockets: [ListeningSocket]) throws(StartFailure) -> [EventLoop] {
    var loops: [EventLoop] = []
    var ownedCount = 0
    do throws(StartFailure) {
      let oneAcceptsForAll = sockets.count < configuration.loopCount
      var intakes: [Intake] = []
      if oneAcceptsForAll { for _ in 0..<configuration.loopCount { intakes.append(try Intake()) } }
      for index in 0..<configuration.loopCount {
        ownedCount = index + 1
        let doors = EventLoop.Doors(
          index: index, listener: index < sockets.count ? sockets[index] : nil, intakes: intakes)
        loops.append(
          try EventLoop(
            doors, limits: configuration.limits, admission: admission, handler: handler, faultResponse: faultResponse))
      }
      return loops
    } catch {
      // The loops made so far close their own, and so does the one that could not be made.
      for later in sockets.dropFirst(ownedCount) { later.close() }
      throw error
    }
  }

  private static func startThread(_ loop: EventLoop) throws(StartFailure) {
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(loop)
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, retained.toOpaque())
    guard result == 0 else {
      retained.release()
      throw .system(errno: result)
    }
    pthread_detach(thread)
  }
}
