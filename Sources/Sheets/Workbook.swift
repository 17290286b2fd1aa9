internal import Synchronization

/// A workbook of one sheet (ECMA-376), written piece by piece: its memory is that of a piece, however long the table is.
///
/// The heading row stays in sight and filters the columns.
public final class Workbook: Sendable {
  /// The media type of a workbook.
  public static let mediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

  private struct State {
    var zip = ZipStream()
    var rows = 0
  }

  private let state = Mutex(State())
  private let name: String
  private let headings: [String]

  /// - Parameters:
  ///   - name: of the sheet: 1 to 31 characters without `[ ] : * ? / \`.
  ///   - headings: of the columns, at most 16,384.
  public init(named name: String, headings: [String]) {
    (self.name, self.headings) = (name, headings)
  }

  /// Everything before the first row below the heading.
  public func begin() -> [UInt8] {
    state.withLock { state in
      var bytes: [UInt8] = []
      for (path, text) in WorkbookParts.fixed(sheet: name) {
        bytes += state.zip.begin(path) + state.zip.add(Array(text.utf8)) + state.zip.end()
      }
      bytes += state.zip.begin(WorkbookParts.sheetPath)
      state.rows = 1
      return bytes + state.zip.add(WorkbookParts.sheetStart(headings))
    }
  }

  /// Adds rows as a ``TableWriter`` has written them.
  public func add(_ rows: [UInt8]) -> [UInt8] {
    state.withLock { state in
      state.rows += Self.count(rows)
      return state.zip.add(rows)
    }
  }

  /// Everything after the last row.
  public func finish() -> [UInt8] {
    state.withLock { state in
      state.zip.add(WorkbookParts.sheetEnd(columns: headings.count, rows: state.rows)) + state.zip.end()
        + state.zip.finish()
    }
  }

  /// How many rows there are: no text holds `<`.
  private static func count(_ bytes: [UInt8]) -> Int {
    let tag = Array("<row>".utf8)
    return bytes.indices.count { bytes[$0] == tag[0] && bytes[$0...].starts(with: tag) }
  }
}
