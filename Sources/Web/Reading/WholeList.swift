internal import Domain
internal import HTTPServer

/// A list that comes whole as long as it fits a page. What is left of a longer one has a cursor: its place is the number
/// of items before it.
struct WholeList {
  /// What narrows the list; empty: nothing.
  let filter: String
  private let call: Call
  private let path: String
  private let start: Int
  private let cursors: Cursors

  /// - Parameters:
  ///   - path: the path of the list, in one spelling.
  ///   - filterName: the parameter that narrows the list, if one does.
  /// - Throws: `invalid_cursor`.
  init(_ call: Call, at path: String, filteredBy filterName: String? = nil) throws(Failure) {
    (self.call, self.path) = (call, path)
    let query = call.query
    cursors = call.cursors(of: path)
    let given = filterName.flatMap { query[$0] }
    guard let text = query["cursor"] else {
      (start, filter) = (0, given ?? "")
      return
    }
    let (place, filter) = try cursors.open(text)
    if let given, given != filter { throw .invalidCursor }
    (start, self.filter) = (Int(place.key), filter)
  }

  /// A page of the items that `write` writes; nil leaves one out.
  func answer<Item>(_ items: [Item], _ write: (Item) throws -> [UInt8]?) throws -> Answer {
    var page = ListPage(call)
    for (index, item) in items.enumerated().dropFirst(start) {
      if let bytes = try write(item), !page.add(bytes) {
        return page.answer(
          next: try cursors.seal(.init(value: "", key: Int64(index)), filter: filter), at: path,
          call.query.presentationPart)
      }
    }
    return page.answer(next: nil, at: path)
  }
}
