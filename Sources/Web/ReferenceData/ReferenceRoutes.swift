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
    let format = try exchange.format(query)
    let list = try WholeList(query, at: path, filteredBy: "as_of", exchange)
    let date = LegalDate(list.filter)
    let rows = exchange.api.store.reference.entries.filter { entry in
      entry.kind == kind && (date.map { entry.isValid(on: $0) } ?? true)
    }
    if format == .json { return try list.answer(rows) { Array($0.json.utf8) } }
    return Answer(contentType: format.contentType, body: .bytes(format == .csv ? csv(rows, kind) : lines(rows)))
  }

  private static func lines(_ rows: [ReferenceEntry]) -> [UInt8] { Array(rows.map { "\($0.json)\n" }.joined().utf8) }

  /// As it can be sent, too.
  private static func csv(_ rows: [ReferenceEntry], _ kind: ReferenceKind) -> [UInt8] {
    let columns = ReferenceColumn.all(of: kind)
    var writer = CSVWriter()
    for column in columns { writer.field(column.name) }
    writer.endRow()
    for row in rows {
      let object: JSONObject? =
        if case .object(let object)? = try? JSONValue.parse(Array(row.json.utf8)) { object } else { nil }
      for column in columns { writer.field(column.cell(of: object?[column.name])) }
      writer.endRow()
    }
    return writer.bytes
  }

  private static func put(_ kind: ReferenceKind, _ exchange: Exchange) async throws -> Answer {
    let dryRun = try exchange.query().flag("dry_run") ?? false
    try exchange.requireMediaType(["application/json", "text/csv"])
    let bytes = try await exchange.bytes()
    let isCSV = exchange.request.fields[.contentType]?.lowercased().hasPrefix("text/csv") ?? false
    let (items, lines) = isCSV ? try ReferenceBody.csv(bytes, kind) : (try ReferenceBody.json(bytes), [])
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
  /// The shape of a row.
  static func schema(_ kind: ReferenceKind) -> Schema {
    .object(ReferenceColumn.all(of: kind).map { .maybe($0.name, $0.schema) }, isClosed: true)
  }

  static func json(_ bytes: [UInt8]) throws(Failure) -> [JSONValue] {
    guard case .array(let items) = try Exchange.parse(bytes) else { throw .invalid("", .type) }
    return items
  }

  /// CSV, separated by commas or semicolons: the header names the columns; an empty cell is absent. With the line of each
  /// row.
  static func csv(_ bytes: [UInt8], _ kind: ReferenceKind) throws(Failure) -> ([JSONValue], lines: [Int]) {
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
    let columns = Dictionary(uniqueKeysWithValues: ReferenceColumn.all(of: kind).map { ($0.name, $0) })
    var items: [JSONValue] = []
    for row in rows.dropFirst() {
      guard row.fields.count == header.count else {
        throw Failure(
          .malformedRequest, en: "Line \(row.line) has \(row.fields.count) cells, the header \(header.count).",
          id: "Baris \(row.line) berisi \(row.fields.count) sel, tajuk \(header.count).")
      }
      var object = JSONObject()
      for (name, cell) in zip(header, row.fields) where !cell.isEmpty {
        object[name] = columns[name].map { $0.value(of: PlainText.normalized(cell)) } ?? .string(cell)
      }
      // An empty list is written as an empty cell.
      for name in header where object[name] == nil {
        if let column = columns[name], column.form == .list, column.isRequired { object[name] = .array([]) }
      }
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
      guard case .object(var object) = clean(item, "/\(index)", &errors) else {
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
      let columns = ReferenceColumn.all(of: kind)
      for member in object.members where !columns.contains(where: { $0.name == member.name }) {
        errors.append(FieldError(pointer: "/\(index)/\(member.name.prefix(64))", .unknown))
      }
      errors += columns.compactMap { $0.error(of: object[$0.name], at: "/\(index)") }
      entries.append(entry)
    }
    if items.isEmpty { errors.append(FieldError(pointer: "", .length, Hint.items)) }
    guard errors.isEmpty else { throw .invalid(errors) }
    return entries
  }

  /// A value with its texts as ``PlainText`` has them.
  private static func clean(_ value: JSONValue, _ place: String, _ errors: inout [FieldError]) -> JSONValue {
    switch value {
    case .string(let text):
      let plain = PlainText.normalized(text)
      if let intruder = PlainText.intruder(in: plain, hasLines: false) {
        errors.append(FieldError(pointer: place, .format, ObjectReader.hasNoPlace(intruder, hasLines: false)))
      }
      return .string(plain)
    case .array(let items):
      return .array(items.enumerated().map { clean($0.element, "\(place)/\($0.offset)", &errors) })
    case .object(let object):
      return .object(
        JSONObject(
          object.members.filter { place.contains("/contests") ? $0.value != .string("") : true }.map {
            ($0.name, clean($0.value, "\(place)/\($0.name.prefix(64))", &errors))
          }))
    default: return value
    }
  }
}
