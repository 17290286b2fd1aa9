internal import Domain
internal import JSON

/// One field of a form: made from what an operation says that it takes, so that no form can fall behind the interface.
struct FormField: Sendable {
  /// What a browser lets people enter.
  enum Kind: Sendable {
    case line(max: Int)
    case prose(max: Int)
    case date
    case number
    case flag
    case choice([String])
    /// Several texts, each on its line.
    case lines
    /// Several objects of texts, each on its line with semicolons between the members.
    case rows([String])
  }

  /// The members that lead to the value in the body, or the name of a parameter.
  let path: [String]
  let kind: Kind
  let isRequired: Bool

  /// As it stands in a form.
  var name: String { path.joined(separator: ".") }

  /// The fields of a body of this shape, in its order.
  static func all(of schema: Schema) -> [FormField] { fields(schema.json, schema.definitions, [], isRequired: true) }

  /// The fields of parameters.
  static func all(of parameters: [Parameter]) -> [FormField] {
    parameters.map { parameter in
      let schema = parameter.isList ? parameter.itemSchema : parameter.schema
      let kind = parameter.isFlag ? Kind.flag : scalar(resolved(schema.json, schema.definitions), schema.definitions)
      return FormField(path: [parameter.name], kind: kind ?? .line(max: 200), isRequired: parameter.isRequired)
    }
  }

  private static func fields(
    _ json: JSONValue, _ definitions: [String: JSONValue], _ path: [String], isRequired: Bool
  ) -> [FormField] {
    let shape = Shown(resolved(json, definitions))
    let properties = shape["properties"].members
    guard !properties.isEmpty else {
      return scalar(shape.value, definitions).map { [FormField(path: path, kind: $0, isRequired: isRequired)] } ?? []
    }
    let required = shape["required"].items.compactMap(\.text)
    return properties.flatMap { name, value in
      fields(value.value, definitions, path + [name], isRequired: isRequired && required.contains(name))
    }
  }

  /// What a reference names, and what a choice with null is beside null.
  private static func resolved(_ json: JSONValue, _ definitions: [String: JSONValue]) -> JSONValue {
    let shape = Shown(json)
    if let name = shape["$ref"].text?.split(separator: "/").last, let definition = definitions[String(name)] {
      return resolved(definition, definitions)
    }
    if let first = shape["anyOf"].items.first { return resolved(first.value, definitions) }
    return json
  }

  private static func scalar(_ json: JSONValue, _ definitions: [String: JSONValue]) -> Kind? {
    let shape = Shown(json)
    let codes = shape["enum"].items.compactMap(\.text)
    if !codes.isEmpty { return .choice(codes) }
    let type = shape["type"].text ?? shape["type"].items.first?.text
    switch type {
    case "boolean": return .flag
    case "integer", "number": return .number
    case "array":
      let item = Shown(resolved(shape["items"].value, definitions))
      let members = item["properties"].members.filter { $0.value["properties"].isNull }.map(\.name)
      if members.isEmpty { return .lines }
      // What only a program can write is no matter for a form.
      return members.contains("ciphertext") ? nil : .rows(members)
    case "string":
      if shape["format"].text == "date" { return .date }
      let max = shape["maxLength"].int ?? 200
      return max > 500 ? .prose(max: max) : .line(max: max)
    default: return nil
    }
  }
}

extension FormField {
  /// The value as it stands in a body; nil for nothing.
  func json(_ text: String?) -> JSONValue? {
    guard let text else { return nil }
    switch kind {
    // What is no number is told to be none by the interface, with its place.
    case .number: return Int(text).map { .int($0) } ?? .string(text)
    case .flag: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
    case .lines: return .array(Self.lines(text).map { .string($0) })
    case .rows(let members):
      return .array(
        Self.lines(text).map { line in
          let parts = line.split(separator: ";", omittingEmptySubsequences: false).map { Self.trimmed($0) }
          return .object(JSONObject(zip(members, parts).filter { !$0.1.isEmpty }.map { ($0.0, .string($0.1)) }))
        })
    case .line, .prose, .date, .choice: return .string(text)
    }
  }

  /// A value of an answer as it stands in a field.
  func text(_ value: Shown) -> String {
    switch kind {
    case .rows(let members):
      value.items.map { item in members.map { item[$0].text ?? "" }.joined(separator: "; ") }.joined(separator: "\n")
    case .lines: value.items.compactMap(\.text).joined(separator: "\n")
    case .flag: value.isNull ? "" : value.flag ? "true" : "false"
    default: value.text ?? value.int.map { String($0) } ?? value["code"].text ?? ""
    }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { trimmed($0) }.filter { !$0.isEmpty }
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text.drop { $0.isWhitespace }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

extension JSONObject {
  /// Sets a value at a path, making the objects on the way.
  mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
    guard let first = path.first else { return }
    if path.count == 1 {
      self[first] = value
      return
    }
    var inner = JSONObject()
    if case .object(let object)? = self[first] { inner = object }
    inner.set(value, at: path.dropFirst())
    self[first] = .object(inner)
  }
}
