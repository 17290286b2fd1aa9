internal import JSON
internal import TestSupport

/// Bodies made from a schema: one value of each is at a bound, or just outside of it.
struct BodyProbes {
  /// A body, and whether the schema takes it.
  struct Probe {
    let body: JSONValue
    /// Where the value stands that is tried.
    let pointer: String
    let what: String
    let isTaken: Bool
  }

  let check: SchemaCheck
  private(set) var all: [Probe] = []

  init(_ schema: JSONValue, over base: JSONValue, _ check: SchemaCheck) {
    self.check = check
    walk(schema, [], base)
  }

  private mutating func walk(_ schema: JSONValue, _ path: [String], _ base: JSONValue) {
    let isNullable = schema["anyOf"].items.contains { $0["type"].string == "null" }
    let schema = resolved(schema)
    if isNullable, !path.isEmpty { add(path, base, .null, "null", true) }
    let (types, parts) = (self.types(of: schema), schema["anyOf"].items.filter { $0["type"].string != "null" })
    if schema.has("else") { return walk(schema["else"], path, base) }
    if !parts.isEmpty {
      let shapes = parts.map(resolved)
      if shapes.allSatisfy({ $0.has("properties") }) {
        for shape in shapes { walk(shape, path, set(path, in: base, to: sample(shape))) }
      } else {
        for shape in shapes where !shape.has("properties") { bounds(shape, path, base, hasOthers: true) }
        add(path, base, .bool(true), "of a wrong type", false)
      }
      return
    }
    if types.contains("object"), schema.has("properties") {
      members(schema, path, base)
    } else if types.contains("array") {
      items(schema, path, base)
    }
    bounds(schema, path, base, hasOthers: false, isNullable)
  }

  private mutating func members(_ schema: JSONValue, _ path: [String], _ base: JSONValue) {
    let base = value(path, in: base).names.isEmpty ? set(path, in: base, to: sample(schema)) : base
    let required = Set(schema["required"].strings)
    if schema["additionalProperties"] == .bool(false) {
      let body = set(path + ["not_there"], in: base, to: .number(JSONNumber(1)))
      all.append(Probe(body: body, pointer: pointer(path + ["not_there"]), what: "unknown", isTaken: false))
    }
    for (name, member) in schema["properties"].members {
      if required.contains(name) {
        let body = set(path + [name], in: base, to: nil)
        all.append(Probe(body: body, pointer: pointer(path + [name]), what: "missing", isTaken: false))
      }
      walk(member, path + [name], base)
    }
  }

  private mutating func items(_ schema: JSONValue, _ path: [String], _ base: JSONValue) {
    let item = value(path, in: base).items.first ?? sample(schema["items"])
    if let most = schema["maxItems"].int, most < 500 {
      add(path, base, .array(Array(repeating: item, count: most + 1)), "one item too many", false)
    }
    if schema["uniqueItems"] == .bool(true) {
      all.append(
        Probe(
          body: set(path, in: base, to: .array([item, item])), pointer: pointer(path + ["1"]), what: "twice",
          isTaken: false))
    }
    walk(schema["items"], path + ["0"], set(path, in: base, to: .array([item])))
  }

  /// The values at the bounds of what is no object.
  private mutating func bounds(
    _ schema: JSONValue, _ path: [String], _ base: JSONValue, hasOthers: Bool, _ isNullable: Bool = false
  ) {
    let types = types(of: schema)
    if types.isEmpty || path.isEmpty { return }
    if !hasOthers {
      if !isNullable { add(path, base, .null, "null", types.contains("null")) }
      let wrong: JSONValue = types.contains("boolean") ? .string("true") : .bool(true)
      add(path, base, wrong, "of a wrong type", false)
    }
    for code in schema["enum"].items where code != .null { add(path, base, code, "a code", true) }
    if types.contains("integer") {
      if let low = schema["minimum"].int {
        add(path, base, .number(JSONNumber(low)), "the least", true)
        add(path, base, .number(JSONNumber(low - 1)), "too small", false)
      }
      if let high = schema["maximum"].int, high < .max {
        add(path, base, .number(JSONNumber(high)), "the greatest", true)
        add(path, base, .number(JSONNumber(high + 1)), "too great", false)
      }
    }
    if types.contains("string") { texts(schema, path, base, hasOthers) }
  }

  private mutating func texts(_ schema: JSONValue, _ path: [String], _ base: JSONValue, _ hasOthers: Bool) {
    if schema.has("enum") || schema.has("const") {
      if !hasOthers { add(path, base, .string("no_such_code"), "no code", false) }
    } else if schema.has("format") {
      for text in ["yesterday", "2024-13-01"] where !hasOthers { add(path, base, .string(text), "malformed", false) }
    } else if let most = schema["maxLength"].int {
      let longest = JSONValue.string(String(repeating: "a", count: most))
      if check.faults(in: longest, against: schema).isEmpty { add(path, base, longest, "as long as may be", true) }
      add(path, base, .string(String(repeating: "a", count: most + 1)), "too long", false)
      add(path, base, .string(""), "empty", false)
    } else if schema.has("pattern"), !schema.has("not") {
      add(path, base, .string("a!"), "of another form", false)
    }
    if schema.has("pattern") { add(path, base, .string("a\u{1}b"), "with a control character", false) }
    if schema.has("not") { add(path, base, .string("a\u{200b}b"), "with a format character", false) }
  }

  private mutating func add(_ path: [String], _ base: JSONValue, _ value: JSONValue, _ what: String, _ isTaken: Bool) {
    all.append(Probe(body: set(path, in: base, to: value), pointer: pointer(path), what: what, isTaken: isTaken))
  }

  // MARK: Values

  private func resolved(_ schema: JSONValue) -> JSONValue {
    guard let reference = schema["$ref"].string else {
      let parts = schema["anyOf"].items.filter { $0["type"].string != "null" }
      // A reference or null.
      guard parts.count == 1, schema["anyOf"].items.count == 2, let named = parts.first else { return schema }
      return resolved(named)
    }
    return check.resolve(reference) ?? .null
  }

  private func types(of schema: JSONValue) -> Set<String> {
    Set(schema["type"].string.map { [$0] } ?? schema["type"].strings)
  }

  /// A value that the schema takes, with nothing that may be left out.
  func sample(_ schema: JSONValue) -> JSONValue {
    let schema = resolved(schema)
    if schema.has("const") { return schema["const"] }
    if let code = schema["enum"].items.first { return code }
    if let part = schema["anyOf"].items.first { return sample(part) }
    if schema.has("else") { return sample(schema["else"]) }
    let types = types(of: schema)
    if types.contains("object") {
      let required = schema["required"].strings
      return .object(JSONObject(required.map { ($0, sample(schema["properties"][$0])) }))
    }
    if types.contains("array") { return .array(schema["minItems"].int == nil ? [] : [sample(schema["items"])]) }
    if types.contains("integer") { return .number(JSONNumber(schema["minimum"].int ?? 0)) }
    if types.contains("boolean") { return .bool(true) }
    switch schema["format"].string {
    case "date": return .string("2024-10-02")
    case "date-time": return .string("2024-12-01T00:00:00Z")
    case "uuid": return .string("0199d3c4-7c1e-7b52-9a51-3f0f4c1b2a90")
    default: return .string("a")
    }
  }

  private func pointer(_ path: [String]) -> String { path.map { "/" + $0 }.joined() }

  private func value(_ path: [String], in json: JSONValue) -> JSONValue {
    path.reduce(json) { value, name in if case .array = value { value[0] } else { value[name] } }
  }

  private func set(_ path: [String], in json: JSONValue, to value: JSONValue?) -> JSONValue {
    guard let name = path.first else { return value ?? .null }
    let rest = Array(path.dropFirst())
    if case .array(let items) = json {
      return .array([set(rest, in: items.first ?? .null, to: value)] + items.dropFirst())
    }
    var object = JSONObject()
    if case .object(let members) = json { object = members }
    if rest.isEmpty, value == nil {
      return .object(JSONObject(object.members.filter { $0.name != name }.map { ($0.name, $0.value) }))
    }
    object[name] = set(rest, in: object[name] ?? .null, to: value)
    return .object(object)
  }
}
