internal import Domain
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Service
internal import Sheets

/// Dated reference data: shown to every key, changed by the operator.
enum ReferenceRoutes {
  /// GET /v1/reference/{kind}, `?as_of=` for the rows valid on a day.
  static func list(_ call: Call, _ referenceData: ReferenceService) throws -> Answer {
    let kind = try kind(call)
    return try list(kind, at: "/v1/reference/\(kind.rawValue)", call, referenceData)
  }

  /// GET /v1/admin/mandates
  static func listMandates(_ call: Call, _ referenceData: ReferenceService) throws -> Answer {
    try list(.mandates, at: "/v1/admin/mandates", call, referenceData)
  }

  /// PUT /v1/admin/reference/{kind}: a JSON array or CSV with a header row; rows are added or replaced, never deleted.
  static func put(_ call: Call, _ referenceData: ReferenceService) async throws -> Answer {
    try await put(kind(call), call, referenceData)
  }

  /// PUT /v1/admin/mandates
  static func putMandates(_ call: Call, _ referenceData: ReferenceService) async throws -> Answer {
    try await put(.mandates, call, referenceData)
  }

  private static func kind(_ call: Call) throws(Failure) -> ReferenceKind {
    guard let kind = call.parameters.first.flatMap({ ReferenceKind(rawValue: String($0)) }) else { throw .notFound }
    return kind
  }

  private static func list(_ kind: ReferenceKind, at path: String, _ call: Call, _ referenceData: ReferenceService)
    throws
    -> Answer
  {
    _ = try call.query.date("as_of")
    let (format, list) = (call.format, try WholeList(call, at: path, filteredBy: "as_of"))
    let rows = referenceData.rows(kind, on: LegalDate(list.filter))
    if format == .json { return try list.answer(rows) { Array($0.json.utf8) } }
    let title = LocalizedText(en: kind.rawValue, inIndonesian: kind.rawValue)
    guard let table = Table(call, title, kind.columns.map(column)) else {
      return Answer(contentType: format.contentType, body: .bytes(lines(rows)))
    }
    return table.answer(cells(rows, kind, table))
  }

  private static func lines(_ rows: [ReferenceEntry]) -> [UInt8] { Array(rows.map { "\($0.json)\n" }.joined().utf8) }

  /// Its heading in a workbook: what a statistic calls the name of a group is here the name itself.
  private static func column(_ column: ReferenceColumn) -> TableColumn {
    TableColumn(column.name, ColumnLabel.of(column.name.replacing(/^label_/, with: "name_")))
  }

  /// As it can be sent, too.
  private static func cells(_ rows: [ReferenceEntry], _ kind: ReferenceKind, _ table: Table) -> [UInt8] {
    let columns = kind.columns
    var writer = table.writer
    for row in rows {
      let object: JSONObject? =
        if case .object(let object)? = try? JSONValue.parse(Array(row.json.utf8)) { object } else { nil }
      for column in columns {
        let cell = column.cell(of: object?[column.name])
        switch column.form {
        case .date: writer.date(spelled: cell)
        case .number: writer.number(cell)
        case .flag: writer.field(cell.map { $0 == "true" })
        case .text, .code, .list, .contests: writer.field(cell)
        }
      }
      writer.endRow()
    }
    return writer.bytes
  }

  private static func put(_ kind: ReferenceKind, _ call: Call, _ referenceData: ReferenceService) async throws -> Answer
  {
    let dryRun = call.dryRun
    let bytes = try await call.bytes()
    let isCSV = call.request.fields[.contentType]?.lowercased().hasPrefix("text/csv") ?? false
    let (items, lines) = isCSV ? try ReferenceBody.csv(bytes, kind) : (try ReferenceBody.json(bytes), [])
    let explain: @Sendable (Failure) -> Failure = { ReferenceBody.naming(lines, in: $0) }
    let rows: [ReferenceEntry]
    do throws(Failure) {
      rows = try ReferenceBody.entries(kind, items)
    } catch {
      throw explain(error)
    }
    let changedCases = try await referenceData.put(
      rows, of: kind, lines: lines, by: call.asker, dryRun: dryRun, explain: explain)
    var answer = Answer.object { writer in
      writer.member("kind", kind.rawValue)
      writer.member("rows", rows.count)
      if kind.movesClocks { writer.member("cases", changedCases) }
    }
    answer.tell(dryRun: dryRun)
    return answer
  }
}
