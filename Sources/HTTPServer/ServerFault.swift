public import HTTPTypes

/// What the server itself refuses, before or beside the handler; after each of them the connection closes.
public enum ServerFault: Error, Sendable {
  /// The request breaks RFC 9110 or RFC 9112: 400.
  case badRequest(reason: StaticString)
  /// The head, or a body the server had to wait for, came too slowly: 408.
  case requestTimeout
  /// The declared body is longer than ``Limits/streamBytesMax``: 413.
  case contentTooLarge
  /// The request line is longer than ``Limits/requestLineBytesMax``: 414.
  case uriTooLong
  /// The head is longer than ``Limits/headBytesMax`` or has more than ``Limits/headFieldsMax`` fields: 431.
  case headTooLarge
  /// An expectation other than `100-continue`: 417.
  case expectationFailed
  /// A handler returned a status outside 200...599: 500.
  case invalidResponse
  /// The method CONNECT, or a transfer coding other than `chunked`: 501.
  case notImplemented
  /// ``Limits/connectionsMax`` or ``Limits/connectionsPerAddressMax`` is reached: 503.
  case tooManyConnections
  /// ``Limits/requestsInFlightMax`` is reached: 503.
  case overloaded
  /// The server is closing: 503.
  case shuttingDown
  /// A version other than HTTP/1.0 and HTTP/1.1: 505.
  case versionNotSupported

  /// The status that the answer should have.
  public var status: HTTPResponse.Status {
    switch self {
    case .badRequest: .badRequest
    case .requestTimeout: .requestTimeout
    case .contentTooLarge: .contentTooLarge
    case .uriTooLong: .uriTooLong
    case .headTooLarge: .requestHeaderFieldsTooLarge
    case .expectationFailed: .expectationFailed
    case .invalidResponse: .internalServerError
    case .notImplemented: .notImplemented
    case .tooManyConnections, .overloaded, .shuttingDown: .serviceUnavailable
    case .versionNotSupported: .httpVersionNotSupported
    }
  }
}

extension ServerFault: CustomStringConvertible {
  /// One line in English that says what was wrong, safe to show to the client.
  public var description: String {
    switch self {
    case .badRequest(let reason): "\(reason)"
    case .requestTimeout: "the request did not arrive in time"
    case .contentTooLarge: "the body is too large"
    case .uriTooLong: "the request line is too long"
    case .headTooLarge: "the head of the request is too large"
    case .expectationFailed: "the expectation cannot be met"
    case .invalidResponse: "the server could not answer"
    case .notImplemented: "the method or transfer coding is not implemented"
    case .tooManyConnections: "too many connections"
    case .overloaded: "too many requests at once"
    case .shuttingDown: "the server is closing"
    case .versionNotSupported: "only HTTP/1.1 and HTTP/1.0 are spoken here"
    }
  }
}

extension ServerFault: Equatable {
  /// Equal when both have the same status and the same description.
  public static func == (one: ServerFault, other: ServerFault) -> Bool {
    one.status == other.status && one.description == other.description
  }
}
