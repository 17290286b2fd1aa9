internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON

/// Dated reference data: shown to every key, changed by the operator.
enum ReferenceRoutes {
  /// GET /v1/reference/{kind}, `?as_of=` for the rows valid on a day.
  static func list(_ exchange: Exchange) async throws -> Answer {
    let kind = try kind(exchange)
    return try list(kind, at: "/v1/reference/\(kind.rawValue)", exchange)
  }

  /// GET /v1/admin/mandates
  static func listMandates(_ exchange: Exchange) async throws -> Answer {
    try list(.mandates, at: "/v1/admin/mandates", exchange)
  }

  /// PUT /v1/admin/reference/{kind}: a JSON array or CSV with a header row; rows are added or replaced, never deleted.
  static func put(_ exchange: Exchange) async throws -> Answer { try await put(kind(exchange), exchange) }

  /// PUT /v1/admin/mandates
  static func putMandates(_ exchange: Exchange) async throws -> Answer { try await put(.mandates, exchange) }

  private static func kind(_ exchange: Exchange) throws(Failure) -> ReferenceKind {
    guard let kind = exchange.parameters.first.flatMap({ ReferenceKind(rawValue: String($0)) }) else { throw .notFound }
    return kind
  }

  private static func list(_ kind: ReferenceKind, at path: String, _ exchange: Exchange) throws -> Answer {
    let query = try exchange.query()
    _ = try query.date("as_of")
    let list = try WholeList(query, at: path, filteredBy: "as_of", exchange)
    let date = LegalDate(list.filter)
    let rows = exchange.api.store.reference.entries.filter { entry in
      entry.kind == kind && (date.map { entry.isValid(on: $0) } ?? true)
    }
    return try list.answer(rows) { Array($0.json.utf8) }
  }

  private static func put(_ kind: ReferenceKind, _ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    try exchange.requireMediaType(["application/json", "text/csv"])
    let bytes = try await exchange.bytes()
    let isCSV = exchange.request.fields[.contentType]?.lowercased().hasPrefix("text/csv") ?? false
    let (items, lines) = isCSV ? try ReferenceBody.csv(bytes) : (try ReferenceBody.json(bytes), [])
    let rows = try ReferenceBody.naming(lines) { () throws(Failure) in try ReferenceBody.entries(kind, items) }
    let (now, by) = (exchange.now, exchange.caller?.key.id ?? "")
    let change: @Sendable (any CaseWrites) throws -> Void = { transaction in
      let reference = try transaction.currentReference()
      _ = try ReferenceBody.naming(lines) { () throws(Failure) in try reference.adding(rows, lines: lines) }
      try transaction.put(rows)
      try transaction.audit("reference.put", by: by, detail: "\(kind.rawValue): \(rows.count) rows", at: now)
    }
    let movesClocks = kind == .clockRules || kind == .holidays
    var changedCases: Int?
    if movesClocks && !dryRun {
      changedCases = try await exchange.api.derivation.make(change, by: by)
    } else {
      try await exchange.api.store.write(by: .operator, dryRun: dryRun, change)
    }
    var answer = Answer.json { writer in
      writer.beginObject()
      writer.member("kind", kind.rawValue)
      writer.member("rows", rows.count)
      if movesClocks { writer.member("cases", changedCases) }
      writer.endObject()
    }
    if dryRun { answer.fields.append(Response.Field(name: .dryRun, value: "true")) }
    return answer
  }
}

/// Rows of reference data as they are sent.
enum ReferenceBody {
  private static let fields: [ReferenceKind: Set<String>] = [
    .violations: [
      "code", "catalogue", "conduct", "label_id", "label_en", "aspect", "category", "period",
      "requires_no_unpaid_leave", "sanction_level", "sanctions", "legal_basis", "confidence", "valid_from",
      "valid_until",
    ],
    .sanctions: [
      "code", "level", "label_id", "label_en", "legal_basis", "regime", "interim_substitute", "valid_from",
      "valid_until",
    ],
    .regions: ["code", "name", "level", "province", "valid_from", "valid_until"],
    .institutions: ["code", "name", "kind", "valid_from", "valid_until"],
    .elections: ["key", "name_id", "name_en", "kind", "voting_on", "regions_count", "contests"],
    .positions: ["code", "kind", "label_id", "label_en"],
    .agencies: ["code", "name_id", "name_en", "valid_from", "valid_until", "access_until", "successor"],
    .mandates: ["id", "kind", "agency", "from", "until", "scope", "legal_basis"],
    .clockRules: [
      "kind", "length", "unit", "starts_at", "stops_at", "from", "until", "time_zone", "legal_basis", "pause_days_max",
    ],
    .holidays: ["date", "name_id", "name_en", "kind", "source", "confidence"],
  ]
  private static let numbers: Set<String> = ["id", "length", "regions_count", "pause_days_max"]
  private static let flags: Set<String> = ["requires_no_unpaid_leave"]
  private static let lists: Set<String> = ["sanctions", "legal_basis", "stops_at"]

  /// The shape of a row.
  static func schema(_ kind: ReferenceKind) -> Schema {
    let members = (fields[kind] ?? []).sorted().map { name -> Schema.Member in
      let isList = name == "contests" || lists.contains(name)
      return .maybe(
        name, numbers.contains(name) ? .count : flags.contains(name) ? .bool : isList ? .any : Schema.string.orNull)
    }
    return .object(members, isClosed: true)
  }

  static func json(_ bytes: [UInt8]) throws(Failure) -> [JSONValue] {
    guard case .array(let items) = try Exchange.parse(bytes) else { throw .invalid("", .type) }
    return items
  }

  /// CSV: the header names the fields; an empty cell is absent; lists are separated by `|`. With the line of each row.
  static func csv(_ bytes: [UInt8]) throws(Failure) -> ([JSONValue], lines: [Int]) {
    let rows: [(line: Int, fields: [String])]
    do throws(CSVError) {
      rows = try CSVReader.rows(bytes)
    } catch {
      throw Failure(
        .malformedRequest, en: "The CSV is malformed in line \(error.line): \(error.reason.description).",
        id: "CSV rusak pada baris \(error.line): \(error.reason.rawValue).")
    }
    guard let header = rows.first?.fields else { throw .invalid("", .required) }
    var names: Set<String> = []
    if let twice = header.first(where: { !names.insert($0).inserted }) {
      let name = twice.prefix(64)
      throw Failure(
        .malformedRequest, en: "The header names the column \(name) twice.",
        id: "Tajuk memuat kolom \(name) dua kali.")
    }
    var items: [JSONValue] = []
    for row in rows.dropFirst() {
      guard row.fields.count == header.count else {
        throw Failure(
          .malformedRequest, en: "Line \(row.line) has \(row.fields.count) cells, the header \(header.count).",
          id: "Baris \(row.line) berisi \(row.fields.count) sel, tajuk \(header.count).")
      }
      var object = JSONObject()
      for (name, cell) in zip(header, row.fields) where !cell.isEmpty { object[name] = value(name, cell) }
      items.append(.object(object))
    }
    return (items, rows.dropFirst().map(\.line))
  }

  /// Begins the detail of each error of a row with the row's line in the file.
  static func naming<Value>(_ lines: [Int], _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    do throws(Failure) {
      return try body()
    } catch {
      var failure = error
      failure.errors = error.errors.map { error in
        let row = error.pointer?.split(separator: "/").first.flatMap { Int($0) }
        guard let pointer = error.pointer, let row, lines.indices.contains(row) else { return error }
        let detail = LocalizedText(
          en: "Line \(lines[row]): \(error.detail.en)", id: "Baris \(lines[row]): \(error.detail.id)")
        return FieldError(pointer: pointer, error.code, detail)
      }
      throw failure
    }
  }

  static func entries(_ kind: ReferenceKind, _ items: [JSONValue]) throws(Failure) -> [ReferenceEntry] {
    var errors: [FieldError] = []
    var entries: [ReferenceEntry] = []
    for (index, item) in items.enumerated() {
      guard case .object(var object) = item else {
        errors.append(FieldError(pointer: "/\(index)", .type))
        continue
      }
      let isSilent = kind == .clockRules && (object["pause_days_max"] ?? .null) == .null
      // Rows that were written for an earlier release.
      if isSilent { object["pause_days_max"] = .number(JSONNumber(ClockRule.pauseDaysStandard)) }
      guard let entry = ReferenceEntry(kind: kind, row: .object(object)) else {
        errors.append(FieldError(pointer: "/\(index)", .type))
        continue
      }
      for member in object.members where !(fields[kind] ?? []).contains(member.name) {
        errors.append(FieldError(pointer: "/\(index)/\(member.name.prefix(64))", .unknown))
      }
      entries.append(entry)
    }
    if items.isEmpty { errors.append(FieldError(pointer: "", .length)) }
    guard errors.isEmpty else { throw .invalid(errors) }
    return entries
  }

  private static func value(_ name: String, _ cell: String) -> JSONValue {
    if numbers.contains(name), let number = Int(cell) { return .number(JSONNumber(number)) }
    if flags.contains(name), cell == "true" || cell == "false" { return .bool(cell == "true") }
    if lists.contains(name), cell.contains("|") || name != "legal_basis" {
      return .array(cell.split(separator: "|").map { .string(String($0)) })
    }
    return .string(cell)
  }
}
