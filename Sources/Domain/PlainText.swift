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
    text.unicodeScalars.first { scalar in
      switch scalar.value {
      case 0x20..<0x7F: false
      case 0x09, 0x0A, 0x0D: !hasLines
      default:
        switch scalar.properties.generalCategory {
        case .control, .format: true
        case .lineSeparator, .paragraphSeparator: !hasLines
        default: false
        }
      }
    }
  }

  /// The text as it is compared where it names something: with runs of white space as one blank, and without regard to
  /// case and to the width of letters, digits and signs.
  public static func folded(_ text: String) -> String {
    let narrow = String(String.UnicodeScalarView(normalized(text).unicodeScalars.map(narrowed)))
    return narrow.split(whereSeparator: \.isWhitespace).joined(separator: " ").uppercased().lowercased()
  }

  /// ASCII without anything that is not seen, and no blank at its ends: what nearly every text is.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, first > 0x20, last > 0x20 else { return false }
    return text.utf8.allSatisfy { $0 < 0x80 }
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
