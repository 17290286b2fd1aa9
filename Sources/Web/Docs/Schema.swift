internal import Domain
internal import JSON

/// The shape of a value, as JSON Schema 2020-12 has it (OpenAPI 3.1 uses that dialect).
struct Schema: Sendable {
  /// The schema; for one that has a name, a reference to it.
  let json: JSONValue
  /// The schemas with names that this one refers to.
  let definitions: [String: JSONValue]

  init(_ json: JSONValue, _ definitions: [String: JSONValue] = [:]) {
    self.json = json
    self.definitions = definitions
  }

  private init(_ members: [(String, JSONValue)], _ parts: [Schema] = []) {
    self.init(
      .object(JSONObject(members)),
      parts.reduce(into: [:]) { definitions, part in
        definitions.merge(part.definitions) { first, second in
          assert(first == second, "two schemas have the same name")
          return first
        }
      })
  }

  /// The same with more keywords.
  func with(_ members: (String, JSONValue)...) -> Schema {
    guard case .object(var object) = json else { return self }
    for (name, value) in members { object[name] = value }
    return Schema(.object(object), definitions)
  }

  func described(_ text: String) -> Schema { with(("description", .string(text))) }

  /// The same, or null: said by `type`, as generators of clients understand it, where the schema has one.
  var orNull: Schema {
    guard case .object(var object) = json, !object.members.isEmpty else { return self }
    if case .string(let type)? = object["type"] {
      object["type"] = .array([.string(type), .string("null")])
      if case .array(let codes)? = object["enum"] { object["enum"] = .array(codes + [.null]) }
      return Schema(.object(object), definitions)
    }
    if case .array(let parts)? = object["anyOf"] {
      if !parts.contains(Schema.null.json) { object["anyOf"] = .array(parts + [Schema.null.json]) }
      return Schema(.object(object), definitions)
    }
    if let other = object["else"] {
      object["else"] = Schema(other).orNull.json
      return Schema(.object(object), definitions)
    }
    guard object["type"] == nil else { return self }
    let description = object["description"]
    let shape = JSONObject(object.members.filter { $0.name != "description" })
    let either = Schema(.object(JSONObject([("anyOf", .array([.object(shape), Schema.null.json]))])), definitions)
    return description.map { either.with(("description", $0)) } ?? either
  }

  /// Null where others of its kind have a value.
  var neverGiven: Schema { orNull.with(("const", .null)) }
}

// MARK: Scalars

extension Schema {
  static let any = Schema([])
  static let null = Schema([("type", .string("null"))])
  static let bool = Schema([("type", .string("boolean"))])
  static let number = Schema([("type", .string("number"))])
  static let string = Schema([("type", .string("string"))])
  static let date = string.with(("format", .string("date")))
  static let instant = string.with(("format", .string("date-time")))
  static let uuid = string.with(("format", .string("uuid")))
  static let count = int(0...Int(Int64.max))

  static func int(_ range: ClosedRange<Int>) -> Schema {
    Schema([
      ("type", .string("integer")), ("format", .string("int64")), ("minimum", .int(range.lowerBound)),
      ("maximum", .int(range.upperBound)),
    ])
  }

  static func pattern(_ pattern: String) -> Schema { string.with(("pattern", .string(pattern))) }

  /// One of the codes of a closed set.
  static func code<Code: RawRepresentable & CaseIterable>(_ type: Code.Type) -> Schema where Code.RawValue == String {
    codes(type.allCases.map(\.rawValue))
  }

  static func codes(_ codes: [String]) -> Schema { string.with(("enum", .array(codes.map { .string($0) }))) }

  static func const(_ text: String) -> Schema { string.with(("const", .string(text))) }

  /// So many digits, which blanks may group.
  static func digits(_ count: Int) -> Schema { pattern("^ *([0-9] *){\(count)}$") }

  /// A line of 1 to `max` characters as `PlainText` has it, or a text of several lines: no control or format characters
  /// (those above U+FFFF are left out here), and more than white space.
  ///
  /// `pattern` is written so that the regular expressions of every language read it alike. What takes Unicode stands under
  /// `not`, which programs that write clients pass over.
  static func text(max: Int, hasLines: Bool = false) -> Schema {
    let controls = hasLines ? #"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"# : #"\x00-\x1f\x7f"#
    let blanks = hasLines ? #"\t\n\r "# : " "
    let whiteSpace = #"\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"#
    return string.with(
      ("minLength", .int(1)), ("maxLength", .int(max)),
      ("pattern", .string("^[^\(controls)]*[^\(controls)\(blanks)][^\(controls)]*$")),
      ("not", string.with(("pattern", .string("[\(formats(hasLines: hasLines))]|^[\(whiteSpace)]*$"))).json))
  }

  /// A line of any length, which may be empty.
  static let plainLine = string.with(
    ("pattern", .string(#"^[^\x00-\x1f\x7f]*$"#)),
    ("not", string.with(("pattern", .string("[\(formats(hasLines: false))]"))).json))

  private static func formats(hasLines: Bool) -> String {
    (hasLines ? "" : #"\u2028\u2029"#)
      + #"\u0080-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"#
      + #"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"#
  }
}

// MARK: Composites

extension Schema {
  /// A member of an object.
  struct Member: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool

    /// Always there.
    static func always(_ name: String, _ schema: Schema) -> Member {
      Member(name: name, schema: schema, isRequired: true)
    }

    /// Left out at times.
    static func maybe(_ name: String, _ schema: Schema) -> Member {
      Member(name: name, schema: schema, isRequired: false)
    }
  }

  /// An object of these members.
  ///
  /// - Parameter isClosed: true when a further member is an error, as in every body that is sent to the service.
  static func object(_ members: [Member], isClosed: Bool = false) -> Schema {
    var keywords: [(String, JSONValue)] = [("type", .string("object"))]
    let required = members.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { keywords.append(("required", .array(required))) }
    keywords.append(("properties", .object(JSONObject(members.map { ($0.name, $0.schema.json) }))))
    if isClosed { keywords.append(("additionalProperties", .bool(false))) }
    return Schema(keywords, members.map(\.schema))
  }

  /// An object whose members have any name and one shape.
  static func map(of schema: Schema) -> Schema {
    Schema([("type", .string("object")), ("additionalProperties", schema.json)], [schema])
  }

  static func array(of schema: Schema, countMax: Int? = nil) -> Schema {
    let array = Schema([("type", .string("array")), ("items", schema.json)], [schema])
    return countMax.map { array.with(("maxItems", .int($0))) } ?? array
  }

  static func anyOf(_ schemas: [Schema]) -> Schema {
    Schema([("anyOf", .array(schemas.map(\.json)))], schemas)
  }

  /// An object that must have a member, which is not null.
  func requiring(_ name: String) -> Schema {
    guard case .object(var object) = json, case .object(var properties)? = object["properties"],
      case .object(var member)? = properties[name], case .array(let types)? = member["type"]
    else { return self }
    member["type"] = types.first { $0 != .string("null") }
    properties[name] = .object(member)
    object["properties"] = .object(properties)
    var required: [JSONValue] = []
    if case .array(let names)? = object["required"] { required = names }
    object["required"] = .array(required + [.string(name)])
    return Schema(.object(object), definitions)
  }

  /// One value, or an array. Clients in some languages cannot be written for `anyOf` here, and pass over `if`.
  static func oneOrMany(_ one: Schema, _ many: Schema) -> Schema {
    let isArray = Schema([("type", .string("array"))]).json
    return Schema([("if", isArray), ("then", many.json), ("else", one.json)], [one, many])
  }

  /// A value that meets all of them.
  static func allOf(_ schemas: [Schema]) -> Schema {
    Schema([("allOf", .array(schemas.map(\.json)))], schemas)
  }

  /// A page of a list.
  static func page(of schema: Schema, and members: [Member] = [], named name: String) -> Schema {
    object([.always("items", .array(of: schema)), .always("next_cursor", string.orNull)] + members).named(name)
  }

  /// A code that stands alone, or as the member `code` of an object, as cases show it.
  static let codeReference: Schema = {
    let code = text(max: 64)
    return anyOf([code, object([.always("code", code)], isClosed: true).named("CodeObject")]).named("CodeReference")
  }()

  /// A text in both languages.
  static let label = object([.always("id", string), .always("en", string)]).named("Label")
}

extension JSONValue {
  static func int(_ int: Int) -> JSONValue { .number(JSONNumber(int)) }
}
