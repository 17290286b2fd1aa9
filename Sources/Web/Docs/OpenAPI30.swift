internal import JSON

/// Spells what OpenAPI 3.1 says as OpenAPI 3.0 does, whose schemas are of an older dialect: what is taken stays the same.
enum OpenAPI30 {
  /// An operation or an answer with its schemas in the older dialect.
  static func converted(_ json: JSONValue) -> JSONValue {
    switch json {
    case .array(let items): .array(items.map(converted))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { name, value in
            switch name {
            case "schema", "x-itemSchema": (name, schema(value))
            case "example", "x-codeSamples": (name, value)
            default: (name, converted(value))
            }
          }))
    default: json
    }
  }

  /// A schema in the older dialect.
  static func schema(_ json: JSONValue) -> JSONValue {
    guard case .object(var schema) = json else { return json }
    if let reference = schema["$ref"] {
      // Nothing may stand beside a reference.
      let others = schema.members.filter { $0.name != "$ref" }.map { ($0.name, $0.value) }
      if others.isEmpty { return json }
      return .object(JSONObject([("allOf", .array([.object(JSONObject([("$ref", reference)]))]))] + others))
    }
    if case .array(let parts)? = schema["anyOf"], parts.contains(Self.null) {
      return eitherOrNull(parts.filter { $0 != Self.null }, beside: schema)
    }
    if let many = schema["then"], let one = schema["else"] {
      let others = schema.members.filter { !["if", "then", "else"].contains($0.name) }.map { ($0.name, $0.value) }
      return .object(JSONObject([("anyOf", .array([Self.schema(one), Self.schema(many)]))] + others))
    }
    if schema["type"] == .string("null") { return nothing(beside: schema) }
    var isNullable = false
    if case .array(let types)? = schema["type"] {
      isNullable = types.contains(.string("null"))
      schema["type"] = types.first { $0 != .string("null") }
    }
    var members = schema.members.map { name, value in
      name == "const" ? ("enum", .array([value])) : (name, part(name, value))
    }
    if isNullable { members.append(("nullable", .bool(true))) }
    return .object(JSONObject(members))
  }

  private static let null = Schema.null.json

  /// The value of a keyword, with the schemas in it in the older dialect.
  private static func part(_ keyword: String, _ value: JSONValue) -> JSONValue {
    switch (keyword, value) {
    case ("properties", .object(let properties)):
      .object(JSONObject(properties.members.map { ($0.name, schema($0.value)) }))
    case ("items", _), ("additionalProperties", _), ("not", _): schema(value)
    case ("anyOf", .array(let parts)), ("allOf", .array(let parts)): .array(parts.map(schema))
    default: value
    }
  }

  /// One of some shapes, or null. Nothing may stand beside a reference, so that it goes into an `allOf` of one: generators
  /// and gateways read that as the named type, or null.
  private static func eitherOrNull(_ parts: [JSONValue], beside keywords: JSONObject) -> JSONValue {
    guard let first = parts.first else { return nothing(beside: keywords) }
    let others = keywords.members.filter { $0.name != "anyOf" }.map { ($0.name, $0.value) }
    if parts.count == 1, case .object(let shape) = first, shape["$ref"] == nil {
      guard case .object(var object) = schema(Schema(first).orNull.json) else { return json(others) }
      for (name, value) in others { object[name] = value }
      return .object(object)
    }
    let combination = (parts.count == 1 ? "allOf" : "anyOf", JSONValue.array(parts.map(schema)))
    return json([combination, ("nullable", .bool(true))] + others)
  }

  private static func json(_ members: [(String, JSONValue)]) -> JSONValue { .object(JSONObject(members)) }

  /// Null alone.
  private static func nothing(beside keywords: JSONObject) -> JSONValue {
    let others = keywords.members.filter { $0.name != "type" && $0.name != "anyOf" }.map { ($0.name, $0.value) }
    return .object(
      JSONObject([("type", .string("string")), ("nullable", .bool(true)), ("enum", .array([.null]))] + others))
  }
}
