internal import Domain
internal import Sheets

/// How an answer that comes in several forms is written. The raw value is the name in `?format=`.
enum ListFormat: String, CaseIterable {
  case json, ndjson, csv, xlsx
  /// A page.
  case html
  /// Linked data (JSON-LD 1.1).
  case jsonld

  var mediaType: String {
    switch self {
    case .json: "application/json"
    case .ndjson: "application/x-ndjson"
    case .csv: "text/csv"
    case .xlsx: Workbook.mediaType
    case .html: "text/html"
    case .jsonld: "application/ld+json"
    }
  }

  var isTable: Bool { self == .csv || self == .xlsx }

  /// The field of an answer that is written so.
  var contentType: String { self == .csv ? "text/csv; charset=utf-8; header=present" : mediaType }

  /// Those that an operation offers: the first one is that of who asks for nothing in particular.
  static func offered(by replies: [Reply]) -> [ListFormat] {
    (replies.first?.contents ?? []).compactMap { content in allCases.first { $0.mediaType == content.type } }
  }
}

extension Parameter {
  /// The parameter of operations that offer several formats.
  static func format(_ offered: [ListFormat]) -> Parameter {
    Parameter("format", .codes(offered.map(\.rawValue)), "The format, whatever Accept says.")
  }
}
