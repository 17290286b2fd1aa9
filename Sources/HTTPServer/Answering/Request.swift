public import HTTPTypes

/// Answers one request; it runs on the event loop of the request's connection and must not block its thread.
///
/// Its task is cancelled when the client's connection breaks, and when ``Limits/shutdownDeadline`` has passed.
public typealias Handler = @Sendable (Request) async -> Response

/// One request whose head is complete and obeys RFC 9110 and RFC 9112; its body may still be on the way.
public struct Request: Sendable {
  /// The method: any token, except CONNECT, which the server refuses.
  public let method: HTTPRequest.Method

  /// The target in origin-form exactly as received, visible ASCII, or `*` with OPTIONS (RFC 9112 section 3.2).
  ///
  /// Of a target in absolute-form it is what follows the authority.
  public let target: String

  /// Whether the client speaks HTTP/1.0 and not HTTP/1.1.
  public let isHTTP10: Bool

  /// The field lines of the head.
  public let fields: RequestFields

  /// The body, possibly empty.
  public let body: RequestBody

  /// The address of the socket's other end, which may be a proxy.
  public let peer: PeerAddress

  /// Which event loop the handler runs on: `0..<loopCount`.
  public var loopIndex: Int { loop.index }

  /// Where the request is answered and counted.
  let loop: EventLoop

  /// How many pieces of work wait on the request's event loop; to be asked by the handler itself.
  public var waitingOnLoop: Int { loop.isCurrent ? loop.waitingJobs : 0 }

  /// Runs `wait` without counting the request as in flight: for a handler that does nothing but wait, so that many who
  /// wait leave room for those who work (``Limits/requestsInFlightMax``).
  public func idling<Value>(_ wait: () async throws -> Value) async rethrows -> Value {
    loop.admission.releaseRequest()
    defer { loop.admission.readmitRequest() }
    return try await wait()
  }

  /// A request that a handler asks itself while it answers this one: from the same peer, on the same event loop.
  ///
  /// - Parameters:
  ///   - target: in origin-form, as `target` of a request that came.
  ///   - fields: names and values of ASCII.
  ///   - body: the whole body.
  public func asking(
    _ method: HTTPRequest.Method, _ target: String, fields: [(name: HTTPField.Name, value: String)], body: [UInt8] = []
  ) -> Request {
    Request(
      method: method, target: target, isHTTP10: isHTTP10, fields: RequestFields(fields), body: RequestBody(whole: body),
      peer: peer, loop: loop)
  }

  /// The target before its first `?`, still percent-encoded.
  public var path: Substring {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target[...] }
    return target[..<mark]
  }

  /// The target after its first `?`, still percent-encoded; nil when there is no `?`.
  public var query: Substring? {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    return target[target.utf8.index(after: mark)...]
  }
}

/// The field lines of a request in the order received.
///
/// The bytes of the head are kept as they came; only what is asked for becomes a string. Bytes that are not UTF-8
/// become U+FFFD.
public struct RequestFields: Sendable {
  private let bytes: [UInt8]
  private let spans: [FieldSpan]

  init(bytes: [UInt8], spans: [FieldSpan]) {
    self.bytes = bytes
    self.spans = spans
  }

  fileprivate init(_ fields: [(name: HTTPField.Name, value: String)]) {
    var (bytes, spans): ([UInt8], [FieldSpan]) = ([], [])
    for (name, value) in fields {
      let start = bytes.count
      bytes += Array(name.rawName.utf8)
      let valueStart = bytes.count
      bytes += Array(value.utf8)
      spans.append(
        FieldSpan(
          nameStart: UInt32(start), nameEnd: UInt32(valueStart), valueStart: UInt32(valueStart),
          valueEnd: UInt32(bytes.count)))
    }
    self.init(bytes: bytes, spans: spans)
  }

  /// How many field lines there are.
  public var count: Int { spans.count }

  /// The value of a field, without white space at its ends; nil when there is none. Several lines are one list with commas
  /// between them (RFC 9110, section 5.3).
  public subscript(name: HTTPField.Name) -> String? {
    var wanted = name.canonicalName
    return wanted.withUTF8 { wanted in
      guard let first = spans.firstIndex(where: { matches($0, wanted) }) else { return nil }
      var value = value(spans[first])
      for span in spans[(first + 1)...] where matches(span, wanted) { value += ", " + self.value(span) }
      return value
    }
  }

  /// The values of all field lines with this name, in order.
  public func values(of name: HTTPField.Name) -> [String] {
    var wanted = name.canonicalName
    return wanted.withUTF8 { wanted in
      spans.filter { matches($0, wanted) }.map(value)
    }
  }

  private func matches(_ span: FieldSpan, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(span.nameStart)
    guard Int(span.nameEnd) - start == wanted.count else { return false }
    for offset in 0..<wanted.count where bytes[start + offset].lowercased != wanted[offset] { return false }
    return true
  }

  fileprivate func name(_ span: FieldSpan) -> String {
    String(decoding: bytes[Int(span.nameStart)..<Int(span.nameEnd)], as: UTF8.self)
  }

  fileprivate func value(_ span: FieldSpan) -> String {
    String(decoding: bytes[Int(span.valueStart)..<Int(span.valueEnd)], as: UTF8.self)
  }
}

extension RequestFields: Sequence {
  /// Walks over the field lines in the order received; names are spelled as the client spelled them.
  public struct Iterator: IteratorProtocol {
    private let fields: RequestFields
    private var position = 0

    fileprivate init(_ fields: RequestFields) {
      self.fields = fields
    }

    /// The next field line, or nil after the last.
    public mutating func next() -> (name: String, value: String)? {
      guard position < fields.spans.count else { return nil }
      let span = fields.spans[position]
      position += 1
      return (fields.name(span), fields.value(span))
    }
  }

  /// Starts at the first field line.
  public func makeIterator() -> Iterator { Iterator(self) }
}
