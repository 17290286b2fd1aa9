import Foundation
import JSON
import TestSupport
import Testing

@Suite struct CSVTests {
  private static let nasty: [[String]] = [
    ["plain", "two words", " padded ", "é€𝄞", ""],
    ["a,b", "say \"hi\"", "\"", "\"\"", ","],
    ["line\nfeed", "carriage\rreturn", "both\r\nof them", "\n", "x\r\n"],
    ["'", "''", ";", "\\", "\\\""],
    ["\u{FEFF}bom inside", "\u{2028}", "tab\tinside", "nul\u{1}", "end\""],
    [""],
    ["", ""],
    ["only"],
  ]

  private func write(_ rows: [[String]]) -> [UInt8] {
    var writer = CSVWriter()
    for row in rows {
      for field in row {
        writer.field(field)
      }
      writer.endRow()
    }
    return writer.bytes
  }

  @Test func `fields are quoted only where needed and rows end with CRLF`() {
    var writer = CSVWriter()
    writer.field("id")
    writer.field("a,b")
    writer.field("say \"hi\"")
    writer.field("\n")
    writer.endRow()
    writer.field(-5)
    writer.field(nil as Int?)
    writer.field(true)
    writer.field(false)
    writer.field(nil as Bool?)
    writer.field(nil as String?)
    writer.field(Int.min)
    writer.endRow()
    writer.field(nil as String?)
    writer.endRow()
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "id,\"a,b\",\"say \"\"hi\"\"\",\"\n\"\r\n-5,,true,false,,,-9223372036854775808\r\n\"\"\r\n")
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "\"'\tx\""),
    ("\rx", "\"'\rx\""),
    ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("a=1", "a=1"), (" =1", " =1"), ("\nx", "\"\nx\""), ("-", "'-"),
  ])
  func `a text that a spreadsheet would run is made plain text`(text: String, field: String) {
    #expect(String(decoding: write([[text]]), as: UTF8.self) == field + "\r\n")
  }

  @Test func `rows read back as they were written`() throws {
    let rows = try CSVReader.rows(write(Self.nasty))
    #expect(rows.map(\.fields) == Self.nasty)
    #expect(rows.map(\.line) == [1, 2, 3, 8, 9, 10, 11, 12])
  }

  @Test(.enabled(if: Python.isInstalled, "needs python3"))
  func `the csv module of Python reads the same rows`() throws {
    #expect(try Python.rows(write(Self.nasty)) == Self.nasty)
  }

  @Test(.enabled(if: Python.isInstalled, "needs python3"))
  func `what the csv module of Python reads strictly is read the same here`() throws {
    let text = "a,b\r\n\"x\ny\",\"q\"\"q\"\r\n,\r\n\"\",z"
    #expect(try CSVReader.rows(Array(text.utf8)).map(\.fields) == Python.rows(Array(text.utf8)))
  }

  @Test(arguments: [
    ("", []), ("a", [["a"]]), ("a\n", [["a"]]), ("a\r\n", [["a"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
    ("\n", [[""]]), ("a\n\nb", [["a"], [""], ["b"]]), (",", [["", ""]]), ("\"\"", [[""]]), ("\"a\"\"b\"", [["a\"b"]]),
    ("\"a\nb\",c\r\nd", [["a\nb", "c"], ["d"]]), ("\u{FEFF}a", [["a"]]), ("\u{FEFF}", []), ("\u{FEFF}\"a\"", [["a"]]),
    ("a,\n", [["a", ""]]), (" a , b ", [[" a ", " b "]]), ("\"a\r\"", [["a\r"]]),
  ])
  func `a well-formed text is read`(text: String, rows: [[String]]) throws {
    #expect(try CSVReader.rows(Array(text.utf8)).map(\.fields) == rows)
  }

  @Test(arguments: [
    ("\"a", CSVError.Reason.unclosedQuote, 1), ("x\n\"a\nb\nc", .unclosedQuote, 2), ("a\nb\"c", .strayQuote, 2),
    ("\"a\"b", .strayQuote, 1), ("\"a\nb\" ,c", .strayQuote, 2), ("a\n\"b\"\"", .unclosedQuote, 2),
    ("a\rb", .strayCarriageReturn, 1), ("a\r", .strayCarriageReturn, 1), ("\"\n\"\r", .strayCarriageReturn, 2),
    ("a, \"b\"", .strayQuote, 1),
  ])
  func `a faulty text is refused with its line`(text: String, reason: CSVError.Reason, line: Int) throws {
    let fault = try #require(throws: CSVError.self) { try CSVReader.rows(Array(text.utf8)) }
    #expect(fault.reason == reason)
    #expect(fault.line == line)
    #expect(fault.description == "\(reason.description) (line \(line))")
  }

  @Test(
    arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x22, 0xE2, 0x82, 0x22], [0xFF, 0xFE, 0x61]] as [[UInt8]])
  func `a field that is not UTF-8 is refused with its line`(bytes: [UInt8]) throws {
    let fault = try #require(throws: CSVError.self) { try CSVReader.rows([0x61, 0x0D, 0x0A] + bytes) }
    #expect(fault.reason == .badUTF8)
    #expect(fault.line == 2)
  }
}

/// The csv module of Python's standard library, an implementation not related to this one.
enum Python {
  static let isInstalled = (try? run("pass", [])) != nil

  static func rows(_ bytes: [UInt8]) throws -> [[String]] {
    let program = """
      import csv, json, sys
      with open(sys.argv[1], encoding="utf-8", newline="") as file:
          json.dump(list(csv.reader(file, strict=True)), sys.stdout)
      """
    return try JSONDecoder().decode([[String]].self, from: Data(run(program, bytes).utf8))
  }

  private static func run(_ program: String, _ bytes: [UInt8]) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).csv")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Shell.output("python3 -c '\(program)' '\(file.path)'")
  }
}
