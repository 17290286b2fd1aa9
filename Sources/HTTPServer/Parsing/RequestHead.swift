internal import HTTPTypes

/// Where one field line stands in its head, in bytes from the head's first.
struct FieldSpan: Sendable, Equatable {
  var nameStart: UInt32
  var nameEnd: UInt32
  var valueStart: UInt32
  var valueEnd: UInt32
}

/// How the body of a request is delimited (RFC 9112 section 6.3).
enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
}

/// A request head that obeys every rule; its fields are spans of the bytes it was parsed from.
struct RequestHead: Sendable {
  var method: HTTPRequest.Method
  var target: String
  var isHTTP10: Bool
  var spans: [FieldSpan]
  var framing: BodyFraming
  var expectsContinue: Bool
  /// Whether the client asked for the connection to close, or speaks HTTP/1.0.
  var closes: Bool
  /// Length of the head in bytes, from the buffer's first byte to the end of the empty line.
  var byteCount: Int
}
