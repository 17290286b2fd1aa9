internal import JSON
internal import Logging
internal import TestSupport
internal import Testing

@testable internal import netral

@Suite("A line of the log")
struct LogLineTests {
  /// Every character that ends a line somewhere, steers a terminal or hides text, and those next to them.
  private static let hostile: [String] =
    (Array(0...0x20) + Array(0x7E...0xA0) + [0x200E, 0x200F] + Array(0x2028...0x202E) + Array(0x2066...0x2069)).map {
      String(UnicodeScalar($0) ?? " ")
    } + ["\r\n", "\u{1B}[2K\u{1B}[1A", "\"}\n{\"level\":\"critical\"", "\\\"", "\\n", "é😀", "</script>"]

  private static func line(_ text: String) -> LogLine {
    LogLine(
      time: "2026-01-02T03:04:05.000Z", level: .info, message: "m\(text)m",
      metadata: [
        ("n\(text)n", "v\(text)v"), ("array", .array(["\(text)"])), ("map", .dictionary(["k\(text)": "\(text)"])),
        ("time", "other"), ("whole", .stringConvertible(7)), ("part", .stringConvertible(0.125)),
        ("flag", .stringConvertible(true)), ("endless", .stringConvertible(Double.infinity)),
      ])
  }

  private static func isClean(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
      default: true
      }
    }
  }

  // Not as arguments of the tests, whose report would show them.
  @Test("has no control character in either format, whatever it is made of")
  func controls() {
    for (number, text) in Self.hostile.enumerated() {
      let line = Self.line(text)
      #expect(Self.isClean(line.text), "\(number)")
      #expect(Self.isClean(line.json), "\(number)")
    }
  }

  @Test("is one JSON object with typed members and no name twice")
  func json() throws {
    for text in Self.hostile { try expectObject(of: text) }
  }

  private func expectObject(of text: String) throws {
    let json = try JSONValue.parse(Self.line(text).json)
    #expect(json.names.prefix(3) == ["time", "level", "message"])
    #expect(json["time"].string == "2026-01-02T03:04:05.000Z" && json["level"].string == "info")
    #expect(json["metadata_time"].string == "other")
    #expect(json["whole"].int == 7 && json["flag"].bool == true && json["endless"].string == "inf")
    #expect(json["array"].items.count == 1 && json["map"].names.count == 1)
    // What is no control character stays as it is.
    if Self.isClean(Array(text.utf8)) {
      #expect(json["message"].string == "m\(text)m" && json["array"].strings == [text])
    }
  }

  @Test("reads as it always did")
  func text() {
    let line = LogLine(
      time: "T", level: .warning, message: "something", metadata: [("a", "1"), ("ms", .stringConvertible(1.5))])
    #expect(String(decoding: line.text, as: UTF8.self) == "T warning something a=1 ms=1.5")
  }
}
