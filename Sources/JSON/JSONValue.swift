/// A parsed JSON text (RFC 8259), strict: no duplicate names, valid UTF-8, no lone surrogates, limited depth.
///
/// Two values are equal when they have the same members in any order, the same elements in the same order, strings of
/// the same code points (no Unicode normalisation, RFC 8259 section 8.3) and numbers of the same spelling.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The deepest nesting a caller may ask for: the parser recurses, and a thread may have a stack of only 512 KiB.
  public static let depthLimit = 128

  /// Parses a whole text: one value, with white space around it allowed, and nothing else (no byte order mark).
  ///
  /// - Parameter depthMax: How many arrays and objects may be open at once, 0...``depthLimit``; 0 allows scalars only.
  /// - Throws: ``JSONError`` at the first fault.
  public static func parse(_ bytes: [UInt8], depthMax: Int = 32) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer, depthMax: depthMax) }
  }

  /// Parses a whole text in memory that the caller keeps alive during the call; the result does not refer to it.
  ///
  /// - Parameter depthMax: How many arrays and objects may be open at once, 0...``depthLimit``; 0 allows scalars only.
  /// - Throws: ``JSONError`` at the first fault.
  public static func parse(_ bytes: UnsafeBufferPointer<UInt8>, depthMax: Int = 32) throws(JSONError) -> JSONValue {
    precondition((0...depthLimit).contains(depthMax), "depthMax must be in 0...depthLimit")
    var parser = JSONParser(text: bytes, depthMax: depthMax)
    do throws(JSONFault) {
      return try parser.wholeText()
    } catch {
      throw JSONError(error)
    }
  }

  /// The name of the type, for error texts: "null", "boolean", "number", "string", "array" or "object".
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

extension JSONValue: Equatable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): ExactName.same(left, right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }
}

/// A JSON number, kept as it was spelled, so that nothing is lost before the reader chooses a type.
public struct JSONNumber: Sendable, Equatable {
  /// The spelling, always by the grammar of RFC 8259 section 6.
  public let text: String

  /// Takes a spelling the parser has checked.
  init(checked text: String) {
    self.text = text
  }

  /// The number as an integer.
  public init(_ int: Int) {
    text = String(int)
  }

  /// The number in its shortest spelling that reads back the same; `nil` for infinities and NaN, which JSON lacks.
  public init?(_ double: Double) {
    guard double.isFinite else { return nil }
    text = double.description
  }

  /// The exact integer, for a number without fraction and exponent that fits; else `nil` ("7.0" and "7e0" too).
  public var int: Int? {
    Int(text)
  }

  /// The nearest double; `nil` when the number is beyond its range.
  public var double: Double? {
    guard let double = Double(text), double.isFinite else { return nil }
    return double
  }
}
