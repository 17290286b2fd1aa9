public import HTTPTypes

/// One answer.
///
/// The server itself adds Date and the framing: Content-Length or Transfer-Encoding, and `Connection: close` where it
/// closes. Those four fields are ignored here, except `Connection: close`, which makes the server close.
public struct Response: Sendable {
  /// One field line; control characters in the value go out as spaces, so that it cannot end early.
  public struct Field: Sendable {
    /// The name, spelled as it will be sent.
    public var name: HTTPField.Name
    /// The value.
    public var value: String

    public init(name: HTTPField.Name, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The status: 200...599; with another the server answers 500 instead.
  public var status: HTTPResponse.Status
  /// The field lines, sent in this order.
  public var fields: [Field]
  /// The body; never sent for HEAD, 204 and 304.
  public var body: ResponseBody
  /// Called at most once, on an event loop, when the answer has begun and its end will never be sent.
  ///
  /// An answer that the system has taken whole counts as sent, whether the client reads it or not.
  public var whenBroken: (@Sendable (ResponseBreak) -> Void)?
  /// Where the memory is counted that this answer takes while it waits for its client.
  public var account: (any AnswerAccount)?

  public init(status: HTTPResponse.Status, fields: [Field] = [], body: ResponseBody = .empty) {
    self.status = status
    self.fields = fields
    self.body = body
  }
}

/// The body of an answer.
public enum ResponseBody: Sendable {
  /// None: `Content-Length: 0`, where the status may have a body.
  case empty
  /// These bytes, with their Content-Length.
  case bytes([UInt8])
  /// What the closure writes, chunked, or until close for HTTP/1.0 clients.
  ///
  /// The closure runs on the connection's event loop and may read the request's body while it writes. When it throws,
  /// the connection is cut so that the client sees a truncated answer. It is not called for HEAD, 204 and 304.
  case stream(@Sendable (ResponseStream) async throws -> Void)
  /// The same with its length in bytes, which is told before. When the closure has written fewer at its end, or throws, the
  /// connection is cut; more are refused.
  case sized(Int, @Sendable (ResponseStream) async throws -> Void)
}

/// Where a streamed answer is written to.
public struct ResponseStream: Sendable {
  private let connection: Connection
  private let number: UInt64

  init(connection: Connection, number: UInt64) {
    self.connection = connection
    self.number = number
  }

  /// Sends bytes after those written before; an empty array is nothing.
  ///
  /// Suspends while ``Limits/streamBufferBytes`` or more wait for the client. One task writes at a time.
  ///
  /// - Throws: `.disconnected` when the client went away or took nothing for ``Limits/writeTimeout``, and when the
  ///   answer is over.
  public func write(_ bytes: [UInt8]) async throws(StreamFailure) {
    try await connection.writeStream(bytes, of: number)
  }
}

/// Why a streamed answer could not be written.
public enum StreamFailure: Error, Sendable {
  /// The client is gone, or the answer is over.
  case disconnected
  /// It has ended before its length was reached.
  case incomplete
}
