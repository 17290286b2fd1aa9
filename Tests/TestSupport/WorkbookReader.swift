internal import Foundation

/// Reads a workbook with Python's own ZIP and XML, which know nothing of the program.
public enum WorkbookReader {
  public static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

  /// A cell: what it is (`s` a text, `n` a number, `b` truth, `1` a date, `2` an instant) and what it holds.
  public struct Cell: Equatable, Sendable, Decodable {
    public let kind: String
    public let text: String
  }

  private static let script = """
    import sys, json, zipfile, xml.etree.ElementTree as E
    z = zipfile.ZipFile(sys.argv[1])
    assert z.testzip() is None
    for name in z.namelist(): E.fromstring(z.read(name))
    n = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    s = E.fromstring(z.read("xl/worksheets/sheet1.xml"))
    def cell(c):
        kind = {"inlineStr": "s", "b": "b"}.get(c.get("t"), c.get("s", "n")) if len(c) else ""
        return {"kind": kind, "text": "".join(c.itertext())}
    rows = [[cell(c) for c in row] for row in s.iter(n + "row")]
    pane = s.find(f"{n}sheetViews/{n}sheetView/{n}pane").get("state")
    parts = len(z.namelist())
    json.dump({"rows": rows, "filter": s.find(n + "autoFilter").get("ref"), "pane": pane, "parts": parts}, sys.stdout)
    """

  /// The rows of the sheet, the heading first, the range that it filters, whether its heading is `frozen`, and the number of
  /// parts in the archive.
  public struct Sheet: Sendable, Decodable {
    public let rows: [[Cell]]
    public let filter: String
    public let pane: String
    public let parts: Int
  }

  /// Reads the one sheet.
  public static func read(_ bytes: [UInt8]) throws -> Sheet {
    let folder = FileManager.default.temporaryDirectory.appending(path: "workbook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (book, program) = (folder.appending(path: "a.xlsx"), folder.appending(path: "read.py"))
    try Data(bytes).write(to: book)
    try Data(script.utf8).write(to: program)
    let output = try Shell.output("/usr/bin/python3 '\(program.path)' '\(book.path)'")
    return try JSONDecoder().decode(Sheet.self, from: Data(output.utf8))
  }
}
