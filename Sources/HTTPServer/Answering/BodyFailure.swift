/// Why a body could not be read to its end.
public enum BodyFailure: Error, Sendable {
  /// It has more bytes than are taken: 413.
  case tooLarge
  /// It came more slowly than the minimum rate: 408.
  case tooSlow
  /// Its chunked coding breaks RFC 9112 section 7.1: 400.
  case malformed
  /// The client closed before its end, or the request is over already.
  case disconnected
}
