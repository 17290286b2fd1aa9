internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// GET /v1/cases: visible cases, filtered, a page at a time, as JSON, NDJSON or CSV.
enum CaseListRoutes {
  static let filters: [Parameter] = [
    .codes("stage", Stage.self, "Stages."), .election, .region, .institution,
    .text("violation", "Code of a violation."), .text("category", "Category of the violation."),
    .code("position_level", PositionLevel.self, "Level of the position."), .text("reported_by", "Code of an agency."),
    .text("imported_by", "Code of the agency that imported the case in the reporting agency's place."),
    .flag("unconfirmed", "Whether something in the case waits for this agency's confirmation."),
    Parameter("nip", .pattern("^[0-9]{18}$"), "Number of the person; finds cases whose subject this key may see."),
    .text("agency_ref", "The reporting agency's number."), .date("occurred_from", "First day of the act."),
    .date("occurred_until", "Last day of the act."),
    .flag("overdue", "Whether a clock of the case is over today."),
    .flag("recorded_late", "Whether a clock was met and that was recorded after its due date."),
    .text("q", "Words of the narrative; finds cases whose narrative this key may see."),
    Parameter(
      "sort", Schema.codes(CaseQuery.Order.allCases.flatMap { [$0.rawValue, "-\($0.rawValue)"] }),
      "Order; - for descending (default -created)."),
  ]
  static let count = Parameter("count", .codes(["exact"]), "exact: count the whole list.")
  private static let filterNames = Set(filters.map(\.name))

  static func list(_ exchange: Exchange) async throws -> Answer {
    let query = try exchange.query()
    let type = try MediaType.choose(
      exchange.request.fields[.accept], from: ["application/json", "application/x-ndjson", "text/csv"])
    let agency = try exchange.agency()
    let (question, filter) = try question(query, agency, exchange)
    let counted = try countIsWanted(query)
    return try exchange.read { reads in
      let page = try reads.cases(question)
      let total = counted ? try reads.count(question) : nil
      let cursor = page.next.map {
        Cursor.encode($0, filter: filter, agency: agency, secret: exchange.api.store.signingSecret)
      }
      var answer = Answer(contentType: type)
      answer.body = .bytes(
        try type == "text/csv"
          ? csv(page, agency, reads)
          : json(page, cursor, total, lines: type != "application/json", agency, exchange, reads))
      if let cursor {
        let limit = query["limit"].map { "&limit=\($0)" } ?? ""
        answer.fields.append(
          Response.Field(name: .link, value: "</v1/cases?cursor=\(cursor)\(limit)>; rel=\"next\""))
      }
      if type == "text/csv" { answer.contentType = "text/csv; charset=utf-8; header=present" }
      return answer
    }
  }

  private static func json(
    _ page: CasePage, _ cursor: String?, _ total: Int?, lines: Bool, _ agency: AgencyCode, _ exchange: Exchange,
    _ reads: any CaseReads
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(page.items.count * 1_800 + 256)
    if !lines { bytes += Array("{\"items\":[".utf8) }
    var isFirst = true
    for stub in page.items {
      guard let projection = Visibility.projection(of: stub, for: agency),
        let json = try exchange.api.rendered.json(stub, projection)
          ?? reads.caseRecord(stub.id).map({ exchange.api.rendered.render($0, projection) })
      else { continue }
      if !isFirst && !lines { bytes.append(UInt8(ascii: ",")) }
      bytes += json
      if lines { bytes.append(UInt8(ascii: "\n")) }
      isFirst = false
    }
    if lines { return bytes }
    bytes += Array("],\"next_cursor\":\(cursor.map { "\"\($0)\"" } ?? "null")".utf8)
    if let total { bytes += Array(",\"count\":\(total)".utf8) }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private static func csv(_ page: CasePage, _ agency: AgencyCode, _ reads: any CaseReads) throws -> [UInt8] {
    var writer = CSVWriter()
    CaseCSV.writeHeader(to: &writer)
    for stub in page.items {
      guard let projection = Visibility.projection(of: stub, for: agency), let record = try reads.caseRecord(stub.id)
      else { continue }
      CaseCSV.write(record, projection, to: &writer)
    }
    return writer.bytes
  }

  /// The question of a request: that of its cursor, or that of its filters.
  private static func question(_ query: Query, _ agency: AgencyCode, _ exchange: Exchange) throws(Failure) -> (
    CaseQuery, filter: String
  ) {
    var filter = query.canonical(without: ["limit", "cursor", "count"])
    var position: CaseQuery.Position?
    if let cursor = query["cursor"] {
      let decoded = try Cursor.decode(cursor, agency: agency, secret: exchange.api.store.signingSecret)
      guard filter.isEmpty || filter == decoded.filter else { throw .invalidCursor }
      (position, filter) = (decoded.position, decoded.filter)
    }
    var question = CaseQuery(caller: agency, today: exchange.today)
    try fill(&question, try Query(filter[...], knowing: filterNames), exchange.api.store.reference)
    question.after = position
    question.limit = try query.int("limit", in: 1...200) ?? 50
    return (question, filter)
  }

  private static func countIsWanted(_ query: Query) throws(Failure) -> Bool {
    guard let text = query["count"] else { return false }
    guard text == "exact" else { throw .parameter("count", LocalizedText(en: "Give exact.", id: "Isi exact.")) }
    return true
  }

  private static func fill(_ question: inout CaseQuery, _ query: Query, _ reference: Reference) throws(Failure) {
    question.stages = try query.codes("stage", Stage.self) ?? []
    question.election = query["election"]
    question.region = try query.region("region")
    question.institution = query["institution"]
    question.violation = query["violation"]
    question.category = query["category"]
    question.positionLevel = try query.code("position_level", PositionLevel.self)
    question.reportedBy = query["reported_by"].map { AgencyCode(rawValue: $0) }
    question.importedBy = query["imported_by"].map { AgencyCode(rawValue: $0) }
    question.unconfirmed = try query.flag("unconfirmed")
    if question.unconfirmed != nil {
      question.answering = reference.answeredFor(by: question.caller, on: question.today)
    }
    question.nip = query["nip"]
    if let nip = question.nip, nip.utf8.count != 18 || !nip.utf8.allSatisfy({ (48...57).contains($0) }) {
      throw .parameter("nip", LocalizedText(en: "Give 18 digits.", id: "Isi 18 angka."))
    }
    question.agencyRef = query["agency_ref"]
    question.occurredFrom = try query.date("occurred_from")
    question.occurredUntil = try query.date("occurred_until")
    question.overdue = try query.flag("overdue")
    question.recordedLate = try query.flag("recorded_late")
    question.words = (query["q"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    try requireKnown("election", question.election.map { reference.elections[$0] != nil })
    try requireKnown("violation", question.violation.map { reference.violations[$0] != nil })
    try requireKnown(
      "category", question.category.map { name in reference.violations.values.contains { $0.category == name } })
    try requireKnown("institution", question.institution.map { reference.knowsInstitution($0) })
    try requireKnown("region", question.region.map { reference.knowsRegion($0.text) })
    try requireKnown("reported_by", question.reportedBy.map { reference.agencies[$0.rawValue] != nil })
    try requireKnown("imported_by", question.importedBy.map { reference.agencies[$0.rawValue] != nil })
    try order(&question, query["sort"])
  }

  /// A code that does not exist is a mistake, not an empty list.
  static func requireKnown(_ name: String, _ known: Bool?) throws(Failure) {
    if known == false { throw .parameter(name, FieldErrorCode.unknownCode.standardDetail) }
  }

  private static func order(_ question: inout CaseQuery, _ sort: String?) throws(Failure) {
    guard let sort else { return }
    question.descending = sort.hasPrefix("-")
    guard let order = CaseQuery.Order(rawValue: question.descending ? String(sort.dropFirst()) : sort) else {
      throw .parameter(
        "sort",
        LocalizedText(
          en: "Give created, updated or received, with - for descending.",
          id: "Isi created, updated atau received, dengan - untuk menurun."))
    }
    question.order = order
  }
}
