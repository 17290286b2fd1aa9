internal import CEpoll
internal import Glibc
internal import Synchronization

/// Where one loop leaves connections for another, when all loops share one listening socket.
///
/// Were every loop to wait for that socket, the kernel would wake the same one again and again. So one loop accepts, and
/// each connection goes to the loop that has fewest.
final class Intake: Sendable {
  private struct State {
    var connections: [(descriptor: Int32, peer: PeerAddress)] = []
    var isClosed = false
  }

  /// Written to when something was left; as with every eventfd that is watched edge-triggered, nobody reads it.
  let wakeUp: Int32
  private let state = Mutex(State())
  private let count = Atomic<Int>(0)

  init() throws(StartFailure) {
    wakeUp = cepoll_eventfd()
    guard wakeUp >= 0 else { throw .init(errno: errno) }
  }

  deinit { close(wakeUp) }

  /// Connections that the loop has, and those that wait here for it.
  var connectionCount: Int { count.load(ordering: .relaxed) }

  func countIn() { count.add(1, ordering: .relaxed) }
  func countOut() { count.subtract(1, ordering: .relaxed) }

  /// Leaves a connection for the loop; false when it takes none any more.
  func leave(_ descriptor: Int32, _ peer: PeerAddress) -> Bool {
    let isLeft = state.withLock { state in
      guard !state.isClosed else { return false }
      state.connections.append((descriptor, peer))
      return true
    }
    guard isLeft else { return false }
    countIn()
    var one: UInt64 = 1
    // It can fail only when the counter is full, and then the loop is awake anyway.
    _ = write(wakeUp, &one, 8)
    return true
  }

  /// Takes what was left.
  func take() -> [(descriptor: Int32, peer: PeerAddress)] {
    state.withLock { state in
      defer { state.connections = [] }
      return state.connections
    }
  }

  /// Takes nothing more, unless something was left that the loop must take first.
  func closeIfEmpty() -> Bool {
    state.withLock { state in
      if state.connections.isEmpty { state.isClosed = true }
      return state.isClosed
    }
  }
}
