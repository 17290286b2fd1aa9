internal import Foundation

/// Texts as they are taken in, stored and compared.
public enum PlainText {
  /// The text as it is stored and shown: in Unicode normalisation form C, without white space at its ends.
  public static func normalized(_ text: String) -> String {
    if isPlain(text) { return text }
    let composed = text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    let scalars = composed.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }

  /// The first character that has no place in a text: a control or format character, which is not seen and lets two texts
  /// look like one; and where a text is one line, what breaks it.
  ///
  /// - Parameter hasLines: true for texts of several lines, which may hold tabs and line ends.
  public static func intruder(in text: String, hasLines: Bool) -> Unicode.Scalar? {
    if isPrintable(text) { return nil }
    return text.unicodeScalars.first { scalar in
      switch scalar.value {
      case 0x20..<0x7F: false
      case 0x09, 0x0A, 0x0D: !hasLines
      default:
        switch scalar.properties.generalCategory {
        case .control, .format: true
        case .lineSeparator, .paragraphSeparator: !hasLines
        // What is drawn as nothing; but for the selectors that choose how a character before them is drawn.
        default: scalar.properties.isDefaultIgnorableCodePoint && !(0xFE00...0xFE0F).contains(scalar.value)
        }
      }
    }
  }

  /// The text as it is compared where it names something: with runs of white space as one blank, and without regard to
  /// case and to the width of letters, digits and signs.
  public static func folded(_ text: String) -> String {
    if isPlain(text), !hasRuns(text) { return text.lowercased() }
    let narrow = String(String.UnicodeScalarView(normalized(text).unicodeScalars.map(narrowed)))
    return narrow.split(whereSeparator: \.isWhitespace).joined(separator: " ").uppercased().lowercased()
  }

  /// ASCII without blanks at its ends: what nearly every text is.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, first > 0x20, last > 0x20 else { return false }
    var text = text
    return text.withUTF8 { bytes in bytes.reduce(0) { $0 | $1 } < 0x80 }
  }

  /// ASCII of which everything is seen, or a blank.
  private static func isPrintable(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in bytes.allSatisfy { $0 &- 0x20 < 0x5F } }
  }

  /// True when white space follows white space, or is no blank.
  private static func hasRuns(_ text: String) -> Bool {
    var before: UInt8 = 0
    for byte in text.utf8 {
      if byte < 0x20 || byte == 0x20 && before == 0x20 { return true }
      before = byte
    }
    return false
  }

  /// The fullwidth forms of ASCII (U+FF01 to U+FF5E) and of the blank (U+3000) as ASCII.
  private static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    case 0x3000: " "
    default: scalar
    }
  }
}
