internal import CEpoll
internal import Glibc

extension Connection {
  /// Closes our side and lets the client read what was sent (RFC 9112 section 9.6).
  func shutDown() {
    guard phase != .closed, phase != .lingering else { return }
    if current.resetsAtEnd { Socket.resetOnClose(descriptor) }
    if current.resetsAtEnd || hasEnded {
      cut()
      return
    }
    shutdown(descriptor, Int32(SHUT_WR))
    phase = .lingering
    input = InputBuffer()
    readDeadline = loop.now + loop.timeouts.draining
    leftover.begin(loop.now)
    linger()
  }

  /// Drops what comes, until it is too much: then it waits without reading, so that the client must stop and look.
  func linger() {
    var turnBytes = 0
    while isReadable {
      if leftover.byteCount >= leftover.bytesMax {
        guard loop.grantDraining(to: self) else { return }
      }
      guard turnBytes < FixedLimit.turnBytes else {
        loop.reportAgain(self)
        return
      }
      switch Socket.receive(from: descriptor, into: loop.receiveBuffer) {
      case .bytes(let count):
        turnBytes += count
        leftover.count(count, loop.now)
      case .wouldBlock: isReadable = false
      case .ended, .failed:
        cut()
        return
      }
    }
  }
}
