internal import CEpoll
internal import Glibc

/// Takes connections from one listening socket, and does not spin when descriptors run out.
struct Acceptor {
  private(set) var listener: Int32
  /// The name of the socket in the file system, which goes with it.
  private let file: SocketFile?
  /// Given up for a moment when descriptors run out, so that a client can be let in and told.
  private var reserve: Int32
  private var resumeAt = Nanoseconds.never

  /// Connections taken at once, so that those already here are not starved.
  private static let batch = 64
  private static let pause: Nanoseconds = 100_000_000

  /// - Parameter socket: nil where another loop accepts for this one.
  init(_ socket: ListeningSocket?) {
    listener = socket?.descriptor ?? -1
    file = socket?.file
    reserve = socket == nil ? -1 : Self.openReserve()
  }

  var isClosed: Bool { listener < 0 }
  var isPaused: Bool { resumeAt != .never }

  /// Takes what waits, up to a batch.
  mutating func acceptAll(now: Nanoseconds, _ take: (Int32, PeerAddress) -> Void) {
    var address = sockaddr_storage()
    for _ in 0..<Self.batch {
      let descriptor = cepoll_accept(listener, &address, UInt32(MemoryLayout<sockaddr_storage>.size))
      if descriptor >= 0 {
        take(descriptor, PeerAddress(address))
        continue
      }
      switch errno {
      case EAGAIN: return
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        guard shedOne() else {
          resumeAt = now + Self.pause
          return
        }
      default: continue  // A client that gave up, or a passing network error: accept(2) says to try again.
      }
    }
  }

  /// Whether a pause ends now.
  mutating func resumes(at now: Nanoseconds) -> Bool {
    guard isPaused, now >= resumeAt else { return false }
    resumeAt = .never
    return !isClosed
  }

  mutating func close() {
    if listener >= 0 {
      // Before it ends: whoever starts anew meets no name of a dead socket, and while it lives nobody takes its name.
      file?.remove()
      // A child process between fork and exec has a copy of the socket; only this ends its listening at once.
      shutdown(listener, Int32(SHUT_RDWR))
      Glibc.close(listener)
    }
    if reserve >= 0 { Glibc.close(reserve) }
    listener = -1
    reserve = -1
    resumeAt = .never
  }

  /// Lets one client in with the reserved descriptor and closes at once: better than a wait without an answer.
  private mutating func shedOne() -> Bool {
    if reserve < 0 { reserve = Self.openReserve() }
    guard reserve >= 0 else { return false }
    Glibc.close(reserve)
    var address = sockaddr_storage()
    let descriptor = cepoll_accept(listener, &address, UInt32(MemoryLayout<sockaddr_storage>.size))
    if descriptor >= 0 { Glibc.close(descriptor) }
    reserve = Self.openReserve()
    return descriptor >= 0
  }

  private static func openReserve() -> Int32 {
    open("/dev/null", O_RDONLY | O_CLOEXEC)
  }
}
