import JSON
import Testing

/// A text that is not JSON, and what must be said about it.
struct Rejected: Sendable, CustomTestStringConvertible {
  let bytes: [UInt8]
  let reason: JSONError.Reason
  let offset: Int

  init(_ text: String, _ reason: JSONError.Reason, at offset: Int) {
    (bytes, self.reason, self.offset) = (Array(text.utf8), reason, offset)
  }

  init(string inside: [UInt8], _ reason: JSONError.Reason, at offset: Int) {
    (bytes, self.reason, self.offset) = ([0x22] + inside + [0x22], reason, offset)
  }

  init(raw bytes: [UInt8], _ reason: JSONError.Reason, at offset: Int) {
    (self.bytes, self.reason, self.offset) = (bytes, reason, offset)
  }

  var testDescription: String { String(decoding: bytes.prefix(60), as: UTF8.self) }
}

enum ParseTables {
  static let acceptedNumbers = [
    "0", "-0", "1", "-1", "10", "123456789012345678901234567890", "0.0", "0.5", "-0.5", "1.25", "1e0", "1E0", "1e+0",
    "1e-0", "1e10", "1E+10", "1.5e-10", "0e0", "0e1", "-0e-1", "1e400", "1e-400", "0.00000000000000000000001", "1e00",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808",
  ]

  static let acceptedStrings: [(text: String, value: String)] = [
    (#""""#, ""), (#""a""#, "a"), (#"" ""#, " "), (#""\"""#, "\""), (#""\\""#, "\\"), (#""\/""#, "/"), (#""/""#, "/"),
    (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"), (#""\u0000""#, "\0"), (#""\u0041""#, "A"), (#""\u00e9""#, "é"),
    (#""\u00E9""#, "é"), (#""\u20AC""#, "€"), (#""\uFFFF""#, "\u{FFFF}"), (#""\uD834\uDD1E""#, "𝄞"),
    (#""\ud834\udd1e""#, "𝄞"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uD800\uDC00""#, "\u{10000}"),
    (#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"), ("\"é\"", "é"), ("\"€\"", "€"), ("\"𝄞\"", "𝄞"), ("\"\u{7F}\"", "\u{7F}"),
    ("\"\u{80}\"", "\u{80}"), ("\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"), ("\"\u{FEFF}\"", "\u{FEFF}"),
    (#""\\u0041""#, #"\u0041"#), (#""a long text \n with one escape, é""#, "a long text \n with one escape, é"),
    (#""seven77\"""#, "seven77\""), (#""eight888\\""#, #"eight888\"#), ("\"\u{10FFFF}\"", "\u{10FFFF}"),
    ("\"e\u{301}\"", "e\u{301}"), (#""[,]{:}""#, "[,]{:}"),
  ]

  static let acceptedStructures = [
    "null", "true", "false", " null", "null ", "\t\n\r null\t\n\r ", "[]", "{}", "[ ]", "{ }", "[\n]", "[1]", "[1,2]",
    "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "[null,true,false,0,\"\"]", #"{"a":1}"#, #"{ "a" : 1 , "b" : 2 }"#,
    #"{"":0}"#, #"{"a":{"a":{"a":1}}}"#, #"{"a":1,"A":2}"#, #"{"\u0061":1,"b":2}"#, #"{"a\u0000":1,"a":2}"#,
    #"[{"a":1},{"a":1}]"#, "{\"é\":1,\"e\u{301}\":2}", "[1\n,\r2\t]", #"{"a":[],"b":[{}]}"#,
  ]

  static let rejectedNumbers: [Rejected] = [
    Rejected("-", .unexpectedEnd, at: 1), Rejected("01", .badNumber, at: 1), Rejected("-01", .badNumber, at: 2),
    Rejected("00", .badNumber, at: 1), Rejected("1.", .unexpectedEnd, at: 2), Rejected("[1.]", .badNumber, at: 3),
    Rejected(".5", .unexpectedByte, at: 0), Rejected("-.5", .badNumber, at: 1), Rejected("+1", .unexpectedByte, at: 0),
    Rejected("1e", .unexpectedEnd, at: 2), Rejected("[1e]", .badNumber, at: 3), Rejected("1e+", .unexpectedEnd, at: 3),
    Rejected("[1e+]", .badNumber, at: 4), Rejected("1e+-1", .badNumber, at: 3), Rejected("1.e1", .badNumber, at: 2),
    Rejected("1e1.5", .trailingBytes, at: 3), Rejected("1.2.3", .trailingBytes, at: 3),
    Rejected("0x10", .trailingBytes, at: 1), Rejected("1_000", .trailingBytes, at: 1),
    Rejected("--1", .badNumber, at: 1), Rejected("- 1", .badNumber, at: 1), Rejected("1 2", .trailingBytes, at: 2),
    Rejected("NaN", .unexpectedByte, at: 0), Rejected("Infinity", .unexpectedByte, at: 0),
    Rejected("-Infinity", .badNumber, at: 1), Rejected("[1a]", .unexpectedByte, at: 2),
    Rejected("１", .unexpectedByte, at: 0),
    Rejected("[-]", .badNumber, at: 2), Rejected("1f", .trailingBytes, at: 1), Rejected("1,5", .trailingBytes, at: 1),
  ]

  static let rejectedStructures: [Rejected] = [
    Rejected("", .empty, at: 0), Rejected(" \n\t\r", .empty, at: 4), Rejected("nul", .unexpectedEnd, at: 3),
    Rejected("nulL", .unexpectedByte, at: 3), Rejected("True", .unexpectedByte, at: 0),
    Rejected("truee", .trailingBytes, at: 4), Rejected("nullnull", .trailingBytes, at: 4),
    Rejected("tru", .unexpectedEnd, at: 3), Rejected("falsy", .unexpectedByte, at: 4),
    Rejected("undefined", .unexpectedByte, at: 0), Rejected("[", .unexpectedEnd, at: 1),
    Rejected("]", .unexpectedByte, at: 0), Rejected("[1", .unexpectedEnd, at: 2),
    Rejected("[1,", .unexpectedEnd, at: 3),
    Rejected("[1,]", .unexpectedByte, at: 3), Rejected("[,1]", .unexpectedByte, at: 1),
    Rejected("[1,,2]", .unexpectedByte, at: 3), Rejected("[1 2]", .unexpectedByte, at: 3),
    Rejected("[1}", .unexpectedByte, at: 2), Rejected("[]]", .trailingBytes, at: 2),
    Rejected("[][]", .trailingBytes, at: 2),
    Rejected("{", .unexpectedEnd, at: 1), Rejected("}", .unexpectedByte, at: 0), Rejected("{]", .unexpectedByte, at: 1),
    Rejected(#"{"a"}"#, .unexpectedByte, at: 4), Rejected(#"{"a":}"#, .unexpectedByte, at: 5),
    Rejected(#"{"a" 1}"#, .unexpectedByte, at: 5), Rejected(#"{"a":1,}"#, .unexpectedByte, at: 7),
    Rejected(#"{,"a":1}"#, .unexpectedByte, at: 1), Rejected(#"{"a":1 "b":2}"#, .unexpectedByte, at: 7),
    Rejected(#"{"a"::1}"#, .unexpectedByte, at: 5), Rejected(#"{"a":1:2}"#, .unexpectedByte, at: 6),
    Rejected("{a:1}", .unexpectedByte, at: 1), Rejected("{1:1}", .unexpectedByte, at: 1),
    Rejected("{'a':1}", .unexpectedByte, at: 1), Rejected("{null:1}", .unexpectedByte, at: 1),
    Rejected(#"{"a":1}x"#, .trailingBytes, at: 7), Rejected(#"{"a":1}/**/"#, .trailingBytes, at: 7),
    Rejected("// c\n1", .unexpectedByte, at: 0), Rejected("[1] #", .trailingBytes, at: 4),
    Rejected("\u{FEFF}1", .unexpectedByte, at: 0), Rejected("\u{A0}1", .unexpectedByte, at: 0),
    Rejected("\u{C}1", .unexpectedByte, at: 0), Rejected("1\0", .trailingBytes, at: 1),
    Rejected("[1\u{B}]", .unexpectedByte, at: 2), Rejected("1\u{2028}", .trailingBytes, at: 1),
    Rejected(raw: [0xFF, 0xFE, 0x31, 0], .unexpectedByte, at: 0), Rejected(raw: [0x31, 0xFF], .trailingBytes, at: 1),
    Rejected(raw: [0, 0x31], .unexpectedByte, at: 0), Rejected("*", .unexpectedByte, at: 0),
  ]

  static let rejectedNames: [Rejected] = [
    Rejected(#"{"a":1,"a":2}"#, .duplicateName, at: 7), Rejected(#"{"a":1,"a":1}"#, .duplicateName, at: 7),
    Rejected(#"{"a":1,"\u0061":2}"#, .duplicateName, at: 7), Rejected(#"{"":1,"":2}"#, .duplicateName, at: 6),
    Rejected(#"{"x":{"a":1,"b":2,"a":3}}"#, .duplicateName, at: 18),
    Rejected(#"{"é":1,"\u00e9":2}"#, .duplicateName, at: 8),
  ]

  static let rejectedStrings: [Rejected] = [
    Rejected(#"""#, .unexpectedEnd, at: 1), Rejected(#""a"#, .unexpectedEnd, at: 2),
    Rejected(#""a\""#, .unexpectedEnd, at: 4), Rejected(#""\"#, .unexpectedEnd, at: 2),
    Rejected("'a'", .unexpectedByte, at: 0), Rejected(#""a"b"#, .trailingBytes, at: 3),
    Rejected(#""\x41""#, .badEscape, at: 1), Rejected(#""\a""#, .badEscape, at: 1),
    Rejected(#""\'""#, .badEscape, at: 1),
    Rejected(#""\0""#, .badEscape, at: 1), Rejected(#""ab\U0041""#, .badEscape, at: 3),
    Rejected(#""\ ""#, .badEscape, at: 1),
    Rejected(#""\u""#, .badEscape, at: 1), Rejected(#""\u004""#, .badEscape, at: 1),
    Rejected(#""\u00G1""#, .badEscape, at: 1),
    Rejected(#""\u{41}""#, .badEscape, at: 1), Rejected(#""\u+041""#, .badEscape, at: 1),
    Rejected(#""\u00"#, .unexpectedEnd, at: 5),
    Rejected(#""\u@041""#, .badEscape, at: 1), Rejected(#""\u`041""#, .badEscape, at: 1),
    Rejected(#""\uD800""#, .loneSurrogate, at: 1), Rejected(#""\uDC00""#, .loneSurrogate, at: 1),
    Rejected(#""\uDFFF\uD800""#, .loneSurrogate, at: 1), Rejected(#""\uD800\uD800""#, .loneSurrogate, at: 1),
    Rejected(#""\uD800x""#, .loneSurrogate, at: 1), Rejected(#""\uD800\n""#, .loneSurrogate, at: 1),
    Rejected(#""\uD800\u0041""#, .loneSurrogate, at: 1), Rejected(#""\uD834\uE000""#, .loneSurrogate, at: 1),
    Rejected(#""\uD83D\uDE0G""#, .badEscape, at: 7), Rejected(#""aé\uDBFF""#, .loneSurrogate, at: 4),
    Rejected(string: [0x00], .controlCharacter, at: 1), Rejected(string: [0x1F], .controlCharacter, at: 1),
    Rejected(string: [0x0A], .controlCharacter, at: 1), Rejected(string: [0x61, 0x09], .controlCharacter, at: 2),
    Rejected(string: [0x5C, 0x6E, 0x0D], .controlCharacter, at: 3), Rejected(string: [0x5C, 0x0A], .badEscape, at: 1),
    Rejected(string: [0x80], .badUTF8, at: 1), Rejected(string: [0xBF], .badUTF8, at: 1),
    Rejected(string: [0x61, 0x62, 0xFF], .badUTF8, at: 3), Rejected(string: [0xFE], .badUTF8, at: 1),
    Rejected(string: [0xC0, 0x80], .badUTF8, at: 1), Rejected(string: [0xC1, 0xBF], .badUTF8, at: 1),
    Rejected(string: [0xC0, 0xAF], .badUTF8, at: 1), Rejected(string: [0xE0, 0x80, 0x80], .badUTF8, at: 1),
    Rejected(string: [0xE0, 0x9F, 0xBF], .badUTF8, at: 1), Rejected(string: [0xF0, 0x8F, 0xBF, 0xBF], .badUTF8, at: 1),
    Rejected(string: [0xED, 0xA0, 0x80], .badUTF8, at: 1), Rejected(string: [0xED, 0xBF, 0xBF], .badUTF8, at: 1),
    Rejected(string: [0xED, 0xA0, 0xB4, 0xED, 0xB4, 0x9E], .badUTF8, at: 1),
    Rejected(string: [0xF4, 0x90, 0x80, 0x80], .badUTF8, at: 1),
    Rejected(string: [0xF5, 0x80, 0x80, 0x80], .badUTF8, at: 1),
    Rejected(string: [0xF8, 0x88, 0x80, 0x80, 0x80], .badUTF8, at: 1), Rejected(string: [0xC3], .badUTF8, at: 1),
    Rejected(string: [0xE2, 0x82], .badUTF8, at: 1), Rejected(string: [0xF0, 0x9F, 0x98], .badUTF8, at: 1),
    Rejected(string: [0xC3, 0x28], .badUTF8, at: 1), Rejected(string: [0xC3, 0xA9, 0xA9], .badUTF8, at: 3),
    Rejected(string: [0x5C, 0x6E, 0xC3, 0xA9, 0xE2, 0x28], .badUTF8, at: 5),
    Rejected(string: [0xE2, 0x5C, 0x6E, 0x82, 0xAC], .badUTF8, at: 1),
    Rejected(raw: [0x22, 0xC3], .unexpectedEnd, at: 2),
    Rejected(raw: [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], .badUTF8, at: 2),
  ]
}
