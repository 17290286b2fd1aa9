/// Texts between the tags of a workbook.
enum XMLText {
  /// Appends a text. What XML cannot hold is written as `_xHHHH_`, and so is the first character of what a reader would take
  /// for that (ECMA-376 Part 1, 22.9.2.19).
  static func append(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { text in
      var runStart = 0
      for index in text.indices {
        guard let (replacement, length) = replacement(in: text, at: index) else { continue }
        bytes.append(contentsOf: text[runStart..<index])
        bytes.append(contentsOf: replacement.utf8)
        runStart = index + length
      }
      bytes.append(contentsOf: text[runStart...])
    }
  }

  /// What stands for the character at a place, and how many bytes it has there; nil where it stands for itself.
  private static func replacement(in text: UnsafeBufferPointer<UInt8>, at index: Int) -> (String, length: Int)? {
    switch text[index] {
    case UInt8(ascii: "&"): ("&amp;", 1)
    case UInt8(ascii: "<"): ("&lt;", 1)
    case UInt8(ascii: ">"): ("&gt;", 1)
    case UInt8(ascii: "\t"), UInt8(ascii: "\n"): nil
    case let byte where byte < 0x20: (escape(UInt32(byte)), 1)
    case UInt8(ascii: "_"): looksEscaped(text[index...].prefix(7)) ? ("_x005F_", 1) : nil
    // U+FFFE and U+FFFF.
    case 0xEF where text[index...].prefix(3).elementsEqual([0xEF, 0xBF, 0xBE]): (escape(0xFFFE), 3)
    case 0xEF where text[index...].prefix(3).elementsEqual([0xEF, 0xBF, 0xBF]): (escape(0xFFFF), 3)
    default: nil
    }
  }

  /// True for `_xHHHH_`.
  private static func looksEscaped(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard bytes.count == 7, bytes.dropFirst().first == UInt8(ascii: "x"), bytes.last == UInt8(ascii: "_") else {
      return false
    }
    return bytes.dropFirst(2).prefix(4).allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
  }

  private static func escape(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return "_x" + String(repeating: "0", count: 4 - digits.count) + digits + "_"
  }
}
