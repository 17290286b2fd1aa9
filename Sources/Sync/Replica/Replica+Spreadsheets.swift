internal import Foundation
internal import GRDB
internal import Glibc
internal import JSON

extension Replica {
  /// Writes a spreadsheet of each table of cases: `cases.csv` (without the JSON), `clocks.csv` and so on.
  ///
  /// Each is written under another name and then renamed, so that a reader finds the old one or the new one whole.
  ///
  /// - Throws: `ReplicaFailure`.
  public func writeSpreadsheets(into folder: String) throws {
    for table in [ReplicaSchema.cases] + ReplicaSchema.lists {
      let sheet = try Spreadsheet(path: "\(folder)/\(table.name).csv")
      let columns = table.columns.filter { $0.name != "json" }
      let names = table.names.filter { $0 != "json" }
      let keyCount = names.count - columns.count
      for name in names { sheet.writer.field(name) }
      sheet.writer.endRow()
      try read { database in
        let order = table.names.prefix(keyCount).joined(separator: ", ")
        let rows = try Row.fetchCursor(
          database, sql: "SELECT \(names.joined(separator: ", ")) FROM \(table.name) ORDER BY \(order)")
        while let row = try rows.next() {
          sheet.writer.field(row[0] as String)
          if keyCount == 2 { sheet.writer.field(row[1] as Int) }
          for (index, column) in columns.enumerated() {
            switch column.kind {
            case .text, .list, .item, .received: sheet.writer.field(row[keyCount + index] as String?)
            case .integer: sheet.writer.field(row[keyCount + index] as Int?)
            case .flag: sheet.writer.field(row[keyCount + index] as Bool?)
            }
          }
          sheet.writer.endRow()
          try sheet.writeOut(atLeast: 65_536)
        }
      }
      try sheet.finish()
    }
  }
}

/// A file that gets its name once it is whole.
private final class Spreadsheet {
  var writer = CSVWriter()
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    let url = URL(filePath: path)
    temporaryPath = url.deletingLastPathComponent().path + "/.\(url.lastPathComponent).partial"
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { close(descriptor) }

  /// Writes what has been gathered when it is that much.
  func writeOut(atLeast count: Int) throws {
    guard writer.bytes.count >= count else { return }
    var rest = writer.bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw Self.failure(path) }
      rest = rest.dropFirst(written)
    }
    writer.bytes.removeAll(keepingCapacity: true)
  }

  func finish() throws {
    try writeOut(atLeast: 0)
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> ReplicaFailure {
    .unusable(path, reason: String(cString: strerror(errno)))
  }
}
