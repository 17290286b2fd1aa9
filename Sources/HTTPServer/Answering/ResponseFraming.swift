internal import HTTPTypes

/// How the body of an answer is delimited (RFC 9112 section 6).
enum ResponseFraming {
  case none
  case length(Int)
  case chunked
  case untilClose
}

extension Response {
  /// How the body would be delimited; 204 and 304 have none, and 205 must be empty (RFC 9110 section 15).
  func framing(isHTTP10: Bool) -> ResponseFraming {
    switch (status.code, body) {
    case (204, _), (304, _): .none
    case (205, _), (_, .empty): .length(0)
    case (_, .bytes(let bytes)): .length(bytes.count)
    case (_, .stream): isHTTP10 ? .untilClose : .chunked
    case (_, .sized(let count, _)): .length(count)
    }
  }

  /// Whether a field asks the server to close the connection.
  var asksToClose: Bool {
    fields.contains { $0.name == .connection && $0.value.lowercased() == "close" }
  }
}

extension [UInt8] {
  static let closeLine = Array("Connection: close\r\n".utf8)
  static let chunkedLine = Array("Transfer-Encoding: chunked\r\n".utf8)
  static let continueHead = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
  static let lastChunk = Array("0\r\n\r\n".utf8)

  /// Writes status line and fields, up to and with the empty line.
  mutating func appendHead(of response: Response, framing: ResponseFraming, date: [UInt8], closes: Bool) {
    append(contentsOf: "HTTP/1.1 ".utf8)
    appendDecimal(response.status.code)
    append(.space)
    append(contentsOf: response.status.reasonPhrase.utf8)
    appendLineEnd()
    for field in response.fields where !field.isOwnedByServer { appendField(field) }
    append(contentsOf: date)
    switch framing {
    case .none, .untilClose: break
    case .chunked: append(contentsOf: Self.chunkedLine)
    case .length(let count):
      append(contentsOf: "Content-Length: ".utf8)
      appendDecimal(count)
      appendLineEnd()
    }
    if closes { append(contentsOf: Self.closeLine) }
    appendLineEnd()
  }

  /// Writes the size line of a chunk.
  mutating func appendChunkSize(_ size: Int) {
    append(contentsOf: String(size, radix: 16).utf8)
    appendLineEnd()
  }

  private mutating func appendField(_ field: Response.Field) {
    append(contentsOf: field.name.rawName.utf8)
    append(UInt8(ascii: ":"))
    append(.space)
    let start = count
    append(contentsOf: field.value.utf8)
    for index in start..<count where !self[index].isFieldContent { self[index] = .space }
    appendLineEnd()
  }

  private mutating func appendLineEnd() {
    append(.carriageReturn)
    append(.lineFeed)
  }

  private mutating func appendDecimal(_ number: Int) {
    if number >= 10 { appendDecimal(number / 10) }
    append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}

extension Response.Field {
  /// Whether the server writes this field itself; lengths are compared first, since most fields differ there.
  var isOwnedByServer: Bool {
    switch name.canonicalName.utf8.count {
    case 4: name.canonicalName == "date"
    case 10: name.canonicalName == "connection"
    case 14: name.canonicalName == "content-length"
    case 17: name.canonicalName == "transfer-encoding"
    default: false
    }
  }
}
