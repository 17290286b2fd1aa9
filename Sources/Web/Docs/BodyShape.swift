internal import JSON

/// A schema as people read it.
struct BodyShape {
  private let schema: Schema

  init(_ schema: Schema) { self.schema = schema }

  typealias Row = (path: String, isRequired: Bool, shape: String, description: String)

  /// The members of an object and of the objects in it, by path.
  var members: [Row] { members(schema.json, "") }

  private func members(_ json: JSONValue, _ prefix: String) -> [Row] {
    guard case .object(let object) = resolved(json) else { return [] }
    if let items = object["items"] { return members(items, prefix + "[]") }
    if case .array(let parts)? = object["anyOf"] {
      return parts.lazy.map { members($0, prefix) }.first { !$0.isEmpty } ?? []
    }
    guard case .object(let properties)? = object["properties"] else { return [] }
    var required: [JSONValue] = []
    if case .array(let names)? = object["required"] { required = names }
    return properties.members.flatMap { name, value in
      let path = prefix.isEmpty ? name : "\(prefix).\(name)"
      return [(path, required.contains(.string(name)), words(for: value), "")] + members(value, path)
    }
  }

  /// What a reference names; anything else as it is.
  private func resolved(_ json: JSONValue) -> JSONValue {
    guard case .string(let reference)? = member(json, "$ref") else { return json }
    return reference.split(separator: "/").last.flatMap { schema.definitions[String($0)] } ?? json
  }

  private func member(_ json: JSONValue, _ name: String) -> JSONValue? {
    guard case .object(let object) = json else { return nil }
    return object[name]
  }

  /// A schema in a few words.
  func words(for json: JSONValue) -> String {
    let json = resolved(json)
    if case .array(let parts)? = member(json, "anyOf") {
      return parts.map(words).filter { $0 != "null" }.joined(separator: " or ")
    }
    if let one = member(json, "else"), let many = member(json, "then") {
      return "\(words(for: one)) or \(words(for: many))"
    }
    if case .array(let codes)? = member(json, "enum") { return codes.compactMap(text).joined(separator: ", ") }
    if case .string(let code)? = member(json, "const") { return code }
    if let items = member(json, "items") { return "list of \(words(for: items))" }
    guard let type = type(of: json) else { return "any" }
    if case .number(let low)? = member(json, "minimum"), case .number(let high)? = member(json, "maximum") {
      return "\(low.text) to \(high.text)"
    }
    if case .string(let format)? = member(json, "format") { return format }
    if case .string(let pattern)? = member(json, "pattern"), member(json, "maxLength") == nil { return pattern }
    if case .number(let max)? = member(json, "maxLength") { return "text of 1 to \(max.text) characters" }
    return type
  }

  private func type(of json: JSONValue) -> String? {
    switch member(json, "type") {
    case .string(let type): type
    case .array(let types): types.compactMap(text).first
    default: nil
    }
  }

  private func text(_ value: JSONValue) -> String? {
    if case .string(let text) = value { text } else { nil }
  }
}
