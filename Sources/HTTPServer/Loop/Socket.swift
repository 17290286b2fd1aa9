internal import CEpoll
internal import Glibc

/// The system calls on sockets, each with its errors as values.
enum Socket {
  enum Received {
    case bytes(Int)
    case ended
    case wouldBlock
    case failed
  }

  /// Receives once into `buffer`.
  static func receive(from descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Received {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .failed
      }
    }
  }

  /// Sends what the socket takes; never raises SIGPIPE.
  ///
  /// - Returns: how many bytes it took, or minus the error number.
  static func send(_ vectors: UnsafeMutableBufferPointer<iovec>, to descriptor: Int32) -> Int {
    var message = msghdr()
    message.msg_iov = vectors.baseAddress
    message.msg_iovlen = vectors.count
    while true {
      let count = sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }

  /// Sends what the socket takes of one buffer; never raises SIGPIPE.
  ///
  /// - Returns: how many bytes it took, or minus the error number.
  static func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
    while true {
      let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }

  /// Makes the coming `close` a reset, which no client takes for a proper end.
  static func resetOnClose(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Sets an integer option to 1.
  static func enable(_ option: Int32, _ level: Int32, on descriptor: Int32) -> Bool {
    set(option, level, to: 1, on: descriptor)
  }

  /// Sets an integer option.
  static func set(_ option: Int32, _ level: Int32, to value: Int32, on descriptor: Int32) -> Bool {
    var value = value
    return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }
}
