internal import Domain
internal import JSON

/// The fields that a request chooses of every item of a list.
struct ChosenFields: Sendable {
  /// As they were named, each once.
  let names: [String]
  private let members: MemberSelection
  /// The places of the columns among all of the table, in the order in which they were named.
  let columns: [Int]

  /// - Throws: `invalid_parameter` for a name that the format has nothing of.
  init(_ text: String, of catalogue: FieldCatalogue, in format: ListFormat) throws(Failure) {
    var (names, columns): ([String], [Int]) = ([], [])
    for name in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    where !names.contains(name) {
      names.append(name)
      if format.isTable {
        let found = catalogue.columns(in: name)
        if found.isEmpty { throw Self.unknown(name, isMember: catalogue.members.contains(name)) }
        columns += found.filter { !columns.contains($0) }
      } else if !catalogue.members.contains(name) {
        throw Self.unknown(name, isColumn: catalogue.columns.contains(name))
      }
    }
    (self.names, self.columns, members) = (names, columns, MemberSelection(paths: names))
  }

  /// The item with nothing but what was chosen.
  func picked(from item: [UInt8]) -> [UInt8] { members.picked(from: item) }

  private static func unknown(_ name: String, isMember: Bool = false, isColumn: Bool = false) -> Failure {
    let name = String(name.prefix(64))
    let detail =
      if isMember {
        LocalizedText(
          en: "No column of the table holds \(name): ask for JSON or NDJSON.",
          inIndonesian: "Tidak ada kolom tabel untuk \(name): minta JSON atau NDJSON.")
      } else if isColumn {
        LocalizedText(
          en: "\(name) is a column of tables alone: ask for CSV or XLSX.",
          inIndonesian: "\(name) hanya ada sebagai kolom tabel: minta CSV atau XLSX.")
      } else {
        LocalizedText(
          en: "This list has no field of the name \(name).",
          inIndonesian: "Daftar ini tidak mempunyai kolom bernama \(name).")
      }
    return .parameter("fields", detail, .unknownCode)
  }
}

extension Parameter {
  /// Chooses of every item what the catalogue has.
  static func fields(_ catalogue: FieldCatalogue) -> Parameter {
    var parameter = fields
    parameter.catalogue = catalogue
    return parameter
  }

  static let fields = list(
    "fields",
    """
    Of every item these alone: names of members, with a point into an object, as act.occurred_on. In tables the columns, in \
    this order. What an item must have by its schema may then be missing.
    """)
}

extension Cursors {
  /// The text of a cursor that carries filters and chosen fields.
  func seal(_ place: CaseQuery.Position, filter: String, _ fields: ChosenFields?) throws -> String {
    let chosen = fields.map { "&fields=\(Query.encode($0.names.joined(separator: ",")))" }
    return try seal(place, filter: filter + (chosen ?? ""))
  }

  /// Reads a cursor that carries filters and chosen fields.
  ///
  /// - Parameters:
  ///   - filter: the filters that are asked for anew, which must be those of the cursor; empty: those of the cursor.
  ///   - fields: the fields that are asked for anew, whatever the cursor has; nil: those of the cursor.
  ///   - names: the filters of the list.
  /// - Throws: `invalid_cursor`.
  func open(_ text: String, _ filter: inout String, _ fields: inout String?, knowing names: Set<String>)
    throws(Failure) -> CaseQuery.Position
  {
    let opened = try open(text)
    let carried = try Query(opened.filter[...], knowing: names.union(["fields"]))
    let own = carried.without(["fields"]).canonical
    guard filter.isEmpty || filter == own else { throw .invalidCursor }
    filter = own
    fields = fields ?? carried["fields"]
    return opened.place
  }
}
