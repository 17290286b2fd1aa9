internal import HTTPTypes

/// The first line of a request (RFC 9112 section 3).
struct RequestLine {
  let method: HTTPRequest.Method
  /// The target in origin-form, or `*`.
  let target: String
  let isHTTP10: Bool
  /// The authority of a target in absolute-form, in small letters.
  let authority: String?

  init(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(ServerFault) {
    guard let methodEnd = bytes.firstIndex(of: .space, in: line),
      let targetEnd = bytes.firstIndex(of: .space, in: methodEnd + 1..<line.upperBound)
    else { throw .badRequest(reason: "the request line has not three parts") }
    isHTTP10 = try Self.parseVersion(bytes, targetEnd + 1..<line.upperBound)
    method = try Self.parseMethod(bytes, line.lowerBound..<methodEnd)
    if method == .connect { throw .notImplemented }

    let target = methodEnd + 1..<targetEnd
    guard let first = target.first else { throw .badRequest(reason: "the target is empty") }
    if bytes[first] == UInt8(ascii: "/") {
      try Self.checkPathAndQuery(bytes, target)
      self.target = bytes.string(target)
      authority = nil
    } else if bytes.equals(target, lowercase: "*") {
      guard method == .options else { throw .badRequest(reason: "the target * is for OPTIONS only") }
      self.target = "*"
      authority = nil
    } else {
      (authority, self.target) = try Self.parseAbsoluteForm(bytes, target, method)
    }
  }

  private static func parseVersion(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ServerFault) -> Bool {
    let start = range.lowerBound
    guard range.count == 8, bytes.string(start..<start + 5) == "HTTP/", bytes[start + 6] == UInt8(ascii: "."),
      let major = bytes[start + 5].digitValue, let minor = bytes[start + 7].digitValue
    else { throw .badRequest(reason: "the request line has no HTTP version") }
    guard major == 1, minor <= 1 else { throw .versionNotSupported }
    return minor == 0
  }

  private static func parseMethod(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) throws(ServerFault) -> HTTPRequest.Method {
    let name = bytes.string(range)
    switch name {
    case "GET": return .get
    case "POST": return .post
    case "HEAD": return .head
    default:
      guard let method = HTTPRequest.Method(name) else { throw .badRequest(reason: "the method is not a token") }
      return method
    }
  }

  private static func checkPathAndQuery(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(ServerFault) {
    var allowed = ByteSet.path
    for index in range {
      let byte = bytes[index]
      if byte == UInt8(ascii: "?") {
        allowed = ByteSet.query
      } else if !allowed.contains(byte) {
        throw .badRequest(reason: "the target has a character that must be percent-encoded")
      } else if byte == UInt8(ascii: "%") {
        try checkPercentEncoding(bytes, at: index, before: range.upperBound)
      }
    }
  }

  private static func checkPercentEncoding(_ bytes: Span<UInt8>, at index: Int, before end: Int) throws(ServerFault) {
    guard index + 2 < end, bytes[index + 1].hexDigitValue != nil, bytes[index + 2].hexDigitValue != nil else {
      throw .badRequest(reason: "a percent sign is not followed by two hexadecimal digits")
    }
  }

  /// RFC 9112 section 3.2.2; `https` is what a proxy was asked. The authority is compared with Host when the head is complete.
  private static func parseAbsoluteForm(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ method: HTTPRequest.Method
  ) throws(ServerFault) -> (authority: String, target: String) {
    let scheme = range.lowerBound..<min(range.upperBound, range.lowerBound + 8)
    let start: Int
    if bytes.equals(scheme, lowercase: "https://") {
      start = scheme.upperBound
    } else if scheme.count == 8, bytes.equals(scheme.dropLast(), lowercase: "http://") {
      start = scheme.upperBound - 1
    } else {
      throw .badRequest(reason: "the target is neither a path nor an http address")
    }
    var end = start
    while end < range.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
    guard bytes.isAuthority(start..<end) else { throw .badRequest(reason: "the target's authority is malformed") }
    try checkPathAndQuery(bytes, end..<range.upperBound)
    let authority = bytes.string(start..<end).lowercased()
    let rest = bytes.string(end..<range.upperBound)
    if rest.isEmpty { return (authority, method == .options ? "*" : "/") }
    return (authority, bytes[end] == UInt8(ascii: "/") ? rest : "/" + rest)
  }
}

extension Span<UInt8> {
  /// Whether the range is `uri-host [ ":" port ]` with a host (RFC 9110 section 7.2, RFC 3986 section 3.2).
  func isAuthority(_ range: Range<Int>) -> Bool {
    guard let first = range.first else { return false }
    var index = first
    if self[first] == UInt8(ascii: "[") {
      index += 1
      while index < range.upperBound, ByteSet.addressLiteral.contains(self[index]) { index += 1 }
      guard index > first + 2, index < range.upperBound, self[index] == UInt8(ascii: "]") else { return false }
      index += 1
    } else {
      while index < range.upperBound, ByteSet.registeredName.contains(self[index]) {
        if self[index] == UInt8(ascii: "%") {
          guard index + 2 < range.upperBound, self[index + 1].hexDigitValue != nil,
            self[index + 2].hexDigitValue != nil
          else { return false }
        }
        index += 1
      }
      guard index > first else { return false }
    }
    return index == range.upperBound || (self[index] == UInt8(ascii: ":") && isPort(index + 1..<range.upperBound))
  }

  private func isPort(_ range: Range<Int>) -> Bool {
    var port = 0
    for index in range {
      guard let digit = self[index].digitValue, port <= 6_553 else { return false }
      port = port * 10 + digit
    }
    return port <= 65_535
  }
}
