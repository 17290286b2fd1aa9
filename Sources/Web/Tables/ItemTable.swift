internal import Domain
internal import HTTPTypes
internal import JSON
internal import Sheets

/// The table of a list whose items are rows as they stand: its columns are the members that the operation's description
/// gives an item.
struct ItemTable: Sendable {
  let table: Table
  private let columns: [Column]

  /// - Returns: nil when the answer is to be JSON or lines.
  init?(_ call: Call) {
    let columns = call.operation.replies.first?.itemColumns ?? []
    let all = columns.map { TableColumn($0.name) }
    guard let table = Table(call, call.operation.summary, all, call.fields) else { return nil }
    (self.table, self.columns) = (table, columns)
  }

  /// The row of an item.
  func row(_ item: [UInt8]) -> [UInt8] {
    guard case .object(let item)? = try? JSONValue.parse(item) else { return [] }
    var writer = table.writer
    for column in columns { Self.write(item[column.name], column.form, to: &writer) }
    writer.endRow()
    return writer.bytes
  }

  private static func write(_ value: JSONValue?, _ form: Column.Form, to writer: inout TableWriter) {
    switch (value, form) {
    case (.string(let text)?, .date): writer.date(spelled: text)
    case (.string(let text)?, .instant): writer.instant(Timestamp(text)?.milliseconds, spelled: text)
    case (.string(let text)?, _): writer.field(text)
    case (.number(let number)?, _): writer.number(number.text)
    case (.bool(let flag)?, _): writer.field(flag)
    case (.array(let items)?, _) where items.allSatisfy(\.isText):
      writer.field(items.map(\.text).joined(separator: "|"))
    case (nil, _), (.null?, _): writer.field(nil as String?)
    case (let value?, _):
      var json = JSONWriter()
      json.value(value)
      writer.field(String(decoding: json.bytes, as: UTF8.self))
    }
  }

  /// The columns of items of this shape.
  static func columns(of item: Schema) -> [Column] {
    // A table has no room for proofs.
    item.members.filter { $0.name != "proof" }.map { name, schema in
      switch schema["format"] {
      case .string("date")?: Column(name: name, form: .date)
      case .string("date-time")?: Column(name: name, form: .instant)
      default: Column(name: name, form: .other)
      }
    }
  }

  /// A member of an item.
  struct Column: Sendable {
    enum Form: Sendable { case date, instant, other }

    let name: String
    let form: Form
  }
}

extension FieldCatalogue {
  /// Of a list whose items are rows as they stand.
  init(_ item: Schema) { self.init(item, columns: ItemTable.columns(of: item).map(\.name)) }
}

extension Reply {
  /// The members of an item, as lines are described.
  fileprivate var itemColumns: [ItemTable.Column] {
    contents.first { $0.type == ListFormat.ndjson.mediaType }?.schema.map(ItemTable.columns) ?? []
  }

  /// A list of items that are rows as they stand.
  static func list(
    of item: Schema, named page: String, _ description: String,
    fields: [(name: HTTPField.Name, description: String)] = Reply.nextPage
  ) -> Reply {
    Reply(.ok, description, [.json(.page(of: item, named: page)), .lines(item), .csv, .xlsx], fields: fields)
  }
}

extension Schema {
  /// The members of an object, by a name's definition where it has one.
  fileprivate var members: [(name: String, schema: JSONObject)] {
    guard case .object(var object) = json else { return [] }
    if case .string(let reference)? = object["$ref"], let name = reference.split(separator: "/").last,
      case .object(let definition)? = definitions[String(name)]
    {
      object = definition
    }
    guard case .object(let properties)? = object["properties"] else { return [] }
    return properties.members.map { name, schema in
      if case .object(let schema) = schema { (name, schema) } else { (name, JSONObject([])) }
    }
  }
}

extension JSONValue {
  fileprivate var isText: Bool { if case .string = self { true } else { false } }
  fileprivate var text: String { if case .string(let text) = self { text } else { "" } }
}
