internal import Glibc
internal import HTTPTypes

/// Parses one request head as RFC 9112 writes it, strictly: what it does not understand is a fault.
///
/// A pure value. It is handed the bytes received so far, again and again from the first on as more arrive, and never
/// looks at a byte twice while it waits for the end of a line. The result does not depend on how the bytes were split.
struct RequestParser {
  private let requestLineBytesMax: Int
  private let headBytesMax: Int
  private let headFieldsMax: Int

  /// Start of the line being received, and how far no line end was found.
  private var lineStart = 0
  private var scanned = 0
  /// Where the head begins: 0, or 2 after a tolerated empty line.
  private var headStart = 0

  private var requestLine: RequestLine?
  private var spans: [FieldSpan] = []
  private var framing = FramingFields()

  init(limits: Limits) {
    headBytesMax = limits.headBytesMax
    requestLineBytesMax = min(limits.requestLineBytesMax, limits.headBytesMax - 4)
    headFieldsMax = limits.headFieldsMax
  }

  /// Goes on with the head at the start of `bytes`.
  ///
  /// - Returns: the head when it is complete, nil when more bytes are needed.
  /// - Throws: the fault to answer; the connection must close then.
  mutating func advance(over bytes: Span<UInt8>) throws(ServerFault) -> RequestHead? {
    while let lineFeed = bytes.firstIndex(of: .lineFeed, in: scanned..<bytes.count) {
      scanned = lineFeed + 1
      try refuseTooLong(lineBytes: lineFeed + 1 - lineStart, headBytes: lineFeed + 1 - headStart)
      guard lineFeed > lineStart, bytes[lineFeed - 1] == .carriageReturn else {
        throw .badRequest(reason: "a line ends without a carriage return")
      }
      let line = lineStart..<lineFeed - 1
      lineStart = scanned
      if let requestLine {
        if line.isEmpty { return try finish(requestLine, byteCount: scanned) }
        try parseField(bytes, line)
      } else if line.isEmpty {
        try skipEmptyLine()
      } else {
        let first = try RequestLine(bytes, line)
        framing.keepsHost = first.authority != nil
        requestLine = first
        spans.reserveCapacity(8)
      }
    }
    scanned = bytes.count
    // One byte more than what is here is to come at least.
    try refuseTooLong(lineBytes: bytes.count + 1 - lineStart, headBytes: bytes.count + 1 - headStart)
    return nil
  }

  private func refuseTooLong(lineBytes: Int, headBytes: Int) throws(ServerFault) {
    if requestLine == nil && lineBytes > requestLineBytesMax + 2 { throw .uriTooLong }
    if headBytes > headBytesMax { throw .headTooLarge }
  }

  /// RFC 9112 section 2.2: a server should ignore at least one empty line before the request line.
  private mutating func skipEmptyLine() throws(ServerFault) {
    guard headStart == 0 else { throw .badRequest(reason: "empty lines before the request line") }
    headStart = 2
  }

  private mutating func parseField(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(ServerFault) {
    if spans.count == headFieldsMax { throw .headTooLarge }
    var index = line.lowerBound
    while index < line.upperBound, ByteSet.token.contains(bytes[index]) { index += 1 }
    guard index > line.lowerBound, index < line.upperBound, bytes[index] == UInt8(ascii: ":") else {
      throw .badRequest(reason: "a field name is not a token directly before a colon")
    }
    let name = line.lowerBound..<index
    let value = bytes.trimmed(index + 1..<line.upperBound)
    for index in value where !bytes[index].isFieldContent {
      throw .badRequest(reason: "a field value has a control character")
    }
    spans.append(
      FieldSpan(
        nameStart: UInt32(name.lowerBound), nameEnd: UInt32(name.upperBound),
        valueStart: UInt32(value.lowerBound), valueEnd: UInt32(value.upperBound)))
    try framing.note(bytes, name: name, value: value)
  }

  private mutating func finish(_ line: RequestLine, byteCount: Int) throws(ServerFault) -> RequestHead {
    try framing.check(line)
    let head = RequestHead(
      method: line.method,
      target: line.target,
      isHTTP10: line.isHTTP10,
      spans: spans,
      framing: framing.bodyFraming,
      expectsContinue: framing.expectsContinue && !line.isHTTP10,
      closes: framing.closes || line.isHTTP10,
      byteCount: byteCount)
    reset()
    return head
  }

  private mutating func reset() {
    lineStart = 0
    scanned = 0
    headStart = 0
    requestLine = nil
    spans = []
    framing = FramingFields()
  }
}

extension Span<UInt8> {
  /// The first place of `byte` in the range.
  @inline(__always)
  func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    withUnsafeBufferPointer { buffer in
      guard !range.isEmpty, range.upperBound <= buffer.count, let base = buffer.baseAddress,
        let found = memchr(base + range.lowerBound, Int32(byte), range.count)
      else { return nil }
      return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
    }
  }

  /// The range without spaces and tabs at its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, self[lower] == .space || self[lower] == .tab { lower += 1 }
    while lower < upper, self[upper - 1] == .space || self[upper - 1] == .tab { upper -= 1 }
    return lower..<upper
  }

  /// Whether the range holds `text`, which is in small letters, in any case.
  @inline(__always)
  func equals(_ range: Range<Int>, lowercase text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count where self[range.lowerBound + offset].lowercased != text.utf8Start[offset] {
      return false
    }
    return true
  }

  func string(_ range: Range<Int>) -> String {
    extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
