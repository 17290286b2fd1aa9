internal import Testing

@testable import Sheets

@Suite struct TableWriterTests {
  private func text(_ form: TableWriter.Form, _ write: (inout TableWriter) -> Void) -> String {
    var writer = TableWriter(form)
    write(&writer)
    writer.endRow()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func writeAll(_ writer: inout TableWriter) {
    writer.field("16.71")
    writer.field(nil as String?)
    writer.field(12)
    writer.number("52.5")
    writer.field(true)
    writer.date(19_998, spelled: "2024-10-02")
    writer.instant(43_200_000, spelled: "1970-01-01T12:00:00.000Z")
  }

  @Test func `a row of a worksheet has texts, numbers, dates and truth as what they are`() {
    #expect(
      text(.worksheet, writeAll) == """
        <row><c t="inlineStr"><is><t>16.71</t></is></c><c/><c><v>12</v></c><c><v>52.5</v></c><c t="b"><v>1</v></c>\
        <c s="1"><v>45567</v></c><c s="2"><v>25569.5</v></c></row>
        """)
  }

  @Test(arguments: [
    (TableDialect(), "16.71,,12,52.5,true,2024-10-02,1970-01-01T12:00:00.000Z\r\n"),
    (
      TableDialect(separator: .semicolon, decimalMark: .comma),
      "16.71;;12;52,5;true;2024-10-02;1970-01-01T12:00:00.000Z\r\n"
    ),
    (TableDialect(separator: .tab), "16.71\t\t12\t52.5\ttrue\t2024-10-02\t1970-01-01T12:00:00.000Z\r\n"),
  ])
  func `a row of values is divided as it was asked for`(dialect: TableDialect, expected: String) {
    #expect(text(.csv(dialect), writeAll) == expected)
  }

  @Test(arguments: [
    ([0], "16.71\r\n"), ([1], "\"\"\r\n"), ([5, 0, 2], "2024-10-02,16.71,12\r\n"),
    ([6, 5, 4, 3, 2, 1, 0], "1970-01-01T12:00:00.000Z,2024-10-02,true,52.5,12,,16.71\r\n"),
  ])
  func `a row keeps the fields that were chosen, in their order, in each form`(kept: [Int], expected: String) {
    var values = TableWriter(.csv(TableDialect()), keeping: kept)
    var sheet = TableWriter(.worksheet, keeping: kept)
    for _ in 0..<2 {
      writeAll(&values)
      values.endRow()
      writeAll(&sheet)
      sheet.endRow()
    }
    #expect(String(decoding: values.bytes, as: UTF8.self) == expected + expected)
    let cells = [
      "<c t=\"inlineStr\"><is><t>16.71</t></is></c>", "<c/>", "<c><v>12</v></c>", "<c><v>52.5</v></c>",
      "<c t=\"b\"><v>1</v></c>", "<c s=\"1\"><v>45567</v></c>", "<c s=\"2\"><v>25569.5</v></c>",
    ]
    let row = "<row>\(kept.map { cells[$0] }.joined())</row>"
    #expect(String(decoding: sheet.bytes, as: UTF8.self) == row + row)
  }

  @Test(arguments: TableDialect.Separator.allCases)
  func `a field with any separator is quoted whichever is written`(separator: TableDialect.Separator) {
    for field in ["a,b", "a;b", "a\tb"] {
      #expect(text(.csv(TableDialect(separator: separator))) { $0.field(field) } == "\"\(field)\"\r\n")
    }
  }

  @Test(arguments: [
    ("=1+1", "=1+1"), ("a & <b>", "a &amp; &lt;b&gt;"), ("\u{1}", "_x0001_"), ("a\rb", "a_x000D_b"),
    ("_x0041_", "_x005F_x0041_"), ("_x_", "_x_"), ("\u{FFFF}", "_xFFFF_"), ("Ë 漢", "Ë 漢"),
  ])
  func `a text of a worksheet reads back as it was`(text: String, written: String) {
    var bytes: [UInt8] = []
    XMLText.append(text, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == written)
  }

  @Test func `a number that identifies is a text, and so is its absence`() {
    #expect(text(.worksheet) { $0.identifier("198609262015051001") }.contains("<t>198609262015051001</t>"))
    #expect(text(.worksheet) { $0.identifier(nil) }.contains("<t xml:space=\"preserve\"> </t>"))
    #expect(text(.csv(TableDialect())) { $0.identifier(nil) } == "\"\"\r\n")
  }

  @Test func `blanks at the ends and line ends are kept`() {
    for kept in [" a", "a ", "a\nb"] {
      #expect(text(.worksheet) { $0.field(kept) }.contains("<t xml:space=\"preserve\">\(kept)</t>"))
    }
  }

  @Test func `a text that no cell holds ends in what names its row`() {
    let most = TableWriter.cellUnitsMax
    #expect(TableWriter.fitting(String(repeating: "a", count: most), "id") == String(repeating: "a", count: most))
    let cut = TableWriter.fitting(String(repeating: "a", count: most + 1), "id")
    #expect(cut.utf16.count == most && cut.hasSuffix("a… id"))
    // A character of two units is not cut in two.
    let pairs = TableWriter.fitting("a" + String(repeating: "😀", count: most / 2 + 1), "i")
    #expect(pairs.utf16.count == most - 1 && pairs.hasSuffix("😀… i") && !pairs.contains("\u{FFFD}"))
  }

  @Test func `a date that spreadsheets count wrongly stays a text`() {
    #expect(text(.worksheet) { $0.date(-25_509, spelled: "1900-02-28") }.contains("1900-02-28"))
    #expect(text(.worksheet) { $0.date(-25_507, spelled: "1900-03-02") }.contains("<v>62</v>"))
  }

  @Test(arguments: [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA"), (16_384, "XFD")])
  func `columns are lettered as spreadsheets do`(column: Int, letters: String) {
    #expect(WorkbookParts.letters(column) == letters)
  }
}
