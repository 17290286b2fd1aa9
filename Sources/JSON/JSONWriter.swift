/// Appends JSON without white space, in the order of the calls.
///
/// The writer places commas: one before a name or value unless the last byte is `{`, `[`, `:`, a line feed or none.
/// It does not check that every name has a value.
/// A line feed appended to ``bytes`` between top-level values gives JSON lines.
public struct JSONWriter: Sendable {
  /// What is written so far.
  public var bytes: [UInt8]

  /// A writer with nothing written.
  ///
  /// - Parameter capacity: How many bytes to make room for at once.
  public init(reserving capacity: Int = 1024) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  // MARK: Structure

  /// The bytes of an object.
  ///
  /// - Parameters:
  ///   - capacity: How many bytes to make room for at once.
  ///   - write: Writes the members.
  @inlinable @inline(__always)
  public static func object(
    reserving capacity: Int = 1024, _ write: (inout JSONWriter) throws -> Void
  ) rethrows -> [UInt8] {
    var writer = JSONWriter(reserving: capacity)
    try writer.object(write)
    return writer.bytes
  }

  /// Writes an object.
  ///
  /// - Parameter write: Writes the members.
  @inlinable @inline(__always)
  public mutating func object(_ write: (inout JSONWriter) throws -> Void) rethrows {
    beginObject()
    try write(&self)
    endObject()
  }

  /// Writes a member with an object.
  @inlinable @inline(__always)
  public mutating func object(_ name: StaticString, _ write: (inout JSONWriter) throws -> Void) rethrows {
    self.name(name)
    try object(write)
  }

  /// Writes a member with an object, under a name of any characters.
  @inlinable @inline(__always)
  public mutating func object(_ name: String, _ write: (inout JSONWriter) throws -> Void) rethrows {
    self.name(name)
    try object(write)
  }

  /// Writes an array.
  ///
  /// - Parameter write: Writes the elements.
  @inlinable @inline(__always)
  public mutating func array(_ write: (inout JSONWriter) throws -> Void) rethrows {
    beginArray()
    try write(&self)
    endArray()
  }

  @usableFromInline
  mutating func beginObject() {
    separate()
    bytes.append(Byte.openBrace)
  }

  @usableFromInline
  mutating func endObject() {
    bytes.append(Byte.closeBrace)
  }

  @usableFromInline
  mutating func beginArray() {
    separate()
    bytes.append(Byte.openBracket)
  }

  @usableFromInline
  mutating func endArray() {
    bytes.append(Byte.closeBracket)
  }

  /// Writes a name and its colon.
  ///
  /// - Parameter name: ASCII without `"`, `\` and control characters (checked in debug builds only).
  public mutating func name(_ name: StaticString) {
    precondition(name.hasPointerRepresentation, "a name is a text, not a lone scalar")
    let text = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    assert(text.allSatisfy { $0 < 0x80 } && Scan.firstSpecial(in: text, from: 0) == text.count, "name needs escapes")
    extend(byAtMost: text.count + 3) { start in
      start[0] = Byte.quote
      copy(text, to: start + 1)
      start[text.count + 1] = Byte.quote
      start[text.count + 2] = Byte.colon
      return text.count + 3
    }
  }

  /// A name as ``name(encoded:)`` wants it.
  public static func encodedName(_ name: String) -> [UInt8] {
    var writer = JSONWriter(reserving: 32)
    writer.name(name)
    return writer.bytes
  }

  /// Writes a name that is encoded already, with its colon.
  public mutating func name(encoded name: [UInt8]) {
    separate()
    bytes.append(contentsOf: name)
  }

  /// Writes `[]`.
  public mutating func emptyArray() { literal("[]") }

  /// Writes a name of any characters and its colon.
  public mutating func name(_ name: String) {
    string(name)
    bytes.append(Byte.colon)
  }

  // MARK: Values

  /// Writes a string, escaping `"`, `\`, what is below U+0020, and U+0085, U+2028 and U+2029, nothing else.
  public mutating func string(_ string: String) {
    var string = string
    string.withUTF8 { text in
      let special = Scan.firstToEscape(in: text, from: 0)
      guard special == text.count else { return escaped(text, from: special) }
      extend(byAtMost: text.count + 2) { start in
        start[0] = Byte.quote
        copy(text, to: start + 1)
        start[text.count + 1] = Byte.quote
        return text.count + 2
      }
    }
  }

  /// Writes an integer.
  public mutating func int(_ int: Int) {
    extend(byAtMost: DecimalDigits.lengthMax) { start in DecimalDigits.write(int, to: start) }
  }

  /// Writes an integer.
  public mutating func int(_ int: Int64) {
    self.int(Int(int))
  }

  /// Writes a number in its shortest spelling that reads back the same, as `0.1`, `5.0` or `1e+16`.
  ///
  /// - Parameter number: Finite: JSON has no infinities and no NaN.
  public mutating func number(_ number: Double) {
    precondition(number.isFinite, "JSON has no infinities and no NaN")
    separate()
    bytes.append(contentsOf: number.description.utf8)
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ bool: Bool) {
    literal(bool ? "true" : "false")
  }

  /// Writes `null`.
  public mutating func null() {
    literal("null")
  }

  /// Writes a value that is JSON already, as it stands.
  ///
  /// - Parameter json: One whole JSON value; not checked.
  public mutating func raw(_ json: [UInt8]) {
    separate()
    bytes.append(contentsOf: json)
  }

  private mutating func literal(_ word: StaticString) {
    let text = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    extend(byAtMost: text.count) { start in
      copy(text, to: start)
      return text.count
    }
  }

  // MARK: Bytes

  /// The last byte tells whether a value stands before.
  private var needsComma: Bool {
    switch bytes.last {
    case nil, Byte.openBrace, Byte.openBracket, Byte.colon, Byte.lineFeed: false
    default: true
    }
  }

  private mutating func separate() {
    if needsComma { bytes.append(Byte.comma) }
  }

  /// Appends the comma where one is due and what `write` puts at the pointer, checking the room only once.
  ///
  /// - Parameter write: Writes at most `countMax` bytes and returns how many.
  @inline(__always)
  private mutating func extend(byAtMost countMax: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
    let commaCount = needsComma ? 1 : 0
    bytes.append(addingCapacity: countMax + 1) { span in
      span.withUnsafeMutableBufferPointer { room, count in
        guard let start = room.baseAddress else { return }
        start[0] = Byte.comma
        count = commaCount + write(start + commaCount)
      }
    }
  }

  private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>, from firstSpecial: Int) {
    separate()
    bytes.append(Byte.quote)
    var runStart = 0
    var special = firstSpecial
    while special < text.count {
      bytes.append(contentsOf: text[runStart..<special])
      bytes.append(Byte.backslash)
      runStart = special + 1
      switch text[special] {
      case Byte.quote, Byte.backslash: bytes.append(text[special])
      case 0x08: bytes.append(UInt8(ascii: "b"))
      case 0x0C: bytes.append(UInt8(ascii: "f"))
      case Byte.lineFeed: bytes.append(UInt8(ascii: "n"))
      case Byte.carriageReturn: bytes.append(UInt8(ascii: "r"))
      case Byte.tab: bytes.append(UInt8(ascii: "t"))
      case 0x80...:
        guard let (code, length) = Scan.lineEnd(in: text, at: special) else { break }
        bytes.append(contentsOf: UnsafeBufferPointer(start: code.utf8Start, count: code.utf8CodeUnitCount))
        runStart = special + length
      case let control:
        let low = control & 0x0F
        bytes.append(contentsOf: [Byte.u, Byte.zero, Byte.zero, Byte.zero + control >> 4])
        bytes.append(low < 10 ? Byte.zero + low : UInt8(ascii: "a") + low - 10)
      }
      special = Scan.firstToEscape(in: text, from: runStart)
    }
    bytes.append(contentsOf: text[runStart...])
    bytes.append(Byte.quote)
  }
}

extension JSONWriter {
  /// Writes a parsed value, numbers as they were spelled and members in their order.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let bool): self.bool(bool)
    case .number(let number):
      separate()
      bytes.append(contentsOf: number.text.utf8)
    case .string(let string): self.string(string)
    case .array(let elements):
      array(of: elements) { $0.value($1) }
    case .object(let object):
      self.object { writer in
        for member in object.members {
          writer.name(member.name)
          writer.value(member.value)
        }
      }
    }
  }
}

extension JSONWriter {
  /// Writes a parsed value so that the same value is the same bytes, whatever order and spacing it came in: members by
  /// name, numbers as they were spelled.
  public mutating func canonical(_ value: JSONValue) {
    switch value {
    case .array(let elements):
      array(of: elements) { $0.canonical($1) }
    case .object(let object):
      self.object { writer in
        for member in object.members.sorted(by: { $0.name < $1.name }) {
          writer.name(member.name)
          writer.canonical(member.value)
        }
      }
    default: self.value(value)
    }
  }
}

@inline(__always)
private func copy(_ text: UnsafeBufferPointer<UInt8>, to start: UnsafeMutablePointer<UInt8>) {
  guard let source = text.baseAddress else { return }
  start.initialize(from: source, count: text.count)
}
