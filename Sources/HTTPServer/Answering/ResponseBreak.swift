/// Why an answer broke off in the middle.
public enum ResponseBreak: Sendable {
  /// The client has closed, or its network is gone.
  case clientGone
  /// The client has taken nothing for ``Limits/writeTimeout``.
  case clientTooSlow
  /// The server has stopped, and ``Limits/shutdownDeadline`` has passed.
  case shutDown
  /// The closure of a streamed answer has thrown this.
  case failed(any Error)
}
