internal import Domain
internal import JSON

/// Rows of reference data as they are sent.
enum ReferenceBody {
  /// The shape of the rows of one of some kinds.
  static func schema(_ kinds: [ReferenceKind]) -> Schema {
    let rows = kinds.map(row)
    let any = rows.count == 1 ? rows[0] : Schema.anyOf(rows).named("AnyReferenceRow")
    return .array(of: any).with(("minItems", .int(1))).named(
      kinds.count == 1 ? "\(TypeName.one(of: kinds[0].rawValue))Rows" : "ReferenceRows")
  }

  private static func row(_ kind: ReferenceKind) -> Schema {
    Schema.object(
      kind.columns.map { $0.isRequired ? .always($0.name, $0.schema) : .maybe($0.name, $0.schema) }, isClosed: true
    ).named(
      "\(TypeName.one(of: kind.rawValue))Row")
  }

  static func json(_ bytes: [UInt8]) throws(Failure) -> [JSONValue] {
    guard case .array(let items) = try JSONBody.parse(bytes) else { throw .invalid("", .type) }
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
        inIndonesian: "CSV rusak pada baris \(error.line): \(error.reason.rawValue).")
    }
    guard let header = rows.first?.fields else { throw .invalid("", .required) }
    var names: Set<String> = []
    if let twice = header.first(where: { !names.insert($0).inserted }) {
      let name = twice.prefix(64)
      throw Failure(
        .malformedRequest, en: "The header names the column \(name) twice.",
        inIndonesian: "Tajuk memuat kolom \(name) dua kali.")
    }
    let columns = Dictionary(uniqueKeysWithValues: kind.columns.map { ($0.name, $0) })
    var items: [JSONValue] = []
    for row in rows.dropFirst() {
      guard row.fields.count == header.count else {
        throw Failure(
          .malformedRequest, en: "Line \(row.line) has \(row.fields.count) cells, the header \(header.count).",
          inIndonesian: "Baris \(row.line) berisi \(row.fields.count) sel, tajuk \(header.count).")
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
  static func naming(_ lines: [Int], in failure: Failure) -> Failure {
    var failure = failure
    failure.errors = failure.errors.map { error in
      let row = error.pointer?.split(separator: "/").first.flatMap { Int($0) }
      guard let pointer = error.pointer, let row, lines.indices.contains(row) else { return error }
      let detail = LocalizedText(
        en: "Line \(lines[row]): \(error.detail.en)", inIndonesian: "Baris \(lines[row]): \(error.detail.inIndonesian)")
      return FieldError(pointer: pointer, error.code, detail)
    }
    return failure
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
      let columns = kind.columns
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
