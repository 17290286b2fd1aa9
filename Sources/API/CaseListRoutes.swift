internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Visible cases, filtered, a page at a time, as JSON, NDJSON or CSV.
enum CaseListRoutes {
  /// GET /v1/cases
  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try query(exchange)
    let format = try ListFormat.choose(exchange.request.fields[.accept])
    let count = query["count"]
    guard count == nil || count == "exact" else { throw Failure.parameter("count", CaseListRequest.exact) }
    let request = CaseListRequest(
      filter: query.without(["limit", "cursor", "count"]), cursor: query["cursor"],
      limit: try query.int("limit", in: 1...200), isCounted: count != nil)
    let list = try CaseList(request, format, at: "/v1/cases", linking: true, exchange)
    return try exchange.read { try list.answer($0) }
  }

  /// POST /v1/case-searches: the same, with filters that must not stand in an address.
  static func search(_ exchange: Exchange) async throws -> Answer {
    _ = try exchange.query()
    let format = try ListFormat.choose(exchange.request.fields[.accept])
    let reader = try ObjectReader(try await exchange.json().value)
    let request = CaseListRequest.read(reader)
    try reader.errors.check()
    let list: CaseList
    do throws(Failure) {
      list = try CaseList(request, format, at: "/v1/case-searches", linking: false, exchange)
    } catch {
      throw error.inBody
    }
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
  private let rendered: RenderedCases

  /// The question is that of the request's cursor, or that of its filters.
  ///
  /// - Parameter linking: true when the next page has an address.
  /// - Throws: `invalid_parameter`, `invalid_cursor`.
  init(_ request: CaseListRequest, _ format: ListFormat, at path: String, linking: Bool, _ exchange: Exchange)
    throws(Failure)
  {
    self.format = format
    self.path = linking ? path : nil
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
    hasLimit = request.limit != nil
    question.limit = request.limit ?? 50
  }

  private static let filterNames = Set(CaseFilters.searched.map(\.name))
  private let hasLimit: Bool

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
    return page.answer(next: cursor, at: path, hasLimit ? "&limit=\(question.limit)" : "", count: count)
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
    guard format == .csv else { return rendered.render(record, projection) }
    var writer = CSVWriter()
    CaseCSV.write(record, projection, to: &writer)
    return writer.bytes
  }
}
