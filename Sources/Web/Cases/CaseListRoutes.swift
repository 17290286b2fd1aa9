internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Visible cases, filtered, a page at a time, as JSON, NDJSON or CSV.
enum CaseListRoutes {
  /// GET /v1/cases
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try query(exchange)
    let format = try exchange.format(query)
    let count = query["count"]
    guard count == nil || count == "exact" else { throw Failure.parameter("count", CaseListRequest.exact) }
    let request = CaseListRequest(
      filter: query.without(["limit", "cursor", "count", "format"]), cursor: query["cursor"],
      limit: try query.int("limit", in: 1...200), isCounted: count != nil)
    let list = try CaseList(request, format, at: "/v1/cases", linking: query.formatPart, exchange)
    if list.isWhole { return try await list.stream(exchange) }
    return try exchange.read { try list.answer($0) }
  }

  /// POST /v1/case-searches: the same, with filters that must not stand in an address.
  static func search(_ exchange: Exchange) async throws -> Answer {
    let format = try exchange.format(exchange.query())
    let reader = try ObjectReader(try await exchange.json().value)
    let request = CaseListRequest.read(reader)
    try reader.errors.check()
    let list: CaseList
    do throws(Failure) {
      list = try CaseList(request, format, at: "/v1/case-searches", linking: nil, exchange)
    } catch {
      throw error.inBody
    }
    if list.isWhole { return try await list.stream(exchange) }
    // A word may stand in every case: that is no work for an event loop.
    if list.question.words.isEmpty && list.question.nameWords.isEmpty {
      return try exchange.read { try list.answer($0) }
    }
    return try await exchange.readLong { try list.answer($0) }
  }

  /// The query, with the way to go on for who still sends what stands in no address any more.
  private static func query(_ exchange: Exchange) throws(Failure) -> Query {
    do throws(Failure) {
      return try exchange.query()
    } catch {
      let name = error.errors.first?.parameter
      guard error.code == .unknownParameter, CaseFilters.personal.contains(where: { $0.name == name }) else {
        throw error
      }
      throw Failure(
        .unknownParameter,
        en: "What names a person stands in no address: POST /v1/case-searches takes it in its body.",
        id: "Keterangan tentang seseorang tidak ditulis di alamat: kirim dalam isi POST /v1/case-searches.",
        errors: error.errors)
    }
  }
}

extension Failure {
  /// The same refusal of what stands in a body and not in a query: invalid values are 422 there.
  fileprivate var inBody: Failure {
    let errors = errors.map { FieldError(pointer: "/\($0.parameter ?? "")", $0.code, $0.detail) }
    if code == .invalidParameter { return .invalid(errors) }
    var failure = self
    failure.errors = errors
    return failure
  }
}

/// A question for a page of cases, and how it is answered.
private struct CaseList: Sendable {
  private(set) var question: CaseQuery
  private let filter: String
  private let format: ListFormat
  private let isCounted: Bool
  private let cursors: Cursors
  /// Where the next page is asked for; nil where the cursor is sent in a body.
  private let path: String?
  /// What the address of the next page has beside the cursor.
  private let rest: String
  private let rendered: RenderedCases

  /// The question is that of the request's cursor, or that of its filters.
  ///
  /// - Parameter linking: what the address of the next page says of the format; nil when it has no address.
  /// - Throws: `invalid_parameter`, `invalid_cursor`.
  init(_ request: CaseListRequest, _ format: ListFormat, at path: String, linking: String?, _ exchange: Exchange)
    throws(Failure)
  {
    self.format = format
    self.path = linking == nil ? nil : path
    rest = (request.limit.map { "&limit=\($0)" } ?? "") + (linking ?? "")
    isCounted = request.isCounted
    rendered = exchange.api.rendered
    cursors = exchange.cursors(of: path)
    question = CaseQuery(caller: try exchange.agency(), today: exchange.today)
    var filter = request.filter.canonical
    if let cursor = request.cursor {
      let opened = try cursors.open(cursor)
      guard filter.isEmpty || filter == opened.filter else { throw .invalidCursor }
      (question.after, filter) = (opened.place, opened.filter)
    }
    self.filter = filter
    try CaseFilters.fill(
      &question, try Query(filter[...], knowing: Self.filterNames), exchange.api.store.reference)
    isWhole = format != .json && request.limit == nil
    question.limit = request.limit ?? 50
  }

  private static let filterNames = Set(CaseFilters.searched.map(\.name))
  /// True when the list has no pages.
  let isWhole: Bool

  func answer(_ reads: any CaseReads) throws -> Answer {
    let found = try reads.cases(question)
    let count = isCounted ? try reads.count(question) : nil
    var page = ListPage(format, header: header, reserving: found.items.count * 2_560 + 256)
    var next = found.next
    for (index, stub) in found.items.enumerated() {
      guard let item = try item(stub, reads) else { continue }
      if !page.add(item) {
        next = found.place(after: index - 1)
        break
      }
    }
    let cursor = try next.map { try cursors.seal($0, filter: filter) }
    return page.answer(next: cursor, at: path, rest, count: count)
  }

  /// Every case that is asked for, as it stood when the list was found.
  func stream(_ exchange: Exchange) async throws -> Answer {
    try await ListStream.answer(exchange, format, header: header) { [question] reads in
      try reads.allCases(question)
    } write: { places in
      try await exchange.readPart { reads in
        var bytes: [UInt8] = []
        for past in try reads.pastCases(Array(places)) {
          guard let past, let projection = past.projection(for: question.caller) else { continue }
          bytes += item(past.record, projection)
        }
        return bytes
      }
    }
  }

  private func item(_ record: Case, _ projection: Projection) -> [UInt8] {
    if format == .csv {
      var writer = CSVWriter()
      CaseCSV.write(record, projection, to: &writer)
      return writer.bytes
    }
    var writer = JSONWriter(reserving: 4_096)
    CaseJSON.write(record, projection, to: &writer)
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private var header: [UInt8] {
    guard format == .csv else { return [] }
    var writer = CSVWriter()
    CaseCSV.writeHeader(to: &writer)
    return writer.bytes
  }

  private func item(_ stub: CaseStub, _ reads: any CaseReads) throws -> [UInt8]? {
    guard let projection = Visibility.projection(of: stub, for: question.caller) else { return nil }
    if format != .csv, let json = rendered.json(stub, projection) { return json }
    guard let record = try reads.caseRecord(behind: stub) else { return nil }
    return format == .csv ? item(record, projection) : rendered.render(record, projection)
  }
}
