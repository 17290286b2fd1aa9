/// Reads JSON that a ``JSONWriter`` has written, from left to right and without building values: what is stored, never
/// what somebody has sent. There is no white space in it, and names need no escapes.
public struct JSONReader {
  /// The bytes are not what they should be.
  public struct Malformed: Error, Sendable {
    /// Where, in bytes from the start.
    public let offset: Int
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  /// A reader at the first byte. The bytes must outlive it.
  public init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// True when an object comes next.
  public var isAtObject: Bool { offset < bytes.count && bytes[offset] == Byte.openBrace }

  /// Reads the start of an object.
  public mutating func beginObject() throws(Malformed) { try expect(Byte.openBrace) }

  /// Reads the next name and its colon; at the end of the object reads that and returns nil.
  public mutating func nextName() throws(Malformed) -> UnsafeBufferPointer<UInt8>? {
    guard offset < bytes.count else { throw malformed }
    if bytes[offset] == Byte.closeBrace {
      offset += 1
      return nil
    }
    if bytes[offset] == Byte.comma { offset += 1 }
    let name = try utf8()
    try expect(Byte.colon)
    return name
  }

  /// Reads the elements of an array, each with `element`.
  public mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
    try expect(Byte.openBracket)
    while offset < bytes.count, bytes[offset] != Byte.closeBracket {
      if bytes[offset] == Byte.comma { offset += 1 }
      try element(&self)
    }
    try expect(Byte.closeBracket)
  }

  /// Reads a string.
  public mutating func string() throws -> String {
    let start = offset
    guard offset < bytes.count, bytes[offset] == Byte.quote else { throw malformed }
    let end = Scan.firstSpecial(in: bytes, from: start + 1)
    guard end < bytes.count else { throw malformed }
    if bytes[end] == Byte.quote {
      offset = end + 1
      return String(decoding: UnsafeBufferPointer(rebasing: bytes[(start + 1)..<end]), as: UTF8.self)
    }
    return try escapedString(from: start, firstSpecial: end)
  }

  /// Reads a string that has no escapes, as its bytes.
  public mutating func utf8() throws(Malformed) -> UnsafeBufferPointer<UInt8> {
    guard offset < bytes.count, bytes[offset] == Byte.quote else { throw malformed }
    let start = offset + 1
    let end = Scan.firstSpecial(in: bytes, from: start)
    guard end < bytes.count, bytes[end] == Byte.quote else { throw malformed }
    offset = end + 1
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  /// Reads a whole number.
  public mutating func int() throws(Malformed) -> Int {
    let isNegative = offset < bytes.count && bytes[offset] == Byte.minus
    if isNegative { offset += 1 }
    let first = offset
    var number = 0
    while offset < bytes.count, bytes[offset] >= Byte.zero, bytes[offset] <= Byte.nine, offset - first < 18 {
      number = number * 10 + Int(bytes[offset] - Byte.zero)
      offset += 1
    }
    guard offset > first else { throw malformed }
    return isNegative ? -number : number
  }

  /// Reads `true` or `false`.
  public mutating func bool() throws(Malformed) -> Bool {
    let isTrue = offset < bytes.count && bytes[offset] == UInt8(ascii: "t")
    for byte in (isTrue ? "true" : "false").utf8 { try expect(byte) }
    return isTrue
  }

  /// Sees to it that nothing follows.
  public func end() throws(Malformed) {
    guard offset == bytes.count else { throw malformed }
  }

  /// What is thrown for a name or a value that means nothing at this place.
  public var malformed: Malformed { Malformed(offset: offset) }

  private mutating func expect(_ byte: UInt8) throws(Malformed) {
    guard offset < bytes.count, bytes[offset] == byte else { throw malformed }
    offset += 1
  }

  /// Finds the closing quote and lets the parser read what lies before it.
  private mutating func escapedString(from start: Int, firstSpecial: Int) throws -> String {
    var end = firstSpecial
    while end < bytes.count, bytes[end] != Byte.quote {
      guard bytes[end] == Byte.backslash else { throw malformed }
      end = Scan.firstSpecial(in: bytes, from: min(end + 2, bytes.count))
    }
    guard end < bytes.count, case .string(let text) = try JSONValue.parse(Array(bytes[start...end])) else {
      throw malformed
    }
    offset = end + 1
    return text
  }
}
