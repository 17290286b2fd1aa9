internal import JSON

/// What `fields` may name in a list: the members of an item, and the columns of a table, by one spelling for both.
///
/// A column is named as the member whose value it holds. A name beside a code, which no member holds, has its own.
struct FieldCatalogue: Sendable {
  /// The paths of members.
  let members: Set<String>
  /// The paths of columns, in their order.
  let columns: [String]

  init(_ item: Schema, columns: [String]) { (members, self.columns) = (Set(item.memberPaths), columns) }

  /// The places of the columns that hold the value of a member, or of one within it.
  func columns(in member: String) -> [Int] {
    columns.indices.filter { columns[$0] == member || columns[$0].hasPrefix("\(member).") }
  }
}

extension Schema {
  /// The paths of all members of an object, through the objects and the lists in it.
  fileprivate var memberPaths: [String] { paths(in: json, under: "") }

  private func paths(in json: JSONValue, under prefix: String) -> [String] {
    guard case .object(let object) = json else { return [] }
    if case .string(let reference)? = object["$ref"] {
      return definitions[String(reference.split(separator: "/").last ?? "")].map { paths(in: $0, under: prefix) } ?? []
    }
    if case .array(let parts)? = object["anyOf"] { return parts.flatMap { paths(in: $0, under: prefix) } }
    if let items = object["items"] { return paths(in: items, under: prefix) }
    guard case .object(let properties)? = object["properties"] else { return [] }
    return properties.members.flatMap { name, value in
      [prefix + name] + paths(in: value, under: "\(prefix)\(name).")
    }
  }
}
