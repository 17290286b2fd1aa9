internal import Domain
internal import JSON

/// A row of a table of the demo, read by the names of its columns.
struct DemoRow {
  /// Counted from 0.
  let index: Int
  private let values: [String: String]

  /// Reads a table with its header.
  ///
  /// - Throws: `CSVError` when the table in the program is broken.
  static func rows(of table: [UInt8]) throws -> [DemoRow] {
    let rows = try CSVReader.rows(table).map(\.fields)
    guard let header = rows.first else { return [] }
    return rows.dropFirst().enumerated().map { index, fields in
      DemoRow(index: index, values: Dictionary(zip(header, fields)) { first, _ in first })
    }
  }

  /// Nil where the field is empty.
  subscript(column: String) -> String? { values[column].flatMap { $0.isEmpty ? nil : $0 } }

  func date(_ column: String) -> LegalDate? { self[column].flatMap { LegalDate($0) } }

  func agency(_ column: String) -> AgencyCode? { self[column].map { AgencyCode(rawValue: $0) } }

  /// Who did something and when: columns `…_by` and `…_on`.
  func act(_ name: String) -> (agency: AgencyCode, date: LegalDate)? {
    guard let agency = agency(name + "_by"), let date = date(name + "_on") else { return nil }
    return (agency, date)
  }
}
