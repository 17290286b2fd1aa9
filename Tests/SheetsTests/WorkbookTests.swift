internal import Foundation
internal import Sheets
internal import TestSupport
internal import Testing

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "needs python3"))
struct WorkbookTests {
  /// Reads the sheet with Python's own ZIP and XML.
  private static let script = """
    import sys, zipfile, xml.etree.ElementTree as E
    z = zipfile.ZipFile(sys.argv[1])
    assert z.testzip() is None
    for name in z.namelist(): E.fromstring(z.read(name))
    n = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    s = E.fromstring(z.read("xl/worksheets/sheet1.xml"))
    print(len(z.namelist()), s.find(n + "autoFilter").get("ref"), s.find(f"{n}sheetViews/{n}sheetView/{n}pane").get("state"))
    for row in list(s.iter(n + "row"))[:3]: print("|".join("".join(c.itertext()) for c in row))
    """

  private func read(_ pieces: [[UInt8]]) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sheet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.xlsx")
    try Data(pieces.joined()).write(to: path)
    let script = folder.appending(path: "read.py")
    try Data(Self.script.utf8).write(to: script)
    return try Shell.output("/usr/bin/python3 '\(script.path)' '\(path.path)'").split(separator: "\n").map(String.init)
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
