/// The parts of a workbook that hold no rows.
enum WorkbookParts {
  static let sheetPath = "xl/worksheets/sheet1.xml"

  private static let declaration = #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let package = "http://schemas.openxmlformats.org/package/2006"
  private static let type = "application/vnd.openxmlformats-officedocument.spreadsheetml"

  /// Paths and contents of the parts that are the same for every table.
  static func fixed(sheet name: String) -> [(path: String, text: String)] {
    [
      ("[Content_Types].xml", types), ("_rels/.rels", links([("officeDocument", "xl/workbook.xml")])),
      ("xl/workbook.xml", workbook(name)),
      ("xl/_rels/workbook.xml.rels", links([("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")])),
      ("xl/styles.xml", styles),
    ]
  }

  private static let types = """
    \(declaration)<Types xmlns="\(package)/content-types"><Default Extension="rels" \
    ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" \
    ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="\(type).sheet.main+xml"/>\
    <Override PartName="/xl/worksheets/sheet1.xml" ContentType="\(type).worksheet+xml"/>\
    <Override PartName="/xl/styles.xml" ContentType="\(type).styles+xml"/></Types>
    """

  private static func links(_ targets: [(type: String, path: String)]) -> String {
    let links = targets.enumerated().map { index, target in
      #"<Relationship Id="rId\#(index + 1)" Type="\#(relationships)/\#(target.type)" Target="\#(target.path)"/>"#
    }
    return "\(declaration)<Relationships xmlns=\"\(package)/relationships\">\(links.joined())</Relationships>"
  }

  private static func workbook(_ name: String) -> String {
    var text: [UInt8] = []
    XMLText.append(name, to: &text)
    let escaped = String(decoding: text, as: UTF8.self).replacing("\"", with: "&quot;")
    return """
      \(declaration)<workbook xmlns="\(main)" xmlns:r="\(relationships)"><sheets><sheet name="\(escaped)" sheetId="1" \
      r:id="rId1"/></sheets></workbook>
      """
  }

  /// Cell formats in the order of ``TableWriter/Style``: general, date, instant, heading. 14 is the reader's own short date.
  static let styles = """
    \(declaration)<styleSheet xmlns="\(main)"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
    <numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/>\
    <name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>\
    <patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">\
    <border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" \
    fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" \
    borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf \
    numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" \
    fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" \
    builtinId="0"/></cellStyles></styleSheet>
    """

  /// The sheet up to the heading row, which stays in sight.
  static func sheetStart(_ headings: [String]) -> [UInt8] {
    var bytes = Array(
      """
      \(declaration)<worksheet xmlns="\(main)"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" \
      topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr \
      defaultRowHeight="15"/><cols><col min="1" max="\(max(1, headings.count))" width="18" customWidth="1"/></cols>\
      <sheetData><row>
      """.utf8)
    for heading in headings {
      bytes += Array("<c s=\"\(TableWriter.Style.heading)\" t=\"inlineStr\"><is><t>".utf8)
      XMLText.append(heading, to: &bytes)
      bytes += Array("</t></is></c>".utf8)
    }
    return bytes + Array("</row>".utf8)
  }

  /// The sheet from its last row on, with the filter over all rows.
  static func sheetEnd(columns: Int, rows: Int) -> [UInt8] {
    Array("</sheetData><autoFilter ref=\"A1:\(letters(columns))\(rows)\"/></worksheet>".utf8)
  }

  /// The letters of a column, counted from 1.
  static func letters(_ column: Int) -> String {
    var (rest, letters) = (column, "")
    while rest > 0 {
      letters = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + letters
      rest = (rest - 1) / 26
    }
    return letters
  }
}
