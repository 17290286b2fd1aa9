internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// The items of a page, written one after the other until it is full: at 4 MiB, as a page of the feed is. However long
/// the items are, a page never holds more memory than that.
struct ListPage: Sendable {
  /// What items may take, in bytes: 4 MiB less what stands around them, at most a cursor that carries a long filter.
  static let itemsBytesMax = (4 << 20) - 32_768

  private let format: ListFormat
  private let table: Table?
  /// The table that is made of items as JSON.
  private let items: ItemTable?
  /// What is kept of each item of JSON or lines; nil: everything.
  private let fields: ChosenFields?
  private var bytes: [UInt8]
  private var isEmpty = true

  /// - Parameters:
  ///   - table: the table whose rows the items are; nil of JSON and lines.
  ///   - fields: what is kept of items of JSON and lines; nil: everything.
  init(
    _ format: ListFormat = .json, _ table: Table? = nil, _ fields: ChosenFields? = nil, reserving capacity: Int = 1_024
  ) {
    (self.format, self.table, items, self.fields) = (format, table, nil, table == nil ? fields : nil)
    bytes = []
    bytes.reserveCapacity(capacity)
    if format == .json { bytes += Array("{\"items\":[".utf8) }
  }

  /// A page of a list whose items are rows as they stand.
  init(_ call: Call) {
    let items = ItemTable(call)
    (format, table, self.items, fields) = (call.format, items?.table, items, items == nil ? call.fields : nil)
    bytes = format == .json ? Array("{\"items\":[".utf8) : []
  }

  /// Adds an item. False when it has no room any more: the page ends before it. One item is always taken, so that every
  /// page leads on.
  mutating func add(_ item: [UInt8]) -> Bool {
    let item = fields?.picked(from: item) ?? item
    guard isEmpty || bytes.count + item.count <= Self.itemsBytesMax else { return false }
    if format == .json && !isEmpty { bytes.append(UInt8(ascii: ",")) }
    bytes += items?.row(item) ?? item
    if format == .ndjson { bytes.append(UInt8(ascii: "\n")) }
    isEmpty = false
    return true
  }

  /// Adds an item as it writes itself.
  mutating func add(_ write: (inout JSONWriter) -> Void) -> Bool {
    var writer = JSONWriter()
    write(&writer)
    return add(writer.bytes)
  }

  /// The page as an answer; nothing can be added any more.
  ///
  /// - Parameters:
  ///   - path: where the next page is asked for with its cursor; nil where the cursor does not belong into an address.
  ///   - query: what the address has beside the cursor.
  ///   - count: the length of the whole list, where it was asked for.
  mutating func answer(next cursor: String?, at path: String?, _ query: String = "", count: Int? = nil) -> Answer {
    if format == .json { end(cursor, count) }
    var answer = table?.answer ?? Answer(contentType: format.contentType)
    answer.body = .bytes(table?.whole(bytes) ?? bytes)
    guard let cursor else { return answer }
    let link = path.map { "<\($0)?cursor=\(cursor)\(query)>; rel=\"next\"" }
    answer.fields.append(Response.Field(name: link == nil ? .nextCursor : .link, value: link ?? cursor))
    return answer
  }

  private mutating func end(_ cursor: String?, _ count: Int?) {
    bytes += Array("],\"next_cursor\":\(cursor.map { "\"\($0)\"" } ?? "null")".utf8)
    if let count { bytes += Array(",\"count\":\(count)".utf8) }
    bytes.append(UInt8(ascii: "}"))
  }
}

extension HTTPField.Name {
  static let nextCursor = known("Netral-Next-Cursor")
}
