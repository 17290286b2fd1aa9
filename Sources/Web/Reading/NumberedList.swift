internal import Domain
internal import HTTPServer
internal import HTTPTypes

/// A list of what is numbered, newest first, which one filter may narrow: where a page begins and how the next is found.
struct NumberedList {
  let limit: Int
  private let isLimited: Bool
  /// What the filter says; nil: everything.
  let filter: String?
  /// Numbers of the page lie below.
  let start: Int64
  private let path: String
  private let cursors: Cursors

  /// - Parameters:
  ///   - name: the last segment of the list's path.
  ///   - filterName: the parameter that narrows the list, if one does.
  /// - Throws: `invalid_parameter`, `invalid_cursor`.
  init(
    _ call: Call, named name: String, filteredBy filterName: String? = nil, limitMax: Int, limitDefault: Int
  ) throws(Failure) {
    let query = call.query
    limit = try query.int("limit", in: 1...limitMax) ?? limitDefault
    isLimited = limit <= limitMax
    path = "/v1/\(name)"
    cursors = call.cursors(of: path)
    let given = filterName.flatMap { query[$0] }
    guard let text = query["cursor"] else {
      (start, filter) = (.max, given)
      return
    }
    let (place, filtered) = try cursors.open(text)
    if let given, given != filtered { throw .invalidCursor }
    (start, filter) = (place.key, filtered.isEmpty ? nil : filtered)
  }

  /// The page as an answer.
  ///
  /// - Parameters:
  ///   - last: the number with which the page ends, when another one follows.
  ///   - rest: what the address of that one has at its end.
  func answer(_ page: ListPage, after last: Int64?, _ rest: String = "") throws -> Answer {
    var page = page
    let cursor = try last.map { try cursors.seal(.init(value: "", key: $0), filter: filter ?? "") }
    return page.answer(next: cursor, at: path, (isLimited ? "&limit=\(limit)" : "") + rest)
  }
}
