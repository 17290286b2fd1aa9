/// A recursive-descent reader of RFC 8259, one pass over the bytes.
///
/// Every read is preceded by a comparison of `offset` with `end`: the subscript is not checked in release builds.
struct JSONParser {
  private let text: UnsafeBufferPointer<UInt8>
  private let end: Int
  private let depthMax: Int
  private var offset = 0

  init(text: UnsafeBufferPointer<UInt8>, depthMax: Int) {
    self.text = text
    self.end = text.count
    self.depthMax = depthMax
  }

  mutating func wholeText() throws(JSONFault) -> JSONValue {
    skipWhiteSpace()
    guard offset < end else { throw JSONFault(offset: offset, reason: .empty) }
    let value = try value(depth: 0)
    skipWhiteSpace()
    guard offset == end else { throw JSONFault(offset: offset, reason: .trailingBytes) }
    return value
  }

  /// Reads a whole text that is an object, and where in the text the value of each member stands.
  mutating func wholeObject() throws(JSONFault) -> (JSONObject, values: [Range<Int>]) {
    skipWhiteSpace()
    guard offset < end else { throw JSONFault(offset: offset, reason: .empty) }
    try require(Byte.openBrace)
    var values: [Range<Int>] = []
    let object = try object(depth: 1) { values.append($0) }
    skipWhiteSpace()
    guard offset == end else { throw JSONFault(offset: offset, reason: .trailingBytes) }
    return (object, values)
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
    switch text[offset] {
    case Byte.quote: return .string(try string())
    case Byte.minus, Byte.zero...Byte.nine: return .number(try number())
    case Byte.openBrace: return .object(try object(depth: depth + 1))
    case Byte.openBracket: return .array(try array(depth: depth + 1))
    case UInt8(ascii: "t"):
      try literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    default: throw JSONFault(offset: offset, reason: .unexpectedByte)
    }
  }

  // MARK: Containers

  private mutating func object(
    depth: Int, readingValueAt place: (Range<Int>) -> Void = { _ in }
  ) throws(JSONFault) -> JSONObject {
    guard depth <= depthMax else { throw JSONFault(offset: offset, reason: .tooDeep) }
    offset += 1
    var members: [(name: String, value: JSONValue)] = []
    skipWhiteSpace()
    if offset < end, text[offset] == Byte.closeBrace {
      offset += 1
      return JSONObject(members)
    }
    var seen = SeenNames()
    repeat {
      skipWhiteSpace()
      let nameOffset = offset
      try require(Byte.quote)
      let name = try string()
      guard seen.isNew(name, after: members) else {
        throw JSONFault(offset: nameOffset, reason: .duplicateName, path: [name])
      }
      skipWhiteSpace()
      try require(Byte.colon)
      offset += 1
      skipWhiteSpace()
      let start = offset
      do throws(JSONFault) {
        members.append((name, try value(depth: depth)))
      } catch {
        throw error.inside(name)
      }
      place(start..<offset)
      skipWhiteSpace()
    } while try hasMore(closing: Byte.closeBrace)
    return JSONObject(members)
  }

  private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
    guard depth <= depthMax else { throw JSONFault(offset: offset, reason: .tooDeep) }
    offset += 1
    var elements: [JSONValue] = []
    skipWhiteSpace()
    if offset < end, text[offset] == Byte.closeBracket {
      offset += 1
      return elements
    }
    repeat {
      skipWhiteSpace()
      do throws(JSONFault) {
        elements.append(try value(depth: depth))
      } catch {
        throw error.inside(String(elements.count))
      }
      skipWhiteSpace()
    } while try hasMore(closing: Byte.closeBracket)
    return elements
  }

  /// Reads the comma, or the bracket that ends the container.
  private mutating func hasMore(closing: UInt8) throws(JSONFault) -> Bool {
    guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
    let byte = text[offset]
    guard byte == Byte.comma || byte == closing else { throw JSONFault(offset: offset, reason: .unexpectedByte) }
    offset += 1
    return byte == Byte.comma
  }

  private func require(_ byte: UInt8) throws(JSONFault) {
    guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
    guard text[offset] == byte else { throw JSONFault(offset: offset, reason: .unexpectedByte) }
  }

  private mutating func skipWhiteSpace() {
    while offset < end {
      switch text[offset] {
      case Byte.space, Byte.lineFeed, Byte.carriageReturn, Byte.tab: offset += 1
      default: return
      }
    }
  }

  // MARK: Scalars

  private mutating func literal(_ word: StaticString) throws(JSONFault) {
    for index in 0..<word.utf8CodeUnitCount {
      try require(word.utf8Start[index])
      offset += 1
    }
  }

  private mutating func number() throws(JSONFault) -> JSONNumber {
    let start = offset
    if text[offset] == Byte.minus { offset += 1 }
    if offset < end, text[offset] == Byte.zero {
      offset += 1
      if offset < end, text[offset] >= Byte.zero, text[offset] <= Byte.nine {
        throw JSONFault(offset: offset, reason: .badNumber)
      }
    } else {
      try digits()
    }
    if offset < end, text[offset] == UInt8(ascii: ".") {
      offset += 1
      try digits()
    }
    if offset < end, text[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < end, text[offset] == Byte.minus || text[offset] == UInt8(ascii: "+") { offset += 1 }
      try digits()
    }
    return JSONNumber(checked: String(decoding: UnsafeBufferPointer(rebasing: text[start..<offset]), as: UTF8.self))
  }

  /// Reads one digit or more.
  private mutating func digits() throws(JSONFault) {
    guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
    let start = offset
    while offset < end, text[offset] >= Byte.zero, text[offset] <= Byte.nine { offset += 1 }
    guard offset > start else { throw JSONFault(offset: offset, reason: .badNumber) }
  }

  // MARK: Strings

  /// Reads a string, from its opening quote.
  private mutating func string() throws(JSONFault) -> String {
    offset += 1
    let start = offset
    offset = Scan.firstSpecial(in: text, from: offset)
    guard offset < end else { throw JSONFault(offset: end, reason: .unexpectedEnd) }
    if text[offset] == Byte.quote {
      let run = UnsafeBufferPointer(rebasing: text[start..<offset])
      let string = try valid(run, from: start)
      offset += 1
      return string
    }
    return try stringWithEscapes(from: start)
  }

  private mutating func stringWithEscapes(from start: Int) throws(JSONFault) -> String {
    var bytes: [UInt8] = []
    var runStart = start
    while true {
      bytes.append(contentsOf: text[runStart..<offset])
      guard offset < end else { throw JSONFault(offset: end, reason: .unexpectedEnd) }
      switch text[offset] {
      case Byte.quote:
        let string = try bytes.withUnsafeBufferPointer { (run) throws(JSONFault) in try valid(run, from: start) }
        offset += 1
        return string
      case Byte.backslash:
        try escape(into: &bytes)
      default:
        throw JSONFault(offset: offset, reason: .controlCharacter)
      }
      runStart = offset
      offset = Scan.firstSpecial(in: text, from: offset)
    }
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(JSONFault) {
    let start = offset
    offset += 1
    guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
    let letter = text[offset]
    offset += 1
    switch letter {
    case Byte.quote, Byte.backslash, UInt8(ascii: "/"): bytes.append(letter)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "n"): bytes.append(Byte.lineFeed)
    case UInt8(ascii: "r"): bytes.append(Byte.carriageReturn)
    case UInt8(ascii: "t"): bytes.append(Byte.tab)
    case UInt8(ascii: "u"): bytes.append(contentsOf: String(try scalar(escapedFrom: start)).utf8)
    default: throw JSONFault(offset: start, reason: .badEscape)
    }
  }

  /// Reads the four digits after `\u`, and the second escape of a surrogate pair.
  private mutating func scalar(escapedFrom start: Int) throws(JSONFault) -> Unicode.Scalar {
    let first = try hexDigits(escapedFrom: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00 else { throw JSONFault(offset: start, reason: .loneSurrogate) }
    let secondStart = offset
    for byte in [Byte.backslash, Byte.u] {
      guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
      guard text[offset] == byte else { throw JSONFault(offset: start, reason: .loneSurrogate) }
      offset += 1
    }
    let second = try hexDigits(escapedFrom: secondStart)
    let code = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
    guard (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(code) else {
      throw JSONFault(offset: start, reason: .loneSurrogate)
    }
    return scalar
  }

  private mutating func hexDigits(escapedFrom start: Int) throws(JSONFault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard offset < end else { throw JSONFault(offset: offset, reason: .unexpectedEnd) }
      let digit: UInt8
      switch text[offset] {
      case let byte where byte >= Byte.zero && byte <= Byte.nine: digit = byte - Byte.zero
      case let byte where byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"):
        digit = (byte | 0x20) - UInt8(ascii: "a") + 10
      default: throw JSONFault(offset: start, reason: .badEscape)
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

  /// The string of these bytes, which stand in the text from `start` on, or were unescaped from there.
  private func valid(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSONFault) -> String {
    do throws(UTF8.ValidationError) {
      return String(copying: try UTF8Span(validating: bytes.span))
    } catch {
      let run = UnsafeBufferPointer(rebasing: text[start..<offset])
      throw JSONFault(offset: start + Scan.validUTF8Count(of: run), reason: .badUTF8)
    }
  }
}
