/// Why and where a text is not acceptable JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: String, Sendable, CaseIterable, CustomStringConvertible {
    case empty
    case unexpectedByte
    case unexpectedEnd
    case badEscape
    case badNumber
    case badUTF8
    case loneSurrogate
    case controlCharacter
    case duplicateName
    case tooDeep
    case trailingBytes

    /// An English sentence part that never quotes the input.
    public var description: String {
      switch self {
      case .empty: "the text is empty"
      case .unexpectedByte: "a byte that cannot stand here"
      case .unexpectedEnd: "the text ends in the middle of a value"
      case .badEscape: "an escape sequence that JSON does not have"
      case .badNumber: "a number that does not follow the grammar"
      case .badUTF8: "a string that is not valid UTF-8"
      case .loneSurrogate: "an escaped surrogate without its other half"
      case .controlCharacter: "a control character that is not escaped"
      case .duplicateName: "a name that occurs twice in one object"
      case .tooDeep: "arrays and objects nested too deeply"
      case .trailingBytes: "something follows the value"
      }
    }
  }

  /// The byte, counted from 0, at which the text went wrong; the length of the text when it ends too early.
  public let offset: Int

  /// The innermost value being read, as an RFC 6901 pointer; for a duplicate name, the member of that name.
  ///
  /// It is made of names from the input, which ``description`` never shows.
  public let pointer: String

  /// What is wrong.
  public let reason: Reason

  /// The reason and the offset in English; never quotes the input.
  public var description: String {
    "\(reason) (at byte \(offset))"
  }

  init(_ fault: JSONFault) {
    offset = fault.offset
    reason = fault.reason
    var pointer = ""
    for token in fault.path.reversed() {
      pointer += "/"
      for scalar in token.unicodeScalars {
        switch scalar {
        case "~": pointer += "~0"
        case "/": pointer += "~1"
        default: pointer.unicodeScalars.append(scalar)
        }
      }
    }
    self.pointer = pointer
  }
}

/// A fault on its way out of the parser: each container adds its token, so that success pays nothing for the pointer.
struct JSONFault: Error {
  let offset: Int
  let reason: JSONError.Reason
  /// Reference tokens, innermost first.
  var path: [String] = []

  func inside(_ token: String) -> JSONFault {
    var fault = self
    fault.path.append(token)
    return fault
  }
}
