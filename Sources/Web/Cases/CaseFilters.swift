internal import Domain
internal import JSON

/// What narrows a list of cases: in the address of GET /v1/cases, and in the body of POST /v1/case-searches.
enum CaseFilters {
  /// The milestones by whose days cases are found.
  private static let milestones: [Milestone] = [.verified, .recommended, .decided, .blocked]

  /// The filters that may stand in an address.
  static let listed: [Parameter] =
    [
      .codes("stage", Stage.self, "Stages."), .election, .region, .institution,
      .text("violation", "Code of a violation."), .text("category", "Category of the violation."),
      .code("position_level", PositionLevel.self, "Level of the position."), .text("reported_by", "Code of an agency."),
      .text("imported_by", "Code of the agency that imported the case in the reporting agency's place."),
      .flag("unconfirmed", "Whether something in the case waits for this agency's confirmation."),
      .text("number", "The number of a case."), .text("agency_ref", "The reporting agency's number."),
      .date("occurred_from", "First day of the act."), .date("occurred_until", "Last day of the act."),
      .text("updated_from", "Changed since then: a date in Jakarta, or a time."),
      .text("updated_until", "Changed until then: a date in Jakarta, its whole day, or a time."),
    ]
    + milestones.flatMap { milestone in
      [
        .date("\(milestone.rawValue)_from", "First day on which it was \(milestone.rawValue)."),
        .date("\(milestone.rawValue)_until", "Last day on which it was \(milestone.rawValue)."),
      ]
    } + [
      .flag("overdue", "Whether a clock of the case is over today."),
      .flag("recorded_late", "Whether a clock was met and that was recorded after its due date."),
      Parameter(
        "sort", Schema.codes(CaseQuery.Order.allCases.flatMap { [$0.rawValue, "-\($0.rawValue)"] }),
        "Order; - for descending (default -created)."),
    ]

  /// What names a person or repeats words about one. Addresses stand in logs and histories, so that these never do.
  static let personal: [Parameter] = [
    Parameter("nip", .pattern("^[0-9]{18}$"), "Number of the person; finds cases whose subject this key may see."),
    Parameter("nik", .pattern("^[0-9]{16}$"), "The same of the person's NIK."),
    .text(
      "name", "Whole words of the person's name, all of which must occur, in any order; case and accents do not count."),
    .text("q", "Words of the narrative, in the same way; finds cases whose narrative this key may see."),
  ]

  static let searched = listed + personal
  static let count = Parameter("count", .codes(["exact"]), "exact: count the whole list.")

  /// What a question asks for.
  ///
  /// - Throws: `invalid_parameter`, naming the filter.
  static func fill(_ question: inout CaseQuery, _ query: Query, _ reference: Reference) throws(Failure) {
    if query.isEmpty { return }
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
    question.number = query["number"]
    question.agencyRef = query["agency_ref"]
    question.occurred = try query.dates("occurred")
    question.updated = try query.instants("updated")
    for milestone in milestones { question.milestones[milestone] = try query.dates(milestone.rawValue) }
    question.overdue = try query.flag("overdue")
    question.recordedLate = try query.flag("recorded_late")
    question.nip = try digits("nip", 18, query)
    question.nik = try digits("nik", 16, query)
    question.nameWords = try words("name", query)
    question.words = try words("q", query)
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

  private static func digits(_ name: String, _ count: Int, _ query: Query) throws(Failure) -> String? {
    guard let text = query[name]?.filter({ !$0.isWhitespace }) else { return nil }
    guard text.utf8.count == count, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .parameter(name, LocalizedText(en: "Give \(count) digits.", inIndonesian: "Isi \(count) angka."))
    }
    return text
  }

  private static func words(_ name: String, _ query: Query) throws(Failure) -> [String] {
    guard let text = query[name] else { return [] }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    // Nothing to look for must not turn into no filter at all.
    if words.isEmpty {
      throw .parameter(
        name, LocalizedText(en: "Give one word or more.", inIndonesian: "Isi satu kata atau lebih."), .length)
    }
    return words
  }

  private static func order(_ question: inout CaseQuery, _ sort: String?) throws(Failure) {
    guard let sort else { return }
    question.descending = sort.hasPrefix("-")
    guard let order = CaseQuery.Order(rawValue: question.descending ? String(sort.dropFirst()) : sort) else {
      throw .parameter(
        "sort",
        LocalizedText(
          en: "Give created, updated or received, with - for descending.",
          inIndonesian: "Isi created, updated atau received, dengan - untuk menurun."))
    }
    question.order = order
  }
}

/// A request for a page of cases, wherever it stands.
struct CaseListRequest: Sendable {
  /// The filters alone.
  var filter: Query
  var cursor: String?
  var limit: Int?
  /// What is chosen of each case, with commas; nil: everything.
  var fields: String?
  var isCounted: Bool
}

extension CaseListRequest {
  /// The longest text of a filter, in characters: more than a sentence to look for.
  private static let textMax = 1_000

  /// The body of a search. Errors are collected in the reader.
  static func read(_ body: ObjectReader) -> CaseListRequest {
    defer { body.finish() }
    var filter: [String: String] = [:]
    for parameter in CaseFilters.searched { filter[parameter.name] = value(of: parameter, body) }
    let limit = body.int("limit", in: 1...200)
    let cursor = body.text("cursor", max: 16_384)
    let fields = list(.fields, body)
    let counted = text("count", CaseFilters.count.schema, body)
    if let counted, counted != "exact" { body.errors.add(body.at("count"), .unknownCode, exact) }
    return CaseListRequest(
      filter: Query(filter), cursor: cursor, limit: limit, fields: fields, isCounted: counted != nil)
  }

  static let exact = LocalizedText(en: "Give exact.", inIndonesian: "Isi exact.")

  /// The value of a filter as an address would spell it.
  private static func value(of parameter: Parameter, _ body: ObjectReader) -> String? {
    if parameter.isFlag { return body.flag(parameter.name).map { $0 ? "true" : "false" } }
    if parameter.isList { return list(parameter, body) }
    let schema = parameter.schema.with(("minLength", .int(1)), ("maxLength", .int(textMax)))
    return text(parameter.name, schema, body)
  }

  private static func text(_ name: String, _ schema: Schema, _ body: ObjectReader) -> String? {
    guard let value = body.value(name, schema) else { return nil }
    guard case .string(let text) = value else {
      body.errors.add(body.at(name), .type)
      return nil
    }
    if text.isEmpty || text.unicodeScalars.count > textMax {
      body.errors.add(
        body.at(name), .length,
        Hint.characters(textMax))
    }
    return text
  }

  /// One code, or an array of codes.
  private static func list(_ parameter: Parameter, _ body: ObjectReader) -> String? {
    let (name, code) = (parameter.name, parameter.itemSchema)
    let array = Schema.array(of: code, countMax: 100).with(("minItems", .int(1)))
    guard let value = body.value(name, .oneOrMany(code, array)) else {
      return nil
    }
    var items = [value]
    if case .array(let all) = value { items = all }
    if items.isEmpty || items.count > 100 {
      body.errors.add(
        body.at(name), .length, LocalizedText(en: "Give 1 to 100 codes.", inIndonesian: "Isi 1 sampai 100 kode."))
    }
    var codes: [String] = []
    for (index, item) in items.prefix(100).enumerated() {
      let pointer = if case .array = value { "\(body.at(name))/\(index)" } else { body.at(name) }
      guard case .string(let text) = item else {
        body.errors.add(pointer, .type)
        continue
      }
      // A comma would make two codes of one.
      if text.isEmpty || text.utf8.contains(UInt8(ascii: ",")) { body.errors.add(pointer, .unknownCode) }
      codes.append(text)
    }
    return codes.joined(separator: ",")
  }
}
