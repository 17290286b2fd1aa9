internal import Domain
internal import Testing

struct PlainTextTests {
  @Test(arguments: [
    ("a", "a"), (" a ", "a"), ("\u{A0}\t\r\na b\u{3000}", "a b"), ("a  b", "a  b"), ("e\u{301}", "\u{E9}"),
    ("  ", ""), ("", ""), ("\u{212B}", "\u{C5}"), ("\u{200B}a", "\u{200B}a"),
  ])
  func `stored in form C and trimmed`(text: String, stored: String) {
    #expect(Array(PlainText.normalized(text).unicodeScalars) == Array(stored.unicodeScalars))
    #expect(PlainText.normalized(stored) == stored)
  }

  @Test(arguments: [
    ("001/LP", "001/lp "), ("Siti  Aminah", "SITI AMINAH"), ("Siti\u{A0}Aminah", "siti aminah"),
    ("Andre\u{301}", "ANDR\u{C9}"), ("\u{FF10}\u{FF11}/\u{FF2C}\u{FF30}", "01/lp"), ("Stra\u{DF}e", "STRASSE"),
    ("a\u{3000}b", "A B"),
  ])
  func `compared without case, width and runs of blanks`(one: String, other: String) {
    #expect(PlainText.folded(one) == PlainText.folded(other))
  }

  @Test(arguments: [("001", "002"), ("a b", "ab"), ("1\u{B2}", "12"), ("e", "\u{E9}"), ("a-b", "a b")])
  func `what is another text stays one`(one: String, other: String) {
    #expect(PlainText.folded(one) != PlainText.folded(other))
  }

  @Test(arguments: [
    ("a\u{200B}", 0x200B), ("\u{202E}a", 0x202E), ("a\u{7F}", 0x7F), ("a\u{0}", 0), ("\u{AD}", 0xAD),
    ("\u{FEFF}", 0xFEFF),
    ("\u{85}", 0x85), ("\u{9F}", 0x9F),
  ])
  func `what is not seen is found in every text`(text: String, code: UInt32) {
    for hasLines in [true, false] { #expect(PlainText.intruder(in: text, hasLines: hasLines)?.value == code) }
  }

  @Test(arguments: ["a\nb", "a\tb", "a\r\nb", "a\u{2028}b", "a\u{2029}b"])
  func `line ends have a place in texts of several lines alone`(text: String) {
    #expect(PlainText.intruder(in: text, hasLines: true) == nil)
    #expect(PlainText.intruder(in: text, hasLines: false) != nil)
    #expect(PlainText.intruder(in: "ꦥꦮꦺ é 𝄞 ☺️ \u{A0}", hasLines: false) == nil)
  }
}
