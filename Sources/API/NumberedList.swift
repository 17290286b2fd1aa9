internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// A list of what is numbered, newest first, which one filter may narrow: where a page begins and how the next is found.
struct NumberedList {
  let limit: Int
  /// What the filter says; nil: everything.
  let filter: String?
  /// Numbers of the page lie below.
  let start: Int64
  private let path: String
  private let reader: AgencyCode
  private let secret: [UInt8]

  /// - Parameters:
  ///   - name: the last segment of the list's path.
  ///   - filterName: the parameter that narrows the list.
  /// - Throws: `invalid_parameter`, `invalid_cursor`.
  init(
    _ query: Query, named name: String, filteredBy filterName: String, limitMax: Int, limitDefault: Int,
    _ exchange: Exchange
  ) throws(Failure) {
    limit = try query.int("limit", in: 1...limitMax) ?? limitDefault
    path = "/v1/\(name)"
    // No agency has such a name: these cursors open no list of cases, and those of cases do not open this one.
    reader = AgencyCode(rawValue: "\(name):\(exchange.caller?.agency?.rawValue ?? "")")
    secret = exchange.api.store.signingSecret
    guard let text = query["cursor"] else {
      (start, filter) = (.max, query[filterName])
      return
    }
    let (position, filtered) = try Cursor.decode(text, agency: reader, secret: secret)
    if let given = query[filterName], given != filtered { throw .invalidCursor }
    (start, filter) = (position.key, filtered.isEmpty ? nil : filtered)
  }

  /// The cursor of the page after the one that ends with a number; nil on the last page.
  func cursor(after last: Int64?) -> String? {
    last.map {
      Cursor.encode(CaseQuery.Position(value: "", key: $0), filter: filter ?? "", agency: reader, secret: secret)
    }
  }

  /// Tells where the next page is.
  func link(_ cursor: String?) -> [Response.Field] {
    cursor.map { [Response.Field(name: .link, value: "<\(path)?cursor=\($0)&limit=\(limit)>; rel=\"next\"")] } ?? []
  }
}
