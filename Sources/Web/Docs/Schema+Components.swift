internal import JSON

/// Schemas with names. Programs that write clients make one type of each name, and one more of every object that has none:
/// so every object has one.
extension Schema {
  /// The same under a name, written once and referred to. Objects that stand in it are named after it and their member.
  func named(_ name: String) -> Schema {
    var parts = Parts(definitions)
    parts.define(name, parts.lifted(json, name))
    return Schema(Parts.reference(to: name), parts.definitions)
  }

  /// A schema that refers to itself.
  static func recursive(_ name: String, _ make: (Schema) -> Schema) -> Schema {
    make(Schema(Parts.reference(to: name))).named(name)
  }

  /// Takes objects out of a schema.
  fileprivate struct Parts {
    private(set) var definitions: [String: JSONValue]

    init(_ definitions: [String: JSONValue]) { self.definitions = definitions }

    static func reference(to name: String) -> JSONValue {
      .object(JSONObject([("$ref", .string("#/components/schemas/\(name)"))]))
    }

    mutating func define(_ name: String, _ json: JSONValue) {
      assert(definitions[name].map { $0 == json } ?? true, "two schemas have the name \(name)")
      definitions[name] = json
    }

    /// The schema with references in the place of the objects in it.
    mutating func lifted(_ json: JSONValue, _ name: String) -> JSONValue {
      guard case .object(var schema) = json else { return json }
      if case .object(let properties)? = schema["properties"] {
        let members = properties.members.map { ($0.name, extracted($0.value, name + TypeName.all(of: $0.name))) }
        schema["properties"] = .object(JSONObject(members))
      }
      for keyword in ["items", "additionalProperties"] {
        if let item = schema[keyword] { schema[keyword] = extracted(item, TypeName.one(of: name)) }
      }
      for keyword in ["anyOf", "allOf"] {
        guard case .array(let parts)? = schema[keyword] else { continue }
        schema[keyword] = .array(parts.map { extracted($0, name) })
      }
      return .object(schema)
    }

    /// A reference to an object, which is defined under the name; any other schema with references in it.
    mutating func extracted(_ json: JSONValue, _ name: String) -> JSONValue {
      guard case .object(var schema) = json, schema["properties"] != nil else { return lifted(json, name) }
      let isNullable = schema["type"] != .string("object")
      schema["type"] = .string("object")
      let description = isNullable ? schema["description"] : nil
      if isNullable { schema = JSONObject(schema.members.filter { $0.name != "description" }) }
      define(name, lifted(.object(schema), name))
      guard isNullable else { return Self.reference(to: name) }
      return Schema(Self.reference(to: name)).orNull.json.with("description", description)
    }
  }
}

extension Schema.Member {
  /// The same with the objects in it named after an object that it is a member of.
  func lifted(from name: String) -> Schema.Member {
    var parts = Schema.Parts(schema.definitions)
    let json = parts.extracted(schema.json, name + TypeName.all(of: self.name))
    return Schema.Member(name: self.name, schema: Schema(json, parts.definitions), isRequired: isRequired)
  }
}

extension JSONValue {
  /// An object with one more member.
  fileprivate func with(_ name: String, _ value: JSONValue?) -> JSONValue {
    guard case .object(var object) = self, let value else { return self }
    object[name] = value
    return .object(object)
  }
}
