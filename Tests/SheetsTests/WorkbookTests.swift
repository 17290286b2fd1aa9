internal import Sheets
internal import TestSupport
internal import Testing

@Suite(.enabled(if: WorkbookReader.isThere, "needs python3"))
struct WorkbookTests {
  /// What another reader finds: parts, filter, pane, and the first three rows.
  private func read(_ pieces: [[UInt8]]) throws -> [String] {
    let sheet = try WorkbookReader.read(Array(pieces.joined()))
    return ["\(sheet.parts) \(sheet.filter) \(sheet.pane)"]
      + sheet.rows.prefix(3).map { $0.map(\.text).joined(separator: "|") }
  }

  private func rows(_ count: Int) -> [UInt8] {
    var writer = TableWriter(.worksheet)
    for number in 0..<count {
      writer.field("198609262015051001")
      writer.field(number)
      writer.endRow()
    }
    return writer.bytes
  }

  @Test func `a table without rows is a workbook with a heading`() throws {
    let book = Workbook(named: "Kasus & \"lain\"", headings: ["NIP", "Nomor"])
    #expect(try read([book.begin(), book.finish()]) == ["6 A1:B1 frozen", "NIP|Nomor"])
  }

  @Test func `a table in many pieces is one sheet, filtered to its last row`() throws {
    let book = Workbook(named: "Kasus", headings: ["NIP", "Nomor"])
    var pieces = [book.begin()]
    for _ in 0..<50 { pieces.append(book.add(rows(1_000))) }
    pieces.append(book.finish())
    #expect(
      try read(pieces)
        == ["6 A1:B50001 frozen", "NIP|Nomor", "198609262015051001|0", "198609262015051001|1"])
  }

  @Test func `the same table gives the same bytes`() {
    func bytes() -> [UInt8] {
      let book = Workbook(named: "a", headings: ["a"])
      return book.begin() + book.add(rows(3)) + book.finish()
    }
    #expect(bytes() == bytes())
  }
}
