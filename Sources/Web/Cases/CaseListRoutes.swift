internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service

/// Visible cases, filtered, a page at a time, as JSON, NDJSON or a table.
enum CaseListRoutes {
  /// GET /v1/cases
  static func list(_ call: Call, _ cases: CaseService, _ rendered: RenderedCases) async throws -> Answer {
    let query = call.query
    let count = query["count"]
    guard count == nil || count == "exact" else { throw Failure.parameter("count", CaseListRequest.exact) }
    let request = CaseListRequest(
      filter: query.without(Set(["limit", "cursor", "count"] + Query.presentation)), cursor: query["cursor"],
      limit: try query.int("limit", in: 1...200), fields: query["fields"], isCounted: count != nil)
    let list = try CaseList(
      request, at: "/v1/cases", linking: query.presentationPart, call, cases.reference, rendered)
    return try await list.answer(call, cases)
  }

  /// POST /v1/case-searches: the same, with filters that must not stand in an address.
  static func search(_ call: Call, _ cases: CaseService, _ rendered: RenderedCases) async throws -> Answer {
    let reader = try ObjectReader(try await call.json())
    let request = CaseListRequest.read(reader)
    try reader.errors.check()
    let list: CaseList
    do throws(Failure) {
      list = try CaseList(request, at: "/v1/case-searches", linking: nil, call, cases.reference, rendered)
    } catch {
      throw error.inBody
    }
    return try await list.answer(call, cases)
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
  private let table: CaseTable?
  private let fields: ChosenFields?
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
  init(
    _ request: CaseListRequest, at path: String, linking: String?, _ call: Call, _ reference: Reference,
    _ rendered: RenderedCases
  ) throws(Failure) {
    format = call.format
    self.path = linking == nil ? nil : path
    rest = (request.limit.map { "&limit=\($0)" } ?? "") + (linking ?? "")
    isCounted = request.isCounted
    self.rendered = rendered
    cursors = call.cursors(of: path)
    question = CaseQuery(caller: try call.asker.agency(), today: call.asker.today)
    var filter = request.filter.canonical
    var names = request.fields
    if let cursor = request.cursor {
      question.after = try cursors.open(cursor, &filter, &names, knowing: Self.filterNames)
    }
    self.filter = filter
    fields = if let names { try ChosenFields(names, of: .cases, in: format) } else { nil }
    table = CaseTable(call, reference, fields)
    try CaseFilters.fill(
      &question, try Query(filter[...], knowing: Self.filterNames), reference)
    isWhole = format != .json && request.limit == nil
    question.limit = request.limit ?? 50
  }

  private static let filterNames = Set(CaseFilters.searched.map(\.name))
  /// True when the list has no pages.
  let isWhole: Bool

  func answer(_ call: Call, _ cases: CaseService) async throws -> Answer {
    if isWhole { return try await stream(call, cases) }
    return try await cases.page(question, isCounted: isCounted, by: call.asker) { try page(of: $0) }
  }

  private func page(of found: FoundCases) throws -> Answer {
    let items = found.page.items
    var page = ListPage(format, table?.table, fields, reserving: items.count * 2_560 + 256)
    var next = found.page.next
    for (index, stub) in items.enumerated() {
      guard let item = try item(stub, found) else { continue }
      if !page.add(item) {
        next = found.page.place(after: index - 1)
        break
      }
    }
    let cursor = try next.map { try cursors.seal($0, filter: filter, fields) }
    return page.answer(next: cursor, at: path, rest, count: found.count)
  }

  /// Every case that is asked for, as it stood when the list was found.
  private func stream(_ call: Call, _ cases: CaseService) async throws -> Answer {
    let slot = try cases.begin(by: call.asker)
    let found = try await cases.places(question, by: call.asker)
    return try ListStream.answer(call, slot, found, table?.table) { places in
      try await cases.part(places, by: call.asker) { seen in
        table?.rows(seen) ?? seen.reduce(into: []) { $0 += line($1) }
      }
    }
  }

  private func line(_ seen: SeenCase) -> [UInt8] {
    var writer = JSONWriter(reserving: 4_096)
    CaseJSON.write(seen.record, seen.projection, to: &writer)
    return (fields?.picked(from: writer.bytes) ?? writer.bytes) + [UInt8(ascii: "\n")]
  }

  private func item(_ stub: CaseStub, _ found: FoundCases) throws -> [UInt8]? {
    guard let projection = Visibility.projection(of: stub, for: question.caller) else { return nil }
    if table == nil, let json = rendered.json(stub, projection) { return json }
    guard let record = try found.record(behind: stub) else { return nil }
    return table?.row(record, projection) ?? rendered.render(record, projection)
  }
}
