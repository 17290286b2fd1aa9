/// What the fields of a head say about its framing and about the connection.
///
/// Anything that two readers could understand differently is a fault: that is where request smuggling comes from.
struct FramingFields {
  private(set) var expectsContinue = false
  private(set) var closes = false
  private var contentLength: Int?
  private var transferEncoding: TransferEncoding?
  private var hostCount = 0
  private var hasUnknownExpectation = false
  /// The authority in Host in small letters, kept only when it is to be compared with the target's.
  private var host: String?
  /// Whether the target has an authority of its own.
  var keepsHost = false

  private enum TransferEncoding { case chunked, unknown }

  var bodyFraming: BodyFraming {
    if transferEncoding != nil { return .chunked }
    guard let contentLength, contentLength > 0 else { return contentLength == 0 ? .length(0) : .none }
    return .length(contentLength)
  }

  /// Takes note of a field line, if it is one that matters here.
  @inline(__always)
  mutating func note(_ bytes: Span<UInt8>, name: Range<Int>, value: Range<Int>) throws(ServerFault) {
    switch name.count {
    case 4 where bytes.equals(name, lowercase: "host"): try noteHost(bytes, value)
    case 6 where bytes.equals(name, lowercase: "expect"): noteExpectation(bytes, value)
    case 10 where bytes.equals(name, lowercase: "connection"): noteConnection(bytes, value)
    case 14 where bytes.equals(name, lowercase: "content-length"): try noteContentLength(bytes, value)
    case 17 where bytes.equals(name, lowercase: "transfer-encoding"): try noteTransferEncoding(bytes, value)
    default: break
    }
  }

  /// Checks what only the whole head can tell.
  func check(_ line: RequestLine) throws(ServerFault) {
    if hostCount == 0 && !line.isHTTP10 { throw .badRequest(reason: "there is no Host field") }
    if let authority = line.authority, hostCount > 0, host != authority {
      throw .badRequest(reason: "Host and the target's authority differ")
    }
    if let transferEncoding {
      if contentLength != nil { throw .badRequest(reason: "both Content-Length and Transfer-Encoding") }
      if line.isHTTP10 { throw .badRequest(reason: "Transfer-Encoding in HTTP/1.0") }
      if transferEncoding == .unknown { throw .notImplemented }
    }
    if hasUnknownExpectation { throw .expectationFailed }
  }

  private mutating func noteHost(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(ServerFault) {
    hostCount += 1
    guard hostCount == 1 else { throw .badRequest(reason: "several Host fields") }
    guard bytes.isAuthority(value) else { throw .badRequest(reason: "the Host field is malformed") }
    if keepsHost { host = bytes.string(value).lowercased() }
  }

  private mutating func noteExpectation(_ bytes: Span<UInt8>, _ value: Range<Int>) {
    if bytes.equals(value, lowercase: "100-continue") {
      expectsContinue = true
    } else {
      hasUnknownExpectation = true
    }
  }

  private mutating func noteConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
    var start = value.lowerBound
    while start < value.upperBound {
      let end = bytes.firstIndex(of: UInt8(ascii: ","), in: start..<value.upperBound) ?? value.upperBound
      if bytes.equals(bytes.trimmed(start..<end), lowercase: "close") { closes = true }
      start = end + 1
    }
  }

  private mutating func noteContentLength(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(ServerFault) {
    guard contentLength == nil else { throw .badRequest(reason: "several Content-Length fields") }
    guard !value.isEmpty else { throw .badRequest(reason: "Content-Length is not a number") }
    var length = 0
    for index in value {
      guard let digit = bytes[index].digitValue else { throw .badRequest(reason: "Content-Length is not a number") }
      let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
      let (sum, overflowToo) = tens.addingReportingOverflow(digit)
      if overflow || overflowToo { throw .badRequest(reason: "Content-Length is too large to be true") }
      length = sum
    }
    contentLength = length
  }

  private mutating func noteTransferEncoding(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(ServerFault) {
    guard transferEncoding == nil else { throw .badRequest(reason: "several Transfer-Encoding fields") }
    if bytes.equals(value, lowercase: "chunked") {
      transferEncoding = .chunked
      return
    }
    var start = value.lowerBound
    repeat {
      let end = bytes.firstIndex(of: UInt8(ascii: ","), in: start..<value.upperBound) ?? value.upperBound
      let coding = bytes.trimmed(start..<end)
      guard !coding.isEmpty, coding.allSatisfy({ ByteSet.token.contains(bytes[$0]) }) else {
        throw .badRequest(reason: "Transfer-Encoding is malformed")
      }
      if bytes.equals(coding, lowercase: "chunked") && end < value.upperBound {
        throw .badRequest(reason: "chunked is not the last transfer coding")
      }
      start = end + 1
    } while start <= value.upperBound
    transferEncoding = .unknown
  }
}
